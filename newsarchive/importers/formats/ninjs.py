"""News items in ninjs (IPTC's news in JSON), version 1 and 2, as agencies deliver them.

    {"uri": "https://agency.example/1", "type": "text", "versioncreated": "2021-11-17T07:05:00Z",
    "headline": "…",
     "byline": "…", "body_html": "<p>…</p>", "source": "…", "subject": [{"name": "…"}],
     "associations": {"main": {"type": "picture", "headline": "…", "description_text": "…", "byline": "…",
                               "renditions": {"web": {"href": "https://…", "width": 800}}}}}

In version 2 headlines, bodies, descriptions, renditions and associations are lists, whose items have a role
and a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from newsarchive.importers import json_object
from newsarchive.importers.assembly import Draft, finish
from newsarchive.importers.fields import authors, outlets, urls
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.html import dom, saved_page
from newsarchive.importers.html.body import Body
from newsarchive.importers.types import DateSource, ParsedArticle, SourceFile

name = "ninjs"
version = 1


def matches(text: str) -> bool:
    if text.lstrip()[:1] != "{" or '"uri"' not in text:
        return False
    is_body = any(key in text for key in ('"body_html"', '"body_text"', '"body_xhtml"', '"bodies"'))
    return is_body and ('"headline"' in text or '"headlines"' in text)


def parse(source: SourceFile, text: str, agencies: Agencies) -> ParsedArticle:
    item = json_object.read(text)
    address = next((url for key in ("url", "uri") if (url := urls.absolute(_text(item.get(key))))), "")
    said = _text(item.get("source")) or _text(item.get("provider")) or _named(item, "infosources")
    outlet = outlets.by_address(address) or outlets.by_name(said)
    draft = Draft(name, _text(item.get("headline")) or _of_role(item, "headlines"), outlet, Body(agencies))
    draft.source_url = address
    for key in (
        "firstcreated",
        "firstCreated",
        "contentcreated",
        "contentCreated",
        "versioncreated",
        "versionCreated",
    ):
        draft.date(_text(item.get(key)), DateSource.FRONT_MATTER)
    draft.byline = _text(item.get("byline")) or _of_role(item, "by")
    draft.authors = authors.of_list(draft.byline, outlet.name) if draft.byline else ()
    draft.tags = tuple(
        filter(None, (_text(subject.get("name")) for subject in _objects(item, "subject", "subjects")))
    )
    draft.extra = {"ninjs_uri": _text(item.get("uri"))} if not address else {}
    saved_page.read(dom.parse("".join(_markup(item))), draft, base=address)
    return finish(draft)


def _markup(item: dict[str, Any]) -> Iterator[str]:
    for associated in _objects(item, "associations"):
        if associated.get("type") in ("picture", "graphic"):
            yield _figure(associated)
    markup = _text(item.get("body_html")) or _text(item.get("body_xhtml")) or _of_role(item, "bodies")
    plain = markup or _text(item.get("body_text"))
    is_markup = "<p" in plain or "<br" in plain or "<div" in plain
    yield (
        plain
        if is_markup
        else "".join(f"<p>{escape(line)}</p>" for line in plain.split("\n") if line.strip())
    )


def _figure(picture: dict[str, Any]) -> str:
    renditions = [item for item in _objects(picture, "renditions") if _text(item.get("href"))]
    best = max(renditions, key=_width, default={})
    caption = (
        _text(picture.get("description_text"))
        or _of_role(picture, "descriptions")
        or _text(picture.get("headline"))
    )
    credit = (
        _text(picture.get("byline"))
        or _text(picture.get("copyrightholder"))
        or _text(picture.get("copyrightHolder"))
    )
    cite = f" <cite>{escape(credit)}</cite>" if credit else ""
    address = escape(_text(best.get("href")))
    return f'<figure><img src="{address}"><figcaption>{escape(caption)}{cite}</figcaption></figure>'


def _width(rendition: dict[str, Any]) -> int:
    width = rendition.get("width")
    return width if isinstance(width, int) else 0


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _objects(item: dict[str, Any], *keys: str) -> list[dict[str, Any]]:
    """The objects of a list, or the values of an object, at the first of the keys that has any."""
    for key in keys:
        found = item.get(key)
        values = list(found.values()) if isinstance(found, dict) else found if isinstance(found, list) else []
        if objects := [value for value in values if isinstance(value, dict)]:
            return objects
    return []


def _of_role(item: dict[str, Any], key: str) -> str:
    """The value of the main one of a list: of that without a role or with the role main or html, else of
    the first."""
    found = _objects(item, key)
    main = [value for value in found if value.get("role") in (None, "", "main", "html", "body")]
    return next((text for value in (*main, *found) if (text := _text(value.get("value")))), "")


def _named(item: dict[str, Any], key: str) -> str:
    return next((text for value in _objects(item, key) if (text := _text(value.get("name")))), "")
