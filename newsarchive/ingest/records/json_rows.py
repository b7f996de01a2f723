"""Lists of JSON objects: one on each line (JSONL), an array of them, or a JSON Feed. Only one object is in
memory at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from newsarchive.errors import UnreadableFile
from newsarchive.importers.fields import column_names, json_object
from newsarchive.ingest.containers.limits import Limits
from newsarchive.messages import Message

_CHUNK: Final = 1024 * 1024  # characters read at once
_START: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(\[\s*)?\{")
_KEY: Final = re.compile(r'"([^"\\]{1,60})"\s*:')
_JSON_FEED: Final = re.compile(r'"version"\s*:\s*"https?://jsonfeed\.org/')
_BLANKS: Final = " \t\r\n,"


def matches(head: bytes, mapping: Mapping[str, str]) -> bool:
    """An array or lines of objects with a title or text among their keys."""
    start = _START.match(head)
    if start is None:
        return False
    text = head.decode("utf-8", "replace")
    if _JSON_FEED.search(text):
        return True
    if not start[1] and not _is_line(text):
        return False
    return column_names.tell_an_article(_KEY.findall(text[:20_000]), mapping)


def _is_line(text: str) -> bool:
    """Whether the first line is a whole object, and not the first part of one that takes several lines."""
    first, end, _ = text.lstrip("\ufeff \t\r\n").partition("\n")
    try:
        return bool(end) and isinstance(json.loads(first), dict)
    except ValueError:
        return len(first) >= 20_000  # a line longer than what was read of it
    except RecursionError:
        return False


def rows(path: Path, limits: Limits) -> Iterator[dict[str, Any] | Message]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        head = file.read(4096).lstrip()
        is_feed, is_array = bool(_JSON_FEED.search(head)), head.startswith("[")
        file.seek(0)
        if is_feed:
            yield from _of_feed(path, limits)
        elif is_array:
            yield from _of_array(file, limits)
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


def _of_array(file: Any, limits: Limits) -> Iterator[dict[str, Any] | Message]:
    decoder = json.JSONDecoder(strict=False)
    text = file.read(_CHUNK).lstrip()[1:]
    while True:
        text = text.lstrip(_BLANKS)
        if text.startswith("]"):
            return
        try:
            row, end = decoder.raw_decode(text)
        except RecursionError as exc:
            raise UnreadableFile("record_damaged", detail="nested too deep") from exc
        except ValueError as exc:
            # Twice as much is read each time, so that a long record is not parsed over and over.
            more = file.read(max(_CHUNK, len(text)))
            if not more or len(text) > limits.file_bytes:
                raise UnreadableFile("record_damaged", detail=str(exc)[:100]) from exc
            text += more
            continue
        text = text[end:]
        yield row if isinstance(row, dict) else Message("record_no_object")


def _of_feed(path: Path, limits: Limits) -> Iterator[dict[str, Any] | Message]:
    feed = json_object.read(limits.whole(path).decode("utf-8-sig", "replace"))
    for item in feed.get("items") or ():
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
            "outlet": feed.get("title") or "",
            "tags": item.get("tags") or [],
            "image": item.get("image") or "",
            "body": text or item.get("summary") or "",
            "is_teaser": not text,
        }
