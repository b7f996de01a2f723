"""The engine of large archives, against a real server. `.ci/run` starts one; by hand:

SEARCH_TEST_URL=$(tests/servers/opensearch start) python -m pytest tests/search/engines -k opensearch
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from search.engines.base import Engine
from search.engines.document import IndexDocument
from search.engines.embedded.stored_text import sections
from search.query import semantics
from search.query.fields import SECTIONS
from search.query.parser import parse

from .engine_contract import EngineContract, doc, found
from .real_server import archive, needs_server

pytestmark = needs_server


@pytest.fixture(scope="module")
def shared() -> Iterator[Engine]:
    """Making an index takes the cluster a second: one for all tests that do not make another."""
    with archive() as engine:
        engine.rebuild(list)
        yield engine


class TestOpenSearchEngine(EngineContract):
    @pytest.fixture
    def engine(self, shared: Engine) -> Engine:
        shared.delete(shared.story_ids())
        return shared


def _texts(rng: random.Random, letters: str, number: int) -> IndexDocument:
    def text(most: int) -> str:
        return "".join(rng.choices(letters, k=rng.randint(0, most)))

    return doc(
        number,
        text(8),
        "\n".join(text(14) for _ in range(3)),
        captions=(text(6), text(6)),
        credits=(text(3),),
        authors=(text(3),),
        tags=(text(3), text(2)),
        other=(text(4),),
        day=rng.choice((None, date(2021, 1, 1) + timedelta(rng.randrange(400)))),
    )


def _asked(rng: random.Random, letters: str) -> Iterator[str]:
    words = "".join(rng.choices(letters, k=rng.randint(1, 5)))
    few = "".join(rng.choices(letters, k=rng.randint(1, 2)))
    yield from (words, f'"{words}"', f"-{words}", f"{few} OR -{words}", f"{few} {words}")
    field = rng.choice(("title", "body", "caption", "credit", "author", "tag", "text", "any"))
    yield from (f"{field}:{words}", f'{field}:"{words}"', f"{field}:{few}")
    yield from (f'"{few} {words}"~{rng.randint(0, 6)}', f'body:"{words} {few}"~{rng.randint(0, 6)}')
    longer = rng.choice(letters) + few + rng.choice(letters)
    yield from (f'"{few}" without "{longer}"', f'{field}:("{few}" without "{longer}")')
    yield from (f"{rng.choice('ab1')}*", f"{rng.choice('ab')}{rng.choice('ab1')}* -{few}")
    yield f"{few} date:2021-0{rng.randint(1, 9)}/"


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("letters", ["中國国人民銀，。a1 b", "哈a b  \n中", "中国ab1-.,' "], ids=str)
def test_what_the_cluster_finds_is_what_reading_every_text_finds(seed: int, letters: str) -> None:
    """Grams, edges, intervals and fields against the plain truth, on texts made to confuse."""
    rng = random.Random(seed)
    stories = [_texts(rng, letters, number) for number in range(1, 150)]
    parts = {story.story_id: dict(zip(SECTIONS, sections(story), strict=True)) for story in stories}
    with archive() as engine:
        engine.rebuild(lambda: stories[:100])
        engine.upsert(stories[100:])
        wrong = []
        for _ in range(40):
            for typed in _asked(rng, letters):
                tree = parse(typed).tree
                if tree is None:
                    continue
                truth = {
                    story.story_id
                    for story in stories
                    if semantics.matches(tree, parts[story.story_id], story.day)
                }
                if (answer := found(engine, typed)) != truth:
                    wrong.append((typed, sorted(answer - truth)[:5], sorted(truth - answer)[:5]))

    assert wrong == []
