"""Jekyll posts of web archives (oped2, waimei): front matter with `from:`, an HTML body.

    ---
    layout: post
    title: "贾樟柯：平遥国际电影展今后交给政府举办"
    date: 2020-10-18T14:15:15.000Z
    author: 余雅琴
    from: https://m.allnow.com/post/5f8c4b823a3e102778286db9
    tags: [ 燕京书评 ]
    categories: [ 燕京书评 ]
    ---
    <!--1603030515000-->
    [贾樟柯：平遥国际电影展今后交给政府举办](https://m.allnow.com/post/5f8c4b823a3e102778286db9)
    ------

    <div>
    <p>10月18日，第四届平遥国际电影展…

The link header may be missing. Its number repeats the date, and then it is no time of a crawl.
"""

from __future__ import annotations

import html
import re

from newsarchive.importers.assembly import Draft, finish
from newsarchive.importers.fields import dates, front_matter, link_header, outlets, urls
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.fields.authors import is_outlet, of_list
from newsarchive.importers.fields.encoding import clean, squeeze
from newsarchive.importers.fields.front_matter import FrontMatter
from newsarchive.importers.fields.outlets import Outlet
from newsarchive.importers.html import dom, saved_page
from newsarchive.importers.html.body import Body
from newsarchive.importers.markdown import blocks
from newsarchive.importers.types import DateSource, ParsedArticle, SourceFile
from newsarchive.messages import Message

name = "jekyll_post"
version = 3

_LAYOUT = re.compile(r"^layout[ \t]*:[ \t]*[\"']?post\b", re.MULTILINE)
# Under which the web archive files the post, in the spelling of its program.
_SHELF = re.compile(r"^categories: \[ (\S[^\[\]\n]*?) \]$", re.MULTILINE)
_IS_HTML = re.compile(r"\s*<[a-zA-Z!]")

_ORIGINS = {
    "title": "front matter: title",
    "authors": "front matter: author",
    "published": "front matter: date",
    "categories": "front matter: categories",
    "tags": "front matter: tags",
}


def matches(text: str) -> bool:
    parts = front_matter.split(text) if front_matter.has(text) else None
    return bool(
        parts
        and _LAYOUT.search(parts[0])
        and (_SHELF.search(parts[0]) or link_header.read(parts[1]) is not None)
    )


def parse(source: SourceFile, text: str, agencies: Agencies) -> ParsedArticle:
    head = front_matter.read(text)
    header = link_header.read(head.body)
    content = header.body if header else head.body
    address = html.unescape(head.text("from", "original_url", "url", "source", "link"))
    address = address if urls.absolute(address) else (header.url if header else "")
    outlet = _outlet(head, address)
    also = head.items("categories")
    title = outlets.without_site_name(html.unescape(head.text("title")), outlet, *also)
    draft = Draft(name, title, outlet, Body(agencies), title_raw=head.title_raw, problems=list(head.problems))
    draft.source_url, draft.archived_url = address, urls.wayback(address)[0]
    draft.byline = squeeze(html.unescape(head.text("author")))
    draft.authors = of_list(draft.byline, outlet.name, *also)
    draft.categories, draft.tags = also, head.items("tags")
    draft.date(head.text("date"), DateSource.FRONT_MATTER)
    _crawl(draft, header.epoch if header else "")
    if _IS_HTML.match(content) or not content.strip():
        aside = saved_page.read(saved_page.main_of(dom.parse(content)), draft)
        draft.tags = tuple(dict.fromkeys((*draft.tags, *filter(None, aside.tags))))
        if not draft.authors and aside.author and not is_outlet(aside.author, outlet.name, *also):
            draft.authors = of_list(aside.author, outlet.name, *also)
    else:
        blocks.read(clean(content), title=title, base=address, body=draft.body)
    head.text("layout")
    draft.extra |= head.unread()
    draft.origins = _ORIGINS | draft.origins
    return finish(draft)


def _outlet(head: FrontMatter, address: str) -> Outlet:
    """A known outlet by its address; otherwise the name under which the web archive files the post, since a
    host may only be hosting it."""
    known = outlets.by_address(address)
    if known:
        return known
    site = outlets.of_unknown_site(address)
    filed = head.text("categories")
    if not filed or head.items("categories") != head.items("tags") or not head.text("from"):  # a subject
        return site
    named = outlets.by_name(filed)
    return named if named.homepage else Outlet(named.name, site.homepage, named.language)


def _crawl(draft: Draft, epoch: str) -> None:
    at = dates.from_epoch(epoch) if epoch else None
    if epoch and at is None:
        draft.problems.append(Message("capture_time_unreadable"))
    published = draft.published.at if draft.published else None
    if at and published != at.replace(microsecond=0) and published != at:
        draft.captured_at = at
