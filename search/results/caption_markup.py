"""What is printed under a picture, its credit once: captions are kept with the credit in them, and a
reader should neither read it twice nor have to look for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from search.query.parser import Field

from .highlight import Marker

_NOTHING: Final = SafeString("")


@dataclass(frozen=True, slots=True)
class Legend:
    """The caption as printed is `before` + `credit` + `after`, unless the credit stands `apart`."""

    before: SafeString
    credit: SafeString = _NOTHING
    after: SafeString = _NOTHING
    apart: bool = False

    def __bool__(self) -> bool:
        return bool(self.before or self.credit)

    @property
    def marked(self) -> bool:
        return any("<mark" in part for part in (self.before, self.credit, self.after))


def legend(marker: Marker, caption: str, credit: str, *, numbered: bool = False) -> Legend:
    """`numbered`: each mark is an anchor (Marker.mark_numbered)."""
    mark = marker.mark_numbered if numbered else marker.mark
    start = caption.rfind(credit) if credit else -1
    if start < 0:
        return Legend(mark(Field.CAPTION, caption), mark(Field.CREDIT, credit), apart=bool(credit))
    end = start + len(credit)
    spans = marker.spans(Field.CAPTION, caption)
    if any(left < cut < right for left, right in spans for cut in (start, end)):
        return Legend(mark(Field.CAPTION, caption))  # a mark is not cut in two
    field = Field.CREDIT if marker.spans(Field.CREDIT, credit) else Field.CAPTION
    return Legend(
        mark(Field.CAPTION, caption[:start]), mark(field, credit), mark(Field.CAPTION, caption[end:])
    )
