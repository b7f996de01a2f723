"""The words or characters around occurrences."""

from __future__ import annotations

import numpy as np

from search.engines.base import Neighbours

from .finding import Spans
from .running_texts import Places
from .units import Run


def neighbours(run: Run, spans: Spans, window: int, *, left: bool = True, right: bool = True) -> Neighbours:
    """Up to `window` words beside each occurrence, none beyond a line end. A word that an occurrence
    begins or ends in belongs to the occurrence."""
    near = np.zeros(len(run.numbers), np.bool_)
    line_of = run.stops.searchsorted(run.starts)
    lines = run.stops.searchsorted(spans.starts)
    before = run.ends.searchsorted(spans.starts, "right")  # so many words end before each occurrence
    behind = run.starts.searchsorted(spans.ends)
    for step in range(window):
        for wanted, at in ((left, before - 1 - step), (right, behind + step)):
            if wanted:
                there = (at >= 0) & (at < len(near))
                at, line = at[there], lines[there]
                near[at[line_of[at] == line]] = True
    return Neighbours(run.numbers[near], run.docs[near])


def edges(run: Run, spans: Spans, number: int, *, left: bool, outer: bool) -> Places:
    """Where the nth word (from 1) beside each occurrence begins or ends: `outer`, at its far side; -1 where
    the line has none."""
    at = run.ends.searchsorted(spans.starts, "right") - number
    if not left:
        at = run.starts.searchsorted(spans.ends) + number - 1
    there = (at >= 0) & (at < len(run.numbers))
    inside = np.where(there, at, 0)
    if not len(run.numbers):
        return np.full(len(at), -1)
    same = run.stops.searchsorted(run.starts[inside]) == run.stops.searchsorted(spans.starts)
    return np.where(there & same, (run.starts if left is outer else run.ends)[inside], -1)
