"""Captions that a page does not mark as such: the line under, beside or over a picture becomes a
<figcaption>.

A line is a caption when it looks different from the text (small, grey, centred, slanted), or reads like one
(▲, 图为, a credit at its end, the picture's own alt text).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from newsarchive.importers.fields import captions
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.fields.encoding import folded, squeeze

from . import tree, wording
from .tree import Element

_CAPTION = re.compile(
    r"caption|descr?\b|img[_-]?(?:desc|info|note|title|txt|text)|image[_-]?(?:desc|info|note)"
    r"|pic(?:ture)?[_-]?(?:desc|info|note|title|txt|text|con)|"
    r"photo[_-]?(?:desc|info|note|title|txt|text)|tushuo|tuzhu|zhushi|\bph_d\b|pictext|imgtext",
    re.IGNORECASE,
)
_POINTS = re.compile(r"^[▲▼△▽↑↓←→◎◆●■►▶]{1,3}\s*\S")
_POINTS_DOWN = re.compile(r"^[▼▽↓]\s*[^▲△↑\s]")
_POINTS_BOTH_WAYS = re.compile(r"^(?:[▼▽↓][▲△↑]|[▲△↑][▼▽↓])")
_READS_SO = re.compile(
    r"^[（(【\[]?(?:上|下|左|右|本|题|題|配|插|资料|資料|网络|網絡|網路|示意)?(?:[图圖]"
    r"|[图圖]片)(?:[一二三四五六七八九十\d]{1,2})?(?:[为為：:／/|｜]|说|說|注|註|源|自|片)|"
    r"^(?:资料|資料|配|示意)(?:图|圖|照)|^(?:Photo|Image|Picture|FILE)\b"
)
_STYLE = re.compile(
    r"(?:text-align\s*:\s*center)|(?:color\s*:\s*[^;]+)|(?:font-size\s*:\s*[^;]+)"
    r"|(?:font-style\s*:\s*italic)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[。！？!?…”」』）)]$")
_MOST_PICTURES = 300  # of one page, whose captions are looked for; more are decoration, or an attack
_PARAGRAPHS_LOOKED_AT = 1_000  # by which the usual style of a text is told; longer texts go on in it
_LONGEST = 200  # characters of a caption
_LONGEST_PLAIN = 120  # of one that only reads like a caption
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "center",
        "td",
        "span",
        "figure",
        "section",
        "li",
        "h3",
        "h4",
        "h5",
        "h6",
        "small",
        "font",
        "em",
        "b",
        "strong",
    }
)


def mark(article: Element, agencies: Agencies, title: str) -> None:
    """Changes the tree. Pictures in <figure> with a <figcaption> are left alone."""
    usual = _usual_style(article)
    half = len(tree.text(article)) / 2
    for image in [element for element in tree.elements(article) if element.tag == "img"][:_MOST_PICTURES]:
        if _has_caption(image, article):
            continue
        holder = _holder(image, article, half)
        line = _beside(image, holder, article) if tree.text(holder) else _following(holder, article)
        if line is not None and _is_caption(line, image, usual, agencies, title):
            _make(line)
            if _POINTS_BOTH_WAYS.match(tree.text(line)):
                _repeat(line, image, article)
        elif line is None or not _POINTS.match(tree.text(line)):
            _take_line_above(holder)


def _repeat(line: Element, image: Element, article: Element) -> None:
    """▼▲ is the caption of the picture below the line too."""
    images = [element for element in tree.elements(article) if element.tag == "img"]
    at = images.index(image) + 1
    if at < len(images) and not _has_caption(images[at], article):
        again = tree.new("figcaption")
        again.text = tree.allowed(tree.text(line))
        images[at].addnext(again)


def _take_line_above(holder: Element) -> None:
    """▼… above a picture is its caption."""
    line = holder.getprevious()
    while line is not None and not (isinstance(line.tag, str) and tree.text(line)):
        line = line.getprevious()
    if (
        line is not None
        and line.tag in _BLOCKS
        and _POINTS_DOWN.match(tree.text(line))
        and len(tree.text(line)) <= _LONGEST
    ):
        _make(line)
        holder.addnext(line)


def _has_caption(image: Element, article: Element) -> bool:
    for holder in image.iterancestors():
        if holder is article:
            return False
        if holder.tag == "figure":
            return holder.find(".//figcaption") is not None
    return False


def _holder(image: Element, article: Element, half: float) -> Element:
    """The largest element that holds the picture and no other text or picture; or the smallest block around
    it when text stands beside it there."""
    holder = image
    while (parent := holder.getparent()) is not None and parent is not article:
        if tree.text(parent) or len(parent.findall(".//img")) > 1:
            break
        holder = parent
    parent = holder.getparent()
    if parent is None or parent is article or len(parent.findall(".//img")) > 1:
        return holder
    words = len(tree.text(parent))
    is_box = words <= _LONGEST and words < half and len(_text_blocks(parent)) <= 1
    return parent if is_box else holder


def _text_blocks(box: Element) -> list[Element]:
    return [
        e
        for e in tree.elements(box)
        if e is not box and tree.is_block(e) and tree.text(e) and e.find(".//img") is None
    ]


def _beside(image: Element, holder: Element, article: Element) -> Element | None:
    """The text in the picture's own box, as one element."""
    if holder is image:
        return None
    marked = next(
        (
            e
            for e in tree.elements(holder)
            if e is not holder and tree.text(e) and _is_named(e) and e.find(".//img") is None
        ),
        None,
    )
    if marked is not None:
        return marked
    inner = image
    while inner.getparent() is not holder:
        inner = tree.parent_of(inner)
    following = list(_after(inner))
    loose = any((node.tail or "").strip() for node in (inner, *following))
    if loose and not any(tree.text(child) for child in following if tree.is_block(child)):
        return _wrapped(holder, inner)
    return next(
        (
            child
            for child in holder
            if child is not inner and tree.text(child) and child.find(".//img") is None
        ),
        None,
    )


