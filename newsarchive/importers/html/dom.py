"""Saved HTML as a BeautifulSoup tree, with the queries and changes that the readers need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from newsarchive.importers.fields.encoding import clean, squeeze

Element = Tag
Node = PageElement  # an element, or the text between two

_DOCUMENT_TAG = re.compile(r"</?(?:html|body|head)\b[^<>]*>|<!doctype\b[^<>]*>", re.IGNORECASE)
_RAW_TEXT = ("iframe", "textarea", "title", "xmp", "noembed", "noframes", "plaintext")
_LINK = re.compile(r"<(/?)a(?=[\s/>])[^<>]*>", re.IGNORECASE)
_BLOCK = re.compile(
    r"</?(?:address|article|aside|blockquote|center|d[dlt]|div|figcaption|figure|footer|form|h[1-6]|header|hr|li|main"
    r"|nav|ol|p|pre|section|table|tbody|t[dhr]|tfoot|thead|ul)\b",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"</?(?!(?:p|br|img|h[1-6]|script|style|noscript)\b)[a-zA-Z][^<>]*>")
_CONTAINER_TAG = re.compile(r"<(/?)([a-z][a-z0-9:-]*)[^<>]*?(/?)>", re.IGNORECASE)
# Elements without an end tag, or ended by the next one of their kind: they don't nest.
_FLAT = frozenset({
    "p", "br", "img", "hr", "input", "meta", "link", "source", "track", "wbr", "area", "base", "col", "embed",
    "param", "li", "dt", "dd", "option", "tr", "td", "th",
})  # fmt: skip
# Nesting levels. libxml2 stops reading at 256 (xmlParserMaxDepth). List items and cells, which are not
# counted here, can double a depth. Beyond it container tags are removed before parsing.
_MOST_NESTED = 120


def parse(fragment: str) -> Element:
    """The <body> of a document made of `fragment`. No text is lost, however broken the markup is."""
    fragment = _with_closed_links(_closed(_DOCUMENT_TAG.sub("", clean(fragment))))
    if _is_too_deep(fragment):  # without the container tags, paragraphs and pictures remain
        fragment = _ANY_TAG.sub("\n", fragment)
    document = f"<html><body>{fragment}</body></html>".encode("utf-8", "replace")
    soup = BeautifulSoup(
        document,
        "lxml",
        from_encoding="utf-8",
        multi_valued_attributes=None,  # class as one string, as in the file
        string_containers={},  # the text of <rt> is ordinary text
    )
    body = soup.body if soup.body is not None else soup.new_tag("body")
    if "<!" in fragment or "<?" in fragment:
        for node in body.find_all(string=lambda text: isinstance(text, PreformattedString)):
            node.extract()
    body.smooth()
    return body


def _is_too_deep(fragment: str) -> bool:
    if fragment.count("<") <= _MOST_NESTED:
        return False
    is_open: dict[str, int] = {}
    depth = 0
    for end, name, empty in _CONTAINER_TAG.findall(fragment):
        name = name.lower()
        if name in _FLAT or empty:
            continue
        if not end:
            is_open[name] = is_open.get(name, 0) + 1
            depth += 1
        elif is_open.get(name):
            is_open[name] -= 1
            depth -= 1
        if depth > _MOST_NESTED:
            return True
    return False


def _closed(fragment: str) -> str:
    """Closes comments and raw-text elements without an end, which would swallow the rest of the page."""
    if fragment.rfind("<!--") > fragment.rfind("-->"):
        at = fragment.rfind("<!--")
        fragment = fragment[:at] + fragment[at + 4 :]
    lower = fragment.lower()
    for tag in _RAW_TEXT:
        at = lower.rfind(f"<{tag}")
        if at > lower.rfind(f"</{tag}"):
            end = fragment.find(">", at)
            fragment = fragment[:at] + fragment[end + 1 if end > 0 else at + len(tag) + 1 :]
            lower = fragment.lower()
    return fragment


def _with_closed_links(fragment: str) -> str:
    """Closes links without an end, which would swallow the rest of the page, at the end of their own block. A
    link around whole blocks that has its end tag is left as it is."""
    parts: list[str] = []
    done = 0
    links = [*_LINK.finditer(fragment), None]
    for link, following in pairwise(links):
        if link is None or link[1] or (following is not None and following[1]):
            continue
        limit = following.start() if following is not None else len(fragment)
        block = _BLOCK.search(fragment, link.end(), limit)
        end = block.start() if block else limit
        parts += [fragment[done:end], "</a>"]
        done = end
    return "".join((*parts, fragment[done:])) if parts else fragment


def get(element: Element, name: str) -> str:
    """The attribute's value; "" when it is missing."""
    return str(element.get(name) or "")


def tokens(element: Element) -> set[str]:
    """The words of its class and id."""
    return set(f"{get(element, 'class')} {get(element, 'id')}".split())


def text(element: Element) -> str:
    """Its text on one line."""
    return squeeze(clean(element.get_text()))


def children(element: Element) -> list[Element]:
    """Its child elements."""
    return element.find_all(True, recursive=False)


def elements(element: Element, *tags: str) -> list[Element]:
    """The element itself and its descendants of these tags, in document order. It is a list, so the tree may
    be changed while iterating."""
    itself = [element] if element.name in tags else []
    return [*itself, *element.find_all(tags)]


def has(element: Element, *tags: str) -> bool:
    return element.name in tags or element.find(tags) is not None


def text_before(element: Element) -> str:
    """Its text before the first child element."""
    first = element.contents[0] if element.contents else None
    return str(first) if isinstance(first, NavigableString) else ""


def text_after(element: Element) -> str:
    """The text between it and the next element."""
    after = element.next_sibling
    return str(after) if isinstance(after, NavigableString) else ""


def drop(element: Element) -> None:
    """Removes the element; the text after it stays. The element's own content can still be read."""
    element.extract()


def replace(element: Element, tag_name: str, **attributes: str) -> None:
    """Replaces the element by an empty one of another tag."""
    element.clear()
    element.name = tag_name
    element.attrs.clear()
    element.attrs.update(attributes)


def attributes(element: Element) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in element.attrs.items()}


def new(name: str) -> Element:
    """An empty element, to be inserted."""
    return Tag(name=name)


def words_of(node: Node) -> str:
    """Its text, as in the file."""
    return node.get_text() if isinstance(node, Tag) else str(node)


def nodes(element: Element) -> Iterator[Element | str]:
    """Its direct content in order: elements, and the text between them."""
    for node in element.contents:
        if isinstance(node, Tag):
            yield node
        elif isinstance(node, NavigableString):
            yield str(node)
