"""Everything the program tells people, as a code with values: `characters_lost` and {"n": 3}.

Rows, exceptions and reports carry a Message; no code reads a sentence to learn what it means. `codes.py`
lists the codes with their English text, which is used in logs, reports and exports (`str`). `texts.py`
translates a Message into the language of a page. This module does not import Django, because parser processes
and the query language have messages too.

In a JSON column a Message is `{"code": "characters_lost", "n": 3}`, in a text column the same as JSON text. A
text column may instead hold a person's own words (why an article was withdrawn): those are read as the code
`said`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .codes import ENGLISH, SAID

# Values that identify something (line 1200) are written without the thousands separators of an amount (1,200
# bytes).
_NAMING: Final = frozenset({"line", "number", "place"})


@dataclass(frozen=True, slots=True, init=False)
class Message:
    """Raises ValueError for an unknown code, and for values whose names are not exactly the placeholders of
    its text."""

    code: str
    values: tuple[tuple[str, str | int | Message], ...]  # by name

    def __init__(self, code: str, **values: str | int | Message) -> None:
        if code not in ENGLISH or values.keys() != ENGLISH[code].names:
            raise ValueError(f"no message of this program: {code!r} with {sorted(values)}")
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "values", tuple(sorted(values.items())))

    def __str__(self) -> str:
        """In English."""
        return self.filled(ENGLISH[self.code].text, str)

    def get(self, name: str) -> str | int | Message | None:
        return dict(self.values).get(name)

    def filled(self, template: str, say: Callable[[Message], str]) -> str:
        """`template` with its placeholders filled; `say` gives the text of a message that is a value of this
        one."""
        return template % {name: _written(name, value, say) for name, value in self.values}

    def mapped(self, clean: Callable[[str], str]) -> Message:
        """With `clean` applied to every text among the values."""
        return Message(self.code, **{name: _mapped(value, clean) for name, value in self.values})

    def as_json(self) -> dict[str, Any]:
        plain = {
            name: value.as_json() if isinstance(value, Message) else value for name, value in self.values
        }
        return {"code": self.code, **plain}


def said(text: str) -> Message:
    """A person's own words, or an older program's sentence that corresponds to no code."""
    return Message(SAID, text=text)


def from_json(value: Any) -> Message:
    """Reads what `as_json` wrote. Anything else, such as a newer program's code, is kept as plain words
    (`said`)."""
    if isinstance(value, Mapping) and isinstance(value.get("code"), str):
        values = {name: item for name, item in value.items() if name != "code"}
        try:
            return Message(value["code"], **{name: _from_json(item) for name, item in values.items()})
        except (TypeError, ValueError):
            pass
    return said(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def stored(message: Message | None) -> str:
    """The value for a text column. A person's words are stored as they are."""
    if message is None:
        return ""
    if message.code == SAID:
        return str(message)
    return json.dumps(message.as_json(), ensure_ascii=False)


def read(text: str) -> Message | None:
    """The message that a text column holds."""
    if not text:
        return None
    if text.startswith('{"code": '):
        try:
            return from_json(json.loads(text))
        except ValueError:
            pass
    return said(text)


def english(text: str) -> str:
    """The English text of what a text column holds, for logs, reports and exports."""
    return str(read(text) or "")


def _written(name: str, value: str | int | Message, say: Callable[[Message], str]) -> str:
    if isinstance(value, Message):
        return say(value)
    return value if isinstance(value, str) else f"{value}" if name in _NAMING else f"{value:,}"


def _mapped(value: str | int | Message, clean: Callable[[str], str]) -> str | int | Message:
    if isinstance(value, Message):
        return value.mapped(clean)
    return clean(value) if isinstance(value, str) else value


def _from_json(value: Any) -> str | int | Message:
    if isinstance(value, Mapping):
        return from_json(value)
    if isinstance(value, str | int):
        return value
    raise TypeError("a value of a message is a text, a number or a message")
