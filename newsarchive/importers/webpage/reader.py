"""A saved page as a Draft: title, date, writers, outlet and address as the page tells them, and the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

from newsarchive.errors import UnreadableFile
from newsarchive.importers.assembly import Draft
from newsarchive.importers.fields import authors as known_authors
from newsarchive.importers.fields import dates, outlets, urls
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.fields.encoding import squeeze
from newsarchive.importers.fields.outlets import Outlet
from newsarchive.importers.html import dom, saved_page
from newsarchive.importers.html.body import Body
from newsarchive.importers.html.safe_subset import escape, plain_text
from newsarchive.importers.types import DateSource, ParsedAuthor
from newsarchive.messages import Message

from . import (
    byline,
    byline_list,
    captions,
    content,
    lead,
    lines,
    lost_pictures,
    metadata,
    pieces,
    surroundings,
    tree,
    trimming,
    wording,
)
from . import title as titles
from .boilerplate import Judge
from .metadata import Metadata
from .surroundings import Surroundings
from .tree import Element


def read(format_name: str, text: str, agencies: Agencies, *, address: str = "") -> Draft:
    """`address`: where the page was saved from, when the file says so outside of the page. Raises
    UnreadableFile for a page without an element."""
    root = tree.parse(text)
    if root is None:
        raise UnreadableFile("page_is_empty")
    said = metadata.read(root)
    judge = Judge(root, said.page_title or (said.titles[0] if said.titles else ""))
    article = content.article_of(root, judge)
    title, heading = titles.find(root, said, article)
    url, archived = _address(said, address)
    outlet = _outlet(said, url, title)
    draft = Draft(
        format_name,
        outlets.without_site_name(title, outlet),
        outlet,
        Body(agencies),
        title_raw=said.page_title,
    )
    draft.source_url = url
    draft.archived_url, draft.captured_at = urls.wayback(archived)
    draft.tags, draft.categories = tuple(dict.fromkeys(said.tags)), tuple(dict.fromkeys(said.sections[:1]))
    around = surroundings.read(heading, article) if article is not None else Surroundings([], [], [], [], [])
    removed: list[str] = []
    listed: list[str] = []
    if article is not None:
        removed, listed = _body(root, heading, article, judge, draft, said)
    _text_of_metadata(draft, said)
    draft.dropped += removed
    draft.origins["title"] = "page: heading" if heading is not None else "page: metadata"
    draft.origins["source_url"] = "page: metadata" if url and url != address else "where it was saved from"
    if any(map(wording.is_paywall, removed)):
        draft.truncated = Message("text_ends_at_paywall")
    _dates(draft, said, around, removed)
    _writers(draft, said, around, removed, listed)
    return draft


def _address(said: Metadata, given: str) -> tuple[str, str]:
    """(the article's own address, the web archive's address of this copy or "")."""
    own = metadata.address(said)
    given = given if urls.absolute(given) else ""
    best = given if given and (not own or urls.is_listing(own)) else own or given
    archived = next((address for address in (given, own) if urls.wayback(address)[0]), "")
    return (urls.unwrap(best) if urls.wayback(best)[0] else best), archived


def _outlet(said: Metadata, url: str, title: str) -> Outlet:
    known = outlets.by_address(url) if url else None
    if known:
        return known
    site = outlets.of_unknown_site(url) if url else Outlet("")
    names = [
        re.split(r"\s+[-–—|｜│]\s+", re.split(r"\s+[/／]\s+", name)[0])[-1].strip()
        for name in said.sites
        if not name.startswith(("http", "@"))
    ]
    names = [name for name in names if 2 <= len(name) <= 30]
    if not names and said.page_title:
        last = re.split(r"[_|｜│丨]|--+|\s[-–—]\s|[-–—](?=[^-–—]+$)", said.page_title)[-1].strip()
        last = re.split(r"\s+[/／]\s+", last)[0]
        names = [last] if 2 <= len(last) <= 20 and last not in title and _may_be_site(last, said) else []
    if not names:
        return site
    named = outlets.by_name(names[0])
    return named if named.homepage else Outlet(named.name, site.homepage, named.language)


_ENDS_LIKE_SITE = re.compile(r"(?:[网網報报台臺社]|之星|在线|在線|新聞|新闻)$")


def _may_be_site(last: str, said: Metadata) -> bool:
    """Whether the end of <title> may name the site: some sites put keywords there."""
    return last not in said.keywords or bool(_ENDS_LIKE_SITE.search(last))


# -- the text
# --------------------------------------------------------------------------------------------------


def _body(
    root: Element, heading: Element | None, article: Element, judge: Judge, draft: Draft, said: Metadata
) -> tuple[list[str], list[str]]:
    """Reads the text. Returns short lines that were taken out of it, which may name date and writers, and
    the names of a list above it."""
    _drop_up_to(heading, article)
    base = draft.source_url or _base(root)
    whole = lead.with_lead(root, heading, article, judge)
    lost_pictures.restore(whole, root)
    removed = trimming.trim(whole, judge)
    listed = byline_list.take_out(whole)
    captions.mark(whole, draft.body.agencies, draft.title)
    for piece in pieces.of(whole):
        aside = saved_page.read(dom.parse(piece), draft, base=base)
        draft.tags = tuple(dict.fromkeys((*draft.tags, *filter(None, aside.tags))))
    for href, words in removed.links:
        draft.body.relate(urls.absolute(href, base), words)
    return removed.lines + lines.prune(draft.body, draft.title), listed


_SHORTEST_TEXT = 40  # characters; a page with less may have its text in its metadata only


def _text_of_metadata(draft: Draft, said: Metadata) -> None:
    """For a page that a script would have filled: the text, or at least the teaser, that it gives to
    machines."""
    if draft.body.images or sum(len(plain_text(block)) for block in draft.body.blocks) >= _SHORTEST_TEXT:
        return
    words = said.text if len(said.text) > len(said.description) else said.description
    if len(words) < _SHORTEST_TEXT:
        return
    draft.body.blocks = [block for block in draft.body.blocks if block.startswith("<figure")]
    for line in re.split(r"\s*\n\s*", _MARKUP.sub("\n", words)):
        draft.body.paragraph(escape(unescape(line)))
    draft.origins["body"] = "page: metadata"
    if words is not said.text:
        draft.truncated = Message("text_is_teaser")


_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")


def _drop_up_to(heading: Element | None, article: Element) -> None:
    """Of an element that holds the title too, what stands before the text begins goes: title and path to
    the page."""
    if heading is None or not any(holder is article for holder in heading.iterancestors()):
        return
    node = heading
    while node is not article:
        for before in list(node.itersiblings(preceding=True)):
            tree.drop(before) if isinstance(before.tag, str) else None
        parent = node.getparent()
        assert parent is not None
        parent.text = None
        node = parent
    tree.drop(heading)


def _base(root: Element) -> str:
    """For a page that does not tell its address: the host that most of its links lead to, so that addresses
    within the site can be resolved."""
    base = root.find(".//base")
    if base is not None and urls.absolute(base.get("href") or ""):
        return base.get("href") or ""
    hosts: Counter[str] = Counter()
    for link in root.iter("a"):
        href = link.get("href") or ""
        if href.startswith(("http://", "https://")):
            try:
                parts = urlsplit(href)
            except ValueError:
                continue
            hosts[f"{parts.scheme}://{parts.netloc}/"] += 1
    return hosts.most_common(1)[0][0] if hosts else ""


# -- date and writers
# ------------------------------------------------------------------------------------------


def _dates(draft: Draft, said: Metadata, around: Surroundings, removed: list[str]) -> None:
    """JSON-LD, OpenGraph and other <meta>, <time>, then what is printed by the title, below and above the
    text. Where a page prints another day by its title than its metadata give, the print is right: metadata
    are often in UTC."""
    printed, updates = byline.dates_in(around.head)
    below, updates_below = byline.dates_in(removed + around.below)
    above, _ = byline.dates_in(around.above)
    stated = [found for value in said.published if (found := byline.date_in(value))]
    times = [found for value in around.times if (found := byline.date_in(value))]
    modified = [found for value in said.modified if (found := byline.date_in(value))]
    order = (
        ("page: metadata", stated[:1]),
        ("page: time element", times),
        ("page: by the title", printed),
        ("page: metadata", stated[1:]),
        ("page: time of a change", updates),
        ("page: below the text", below),
        ("page: above the title", above),
        ("page: time of a change", [*updates_below, *modified]),
    )
    for where, candidate in ((where, found) for where, dates_found in order for found in dates_found):
        draft.published = dates.published(candidate, DateSource.PAGE, zone=draft.outlet.zone)
        if draft.published is not None:
            draft.origins["published"] = where
            break
    shown = next(
        (
            when
            for date in printed
            if (when := dates.published(date, DateSource.PAGE, zone=draft.outlet.zone))
        ),
        None,
    )
    if (
        draft.published
        and shown
        and shown.day != draft.published.day
        and abs((shown.day - draft.published.day).days) <= 1
    ):
        draft.published = shown
        draft.origins["published"] = "page: by the title"
    if draft.published is None and draft.source_url:
        draft.published = dates.in_address(draft.source_url)


def _writers(
    draft: Draft, said: Metadata, around: Surroundings, removed: list[str], listed: list[str]
) -> None:
    """The names of the first claim that holds a person who is no editor of the page and no outlet."""
    sites = (draft.outlet.name, *said.sites)
    editors = _editors([*removed, *around.below, *around.head])
    claims = _claims(draft, said, around, removed, sites)
    for where, claim in (("page: list of writers", listed), *claims):
        names = [
            name
            for name in dict.fromkeys(claim)
            if name not in editors and not known_authors.is_outlet(name, *sites)
        ]
        if names:
            draft.authors = tuple(ParsedAuthor(name) for name in names[:8])
            draft.origins["authors"] = where
            break
    draft.byline = _byline(_short(around.head), draft)


def _claims(
    draft: Draft, said: Metadata, around: Surroundings, removed: list[str], sites: tuple[str, ...]
) -> Iterator[tuple[str, list[str]]]:
    """(where, names) by source: by the title, at the beginning of the text, in elements of writers, in
    metadata (which often name an editor or the outlet), at the end of the text, below it."""
    paragraphs = [
        text for block in draft.body.blocks if block.startswith("<p>") and (text := plain_text(block))
    ]
    closing = [line for paragraph in paragraphs[-2:] for line in paragraph.split("\n")[-1:]]
    yield "page: by the title", byline.writers_in(_short(around.head))
    opening = (paragraph.split("\n")[0][:80] for paragraph in paragraphs[:3])
    yield "page: beginning of the text", byline.writers_in(opening)
    yield from (("page: element of a writer", byline.persons(line, *sites)) for line in around.bylines)
    yield "page: metadata", [name for claim in said.authors for name in byline.persons(claim, *sites)]
    yield "page: end of the text", byline.writers_in(line for line in closing if len(line) <= 60)
    yield from (("page: end of the text", byline.writers_at_end(line)) for line in reversed(closing))
    below = (line for line in (*removed, *around.below) if len(line) <= 60)
    yield "page: below the text", byline.writers_in(below)


def _short(found: list[str]) -> list[str]:
    return [line for line in found if len(line) <= 120]


_EDITOR = re.compile(
    r"(?:編輯|编辑|责编|責編)\s*[：:／/]\s*([\u4e00-\u9fff]{2,4})|([\u4e00-\u9fff]{2,4})\s*[／/]\s*編輯"
    r"|[（(]\s*([\u4e00-\u9fff]{2,4})\s+(?:编辑|編輯)\s*[）)]"
)


def _editors(found: list[str]) -> set[str]:
    return {match[1] or match[2] or match[3] for line in found for match in _EDITOR.finditer(line)}


def _byline(found: list[str], draft: Draft) -> str:
    """The line by the title that names the writers, as printed; else their names."""
    names = [author.name for author in draft.authors]
    line = next((line for line in found if any(name in line for name in names)), "")
    return squeeze(line)[:200] or "、".join(names)