def _after(element: Element) -> Iterator[Element]:
    node = element.getnext()
    while node is not None:
        if isinstance(node.tag, str):
            yield node
        node = node.getnext()


def _wrapped(holder: Element, inner: Element) -> Element:
    """Moves the loose text after the picture, with its inline elements, into a <span> of its own."""
    span = tree.new("span")
    span.text, inner.tail = tree.allowed(inner.tail), None
    for node in list(_after(inner)):
        span.append(node)
    holder.insert(holder.index(inner) + 1, span)
    return span


def _following(holder: Element, article: Element) -> Element | None:
    """The next block with text, when no other picture and no loose text stands before it."""
    node = holder
    while True:
        if (node.tail or "").strip():
            return _loose_line(node)
        following = node.getnext()
        while following is not None and not isinstance(following.tag, str):
            following = following.getnext()
        if following is None:
            parent = node.getparent()
            if parent is None or parent is article or tree.text(parent):
                return None
            node = parent
            continue
        if (
            following.tag == "img"
            or following.find(".//img") is not None
            or following.tag in ("iframe", "h1", "h2")
        ):
            return None
        if tree.text(following):
            return following if following.tag in _BLOCKS else None
        node = following


def _loose_line(node: Element) -> Element | None:
    """The loose text after `node` up to the next <br> or block as an element, if it is all that stands
    there."""
    parent = node.getparent()
    if parent is None or len((node.tail or "").strip()) > _LONGEST:
        return None
    following = node.getnext()
    if following is not None and following.tag not in ("br", "p", "div", "img", "center"):
        return None
    span = tree.new("span")
    span.text, node.tail = tree.allowed(node.tail), None
    parent.insert(parent.index(node) + 1, span)
    return span


def _is_caption(line: Element, image: Element, usual: str, agencies: Agencies, title: str) -> bool:
    words = tree.text(line)
    if not words or len(words) > _LONGEST or wording.is_never_text(words) or wording.is_end_note(words):
        return False
    if _is_named(line) or any(_is_named(child) for child in tree.elements(line)):
        return True
    alt = folded(image.get("alt") or "")
    if (
        len(alt) >= 4
        and alt != folded(title)
        and (alt == folded(words) or folded(words).startswith(alt.rstrip(".…")))
    ):
        return True
    if _POINTS.match(words) or (_READS_SO.match(words) and len(words) <= _LONGEST_PLAIN):
        return True
    if len(words) <= _LONGEST_PLAIN and captions.credit_of(words, agencies):
        return True
    return bool(_looks_different(line, usual)) and not _is_heading(line, words)


def _is_named(element: Element) -> bool:
    return element.tag in ("figcaption", "small") or bool(
        _CAPTION.search(f"{element.get('class') or ''} {element.get('id') or ''}")
    )


def _looks_different(line: Element, usual: str) -> bool:
    style = _style(line)
    if not style or style == usual:
        return False
    following = next((after for after in _after(line) if tree.text(after)), None)
    return following is None or _style(following) != style


def _is_heading(line: Element, words: str) -> bool:
    """Bold and without the end of a sentence: a heading under a picture."""
    bold = next(
        (
            e
            for e in tree.elements(line)
            if e.tag in ("b", "strong") and folded(tree.text(e)) == folded(words)
        ),
        None,
    )
    return line.tag in ("h3", "h4", "h5", "h6") or (
        bold is not None and len(words) <= 40 and not re.search(r"[。，]", words)
    )


def _usual_style(article: Element) -> str:
    """How most of the text is styled, by its first paragraphs."""
    lengths: dict[str, int] = {}
    paragraphs = (
        element
        for element in tree.elements(article)
        if element.tag in ("p", "div") and element.find(".//p") is None
    )
    for element in islice(paragraphs, _PARAGRAPHS_LOOKED_AT):
        if size := len(tree.text(element)):
            style = _style(element)
            lengths[style] = lengths.get(style, 0) + size
    return max(lengths, key=lengths.__getitem__, default="")


def _style(element: Element) -> str:
    """Alignment, colour, size and slant of a whole line, as the page writes them."""
    words = folded(tree.text(element))
    found = []
    for part in tree.elements(element):
        if folded(tree.text(part)) != words:
            continue
        found += [squeeze(rule).lower() for rule in _STYLE.findall(part.get("style") or "")]
        if part.get("align") == "center" or part.tag == "center":
            found.append("text-align: center")
        if part.tag in ("em", "i"):
            found.append("font-style: italic")
        if part.get("size") in ("1", "2", "-1", "-2"):
            found.append("font-size: small")
    return ";".join(sorted(set(found)))


def _make(line: Element) -> None:
    """Turns the line into a <figcaption>. Inside of an inline element it would not be read as a block."""
    line.tag = "figcaption"
    for name in list(line.attrib):
        del line.attrib[name]
    parent = line.getparent()
    while parent is not None and not tree.is_block(parent):
        parent.tag = "div"
        parent = parent.getparent()
