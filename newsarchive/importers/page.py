"""Reads the tree of a saved page into a Body, from its first word to its last.

What is no block of the subset becomes paragraphs; pictures and embeds stand where they stood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from newsarchive.importers import captions, dom, embeds, images, outlets, urls
from newsarchive.importers.body import Body, repeats, text_of, trim
from newsarchive.importers.dom import Element
from newsarchive.importers.html import escape, link
from newsarchive.importers.related import is_label, only_link
from newsarchive.importers.text import clean, squeeze
from newsarchive.importers.types import ParsedImage

_SKIPPED = frozenset(
    "script style template svg math button select textarea input option canvas head title meta link map "
    "dialog base datalist noframes noembed".split()
)
_MARKS = {"b": "strong", "strong": "strong", "i": "em", "em": "em"}
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr output q rp rt ruby s "
    "samp small span strike strong sub sup time tt u var wbr picture source track param o st1 main-inline".split()
)
_HEADINGS = {"h1": 2, "h2": 2, "h3": 3, "h4": 4, "h5": 4, "h6": 4}
_SPACE = re.compile(r"[ \t\r\f\u00a0]*\n[ \t\r\n\f\u00a0]*|[ \t\r\f\u00a0]+")
_EMPTY_MARK = re.compile(r"<(strong|em)>\s*</\1>|<a href=\"[^\"]*\">\s*</a>")
_TAG = re.compile(r"<[^<>]*>")
_TOKEN = re.compile(r"<[^<>]*>|\n|[^<\n]+")
_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—]")
_MAX_FRAMES = 24  # containers in containers; what is deeper is read as paragraphs
_LONGEST_CAPTION = 600


@dataclass(slots=True)
class _Frame:
    """A container that is open: its finished parts wait for its end."""

    kind: str  # body, quote, item, cell, caption, cite, credit; list, table, row, figure hold no text
    parts: list[str] = field(default_factory=list)
    tag: str = ""
    cite: str = ""
    pictures: list[tuple[str, int]] = field(default_factory=list)
    pending: tuple[str, str] | None = None  # a figure's caption that came before its picture


def read(root: Element, *, body: Body, base: str, title: str) -> None:
    """`root` has been through boilerplate and figures. `base` resolves relative addresses."""
    _Reader(body, base, title).run(root)


class _Reader:
    def __init__(self, body: Body, base: str, title: str) -> None:
        self.body, self.base, self.title = body, base, title
        self.frames: list[_Frame] = [_Frame("body")]
        self.texts: list[_Frame] = [self.frames[0]]  # those of the frames that take text
        self.buffer: list[str] = []  # the paragraph being read
        self.marks: list[tuple[str, str]] = []  # (tag, its opening) of open emphasis and links
        self.heading = 0
        self.in_paragraph = self.in_pre = False
        self.last: tuple[str, int] | None = None  # the picture or embed that was read last, no text since
        self.homeless: ParsedImage | None = None  # a picture without address waits for a caption
        self.waiting: list[tuple[str, int]] = []  # pictures that are placed when the container ends
        self.after_paragraph: list[tuple[str, int]] = []  # … when the paragraph ends
        self.seen: set[str] = set()
        self.label_at = -1  # where a block such as 相关阅读： stands, while only links have followed

    def run(self, root: Element) -> None:
        walker = etree.iterwalk(root, events=("start", "end"))
        skipping: Element | None = None
        for event, element in walker:
            if event == "start":
                if element is not root and not self._start(element):
                    walker.skip_subtree()
                    skipping = element
                elif element.text:
                    self._text(element.text)
            else:
                if element is not root:
                    if skipping is not element:
                        self._end(element)
                    skipping = None
                    if element.tail:
                        self._text(element.tail)
        self._flush()

    # -- elements -----------------------------------------------------------------------------------

    def _start(self, element: Element) -> bool:
        """False when what is inside has been dealt with, or is of no interest."""
        tag = dom.tag(element)
        if tag in _SKIPPED or not tag:
            return False
        if tag in _INLINE:
            self._start_inline(tag, element)
        elif tag == "br":
            self._break()
        elif tag == "img":
            self._picture(element)
        elif tag == "noscript":
            self._noscript(element)
            return False
        elif tag in ("iframe", "video", "audio", "embed", "amp-img", "object"):
            return self._embed(tag, element)
        else:
            self._flush()
            self._start_block(tag)
        return True

    def _start_inline(self, tag: str, element: Element) -> None:
        if tag == "cite" and self.texts[-1].kind == "caption":
            self._flush()
            self._push("cite")
        elif tag == "a":
            url = urls.absolute(element.get("href") or "", self.base)
            if url and all(mark != "a" for mark, _ in self.marks):
                self._mark("a", link(url, "")[: -len("</a>")])
        elif tag in _MARKS:
            self._mark(_MARKS[tag], f"<{_MARKS[tag]}>")

    def _start_block(self, tag: str) -> None:
        self.in_paragraph = tag == "p"
        if tag == "pre":
            self.in_pre = True
        if tag in _HEADINGS:
            self.heading = _HEADINGS[tag]
        elif tag in ("figcaption", "figcredit"):
            self._push("caption" if tag == "figcaption" else "credit")
        elif len(self.frames) >= _MAX_FRAMES:
            return
        elif tag == "figure":
            self.frames.append(_Frame("figure"))
        elif tag == "blockquote":
            self._push("quote")
        elif tag in ("ul", "ol"):
            self.frames.append(_Frame("list", tag=tag))
        elif tag == "li" and self.frames[-1].kind == "list":
            self._push("item")
        elif tag == "table":
            self.frames.append(_Frame("table"))
        elif tag == "tr" and self.frames[-1].kind == "table":
            self.frames.append(_Frame("row"))
        elif tag in ("td", "th") and self.frames[-1].kind == "row":
            self._push("cell", tag)

    def _end(self, element: Element) -> None:
        tag = dom.tag(element)
        if tag == "a" or tag in _MARKS:
            self._unmark("a" if tag == "a" else _MARKS[tag])
        elif tag == "cite" and self.texts[-1].kind == "cite":
            self._flush()
            frame = self._pop()
            self.texts[-1].cite = squeeze(" ".join(frame.parts))
        elif tag not in _INLINE and tag not in ("br", "img"):
            self._flush()
            self.in_paragraph = False
            if tag == "pre":
                self.in_pre = False
            if tag in _HEADINGS:
                self.heading = 0
            self._close(tag)

    _CLOSES = {  # noqa: RUF012 - a table, never changed
        "figcaption": "caption", "figcredit": "credit", "figure": "figure", "blockquote": "quote",
        "ul": "list", "ol": "list", "li": "item", "table": "table", "tr": "row", "td": "cell", "th": "cell",
    }  # fmt: skip

    def _close(self, tag: str) -> None:
        """Ends the container that `tag` opened; the tree is well-formed, so it is the innermost."""
        frame = self.frames[-1]
        if self._CLOSES.get(tag) != frame.kind:
            return
        self._pop()
        if frame.kind == "caption":
            self._caption(frame)
        elif frame.kind == "credit":
            self._credit(" ".join(map(text_of, frame.parts)))
        elif frame.kind == "figure":
            self._end_figure(frame)
        elif frame.kind == "quote" and frame.parts:
            inner = "".join(part if part.startswith("<ul") or part.startswith("<ol") or part.startswith("<table")
                            else f"<p>{part}</p>" for part in frame.parts)
            self._block(f"<blockquote>{inner}</blockquote>", paragraph=inner)
        elif frame.kind == "item":
            self.frames[-1].parts.append(_joined(frame.parts))
        elif frame.kind == "list":
            self._list(frame)
        elif frame.kind == "cell":
            self.frames[-1].parts.append(f"<{frame.tag}>{_joined(frame.parts)}</{frame.tag}>")
            self.frames[-1].tag += _joined(frame.parts) and "x"
        elif frame.kind == "row":
            if frame.tag:
                self.frames[-1].parts.append("".join(frame.parts))
        elif frame.kind == "table":
            self._table(frame)

    def _push(self, kind: str, tag: str = "") -> None:
        frame = _Frame(kind, tag=tag)
        self.frames.append(frame)
        self.texts.append(frame)

    def _pop(self) -> _Frame:
        frame = self.frames.pop()
        if frame is self.texts[-1]:
            self.texts.pop()
        return frame

    # -- text ---------------------------------------------------------------------------------------

    def _text(self, text: str) -> None:
        text = clean(text)
        if self.in_pre:
            parts = escape(text).split("\n")
            self.buffer.append("<br>".join(parts))
        elif text:
            collapsed = _SPACE.sub(_space, text)
            if collapsed:
                self.buffer.append(escape(collapsed))

    def _break(self) -> None:
        if self.after_paragraph:
            self._flush()
        elif not self.in_paragraph and self.texts[-1].kind == "body" and _ends_in_break(self.buffer):
            self._flush()
        else:
            self.buffer.append("<br>")

    def _mark(self, tag: str, opening: str) -> None:
        self.marks.append((tag, opening))
        self.buffer.append(opening)

    def _unmark(self, tag: str) -> None:
        for index in range(len(self.marks) - 1, -1, -1):
            if self.marks[index][0] == tag:
                for mark, _ in reversed(self.marks[index:]):
                    self.buffer.append(f"</{mark}>")
                del self.marks[index]
                self.buffer += [opening for _, opening in self.marks[index:]]
                return

    def _flush(self) -> None:
        """Ends the paragraph; emphasis and links that are still open go on in the next."""
        if self.buffer:
            closing = "".join(f"</{mark}>" for mark, _ in reversed(self.marks))
            inner = _tidy("".join(self.buffer) + closing)
            self.buffer = [opening for _, opening in self.marks]
            if inner:
                self._paragraph(inner)
        if self.after_paragraph:
            placed, self.after_paragraph = self.after_paragraph, []
            for picture in placed:
                self._place(picture)

    def _paragraph(self, inner: str) -> None:
        frame = self.texts[-1]
        if frame.kind != "body":
            frame.parts.append(inner)
        elif self.heading:
            if not (repeats(inner, self.title) or text_of(inner) == escape(self.title)):
                self._block("", heading=inner)
        elif not self._is_caption(inner) and not self._is_related(inner):
            self._block("", paragraph=inner)

    def _block(self, outer: str, *, paragraph: str = "", heading: str = "") -> None:
        """A block that readers read: what follows is no longer beside the last picture."""
        if len(self.texts) > 1:
            self.texts[-1].parts.append(outer or paragraph or heading)
            return
        self.last = self.homeless = None
        self.label_at = -1
        if outer:
            self.body.block(outer)
        elif heading:
            self.body.heading(self.heading, heading)
        else:
            self.body.paragraph(paragraph)
        words = text_of(paragraph or heading)
        if is_label(words):
            self.label_at = len(self.body.blocks) - 1
        self._place_waiting()

    # -- pictures and embeds --------------------------------------------------------------------------

    def _picture(self, element: Element) -> None:
        image = images.parse(dom.attributes(element), base=self.base)
        if image is None:
            return
        if not image.src:
            self.homeless = image
            return
        self.seen.add(_picture_key(image.src))
        self.body.images.append(image)
        self._found(("image", len(self.body.images) - 1))

    def _noscript(self, element: Element) -> None:
        """Pictures that the page would load by script are only here; messages are for nobody."""
        for picture in element.iter("img"):
            image = images.parse(dom.attributes(picture), base=self.base)
            if image and image.src and _picture_key(image.src) not in self.seen:
                self._picture(picture)
        for frame in element.iter("iframe"):
            self._embed("iframe", frame)

    def _embed(self, tag: str, element: Element) -> bool:
        if tag in ("amp-img",):
            self._picture(element)
            return False
        sources = [element.get("src"), element.get("data-src"), element.get("data-lazy-src"), element.get("data")]
        sources += [source.get("src") for source in element.iter("source")]
        for src in sources:
            found = embeds.parse(
                src or "",
                base=self.base,
                kind="video" if tag == "video" else "",
                title=squeeze(clean(element.get("title") or "")),
                poster=element.get("poster") or element.get("data-poster") or "",
            )
            if found and found.url not in self.seen:
                self.seen.add(found.url)
                self.body.embeds.append(found)
                self._found(("embed", len(self.body.embeds) - 1))
            if found:
                break
        return tag == "object" and not any(sources)

    def _found(self, picture: tuple[str, int]) -> None:
        for frame in reversed(self.frames):
            if frame.kind == "figure":
                if frame.pending and picture[0] == "image":
                    self.body.caption_image(picture[1], *frame.pending)
                    frame.pending = None
                frame.pictures.append(picture)
                break
        if len(self.texts) > 1:
            self.waiting.append(picture)
        elif self.in_paragraph and _has_words(self.buffer) and not _ends_in_break(self.buffer):
            self.after_paragraph.append(picture)
        else:
            self._flush()
            self._place(picture)
        self.last = picture

    def _place(self, picture: tuple[str, int]) -> None:
        kind, number = picture
        self.body.blocks.append(f'<figure data-{kind}="{number}"></figure>')
        self.last = picture

    def _place_waiting(self) -> None:
        placed, self.waiting = self.waiting, []
        for picture in placed:
            self._place(picture)

    # -- captions -------------------------------------------------------------------------------------

    def _caption(self, frame: _Frame) -> None:
        parts = [part for part in frame.parts if text_of(part).strip()]
        rest: list[str] = []
        if len(parts) > 3 and sum(map(len, parts)) > _LONGEST_CAPTION:
            parts, rest = parts[:1], parts[1:]  # an unclosed caption holds the article
        words = squeeze(" ".join(_plain(part) for part in parts))
        if words or frame.cite:
            self._give_caption(words, frame.cite, parts)
        for part in rest:
            self._paragraph(part)

    def _give_caption(self, words: str, credit: str, parts: list[str]) -> None:
        figure = next((frame for frame in reversed(self.frames) if frame.kind == "figure"), None)
        if figure is not None and (figure.pictures or self.homeless is None):
            bare = [picture for picture in figure.pictures if not self._has_caption(picture)]
            if bare:
                self._set_caption(bare[-1], words, credit)
            elif not figure.pictures and figure.pending is None:
                figure.pending = (words, credit)
            else:
                self._loose_caption(parts)
        elif self.homeless is not None:
            self.body.images.append(self.homeless)
            self.homeless = None
            picture = ("image", len(self.body.images) - 1)
            self._found(picture)
            self._set_caption(picture, words, credit)
        elif self.last is not None and not self._has_caption(self.last):
            self._set_caption(self.last, words, credit)
        else:
            self._loose_caption(parts)

    def _loose_caption(self, parts: list[str]) -> None:
        for part in parts:
            self._paragraph(part)

    def _set_caption(self, picture: tuple[str, int], words: str, credit: str) -> None:
        kind, number = picture
        if kind == "image":
            self.body.caption_image(number, words, credit)
        else:
            self.body.caption_embed(number, words)

    def _has_caption(self, picture: tuple[str, int]) -> bool:
        kind, number = picture
        return bool((self.body.images if kind == "image" else self.body.embeds)[number].caption)

    def _credit(self, words: str) -> None:
        if words and self.last is not None and self.last[0] == "image":
            self.body.caption_image(self.last[1], "", squeeze(_plain(words)))

    def _end_figure(self, frame: _Frame) -> None:
        if frame.pending:
            self._paragraph(escape(frame.pending[0]))

    def _is_caption(self, inner: str) -> bool:
        """A line right after a picture that only names its source, or points up at it: ▲图为…"""
        if self.last is None or self.last[0] != "image" or self._has_caption(self.last):
            return False
        words = squeeze(_plain(inner))
        if captions.is_credit(words) or (words[:1] in "▲△↑◎" and len(words) <= 120):
            self._set_caption(self.last, words, "")
            return True
        return False

    # -- related links, lists, tables -----------------------------------------------------------------

    def _is_related(self, inner: str) -> bool:
        found = only_link(inner) if self.label_at >= 0 or self.body.blocks else None
        if found is None or self.label_at < 0:
            return False
        self._relate([found])
        return True

    def _relate(self, found: list[tuple[str, str]]) -> None:
        for url, text in found:
            self.body.relate(url, text)
        if 0 <= self.label_at < len(self.body.blocks) and self.body.blocks[self.label_at].startswith(("<p", "<h")):
            del self.body.blocks[self.label_at]
        self.label_at = len(self.body.blocks)  # further links still belong to the label that is gone

    def _list(self, frame: _Frame) -> None:
        items = [item for item in frame.parts if item]
        if not items:
            return
        found = [only_link(item) for item in items]
        links = [link for link in found if link]
        if len(self.texts) == 1 and len(links) == len(items):
            if self.label_at >= 0 or all(self._same_outlet(url) for url, _ in links):
                self._relate(links) if self.label_at >= 0 else [self.body.relate(*link) for link in links]
                self._place_waiting()
                return
        self._block(f"<{frame.tag}>{''.join(f'<li>{item}</li>' for item in items)}</{frame.tag}>")

    def _same_outlet(self, url: str) -> bool:
        if not self.base:
            return False
        mine = outlets.by_address(self.base)
        return urls.host_of(url) == urls.host_of(self.base) or (
            mine is not None and outlets.by_address(url) is mine
        )

    def _table(self, frame: _Frame) -> None:
        rows = [row for row in frame.parts if row]
        if not rows:
            self._place_waiting()
        elif all(row.count("</td>") + row.count("</th>") <= 1 for row in rows):
            for row in rows:  # one column is layout, not a table
                for part in re.sub(r"^<t[dh]>|</t[dh]>$", "", row).split("<br>"):
                    if trim(part):
                        self._block("", paragraph=part)
        else:
            self._block(f"<table><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>")


def _space(match: re.Match[str]) -> str:
    return "\n" if "\n" in match[0] else " "


def _tidy(inner: str) -> str:
    """Without empty marks; lines that were only wrapped are joined as a browser would show them."""
    while True:
        inner, count = _EMPTY_MARK.subn("", inner)
        if not count:
            break
    if "\n" in inner:
        inner = _unwrapped(inner)
    inner = inner.replace(" <br>", "<br>").replace("<br> ", "<br>")
    return trim(inner)


def _unwrapped(inner: str) -> str:
    """Line ends of the source become a blank, or nothing where wide characters meet across them."""
    out: list[str] = []
    before = waiting = ""  # the last character shown; a line end that waits for the next
    at = -1  # where in `out` the waiting line end stands
    for token in _TOKEN.findall(inner):
        if token == "\n":
            if not waiting and before:
                waiting, at = "\n", len(out)
                out.append("")
        elif token.startswith("<"):
            if token == "<br>":
                waiting, before = "", ""
            out.append(token)
        else:
            if waiting and not (_WIDE.match(before) and _WIDE.match(token)):
                out[at] = " "
            waiting, before = "", token[-1]
            out.append(token)
    return "".join(out)


def _plain(inner: str) -> str:
    import html

    return html.unescape(_TAG.sub("", inner.replace("<br>", " ")))


def _joined(parts: list[str]) -> str:
    return "<br>".join(parts)


def _ends_in_break(buffer: list[str]) -> bool:
    for part in reversed(buffer):
        if part.strip() and not (part.startswith("<") and part != "<br>"):
            return part == "<br>"
    return True


def _has_words(buffer: list[str]) -> bool:
    return any(part.strip() and not part.startswith("<") for part in buffer)


def _picture_key(src: str) -> str:
    return urls.normalise(src).partition("?")[0]
