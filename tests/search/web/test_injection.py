"""What is typed or sent is data: in SQL, in templates, in headers, in YAML."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsarchive.errors import UnreadableFile
from newsarchive.models import Article
from tests.newsarchive.admin.conftest import SignIn
from tests.newsarchive.importers.samples import read

from .making import Page, publish, story, wrongs

pytestmark = [pytest.mark.django_db, pytest.mark.database]

SQL = [
    "'",
    "' OR '1'='1",
    "1; DROP TABLE newsarchive_article; --",
    '" OR ""="',
    "%' AND 1=0 UNION SELECT 1--",
    "\\'",
]
TEMPLATES = [
    "{{ 86243*9 }}",
    "{% debug %}",
    "{{ request.META }}",
    "{{ settings.SECRET_KEY }}",
    "{% include '/etc/passwd' %}",
]
ODD = [
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff a",
    "\uffff",
    "%",
    "%%",
    "%s %(x)s",
    "{0}",
    "\r\nX-Evil: 1",
    "💥",
    "\U0010ffff",
]
NAMES = (
    "q",
    "page",
    "per_page",
    "sort",
    "outlet",
    "not_outlet",
    "tag",
    "author",
    "year",
    "from",
    "to",
    "also",
    "group",
)
ADDRESSES = ("/search/", "/api/search/", "/feeds/search/", "/suggest/", "/")


@pytest.mark.parametrize("text", [*SQL, *TEMPLATES, *ODD], ids=ascii)
def test_whatever_is_in_a_parameter_it_is_text(text: str, client: Client, signed_in: SignIn) -> None:
    [article] = publish(story())
    sent = quote(text.encode("utf-8", "surrogatepass"))

    answers = {
        f"{address}?{name}={sent}": client.get(f"{address}?{name}={sent}")
        for address in ADDRESSES
        for name in NAMES
    }
    answers |= {place: client.get(place) for place in (f"/articles/{article.pk}/?q={sent}", f"/{sent}/")}
    curator = signed_in("superuser")
    for name in (
        "q",
        "queue",
        "outlet",
        "o",
        "p",
        "status",
        "published_on__year",
        "_changelist_filters",
        "nowhere",
    ):
        place = f"/admin/newsarchive/article/?{name}={sent}"
        answers[place] = curator.get(place)

    assert {place for place, answer in answers.items() if answer.status_code >= 500} == set()
    for place, answer in answers.items():
        assert "X-Evil" not in answer.headers, place
        body = answer.content.decode()
        assert "root:x:0" not in body
        if answer["Content-Type"].startswith("text/html") and not place.startswith("/admin"):
            assert [wrong for wrong in wrongs(Page(body)) if "id " not in wrong] == [], place
    assert "776187" not in Page(client.get(f"/search/?q={sent}").content).text  # of 86243*9
    assert Article.objects.count() == 1


@pytest.mark.parametrize("text", SQL)
def test_what_is_typed_is_never_a_part_of_a_statement(text: str, client: Client) -> None:
    publish(story())
    User.objects.create_user("ann", password="correct horse", is_staff=True)
    seen: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch), CaptureQueriesContext(connection):
        client.get("/search/", {"q": f"題目{text}", "outlet": f"題目{text}", "tag": f"題目{text}"})
        client.get("/suggest/", {"q": f"題目{text}"})
        client.post("/admin/login/", {"username": f"題目{text}", "password": f"題目{text}"})

    assert len(seen) > 3
    assert [sql for sql in seen if "題目" in sql] == []


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system ['touch {marker}']",
        "!!python/object/new:subprocess.check_output [['touch', '{marker}']]",
        *("!!python/name:os.system", "!!python/module:os", "!!binary Zm9v", "!!set {{a, b}}"),
    ],
)
@pytest.mark.parametrize("key", ["title", "date", "author", "tags", "x"])
def test_no_tag_of_yaml_makes_an_object(tag: str, key: str, tmp_path: Any) -> None:
    marker = tmp_path / "pwned"
    value = tag.format(marker=marker)

    try:
        article = read(f"---\ntitle: 題\nlayout: post\nfrom: https://a.example/1\n{key}: {value}\n---\n文\n")
    except UnreadableFile:
        article = None

    assert not marker.exists()
    assert article is None or isinstance(article.title, str)
