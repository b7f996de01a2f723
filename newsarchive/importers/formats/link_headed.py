"""Mirrors of news sites made by duty-machine and similar programs: a link header, then HTML.

    <!--1637030584000-->
    [拜登和习近平视像会晤开始](https://www.bbc.com/zhongwen/simp/world-59301487)
    ------

    <main role="main"><div><time dateTime="2021-11-16">14 分钟前</time></div>…

BBC pages are whole <main> elements. Others begin with a line of their own:

    <div><i>张慈 （综合报道）<br>2020-10-13T06:08:01.314Z</i></div>      DW, NYT, VOA
    <div>13/10/2020 - 07:35</div>                                      RFI

The number in the comment is the time of the crawl, up to days after publication.
"""

from __future__ import annotations

import re

from newsarchive.importers.assembly import Draft, finish
from newsarchive.importers.fields import authors, dates, link_header, outlets, urls
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.fields.encoding import clean, squeeze
from newsarchive.importers.html import dom, info_card, saved_page
from newsarchive.importers.html.body import Body, text_of
from newsarchive.importers.html.dom import Element
from newsarchive.importers.html.info_card import Card
from newsarchive.importers.types import DateSource, ParsedArticle, ParsedAuthor, SourceFile
from newsarchive.messages import Message

name = "link_headed"
version = 3

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4}|[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4}")
_BYLINE_LABEL = re.compile(
    r"^(?:作者|撰文|文|Author|职务|職務|角色|身份|Role|Twitter|推特|报道自|发自|來自)\s*[，,：:]\s*",
    re.IGNORECASE,
)
_CLOSING_BYLINE = re.compile(
    r"(?P<names>[\u4e00-\u9fff·]{2,6}(?:[／/][\u4e00-\u9fff·]{2,6})*)\s*"
    r"[（(](?P<agencies>[^（）()]*(?:社|综合报道|綜合報導|编译|報導|报道|網|网|电台|日报)[^（）()]*)[）)]$"
)

_ORIGINS = {
    "title": "link line",
    "source_url": "link line",
    "captured_at": "comment with the time of the crawl",
}


def matches(text: str) -> bool:
    return link_header.read(text) is not None


def parse(source: SourceFile, text: str, agencies: Agencies) -> ParsedArticle:
    header = link_header.read(text)
    if header is None:
        raise ValueError("parse is called only for what matches")
    outlet = outlets.by_address(header.url) or outlets.of_unknown_site(header.url)
    title = outlets.without_site_name(squeeze_ends(header.title), outlet)
    draft = Draft(name, title, outlet, Body(agencies), title_raw=header.title)
    draft.origins |= _ORIGINS
    draft.source_url = header.url if urls.absolute(header.url) else ""
    draft.captured_at = dates.from_epoch(header.epoch) if header.epoch else None
    if header.epoch and draft.captured_at is None:
        draft.problems.append(Message("capture_time_unreadable"))
    draft.date(header.date, DateSource.PAGE)

    root = saved_page.main_of(dom.parse(header.body))
    card = info_card.take_out(root)
    _card(draft, card)
    _opening_line(root, draft)
    said = _time_element(root, draft)
    aside = saved_page.read(root, draft)
    draft.tags = tuple(dict.fromkeys(filter(None, (*card.tags, *aside.tags))))
    _closing_byline(draft)
    _estimate(draft, said)
    return finish(draft)


def squeeze_ends(title: str) -> str:
    return clean(title).strip()


def _card(draft: Draft, card: Card) -> None:
    """What a box about the original says of it."""
    draft.dropped += card.lines
    draft.date(card.date, DateSource.PAGE)
    if card.author:
        _set_byline(draft, card.author)
        draft.origins["authors"] = "info card"
    if card.date:
        draft.origins["published"] = "info card"


