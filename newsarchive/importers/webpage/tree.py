"""A whole page as an lxml tree: parsing, and the questions that the other modules ask of an element.

Whole pages are read by lxml itself and not through BeautifulSoup, which takes ten times as long; the part
that is the article, usually a tenth of the page, is read by `importers.html`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

import lxml.etree

from newsarchive.importers.fields.encoding import clean, squeeze

Element = lxml.etree._Element

INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span",
    "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "br", "img", "picture", "source",
})  # fmt: skip
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_WORD = re.compile(r"[a-z]+|[0-9]+", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def parse(text: str) -> Element | None:
    """The <html> element; None when there is nothing in it. Comments are kept."""
    parser = lxml.etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True)
    if "<?xml" in text:
        text = _XML_DECLARATION.sub("", text, count=1)
    data = text.encode("utf-8", "replace")
    root = _parsed(data, parser)
    if root is not None and _TOO_DEEP(root):  # only paragraphs and pictures remain
        root = _parsed(_CONTAINERS.sub(b"\n", data), parser)
    return root


def _parsed(data: bytes, parser: lxml.etree.HTMLParser) -> Element | None:
    try:
        return lxml.etree.fromstring(data, parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError):
        return None


# Real pages are nested some 60 levels deep at most; what every element asks of its ancestors and
# descendants would take
# too long in deeper ones.
_TOO_DEEP = lxml.etree.XPath("boolean(//*[count(ancestor::*) > 150])")
_CONTAINERS = re.compile(
    rb"</?(?!(?:html|head|body|title|meta|link|script|style|p|br|img|h[1-6]"
    rb"|a)\b)[a-zA-Z][^<>]*>",
    re.IGNORECASE,
)


def elements(root: Element) -> Iterator[Element]:
    """The element and its descendants in document order, without comments. The tree must not be changed
    meanwhile."""
    return root.iter(lxml.etree.Element)


def select(root: Element, path: str) -> list[Element]:
    """The elements that an XPath expression selects."""
    return cast(list[Element], root.xpath(path))


def parent_of(element: Element) -> Element:
    """The parent of an element that has one."""
    parent = element.getparent()
    assert parent is not None
    return parent


def comments(root: Element) -> Iterator[str]:
    """The comments of the document, those before <html> too."""
    before = list(root.itersiblings(preceding=True))
    for node in (*reversed(before), *root.iter(lxml.etree.Comment)):
        if isinstance(node, lxml.etree._Comment) and node.text:
            yield node.text


def words(element: Element) -> frozenset[str]:
    """The words of its class and id in lower case, taken apart at hyphens and capitals: related-news and
    relatedNews are related, news. Utility classes (print:hidden, w-[50%]) are no names."""
    return _words_of(f"{element.get('class') or ''} {element.get('id') or ''}")


@lru_cache(maxsize=4096)  # a page has some hundred different names on some thousand elements
def _words_of(said: str) -> frozenset[str]:
    names = (name for name in said.split() if ":" not in name and "[" not in name)
    return frozenset(word.lower() for word in _WORD.findall(_CAMEL.sub(" ", " ".join(names))))


def text(element: Element) -> str:
    """Its text on one line, without that of scripts and styles."""
    line = " ".join("".join(texts(element)).split())
    # Every character that `clean` removes is unprintable.
    return line if line.isprintable() else squeeze(clean(line))


def texts(element: Element) -> list[str]:
    """The strings in it, without those of scripts and styles."""
    return cast(list[str], _TEXTS(element))


_TEXTS = lxml.etree.XPath(
    # One step along one axis: libxml2 merges the results of several steps in quadratic time.
    "descendant::text()[not(parent::script or parent::style or parent::noscript or parent::template)]",
    smart_strings=False,
)


def is_hidden(element: Element) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def is_block(element: Element) -> bool:
    return element.tag not in INLINE


def new(tag: str) -> Element:
    return lxml.etree.Element(tag)


def allowed(text: str | None) -> str:
    """Text that may be put into a tree: pages can hold characters, above all by references such as &#1;,
    that lxml reads but doesn't take back."""
    return _NOT_XML.sub("", text or "")


def drop(element: Element) -> None:
    """Removes the element from its tree; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = allowed((parent.text or "") + element.tail)
        else:
            before.tail = allowed((before.tail or "") + element.tail)
    parent.remove(element)


def html(element: Element) -> str:
    return str(lxml.etree.tostring(element, encoding="unicode", method="html", with_tail=False))
