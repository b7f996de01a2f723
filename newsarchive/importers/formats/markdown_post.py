"""Markdown, or HTML, of people's blogs, notes and clippings: with front matter of any program, or without
any.

    ---                                    # 純 Markdown 剪報
    title: 兩位作者
    source: https://www.example.org/i03    > 原文地址 [www.example.org](https://www.example.org/i09)
    author:
      - "[[甲一]]"                          正文一段。
    published: 2024-01-22
    ---
    正文一段。

The keys of all programs are read by `metadata`, the Markdown by `markdown.people`. A text without front
matter begins with its title, an address or known keys (`fields.clipping_head`); any other text is not taken.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from newsarchive.importers import metadata
from newsarchive.importers.assembly import Draft, finish
from newsarchive.importers.fields import clipping_head, front_matter, outlets, urls
from newsarchive.importers.fields import front_matter_keys as keys
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.fields.encoding import clean
from newsarchive.importers.fields.front_matter import FrontMatter
from newsarchive.importers.fields.mojibake import repair_mojibake
from newsarchive.importers.fields.yaml_head import Value
from newsarchive.importers.html import dom, saved_page
from newsarchive.importers.html.body import Body
from newsarchive.importers.markdown import people
from newsarchive.importers.markdown.extent import is_html
from newsarchive.importers.markdown.inline import plain
from newsarchive.importers.types import ParsedArticle, SourceFile
from newsarchive.messages import Message

name = "markdown_post"
version = 1

_H1 = re.compile(
    r"^#[ \t\u3000]+(?P<atx>\S.*?)(?:[ \t]+#+)?[ \t]*$|^(?P<setext>\S[^\n]*)\n={3,}[ \t]*$|"
    r"<h1\b[^>]*>(?P<html>.{1,400}?)</h1>",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_FIRST_HEADING = re.compile(r"\s*#{2,6}[ \t\u3000]+(\S[^\n]*?)(?:[ \t]+#+)?[ \t]*(?:\n|$)")
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)+|untitled|index|readme|[\d_-]+", re.IGNORECASE)
_DATE_IN_NAME = re.compile(r"^(?:19|20)\d\d\s?[-_.年]?\s?\d{1,2}\s?[-_.月]?\s?\d{1,2}日?(?!\d)[-_ ]*")
_NO_MARKDOWN = re.compile(r"\s*(?:<(?!!--)|WARC/|\{\\rtf|%PDF)|(?:[\w-]+: .*\n)*MIME-Version:", re.IGNORECASE)
_HEAD = 20_000  # characters in which a clipping's head is looked for


def matches(text: str) -> bool:
    if front_matter.has(text):
        return True
    if _NO_MARKDOWN.match(text[:_HEAD]):
        return False
    if front_matter.has_any(text):
        return True
    head = clipping_head.read(text[:_HEAD])
    return head.is_any and bool(head.body.strip() or len(text) > _HEAD)


def parse(source: SourceFile, text: str, agencies: Agencies) -> ParsedArticle:
    text, was_mojibake = repair_mojibake(text)
    head = front_matter.read(text) if front_matter.has_any(text) else FrontMatter({}, text)
    content = clean(head.body).replace("\u00a0", " ")
    draft = Draft(name, "", outlets.Outlet(""), Body(agencies), title_raw=head.title_raw)
    draft.problems += [Message("mojibake"), *head.problems] if was_mojibake else head.problems
    draft.captured_empty = not content.strip()
    content = _clipping(draft, head, content)
    metadata.fill(draft, head, source.path)
    draft.title = metadata.title(head, draft)
    if not draft.source_url:
        content = _source_at_end(draft, content)
    _title(draft, content, source.path)
    if is_html(content):
        saved_page.read(saved_page.main_of(dom.parse(content)), draft)
    else:
        people.read(content, draft)
    metadata.finish_keys(draft, head)
    if not draft.authors and not draft.byline and not draft.column:
        draft.problems.append(Message("no_author"))
    return finish(draft)


def _clipping(draft: Draft, head: FrontMatter, content: str) -> str:
    """Reads a clipping's first lines as further keys; returns the text without them. Beside front matter they
    are read only where they add to it."""
    found = clipping_head.read(content)
    if head.values:
        same = {front_matter.same_key(key) for key in head.values}
        if not found.values or not _adds(found.values, head):
            return content
        found.values = {
            key: value for key, value in found.values.items() if front_matter.same_key(key) not in same
        }
    elif found.title:
        head.values["title"] = found.title
        draft.origins["title"] = "first heading"
    head.values |= found.values
    draft.dropped += found.taken
    return found.body if not (head.values and found.title) else _with_title(found, head)


def _with_title(found: clipping_head.ClippingHead, head: FrontMatter) -> str:
    """The heading stays where it is not the article's title."""
    return found.body if head.text("title") == found.title else f"# {found.title}\n\n{found.body}"


def _adds(values: dict[str, Value], head: FrontMatter) -> bool:
    """Whether the first lines name an address, author or date that the front matter lacks."""
    extra = FrontMatter(dict(values), "")
    return any(
        extra.key_of(*names) and not FrontMatter(head.values, "").key_of(*names)
        for names in (
            keys.ADDRESS,
            keys.AUTHOR,
            (*keys.DATE, *keys.CREATED),
        )
    )


def _source_at_end(draft: Draft, content: str) -> str:
    rest, address, line = clipping_head.read_end(content)
    if address:
        copy, at = urls.archived(address)
        draft.source_url = urls.original(address)
        draft.archived_url, draft.captured_at = draft.archived_url or copy, draft.captured_at or at
        draft.origins["source_url"] = "last line"
        draft.dropped.append(line)
        if not draft.outlet.name:
            draft.outlet = outlets.by_address(address) or outlets.of_unknown_site(address)
    return rest


def _title(draft: Draft, content: str, path: str) -> None:
    """From the front matter, else the first heading, else the file's name: a name of words before one of the
    kind that programs make (my-first-post)."""
    if draft.title and not _SLUG.fullmatch(draft.title):
        draft.title = outlets.without_site_name(draft.title, draft.outlet)
        return
    heading = _heading(content)
    if heading:
        draft.title_raw, draft.title = draft.title or draft.title_raw, heading
        draft.origins["title"] = "first heading"
        return
    named = PurePosixPath(path.rpartition("#")[0] or path).stem
    named = _DATE_IN_NAME.sub("", named).strip(" -_")
    if not draft.title and named and not _SLUG.fullmatch(named) and len(named) > 1:
        draft.title = named
        draft.origins["title"] = "file name"
        draft.problems.append(Message("title_from_file_name"))


def _heading(content: str) -> str:
    match = _H1.search(_FENCE.sub("", content) if "```" in content or "~~~" in content else content)
    if match:
        said = match["atx"] or match["setext"] or ""
        return plain(said) if said else dom.text(dom.parse(match["html"]))
    first = _FIRST_HEADING.match(content)
    return plain(_TAG.sub("", first[1])) if first else ""
