"""What a page says about its article for machines: JSON-LD (schema.org), OpenGraph, Dublin Core and other
<meta>."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from newsarchive.importers.fields import urls
from newsarchive.importers.fields.encoding import squeeze, title_line

from . import tree
from .tree import Element

_ARTICLE_TYPES = re.compile(
    r"(?:News|Report|Blog|Opinion|Analysis|Review|Scholarly|Social|LiveBlog|Tech)?\w*(?:Article|Posting)$"
)
_DATES = (  # names of <meta>, best first; compared in lower case
    "article:published_time", "datepublished", "pubdate", "publishdate", "publish_date", "publish-date",
    "og:release_date", "og:published_time", "og:pubdate", "dc.date.issued", "dcterms.created",
    "dcterms.issued", "parsely-pub-date", "sailthru.date", "apub:time", "bytedance:published_time",
    "weibo: article:create_at", "weibo:article:create_at", "publication_date", "displaydate",
    "firstpublishedtime", "dc.date", "date", "date.available", "created",
)  # fmt: skip
_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time", "last-modified", "lastmod")
_AUTHORS = (
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "creator",
)
_SITES = ("og:site_name", "application-name", "dc.publisher", "publisher")
_TAGS = ("article:tag", "news_keywords", "parsely-tags", "sailthru.tags")
_SECTIONS = ("article:section", "section", "parsely-section")
_WOMBAT = re.compile(r"wombat\w*\(\s*[\"'](https?://[^\"'<>\s]+)[\"']\s*,\s*[\"'](\d{14})")
_SHARED = re.compile(
    r"(?:bdUrl|share_?[uU]rl|page_?[uU]rl|article_?[uU]rl|doc_?[uU]rl"
    r"|news_?[uU]rl)[\"']?\s*[:=]\s*[\"'](https?://[^\"'<>\s]{10,500})[\"']"
)
_BETWEEN_TAGS = re.compile(r"\s*[,，;；、|]\s*")
_ADDRESS_COMMENT = re.compile(r"\s*(?:saved from url=\(\d+\)\s*)?(https?://[^\s<>\"]+)\s*$")
_SHORTEST_NAME = 8  # characters; a shorter file name is not the article's alone
_DEEPEST = 8  # levels of a JSON-LD document that are searched
_LONGEST_JSON = 4_000_000  # characters; a longer script is no description of one article


@dataclass(slots=True)
class Metadata:
    """Values as the page has them, best first; empty when it has none."""

    titles: list[str] = field(default_factory=list)
    page_title: str = ""  # of <title>, with the site's name
    published: list[str] = field(default_factory=list)
    modified: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)  # for search engines; no tags, many are of the site
    sections: list[str] = field(default_factory=list)
    text: str = ""  # the whole text, of pages that a script would have filled
    description: str = ""


def read(root: Element) -> Metadata:
    found = Metadata()
    for node in _articles(root):
        _of_json(found, node)
    meta = _metas(root)
    found.titles += _of(meta, ("og:title", "twitter:title", "articletitle", "title", "dc.title"))
    found.published += _of(meta, _DATES)
    found.modified += _of(meta, _MODIFIED)
    found.authors += [value for value in _of(meta, _AUTHORS) if not value.startswith("http")]
    found.sites += _of(meta, _SITES)
    found.images += _of(meta, ("og:image", "twitter:image", "twitter:image:src"))
    found.tags += [tag for value in _of(meta, _TAGS) for tag in _BETWEEN_TAGS.split(value) if tag]
    found.keywords = [word for value in _of(meta, ("keywords",)) for word in _BETWEEN_TAGS.split(value)]
    found.sections += _of(meta, _SECTIONS)
    found.description = next(iter(_of(meta, ("og:description", "description", "twitter:description"))), "")
    captured = _wayback(root)
    canonical = [
        *captured,
        *(str(link.get("href") or "") for link in tree.select(root, "//link[@rel='canonical'][@href]")),
    ]
    found.addresses = [
        *canonical,
        *_of(meta, ("og:url", "url")),
        *found.addresses,
        *_in_comments(root),
        *_shared(root),
    ]
    _complete(found, root)
    title = root.find(".//title")
    found.page_title = title_line(tree.text(title)) if title is not None else ""
    return found


def address(found: Metadata) -> str:
    """The article's own address; "" when the page tells only that of a front page or section, or none."""
    for candidate in found.addresses:
        candidate = candidate.strip()
        if urls.absolute(candidate) and not urls.is_listing(candidate):
            return candidate
    return ""


def _in_comments(root: Element) -> list[str]:
    """Addresses that browsers and other programs write above the page: saved from url=(0028)https://…"""
    found = []
    for number, comment in enumerate(tree.comments(root)):
        if number >= 5:
            break
        if match := _ADDRESS_COMMENT.match(comment):
            found.append(match[1])
    return found


