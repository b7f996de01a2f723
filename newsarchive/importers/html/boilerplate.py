"""Removes the parts of a saved page that are not the article, recognised by structure and class; some are
kept aside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from newsarchive.importers.fields import urls

from . import dom
from .dom import Element

_DROPPED = frozenset({
    "addtoany_share_save_container", "addtoany_content", "addtoany_share_save", "sharedaddy",
    "sd-sharing-enabled", "jetpack-likes-widget-wrapper", "service-links", "comment-wrapper",
    "comments", "comments-area", "comment-list", "respond", "entry-meta", "entry-footer",
    "entry-author-wrapper", "element-invisible", "element-hidden", "rdf-meta", "screen-reader-text",
    "sharing-screen-reader-text", "submitted", "social-share", "share-buttons", "post-navigation",
    "t-copyright", "advertisement", "adsbygoogle", "dotcom-ad", "dotcom-mpu", "recommend_bottom",
    "article_bottom", "zoomattribute", "feedflare", "bottomBox", "field-name-author",
    "field-name-service-links-displays-group", "page-title", "newsletter-signup", "cookie-banner",
})  # fmt: skip
_RELATED = frozenset({
    "moreArticle", "related", "related-posts", "relatedposts", "jp-relatedposts", "yarpp-related",
})  # fmt: skip
_TAGS = frozenset({
    "articlekeywordGroup", "post-tags", "tag-links", "tags-links", "article-tags",
})  # fmt: skip
_SKIPPED_REGIONS = re.compile(
    r"podcast-promo|recommendations|related-content|top-stories|most-read|广告|廣告"
)
_FEED_FOOTER = re.compile(
    r"Feed enhanced by|get_post_time\(|\bPermalink\b.{0,200}\b(?:No comment|comments?)\b", re.DOTALL
)
_COPYRIGHT = re.compile(r"(?:©|&copy;|\(c\)|Copyright\b|版权所有|版權所有)", re.IGNORECASE)


# How many elements that enclose the whole article may have a boilerplate class without being removed.
_WHOLE_PAGES = 20
_SKIP_LINKS = 50


@dataclass(slots=True)
class Aside:
    """What was removed from the page and is still of use."""

    tags: list[str] = field(default_factory=list)
    related: list[tuple[str, str]] = field(default_factory=list)  # (address as found, text)
    author: str = ""


def take_out(root: Element) -> Aside:
    aside = Aside()
    _note_author(root, aside)
    length = _length(root)
    whole_pages = 0
    for element in root.find_all(True):
        if element.name in ("section", "div", "aside", "nav") and _is_skipped_region(element):
            aside.related += _links(element)
            dom.drop(element)
            continue
        kind = _kind(element)
        if not kind:
            continue
        if whole_pages < _WHOLE_PAGES and _is_whole_page(element, length):
            whole_pages += 1
            continue
        if kind == "tags":
            aside.tags += [text.lstrip("#＃ ") for _, text in _links(element)]
        elif kind == "related":
            aside.related += _links(element)
        dom.drop(element)
    _drop_skip_links(root)
    _drop_footers(root, aside)
    return aside


def _kind(element: Element) -> str:
    if not (dom.get(element, "class") or dom.get(element, "id")):
        return ""
    words = dom.tokens(element)
    if not _TAGS.isdisjoint(words):
        return "tags"
    if not _RELATED.isdisjoint(words):
        return "related"
    return "dropped" if not _DROPPED.isdisjoint(words) or {"links", "inline"} <= words else ""


def _is_whole_page(element: Element, length: int) -> bool:
    """Whether the element holds most of the page's text: then it is no boilerplate, even if its class is
    "related"."""
    return element.name in ("article", "main") or (length > 2_000 and _length(element) * 2 > length)


def _length(element: Element) -> int:
    return len(element.get_text())


def _is_skipped_region(element: Element) -> bool:
    if dom.get(element, "data-e2e") == "advertisement":
        return True
    if dom.get(element, "role") != "region":
        return False
    label = f"{dom.get(element, 'aria-labelledby')} {dom.get(element, 'aria-label')}"
    return bool(_SKIPPED_REGIONS.search(label))


def _links(element: Element) -> list[tuple[str, str]]:
    return [(dom.get(link, "href"), dom.text(link)) for link in dom.elements(element, "a") if dom.text(link)]


def _note_author(root: Element, aside: Aside) -> None:
    for link in root.find_all("a"):
        if "author" in dom.get(link, "rel").split() and not aside.author:
            aside.author = dom.text(link)


def _drop_skip_links(root: Element) -> None:
    """Removes what stands between a skip link (跳过 … 结尾) and its target, except for an embed in it."""
    ids = {dom.get(element, "id") for element in root.find_all(id=True)}
    skips = [link for link in root.find_all("a") if dom.get(link, "href").startswith("#end-of")]
    for link in skips[:_SKIP_LINKS]:
        href = dom.get(link, "href")
        if href[1:] not in ids:
            dom.drop(link)
            continue
        box = link.parent
        while box is not None and dom.get(box, "id") != href[1:] and box.find(id=href[1:]) is None:
            box = box.parent
        if box is None or box is root or box.name in ("main", "html"):
            dom.drop(link)
            continue
        holder = box if box.get("data-e2e") else box.find_parent(attrs={"data-e2e": True})
        if holder is None or "-embed-" not in dom.get(holder, "data-e2e"):
            dom.drop(box)


def _drop_footers(root: Element, aside: Aside) -> None:
    """Removes lines in small type at the end, which feeds and copyright holders append."""
    for paragraph in reversed(root.find_all("p")[-6:]):
        words = dom.text(paragraph)
        tags = [link for link in paragraph.find_all("a") if "tag" in dom.get(link, "rel").split()]
        small = (
            paragraph.find("small", recursive=False) is not None and not dom.text_before(paragraph).strip()
        )
        if (small and (tags or _COPYRIGHT.match(words))) or _FEED_FOOTER.search(words):
            aside.tags += [dom.text(link) for link in tags]
            dom.drop(paragraph)
        elif _COPYRIGHT.match(words) and len(words) < 60:
            dom.drop(paragraph)
        elif len(words) > 0 and not small:
            break


def related(aside: Aside, base: str) -> list[tuple[str, str]]:
    """(address, text) of the related links that have a usable address."""
    found = ((urls.absolute(href, base), text) for href, text in aside.related)
    return [(url, text) for url, text in found if url]
