"""What importers say of a file that gave no article is shown in the language of the interface."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

import newsarchive
from newsarchive.admin import reasons
from newsarchive.ingest import run
from newsarchive.models import ImportFailure

from .conftest import SignIn

PACKAGE = Path(newsarchive.__file__).parent
SAID_BY = ("UnreadableFile", "UnsafeArchive", "Refused", "Parsed")


def _sentence(node: ast.expr) -> str:
    """As it would be said: with 7 for whatever stands in it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
    return ""


def _sentences() -> Iterator[str]:
    files = [*PACKAGE.glob("importers/**/*.py"), *PACKAGE.glob("ingest/containers/*.py")]
    for path in [*files, PACKAGE / "ingest/inputs.py", PACKAGE / "ingest/parse_pool.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            said: list[ast.expr] = []
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAID_BY:
                said = node.args
            elif isinstance(node, ast.FunctionDef) and node.name in ("refusal", "_refusal", "_standing"):
                returned = [part.value for part in ast.walk(node) if isinstance(part, ast.Return)]
                said = [
                    one
                    for value in returned
                    if value is not None
                    for one in (value.elts if isinstance(value, ast.Tuple) else [value])
                ]
            elif isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") in ("_NESTED", "ESCAPES"):
                said = [node.value] if node.value is not None else []
            yield from filter(lambda text: " " in text, map(_sentence, said))


SENTENCES = sorted(set(_sentences()) - {"7 What was read before stays."})


def test_the_importers_say_some_forty_things() -> None:
    assert len(SENTENCES) > 40


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_every_sentence_of_the_importers_is_said_in_chinese(sentence: str, language: str) -> None:
    with translation.override(language):
        said = reasons.said(sentence)

    assert said != sentence
    assert said.count("7") >= sentence.count("7")  # nothing of the detail is lost
    assert "{}" not in said


@pytest.mark.parametrize("sentence", SENTENCES)
def test_in_english_it_stays_as_it_was_said(sentence: str) -> None:
    with translation.override("en"):
        assert reasons.said(sentence) == sentence


def test_what_was_kept_before_an_archive_broke_is_said_with_it() -> None:
    with translation.override("zh-hant"):
        said = reasons.said("The archive is damaged after 12 files. What was read before stays.")

    assert said == "壓縮檔在 12 個檔案之後損壞。之前讀到的已保留。"


def test_a_sentence_that_nobody_has_translated_yet_stays() -> None:
    assert reasons.said("Something quite new.") == "Something quite new."


@pytest.mark.django_db
def test_a_failure_is_told_in_the_curators_language_with_the_original_below(
    signed_in: SignIn, tmp_path: Path
) -> None:
    client: Client = signed_in("operator")
    (tmp_path / "bad.md").write_bytes(b"---\ntitle: x\n")
    run.run([tmp_path / "bad.md"], workers=1)
    failure = ImportFailure.objects.get()

    listed = client.get("/admin/newsarchive/importfailure/?state=open").content.decode()
    page = client.get(f"/admin/newsarchive/importfailure/{failure.pk}/change/").content.decode()

    assert reasons.said(failure.reason) != failure.reason
    assert reasons.said(failure.reason) in listed
    assert reasons.said(failure.reason) in page
    assert failure.reason in page
