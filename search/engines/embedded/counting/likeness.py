"""How much of a story's vocabulary others share: what makes two stories be about the same event."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .arrays import different, gathered
from .running_texts import Places, RunningTexts

_SHORTEST = 1e-6  # of a vector: nothing is divided by 0


def shared(texts: RunningTexts, docs: Places, weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """For each document the sum of the squared weights of its different words, over the length of its own
    vector."""
    bounds = texts.word_bounds[docs]
    words = gathered(texts.words, bounds[:, 0], bounds[:, -1])
    hits = np.flatnonzero(weights[words])
    of = (np.cumsum(bounds[:, -1] - bounds[:, 0])).searchsorted(hits, "right")
    radix = np.int64(len(weights))
    every = different(of * radix + words[hits])
    squares = weights[every % radix].astype(np.float64) ** 2
    sums = np.bincount(every // radix, weights=squares, minlength=len(docs))
    return np.asarray(sums / np.maximum(texts.norms[docs], _SHORTEST))
