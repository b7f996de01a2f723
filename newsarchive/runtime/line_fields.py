"""A form field for a list of names, one on each line of a textarea."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django import forms

_LINE_END: Final = re.compile("\r\n|\r|\n")


class LinesField(forms.CharField):
    """A list of texts. A line that equals a stored item as it is shown becomes that item exactly, even when
    it has blanks at its ends or a line break inside. Other lines are stripped, and empty ones are dropped."""

    widget = forms.Textarea
    stored: Sequence[str] = ()  # the items that the form shows; a form with an instance sets them

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        return list(dict.fromkeys(items(value or "", self.stored)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != self.to_python(data)


def items(text: str, stored: Sequence[str]) -> Iterator[str]:
    known = {tuple(_lines(item)): item for item in stored}
    longest = max(map(len, known), default=1)
    lines = _lines(text)
    while lines:
        for count in range(min(longest, len(lines)), 0, -1):
            if (item := known.get(tuple(lines[:count]))) is not None:
                break
        else:
            item, count = lines[0].strip(), 1
        if item:
            yield item
        lines = lines[count:]


def _lines(text: str) -> list[str]:
    return _LINE_END.split(text.replace("\0", "\ufffd"))
