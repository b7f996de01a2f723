"""Saved HTML as an lxml tree, and the few questions that are asked of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from lxml import etree

from newsarchive.importers.fields.encoding import clean, squeeze

Element = etree._Element  # lxml names its one class so

_DOCUMENT_TAG = re.compile(r"</?(?:html|body|head)\b[^<>]*>|<!doctype\b[^<>]*>", re.IGNORECASE)
_RAW_TEXT = ("iframe", "textarea", "title", "xmp", "noembed", "noframes", "plaintext")
_TOO_DEEP = "Excessive depth"
_LINK = re.compile(r"<(/?)a(?=[\s/>])[^<>]*>", re.IGNORECASE)
_BLOCK = re.compile(
    r"</?(?:address|article|aside|blockquote|center|d[dlt]|div|figcaption|figure|footer|form|h[1-6]|header|hr|li|main"
    r"|nav|ol|p|pre|section|table|tbody|t[dhr]|tfoot|thead|ul)\b",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"</?(?!(?:p|br|img|h[1-6]|script|style|noscript)\b)[a-zA-Z][^<>]*>")


def parse(fragment: str) -> Element:
    """The <body> of a document around `fragment`. No text of it is lost, however broken the markup is."""
    fragment = _with_closed_links(_closed(_DOCUMENT_TAG.sub("", clean(fragment))))
    root, too_deep = _parse(fragment)
    if too_deep:  # no page is built so: what is left when containers go is paragraphs and pictures
        root, _ = _parse(_ANY_TAG.sub("\n", fragment))
    return root


def _parse(fragment: str) -> tuple[Element, bool]:
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, recover=True, huge_tree=True, no_network=True
    )
    document = f"<html><body>{fragment}</body></html>".encode("utf-8", "replace")
    root = etree.fromstring(document, parser)
    too_deep = any(_TOO_DEEP in entry.message for entry in parser.error_log)
    body = root.find("body") if root is not None else None
    if body is None:
        body = etree.Element("body")
    return body, too_deep


def _closed(fragment: str) -> str:
    """A comment or raw-text element that is never closed would take all the rest with it."""
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
    """A link that is never closed would take all the rest with it: it ends with the words of its own block.
    One around whole blocks that has its end is left as it is."""
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


def tokens(element: Element) -> set[str]:
    """The words of its class and id."""
    return set(f"{element.get('class') or ''} {element.get('id') or ''}".split())


def text(element: Element) -> str:
    """Its words on one line."""
    return squeeze(clean(all_text(element)))


def all_text(element: Element) -> str:
    return "".join(str(part) for part in element.itertext())


def tag(element: Element) -> str:
    return element.tag if isinstance(element.tag, str) else ""


def drop(element: Element) -> None:
    """Takes an element out and leaves the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    tail = clean(element.tail or "")  # an entity may stand for a character that lxml refuses to set
    before = element.getprevious()
    parent.remove(element)
    if before is not None:
        before.tail = clean(before.tail or "") + tail
    else:
        parent.text = clean(parent.text or "") + tail


def replace(element: Element, tag_name: str, **attributes: str) -> None:
    """Turns an element into an empty one of another kind, in its place."""
    tail = clean(element.tail or "")
    element.clear()
    element.tag, element.tail = tag_name, tail
    for name, value in attributes.items():
        element.set(name, value)


def inside(element: Element, *tags: str) -> Iterator[Element]:
    """Descendants of these kinds, as a list that may be changed while one goes through it."""
    yield from list(element.iter(*tags))


def attributes(element: Element) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in element.attrib.items()}
