from __future__ import annotations

import random
from pathlib import Path

import pytest

from newsarchive.errors import IndexBusy, IndexStale, IndexUnavailable
from search import match, tokens
from search.engine import Engine, Request
from search.engines import generation
from search.engines.embedded import EmbeddedEngine
from search.engines.texts import SECTIONS, sections
from search.query import parse

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
    from search.engines.build import build

    rng = random.Random(3)
    stories = [doc(n, "新聞", "".join(rng.choices("中國香港人民政府，。 abc", k=60))) for n in range(1, 1700)]
    alone, together = tmp_path / "alone", tmp_path / "together"
    for folder, workers in ((alone, 1), (together, 2)):
        folder.mkdir()
        build(stories, folder, workers=workers)

    for name in ("texts", "sections", "stories", "any.codes", "any.starts", "any.postings", "columns/days"):
        assert (alone / name).read_bytes() == (together / name).read_bytes(), name


def test_whoosh_itself_can_search_the_words(folder: Path) -> None:
    from search.engines import whoosh

    EmbeddedEngine(folder).rebuild(lambda: [doc(7, "立法會", "立法會開會。立法會休會"), doc(8, "天氣")])
    words = whoosh.Words(folder / "gen-1" / "words", documents=2)

    docs, weights = words.postings("text", "立法会")
    assert (docs.tolist(), len(weights)) == ([0], 1)
    assert words.starting_with("立法", limit=5) == ["立法", "立法会"]


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
            tree = parse(typed).tree
            if tree is None or ask(engine, typed).partial:
                continue
            truth = {number for number, of_story in parts.items() if match.matches(tree, of_story, None)}
            assert found(engine, typed) == truth, typed
