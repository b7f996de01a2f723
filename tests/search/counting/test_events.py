"""The gold of events is what it says, and its measures are the ones that docs/counting.md defines."""

from __future__ import annotations

import numpy as np

from . import events
from .events import Found


def test_each_half_of_the_gold_has_pairs_and_seeds_whose_event_nobody_else_tells() -> None:
    every = events.seeds()

    for half in (1, 2):
        own = [seed for seed in every if seed.half == half]
        assert sum(len(seed.others) for seed in own) > 200
        assert any(not seed.others for seed in own)
        assert all(seed.identity not in seed.others for seed in own)


def test_no_seed_of_one_half_stands_in_the_other() -> None:
    one, two = ({seed.identity for seed in events.seeds() if seed.half == half} for half in (1, 2))

    assert one.isdisjoint(two)


def test_recall_counts_up_to_five_and_precision_what_is_shown() -> None:
    found = [
        Found(frozenset({1, 2, 3, 4, 5, 6, 7}), (1, 2, 3, 4, 9), 0.0),  # four of five
        Found(frozenset({1, 2}), (2,), 0.0),  # one of two
        Found(frozenset(), (8,), 0.0),  # an event that nobody else tells of
    ]

    assert events.recall(found) == (4 / 5 + 1 / 2) / 2
    assert events.precision(found) == 5 / 7


def test_fitted_coefficients_tell_what_was_wanted_from_what_was_not() -> None:
    signs = np.linspace(0, 1, 200)
    rows = np.column_stack([np.ones(200), signs])

    alone, weight = events.fitted(rows, signs > 0.5)

    assert weight > 0
    assert abs(-alone / weight - 0.5) < 0.05
