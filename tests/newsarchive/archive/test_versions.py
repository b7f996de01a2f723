"""Which articles become one story, through imports."""

from __future__ import annotations

import random
from datetime import date

import pytest

from newsarchive.archive import outbox
from newsarchive.importers.types import DateSource, Precision, Published
from newsarchive.models import Article, Story

from .making import parsed, save

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TEXT = "".join(chr(0x4E00 + n * 7 % 2000) for n in range(400))
OTHER = "".join(chr(0x6000 + n * 11 % 2000) for n in range(400))


def body(text: str) -> str:
    return f"<p>{text}</p>"


def on(day: int) -> Published:
    return Published(date(2021, 11, day), None, Precision.DAY, DateSource.FRONT_MATTER)


def stories() -> dict[str, int]:
    return dict(Article.objects.values_list("identity", "story_id"))


def shown(identity: str) -> str:
    story = Story.objects.select_related("canonical").get(articles__identity=identity)
    assert story.canonical is not None
    return story.canonical.identity


def test_the_same_title_and_day_with_nearly_the_same_text_is_one_story() -> None:
    save(parsed("a:1", body=body(TEXT)), parsed("a:2", body=body(TEXT[:-10] + "更正：日期有誤。")))

    assert len(set(stories().values())) == 1
    assert Story.objects.count() == 1


def test_a_copy_that_grew_is_one_story_with_its_beginning() -> None:
    save(parsed("a:1", body=body(TEXT)), parsed("a:2", body=body(TEXT + OTHER)))

    assert len(set(stories().values())) == 1


def test_the_same_column_title_on_different_days_is_two_stories() -> None:
    save(
        parsed("a:1", title="世界這一天", body=body(TEXT), published=on(1)),
        parsed("a:2", title="世界這一天", body=body(TEXT[:360] + OTHER), published=on(2)),
        parsed("a:3", title="無言", body=body(TEXT[:100]), published=on(1)),
        parsed("a:4", title="無言", body=body(TEXT[:100]), published=on(2)),
    )

    assert len(set(stories().values())) == 4


def test_a_long_text_under_a_short_title_that_was_dated_anew_is_one_story() -> None:
    save(
        parsed("a:1", title="同路人", body=body(TEXT), published=on(1)),
        parsed("a:2", title="同路人", body=body(TEXT[10:]), published=on(2)),
    )

    assert len(set(stories().values())) == 1


def test_a_story_that_was_dated_anew_is_one_with_itself() -> None:
    title = "立法會選舉提名期明日開始"
    save(
        parsed("a:1", title=title, body=body(TEXT), published=on(1)),
        parsed("a:2", title=title, body=body(TEXT[20:]), published=on(3)),
        parsed("a:3", title=title, body=body(TEXT[:-20]), published=None),
    )

    assert len(set(stories().values())) == 1


def test_a_text_that_comes_again_after_months_is_a_new_story() -> None:
    title = "立法會選舉提名期明日開始"
    later = Published(date(2022, 3, 1), None, Precision.DAY, DateSource.FRONT_MATTER)
    save(
        parsed("a:1", title=title, body=body(TEXT), published=on(1)),
        parsed("a:2", title=title, body=body(TEXT), published=later),
    )

    assert len(set(stories().values())) == 2


def report(*numbers: str) -> str:
    return body(
        "。".join(
            f"{chr(0x5000 + at) * 9}指數報{number}點，{TEXT[at * 9 : at * 9 + 9]}"
            for at, number in enumerate(numbers)
        )
    )


def test_reports_of_one_mould_with_other_numbers_are_stories_of_their_own() -> None:
    title = "香港股市全日收市報告及成交"
    save(
        parsed("a:1", title=title, body=report("28123", "1204", "882", "7710", "93")),
        parsed("a:2", title=title, body=report("27960", "1310", "795", "7801", "88")),
        parsed("a:3", title=title, body=report("27511", "1188", "640", "7455", "81"), published=on(2)),
    )

    assert len(set(stories().values())) == 3


def test_a_story_rewritten_within_its_day_is_one() -> None:
    save(parsed("a:1", body=body(TEXT)), parsed("a:2", body=body(TEXT[:260] + OTHER[:150])))

    assert len(set(stories().values())) == 1


