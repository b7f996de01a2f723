"""Of occurrences found however they are written, those that are printed in the characters that were typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from newsarchive.errors import CountingNeedsRebuild
from search.engines.embedded.reader import Snapshot
from search.language.folding import aligned
from search.language.tokens import Needle
from search.query import semantics
from search.query.parser import Field, Near, Term, Without
from search.query.semantics import Parts

from . import finding
from .finding import Spans
from .running_texts import FIELDS, Places, RunningTexts, text_of

PRINTED_COST: Final = 90  # units of work: to unpack and fold what a document prints


def printed_as_typed(
    snapshot: Snapshot,
    texts: RunningTexts,
    first: int,
    spans: Spans,
    node: Term | Near | Without,
) -> Spans:
    """`first`: the snapshot's number of the first document of `texts`."""
    if not len(spans.starts):
        return spans
    docs = finding.documents_of(texts, spans.starts)
    different = np.unique(docs)
    wanted = [sought for sought in semantics.strings_of(node) if sought]
    kept: list[int] = []
    begins = docs.searchsorted(different).tolist()
    printed = _printed(snapshot, first + different)
    every = zip(different.tolist(), begins, [*begins[1:], len(docs)], printed, strict=True)
    for doc, begin, end, parts in every:
        kept += _kept(texts, doc, spans, range(begin, end), parts, wanted)
    return Spans(spans.starts[kept], spans.ends[kept])


def _printed(snapshot: Snapshot, docs: Places) -> Iterator[Parts]:
    printed = snapshot.generation.printed
    if printed is None:
        raise CountingNeedsRebuild
    yield from printed.read(docs[docs < snapshot.base])
    late = docs[docs >= snapshot.base] - snapshot.base
    yield from (snapshot.tail[doc].printed_parts() for doc in late.tolist())


def _kept(
    texts: RunningTexts, doc: int, spans: Spans, numbers: range, parts: Parts, wanted: list[Needle]
) -> Iterator[int]:
    """Titles and bodies begin as they are printed; a caption is known by its line, since the index has each
    different one once."""
    captions = {aligned(line).text: line for line in parts[Field.CAPTION].split("\n")}
    written = {field: aligned(parts[field]) for field in FIELDS[:2]}
    for number in numbers:
        start, end = int(spans.starts[number]), int(spans.ends[number])
        field = FIELDS[sum(start >= bound for bound in texts.unit_bounds[doc, 1:3].tolist())]
        begin = int(texts.unit_bounds[doc, FIELDS.index(field)])
        before = text_of(texts.units[begin:start])
        sought = text_of(texts.units[start:end])
        if field is Field.CAPTION:
            whole = before + text_of(texts.units[start : int(texts.unit_bounds[doc, 3])])
            at = before.rfind("\n") + 1
            line = whole[at : whole.index("\n", at)]
            printed, text, before = aligned(captions.get(line, "")), captions.get(line, ""), before[at:]
        else:
            printed, text = written[field], parts[field]
        left, right = printed.printed(len(before), len(before) + len(sought))
        if any(_is(needle, text[left:right]) for needle in wanted):
            yield number


def _is(needle: Needle, printed: str) -> bool:
    """Edges were looked at where it was found."""
    return needle._replace(left_edge=False, right_edge=False).pattern.fullmatch(printed) is not None
