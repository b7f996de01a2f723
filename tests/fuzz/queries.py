"""Whatever a reader types: it is parsed, printed back as the same tree, and the index finds with it what
reading every text finds."""

from __future__ import annotations

import tempfile
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from search.engines.base import Engine, Request
from search.engines.document import IndexDocument
from search.engines.embedded.engine import EmbeddedEngine
from search.engines.embedded.stored_text import sections
from search.query import semantics
from search.query.fields import SECTIONS
from search.query.parser import MAX_CHARACTERS, describe, parse, positive_terms
from search.query.synonyms import NO_SYNONYMS, expand

from . import material

TODAY: Final = date(2022, 3, 31)
_SYNTAX: Final = (
    *(
        " ",
        "　",
        "(",
        ")",
        "（",
        "）",
        "|",
        "｜",
        "-",
        "－",
        "NOT ",
        "AND ",
        " OR ",
        "或",
        '"',
        "“",
        "”",
        "「",
        "」",
    ),
    *(
        "『",
        "』",
        "'",
        "~3",
        "～１０",
        "~999999999",
        "*",
        "＊",
        ":",
        "：",
        " without ",
        "title:",
        "標題：",
        "date:",
    ),
    *(
        "日期：",
        "2021-11",
        "2021-02-30",
        "2019/2021",
        "/2016",
        "P1M/2020-01-01",
        "P9999999Y/",
        "0000",
        "any:",
    ),
    *(
        "author:",
        "caption:",
        "credit:",
        "outlet:",
        "tag:",
        "body:",
        "nowhere:",
        "\\",
        "/",
        "^2",
        "[a TO b]",
        "?",
    ),
)
_ENGINE_EVERY: Final = 16  # the index is asked so seldom: it takes a hundred times as long


def make(random: Random) -> str:
    return material.text(
        random, _SYNTAX, _SYNTAX, material.HAN, material.LATIN, most=random.choice((3, 6, 8, 24))
    )


def check(typed: str) -> None:
    parsed = parse(typed, today=TODAY)
    assert parsed.literal == bool(parsed.problem)
    assert parsed.position is None or 0 <= parsed.position <= len(typed)
    words = describe(parsed.tree)
    if len(words) <= MAX_CHARACTERS:
        again = parse(words, today=TODAY)
        assert again.tree == parsed.tree, words
        assert not again.literal, words
    if parsed.tree is None:
        return
    stories = _stories()
    expand(parsed.tree, NO_SYNONYMS)
    for parts in stories.values():
        for node in positive_terms(parsed.tree):
            for folded in parts.values():
                spans = semantics.spans(node, folded)
                assert all(0 <= start < end <= len(folded) for start, end in spans)
    if hash_of(typed) % _ENGINE_EVERY == 0:
        hits = _engine().search(Request(parsed.tree, limit=100, counts=False))
        if not hits.partial:
            truth = {
                number
                for number, parts in stories.items()
                if semantics.matches(parsed.tree, parts, DAYS[number])
            }
            assert {hit.story_id for hit in hits.hits} == truth, words


def hash_of(typed: str) -> int:
    """Not Python's, which differs from run to run."""
    return sum(map(ord, typed)) + len(typed)


DAYS: dict[int, date | None] = {1: date(2021, 11, 17), 2: date(2019, 6, 9), 3: None}


def _documents() -> list[IndexDocument]:
    odd = "".join(character for character in material.ODD if not "\ud800" <= character <= "\udfff")
    return [
        IndexDocument(
            1, "習近平與拜登會晤", "中國銀行在香港。中國的 COVID-19，14億 5G網絡\n哈哈哈 了解 裡面",
            captions=("中國 Biden 在 W-2",), credits=("美聯社",), authors=("O'Neil",), outlet="眾新聞",
            tags=("中国", "covid"), other=("don't",), day=DAYS[1],
        ),
        IndexDocument(2, "Biden", f"臺灣{odd}台灣 3421\n<b>中國</b>", day=DAYS[2], categories=("香港",)),
        IndexDocument(3, "", "的，。 a 中國", captions=("瞭解",)),
    ]  # fmt: skip


@cache
def _stories() -> dict[int, semantics.Parts]:
    return {story.story_id: dict(zip(SECTIONS, sections(story), strict=True)) for story in _documents()}


@cache
def _engine() -> Engine:
    """One story of the three is in the tail."""
    folder = tempfile.TemporaryDirectory(prefix="newsarchive-fuzz-")
    engine = EmbeddedEngine(Path(folder.name) / "index")
    engine.kept = folder  # type: ignore[attr-defined]  # goes with the process
    engine.rebuild(lambda: _documents()[:2])
    engine.upsert(_documents()[2:])
    return engine
