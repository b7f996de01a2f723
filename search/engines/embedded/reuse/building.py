"""The running texts of a generation -> its passages: seeds, boilerplate, and all passages of its stories."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from search.engines.embedded.counting.running_texts import Places, RunningTexts, StoredTexts

from . import boilerplate, seeds, stored
from .alignment import Aligned, aligned, each_once, in_units, joined, turned
from .boilerplate import Boilerplate, Weights
from .letters import Letters, Mask, blocks, grams, letters_of
from .rough_counts import RoughCounts
from .seeds import MOST_PLACES, Seeds, chosen

_BLOCK: Final = 1_000_000  # letters at a time: bounds memory


class Passages(NamedTuple):
    seeds: Seeds  # with units of the running texts for places
    boilerplate: Boilerplate
    table: stored.Table


def build(folder: Path) -> None:
    """Write the passages of the generation in `folder`, which has its running texts already.

    Some two microseconds and 25 bytes of memory a letter (docs/counting.md)."""
    inner = folder / stored.NAME
    inner.mkdir()
    found = of_texts(StoredTexts(folder).texts)
    seeds.write(inner, found.seeds)
    stored.write(inner, found.boilerplate, found.table)


def of_texts(texts: RunningTexts) -> Passages:
    letters = letters_of(texts, np.arange(texts.documents))
    common = boilerplate.of_all(texts, letters)
    every = _seeds(letters)
    found = _passages(letters, common.weights(letters), every)
    in_units = Seeds(every.starts, letters.places[every.places])
    return Passages(in_units.coarser(), common, _from_both_sides(letters, found))


def _seeds(letters: Letters) -> Seeds:
    """With letters for places."""
    counts = RoughCounts()
    for first, after in blocks(letters.bounds, _BLOCK):
        hashes, whole = grams(letters, first, after)
        counts.add(hashes[whole])
    of_seeds, places = [np.empty(0, np.uint64)], [np.empty(0, np.uint32)]
    for first, after in blocks(letters.bounds, _BLOCK):
        hashes, whole = grams(letters, first, after)
        at = chosen(hashes, whole, counts.of(hashes) > MOST_PLACES)
        of_seeds.append(hashes[at])
        places.append((at + letters.bounds[first]).astype(np.uint32))
    return Seeds.of(np.concatenate(of_seeds), np.concatenate(places), of_bucket=1)


def _passages(letters: Letters, weights: Weights, every: Seeds) -> Aligned:
    """Of each two stories, the one with the lower number first."""
    found = [_of_block(letters, weights, every, *block) for block in blocks(letters.bounds, _BLOCK)]
    return each_once(joined(found))


def _of_block(letters: Letters, weights: Weights, every: Seeds, first: int, after: int) -> Aligned:
    """All strings of these rows against the seeds of all: what a text lacks as a seed the other may have."""
    hashes, whole = grams(letters, first, after)
    at = np.flatnonzero(whole)
    which, places = every.candidates(hashes[at])
    at = at[which] + letters.bounds[first]
    other: Mask = letters.units[at] == letters.units[places]
    at, places = at[other], places[other]
    elsewhere = letters.rows_of(at) != letters.rows_of(places)
    found = aligned(letters, weights, letters, at[elsewhere], places[elsewhere])
    return _lower_first(found)


def _lower_first(found: Aligned) -> Aligned:
    turned = found.rows > found.others

    def in_order(one: Places, two: Places) -> tuple[Places, Places]:
        return np.where(turned, two, one), np.where(turned, one, two)

    rows, others = in_order(found.rows, found.others)
    starts, other_starts = in_order(found.starts, found.other_starts)
    ends, other_ends = in_order(found.ends, found.other_ends)
    return Aligned(rows, others, starts, ends, other_starts, other_ends, found.scores)


def _from_both_sides(letters: Letters, found: Aligned) -> stored.Table:
    """Each passage from both sides, in the order of the texts."""
    one = in_units(letters, letters, found)
    table = np.concatenate((one, turned(one)))
    return np.ascontiguousarray(table[np.lexsort((table[:, 1], table[:, 0]))], np.uint32)