def _complete(found: Metadata, root: Element) -> None:
    """A relative address (./t20190918_693227.shtml) is completed from another place on the page that has it
    in full."""
    names = [
        address.rpartition("/")[2]
        for address in found.addresses
        if not urls.absolute(address) and "/" in address
    ]
    name = next((name for name in names if len(name) >= _SHORTEST_NAME), "")
    if not name:
        return
    pattern = re.compile(r"https?://[^\s\"'<>=?]+/" + re.escape(name) + r"(?=[\"'<\s?#]|$)")
    for script in root.iter("script", "a", "img"):
        for text in (script.text or "", script.get("href") or "", script.get("src") or ""):
            if match := pattern.search(text):
                found.addresses.append(match[0])
                return


def _wayback(root: Element) -> list[str]:
    """The Wayback Machine's address of a page that it served, from the script that it adds."""
    for script in root.iter("script"):
        if match := _WOMBAT.search((script.text or "")[:5_000]):
            return [f"https://web.archive.org/web/{match[2]}/{match[1]}"]
    return []


def _shared(root: Element) -> list[str]:
    """The address that the page's own share buttons pass on."""
    texts = (script.text or "" for script in root.iter("script"))
    return [match[1] for text in texts for match in _SHARED.finditer(text[:200_000])][:3]


def _metas(root: Element) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        value = squeeze(meta.get("content") or "")
        if name and value:
            values.setdefault(name.strip().lower(), []).append(value)
    return values


def _of(meta: dict[str, list[str]], names: tuple[str, ...]) -> list[str]:
    return [value for name in names for value in meta.get(name, ())]


# -- JSON-LD
# ---------------------------------------------------------------------------------------------------


def _articles(root: Element) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "") or not script.text or len(script.text) > _LONGEST_JSON:
            continue
        text = _AROUND_JSON.sub("", script.text).strip().rstrip(";")
        try:
            document = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            document = _salvaged(text)
        found += [node for node in _nodes(document, 0) if _is_article(node)]
    return found


_AROUND_JSON = re.compile(r"^\s*(?://)?\s*(?:<!--|<!\[CDATA\[)|(?://)?\s*(?:-->|\]\]>)\s*$")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_JSON_STRING = r'"((?:\\.|[^\\\n]){1,500}?)"(?=\s*[,}\]])'
_SALVAGED = {
    key: re.compile(rf'"{key}"\s*:\s*{_JSON_STRING}')
    for key in ("headline", "datePublished", "dateModified", "url")
}
_SALVAGED_AUTHOR = re.compile(rf'"author"\s*:\s*[\[{{][^}}]{{0,300}}?"name"\s*:\s*{_JSON_STRING}')


def _salvaged(text: str) -> object:
    """What can be told of a document that is no JSON: commas before brackets, unescaped quotation marks in
    one of its strings. Its single values are then read by their names."""
    try:
        return json.loads(_TRAILING_COMMA.sub(r"\1", text), strict=False)
    except (ValueError, RecursionError):
        pass
    if not re.search(r'"@type"\s*:\s*\[?\s*"\w*(?:Article|Posting)"', text):
        return None
    node: dict[str, object] = {"@type": "NewsArticle"}
    for key, pattern in (*_SALVAGED.items(), ("author", _SALVAGED_AUTHOR)):
        if match := pattern.search(text):
            node[key] = match[1].replace('\\"', '"').replace("\\/", "/")
    return node


def _nodes(value: object, depth: int) -> Iterator[dict[str, object]]:
    """All objects in @graph, lists and mainEntity, the document's own first."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value[:50]:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _nodes(value.get(key), depth + 1)


def _is_article(node: dict[str, object]) -> bool:
    kinds = node.get("@type")
    return any(
        isinstance(kind, str) and _ARTICLE_TYPES.match(kind)
        for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _of_json(found: Metadata, node: dict[str, object]) -> None:
    found.titles += _texts(node.get("headline")) or _texts(node.get("name"))
    found.published += _texts(node.get("datePublished")) or _texts(node.get("dateCreated"))
    found.modified += _texts(node.get("dateModified"))
    found.authors += _persons(node.get("author")) or _persons(node.get("creator"))
    found.sites += _texts(node.get("publisher"))
    found.images += _texts(node.get("image"), "url", "contentUrl")
    found.addresses += _texts(node.get("mainEntityOfPage"), "@id", "url") + _texts(node.get("url"))
    found.tags += [tag for value in _texts(node.get("keywords")) for tag in _BETWEEN_TAGS.split(value) if tag]
    found.sections += _texts(node.get("articleSection"))
    body = node.get("articleBody")
    if isinstance(body, str) and len(body) > len(found.text):
        found.text = body


def _persons(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return _texts(
        [item for item in items if not (isinstance(item, dict) and item.get("@type") == "Organization")]
    )


def _texts(value: object, *keys: str) -> list[str]:
    """The strings in a value: itself, those of a list, or of an object its `keys` (by default its name)."""
    if isinstance(value, str):
        return [squeeze(value)] if value.strip() else []
    if isinstance(value, list):
        return [text for item in value[:50] if not isinstance(item, list) for text in _texts(item, *keys)]
    if isinstance(value, dict):
        for key in keys or ("name",):
            if isinstance(inner := value.get(key), str | list):
                return _texts(inner)
    return []
