"""Reads the tree of a saved page into a Body, in document order.

Elements that are no block of the safe subset become paragraphs; pictures and embeds stay where they were.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from newsarchive.importers.fields import outlets, urls
from newsarchive.importers.fields.encoding import clean, squeeze

from . import dom
from .body import Body, repeats, text_of, trim
from .dom import Element
from .figures import IMAGE_CAPTION_LABEL
from .image_pairs import Figure, Mark, Pictures
from .related import is_label, only_link
from .safe_subset import escape, link

_SKIPPED = frozenset({
    "script", "style", "template", "svg", "math", "button", "select", "textarea", "input", "option", "canvas",
    "head", "title", "meta", "link", "map", "dialog", "base", "datalist", "noframes", "noembed",
})  # fmt: skip
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "label", "mark", "nobr", "output", "q", "rp", "rt", "ruby", "s", "samp", "small", "span",
    "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "picture", "source", "track", "param",
})  # fmt: skip
_EMBEDS = frozenset({"iframe", "video", "audio", "embed", "object"})
_MARKS = {"b": "strong", "strong": "strong", "i": "em", "em": "em"}
_HEADINGS = {"h1": 2, "h2": 2, "h3": 3, "h4": 4, "h5": 4, "h6": 4}
_KINDS = {  # containers by tag; item, row and cell only inside their own container
    "figcaption": "caption", "figcredit": "credit", "figure": "figure", "blockquote": "quote", "ul": "list",
    "ol": "list", "table": "table",
}  # fmt: skip
_KINDS_WITHIN = {("li", "list"): "item", ("tr", "table"): "row", ("td", "row"): "cell", ("th", "row"): "cell"}
_WITHOUT_TEXT = frozenset({"figure", "list", "table", "row"})
_MAX_FRAMES = 24  # nested containers; deeper ones are read as paragraphs
_LONGEST_CAPTION = 600

_SPACE = re.compile(r"[ \t\r\f\u00a0]*\n[ \t\r\n\f\u00a0]*|[ \t\r\f\u00a0]+")
_EMPTY_MARK = re.compile(r"<(strong|em)>\s*</\1>|<a href=\"[^\"]*\">\s*</a>")
_TAG = re.compile(r"<[^<>]*>")
_IS_BLOCK = re.compile(r"<(?:ul|ol|blockquote|table)>")
_TOKEN = re.compile(r"<[^<>]*>|\n|[^<\n]+")
_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—]")


@dataclass(slots=True)
class _Frame:
    """A container whose end has not been read yet, with its finished parts."""

    kind: str
    owner: Element | None = None  # the element at whose end the frame is closed
    parts: list[str] = field(default_factory=list)
    cite: str = ""  # of a caption: the credit in an element of its own
    # Of a row: the tag and parts of each cell.
    cells: list[tuple[str, list[str]]] = field(default_factory=list)
    rows: list[list[tuple[str, list[str]]]] = field(default_factory=list)  # of a table: the rows


def read(root: Element, *, body: Body, base: str, title: str) -> None:
    """`root` has been processed by `boilerplate` and `figures`. Relative addresses are resolved against
    `base`."""
    _Reader(body, base, title).run(root)


class _Reader:
    def __init__(self, body: Body, base: str, title: str) -> None:
        self.body, self.base, self.title = body, base, title
        self.pictures = Pictures(body, base)
        self.frames = [_Frame("body")]
        self.texts = [self.frames[0]]  # the open frames that collect text
        self.buffer: list[str] = []  # pieces of the present paragraph
        self.marks: list[tuple[str, str, Element]] = []  # open emphasis and links: (tag, opening tag, owner)
        self.heading = 0
        self.in_paragraph = self.in_pre = False
        self.after_container: list[Mark] = []  # pictures to be placed when the container ends
        self.after_paragraph: list[Mark] = []  # … when the paragraph ends
        # Index of the block that is a label such as 相关阅读：, as long as only links followed it; else -1.
        self.label_at = -1

    def run(self, root: Element) -> None:
        self._inside(root)
        self._flush()
        self._place_all(self.after_container)

    def _inside(self, element: Element) -> None:
        """Recursion depth is limited by `dom.parse`."""
        for node in dom.nodes(element):
            if isinstance(node, str):
                self._text(node)
            elif self._start(node):
                self._inside(node)
                self._end(node)

    # -- elements -----------------------------------------------------------------------------------

    def _start(self, element: Element) -> bool:
        """False when the element's content is finished with or not wanted."""
        tag = element.name
        if tag in _SKIPPED:
            return False
        if tag in _INLINE:
            self._start_inline(tag, element)
        elif tag == "br":
            self._break()
        elif tag == "img":
            self._show(self.pictures.picture(element))
        elif tag == "noscript":
            self._noscript(element)
            return False
        elif tag in _EMBEDS:
            mark = self.pictures.embed(tag, element)
            self._show(mark)
            return tag == "object" and mark is None
        else:
            self._flush()
            self._start_block(tag, element)
        return True

    def _start_inline(self, tag: str, element: Element) -> None:
        if tag == "cite" and self.texts[-1].kind == "caption":
            self._flush()
            self._open("cite", element)
        elif tag == "a":
            url = urls.absolute(dom.get(element, "href"), self.base)
            if url:
                self._mark("a", link(url, "").removesuffix("</a>"), element)
        elif tag in _MARKS:
            self._mark(_MARKS[tag], f"<{_MARKS[tag]}>", element)

    def _start_block(self, tag: str, element: Element) -> None:
        self.in_paragraph = tag == "p"
        self.in_pre = self.in_pre or tag == "pre"
        self.heading = _HEADINGS.get(tag, self.heading)
        kind = _KINDS.get(tag) or _KINDS_WITHIN.get((tag, self.frames[-1].kind), "")
        if kind and (len(self.frames) < _MAX_FRAMES or kind == "caption"):
            self._open(kind, element)

    def _open(self, kind: str, element: Element) -> None:
        frame = _Frame(kind, element)
        self.frames.append(frame)
        if kind == "figure":
            self.pictures.figures.append(Figure())
        if kind not in _WITHOUT_TEXT:
            self.texts.append(frame)

    def _end(self, element: Element) -> None:
        tag = element.name
        if tag == "a" or tag in _MARKS:
            self._unmark(element)
        elif tag not in _INLINE and tag not in ("br", "img"):
            self._flush()
            self.in_paragraph = False
            self.in_pre = self.in_pre and tag != "pre"
            self.heading = 0 if tag in _HEADINGS else self.heading
        if self.frames[-1].owner is element:
            self._flush()
            self._close(tag)

    def _close(self, tag: str) -> None:
        frame = self.frames.pop()
        if frame is self.texts[-1]:
            self.texts.pop()
        outer = self.frames[-1]
        if frame.kind == "caption":
            self._caption(frame)
        elif frame.kind == "credit":
            self.pictures.credit(squeeze(_plain(" ".join(frame.parts))))
        elif frame.kind == "cite":
            outer.cite = squeeze(_plain(" ".join(frame.parts)))
        elif frame.kind == "figure":
            self._paragraph(escape(self.pictures.close_figure()))
        elif frame.kind == "quote" and frame.parts:
            inner = (part if _IS_BLOCK.match(part) else f"<p>{part}</p>" for part in frame.parts)
            self._block(f"<blockquote>{''.join(inner)}</blockquote>")
        elif frame.kind == "item":
            outer.parts.append(_joined(frame.parts))
        elif frame.kind == "list":
            self._list(frame, tag)
        elif frame.kind == "cell":
            outer.cells.append((tag, frame.parts))
        elif frame.kind == "row" and any(parts for _, parts in frame.cells):
            outer.rows.append(frame.cells)
        elif frame.kind == "table":
            self._table(frame)
        if len(self.texts) == 1:
            self._place_all(self.after_container)

    # -- text ---------------------------------------------------------------------------------------

    def _text(self, text: str) -> None:
        if not text:
            return
        text = clean(text)
        if self.in_pre:
            self.buffer.append(escape(text).replace("\n", "<br>"))
        else:
            self.buffer.append(escape(_SPACE.sub(_space, text)))

    def _break(self) -> None:
        loose = not self.in_paragraph and self.texts[-1].kind == "body"
        if self.after_paragraph or (loose and _ends_in_break(self.buffer)):
            self._flush()
        else:
            self.buffer.append("<br>")

    def _mark(self, tag: str, opening: str, owner: Element) -> None:
        """Opens emphasis or a link. Each kind is open once at most: bold inside bold adds nothing, and of
        nested links the outer one counts."""
        if all(mark != tag for mark, _, _ in self.marks):
            self.marks.append((tag, opening, owner))
            self.buffer.append(opening)

    def _unmark(self, owner: Element) -> None:
        """Closes what `owner` opened; marks opened inside it are closed and opened again after it."""
        for index, (_, _, opener) in enumerate(self.marks):
            if opener is owner:
                self.buffer += [f"</{mark}>" for mark, _, _ in reversed(self.marks[index:])]
                del self.marks[index]
                self.buffer += [opening for _, opening, _ in self.marks[index:]]
                return

    def _flush(self) -> None:
        """Ends the paragraph; emphasis and links that are still open continue in the next."""
        if self.buffer:
            closing = "".join(f"</{mark}>" for mark, _, _ in reversed(self.marks))
            inner = _tidy("".join(self.buffer) + closing)
            self.buffer = [opening for _, opening, _ in self.marks]
            self._paragraph(inner)
        self._place_all(self.after_paragraph)

    def _paragraph(self, inner: str) -> None:
        frame = self.texts[-1]
        if not inner:
            return
        if frame.kind != "body":
            frame.parts.append(inner)
        elif _IS_BLOCK.match(inner):
            self._block(inner)
        elif self.heading:
            if not repeats(inner, self.title):
                self._block(inner, heading=self.heading)
        elif not self.pictures.takes_line(squeeze(_plain(inner))) and not self._is_related(inner):
            self._block(f"<p>{inner}</p>")

    def _block(self, outer: str, *, heading: int = 0) -> None:
        """Adds a visible block, after which text is no longer adjacent to the last picture."""
        if len(self.texts) > 1:
            self.texts[-1].parts.append(outer)
            return
        self.pictures.text_follows()
        if heading:
            self.body.heading(heading, outer)
        else:
            self.body.block(outer)
        words = text_of(outer) if len(outer) < 200 else ""
        self.label_at = len(self.body.blocks) - 1 if is_label(words) else -1

    # -- pictures -----------------------------------------------------------------------------------

    def _show(self, mark: Mark | None) -> None:
        """Places a picture where it stands; inside a paragraph or container it is placed after that."""
        if mark is None:
            return
        if len(self.texts) > 1:
            self.after_container.append(mark)
        elif self.in_paragraph and _has_words(self.buffer) and not _ends_in_break(self.buffer):
            self.after_paragraph.append(mark)
        else:
            self._flush()
            self._place(mark)
            self.pictures.last = mark

    def _place(self, mark: Mark) -> None:
        self.body.blocks.append(f'<figure data-{mark[0]}="{mark[1]}"></figure>')

    def _place_all(self, marks: list[Mark]) -> None:
        for mark in marks:
            self._place(mark)
            self.pictures.last = mark
        marks.clear()

    def _noscript(self, element: Element) -> None:
        """Pictures that the page loads by script are found only here; they are added, and messages about
        scripts dropped."""
        for picture in element.find_all("img"):
            self._show(self.pictures.picture(picture, unseen_only=True))
        for frame in element.find_all("iframe"):
            self._show(self.pictures.embed("iframe", frame))

    def _caption(self, frame: _Frame) -> None:
        parts = frame.parts
        # A caption as long as this has no end tag in the file, and what follows its first part is the
        # article's text.
        if len(parts) > 3 and sum(map(len, parts)) > _LONGEST_CAPTION:
            parts = parts[:1]
        words = IMAGE_CAPTION_LABEL.sub("", squeeze(_plain(" ".join(parts))))
        taken = self.pictures.caption(words, frame.cite) if words or frame.cite else True
        if isinstance(taken, tuple):
            self._show(taken)
        for part in frame.parts[len(parts) :] if taken else frame.parts:
            self._paragraph(part)

    # -- related links, lists, tables -----------------------------------------------------------------

    def _is_related(self, inner: str) -> bool:
        found = only_link(inner) if self.label_at >= 0 else None
        if found:
            self._relate([found])
        return found is not None

    def _relate(self, found: list[tuple[str, str]]) -> None:
        """Moves links from the text to the related links; with the first one also removes the label before
        them."""
        for url, text in found:
            self.body.relate(url, text)
        if 0 <= self.label_at < len(self.body.blocks):
            del self.body.blocks[self.label_at]
            self.label_at = len(self.body.blocks)  # further links still belong to the removed label

    def _list(self, frame: _Frame, tag: str) -> None:
        items = [item for item in frame.parts if item]
        found = [only_link(item) for item in items]
        links = [link for link in found if link]
        if items and len(self.texts) == 1 and len(links) == len(items):
            labelled = self.label_at >= 0
            if labelled or all(self._is_same_outlet(url) for url, _ in links):
                self._relate(links)
                return
        if items:
            self._block(f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>")

    def _is_same_outlet(self, url: str) -> bool:
        mine = outlets.by_address(self.base)
        same_host = bool(self.base) and urls.host_of(url) == urls.host_of(self.base)
        return same_host or (mine is not None and outlets.by_address(url) is mine)

    def _table(self, frame: _Frame) -> None:
        if any(len(row) > 1 for row in frame.rows):
            rows = ("".join(f"<{tag}>{_joined(parts)}</{tag}>" for tag, parts in row) for row in frame.rows)
            self._block(f"<table><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>")
            return
        for row in frame.rows:  # a table of one column is layout
            for _, parts in row:
                for part in parts:
                    self._paragraph(part)


def _space(match: re.Match[str]) -> str:
    return "\n" if "\n" in match[0] else " "


def _tidy(inner: str) -> str:
    """Removes empty marks, and joins wrapped lines as a browser would display them."""
    count = 1
    while count:
        inner, count = _EMPTY_MARK.subn("", inner)
    if "\n" in inner:
        inner = _unwrapped(inner)
    return trim(inner.replace(" <br>", "<br>").replace("<br> ", "<br>"))


def _unwrapped(inner: str) -> str:
    """Line breaks of the source become a space, or nothing between two wide (Chinese) characters."""
    out: list[str] = []
    before = ""  # the last visible character
    at = -1  # index in `out` of a line break that is decided by the next character
    for token in _TOKEN.findall(inner):
        if token == "\n":
            if at < 0 and before:
                at = len(out)
                out.append("")
            continue
        if token == "<br>":
            at, before = -1, ""
        elif not token.startswith("<"):
            if at >= 0 and not (_WIDE.match(before) and _WIDE.match(token)):
                out[at] = " "
            at, before = -1, token[-1]
        out.append(token)
    return "".join(out)


def _joined(parts: list[str]) -> str:
    """The paragraphs of a cell or item, one per line; blocks among them stand on lines of their own."""
    out: list[str] = []
    for part in parts:
        if out and not _IS_BLOCK.match(part) and not _IS_BLOCK.match(out[-1]):
            out.append("<br>")
        out.append(part)
    return "".join(out)


def _plain(inner: str) -> str:
    return unescape(_TAG.sub("", inner.replace("<br>", " ")))


def _ends_in_break(buffer: list[str]) -> bool:
    """Whether the paragraph so far is empty or ends in a line break."""
    for part in reversed(buffer):
        if part == "<br>":
            return True
        if part.strip() and not part.startswith("<"):
            return False
    return True


def _has_words(buffer: list[str]) -> bool:
    return any(part.strip() and not part.startswith("<") for part in buffer)
