"""Stories of the publishing system Arc XP (ANS), and 蘋果日報's own record of an article.

{"type": "story", "headlines": {"basic": "…"}, "display_date": "2021-06-22T11:40:02.123Z",
 "canonical_url": "/local/20210622/254ZTVTCS5EJ7NKU5VGEWLT67A/", "credits": {"by": [{"name": "…"}]},
 "content_elements": [
    {"type": "text", "content": "…"}, {"type": "header", "level": 2, "content": "…"},
    {"type": "image", "url": "…", "caption": "…", "credits": {"affiliation": [{"name": "…"}]}}]}

{"content": {
    "title": "…", "pubDate": "1624128762", "sharing": {"url": "…"}, "brandCategoryName": "要聞港聞",
    "contentBlocks": [{"subHead": "", "content": "…", "photos": [{"imagePathZoom": "…", "caption": "…"}]}]}}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from newsarchive.importers import json_object
from newsarchive.importers.assembly import Draft, finish
from newsarchive.importers.fields import authors, dates, outlets, urls
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.fields.encoding import squeeze
from newsarchive.importers.html import dom, saved_page
from newsarchive.importers.html.body import Body
from newsarchive.importers.types import (
    DateSource,
    ParsedArticle,
    ParsedAuthor,
    Precision,
    Published,
    SourceFile,
)

name = "arc_xp"
version = 1

_TAG = re.compile(r"<[^<>]*>")
_SITE = re.compile(r'"site_url"\s*:\s*"(https?://[^/"]+)')


def matches(text: str) -> bool:
    if text.lstrip()[:1] != "{":
        return False
    story = '"content_elements"' in text and '"headlines"' in text
    return story or ('"contentBlocks"' in text and '"pubDate"' in text)


def parse(source: SourceFile, text: str, agencies: Agencies) -> ParsedArticle:
    story = json_object.read(text)
    if "content_elements" not in story and isinstance(story.get("content"), dict):
        story = story["content"]
    is_record = "content_elements" not in story
    draft = _record(story, agencies) if is_record else _story(story, text, agencies)
    markup = "".join(_of_record(story) if is_record else _of_story(story))
    saved_page.read(dom.parse(markup), draft, base=draft.source_url)
    return finish(draft)


# -- a story ------------------------------------------------------------------------------------------


def _story(story: dict[str, Any], text: str, agencies: Agencies) -> Draft:
    address = _said(story, "canonical_url") or _said(story, "website_url")
    site = _SITE.search(text)
    address = urls.absolute(address, site[1] + "/" if site else "")
    outlet = outlets.by_address(address) or outlets.by_name(_said(story, "source", "name"))
    draft = Draft(name, _said(story, "headlines", "basic"), outlet, Body(agencies))
    draft.source_url = address
    for key in ("display_date", "first_publish_date", "publish_date", "created_date"):
        draft.date(_said(story, key), DateSource.FRONT_MATTER)
    draft.authors = tuple(ParsedAuthor(person) for person in _names(story.get("credits"), "by"))
    draft.byline = "、".join(author.name for author in draft.authors)
    taxonomy = _object(story, "taxonomy")
    draft.tags = tuple(filter(None, (_said(tag, "text") for tag in _items(taxonomy, "tags"))))
    draft.categories = tuple(filter(None, (_said(taxonomy, "primary_section", "name"),)))
    return draft


def _of_story(story: dict[str, Any]) -> Iterator[str]:
    lead = _object(story, "promo_items", "basic")
    elements = _items(story, "content_elements")
    if lead.get("type") == "image" and all(item.get("url") != lead.get("url") for item in elements):
        yield _figure(lead)
    for element in elements:
        yield _element(element)


def _element(element: dict[str, Any]) -> str:
    kind, content = element.get("type"), _said(element, "content")
    if kind == "text":
        return f"<p>{content}</p>"
    if kind == "header":
        return f"<h{_level(element)}>{content}</h{_level(element)}>"
    if kind == "image":
        return _figure(element)
    if kind == "gallery":
        return "".join(_figure(item) for item in _items(element, "content_elements"))
    if kind == "list":
        items = "".join(f"<li>{_said(item, 'content')}</li>" for item in _items(element, "items"))
        return f"<ol>{items}</ol>" if element.get("list_type") == "ordered" else f"<ul>{items}</ul>"
    if kind == "quote":
        inner = "".join(_element(item) for item in _items(element, "content_elements"))
        return f"<blockquote>{inner}</blockquote>"
    if kind == "video":
        address = _said(element, "canonical_url") or next(
            (_said(item, "url") for item in _items(element, "streams")), ""
        )
        title = escape(_said(element, "headlines", "basic"))
        return f'<iframe src="{escape(address)}" title="{title}"></iframe>'
    if kind == "oembed_response":
        address = _said(element, "raw_oembed", "url")
        return _said(element, "raw_oembed", "html") or f'<iframe src="{escape(address)}"></iframe>'
    return content if kind in ("raw_html", "table") else ""


def _level(element: dict[str, Any]) -> int:
    level = str(element.get("level") or "")
    return min(max(int(level), 2), 4) if level.isdigit() else 2


def _figure(image: dict[str, Any]) -> str:
    names = [*_names(image.get("credits"), "by"), *_names(image.get("credits"), "affiliation")]
    credit = f"<cite>{escape('、'.join(names))}</cite>" if names else ""
    caption = _said(image, "caption")
    legend = f"<figcaption>{caption} {credit}</figcaption>" if caption or credit else ""
    return f'<figure><img src="{escape(_said(image, "url"))}">{legend}</figure>'


def _names(credits: Any, kind: str) -> list[str]:
    people = _items(credits if isinstance(credits, dict) else {}, kind)
    return [squeeze(person) for item in people if (person := _said(item, "name") or _said(item, "byline"))]


# -- a record ------------------------------------------------------------------------------------------


def _record(record: dict[str, Any], agencies: Agencies) -> Draft:
    address = _said(record, "sharing", "url")
    outlet = outlets.by_address(address) or outlets.by_name(_said(record, "brandName"))
    title = squeeze(_TAG.sub(" ", _said(record, "title")))
    draft = Draft(name, title, outlet, Body(agencies), title_raw=_said(record, "title"))
    draft.source_url = address
    at = dates.from_epoch(_said(record, "pubDate")) or dates.from_epoch(_said(record, "displayTime"))
    if at is not None:
        local = at.astimezone(ZoneInfo(outlet.zone))
        draft.published = Published(local.date(), local, Precision.SECOND, DateSource.FRONT_MATTER)
    updated = dates.from_epoch(_said(record, "lastUpdate"))
    draft.updated_at = updated.replace(microsecond=0) if updated else None
    draft.byline = _said(record, "columnistName")
    draft.authors = authors.of_list(draft.byline, outlet.name) if draft.byline else ()
    draft.column = _said(record, "columnName") if not draft.authors else ""
    draft.tags = tuple(str(tag) for tag in record.get("tags") or () if isinstance(tag, str))
    draft.categories = tuple(filter(None, (_said(record, "brandCategoryName"),)))
    return draft


def _of_record(record: dict[str, Any]) -> Iterator[str]:
    intro = _said(record, "intro")
    yield from (_photo(photo) for photo in _items(record, "introPhotos"))
    if intro:
        yield f"<p>{intro}</p>"
    for block in _items(record, "contentBlocks"):
        if heading := _said(block, "subHead"):
            yield f"<h3>{heading}</h3>"
        yield f"<p>{_said(block, 'content')}</p>"
        yield from (_photo(photo) for photo in _items(block, "photos"))


def _photo(photo: dict[str, Any]) -> str:
    address = escape(_said(photo, "imagePathZoom") or _said(photo, "imagePath"))
    return f'<figure><img src="{address}"><figcaption>{_said(photo, "caption")}</figcaption></figure>'


# -- values ------------------------------------------------------------------------------------------


def _object(value: dict[str, Any], *keys: str) -> dict[str, Any]:
    for key in keys:
        inner = value.get(key)
        value = inner if isinstance(inner, dict) else {}
    return value


def _said(value: dict[str, Any], *keys: str) -> str:
    """The text at these keys; "" for anything else."""
    inner = _object(value, *keys[:-1]).get(keys[-1])
    return inner if isinstance(inner, str) else ""


def _items(value: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = value.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
