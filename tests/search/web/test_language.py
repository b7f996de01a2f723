"""Traditional Chinese in the source, English complete in newsarchive/locale. After a change of words
(newsarchive/management/commands/makemessages.py reads Jinja's templates too):

manage.py makemessages -l en --no-location --no-obsolete -e html,txt,py,xml -i '.venv/*' -i 'tests/*'
(then fill in the English) and manage.py compilemessages -l en
"""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.template import Engine, engines
from django.template.base import Node, TextNode
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.test import Client
from jinja2.nodes import TemplateData

from . import simplified
from .making import Page, publish, story, wrongs

ROOT = Path(__file__).resolve().parents[3]
ENGLISH = ROOT / "newsarchive" / "locale" / "en" / "LC_MESSAGES"
JINJA = sorted((ROOT / "templates" / "jinja2").rglob("*.*"))
TEMPLATES = sorted((ROOT / "templates" / "admin").rglob("*.*"))
CODE = [
    path
    for package in ("newsarchive", "search")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts
]
EXAMPLES = re.compile(
    "繁體中文|简体中文|習近平|圖說:美聯社|中美"
)  # a name in its own language; words to search for
FUNCTIONS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext"}


def messages_of_code(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            yield from (
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            )


def nodes(path: Path, kind: type[Node]) -> list[Any]:
    return Engine.get_default().from_string(path.read_text(encoding="utf-8")).nodelist.get_nodes_by_type(kind)


def messages_of_template(path: Path) -> Iterator[str]:
    for node in nodes(path, TranslateNode):
        yield node.filter_expression.var.literal
    for node in nodes(path, BlockTranslateNode):
        yield node.render_token_list(node.singular)[0]


def messages_of_jinja(path: Path) -> Iterator[str]:
    for _line, _function, message in engines["jinja2"].env.extract_translations(path.read_text("utf-8")):
        yield message if isinstance(message, str) else message[0]


def text_of_jinja(path: Path) -> str:
    tree = engines["jinja2"].env.parse(path.read_text("utf-8"))
    return "".join(node.data for node in tree.find_all(TemplateData))


@pytest.fixture(scope="module")
def compiled() -> dict[str, str]:
    with (ENGLISH / "django.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    singular = {key: value for key, value in catalogue.items() if isinstance(key, str)}
    return singular | {key[0]: value for key, value in catalogue.items() if key[1:] == (0,)}


def test_all_the_words_have_english(compiled: dict[str, str]) -> None:
    used = {message for path in CODE for message in messages_of_code(path.read_text(encoding="utf-8"))}
    used |= {message for path in TEMPLATES for message in messages_of_template(path)}
    used |= {message for path in JINJA for message in messages_of_jinja(path)}

    assert len(used) > 150
    assert sorted(message for message in used if not compiled.get(message, "").strip()) == []


def test_the_compiled_catalogue_is_the_written_one(compiled: dict[str, str]) -> None:
    written: dict[str, str] = {}
    key = place = ""
    for line in (ENGLISH / "django.po").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line:
            continue
        if line[0] != '"':
            place, line = line.split(" ", 1)
            key = "" if place == "msgid" else key
        text = ast.literal_eval(line)
        if place == "msgid":
            key += text
        elif place in ("msgstr", "msgstr[0]"):
            written[key] = written.get(key, "") + text

    assert "fuzzy" not in (ENGLISH / "django.po").read_text(encoding="utf-8")
    assert written.pop("")
    assert {key: compiled[key] for key in written} == written


def test_the_simplified_interface_is_the_traditional_one_converted() -> None:
    with (simplified.SIMPLIFIED / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    assert (simplified.SIMPLIFIED / "django.po").read_text(encoding="utf-8") == simplified.catalogue()
    assert compiled.gettext("搜尋") == "搜索"


@pytest.mark.django_db
def test_a_reader_of_simplified_chinese_has_simplified_pages(client: Client) -> None:
    publish(story())
    client.cookies["django_language"] = "zh-hans"

    page = Page(client.get("/search/?q=會晤").content)

    assert page.all("html")[0]["lang"] == "zh-Hans"
    assert "找到 1 篇" in page.text
    assert "媒体" in page.text


def test_no_chinese_is_left_in_the_templates_outside_of_translations() -> None:
    printed = {path: "".join(node.s for node in nodes(path, TextNode)) for path in TEMPLATES}
    for path, raw in (printed | {path: text_of_jinja(path) for path in JINJA}).items():
        text = re.sub("<code>.*?</code>", "", raw)
        assert not re.search("[\u4e00-\u9fff]", EXAMPLES.sub("", text)), path


@pytest.mark.django_db
def test_a_reader_switches_the_language_and_comes_back_to_the_same_page(client: Client) -> None:
    publish(story())
    address = "/search/?q=%E6%9C%83%E6%99%A4&outlet=%E7%9C%BE%E6%96%B0%E8%81%9E"
    form = Page(client.get(address).content)
    fields = {
        field["name"]: field["value"] for field in form.all("input", type="hidden") if field["name"] == "next"
    }

    response = client.post("/i18n/setlang/", {**fields, "language": "en"})

    assert (response.status_code, response["Location"]) == (302, address)
    page = Page(client.get(address).content)
    assert page.all("html")[0]["lang"] == "en"
    assert "1 article" in page.text
    assert "Outlet: 眾新聞" in page.text
    assert list(wrongs(page)) == []


@pytest.mark.django_db
def test_english_pages_have_no_chinese_but_what_was_printed(client: Client) -> None:
    bare = dict.fromkeys(("authors", "categories", "tags", "images", "embeds", "related"), ())
    [article] = publish(story(title="x", byline="x", outlet="x", body="<p>x</p>", **bare))
    client.cookies["django_language"] = "en"

    for address in (
        f"/articles/{article.pk}/",
        "/search/?q=x",
        "/search/?q=y",
        "/nowhere/",
        "/search/?page=x",
    ):
        text = Page(client.get(address).content).text.replace("繁體中文", "").replace("简体中文", "")
        assert not set(text) & set("的文章搜尋頁沒日期出處版本載入"), address


@pytest.mark.django_db
def test_the_language_cannot_be_used_to_send_readers_elsewhere(client: Client) -> None:
    response = client.post("/i18n/setlang/", {"language": "en", "next": "https://evil.example/"})

    assert response["Location"] == "/"


@pytest.mark.django_db
def test_the_browsers_languages_are_not_asked(client: Client) -> None:
    publish(story())

    response = client.get("/", headers={"accept-language": "en-GB,en"})

    assert response["Content-Language"] == "zh-hant"
