"""How many planted passages are found in real texts, and pairs of passages for people to read.

    python -m tests.shared_passages recall DATA [--every 10]
    python -m tests.shared_passages pairs DATA [--count 300]

DATA: the data folder of an archive with an index. `recall` takes every so manieth story, plants 2,000
passages of 16 to 120 characters of one in another (verbatim, in the other script, with one character in ten
changed), finds all passages as a build does, and says how many of the planted ones are among them. `pairs`
prints passages that the index has, drawn at random, with what stands around them. Nothing is written to DATA.
Both draw the same every time.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import opencc

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsarchive.settings")
os.environ.setdefault("NEWSARCHIVE_DEBUG", "1")

from search.counting import reuse_stories
from search.engines.base import Shared
from search.engines.embedded.counting.running_texts import RunningTexts, bounds_of, text_of, units_of
from search.engines.embedded.reuse import building
from search.engines.embedded.storage.generation import Generation, Shelf
from search.language.folding import aligned
from search.query.fields import Field

PLANTED: Final = 2_000
SHORTEST, LONGEST = 16, 120  # characters of a planted passage
KINDS: Final = ("verbatim", "other script", "edited")
AROUND: Final = 12  # characters shown before and after a passage
_SEED: Final = 20_261_128


@dataclass(frozen=True, slots=True)
class Plant:
    kind: str
    source: int  # number of the text it is from
    target: int
    start: int  # characters of the target's body
    end: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=("recall", "pairs"))
    parser.add_argument("data", type=Path)
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--count", type=int, default=300)
    options = parser.parse_args()
    generation = Shelf(options.data / "index").open()
    assert generation is not None, "there is no index in this folder"
    if options.what == "recall":
        recall(generation, options.every)
    else:
        pairs(generation, options.count)


# -- recall --------------------------------------------------------------------------------------------


def recall(generation: Generation, every: int) -> None:
    assert generation.printed is not None
    numbers = np.arange(0, generation.documents, every)
    bodies = [parts[Field.BODY] for parts in generation.printed.read(numbers)]
    plants = planted(bodies, random.Random(_SEED))
    begun = time.process_time()
    texts = _running(bodies)
    shared = _shared(texts)
    print(f"{len(bodies)} stories, {time.process_time() - begun:.0f} s of CPU time to find their passages")
    found: Counter[str] = Counter()
    of_length: Counter[tuple[str, bool]] = Counter()
    for plant in plants:
        hit = _is_found(plant, texts, shared, bodies)
        found[plant.kind] += hit
        of_length[plant.kind, plant.end - plant.start < 2 * SHORTEST] += hit
    many = Counter(plant.kind for plant in plants)
    short = Counter(plant.kind for plant in plants if plant.end - plant.start < 2 * SHORTEST)
    for kind in KINDS:
        print(
            f"{kind}: {found[kind]} of {many[kind]}, {found[kind] / many[kind]:.3f}; of those under "
            f"{2 * SHORTEST} characters {of_length[kind, True]} of {short[kind]}"
        )


def planted(bodies: list[str], draw: random.Random) -> list[Plant]:
    """Changes the bodies: each gets at most one passage, where a paragraph begins, from an unchanged one."""
    order = list(range(len(bodies)))
    draw.shuffle(order)
    middle = len(order) * 3 // 4
    targets, sources = order[:middle], order[middle:]
    plants = []
    for number in range(PLANTED):
        kind = KINDS[number % len(KINDS)]
        source, passage = _passage(bodies, sources, draw)
        text = _changed(passage, kind, draw)
        target = targets[number % len(targets)]
        if number >= len(targets):
            break
        lines = bodies[target].split("\n")
        at = draw.randrange(len(lines))
        start = sum(len(line) + 1 for line in lines[:at])
        bodies[target] = bodies[target][:start] + text + bodies[target][start:]
        plants.append(Plant(kind, source, target, start, start + len(text)))
    return plants


def _passage(bodies: list[str], sources: list[int], draw: random.Random) -> tuple[int, str]:
    while True:
        source, length = draw.choice(sources), draw.randint(SHORTEST, LONGEST)
        lines = [line for line in bodies[source].split("\n") if len(line) >= length]
        if lines:
            line = draw.choice(lines)
            start = draw.randrange(len(line) - length + 1)
            passage = line[start : start + length]
            if 2 * sum("\u4e00" <= char <= "\u9fff" for char in passage) > length:  # mostly Chinese
                return source, passage


def _changed(passage: str, kind: str, draw: random.Random) -> str:
    if kind == "verbatim":
        return passage
    if kind == "other script":
        return str(opencc.OpenCC("t2s").convert(passage))
    letters = list(passage)
    for at in range(0, len(letters), 10):  # one of every ten, wherever
        place = min(len(letters) - 1, at + draw.randrange(10))
        letters[place] = chr(draw.randrange(0x4E00, 0x9FA6))
    return "".join(letters)


def _running(bodies: list[str]) -> RunningTexts:
    """As the index has them, of the bodies alone; without pieces, which passages have no use for."""
    fields = [("\n", aligned(body).text + "\n", "\n") for body in bodies]
    lengths = [[len(units_of(text)) for text in of_story] for of_story in fields]
    units = units_of("".join(text for of_story in fields for text in of_story))
    sizes = np.zeros((len(bodies), 3), np.int64)
    none = np.empty(0, np.uint32)
    return RunningTexts(units, bounds_of(lengths), none, none, sizes, none, None)  # type: ignore[arg-type]


def _shared(texts: RunningTexts) -> Shared:
    table = building.of_texts(texts).table.astype(np.int64)
    docs, others = (texts.unit_bounds[:, 0].searchsorted(table[:, at], "right") - 1 for at in (0, 2))
    shared = Shared(docs, table[:, 0], table[:, 1], others, table[:, 2], table[:, 3], True)
    return reuse_stories.without_boilerplate(shared)[0]


def _is_found(plant: Plant, texts: RunningTexts, shared: Shared, bodies: list[str]) -> bool:
    """Is most of it in a passage that the two stories share?"""
    body = bodies[plant.target]
    written = aligned(body)
    begin = int(texts.unit_bounds[plant.target, 1])
    own = slice(*shared.docs.searchsorted([plant.target, plant.target + 1]))
    for at in np.flatnonzero(shared.others[own] == plant.source) + own.start:
        units = texts.units[begin : int(shared.starts[at])], texts.units[begin : int(shared.ends[at])]
        start, end = written.printed(*(len(text_of(some)) for some in units))
        if 2 * (min(end, plant.end) - max(start, plant.start)) > plant.end - plant.start:
            return True
    return False


# -- precision -----------------------------------------------------------------------------------------


def pairs(generation: Generation, count: int) -> None:
    assert generation.running is not None
    assert generation.passages is not None
    texts = generation.running.texts
    table = generation.passages.of(np.arange(texts.documents))
    docs, others = (texts.unit_bounds[:, 0].searchsorted(table[:, at], "right") - 1 for at in (0, 2))
    every = Shared(docs, table[:, 0], table[:, 1], others, table[:, 2], table[:, 3], True)
    shared, stories = reuse_stories.without_boilerplate(every)
    once = np.flatnonzero(shared.docs < shared.others)
    print(f"{len(once)} pairs in {len(np.unique(shared.docs))} of {texts.documents} stories")
    drawn = random.Random(_SEED).sample(once.tolist(), min(count, len(once)))
    for number, at in enumerate(drawn, 1):
        print(f"\n{number}. in {stories[at]} stories: {shared.docs[at]} and {shared.others[at]}")
        for line in _around(texts, shared, at):
            print(f"   {line}")


def _around(texts: RunningTexts, shared: Shared, at: int) -> Iterator[str]:
    for start, end in (
        (shared.starts[at], shared.ends[at]),
        (shared.other_starts[at], shared.other_ends[at]),
    ):
        edges = (max(0, start - AROUND), start, end, end + AROUND)
        before, text, after = (text_of(texts.units[a:b]) for a, b in itertools.pairwise(edges))
        yield f"{before}[{text[:160]}]{after}".replace("\n", "¶")


if __name__ == "__main__":
    main()
