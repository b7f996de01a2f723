"""An address or an identity in the search box, and permanent addresses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from newsarchive.archive import articles
from newsarchive.archive.identity.lookup import FormerIdentity
from newsarchive.archive.writing.former_identities import given_up
from newsarchive.ingest import run as ingest
from newsarchive.models import Article
from search.engines import get_engine
from search.engines.base import Engine
from search.indexing import sync
from tests.newsarchive.archive.making import post, stub
from tests.newsarchive.archive.test_shared_identities import FRONT, LIBRARY, PIER, SHARED_PAGE, TEAM, file
from tests.newsarchive.ingest.test_import_of_exports import empty_the_archive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index")]


def bring(folder: Path, **files: bytes) -> None:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / f"{name}.md").write_bytes(data)
    ingest.run([folder], workers=1)
    sync.rebuild(get_engine())


@pytest.fixture
def article(tmp_path: Path, index: Engine) -> Article:
    bring(
        tmp_path / "a",
        one=post(47815),
        other=post(5, title="別的文章", body="完全不同的內容，說的是另一件事情，與海無關。"),
    )
    return Article.objects.get(identity="hkcnews:47815")


def ask(client: Client, text: str, **more: str) -> dict[str, Any]:
    return client.get("/api/search/", {"q": text, **more}).json()


SPELLINGS = [
    "https://www.hkcnews.com/article/47815/x",
    "http://hkcnews.com/article/47815",
    "hkcnews.com/article/47815/",
    "//www.hkcnews.com/article/47815",
    "m.hkcnews.com/article/47815",
    "HTTPS://WWW.HKCNEWS.COM/article/47815",
    "https://www.hkcnews.com/article/47815/%E6%A8%B9%E8%88%87%E6%B5%B7#comments",
    "https://www.hkcnews.com/article/47815/樹與海?utm_source=fb&fbclid=1",
    "https://web.archive.org/web/20220117044434/https://www.hkcnews.com/article/47815/x",
    "web.archive.org/web/2021*/http://hkcnews.com:80/article/47815",
    "https://archive.ph/2021.07.12-123456/https://hkcnews.com/article/47815",
    "https://archive.today/20210712/https://hkcnews.com/article/47815",
    "https://webcache.googleusercontent.com/search?q=cache:AbCdEfGhIjKl:https://www.hkcnews.com/article/47815+&cd=1",
    "cache:hkcnews.com/article/47815",
    "https://www.google.com/url?q=https://hkcnews.com/article/47815&sa=D",
    "ｈｔｔｐｓ：／／ｗｗｗ．ｈｋｃｎｅｗｓ．ｃｏｍ／ａｒｔｉｃｌｅ／４７８１５",
    "  <https://hkcnews.com/article/47815>。",
    "hkcnews:47815",
    "HKCNEWS:47815",
    "https://archive.example/id/hkcnews:47815/",
]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_an_address_leads_to_its_article_however_it_is_written(
    client: Client, article: Article, typed: str
) -> None:
    response = client.get("/search/", {"q": typed})

    assert (response.status_code, response.headers.get("Location")) == (302, f"/articles/{article.pk}/")


def test_the_api_answers_in_json_with_the_article(client: Client, article: Article) -> None:
    answer = ask(client, "https://hkcnews.com/article/47815")

    assert (answer["count"], [one["id"] for one in answer["results"]]) == (1, [article.pk])
    assert answer["lookup"]["outcome"] == "article"
    assert answer["lookup"]["id"] == article.pk
    assert answer["lookup"]["permalink"] == "http://testserver/id/hkcnews:47815/"
    assert answer["lookup"]["url"] == f"http://testserver/articles/{article.pk}/"


@pytest.mark.parametrize(
    "typed", ["樹與海", '"https://hkcnews.com/article/47815"', "node.js/react", "and/or", "5.5"]
)
def test_other_words_are_searched_for(client: Client, article: Article, typed: str) -> None:
    assert ask(client, typed)["lookup"] is None


@pytest.mark.parametrize("address", [FRONT, SHARED_PAGE, FRONT.replace("https://www.", "").rstrip("/") + "/"])
def test_several_articles_of_one_address_are_a_list(client: Client, tmp_path: Path, address: str) -> None:
    shared = FRONT if "today" not in address else SHARED_PAGE
    bring(
        tmp_path / "s",
        a=file("碼頭擴建動工", "2021-11-17", PIER, shared),
        b=file("圖書館延長開放", "2022-03-02", LIBRARY, shared),
        c=file("球隊奪冠", "2022-05-09", TEAM, shared),
    )

    page = client.get("/search/", {"q": address})

    assert page.status_code == 200
    assert "這個網址收有 3 篇文章" in page.content.decode()
    answer = ask(client, address)
    assert answer["lookup"]["outcome"] == "several"
    assert [one["title"] for one in answer["results"]] == ["碼頭擴建動工", "圖書館延長開放", "球隊奪冠"]


def test_an_address_that_is_not_held_is_said_and_its_words_are_offered(
    client: Client, article: Article
) -> None:
    typed = "https://www.example.org/2021/樹與海"

    answer = ask(client, typed)
    page = client.get("/search/", {"q": typed}).content.decode()

    assert (answer["count"], answer["lookup"]["outcome"]) == (0, "absent")
    assert answer["lookup"]["web_archive"].startswith(
        "https://web.archive.org/web/*/https://www.example.org/2021/"
    )
    (offer,) = answer["lookup"]["searches"]
    assert (offer["text"], offer["count"]) == ("樹與海", ask(client, offer["text"])["count"])
    assert "本檔案沒有這個網址的文章" in page
    assert "樹與海</a>（1 篇）" in page


# --- failed captures


@pytest.fixture
def failed(tmp_path: Path, index: Engine) -> Article:
    bring(tmp_path / "f", one=stub(12290))
    return Article.objects.get(identity="hkcnews:12290")


@pytest.mark.parametrize("path", ["/id/hkcnews:12290/", "/articles/{}/"])
def test_a_failed_capture_answers_with_what_is_known_of_it(
    client: Client, failed: Article, path: str
) -> None:
    response = client.get(path.format(failed.pk))

    page = response.content.decode()
    assert response.status_code == 404
    assert "這一頁的擷取失敗" in page
    assert "從未收入" not in page
    assert "hkcnews:12290" in page
    assert "https://web.archive.org/web/*/https://www.hkcnews.com/article/12290/x" in page


def test_the_search_says_which_failed_capture_an_address_is(client: Client, failed: Article) -> None:
    typed = "https://www.hkcnews.com/article/12290"

    page = client.get("/search/", {"q": typed})
    lookup = ask(client, typed)["lookup"]

    assert page.status_code == 200
    assert "hkcnews:12290" in page.content.decode()
    assert (lookup["outcome"], lookup["id"]) == ("capture_failed", failed.pk)
    assert lookup["capture_failed"]["identity"] == "hkcnews:12290"
    assert lookup["capture_failed"]["archived_url"].startswith("https://web.archive.org/web/20220117044434/")


def test_the_api_says_that_the_capture_failed(client: Client, failed: Article) -> None:
    response = client.get(f"/api/articles/{failed.pk}/")

    assert response.status_code == 404
    assert response.json()["error"]["code"] == "capture_failed"
    assert response.json()["error"]["permalink"] == "http://testserver/id/hkcnews:12290/"


# --- permanent addresses


def test_a_permanent_address_leads_to_the_article_of_the_identity(client: Client, article: Article) -> None:
    response = client.get("/id/hkcnews:47815/", {"q": "海"})

    assert (response.status_code, response["Location"]) == (302, f"/articles/{article.pk}/?q=%E6%B5%B7")


def test_the_article_shows_its_permanent_address(client: Client, article: Article) -> None:
    page = client.get(f"/articles/{article.pk}/").content.decode()

    assert '<a rel="bookmark" href="/id/hkcnews:47815/">http://testserver/id/hkcnews:47815/</a>' in page
    record = client.get(f"/api/articles/{article.pk}/").json()
    assert (record["identity"], record["permalink"]) == (
        "hkcnews:47815",
        "http://testserver/id/hkcnews:47815/",
    )


def test_an_identity_with_signs_of_addresses_has_a_permanent_address(client: Client, tmp_path: Path) -> None:
    bring(tmp_path / "q", a=file("碼頭", "2021-11-17", PIER, "https://a.example.org/新聞/show.php?id=5&p=2"))
    article = Article.objects.get()

    (result,) = ask(client, "碼頭")["results"]

    assert result["permalink"].startswith("http://testserver/id/url:a.example.org/%25E6%2596")
    response = client.get(result["permalink"].removeprefix("http://testserver"))
    assert response["Location"] == f"/articles/{article.pk}/"


def test_a_withdrawn_article_answers_410_and_an_unknown_identity_404(
    client: Client, article: Article
) -> None:
    articles.withdraw(Article.objects.filter(pk=article.pk), "姓名有誤")

    assert client.get("/id/hkcnews:47815/").status_code == 410
    assert client.get("/id/hkcnews:1/").status_code == 404
    assert client.get("/id/nonsense/").status_code == 404
    assert ask(client, "hkcnews:47815")["lookup"]["outcome"] == "withdrawn"
    assert ask(client, "hkcnews:47815")["results"] == []


def test_an_identity_that_was_given_up_leads_to_its_article_until_another_has_it(
    client: Client, article: Article
) -> None:
    given_up([(article.pk, "url:old.example/1"), (article.pk, "hkcnews:5")])
    other = Article.objects.get(identity="hkcnews:5")

    assert client.get("/id/url:old.example/1/")["Location"] == f"/articles/{article.pk}/"
    assert client.get("/search/", {"q": "old.example.org/1"}).status_code == 200
    assert client.get("/id/hkcnews:5/")["Location"] == f"/articles/{other.pk}/"


def test_given_up_identities_survive_export_and_import(
    client: Client, article: Article, tmp_path: Path
) -> None:
    given_up([(article.pk, "url:old.example/1")])
    path = tmp_path / "out.jsonl"
    with path.open("w", encoding="utf-8") as out:
        call_command("export_articles", stdout=out)
    empty_the_archive()
    assert not FormerIdentity.objects.exists()

    ingest.run([path], workers=1)

    again = Article.objects.get(identity="hkcnews:47815")
    assert client.get("/id/url:old.example/1/")["Location"] == f"/articles/{again.pk}/"
    assert json.loads(path.read_text().splitlines()[0])["permalink"].startswith("/id/hkcnews:")


def test_a_later_split_of_an_address_notes_the_identities_that_changed(
    client: Client, tmp_path: Path
) -> None:
    bring(tmp_path / "late", a=file("圖書館延長開放", "2022-03-02", LIBRARY))
    late = Article.objects.get()
    address = client.get(f"/id/{late.identity}/")["Location"]
    assert address == f"/articles/{late.pk}/"

    bring(tmp_path / "early", b=file("碼頭擴建動工", "2021-11-17", PIER))

    early = Article.objects.exclude(pk=late.pk).get()
    late.refresh_from_db()
    assert client.get(f"/id/{early.identity}/")["Location"] == f"/articles/{early.pk}/"
    assert client.get(f"/id/{late.identity}/")["Location"] == f"/articles/{late.pk}/"
    assert not FormerIdentity.objects.exists()  # each identity is somebody's today


# --- dates in words


def test_a_date_in_words_offers_the_filter_with_the_count_of_its_link(
    client: Client, article: Article
) -> None:
    page = client.get("/search/", {"q": "2021年3月20日"}).content.decode()
    date = ask(client, "2021年3月20日")["query"]["date"]

    assert (date["from"], date["to"], date["count"]) == ("2021-03-20", "2021-03-20", 2)
    assert "只看 2021年3月20日 的報道" in page
    assert client.get(date["url"].removeprefix("http://testserver")).json()["count"] == 2


def test_the_other_words_stay_the_query_of_the_filter(client: Client, article: Article) -> None:
    date = ask(client, "海邊 二〇二一年三月")["query"]["date"]

    assert (date["rest"], date["count"]) == ("海邊", 1)
    assert ask(client, "12/6/2019")["query"]["date"] is None


# --- titles


@pytest.mark.parametrize("end", ["", " | 眾新聞", " - 明報", "｜即時｜on.cc", "_港聞"])
def test_a_title_pasted_with_its_site_finds_its_article_alone(
    client: Client, tmp_path: Path, end: str
) -> None:
    title = "【港聞】「樹與海」的一個下午"
    bring(
        tmp_path / "t",
        a=post(1, title=title),
        b=post(2, title="眾新聞", body="明報和港聞的即時新聞，與樹木毫無關係的文章。"),
    )

    answer = ask(client, title + end)

    assert [one["title"] for one in answer["results"]] == [title]


def test_a_choice_of_two_words_is_no_title(client: Client, article: Article) -> None:
    assert ask(client, "樹與海 | 別的文章")["count"] == 2
