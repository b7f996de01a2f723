from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from newsarchive.errors import IndexBusy, IndexStale, IndexUnavailable
from search.engines.base import Engine, Facet, Filters, Request
from search.engines.embedded import scoring
from search.engines.embedded.engine import EmbeddedEngine
from search.engines.embedded.storage import generation
from search.engines.embedded.stored_text import sections
from search.language import tokens
from search.query import semantics
from search.query.fields import SECTIONS
from search.query.parser import Field, parse

from .engine_contract import EngineContract, ask, doc, found


class TestEmbeddedEngine(EngineContract):
    @pytest.fixture
    def engine(self, tmp_path: Path) -> Engine:
        engine = EmbeddedEngine(tmp_path / "index")
        engine.rebuild(list)
        return engine


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def test_a_missing_index_is_said_to_be_missing_and_no_empty_one_is_opened(folder: Path) -> None:
    with pytest.raises(IndexUnavailable, match="rebuild_index"):
        EmbeddedEngine(folder).search(Request(None))

    assert not folder.exists()


def test_a_torn_file_is_noticed_when_the_index_is_opened(folder: Path) -> None:
    EmbeddedEngine(folder).rebuild(lambda: [doc(1, "新聞")])
    texts = folder / "gen-1" / "texts"
    texts.write_bytes(texts.read_bytes()[:-1])

    with pytest.raises(IndexUnavailable, match=r"damaged.*texts"):
        EmbeddedEngine(folder).state()


def test_a_damaged_index_is_mended_by_a_rebuild(folder: Path) -> None:
    engine = EmbeddedEngine(folder)
    engine.rebuild(lambda: [doc(1, "新聞")])
    (folder / "gen-1" / "stories").unlink()

    EmbeddedEngine(folder).rebuild(lambda: [doc(1, "新聞")])

    assert found(EmbeddedEngine(folder), "新聞") == {1}


@pytest.mark.parametrize("content", [b"", b"damaged", b"\x93NUMPY\x01\x00v\x00{'descr': '<u8'}"])
def test_what_a_build_wrote_and_cannot_read_back_leaves_the_index_before_it(
    folder: Path, content: bytes
) -> None:
    EmbeddedEngine(folder).rebuild(lambda: [doc(1, "新聞")])

    def damage(_: int) -> None:
        for path in folder.glob("new-*/parts-*/*.keys.npy"):
            path.write_bytes(content)

    with pytest.raises(IndexUnavailable, match="could not be read back"):
        EmbeddedEngine(folder).rebuild(lambda: [doc(2, "舊聞")], on_progress=damage)

    assert found(EmbeddedEngine(folder), "新聞") == {1}
    assert not list(folder.glob("new-*"))


