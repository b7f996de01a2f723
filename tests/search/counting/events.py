"""How well an article finds the other stories about its event: docs/counting.md has what it printed.

    python -m tests.search.counting.events DATA [--fit] [--missed]

`DATA` is the data folder of an archive that holds the articles of events.tsv: the public backup of 眾新聞, a
Telegram channel's export, saved pages of other outlets. What it lacks is left out, and said.

recall@5 is the mean, over the seeds whose event others tell, of how many of these are among the first five
shown, of five or of all if there are fewer. precision@5 is the share of these stories among all that are
shown among the first five of any seed: a list may be shorter than five, and that of a seed whose event nobody
else tells should be empty. The seconds are those of the processor for what a page asks (`coverage.others`).

`--fit` prints the coefficients of `ranking.same_event`, fitted to the first half.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.bench.pages import set_up

GOLD = Path(__file__).with_name("events.tsv")
FIRST = 5
_STEPS = 40  # of Newton's method; 10 are enough
_RIDGE = 0.3  # keeps coefficients of signs that say the same from growing


@dataclass(frozen=True, slots=True)
class Seed:
    half: int  # 1: for tuning, 2: for reporting
    identity: str
    others: tuple[str, ...]  # identities of the stories about its event


@dataclass(frozen=True, slots=True)
class Found:
    """Stories by number."""

    wanted: frozenset[int]
    shown: tuple[int, ...]  # the first five
    seconds: float


def seeds(path: Path = GOLD) -> list[Seed]:
    others: dict[tuple[int, str], list[str]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            half, seed, other = line.split("\t")
            others[int(half), seed] += [other] if other else []
    return [Seed(half, seed, tuple(found)) for (half, seed), found in others.items()]


def recall(found: Sequence[Found]) -> float:
    told = [one for one in found if one.wanted]
    shares = [len(one.wanted & set(one.shown)) / min(FIRST, len(one.wanted)) for one in told]
    return sum(shares) / max(1, len(shares))


def precision(found: Sequence[Found]) -> float:
    shown = sum(len(one.shown) for one in found)
    return sum(len(one.wanted & set(one.shown)) for one in found) / max(1, shown)


def present(every: Sequence[Seed]) -> Iterator[tuple[Seed, Any, frozenset[int]]]:
    """Each seed that the archive holds: its article, and the stories about its event."""
    from newsarchive.models import Article

    wanted = {identity for seed in every for identity in (seed.identity, *seed.others)}
    held = {one.identity: one for one in Article.objects.filter(identity__in=wanted)}
    print(f"{len(wanted) - len(held)} of {len(wanted)} articles of the gold are not in this archive")
    for seed in every:
        if seed.identity in held:
            article = held[seed.identity]
            stories = {held[other].story_id for other in seed.others if other in held}
            yield seed, article, frozenset(stories - {article.story_id})


def ask(article: Any, wanted: frozenset[int]) -> Found:
    from search.counting import coverage

    begun = time.process_time()
    shown = coverage.others(article)
    spent = time.process_time() - begun
    return Found(wanted, tuple(one.article.story_id for one in shown[:FIRST]), spent)


def report(half: int, found: Sequence[Found]) -> str:
    slow = np.percentile([1000 * one.seconds for one in found], 95)
    pairs = sum(len(one.wanted) for one in found)
    told = sum(bool(one.wanted) for one in found)
    return (
        f"half {half}: {len(found)} seeds, {told} with others about the event, {pairs} pairs; "
        f"recall@5 {recall(found):.3f}, precision@5 {precision(found):.3f}, p95 {slow:.0f} ms CPU"
    )


# -- fitting -------------------------------------------------------------------------------------------


def examples(held: Sequence[tuple[Seed, Any, frozenset[int]]]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """The signs of all stories around each seed of the first half, and whether they are wanted."""
    from search.counting import asking, coverage
    from search.engines import ranking

    rows, wanted = [], []
    with asking.texts() as texts:
        for seed, article, stories in held:
            doc = texts.document_of(article.story_id)
            if seed.half == 1 and doc is not None and article.published_on:
                near = coverage.near(texts, doc, article.published_on)
                rows.append(ranking.event_columns(*texts.event_signs(doc, near)))
                wanted.append(np.isin(texts.stories(near), list(stories)))
    return np.concatenate(rows), np.concatenate(wanted)


def fitted(rows: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Coefficients of a logistic regression; the first column of `rows` is 1."""
    means, widths = rows.mean(axis=0), rows.std(axis=0)
    means[0], widths[0] = 0, 1
    scaled = (rows - means) / widths
    weights = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (wanted - likely) - _RIDGE * weights
        curve = (scaled * (likely * (1 - likely))[:, None]).T @ scaled + _RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(curve, slope)
    unscaled = weights / widths
    unscaled[0] = weights[0] - (weights * means / widths)[1:].sum()
    return np.asarray(unscaled)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--missed", action="store_true", help="print what is wrong among the first five")
    options = parser.parse_args()
    set_up(options.data.resolve())
    held = list(present(seeds()))
    if options.fit:
        print("coefficients:", np.round(fitted(*examples(held)), 2).tolist())
    ask(held[0][1], held[0][2])  # reads the vocabulary
    found = [(seed, ask(article, stories)) for seed, article, stories in held]
    for seed, one in found if options.missed else []:
        print(seed.half, seed.identity, "shown:", one.shown, "missed:", set(one.wanted) - set(one.shown))
    for half in (1, 2):
        print(report(half, [one for seed, one in found if seed.half == half]))


if __name__ == "__main__":
    main()
