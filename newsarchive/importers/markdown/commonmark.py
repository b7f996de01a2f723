"""Markdown as people write it, to HTML: CommonMark by markdown-it-py, with tables, strike-through, footnotes
and task lists.

Three things differ from the standard, because the readers of news do. Emphasis beside Chinese characters and
punctuation counts (**「香港」**人: CommonMark would print these asterisks); text indented by four blanks is a
paragraph, not code; and a line that ends a sentence ends in a line break.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—·]")
_SENTENCE_ENDS = re.compile(r"(?<=[。！？!?；：…」』”）)])\n(?=\S)")
_TASK = re.compile(r"(<li>\s*(?:<p>)?)\[[ xX]\]\s+")
_BACK = re.compile(r'\s*<a href="#fnref[^"]*" class="footnote-backref">[^<]*</a>')
_FOOTNOTE = re.compile(r'<sup class="footnote-ref"><a href="#[^"]*"(?: id="[^"]*")?>(\[[^\]<]*\])</a></sup>')
_PARAGRAPH = re.compile(r"<p>.*?</p>", re.DOTALL)
_CODE_FENCES = re.compile(r"^(?: {0,3})(?:```|~~~).*$", re.MULTILINE)
_ENDED_HTML = re.compile(
    r"^ {0,3}(?:<(?P<tag>[a-zA-Z][\w-]*)\b[^<>\n]*>[^\n]*</(?P=tag)>(?:[ \t]*<br ?/?>)?"
    r"|(?:<a\b[^<>\n]*>)?<(?:img|br|hr|source)\b[^<>\n]*>(?:</a>|<br ?/?>)?|</(?:div|p|center|figure|"
    r"section|article|table"
    r"|blockquote|ul|ol|details|iframe|video)>)[ \t]*\n(?=[ \t]{0,3}[^\s<])",
    re.MULTILINE,
)
_PICTURE = re.compile(r"!\[([^\[\]\n]*)\]\(\s*<?([^\s()<>]*)>?(?:\s+[\"']([^\"'\n]*)[\"'])?\s*\)")
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]+)\]\(\s*<?((?:https?:)?/[^\s()<>\"]*)>?\s*\)")
_STRONG = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")
_EMPHASIS = re.compile(r"(?<![*\w])\*(?=\S)([^*\n<>]+?)(?<=\S)\*(?!\*)")
_MAX_NESTING = 60  # of quotations and lists; the library's own limit, beyond it the text is a paragraph


def to_html(text: str) -> str:
    """Raw HTML in `text` stays as it is: what is not wanted of it is dropped when the tree is read."""
    page = _parser().render(_with_blank_lines(text))
    page = _FOOTNOTE.sub(r"\1", _BACK.sub("", page))
    page = _TASK.sub(r"\1", page)
    return _PARAGRAPH.sub(lambda match: _SENTENCE_ENDS.sub("<br>\n", match[0]), page)


def _with_blank_lines(text: str) -> str:
    """A blank line after a line of HTML whose elements all end on it: what follows is Markdown."""
    return _ENDED_HTML.sub("\\g<0>\n", text) if "<" in text else text


def has_open_fence(text: str) -> bool:
    """Whether a fence of code is not closed, so that the rest of the text would count as code."""
    return len(_CODE_FENCES.findall(text)) % 2 == 1


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING})
    parser.enable(["table", "strikethrough"]).disable("code").use(footnote_plugin)
    parser.inline.ruler.at("emphasis", _emphasis)
    parser.add_render_rule("html_block", _html_block)
    return parser


def _html_block(
    renderer: RendererProtocol, tokens: Sequence[Token], at: int, options: object, env: object
) -> str:
    """A block of HTML with the Markdown that people write inside: <center>![](…)</center>. The standard
    prints it."""
    content = tokens[at].content
    if "](" in content or "*" in content:
        content = _LINK.sub(r'<a href="\2">\1</a>', _PICTURE.sub(_picture, content))
        content = _EMPHASIS.sub(r"<em>\1</em>", _STRONG.sub(r"<strong>\1</strong>", content))
    return content


def _picture(match: re.Match[str]) -> str:
    title = f' title="{html.escape(match[3])}"' if match[3] else ""
    return f'<img src="{html.escape(match[2])}" alt="{html.escape(match[1])}"{title}>'


def _emphasis(state: StateInline, silent: bool) -> bool:
    """The library's rule, but what is beside Chinese opens and closes emphasis as a letter does."""
    marker = state.src[state.pos]
    if silent or marker not in "_*":
        return False
    start = state.pos
    scanned = state.scanDelims(start, marker == "*")
    opens, closes = scanned.can_open, scanned.can_close
    end = start + scanned.length
    before, after = state.src[start - 1 : start], state.src[end : end + 1]
    if marker == "*" and (_WIDE.match(before) or _WIDE.match(after)):
        opens, closes = bool(after.strip()), bool(before.strip())
    for _ in range(scanned.length):
        token = state.push("text", "", 0)
        token.content = marker
        state.delimiters.append(
            Delimiter(
                marker=ord(marker),
                length=scanned.length,
                token=len(state.tokens) - 1,
                end=-1,
                open=opens,
                close=closes,
            )
        )
    state.pos = end
    return True
