"""One record of a table, a list of JSON objects or a feed, with the mapping of its columns. An import of such
a file makes one of each record:

    {"newsarchive_record":1,"map":{"title":"headline"},
     "row":{"headline":"渡輪停航","content":"渡輪公司昨日…","time":"2021-11-17 15:05","source":"海港日報"}}

Columns that have none of the usual names and are not in the mapping are kept in `extra`.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import escape
from typing import Any

from newsarchive.errors import UnreadableFile
from newsarchive.importers.assembly import Draft, finish
from newsarchive.importers.fields import authors, column_names, dates, json_object, outlets, urls
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.fields.encoding import squeeze
from newsarchive.importers.html import dom, saved_page
from newsarchive.importers.html.body import Body
from newsarchive.importers.types import DateSource, ParsedArticle, SourceFile
from newsarchive.importers.webpage import byline
from newsarchive.messages import Message

name = "record"
version = 1

MARK = "newsarchive_record"
_BEGINS = re.compile(r'\s*\{\s*"newsarchive_record"\s*:')
_MARKUP = re.compile(
    r"<(?:p|br|div|figure|img|h[1-6]|ul|ol|blockquote|table|section|article)\b[^<>]*>", re.IGNORECASE
)
_BETWEEN = re.compile(r"\s*[,，;；、|｜]\s*")
_TEASER_END = re.compile(
    r"(?:\[?(?:…|\.{3}|&hellip;|&#8230;)\]?|[Rr]ead more|閱讀全文|阅读全文|繼續閱讀|继续阅读)\s*[»→>]*\s*$"
)
_OWN = (
    "captions",
    "is_teaser",
    "is_converted",
    "identity",
    "lost_characters",
)  # what our own readers of files of records say
_FIELD_OF_ARTICLE = {"date": "published", "author": "authors", "url": "source_url", "category": "categories"}
_LONGEST_EXTRA = 2_000  # characters of a value that no field takes


def matches(text: str) -> bool:
    return bool(_BEGINS.match(text))


def parse(source: SourceFile, text: str, agencies: Agencies) -> ParsedArticle:
    row, mapping = _read(text)
    values: dict[str, Any] = {}
    extra: dict[str, str] = {}
    origins: dict[str, str] = {}
    for column, value in row.items():
        field = column_names.field_of(column, mapping)
        if field and field not in values and value not in ("", None, []):
            values[field] = value
            origins[_FIELD_OF_ARTICLE.get(field, field)] = f"column: {column}"
        elif column not in _OWN and value not in ("", None, []):
            extra[column] = _said(value)[:_LONGEST_EXTRA]
    address = _said(values.get("url"))
    outlet = outlets.by_address(address) or outlets.by_name(squeeze(_said(values.get("outlet"))))
    outlet = outlet if outlet.name else outlets.of_unknown_site(address)
    title = outlets.without_site_name(squeeze(_text(_said(values.get("title")))), outlet)
    draft = Draft(name, title, outlet, Body(agencies), extra=extra)
    draft.origins.update(origins)
    draft.source_url = address if urls.absolute(address) else ""
    draft.archived_url = urls.wayback(_said(values.get("archived_url")) or address)[0]
    draft.tags, draft.categories = _list(values.get("tags")), _list(values.get("category"))
    _date(draft, _said(values.get("date")))
    people = values.get("author")
    draft.byline = "、".join(map(_said, people)) if isinstance(people, list) else squeeze(_said(people))
    draft.authors = authors.of_list(draft.byline, outlet.name) if draft.byline else ()
    _body(draft, row, values)
    if row.get("is_converted"):
        draft.problems.append(Message("text_converted"))
    if isinstance(lost := row.get("lost_characters"), int) and lost > 0:
        draft.problems.append(Message("characters_lost", n=lost))
    article = finish(draft)
    identity = row.get("identity")
    return replace(article, identity=identity) if isinstance(identity, str) and identity else article


def _read(text: str) -> tuple[dict[str, Any], dict[str, str]]:
    document = json_object.read(text)
    row, mapping = document.get("row"), document.get("map")
    if not isinstance(row, dict):
        raise UnreadableFile("record_no_object")
    return row, {str(k): str(v) for k, v in mapping.items()} if isinstance(mapping, dict) else {}


def _date(draft: Draft, said: str) -> None:
    if said.isdigit() and (at := dates.from_epoch(said)):
        said = at.isoformat(sep=" ", timespec="seconds")
    draft.published = dates.published(said, DateSource.FRONT_MATTER, zone=draft.outlet.zone) if said else None
    if said and draft.published is None:
        draft.date(byline.date_in(said) or said, DateSource.FRONT_MATTER)


def _body(draft: Draft, row: dict[str, Any], values: dict[str, Any]) -> None:
    said = _said(values.get("body"))
    markup = (
        said
        if _MARKUP.search(said)
        else "".join(f"<p>{escape(line)}</p>" for line in said.split("\n") if line.strip())
    )
    image = _said(values.get("image"))
    if urls.absolute(image) and image not in markup:
        caption = escape(_said(values.get("caption")))
        legend = f"<figcaption>{caption} <cite>{escape(_said(values.get('credit')))}</cite></figcaption>"
        markup = f'<figure><img src="{escape(image)}">{legend}</figure>{markup}'
    captions = row.get("captions")
    for address, caption in captions.items() if isinstance(captions, dict) else ():
        markup = _captioned(markup, str(address), _text(_said(caption)))
    saved_page.read(dom.parse(markup), draft, base=draft.source_url or draft.outlet.homepage)
    if row.get("is_teaser") or _TEASER_END.search(_text(said)[-60:]):
        draft.truncated = Message("text_is_teaser")


def _captioned(markup: str, address: str, caption: str) -> str:
    """The markup with the caption after the picture of this address, unless it has one."""
    bare = rf"(<img\b[^<>]*{re.escape(address)}[^<>]*>)(?!\s*(?:</a>)?\s*<figcaption)"
    return re.sub(bare, lambda match: f"{match[1]}<figcaption>{escape(caption)}</figcaption>", markup)


def _text(markup: str) -> str:
    return dom.text(dom.parse(markup)) if "<" in markup or "&" in markup else markup


def _said(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    return (
        ""
        if value is None
        else json.dumps(value, ensure_ascii=False)
        if isinstance(value, dict | list)
        else str(value)
    )


def _list(value: Any) -> tuple[str, ...]:
    parts = map(_said, value) if isinstance(value, list) else _BETWEEN.split(_said(value))
    return tuple(dict.fromkeys(filter(None, map(squeeze, parts))))