def test_an_article_whose_text_became_another_leaves_the_story_of_its_copies() -> None:
    save(parsed("a:1", body=body(TEXT + OTHER)), parsed("a:2", body=body(TEXT)))

    save(parsed("a:1", title="改了的標題", body=body(OTHER + "結語。")))

    assert len(set(stories().values())) == 2


def test_the_same_title_and_day_with_other_texts_is_two_stories() -> None:
    save(parsed("a:1", body=body(TEXT)), parsed("a:2", body=body(OTHER)))

    assert len(set(stories().values())) == 2


def test_what_the_source_points_to_is_the_same_story_and_is_shown() -> None:
    save(
        parsed("hkcnews:34949", title="再宣布六家中國媒體", body=body(TEXT)),
        parsed("hkcnews:34948", title="美再宣布六家", body=body(TEXT), canonical_identity="hkcnews:34949"),
    )

    assert len(set(stories().values())) == 1
    assert shown("hkcnews:34948") == "hkcnews:34949"


def test_two_that_point_to_the_same_missing_one_are_one_story() -> None:
    save(
        parsed("hkcnews:1", title="甲", body=body(TEXT), canonical_identity="hkcnews:3"),
        parsed("hkcnews:2", title="乙", body=body(TEXT), canonical_identity="hkcnews:3"),
    )

    assert len(set(stories().values())) == 1


def test_a_year_in_an_address_that_looks_like_a_number_joins_nothing() -> None:
    save(
        parsed("hkcnews:2019", title="盈餘超去年", body=body(OTHER)),
        parsed("hkcnews:19676", title="Joint Statement", body=body(TEXT), canonical_identity="hkcnews:2019"),
    )

    assert len(set(stories().values())) == 2


def test_copies_in_other_formats_are_one_story_with_two_sources() -> None:
    save(
        parsed("hkcnews:1", format="hkcnews_markdown", body=body(TEXT)),
        parsed("feed:abc", format="hexo_rsshub", body=body(TEXT), title="樹與海 "),
    )

    assert len(set(stories().values())) == 1


def test_stubs_and_empty_texts_join_nothing() -> None:
    save(parsed("a:1", body=""), parsed("a:2", body=""))

    assert len(set(stories().values())) == 2


def test_stories_that_end_are_looked_at_again_by_the_index() -> None:
    save(parsed("a:1", body=body(TEXT)))
    (first,) = stories().values()
    save(parsed("a:2", body=body(OTHER), title="別的"))
    outbox.forget(outbox.pending(limit=10))

    save(parsed("a:3", body=body(TEXT)))

    assert {row.story_id for row in outbox.pending(limit=10)} >= {first}
    assert Story.objects.count() == 2


def test_a_curators_grouping_holds() -> None:
    save(parsed("a:1", body=body(TEXT)))
    Article.objects.update(grouped_by_hand=True)

    save(parsed("a:2", body=body(TEXT)))

    assert len(set(stories().values())) == 2


@pytest.mark.parametrize("seed", range(8))
def test_the_grouping_does_not_depend_on_the_order_of_import(seed: int) -> None:
    files = [
        parsed("hkcnews:1", body=body(TEXT)),
        parsed("hkcnews:2", body=body(TEXT[20:] + OTHER[:20])),
        parsed("hkcnews:3", body=body(TEXT[40:] + OTHER[:40])),
        parsed("hkcnews:4", title="另一標題", body=body(TEXT), canonical_identity="hkcnews:1"),
        parsed("hkcnews:5", title="另一標題", body=body(OTHER)),
        parsed("hkcnews:6", title="另一標題", body=body(OTHER * 2), canonical_identity="hkcnews:9"),
        parsed("hkcnews:7", body=body(OTHER), published=on(3)),
    ]
    random.Random(seed).shuffle(files)
    cut = seed % len(files)

    save(*files[:cut])
    save(*files[cut:])

    groups: dict[int, set[str]] = {}
    for identity, story in stories().items():
        groups.setdefault(story, set()).add(identity)
    names = sorted(sorted(group) for group in groups.values())
    assert names == [
        ["hkcnews:1", "hkcnews:2", "hkcnews:3", "hkcnews:4"],
        ["hkcnews:5", "hkcnews:6"],
        ["hkcnews:7"],
    ]
    assert shown("hkcnews:3") == "hkcnews:1"
