"""Exports of a Telegram channel, as HTML (messages.html) and as JSON (result.json): each message with a
text is a record.

    <div class="message default clearfix" id="message8147"> … <div class="pull_right date details"
    title="17.04.2021 19:59:32"> <div class="from_name">海港日報</div> <div class="text">渡輪停航<br><a
    href="https://…">https://…</a></div>

    {"name": "海港日報", "type": "public_channel", "id": 1, "messages": [{"id": 8147, "type": "message",
     "date": "2021-04-17T19:59:32", "text_entities": [{"type": "plain", "text": "渡輪停航"}]}]}

The first line is the title, and the first address in the text that of the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from typing import Any, Final

from newsarchive.importers.fields import encoding
from newsarchive.importers.fields.encoding import squeeze
from newsarchive.importers.html import embeds
from newsarchive.ingest.containers.limits import Limits
from newsarchive.messages import Message

from .json_stream import Stream

_MESSAGE: Final = re.compile(r'<div class="message default[^"]*" id="message(\d+)">')
_DATE: Final = re.compile(
    r'date details" title="(\d{2})\.(\d{2})\.(\d{4}) (\d{2}:\d{2}:\d{2})(?: UTC([+-]\d{2}:\d{2}))?'
)
_FROM: Final = re.compile(r'<div class="from_name">\s*(.*?)\s*</div>', re.DOTALL)
_TEXT: Final = re.compile(r'<div class="text">\s*(.*?)\s*</div>', re.DOTALL)
_TAG: Final = re.compile(r"<[^<>]*>")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'，。]+")
_JSON: Final = re.compile(r'"type"\s*:\s*"(?:public|private)_(?:channel|supergroup|group)"')
_LONGEST_TITLE: Final = 80  # characters; a longer first line is a paragraph


def matches(head: bytes) -> bool:
    text = head.decode("utf-8", "replace")
    return bool(_MESSAGE.search(text)) or (
        text.lstrip("\ufeff \n").startswith("{") and bool(_JSON.search(text[:2000]))
    )


def rows(path: Path, limits: Limits) -> Iterator[dict[str, Any] | Message]:
    with path.open("rb") as file:
        is_json = file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")
    if is_json:
        with path.open(encoding="utf-8-sig", errors="replace") as text:
            yield from _of_json(Stream(text, limits.file_bytes))
    else:
        yield from _of_html(encoding.decode(limits.whole(path))[0])


def _of_html(text: str) -> Iterator[dict[str, Any]]:
    marks = list(_MESSAGE.finditer(text))
    channel = ""
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        part = text[mark.end() : following.start() if following else len(text)]
        sender, date, body = _FROM.search(part), _DATE.search(part), _TEXT.search(part)
        channel = squeeze(unescape(_TAG.sub("", sender[1]))) if sender else channel
        if body is None:
            continue
        lines = [squeeze(unescape(_TAG.sub("", line))) for line in re.split(r"<br\s*/?>", body[1])]
        when = f"{date[3]}-{date[2]}-{date[1]} {date[4]}{date[5] or ''}" if date else ""
        yield from _row(lines, channel, when, mark[1])


def _of_json(stream: Stream) -> Iterator[dict[str, Any]]:
    channel = ""
    for key, message in stream.items(("messages",)):
        if key == "name":
            channel = str(message or "")
        if key != "messages" or not isinstance(message, dict) or message.get("type") != "message":
            continue
        said = message.get("text_entities") or message.get("text") or ()
        pieces = [said] if isinstance(said, str) else [_piece(piece) for piece in said]
        lines = [squeeze(line) for line in "".join(pieces).split("\n")]
        yield from _row(lines, channel, str(message.get("date") or ""), str(message.get("id")))


def _piece(piece: Any) -> str:
    return str(piece.get("text") or "") if isinstance(piece, dict) else str(piece)


def _row(lines: list[str], channel: str, date: str, number: str) -> Iterator[dict[str, Any]]:
    lines = [line for line in lines if line]
    if not lines:
        return
    words = [line for line in lines if not _ADDRESS.fullmatch(line)] or lines
    addresses = (match[0] for match in _ADDRESS.finditer("\n".join(lines)))
    address = next((address for address in addresses if not embeds.is_video(address)), "")
    first = words[0]
    yield {
        "title": first if len(first) <= _LONGEST_TITLE else first[: _LONGEST_TITLE - 1] + "…",
        "outlet": channel,
        "date": date,
        "url": address,
        "body": "".join(f"<p>{escape(line)}</p>" for line in words),
        "message": number,
        "identity": f"telegram:{channel}/{number}",
    }
