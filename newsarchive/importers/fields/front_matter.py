"""The YAML front matter between two lines of three hyphens; every scalar is read as text.

12_00 is a title here, not the number 1200, and no, ~ and 2021-03-21 are texts too. YAML aliases and tags are
refused: no article needs them, and they allow a small file to expand without limit or to run code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml

from newsarchive.errors import UnreadableFile
from newsarchive.messages import Message

from .encoding import clean

Value = str | tuple[str, ...]

_MAX_HEAD = 262_144
_START = re.compile(r"\s*---[ \t]*\n")
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_KEY = re.compile(r"([A-Za-z_][\w-]*)[ \t]*:(?:[ \t]+(.*)|[ \t]*)$")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)$")
_RAW_TITLE = re.compile(r"^title[ \t]*:[ \t]*(.*)$", re.MULTILINE)
_SIMPLE = re.compile(r'([a-z_]+): "([^"\\]*)"$')
_SIMPLE_ITEM = re.compile(r'  - "([^"\\]*)"$')


@dataclass(slots=True)
class FrontMatter:
    values: dict[str, Value]
    body: str  # the text after the front matter
    title_raw: str = ""  # the title exactly as in the file
    problems: list[Message] = field(default_factory=list)
    read: set[str] = field(default_factory=set)

    def text(self, *keys: str) -> str:
        """The value of the first of `keys` that has one; of a list its first item."""
        for key in keys:
            self.read.add(key)
            value = self.values.get(key, "")
            value = value if isinstance(value, str) else next(iter(value), "")
            if value.strip():
                return value.strip()
        return ""

    def items(self, key: str) -> tuple[str, ...]:
        self.read.add(key)
        value = self.values.get(key, "")
        items = (value,) if isinstance(value, str) else value
        return tuple(dict.fromkeys(item.strip() for item in items if item.strip()))

    def unread(self) -> dict[str, str]:
        return {
            key: value if isinstance(value, str) else ", ".join(value)
            for key, value in self.values.items()
            if key not in self.read and value
        }


def has(text: str) -> bool:
    return bool(_START.match(text[:200]))


def split(text: str) -> tuple[str, str] | None:
    """(head, body); None when there is no front matter or its closing line is missing."""
    start = _START.match(text)
    if start is None:
        return None
    end = _END.search(text, start.end())
    if end is None:
        return None
    return text[start.end() : end.start()], text[end.end() :].removeprefix("\n")


def read(text: str) -> FrontMatter:
    """Raises UnreadableFile when there is no front matter, or it uses aliases or tags."""
    parts = split(text)
    if parts is None:
        raise UnreadableFile("front_matter_without_end")
    head, body = parts
    if len(head) > _MAX_HEAD:
        raise UnreadableFile("front_matter_too_long")
    cleaned = clean(head)
    values = _read_simply(cleaned)
    if values is not None:
        return FrontMatter(values, body, _raw_title(head) if cleaned != head else "")
    problems = []
    try:
        values = _read_yaml(cleaned, first=text[: len(text) - len(text.lstrip())].count("\n") + 2)
    except yaml.YAMLError:
        values = _read_line_by_line(cleaned)
        problems.append(Message("front_matter_not_yaml"))
    if not values:
        raise UnreadableFile("front_matter_without_keys")
    return FrontMatter(values, body, _raw_title(head), problems)


def _raw_title(head: str) -> str:
    match = _RAW_TITLE.search(head)
    return _unquoted(match[1]) if match else ""


def _read_simply(head: str) -> dict[str, Value] | None:
    """Parses the plain form that nearly every 眾新聞 file has, without a YAML parser's cost; None for any
    other."""
    values: dict[str, Value] = {}
    items: list[str] = []
    key = ""
    for line in head.split("\n"):
        item = _SIMPLE_ITEM.match(line)
        if item and key:
            items.append(item[1])
            values[key] = tuple(items)
            continue
        pair = _SIMPLE.match(line)
        if pair:
            key, values[pair[1]] = "", pair[2]
        elif line.endswith(":") and line[:-1].isalpha():
            key, items = line[:-1], []
            values[key] = ""
        elif line:
            return None
    return values or None


def _read_yaml(head: str, *, first: int) -> dict[str, Value]:
    """Reads only the top level, from the parser's events: no objects are constructed and nothing recurses.
    `first` is the line number in the file where the front matter begins."""
    values: dict[str, Value] = {}
    depth = 0
    key: str | None = None
    items: list[str] = []
    for event in yaml.parse(head, Loader=yaml.CSafeLoader):
        line = first + (event.start_mark.line if event.start_mark else 0)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise UnreadableFile("yaml_aliases", line=line)
        if (getattr(event, "tag", None) or "").startswith(("tag:yaml.org,2002:python", "!!")):
            raise UnreadableFile("yaml_tags", line=line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth == 1 and not isinstance(event, yaml.MappingStartEvent):
                raise UnreadableFile("front_matter_no_list")
            items = [] if depth == 2 else items
        elif isinstance(event, yaml.CollectionEndEvent):
            if depth == 2 and key is not None:
                values[key], key = tuple(items), None
            depth -= 1
        elif isinstance(event, yaml.ScalarEvent):
            if depth == 0:
                raise UnreadableFile("front_matter_no_list")
            if depth >= 2:
                items.append(event.value)
            elif key is None:
                key = event.value
            else:
                values[key], key = event.value, None
    return values


def _read_line_by_line(head: str) -> dict[str, Value]:
    values: dict[str, Value] = {}
    key = ""
    for line in head.split("\n"):
        item = _ITEM.match(line)
        if item and key:
            before = values[key]
            values[key] = (*((before,) if isinstance(before, str) and before else before), _unquoted(item[1]))
            continue
        pair = _KEY.match(line)
        if pair:
            key = pair[1]
            values[key] = _value(pair[2] or "")
    return values


def _value(text: str) -> Value:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return tuple(_unquoted(item) for item in text[1:-1].split(",") if item.strip())
    return _unquoted(text)


def _unquoted(text: str) -> str:
    """The text without enclosing quotation marks, however many there are."""
    text = text.strip()
    quote = text[:1]
    while len(text) >= 2 and quote in ("'", '"') and text.startswith(quote) and text.endswith(quote):
        text = text[1:-1]
        quote = text[:1]
    return text.replace('\\"', '"').strip()
