"""Lines: each occurrence one, as printed, in the order asked for, however it was come by."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.test import Client

from newsarchive.archive import articles
from newsarchive.importers.types import DateSource, ParsedImage, Precision, Published
from newsarchive.models import Article
from search.engines import get_engine
from search.indexing import sync
from tests.search.web.making import many, publish, story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index")]
BARE: dict[str, Any] = {"title": "無題", "images": (), "embeds": (), "tags": (), "related": ()}


def body(text: str, identity: str = "test:1", **fields: Any) -> Any:
    return story(identity, body=f"<p>{text}</p>", **(BARE | fields))


def lines(client: Client, **parameters: object) -> list[tuple[str, str, str]]:
    response = client.get("/api/concordance/", parameters)

    assert response.status_code == 200, response.content
    return [(line["left"], line["keyword"], line["right"]) for line in response.json()["lines"]]


def test_an_occurrence_is_printed_as_it_stands_whichever_script_is_typed(client: Client) -> None:
    publish(body("他說，習近平與Biden握手。"), body("习近平𠮷祥", "test:2"))

    assert lines(client, q="习近平") == [
        ("他說，", "習近平", "與Biden握手。"),
        ("", "习近平", "𠮷祥"),
    ]


def test_what_stands_before_and_behind_is_cut_to_so_many_characters_or_words(client: Client) -> None:
    publish(body("一二三四五六七八國家安全九十甲乙丙丁戊"), body("我們今天在香港吃蘋果和香蕉", "test:2"))

    assert lines(client, q="國家安全", window=5) == [("四五六七八", "國家安全", "九十甲乙丙")]
    assert lines(client, q="香港", window=5, by="word") == [("我們今天在", "香港", "吃蘋果和香蕉")]


def test_characters_beyond_the_first_plane_and_invisible_ones_move_nothing(client: Client) -> None:
    publish(body("𠮷𠮷香\u200b港𠮷香港"))

    assert lines(client, q="香港") == [("𠮷𠮷", "香\u200b港", "𠮷香港"), ("𠮷𠮷香\u200b港𠮷", "香港", "")]


def test_a_string_that_punctuation_parts_is_one_occurrence(client: Client) -> None:
    publish(body("光復香港，時代革命；光復香港時代革命"))

    assert [key for _, key, _ in lines(client, q="光復香港時代革命")] == [
        "光復香港，時代革命",
        "光復香港時代革命",
    ]
    assert len(lines(client, q="光復香港時代革命", loose="off")) == 1


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("who", ["Who", "who"]),
        ('"who"', ["Who", "who", "who"]),
        ("who*", ["Who", "who", "who"]),
        ("joe biden", ["Joe", "Biden"]),
        ('"joe biden"', ["Joe  Biden"]),
        ('"人 事"~3', ["人", "事"]),
        ("中國 without 中國銀行", ["中國"]),
        ("中國 OR 中國銀行", ["中國", "中國銀行"]),
        ("標題：無題", ["無題"]),
        ("標籤：無題 OR 事", ["事"]),
        ("中國 -事", []),
    ],
)
def test_any_query_has_its_lines(client: Client, words: str, keys: list[str]) -> None:
    publish(body("Who? who, whole. Joe  Biden。人的事。中國與中國銀行"))

    assert [key for _, key, _ in lines(client, q=words)] == keys


def test_only_the_characters_as_typed_when_so_asked(client: Client) -> None:
    publish(
        body("后來，後來", images=(ParsedImage(src="https://p.example/1.jpg", caption="后來与後來"),)),
        body("后來而已", "test:2"),
    )

    assert [key for _, key, _ in lines(client, q="后來", exact="on")] == ["后來", "后來", "后來"]
    assert len(lines(client, q="后來")) == 5


def test_lines_are_in_the_order_of_what_stands_beside(client: Client) -> None:
    publish(body("丙香港乙。甲香港丙。乙香港甲。"))

    assert [right[0] for _, _, right in lines(client, q="香港", sort="right")] == ["丙", "乙", "甲"]
    assert [left[-1] for left, _, _ in lines(client, q="香港", sort="left")] == ["丙", "乙", "甲"]


def test_the_second_word_beside_decides_when_so_asked(client: Client) -> None:
    publish(body("香港今天蘋果"), body("香港明天香蕉", "test:2"))

    assert [right for _, _, right in lines(client, q="香港", sort="right2", by="word")] == sorted(
        ["今天蘋果", "明天香蕉"], key=lambda text: text[2:].replace("蘋", "苹")
    )


def test_every_line_is_on_one_page_and_in_the_file(client: Client) -> None:
    publish(*many(7))
    every = client.get("/api/concordance/", {"q": "會晤", "per_page": 100}).json()

    walked = [
        line
        for page in range(1, 30)
        if page <= -(-every["occurrences"] // 4)
        for line in client.get("/api/concordance/", {"q": "會晤", "per_page": 4, "page": page}).json()[
            "lines"
        ]
    ]
    rows = _table(client, "/concordance/", q="會晤")

    assert every["occurrences"] == 14
    assert walked == every["lines"]
    assert [(row["left"], row["id"]) for row in rows] == [
        (line["left"], str(line["id"])) for line in every["lines"]
    ]
    assert client.get("/api/concordance/", {"q": "會晤", "page": 99}).status_code == 404


def _table(client: Client, address: str, **parameters: object) -> list[dict[str, str]]:
    response = client.get(address, parameters | {"format": "csv"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def test_a_cell_that_a_spreadsheet_would_run_is_text(client: Client) -> None:
    publish(body('=HYPERLINK("x")香港'))

    assert _table(client, "/concordance/", q="香港")[0]["left"].startswith("'=")


def test_copies_of_a_story_are_counted_once_as_the_shown_one_tells_it(client: Client) -> None:
    long = "這是一篇很長的報道，講述兩國領袖會晤的經過以及雙方的說法。" * 10
    first, _ = publish(body(long + "舊句", "test:1"), body(long + "新句", "test:2"))
    assert Article.objects.filter(story=first.story_id).count() == 2

    assert len(lines(client, q="這是一篇很長", per_page=100)) == 10
    assert len(lines(client, q="舊句")) + len(lines(client, q="新句")) == 1


def test_a_caption_that_is_printed_twice_is_counted_twice_and_alone(client: Client) -> None:
    picture = ParsedImage(src="https://p.example/1.jpg", caption="維港夜景")
    publish(body("無", images=(picture, picture)))

    assert lines(client, q="夜景") == [("維港", "夜景", ""), ("維港", "夜景", "")]


def test_what_is_withdrawn_is_out_of_every_number_before_the_indexer_has_run(client: Client) -> None:
    keep, gone = publish(body("香港蘋果"), body("香港蘋果香蕉", "test:2"))

    articles.withdraw(Article.objects.filter(pk=gone.pk), "應作者要求")

    found = client.get("/api/concordance/", {"q": "香港"}).json()
    assert [line["id"] for line in found["lines"]] == [keep.pk]
    near = client.get("/api/collocates/", {"q": "香港", "least": 1}).json()
    assert near["occurrences"] == 1
    assert client.get("/api/trends/", {"q": "香港"}).json()["articles"] == [1]
    assert client.get("/api/keyness/", {"a": "q=香港"}).json()["a"]["stories"] == 1


def test_what_changed_since_the_index_was_built_is_counted_like_the_rest(client: Client) -> None:
    publish(body("香港蘋果"))
    changed = Article.objects.get()
    changed.body = "<p>香港榴槤𠮷，香港榴槤</p>"
    changed.save()
    articles.record_edit(changed, ["body"])
    sync.update(get_engine())

    assert [right for _, _, right in lines(client, q="香港", sort="right")] == ["榴槤", "榴槤𠮷，香港榴槤"]
    near = client.get("/api/collocates/", {"q": "香港", "least": 1}).json()
    assert [one["observed"] for one in near["collocates"] if one["word"] == "榴槤"] == [2]


def test_filters_hold_as_in_a_search(client: Client) -> None:
    early = Published(date(2019, 1, 1), None, Precision.DAY, DateSource.FRONT_MATTER)
    publish(body("香港一"), body("香港二", "test:2", outlet="別報", published=early))

    assert lines(client, q="香港", outlet="別報") == [("", "香港", "二")]
    assert lines(client, q="香港", **{"from": "2020-01-01"}) == [("", "香港", "一")]
