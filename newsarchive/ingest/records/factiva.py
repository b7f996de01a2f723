"""Exports of Factiva as XML: each article is a record.

<ppsarticle><article><accessionNo>TEST0000020120109e51700030</accessionNo>
  <headline><paragraph>…</paragraph></headline><byline>…</byline>
  <leadParagraph><paragraph>…</paragraph></leadParagraph><tailParagraphs><paragraph>…</paragraph></tailParagraphs>
  <publicationDate><dateTime>2012-01-09T01:35:58Z</dateTime></publicationDate>
  <sourceName>…</sourceName><newsSubject><name>…</name></newsSubject></article></ppsarticle>
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from newsarchive.errors import UnreadableFile
from newsarchive.importers.fields.encoding import squeeze
from newsarchive.ingest.containers.limits import Limits
from newsarchive.messages import Message

_BEGINS: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|PPSResponse|ppsArticle|distDoc"
    rb"|article)\b",
    re.IGNORECASE,
)
_FACTIVA: Final = re.compile(rb"factiva\.com|<accessionNo>", re.IGNORECASE)
_ENTITY: Final = re.compile(rb"<!(?:ENTITY|DOCTYPE)\b", re.IGNORECASE)
_TEXTS: Final = ("leadParagraph", "tailParagraphs")
_SUBJECTS: Final = ("newsSubject", "industry", "region", "company")


def matches(head: bytes) -> bool:
    return bool(_BEGINS.match(head)) and bool(_FACTIVA.search(head)) and b"<ppsarticle" in head.lower()


def rows(path: Path, limits: Limits) -> Iterator[dict[str, Any] | Message]:
    """Raises UnreadableFile at damage, after the articles before it. Entities of its own are refused: an
    XML bomb is made of them."""
    with path.open("rb") as file:
        if _ENTITY.search(file.read(64 * 1024)):
            raise UnreadableFile("feed_with_entities")
    seen = 0
    try:
        for _, element in ElementTree.iterparse(path):
            if _name(element) == "article":
                seen += 1
                yield _row(element)
                element.clear()
    except ElementTree.ParseError as exc:
        raise UnreadableFile("feed_damaged", n=seen, detail=str(exc)) from exc


def _row(article: ElementTree.Element) -> dict[str, Any]:
    number = _said(article, "accessionNo")
    paragraphs = [
        squeeze("".join(paragraph.itertext()))
        for part in article
        if _name(part) in _TEXTS
        for paragraph in part
    ]
    return {
        "title": _said(article, "headline"),
        "author": _said(article, "byline"),
        "outlet": _said(article, "sourceName"),
        "date": _said(article, "publicationDate"),
        "category": _said(article, "sectionName"),
        "tags": [_said(part, "name") for part in article if _name(part) in _SUBJECTS if _said(part, "name")],
        "body": "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs if paragraph),
        "words": _said(article, "wordCount"),
        "rights": _said(article, "copyright"),
        "identity": f"factiva:{number}" if number else "",
    }


def _said(element: ElementTree.Element, name: str) -> str:
    found = next((child for child in element if _name(child) == name), None)
    return squeeze(" ".join(found.itertext())) if found is not None else ""


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