def test_an_index_of_another_schema_is_stale(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    EmbeddedEngine(folder).rebuild(lambda: [doc(1, "新聞")])
    monkeypatch.setattr(generation, "SCHEMA", "100")
    monkeypatch.setattr(generation, "READABLE", frozenset({"99", "100"}))

    with pytest.raises(IndexStale):
        EmbeddedEngine(folder).state()


def test_other_dictionary_words_make_the_index_stale_and_lose_no_recall(folder: Path) -> None:
    engine = EmbeddedEngine(folder)
    engine.rebuild(lambda: [doc(1, "支聯會會員")])
    try:
        tokens.use_words(["支聯會"])

        assert "dictionary" in engine.state().stale
        assert found(engine, "支聯會") == {1}
    finally:
        tokens.use_words([])


def test_one_process_builds_at_a_time(folder: Path) -> None:
    def documents() -> list[object]:
        with pytest.raises(IndexBusy):
            EmbeddedEngine(folder).rebuild(list)
        return []

    EmbeddedEngine(folder).rebuild(documents)  # type: ignore[arg-type]


def test_another_process_engine_sees_writes_and_swaps(folder: Path) -> None:
    writer, reader = EmbeddedEngine(folder), EmbeddedEngine(folder)
    writer.rebuild(lambda: [doc(1, "舊聞")])
    assert found(reader, "舊聞") == {1}

    writer.upsert([doc(2, "舊聞重提")])
    assert found(reader, "舊聞") == {1, 2}

    writer.rebuild(lambda: [doc(3, "舊聞")])
    assert found(reader, "舊聞") == {3}


def test_the_generation_before_stays_and_older_ones_go(folder: Path) -> None:
    engine = EmbeddedEngine(folder)
    for _ in range(3):
        engine.rebuild(lambda: [doc(1, "新聞")])

    assert sorted(path.name for path in folder.glob("gen-*")) == ["gen-2", "gen-3"]
    assert list(folder.glob("new-*")) == []


def test_the_result_does_not_depend_on_the_number_of_workers(tmp_path: Path) -> None:
    from search.engines.embedded.builder import build

    rng = random.Random(3)
    stories = [doc(n, "新聞", "".join(rng.choices("中國香港人民政府，。 abc", k=60))) for n in range(1, 1700)]
    alone, together = tmp_path / "alone", tmp_path / "together"
    for folder, workers in ((alone, 1), (together, 2)):
        folder.mkdir()
        build(stories, folder, workers=workers)

    names = ("texts", "sections", "stories", "any.codes", "any.starts", "any.postings", "triples.postings")
    for name in (*names, "columns/days"):
        assert (alone / name).read_bytes() == (together / name).read_bytes(), name


def test_what_is_left_out_because_it_cannot_come_first_does_not_come_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(6)
    letters = "中國國香港人民政府合作適，。"
    stories = [
        doc(
            number,
            "".join(rng.choices(letters, k=rng.randint(0, 12))),
            "".join(rng.choices(letters, k=rng.randint(0, 400))),
            day=date(2020, 1, 1) + timedelta(days=rng.randrange(300)),
            outlet=rng.choice("甲乙"),
        )
        for number in range(1, 1_300)
    ]
    engine = EmbeddedEngine(folder)
    engine.rebuild(lambda: stories[:1_200])
    engine.upsert(stories[1_200:])
    tried = [
        "中國",
        "香",
        "合作",
        '"國香港"',
        "title:中國",
        "中國 香港",
        '人民 "適合" 政',
        "港 人 民",
        "combo",
    ]
    filters = [Filters(), Filters(first=date(2020, 3, 1)), Filters(include={Facet.OUTLET: ("甲",)})]

    def answers() -> list[list[tuple[int, float]]]:
        return [
            [(hit.story_id, round(hit.score, 4)) for hit in ask(engine, words, **page, filters=chosen).hits]
            for words in tried
            for chosen in filters
            for page in ({"limit": 20}, {"limit": 3}, {"limit": 20, "offset": 40})
        ]

    some = answers()
    monkeypatch.setattr(
        scoring.Ranked, "best", lambda self, count: (np.arange(len(self.docs)), self.scores(slice(None)))
    )
    assert some == answers()


@pytest.mark.parametrize("letters", ["合", "合作", "合作社"], ids=["character", "pair", "triple"])
def test_a_word_comes_before_the_same_string_that_is_none(folder: Path, letters: str) -> None:
    """jieba's words weigh more, in the built index as in what was changed since."""
    around = {"合": ("混{}而", "好{}。"), "合作": ("適{}非", "來{}。"), "合作社": ("適{}區", "到{}。")}[
        letters
    ]
    fills = ["。天地玄黃宇宙洪荒", "。日月盈昃辰宿列張"]
    engine = EmbeddedEngine(folder)
    stories = [
        doc(number, "新聞", around[number % 2].format(letters) + fills[number // 2 % 2])
        for number in range(1, 41)
    ]
    engine.rebuild(lambda: stories)
    cut = {
        number: letters in tokens.segmenter().words(tokens.fold(stories[number - 1].body))
        for number in (1, 2)
    }
    assert cut[1] != cut[2]  # what jieba makes of them is what the test is about

    first = ask(engine, letters, limit=20).hits

    assert {hit.story_id % 2 for hit in first} == {1 if cut[1] else 0}


def test_pages_of_two_words_hold_every_hit_once_however_many_are_alike(folder: Path) -> None:
    engine = EmbeddedEngine(folder)
    engine.rebuild(lambda: [doc(n, "新聞", f"中國{'，' * (n % 7)}香港。") for n in range(1, 60)])

    pages = [ask(engine, "中國 香港", offset=offset, limit=4).hits for offset in range(0, 60, 4)]

    assert sorted(hit.story_id for page in pages for hit in page) == list(range(1, 60))


def assert_found_as_by_reading(engine: Engine, typed: str, parts: dict[int, dict[Field, str]]) -> None:
    tree = parse(typed).tree
    if tree is None or ask(engine, typed).partial:
        return
    truth = {number for number, of_story in parts.items() if semantics.matches(tree, of_story, None)}
    assert found(engine, typed) == truth, typed


@pytest.mark.parametrize("seed", range(6))
def test_what_the_engine_finds_is_what_reading_every_text_finds(folder: Path, seed: int) -> None:
    """The grams, words and checks of the index against the plain truth, on texts made to confuse."""
    rng = random.Random(seed)
    letters = "中國国人民銀行银行香港政府，。a1 b"
    stories = [
        doc(
            number,
            "".join(rng.choices(letters, k=rng.randint(0, 8))),
            "\n".join("".join(rng.choices(letters, k=rng.randint(0, 12))) for _ in range(3)),
            captions=("".join(rng.choices(letters, k=5)),),
            tags=("".join(rng.choices(letters, k=3)),),
        )
        for number in range(1, 120)
    ]
    engine = EmbeddedEngine(folder)
    engine.rebuild(lambda: stories[:90])
    engine.upsert(stories[90:])
    parts = {story.story_id: dict(zip(SECTIONS, sections(story), strict=True)) for story in stories}

    for _ in range(150):
        words = "".join(rng.choices(letters, k=rng.randint(1, 4)))
        for typed in (words, f'"{words}"', f"title:{words}", f"-{words}", f'"{words} 中國"~3'):
            assert_found_as_by_reading(engine, typed, parts)


def test_strings_of_triples_that_have_lists_are_found_as_reading_every_text_finds_them(folder: Path) -> None:
    rng = random.Random(7)
    letters = "中國人𠮷，a "
    stories = [
        doc(number, "".join(rng.choices(letters, k=60)), tags=("".join(rng.choices(letters, k=9)),))
        for number in range(1, 400)
    ]
    engine = EmbeddedEngine(folder)
    engine.rebuild(lambda: stories[:380])
    engine.upsert(stories[380:])
    parts = {story.story_id: dict(zip(SECTIONS, sections(story), strict=True)) for story in stories}
    assert (folder / "gen-1" / "triples.codes").stat().st_size > 8 * 50

    for _ in range(200):
        words = "".join(rng.choices(letters, k=rng.randint(2, 6)))
        for typed in (words, f'"{words}"', f"body:{words}", f"title:{words}", f"tag:{words}"):
            assert_found_as_by_reading(engine, typed, parts)
