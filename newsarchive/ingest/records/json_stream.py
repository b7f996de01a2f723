"""A large JSON array, alone or as a value of an object, item by item: only one item is in memory at a time.

    [{…}, {…}]        {"name": "海港日報", "messages": [{…}, {…}]}

The standard library's decoder reads each item out of a window of the file. It lets pass control characters
inside strings, which exporters write and event parsers such as ijson refuse.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any, Final, TextIO

from newsarchive.errors import UnreadableFile

_CHUNK: Final = 1024 * 1024  # characters read at once
_BLANKS: Final = " \t\r\n,"
_DECODER: Final = json.JSONDecoder(strict=False)


class Stream:
    """`most`: characters that one value may have; a longer one is damage."""

    def __init__(self, file: TextIO, most: int) -> None:
        self._file = file
        self._most = most
        self._text = ""
        self._at = 0

    def items(self, keys: Collection[str] = ()) -> Iterator[tuple[str, Any]]:
        """("", item) for each item of the array. Of an object (key, value) for each of its values, and
        (key, item) for each item of an array that has one of the `keys`. Raises UnreadableFile at damage,
        after what stands before it."""
        begins = self._next()
        self._at += 1
        if begins == "[":
            yield from (("", item) for item in self._array())
        elif begins == "{":
            yield from self._object(keys)
        else:
            raise UnreadableFile("record_damaged", detail="neither an array nor an object")

    def _array(self) -> Iterator[Any]:
        while self._next() != "]":
            yield self._value()
        self._at += 1

    def _object(self, keys: Collection[str]) -> Iterator[tuple[str, Any]]:
        while self._next() != "}":
            key = self._value()
            if not isinstance(key, str) or self._next() != ":":
                raise UnreadableFile("record_damaged", detail="a key without a value")
            self._at += 1
            if key in keys and self._next() == "[":
                self._at += 1
                yield from ((key, item) for item in self._array())
            else:
                yield key, self._value()

    def _next(self) -> str:
        """The next sign that is neither blank nor comma, where the stream now stands. Raises UnreadableFile
        at the end of the file."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANKS:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read(_CHUNK):
                raise UnreadableFile("record_damaged", detail="it ends before its closing bracket")

    def _value(self) -> Any:
        self._next()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
                is_whole = end < len(self._text) or not self._read(_CHUNK)  # a number may go on
            except RecursionError as exc:
                raise UnreadableFile("record_damaged", detail="nested too deep") from exc
            except ValueError as exc:
                # Twice as much is read each time, so that a long value is not parsed over and over.
                held = len(self._text) - self._at
                if held > self._most or not self._read(max(_CHUNK, held)):
                    raise UnreadableFile("record_damaged", detail=str(exc)[:100]) from exc
                continue
            if is_whole:
                self._at = end
                return value

    def _read(self, size: int) -> bool:
        more = self._file.read(size)
        if more:
            self._text = self._text[self._at :] + more
            self._at = 0
        return bool(more)
