"""The YAML of a front matter; every scalar is read as text.

12_00 is a title here, not the number 1200, and no, ~ and 2021-03-21 are texts too. YAML aliases and tags are
refused: no article needs them, and they allow a small file to expand without limit or to run code.
"""

from __future__ import annotations

import re

import yaml

from newsarchive.errors import UnreadableFile

Value = str | tuple[str, ...]

# A full-width colon needs no blank after it.
_KEY = re.compile(r"([^\W\d][\w :./-]{0,39}?)[ \t]*(?::(?:[ \t]+(.*)|[ \t]*)|：[ \t]*(.*))$")
_ITEM = re.compile(r"[ \t]*[-*][ \t]+(.*)$")
_SIMPLE = re.compile(r'([a-z_]+): "([^"\\]*)"$')
_SIMPLE_ITEM = re.compile(r'  - "([^"\\]*)"$')


def read(head: str, *, first: int) -> tuple[dict[str, Value], bool]:
    """(values by key, whether it is valid YAML): what is not valid is read line by line. `first` is the line
    number in the file where the front matter begins."""
    values = _read_simply(head)
    if values is not None:
        return values, True
    try:
        return _read_yaml(head, first=first), True
    except yaml.YAMLError:
        return _read_line_by_line(head), False
    except UnreadableFile:  # 標題：… with full-width colons is one long string to YAML
        if "：" not in head.lstrip().partition("\n")[0]:
            raise
        return _read_line_by_line(head), False


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


class _Values:
    """Collects values by key; a key of a mapping inside another is written with a dot: author.name."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        # Open mappings and lists: the key read last in a mapping, None in a list.
        self.open: list[tuple[str, str | None]] = []

    def begin(self, kind: str) -> None:
        if not self.open and kind != "mapping":
            raise UnreadableFile("front_matter_no_list")
        self.open.append((kind, None))

    def end(self) -> None:
        self.open.pop()
        self._done()

    def scalar(self, text: str) -> None:
        if not self.open:
            raise UnreadableFile("front_matter_no_list")
        kind, key = self.open[-1]
        if kind == "mapping" and key is None:
            self.open[-1] = (kind, text)
            return
        path = ".".join(key for kind, key in self.open if kind == "mapping" and key is not None)
        self._add(path, text, listed=any(kind == "list" for kind, _ in self.open))
        self._done()

    def _add(self, path: str, text: str, *, listed: bool) -> None:
        before = self.values.get(path)
        if not listed:
            self.values[path] = text
        elif before is None or isinstance(before, str):
            self.values[path] = (text,)
        else:
            self.values[path] = (*before, text)

    def _done(self) -> None:
        """The value of the innermost mapping's key is complete."""
        if self.open and self.open[-1][0] == "mapping":
            self.open[-1] = ("mapping", None)


def _read_yaml(head: str, *, first: int) -> dict[str, Value]:
    """From the parser's events: no objects are constructed and nothing recurses."""
    found = _Values()
    for event in yaml.parse(head, Loader=yaml.CSafeLoader):
        line = first + (event.start_mark.line if event.start_mark else 0)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise UnreadableFile("yaml_aliases", line=line)
        if (getattr(event, "tag", None) or "").startswith(("tag:yaml.org,2002:python", "!!")):
            raise UnreadableFile("yaml_tags", line=line)
        if isinstance(event, yaml.CollectionStartEvent):
            found.begin("mapping" if isinstance(event, yaml.MappingStartEvent) else "list")
        elif isinstance(event, yaml.CollectionEndEvent):
            found.end()
        elif isinstance(event, yaml.ScalarEvent):
            found.scalar(event.value)
    return found.values


def _read_line_by_line(head: str) -> dict[str, Value]:
    values: dict[str, Value] = {}
    key = ""
    for line in head.split("\n"):
        item = _ITEM.match(line)
        if item and key:
            before = values[key]
            values[key] = (*((before,) if isinstance(before, str) and before else before), unquoted(item[1]))
            continue
        pair = _KEY.match(line)
        if pair:
            key = pair[1]
            values[key] = _value(pair[2] or pair[3] or "")
    return values


def _value(text: str) -> Value:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return tuple(unquoted(item) for item in text[1:-1].split(",") if item.strip())
    return unquoted(text)


def unquoted(text: str) -> str:
    """The text without enclosing quotation marks, however many there are."""
    text = text.strip()
    quote = text[:1]
    while len(text) >= 2 and quote in ("'", '"') and text.startswith(quote) and text.endswith(quote):
        text = text[1:-1]
        quote = text[:1]
    return text.replace('\\"', '"').strip()