def _opening_line(root: Element, draft: Draft) -> None:
    """Reads author and date from <div><i>author<br>date</i></div>, or the date from a <div> that holds only
    that."""
    first = next((child for child in dom.children(root) if child.name != "br"), None)
    if first is None or first.name != "div" or dom.text_before(root).strip():
        return
    inner = dom.children(first)
    holder = inner[0] if len(inner) == 1 and inner[0].name == "i" else first
    lines = [squeeze(clean(line)) for line in _lines(holder)]
    lines = [line for line in lines if line]
    if not lines or len(lines) > 3 or any(len(line) > 120 for line in lines) or not _DATE.match(lines[-1]):
        if holder is not first and 0 < len(lines) <= 2 and len(lines[0]) <= 60:
            _set_byline(draft, lines[0])
            dom.drop(first)
        return
    draft.date(lines[-1], DateSource.PAGE)
    if len(lines) > 1:
        _set_byline(draft, " ".join(lines[:-1]))
    dom.drop(first)


def _lines(element: Element) -> list[str]:
    lines = [""]
    for node in dom.nodes(element):
        if not isinstance(node, str) and node.name == "br":
            lines.append("")
        else:
            lines[-1] += node if isinstance(node, str) else node.get_text()
    return lines


def _set_byline(draft: Draft, byline: str) -> None:
    draft.byline = byline
    draft.authors = authors.of_list(byline, draft.outlet.name)


def _time_element(root: Element, draft: Draft) -> str:
    """Takes the date of the first <time>. Returns its visible text, such as "14 分钟前", which is used for an
    estimate only."""
    times = root.find_all("time")
    said = ""
    for element in times:
        said = said or dom.text(element)
        draft.date(dom.get(element, "datetime").strip(), DateSource.PAGE)
    if times:
        _byline_list(root, times[0], draft)
    for element in times:
        dom.drop(element)
    if said and draft.published is None and not dates.is_relative(said):
        draft.date(said, DateSource.PAGE)
    return said


def _byline_list(root: Element, time: Element, draft: Draft) -> None:
    """BBC: a list about the author stands before the <time>, or around it. Its first item is the person."""
    for box in root.find_all("ul"):
        if box.parent is None:
            continue
        around = any(element is time for element in box.find_all("time"))
        if not around and not _precedes(box, time):
            return
        items = [
            _BYLINE_LABEL.sub("", dom.text(item)) for item in box.find_all("li") if not dom.has(item, "time")
        ]
        items = [item for item in items if item and not item.startswith("@")]
        if items and not draft.authors and all(len(item) <= 40 for item in items):
            draft.byline = " ".join(items)
            draft.authors = tuple(
                ParsedAuthor(author.name, role=" ".join(items[1:]))
                for author in authors.of_list(items[0], draft.outlet.name)
            )
        holder = box.parent
        section = box.find_parent("section")
        dom.drop(section if section is not None and not around else box)
        if holder is not None:
            for strong in holder.find_all("strong", id="article-byline"):
                dom.drop(strong)
        return


def _precedes(one: Element, other: Element) -> bool:
    return any(node is other for node in one.next_elements)


def _closing_byline(draft: Draft) -> None:
    """DW names the authors in the last line: 叶宣/达扬（法新社、路透社、德新社）. The line also stays in the
    text."""
    last = next((block for block in reversed(draft.body.blocks) if block.startswith("<p>")), "")
    line = text_of(last).strip() if len(last) < 200 else ""
    match = _CLOSING_BYLINE.fullmatch(line)
    if match and not draft.authors:
        draft.byline = line
        draft.authors = authors.of_list(match["names"], draft.outlet.name)


def _estimate(draft: Draft, said: str) -> None:
    """For pages without a printed date: takes it from the address, else from the time of the crawl as an
    estimate."""
    if draft.published is None:
        draft.published = dates.in_address(draft.source_url)
        if draft.published:
            draft.problems.append(Message("date_from_address"))
    if draft.published is None and draft.captured_at:
        draft.published = dates.estimated(draft.captured_at, said, zone=draft.outlet.zone)
        draft.problems.append(Message("date_from_capture"))
