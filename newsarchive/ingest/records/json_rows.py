"""Lists of JSON objects: one on each line (JSONL), an array of them, alone or as a value of an object
({"status": "ok", "articles": […]}), or a JSON Feed. Only one object is in memory at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from newsarchive.importers.fields import column_names
from newsarchive.ingest.containers.limits import Limits
from newsarchive.messages import Message

from .json_stream import Stream

_CHUNK: Final = 1024 * 1024  # characters read at once
_HEAD: Final = 64 * 1024  # characters by which the three forms are told apart
_START: Final = re.compile(r"\s*(\[\s*)?\{")
_KEY: Final = re.compile(r'"([^"\\]{1,60})"\s*:')
_JSON_FEED: Final = re.compile(r'"version"\s*:\s*"https?://jsonfeed\.org/')
# Under which key answers of interfaces and dumps have their list of articles.
_LISTS: Final = (
    *("articles", "items", "posts", "results", "data", "docs", "documents", "records", "news", "stories"),
    *("entries", "rows", "hits", "list"),
)
_WRAPPED: Final = re.compile(rf'"({"|".join(_LISTS)})"\s*:\s*\[\s*\{{')


def matches(head: bytes, mapping: Mapping[str, str]) -> bool:
    """An array or lines of objects with a title or text among their keys."""
    text = head.decode("utf-8", "replace").lstrip("\ufeff")
    start = _START.match(text)
    if start is None:
        return False
    if _JSON_FEED.search(text):
        return True
    wrapped = None if start[1] or _is_line(text) else _wrapped(text)
    if not start[1] and wrapped is None and not _is_line(text):
        return False
    return column_names.tell_an_article(_KEY.findall(text[wrapped or 0 :][:20_000]), mapping)


def keys(head: bytes) -> list[str]:
    """The keys of the first object of an array, lines or a wrapped list; nothing for other files."""
    text = head.decode("utf-8", "replace").lstrip("\ufeff")
    start = _START.match(text)
    if start is None:
        return []
    begin = start.end() - 1 if start[1] or _is_line(text) else _wrapped(text)
    return list(dict.fromkeys(_KEY.findall(text[begin:][:20_000]))) if begin is not None else []


def _wrapped(text: str) -> int | None:
    """Where the list of articles begins that is a value of the object itself, of none inside it."""
    for match in _WRAPPED.finditer(text):
        before = re.sub(r'"(?:[^"\\]|\\.)*"', "", text[: match.start()])
        if before.count("{") - before.count("}") == 1 and before.count("[") == before.count("]"):
            return match.end() - 1
    return None


def _is_line(text: str) -> bool:
    """Whether the first line is a whole object, and not the first part of one that takes several lines, nor
    the whole file."""
    first, end, rest = text.lstrip().partition("\n")
    if _WRAPPED.search(first) and not rest.strip():
        return False
    try:
        return bool(end) and isinstance(json.loads(first), dict)
    except ValueError:
        return len(first) >= 20_000 and _wrapped(first) is None  # a line longer than what was read of it
    except RecursionError:
        return False


def rows(path: Path, limits: Limits) -> Iterator[dict[str, Any] | Message]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        head = file.read(_HEAD)
        file.seek(0)
        if _JSON_FEED.search(head):
            yield from _of_feed(Stream(file, limits.file_bytes))
        elif head.lstrip().startswith("[") or (not _is_line(head) and _wrapped(head) is not None):
            for key, row in Stream(file, limits.file_bytes).items(_LISTS):
                if key in ("", *_LISTS):
                    yield row if isinstance(row, dict) else Message("record_no_object")
        else:
            yield from _of_lines(file, limits)


def _of_lines(file: Any, limits: Limits) -> Iterator[dict[str, Any] | Message]:
    while line := file.readline(limits.file_bytes + 1):
        if len(line) > limits.file_bytes:
            size = len(line)
            while not line.endswith("\n") and (line := file.readline(_CHUNK)):
                size += len(line)
            yield limits.refusal(size)
        elif line.strip():
            yield _object(line)


def _object(line: str) -> dict[str, Any] | Message:
    try:
        row = json.loads(line, strict=False)
    except (ValueError, RecursionError) as exc:
        return Message("record_damaged", detail=str(exc)[:100])
    return row if isinstance(row, dict) else Message("record_no_object")


def _of_feed(stream: Stream) -> Iterator[dict[str, Any] | Message]:
    outlet = ""
    for key, item in stream.items(("items",)):
        if key == "title":
            outlet = str(item or "")
        if key != "items":
            continue
        if not isinstance(item, dict):
            yield Message("record_no_object")
            continue
        people = item.get("authors") or [item.get("author")]
        text = item.get("content_html") or item.get("content_text") or ""
        yield {
            "title": item.get("title") or "",
            "url": item.get("url") or item.get("external_url") or "",
            "date": item.get("date_published") or "",
            "updated": item.get("date_modified") or "",
            "author": [
                person.get("name") for person in people if isinstance(person, dict) and person.get("name")
            ],
            "outlet": outlet,
            "tags": item.get("tags") or [],
            "image": item.get("image") or "",
            "body": text or item.get("summary") or "",
            "is_teaser": not text,
        }
