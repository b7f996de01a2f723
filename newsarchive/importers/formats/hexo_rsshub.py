"""Posts that an RSSHub feed left in a Hexo blog: YAML, then HTML in one <div>.

    (empty line)
    ---
    title: '中美高層會談結束　沒發表聯合聲明'
    categories:
        - 新媒体
        - 眾新聞 - 眾聞
    author: 眾新聞 - 眾聞
    comments: false
    date: Sat, 20 Mar 2021 00:00:00 GMT
    thumbnail: 'https://www.hkcnews.com/…_large.jpg'
    ---

    <div>
    <p>中美在阿拉斯加的三場高層會談結束…</p>
    </div>

The author is the feed ("outlet - section"), a date at midnight GMT is a day without a time, and there is
no address of the article. Teasers may be cut off in mid sentence.
"""

from __future__ import annotations

import re

from newsarchive.importers.assembly import Draft, finish
from newsarchive.importers.fields import front_matter, outlets, urls
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.fields.authors import of_byline
from newsarchive.importers.fields.encoding import squeeze
from newsarchive.importers.html import dom, saved_page
from newsarchive.importers.html.body import Body, text_of
from newsarchive.importers.markdown.extent import is_html
from newsarchive.importers.types import DateSource, ParsedArticle, SourceFile
from newsarchive.messages import Message

name = "hexo_rsshub"
version = 3

# RSSHub's "outlet - section" as the author, or the keys that this mirror gives every post.
_FEED = re.compile(
    r"^author[ \t]*:[^\n]*\S -|^comments[ \t]*:[ \t]*false\b(?=.*^thumbnail[ \t]*:)", re.MULTILINE | re.DOTALL
)
_SOFT_END = re.compile(
    r"(?:[，、；：,;:—]|…|\.{3,}|\[…\]|\[&hellip;\])\s*$|"
    r"(?:阅读全文|閱讀全文|查看全文|[Rr]ead more)\s*[»>›…]*$"
)
_PAYWALL = re.compile(
    r"请先?(?:订阅|登录)(?:或(?:登录|订阅))?.{0,20}(?:继续阅读|全文)|请订阅或登录|"
    r"以繼續閱讀|訂閱以閱讀|以继续阅读"
)
_SENTENCE_END = re.compile(r"[。！？!?.…」』”\"）)】》：:]\s*$")

_ORIGINS = {
    "title": "front matter: title",
    "authors": "front matter: author",
    "published": "front matter: date",
    "categories": "front matter: categories",
    "tags": "front matter: tags",
    "outlet": "front matter: author",
}


def matches(text: str) -> bool:
    parts = front_matter.split(text) if front_matter.has(text) else None
    return bool(parts and _FEED.search(parts[0]) and is_html(parts[1]))


def parse(source: SourceFile, text: str, agencies: Agencies) -> ParsedArticle:
    head = front_matter.read(text)
    byline = squeeze(head.text("author"))
    feed, _, section = byline.partition(" - ")
    address = next(
        (value for key in ("link", "url", "source", "from") if (value := urls.absolute(head.text(key)))), ""
    )
    outlet = outlets.by_address(address) or outlets.by_name(feed)
    draft = Draft(
        name,
        head.text("title"),
        outlet,
        Body(agencies),
        title_raw=head.title_raw,
        problems=list(head.problems),
    )
    draft.byline, draft.source_url = byline, address
    if not section and feed not in head.items("categories"):  # a person wrote it, not the feed
        draft.authors, draft.column = of_byline(byline, outlet.name)
    draft.categories = _categories(head.items("categories"), byline, section)
    draft.tags = head.items("tags")
    draft.date(head.text("date"), DateSource.FRONT_MATTER)
    saved_page.read(dom.parse(head.body), draft, base=address or outlet.homepage)
    draft.truncated = _truncated(draft.body.blocks)
    draft.extra |= head.unread()
    draft.origins = _ORIGINS | draft.origins
    return finish(draft)


def _categories(found: tuple[str, ...], byline: str, section: str) -> tuple[str, ...]:
    """The categories of the mirror and the newspaper's own section: 眾新聞 - 眾聞 is the section 眾聞."""
    return tuple(dict.fromkeys(section if item == byline and section else item for item in found))


def _truncated(blocks: list[str]) -> Message | None:
    """Why the text must have been cut off; None when it ends as complete texts do."""
    paragraphs = [text_of(block).strip() for block in blocks if block.startswith("<p>")]
    if not paragraphs or sum(map(len, paragraphs)) > 600 or len(paragraphs) > 3:
        return None
    last = paragraphs[-1]
    if _PAYWALL.search(last):
        return Message("text_ends_at_paywall")
    if _SOFT_END.search(last):
        return Message("text_ends_in_mid_sentence")
    if len(paragraphs) == 1 and len(last) >= 60 and "。" in last and not _SENTENCE_END.search(last):
        return Message("text_ends_in_mid_sentence")
    return None
