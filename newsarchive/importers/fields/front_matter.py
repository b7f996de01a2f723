"""The lines of keys and values before a text, whichever program wrote them.

    ---            +++              {                   title: 渡輪停航        Title: 渡輪停航
    title: 渡輪     title = "渡輪"    "title": "渡輪"      date: 2021-11-17     Date: 2021-11-17
    ---            +++              }                   ---                  (empty line)

YAML, TOML, JSON, YAML without its opening line, and the keys of MultiMarkdown and Pelican. Keys are compared
without regard to case, hyphens and underscores: publish_date, publishDate and Publish-Date are one.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property, lru_cache
from typing import Any

from newsarchive.errors import UnreadableFile
from newsarchive.messages import Message

from . import front_matter_keys, yaml_head
from .encoding import clean
from .yaml_head import Value, unquoted

_MAX_HEAD = 262_144
_START = re.compile(r"\s*---[ \t]*\n")
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_TOML_START = re.compile(r"\s*\+\+\+[ \t]*\n")
_TOML_END = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)
_RAW_TITLE = re.compile(r"^title[ \t]*[:=][ \t]*(.*)$", re.MULTILINE)
_PAIR = re.compile(r"([^\W\d][\w .-]{0,29}?)[ \t]*[:：](?!//)[ \t]*(.*)$")
_PROPERTY = re.compile(r"([^\W\d][\w .-]{0,29}?)::[ \t]+(\S.*?)[ \t]*$")
_CONTINUED = re.compile(r"(?:[ \t]+|-[ \t]+)\S")
_NOT_TOML = re.compile(r"([\w-]+)\s*=\s*(.*)$")
_NOT_KEY = re.compile(r"[\s_.\-]+")
_MOST_LINES = 200  # of a head without an opening line


@dataclass
class FrontMatter:
    values: dict[str, Value]
    body: str  # the text after the front matter
    title_raw: str = ""  # the title exactly as in the file
    problems: list[Message] = field(default_factory=list)
    read: set[str] = field(default_factory=set)

    @cached_property
    def _keys(self) -> dict[str, str]:
        """The keys as they are compared -> as they are written; of two equal ones the first."""
        found: dict[str, str] = {}
        for key in self.values:
            found.setdefault(same_key(key), key)
        return found

    def key_of(self, *keys: str) -> str:
        """The first of `keys` that has a value, as the file writes it; "" when none has."""
        for key in keys:
            written = self._keys.get(same_key(key), "")
            if written:
                self.read.add(written)
                if any(item.strip() for item in self._list(written)):
                    return written
        return ""

    def text(self, *keys: str) -> str:
        """The value of the first of `keys` that has one; of a list its first item."""
        written = self.key_of(*keys)
        return next((item.strip() for item in self._list(written) if item.strip()), "") if written else ""

    def items(self, *keys: str) -> tuple[str, ...]:
        written = self.key_of(*keys)
        return tuple(dict.fromkeys(item.strip() for item in self._list(written) if item.strip()))

    def _list(self, written: str) -> tuple[str, ...]:
        value = self.values.get(written, "")
        return (value,) if isinstance(value, str) else value

    def unread(self) -> dict[str, str]:
        return {
            key: value if isinstance(value, str) else ", ".join(value)
            for key, value in self.values.items()
            if key not in self.read and value
        }


@lru_cache(maxsize=4_096)
def same_key(key: str) -> str:
    """A key as it is compared: params.Publish-Date and publishDate are publishdate, author.name is author."""
    bare = key.strip().casefold()
    bare = bare.removeprefix("params.").removeprefix("extra.").removeprefix("meta.")
    bare = bare.removesuffix(".name").removesuffix(".title")
    return _NOT_KEY.sub("", bare)


def has(text: str) -> bool:
    """Whether `text` begins as YAML front matter does."""
    return bool(_START.match(text[:200]))


def has_any(text: str) -> bool:
    """Whether `text` has front matter in any of the forms."""
    return has(text) or _parts(text) is not None


def split(text: str) -> tuple[str, str] | None:
    """(head, body) of YAML front matter; None when there is none or its closing line is missing."""
    return _between(text, _START, _END)


def _between(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> tuple[str, str] | None:
    start = opening.match(text)
    end = closing.search(text, start.end()) if start else None
    if start is None or end is None:
        return None
    return text[start.end() : end.start()], text[end.end() :].removeprefix("\n")


def read(text: str) -> FrontMatter:
    """Raises UnreadableFile when there is no front matter, or it uses aliases or tags."""
    if has(text):
        parts = split(text)
        if parts is None:
            raise UnreadableFile("front_matter_without_end")
        return _of_yaml(*parts, first=text[: len(text) - len(text.lstrip())].count("\n") + 2)
    found = _parts(text)
    if found is None:
        raise UnreadableFile("front_matter_without_end")
    kind, head, body = found
    if kind == "toml":
        return _of_toml(head, body)
    if kind == "json":
        return _of_json(head, body)
    return _of_yaml(head, body, first=1)


def _parts(text: str) -> tuple[str, str, str] | None:
    """(kind, head, body) of front matter that does not begin with three hyphens."""
    first = text.lstrip()[:3]
    if first == "+++":
        parts = _between(text, _TOML_START, _TOML_END)
        return ("toml", *parts) if parts else None
    if first[:1] == "{":
        return _json_parts(text)
    return _bare_parts(text)


def _of_yaml(head: str, body: str, *, first: int) -> FrontMatter:
    if len(head) > _MAX_HEAD:
        raise UnreadableFile("front_matter_too_long")
    cleaned = clean(head)
    values, is_valid = yaml_head.read(cleaned, first=first)
    if not values:
        raise UnreadableFile("front_matter_without_keys")
    problems = [] if is_valid else [Message("front_matter_not_yaml")]
    raw = _raw_title(head) if cleaned != head or not head.startswith('title: "') or "\\" in head else ""
    return FrontMatter(values, body, raw, problems)


def _raw_title(head: str) -> str:
    match = _RAW_TITLE.search(head)
    return unquoted(match[1]) if match else ""


# -- TOML and JSON -----------------------------------------------------------------------------------------


def _of_toml(head: str, body: str) -> FrontMatter:
    if len(head) > _MAX_HEAD:
        raise UnreadableFile("front_matter_too_long")
    head = clean(head)
    try:
        values = dict(_flat(tomllib.loads(head)))
    except (tomllib.TOMLDecodeError, RecursionError):
        pairs = (_NOT_TOML.match(line.strip()) for line in head.split("\n"))
        values = {pair[1]: _toml_value(pair[2]) for pair in pairs if pair}
        problem = [Message("front_matter_not_toml")]
    else:
        problem = []
    if not values:
        raise UnreadableFile("front_matter_without_keys")
    return FrontMatter(values, body, _raw_title(head), problem)


def _toml_value(text: str) -> Value:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return tuple(unquoted(item) for item in text[1:-1].split(",") if item.strip())
    return unquoted(text)


def _json_parts(text: str) -> tuple[str, str, str] | None:
    """A JSON object and after it, from a new line on, a text: a file that is only JSON is no article's."""
    start = len(text) - len(text.lstrip())
    try:
        values, end = json.JSONDecoder().raw_decode(text[: start + _MAX_HEAD], start)
    except (ValueError, RecursionError):
        return None
    body = text[end:].lstrip(" \t").removeprefix(";;;").removeprefix("---")
    if (
        not isinstance(values, dict)
        or not body.startswith("\n")
        or not body.strip()
        or body.lstrip()[0] in "{[,"
    ):
        return None
    return ("json", text[start:end], body) if front_matter_keys.are_known(map(same_key, values)) else None


