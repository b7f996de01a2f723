"""The words are a Whoosh index: what Whoosh itself finds in it, and what the archive reads from it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from whoosh.index import create_in, open_dir
from whoosh.qparser import QueryParser
from whoosh.query import And, Or, Term

from search.engines.document import IndexDocument
from search.engines.embedded import builder
from search.engines.embedded.words import index_writer, word_runs
from search.engines.embedded.words.index_reader import Words
from search.engines.embedded.words.schema import schema
from search.query.fields import WORD_LISTS

LETTERS = "中國香港人民政府，。 abc"


def random_stories(number: int, *, length: int) -> list[IndexDocument]:
    rng = random.Random(number)
    return [
        IndexDocument(
            n, "新聞", "".join(rng.choices(LETTERS, k=length)), captions=("".join(rng.choices(LETTERS, k=9)),)
        )
        for n in range(1, number + 1)
    ]


def built(folder: Path, stories: list[IndexDocument]) -> Path:
    """The Whoosh index of these stories."""
    folder.mkdir(exist_ok=True)
    builder.build(stories, folder, workers=1)
    return folder / "words"


def test_whoosh_opens_the_index_and_its_query_parser_finds_stories_by_jieba_s_words(tmp_path: Path) -> None:
    folder = built(
        tmp_path,
        [
            IndexDocument(7, "開會", "立法會開會。立法會休會"),
            IndexDocument(8, "天氣", "香港有雨"),
            IndexDocument(9, "香港立法會", "今日休會"),
        ],
    )
    index = open_dir(str(folder))

    def found(typed: str, field: str = "text") -> list[int]:
        with index.searcher() as searcher:
            query = QueryParser(field, index.schema).parse(typed)
            return [hit["story"] for hit in searcher.search(query, limit=2)]

    assert found("立法會") == [9, 7]  # a title weighs more
    assert found("立法会 休會") == [9, 7]
    assert found("香港 立法會") == [9]
    assert found("立法會 NOT 香港") == [7]
    assert found("立法会", "title") == [9]
    assert found("天氣", "caption") == []


def test_whoosh_finds_by_our_codec_what_it_finds_by_its_own(tmp_path: Path) -> None:
    stories = random_stories(300, length=40)
    ours = open_dir(str(built(tmp_path / "ours", stories)))
    own = tmp_path / "own"
    own.mkdir()
    theirs = create_in(str(own), schema())
    writer = theirs.writer()
    for story in stories:
        writer.add_document(story=story.story_id, text="\n".join((story.title, story.body, *story.captions)))
    writer.commit()

    with ours.searcher() as one, theirs.searcher() as other:
        words = [word.decode() for word in one.reader().lexicon("text")]
        assert words == [word.decode() for word in other.reader().lexicon("text")]
        for number in range(100):
            terms = [Term("text", word) for word in random.Random(number).sample(words, 3)]
            for query in (terms[0], Or(terms), And(terms[:2]), And([terms[0], Or(terms[1:])])):
                answers = [
                    {hit["story"] for hit in searcher.search(query, limit=None)} for searcher in (one, other)
                ]
                assert answers[0] == answers[1], query
            best = [hit["story"] for hit in one.search(Or(terms), limit=5)]
            assert best == [hit["story"] for hit in one.search(Or(terms), limit=None, optimize=False)][:5]


def test_the_archive_reads_a_list_as_whoosh_steps_through_it(tmp_path: Path) -> None:
    stories = random_stories(400, length=300)
    folder = built(tmp_path, stories)
    words = Words(folder, documents=len(stories))

    [description] = folder.glob("*.toc")
    assert description.stat().st_size < 2_000  # read whole, each time the index is opened
    with open_dir(str(folder)).reader() as reader:
        for field in WORD_LISTS:
            for word in reader.lexicon(field):
                matcher = reader.postings(field, word)
                every = []
                while matcher.is_active():
                    every.append((matcher.id(), matcher.weight()))
                    matcher.next()
                docs, weights = words.postings(field, word.decode())
                assert list(zip(docs.tolist(), weights.tolist(), strict=True)) == every, word
    assert [len(part) for part in words.postings("text", "不在其中")] == [0, 0]
    assert [len(part) for part in words.postings("text", "\ud800")] == [0, 0]


def test_words_that_whoosh_s_own_codec_wrote_are_read_as_before(tmp_path: Path) -> None:
    """As releases did whose index is of an older layout."""
    index = create_in(str(tmp_path), schema())
    writer = index.writer(compound=False)
    for number in range(300):  # a list of several of Whoosh's blocks
        writer.add_document(story=number, text="立法會" * (1 + number % 3) if number % 2 else "天氣")
    writer.commit()

    docs, weights = Words(tmp_path, documents=300).postings("text", "立法会")

    assert docs.tolist() == list(range(1, 300, 2))
    assert set(weights.tolist()) == {1.0}  # plain Whoosh knows no more than that the word is there


def test_words_that_begin_with_a_prefix_are_in_order(tmp_path: Path) -> None:
    stories = [IndexDocument(7, "立法會", "立法會開會。立法會休會"), IndexDocument(8, "天氣", "")]

    words = Words(built(tmp_path, stories), documents=2)

    assert words.starting_with("立法", limit=5) == ["立法", "立法会"]
    assert words.has("天气")
    assert not words.has("天")


def test_words_merged_a_few_at_a_time_are_those_merged_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stories = random_stories(90, length=60)
    monkeypatch.setattr(builder, "_CHUNK", 20)
    at_once = built(tmp_path / "at-once", stories)
    monkeypatch.setattr(word_runs, "_PARTITION", 30)
    monkeypatch.setattr(index_writer, "_AT_A_TIME", 7)
    in_pieces = built(tmp_path / "in-pieces", stories)

    for kind in ("*.pst", "*.trm"):
        [theirs], [ours] = at_once.glob(kind), in_pieces.glob(kind)
        assert theirs.read_bytes() == ours.read_bytes()
    for name in ("any.postings", "triples.postings"):
        assert (at_once.parent / name).read_bytes() == (in_pieces.parent / name).read_bytes(), name
