"""The safe subset of HTML in which bodies are stored: the only place that decides what is safe and what is
text.

A picture or embed is an empty `<figure data-image="N">` or `<figure data-embed="N">` at block level.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import nh3

BLOCKS = frozenset({"p", "h2", "h3", "h4", "ul", "ol", "blockquote", "table", "figure"})
TAGS = BLOCKS | {"li", "thead", "tbody", "tr", "th", "td", "a", "strong", "em", "br"}
_ATTRIBUTES = {"a": {"href"}, "figure": {"data-image", "data-embed"}}

_DROPPED_WITH_CONTENT = {"script", "style", "template", "noscript", "iframe", "object", "svg", "math"}

# All alternatives begin with one character, which `re` looks for first: a third of the time.
_ENDS_LINE = re.compile(r"<(?:br\s?/?|/(?:p|h[2-4]|li|td|th|tr|blockquote|table|ul|ol|figure)|(?<!><)[uo]l)>")
_BREAKS = re.compile(r"(?:<br\s?/?>)+")
_TAG = re.compile(r"<[^<>]*>")
_EDGE = re.compile(r"<(/?)(p|h[2-4]|ul|ol|blockquote|table|figure)\b([^<>]*)>")
_PLACEHOLDER = re.compile(r' data-(image|embed)="(\d+)"')


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "a":
        return value if value.startswith(("http://", "https://")) else None
    return value if re.fullmatch(r"[0-9]{1,6}", value) else None


def clean(body: str) -> str:
    """`body` with everything outside the subset removed. Cleaning twice gives the same result as once."""
    return nh3.clean(
        body,
        tags=set(TAGS),
        clean_content_tags=_DROPPED_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https"},
        link_rel=None,
    )


def escape(text: str) -> str:
    """Plain text as HTML. A no-break space becomes a plain one, so that searches find it."""
    return html.escape(text, quote=False).replace("\u00a0", " ")


def link(url: str, inner: str) -> str:
    """`inner` is HTML of the subset; `url` comes from `urls`, so it is http(s)."""
    address = escape(url).replace('"', "&quot;")
    return f'<a href="{address}">{inner}</a>'


def plain_text(body: str, *, line_break: str = "\n") -> str:
    """The text of a body: each paragraph, heading, item and cell on a line of its own, and line breaks kept.

    Pictures and embeds leave nothing; their captions are not part of the body. `line_break` stands for the
    end of a line within a paragraph; two such ends are the end of a paragraph.
    """
    if line_break != "\n" and "<br" in body:
        body = _BREAKS.sub(lambda breaks: "\n" if breaks.group().count("<") > 1 else line_break, body)
    text = _TAG.sub("", _ENDS_LINE.sub("\n", body))
    if "&" in text:
        text = html.unescape(text)
    return "\n".join(filter(None, map(str.strip, text.split("\n"))))


def blocks(body: str) -> Iterator[tuple[str, str]]:
    """(tag, HTML) of each top-level block in order; pictures are ("image", "0"), embeds ("embed", "0")."""
    depth = start = 0
    for edge in _EDGE.finditer(body):
        closing, tag, attributes = edge.groups()
        if not closing:
            if depth == 0:
                start, placeholder = edge.start(), _PLACEHOLDER.fullmatch(attributes)
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield ((placeholder[1], placeholder[2]) if placeholder else (tag, body[start : edge.end()]))
