"""Workbooks (.xlsx): each row below the names of the columns is an article."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from newsarchive.importers import registry
from newsarchive.importers.types import ParsedArticle, SourceFile
from newsarchive.ingest import column_mappings, run
from newsarchive.ingest.containers.limits import Refused
from newsarchive.ingest.inputs import Reader
from newsarchive.models import Article
from tests.newsarchive.archive.making import LIMITS
from tests.newsarchive.importers.samples import lines

from . import exports

HEAD = ("標題", "內容", "日期", "作者", "報紙", "編號")
TEXT = "渡輪公司昨日宣布。\n下星期停航。"
FERRY = ("渡輪停航", TEXT, datetime(2021, 11, 17, 15, 5), "陳大文", "海港日報", 7.0)
PIER = ("碼頭翻新", "碼頭下月起翻新。", date(2021, 11, 18), None, "海港日報", None)


def read(
    data: bytes, folder: Path, mapping: dict[str, str] | None = None, **limits: int
) -> tuple[list[ParsedArticle], list[str]]:
    path = folder / "table.xlsx"
    path.write_bytes(data)
    items = list(Reader([path], replace(LIMITS, **limits), mapping))
    refused = [str(item.reason) for item in items if isinstance(item, Refused)]
    return [registry.parse(item) for item in items if isinstance(item, SourceFile)], refused


def test_rows_are_articles_with_their_dates_and_numbers(tmp_path: Path) -> None:
    (ferry, pier), refused = read(exports.workbook(HEAD, FERRY, PIER), tmp_path)

    assert not refused
    assert (ferry.title, ferry.outlet) == ("渡輪停航", "海港日報")
    assert lines(ferry) == ["渡輪公司昨日宣布。", "下星期停航。"]
    assert ferry.published is not None
    assert str(ferry.published.at) == "2021-11-17 15:05:00+08:00"
    assert ferry.extra == {"編號": "7"}
    assert pier.published is not None
    assert (str(pier.published.day), pier.published.at) == ("2021-11-18", None)


def test_the_names_may_stand_below_a_heading_and_on_another_sheet(tmp_path: Path) -> None:
    articles, _ = read(exports.workbook(("剪報",), (), HEAD, FERRY, (), PIER, sheets=2), tmp_path)

    assert [article.title for article in articles] == ["渡輪停航", "碼頭翻新"]


def test_a_mapping_names_the_columns_of_a_workbook_too(tmp_path: Path) -> None:
    data = exports.workbook(("a", "b"), ("渡輪停航", "渡輪公司昨日宣布。"))

    assert [article.title for article in read(data, tmp_path, {"title": "a", "body": "b"})[0]] == ["渡輪停航"]
    refused = read(data, tmp_path)[1]
    assert len(refused) == 1
    assert "Its columns: a, b" in refused[0]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>', "XML bombs"),
        (b"<worksheet>" + b" " * (64 << 20) + b"</worksheet>", "a bomb"),
        (b"<worksheet><sheetData><row>", "damaged"),
    ],
    ids=["entities", "unpacks to much", "cut off"],
)
def test_a_workbook_made_to_do_harm_is_refused_by_name(part: bytes, said: str, tmp_path: Path) -> None:
    whole = zipfile.ZipFile(io.BytesIO(exports.workbook(HEAD, FERRY)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in whole.namelist():
            made.writestr(name, part if name == "xl/worksheets/sheet1.xml" else whole.read(name))

    articles, refused = read(out.getvalue(), tmp_path, archive_bytes=10**9)

    assert not articles
    assert said in refused[0]


def test_more_rows_than_the_limit_stop_and_those_before_stay(tmp_path: Path) -> None:
    articles, refused = read(exports.workbook(HEAD, FERRY, PIER, PIER), tmp_path, archive_members=2)

    # The parts of a workbook are members too: the limit holds for both.
    assert (len(articles), len(refused)) == (0, 1)
    assert "more than 2 files" in refused[0]


@pytest.mark.django_db
def test_a_mapping_is_remembered_for_tables_with_the_same_columns(tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.csv"
    first.write_bytes(exports.workbook(("甲", "乙"), ("渡輪停航", "渡輪公司昨日宣布。")))
    second.write_text("乙,甲\n碼頭下月起翻新。,碼頭翻新\n站房拆卸。,拆站\n")

    run.run([first], workers=1, mapping={"title": "甲", "body": "乙"})
    run.run([second], workers=1)

    assert set(Article.objects.values_list("title", flat=True)) == {"渡輪停航", "碼頭翻新", "拆站"}
    assert column_mappings.recall(["甲", "乙"]) == {"title": "甲", "body": "乙"}
