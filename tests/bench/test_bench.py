"""The benchmark goes on working; its figures are no test's business."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import against, corpus, fts5, grow, invented, ours, queries, recipe, report
from .corpus import Corpus
from .queries import Queries


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("bench")
    return corpus.load(invented.write(folder / "invented.zip", count=60), folder, count=50)


@pytest.fixture(scope="module")
def drawn(loaded: Corpus) -> Queries:
    return queries.draw(loaded, count=10)


def test_the_same_articles_go_into_all_three_and_the_same_words_come_out(
    loaded: Corpus, drawn: Queries
) -> None:
    articles = loaded.folder / "articles.pickle"
    counts = {system.build(articles, loaded.folder / system.name) for system in (recipe, fts5, ours)}
    bodies = ours.keep_bodies(loaded, loaded.folder / "bodies")
    systems = (
        recipe.Recipe(loaded.folder / "recipe"),
        fts5.Fts5(loaded.folder / "fts5"),
        ours.Ours(loaded.folder / "ours", bodies),
    )

    found = [[system.words(query) for query in drawn.words.measured] for system in systems]
    ranged = [[system.facets(query) for query in drawn.ranges.measured] for system in systems]
    snippets = [
        [system.snippets(query, system.hits(query)) for query in drawn.words.measured] for system in systems
    ]

    assert counts == {50}
    assert found[0] == found[1]
    assert all(more >= words for more, words in zip(found[2], found[1], strict=True))
    assert ranged[0] == ranged[1]
    assert all(map(any, snippets))


def test_the_same_questions_are_asked_every_time(loaded: Corpus, drawn: Queries) -> None:
    assert queries.draw(loaded, count=10) == drawn


def test_what_warms_up_is_not_measured(drawn: Queries) -> None:
    for chosen in (drawn.words, drawn.pairs, drawn.phrases):
        assert chosen.warm
        assert not set(chosen.warm) & set(chosen.measured)


def test_grown_copies_differ_and_have_numbers_of_their_own(loaded: Corpus) -> None:
    grown = list(grow.grown(loaded.folder / "articles.pickle", 130))

    assert [document.story_id for document in grown] == list(range(1, 131))
    assert len({document.body for document in grown}) == 130
    assert len(grown[0].body) == len(grown[50].body) == len(grown[100].body)


def test_tables_go_between_their_marks(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("before\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nafter\n")

    report.write_docs("new\n", page, "bench")

    assert page.read_text() == "before\n<!-- bench:begin -->\nnew\n<!-- bench:end -->\nafter\n"


def test_a_row_against_another_commit_says_which_is_better() -> None:
    before = [{"search page, median ms": [value]} for value in (20.0, 40.0, 20.0)]
    now = [{"search page, median ms": [value]} for value in (10.0, 20.0, 10.0)]

    table = against._table("HEAD~1", before, now)

    assert table.splitlines()[-1] == "| search page, median ms | 20.0 | 10.0 | 0.50 | better |"
    assert against._table("HEAD~1", now, before).endswith("| WORSE |")
    assert against._table("HEAD~1", now, now).endswith("| the same |")
