"""The characters beside occurrences: to sort by, and to the end of the line."""

from __future__ import annotations

from typing import Final

import numpy as np

from .finding import Spans
from .running_texts import LINE_END, Places, RunningTexts, Units

DEPTH: Final = 12  # code units that are sorted by
_LONGEST_LINE: Final = 4_000  # code units beside an occurrence; beyond, no context begins or ends


def beside(texts: RunningTexts, begins: Places, *, left: bool, depth: int) -> Units:
    """The next units on one side, a row for each; 0 from the first line end on. -1 in `begins` has none."""
    found = np.zeros((len(begins), depth), ">u2")
    at = np.where(begins < 0, len(texts.units), begins)
    going = np.ones(len(begins), np.bool_)
    for step in range(depth):
        here = at - 1 - step if left else at + step
        going &= (here >= 0) & (here < len(texts.units))
        units = texts.units[np.where(going, here, 0)]
        going &= units != LINE_END
        found[:, step] = units * going
    return found


def line_edges(texts: RunningTexts, spans: Spans, *, left: bool) -> Places:
    """Where the lines begin, or end, that these are in."""
    found = []
    for start, end in zip(spans.starts.tolist(), spans.ends.tolist(), strict=True):
        if left:
            before = texts.units[max(0, start - _LONGEST_LINE) : start]
            at = np.flatnonzero(before == LINE_END)
            found.append(start - len(before) + (int(at[-1]) + 1 if len(at) else 0))
        else:
            at = np.flatnonzero(texts.units[end : end + _LONGEST_LINE] == LINE_END)
            found.append(end + (int(at[0]) if len(at) else 0))
    return np.asarray(found, np.int64)
