"""Inline Markdown: emphasis, links and pictures, in one pass over the tokens.

Unmatched asterisks are dropped, broken links become their text, HTML is shown as text.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from newsarchive.importers.fields import urls
from newsarchive.importers.html.safe_subset import escape, link

_TOKEN = re.compile(r"\*+|!?\[|\]\(|\]")
_BALANCED = re.compile(r"([^\s()]*(?:\([^\s()]*\)[^\s()]*)*)[ \t]*\)")
_WITH_TITLE = re.compile(r"<?([^\s()<>]*)>?\s+[\"'][^\"'\n]*[\"']\s*\)")
_TO_LAST = re.compile(r"[^\n\[\]]*?\)")
_WRAPPED = re.compile(r"(?<=[^\x00-\x7f])\n(?=[^\x00-\x7f])")
_BREAK = re.compile(r"[ \t]{2,}\n[ \t]*|[ \t]*\\\n[ \t]*")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31}\d*);")
_ESCAPED = re.compile(r"\\([\\*_`\[\]()#>!|{}~-])")
_MAX_TARGET = 8_192
_HARD = "\x0b"  # Represents a line break while a paragraph is read; cleaned text never holds this character.


@dataclass(slots=True)
class Inline:
    """The result of reading a text: HTML, and the pictures and links in it."""

    inner: str
    pictures: list[tuple[str, str]] = field(default_factory=list)  # (alt, address as found)
    links: list[tuple[str, str]] = field(default_factory=list)  # (text, resolved address)


@dataclass(slots=True)
class _Open:
    """An opening bracket or emphasis whose closing half was not found yet."""

    mark: str
    at: int  # index into the parts where its opening tag would be inserted


def parse(text: str, base: str, *, pictures: bool = True) -> Inline:
    """Relative links are resolved against `base`."""
    result = Inline("")
    if "*" not in text and "[" not in text:
        result.inner = _escape(_breaks(text))
        return result
    text = _breaks(text)
    parts: list[str] = []
    brackets: list[_Open] = []
    emphasis: list[_Open] = []
    position = 0
    token = _TOKEN.search(text)
    while token:
        parts.append(_escape(text[position : token.start()]))
        mark, end = token[0], token.end()
        if mark[0] == "*":
            bracket = brackets[-1].at if brackets else -1
            _emphasise(mark, text, token.start(), parts, emphasis, bracket)
        elif mark in ("[", "!["):
            brackets.append(_Open(mark, len(parts)))
            parts.append(mark)
        elif mark == "](":
            target = _target(text, end)
            if target is None:
                parts.append("](")
            else:
                address, end = target
                if brackets:
                    opened = brackets.pop()
                    emphasis = [mark for mark in emphasis if mark.at < opened.at]
                    _close_link(opened, address, base, parts, result, keep=pictures)
                else:
                    parts.append(escape(text[token.start() : end]))
        else:
            if brackets:
                brackets.pop()
            parts.append("]")
        position = end
        token = _TOKEN.search(text, position)
    parts.append(_escape(text[position:]))
    for left in emphasis:
        parts[left.at] = ""
    result.inner = "".join(parts)
    return result


def _escape(text: str) -> str:
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    return escape(text).replace(_HARD, "<br>").replace("\n", " ")


def _breaks(text: str) -> str:
    """Joins wrapped lines: with a space between Latin words, with nothing between Chinese characters."""
    return _WRAPPED.sub("", _BREAK.sub(_HARD, text)) if "\n" in text else text


def _emphasise(mark: str, text: str, at: int, parts: list[str], emphasis: list[_Open], bracket: int) -> None:
    """One asterisk is <em>, two are <strong>, three both; unmatched ones are dropped."""
    before, after = text[at - 1 : at], text[at + len(mark) : at + len(mark) + 1]
    if before == "5" and not emphasis and len(mark) <= 2 and not after.isspace():
        parts.append(mark)  # 5** is the highest grade of Hong Kong's examinations
        return
    if len(mark) == 1 and before.isspace() and (after.isspace() or not after):
        parts.append(mark)  # an asterisk between spaces is a character: 2 * 3
        return
    tags = {1: ("em",), 2: ("strong",), 3: ("strong", "em")}.get(len(mark), ())
    for tag in tags if not emphasis else tags[::-1]:
        for index in range(len(emphasis) - 1, -1, -1):
            if emphasis[index].mark == tag:
                _close_emphasis(index, parts, emphasis, bracket)
                break
        else:
            emphasis.append(_Open(tag, len(parts)))
            parts.append("")


def _close_emphasis(index: int, parts: list[str], emphasis: list[_Open], bracket: int) -> None:
    """`bracket` is the position of the innermost open bracket: emphasis can't extend into a link from
    outside."""
    opened = emphasis[index]
    for inner in emphasis[index + 1 :]:  # overlapping emphasis: the inner ones are unmatched
        parts[inner.at] = ""
    del emphasis[index:]
    has_words = any(part.strip() and part != "<br>" for part in parts[opened.at + 1 :])
    if has_words and opened.at >= bracket:
        parts[opened.at] = f"<{opened.mark}>"
        parts.append(f"</{opened.mark}>")


def _target(text: str, start: int) -> tuple[str, int] | None:
    """(address, end) of a link's target that begins at `start`; None when it doesn't end on this line."""
    bounded = text[start : start + _MAX_TARGET]
    match = _BALANCED.match(bounded)
    if match:
        return match[1], start + match.end()
    match = _WITH_TITLE.match(bounded)
    if match:
        return match[1], start + match.end()
    match = _TO_LAST.match(bounded)  # "(<iframe src=", "(一些文字)": no address, but the link still ends here
    return ("", start + match.end()) if match else None


def _close_link(
    opened: _Open, address: str, base: str, parts: list[str], result: Inline, *, keep: bool
) -> None:
    inner = "".join(parts[opened.at + 1 :])
    del parts[opened.at :]
    if opened.mark == "![":
        if keep:
            result.pictures.append((_plain(inner), address))
        return
    url = _resolve(address, base)
    if url and inner.strip():
        inner = _without_links(inner)
        result.links.append((_plain(inner), url))
        inner = link(url, inner)
    parts.append(inner)


def _resolve(address: str, base: str) -> str:
    """Resolves only what looks like an address: [x](instagram.com/y) and [x](下一節) are no links."""
    address = html.unescape(address.strip("<>"))
    if address.startswith(("http:", "https:", "//", "/")):
        return urls.absolute(address, base)
    return ""


def _without_links(inner: str) -> str:
    return re.sub(r"</?a\b[^<>]*>", "", inner) if "<a " in inner else inner


def _plain(inner: str) -> str:
    return html.unescape(re.sub(r"<[^<>]*>", "", inner)).strip()


def plain(text: str) -> str:
    """Markdown as the text that a reader sees."""
    return _plain(parse(text, "", pictures=False).inner.replace("<br>", " "))