def _of_json(head: str, body: str) -> FrontMatter:
    return FrontMatter(dict(_flat(json.loads(head))), body)


def _flat(values: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Value]]:
    """Nested tables by keys with dots, lists as texts; deeper than any program writes is left out."""
    for key, value in values.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping):
            if depth < 4:
                yield from _flat(value, f"{path}.", depth + 1)
        elif isinstance(value, list):
            named = [
                item.get("name", item.get("title", "")) if isinstance(item, Mapping) else item
                for item in value
            ]
            yield path, tuple(clean(_said(item)) for item in named if not isinstance(item, list | Mapping))
        elif value is not None:
            yield path, clean(_said(value))


def _said(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)


# -- without an opening line -------------------------------------------------------------------------------


def _with_one_colon(line: str) -> str:
    """Logseq's property, title:: 渡輪停航, as a line of YAML."""
    match = _PROPERTY.match(line)
    return f"{match[1]}: {json.dumps(match[2], ensure_ascii=False)}" if match else line


def _bare_parts(text: str) -> tuple[str, str, str] | None:
    """Keys and values from the first line on, ended by three hyphens or an empty line; two of the keys must
    be known ones, so that a text that begins with "問：" is none."""
    lines = text.lstrip("\n").split("\n", _MOST_LINES)
    known = pairs = 0
    for number, line in enumerate(lines[:_MOST_LINES]):
        if _END.match(line) or not line.strip():
            if known < 2 or pairs > 2 * known + 2:
                return None
            body = "\n".join(lines[number + 1 :])
            return "bare", "\n".join(map(_with_one_colon, lines[:number])), body
        pair = _PAIR.match(line)
        if pair:
            pairs += 1
            known += front_matter_keys.is_known(same_key(pair[1]))
            if number == 0 and not known:
                return None
        elif number == 0 or not (_CONTINUED.match(line) or line.startswith("#")):
            return None
    return None
