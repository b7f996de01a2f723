"""Crawls are containers: each page that was captured is a file, read one after the other."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from newsarchive.errors import UnsafeArchive
from newsarchive.importers import registry
from newsarchive.importers.types import ParsedArticle, SourceFile
from newsarchive.ingest import run
from newsarchive.ingest.containers import reader
from newsarchive.ingest.containers.limits import Limits, Refused
from newsarchive.ingest.inputs import Reader
from newsarchive.models import Article
from newsarchive.pictures import store
from tests.newsarchive.archive.making import LIMITS
from tests.newsarchive.importers.samples import PARAGRAPHS
from tests.newsarchive.importers.test_web_page import PNG

from .crawls import SITE, answer, arc, packed, page, record, response, wacz


def items(path: Path, limits: Limits = LIMITS) -> list[SourceFile | Refused]:
    return list(Reader([path], limits))


def articles(path: Path) -> list[ParsedArticle]:
    return [registry.parse(item) for item in items(path) if isinstance(item, SourceFile)]


def reasons(path: Path) -> list[str]:
    return [item.reason.code for item in items(path) if isinstance(item, Refused)]


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    return tmp_path / "crawl.warc"


@pytest.mark.parametrize(
    "write", [b"".join, lambda records: packed(*records), lambda records: gzip.compress(b"".join(records))]
)
def test_pages_that_were_delivered_are_articles_and_nothing_else_is(crawl: Path, write) -> None:  # type: ignore[no-untyped-def]
    crawl.write_bytes(
        write(
            [
                record("request", f"{SITE}1", b"GET /news/1 HTTP/1.1\r\n\r\n"),
                response(1),
                record("response", f"{SITE}2", answer(page(2), status="404 Not Found")),
                record("response", f"{SITE}style.css", answer(b"p {}", kind="text/css")),
                response(3),
            ]
        )
    )

    found = articles(crawl)

    assert [article.source_url for article in found] == [f"{SITE}1", f"{SITE}3"]
    assert {article.format for article in found} == {"warc_record"}
    assert [str(article.captured_at) for article in found] == ["2021-11-18 01:30:00+00:00"] * 2
    assert reasons(crawl) == []


def test_an_arc_file_is_read_like_a_warc_file(tmp_path: Path) -> None:
    (tmp_path / "a.arc").write_bytes(arc(1))
    (tmp_path / "b.arc.gz").write_bytes(gzip.compress(arc(1)))

    for name in ("a.arc", "b.arc.gz"):
        assert [article.title for article in articles(tmp_path / name)] == ["渡輪停航1周"]


@pytest.mark.parametrize(
    ("body", "more"),
    [
        (gzip.compress(page(1)), "Content-Encoding: gzip\r\n"),
        (b"%x\r\n" % len(page(1)) + page(1) + b"\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n"),
        (page(1), "Transfer-Encoding: chunked\r\n"),
        (page(1), "Content-Encoding: gzip\r\n"),
    ],
)
def test_encodings_of_the_answer_are_undone_even_where_they_are_declared_wrongly(
    crawl: Path, body: bytes, more: str
) -> None:
    crawl.write_bytes(record("response", f"{SITE}1", answer(body, more=more)))

    assert [article.title for article in articles(crawl)] == ["渡輪停航1周"]


def test_the_encoding_of_the_http_header_comes_before_that_of_the_page(crawl: Path) -> None:
    text = page(1).decode().replace('charset="utf-8"', 'charset="gb2312"').encode("big5")
    crawl.write_bytes(record("response", f"{SITE}1", answer(text, kind="text/html; charset=Big5")))

    assert [article.encoding for article in articles(crawl)] == ["big5"]


def test_a_revisit_is_the_page_as_it_was_at_that_time(crawl: Path) -> None:
    again = record("revisit", f"{SITE}1", answer(b""), digest="AAA", date="2021-12-01T00:00:00Z")
    crawl.write_bytes(packed(response(1, digest="AAA"), again))

    assert [str(article.captured_at.date()) for article in articles(crawl) if article.captured_at] == [
        "2021-11-18",
        "2021-12-01",
    ]


def test_a_revisit_of_what_another_file_holds_is_named(crawl: Path) -> None:
    crawl.write_bytes(response(1) + record("revisit", f"{SITE}2", answer(b""), digest="BBB"))

    assert len(articles(crawl)) == 1
    assert reasons(crawl) == ["revisit_elsewhere"]


@pytest.mark.parametrize("pack", [b"".join, lambda records: packed(*records)])
def test_a_crawl_that_is_cut_off_keeps_what_could_be_read(crawl: Path, pack) -> None:  # type: ignore[no-untyped-def]
    whole = pack([response(1), response(2), response(3)])
    crawl.write_bytes(whole[: len(whole) - 300])

    assert [article.source_url for article in articles(crawl)][:2] == [f"{SITE}1", f"{SITE}2"]
    assert reasons(crawl) == ["earlier_files_stay"]


@pytest.mark.parametrize("length", [200, 10_000_000])
def test_a_record_that_lies_about_its_length_costs_no_other_record(crawl: Path, length: int) -> None:
    crawl.write_bytes(response(1) + response(2, length=length) + response(3) + response(4))

    addresses = {item.path for item in items(crawl) if isinstance(item, SourceFile)}

    assert {f"{SITE}1", f"{SITE}3", f"{SITE}4"} <= addresses
    assert "earlier_files_stay" in reasons(crawl)


def test_a_page_over_the_limit_is_refused_by_name_and_a_bomb_stops_the_reading(crawl: Path) -> None:
    small = Limits(file_bytes=3000, archive_members=1000, archive_bytes=10**9, ratio=200)
    crawl.write_bytes(record("response", f"{SITE}1", answer(b"<html>" + b"a" * 5000)) + response(2))
    bomb = crawl.with_name("bomb.warc.gz")
    bomb.write_bytes(gzip.compress(record("response", f"{SITE}1", answer(b"<html>" + bytes(30_000_000)))))

    assert [item.reason.code for item in items(crawl, small) if isinstance(item, Refused)] == ["refused_size"]
    with pytest.raises(UnsafeArchive):
        list(reader.members(bomb, LIMITS, lambda read: None))


def test_a_crawl_without_pages_says_so(crawl: Path) -> None:
    crawl.write_bytes(record("request", f"{SITE}1", b"GET / HTTP/1.1\r\n\r\n"))

    assert reasons(crawl) == ["crawl_without_pages"]


def test_a_whole_crawl_inside_a_folder_has_to_be_named_itself(crawl: Path) -> None:
    crawl.write_bytes(response(1) + response(2))

    item = next(iter(Reader([crawl.parent], LIMITS)))

    assert isinstance(item, SourceFile)
    with pytest.raises(Exception, match="name it itself"):
        registry.parse(item)


# -- WACZ
# --------------------------------------------------------------------------------------------------------


def test_of_a_wacz_the_listed_pages_are_articles(tmp_path: Path) -> None:
    path = wacz(tmp_path / "a.wacz", response(1) + response(2), listed=[f"{SITE}2", f"{SITE}9"], signed=True)

    assert [article.source_url for article in articles(path)] == [f"{SITE}2"]
    assert [article.extra["wacz_signature"] for article in articles(path)] == [
        "sign.example 2021-11-18T02:00:00Z"
    ]
    assert [(item.path, item.reason.code) for item in items(path) if isinstance(item, Refused)] == [
        (f"{SITE}9", "wacz_page_missing")
    ]


def test_a_wacz_file_with_a_wrong_digest_is_refused_by_name(tmp_path: Path) -> None:
    path = wacz(tmp_path / "a.wacz", response(1), digest="0" * 64)

    assert articles(path) == []
    assert reasons(path) == ["wacz_digest_wrong"]


# -- into the archive
# ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_pictures_of_a_crawl_become_local_copies_of_those_that_articles_name(crawl: Path) -> None:
    figure = '<figure><img src="https://img.harbour.example/ferry.png"><figcaption>渡輪</figcaption></figure>'
    crawl.write_bytes(
        record("response", "http://img.harbour.example/ferry.png", answer(PNG, kind="image/png"))
        + record("response", "https://img.harbour.example/logo.png", answer(PNG, kind="image/png"))
        + record("response", f"{SITE}1", answer(page(1, PARAGRAPHS + figure)))
    )

    report = run.run([crawl], workers=1)
    again = run.run([crawl], workers=1)

    copies = store.local(Article.objects.get().images.all())
    assert [store.read(copy) for copy in copies.values()] == [PNG]
    assert (report.pictures, again.pictures) == (1, 0)
    assert again.counts == {"unchanged": 1}
