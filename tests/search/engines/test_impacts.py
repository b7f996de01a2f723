"""A frequency and what of it is a word, in one byte."""

from __future__ import annotations

import numpy as np
import pytest

from search.engines import ranking
from search.engines.embedded import impacts


def test_a_greater_byte_never_stands_for_a_lower_frequency() -> None:
    assert (np.diff(impacts.FREQUENCY_OF) >= 0).all()
    frequencies = np.geomspace(0.001, 5_000, 4_000).astype(np.float32)

    bytes_ = impacts.impact_of(frequencies)

    assert (np.diff(bytes_.astype(int)) >= 0).all()
    assert bytes_.min() > 0  # a posting never says nothing


def test_what_it_is_worth_is_kept_to_a_hundredth() -> None:
    frequencies = np.geomspace(0.02, 50, 4_000).astype(np.float32)
    saturated = frequencies / (ranking.K1 + frequencies)

    kept = impacts.worth(1.0, 0.0)[impacts.impact_of(frequencies)]

    assert np.abs(kept - saturated).max() < 0.01


@pytest.mark.parametrize("share", [0, 1 / 3, 2 / 3, 1])
def test_the_part_that_is_a_word_is_kept_in_thirds(share: float) -> None:
    frequencies = np.geomspace(0.02, 50, 400).astype(np.float32)

    bytes_ = impacts.impact_of(frequencies, frequencies * np.float32(share))

    assert impacts.WORD_OF[bytes_] == pytest.approx(impacts.FREQUENCY_OF[bytes_] * share, rel=1e-5)
    assert impacts.words_among(bytes_) == (400 if share else 0)
    assert (impacts.no_word(bytes_) == impacts.impact_of(frequencies)).all()
    assert (impacts.of_word(impacts.no_word(bytes_), impacts.WORD_OF[bytes_]) == bytes_).all()


def test_a_word_is_worth_more_than_the_same_string_that_is_none() -> None:
    [none], [word] = (impacts.impact_of(np.ones(1, np.float32), as_word) for as_word in (0.0, 1.0))

    worth = impacts.worth(2.0, 2.0)

    assert worth[word] == pytest.approx(1.5 * worth[none])
