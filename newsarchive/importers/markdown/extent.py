"""Whether a text that begins with a tag is a page of HTML, or Markdown that begins with a piece of HTML."""

from __future__ import annotations

import re

_BEGINS_WITH_HTML = re.compile(
    r"\s*(?:<!--.{0,400}?-->\s*)*<(?:div|p|section|article|main|table|blockquote|ul|ol|h[1-6]|img|a|span|strong|b|center|font|iframe"
    r"|figure|html|body|!doctype)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b[^<>]*?(/?)>")
# Elements that hold no others, or may lack their end tag.
_FLAT = frozenset({
    "p", "br", "img", "hr", "input", "meta", "link", "source", "track", "wbr", "col", "embed", "li", "td",
    "tr", "th", "dt", "dd", "param", "area", "base", "option",
})  # fmt: skip
_MARKDOWN = re.compile(
    r"[ \t]{0,3}(?:#{1,6}[ \t]+\S|!\[[^\]]*\]\(|>[ \t]?\S|[-*+][ \t]+\S|\d{1,3}[.)][ \t]+\S|```|~~~|\|"
    r".*\||\{[%{])"
    r"|.*(?:\]\((?:https?:)?/|\*\*\S|!\[\[|\]\[\d)"
)


def is_html(text: str) -> bool:
    """Whether `text` begins with HTML, and nothing outside of its elements is Markdown."""
    if not _BEGINS_WITH_HTML.match(text):
        return False
    depth = 0
    loose = 0  # paragraphs of words outside of any element: HTML has none, Markdown consists of them
    in_loose = False
    for line in text.split("\n"):
        if depth <= 0 and line.strip() and "<" not in line:
            loose += not in_loose
            in_loose = True
            if loose > 1:
                return False
        else:
            in_loose = False
        if depth <= 0 and line.strip() and not line.lstrip().startswith("<") and _MARKDOWN.match(line):
            return False
        if "<" in line:
            depth = max(depth + _opened(line), 0)
    return True


def _opened(line: str) -> int:
    """How many elements a line opens more than it ends."""
    opened = 0
    for end, name, empty in _TAG.findall(line):
        if not empty and name.lower() not in _FLAT:
            opened += -1 if end else 1
    return opened
