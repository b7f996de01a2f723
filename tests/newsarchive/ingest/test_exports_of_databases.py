"""Exports of WiseNews and Factiva for word processors: RTF, Word, HTML, and Word files with MHTML inside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from newsarchive.importers import registry
from newsarchive.importers.types import ParsedArticle, SourceFile
from newsarchive.ingest import run
from newsarchive.ingest.containers.limits import Refused
from newsarchive.ingest.inputs import Reader
from newsarchive.models import Article
from tests.newsarchive.archive.making import LIMITS
from tests.newsarchive.importers.samples import lines

from . import exports
from .test_records import WISENEWS_TEXT

TEXT = ["渡輪公司昨日宣布停航。", "下星期起停航。", "乘客說：「唔方便」。"]


def read(data: bytes, folder: Path) -> tuple[list[ParsedArticle], list[str]]:
    path = folder / "export.doc"
    path.write_bytes(data)
    items = list(Reader([path], LIMITS))
    refused = [item.reason.code for item in items if isinstance(item, Refused)]
    return [registry.parse(item) for item in items if isinstance(item, SourceFile)], refused


@pytest.mark.parametrize(
    "data",
    [
        exports.docx(exports.WISENEWS_WORD),
        exports.rtf(exports.WISENEWS_WORD),
        exports.page(exports.WISENEWS_WORD).encode(),
        exports.mhtml(exports.page(exports.WISENEWS_WORD)),
    ],
    ids=["docx", "rtf", "html", "mhtml"],
)
def test_an_export_of_wisenews_for_word_is_read_whatever_word_made_of_it(data: bytes, tmp_path: Path) -> None:
    (ferry, pier), refused = read(data, tmp_path)

    assert not refused
    assert (ferry.title, ferry.outlet, ferry.identity) == (
        "渡輪停航",
        "Harbour Daily",
        "wisenews:201904150296340",
    )
    assert [author.name for author in ferry.authors] == ["王小明"]
    assert (ferry.categories, ferry.extra["page"], ferry.extra["column"]) == (("產經",), "B04", "海旁")
    assert lines(ferry) == ["渡輪公司昨日宣布停航，滙豐銀行贊助。"]
    assert [(image.caption, image.credit) for image in ferry.images] == [("渡輪泊岸。（李四攝）", "李四攝")]
    assert (pier.title, lines(pier)) == ("碼頭翻新", ["碼頭下月起翻新。"])
    assert pier.published is not None
    assert str(pier.published.day) == "2019-04-16"


@pytest.mark.parametrize(
    "data",
    [
        exports.factiva_html().encode(),
        exports.rtf(cells=exports.FACTIVA_CODED),
        exports.docx(cells=exports.FACTIVA_CODED),
        exports.rtf(exports.FACTIVA_PLAIN),
        exports.docx(exports.FACTIVA_PLAIN),
        exports.page(["Factiva", "", *exports.FACTIVA_PLAIN]).encode(),
        exports.mhtml(exports.factiva_html()),
    ],
    ids=["html", "rtf", "docx", "rtf without codes", "docx without codes", "html without codes", "mhtml"],
)
def test_an_export_of_factiva_is_read_with_and_without_its_codes(data: bytes, tmp_path: Path) -> None:
    (article,), refused = read(data, tmp_path)

    assert not refused
    assert article.title == "渡輪停航"
    assert (article.outlet, article.identity) == ("Harbour Daily", "factiva:HARB000020211117ehbh00001")
    assert [author.name for author in article.authors] == ["Chan Tai Man"]
    assert article.published is not None
    assert str(article.published.at) == "2021-11-17 15:32:00+08:00"
    assert article.categories == ("港聞",)
    assert lines(article) == TEXT


def test_subjects_of_a_factiva_export_are_tags(tmp_path: Path) -> None:
    (article,), _ = read(exports.factiva_html().encode(), tmp_path)

    assert article.tags == ("Transport", "General News")
    assert article.extra["words"] == "295 字"


def _big5(text: str) -> str:
    return exports.bytes_of_font(text.replace("©", "(c)"), 1, "big5hkscs")


def _gbk(text: str) -> str:
    return exports.bytes_of_font(text, 2, "gb18030")


@pytest.mark.parametrize("write", [exports.unicode_escapes, _big5, _gbk], ids=["numbers", "big5", "gbk"])
def test_chinese_in_rtf_is_read_however_it_is_written(write: Callable[[str], str], tmp_path: Path) -> None:
    (article,), _ = read(exports.rtf(exports.FACTIVA_PLAIN, write=write), tmp_path)

    assert lines(article) == TEXT


def test_a_character_outside_the_basic_plane_is_whole(tmp_path: Path) -> None:
    (article,), _ = read(
        exports.rtf([*exports.FACTIVA_PLAIN[:-2], "𠝹開", exports.FACTIVA_PLAIN[-2]]), tmp_path
    )

    assert lines(article)[-1] == "𠝹開"


@pytest.mark.parametrize("data", [exports.docx(["渡輪停航", "正文。"]), exports.rtf(["渡輪停航", "正文。"])])
def test_a_document_that_holds_no_export_is_refused_by_name(data: bytes, tmp_path: Path) -> None:
    assert read(data, tmp_path) == ([], ["earlier_files_stay"])


def test_a_binary_word_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    (item,) = Reader([tmp_path / "old.doc"], LIMITS)
    assert isinstance(item, SourceFile)

    with pytest.raises(Exception, match=r"save it there as \.docx"):
        registry.parse(item)


def test_an_xml_bomb_in_a_word_file_is_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'

    path = tmp_path / "bomb.docx"
    path.write_bytes(exports.docx(["&b;"], head="<?xml version='1.0'?>" + bomb))

    (item,) = Reader([path], LIMITS)
    assert isinstance(item, Refused)
    assert "XML bombs" in str(item.reason)


def test_an_article_whose_end_was_cut_off_is_named(tmp_path: Path) -> None:
    articles, refused = read(exports.docx(exports.WISENEWS_WORD[:-1]), tmp_path)

    assert (len(articles), refused) == (1, ["export_without_number"])


def test_characters_that_only_the_exporting_program_knew_are_a_problem(tmp_path: Path) -> None:
    said = [line.replace("\ue05e", "\uf8ff") for line in exports.WISENEWS_WORD[:12]]

    (article,), _ = read(exports.docx(said), tmp_path)

    assert "1 characters could not be read" in map(str, article.problems)


@pytest.mark.django_db
@pytest.mark.parametrize("order", [("a.docx", "b.txt"), ("b.txt", "a.docx")])
def test_the_copy_in_the_printed_characters_is_shown_before_the_converted_one(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    (tmp_path / "a.docx").write_bytes(exports.docx(exports.WISENEWS_WORD[:12]))
    (tmp_path / "b.txt").write_text(
        WISENEWS_TEXT.replace("海港日报", "Harbour Daily").replace("渡轮停航", "渡輪停航")
    )

    for name in order:
        run.run([tmp_path / name], workers=1)

    assert "渡輪公司" in Article.objects.get().body
