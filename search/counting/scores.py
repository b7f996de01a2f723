"""The formulas, over arrays of counts; docs/counting.md has their sources. Natural logarithms."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_NO_OCCURRENCE = 0.5  # stands for 0 in a log ratio, which else has no value (Hardie 2014)


def expected(node: int, word: Counts, total: int) -> Floats:
    """How often a word of this frequency would stand among `node` of `total` words by chance."""
    return node * word / max(1, total)


def log_likelihood(observed: Counts, node: int, word: Counts, total: int) -> Floats:
    """Dunning's G2 (1993) of the full contingency table: in reach or not, this word or another."""
    cells = (
        (observed, node * word),
        (node - observed, node * (total - word)),
        (word - observed, (total - node) * word),
        (total - node - word + observed, (total - node) * (total - word)),
    )
    return 2 * sum((_entropy(cell, margins / max(1, total)) for cell, margins in cells), np.zeros(len(word)))


def log_dice(observed: Counts, node: int, word: Counts) -> Floats:
    """Rychlý (2008): 14 for what never stands apart, less one for half as much. `node`: occurrences."""
    with np.errstate(divide="ignore"):
        return np.asarray(14 + np.log2(2 * observed / np.maximum(1, node + word)))


def mutual_information(observed: Counts, by_chance: Floats) -> Floats:
    """Church and Hanks (1990), in bits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log2(observed / by_chance))


def keyness(a: Counts, b: Counts, size_a: int, size_b: int) -> Floats:
    """Rayson and Garside (2000): G2 of one word's frequencies in two corpora of so many words."""
    both, total = a + b, max(1, size_a + size_b)
    return 2 * (_entropy(a, size_a * both / total) + _entropy(b, size_b * both / total))


def log_ratio(a: Counts, b: Counts, size_a: int, size_b: int) -> Floats:
    """Hardie (2014): each point doubles the ratio of the relative frequencies."""
    relative_a = np.where(a == 0, _NO_OCCURRENCE, a) / max(1, size_a)
    relative_b = np.where(b == 0, _NO_OCCURRENCE, b) / max(1, size_b)
    return np.asarray(np.log2(relative_a / relative_b))


def _entropy(observed: Counts, by_chance: Floats) -> Floats:
    """observed * ln(observed / expected), 0 for none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(observed > 0, observed * np.log(observed / by_chance), 0.0)
