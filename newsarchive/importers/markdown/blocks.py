"""Reads the Markdown of scraped articles line by line into the blocks of a Body.

It does not follow CommonMark, because it has to handle the peculiarities of programs that converted pages to
Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from newsarchive.importers.fields.encoding import one_line
from newsarchive.importers.html import embeds, images
from newsarchive.importers.html.body import Body, repeats, text_of, trim
from newsarchive.importers.html.related import after_label, is_label
from newsarchive.importers.html.safe_subset import escape

from . import inline

_HEADING = re.compile(r"(#{1,6})(?:[ \t\u3000]+(.*?))?(?:\s+#+)?\s*$")
_QUOTED = re.compile(r"\s{0,3}(?:>[ \t]?)+")
_ORDERED = re.compile(r"\s{0,3}(\d{1,3})[.)][ \t\u3000]+(\S.*)$")
_BULLET = re.compile(r"\s{0,3}[-*+][ \t]+(\S.*)$")
_RULE = re.compile(r"\s*(?:\*[ \t]*){3,}$|\s*(?:-[ \t]*){3,}$|\s*(?:_[ \t]*){3,}$|\s*\*\*\s*$")
_SHORTCODE = re.compile(r"\{\{[<%]\s*/?(\w+)([^{}]*)[>%]\}\}")
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_BARE_ARGUMENT = re.compile(r"^[\"']?([^\s\"']+)[\"']?")
_IMG = re.compile(r"<img\b([^>]*)>?", re.IGNORECASE)
_FIGURE = re.compile(r"\s*<figure\b", re.IGNORECASE)
_FIGURE_PART = re.compile(r"\s*</?(?:figure|img|figcaption|picture|source|a|span|div)\b", re.IGNORECASE)
_FIGCAPTION = re.compile(r"<figcaption[^>]*>(.*?)(?:</figcaption>|$)", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<[^<>]*>")
_SEPARATORS = re.compile(r"\|?\s*:?-{3,}:?\s*(?:\|\s*:?-{3,}:?\s*)*\|?\s*$")
_PLACEHOLDER = re.compile(
    r"請在這輸入\s*Capt(?:ion|ain)[。．.\s]*(?:如不需要\s*capt\w*[，,\s]*)?(?:請將此行文字移除)?[。]?\s*",
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"[\s\u3000\d.、，,；;：:／/|｜·•・\-–—*（）()《》〈〉【】\[\]「」]+")
_BYLINE = re.compile(
    r"[｜|／/]\s*[^｜|／/。，！？：:]{1,16}(?=[｜|／/]|$)"
)  # after a link to an article: its writer
_SHORTCODE_URLS = {  # Hugo's own shortcodes that take an id
    "youtube": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "tweet": "https://twitter.com/i/status/{}",
    "twitter": "https://twitter.com/i/status/{}",
    "x": "https://twitter.com/i/status/{}",
    "instagram": "https://www.instagram.com/p/{}/",
    "gist": "https://gist.github.com/{}",
}


def read(text: str, *, title: str, base: str, body: Body, hash_is_text: bool = False) -> None:
    """Adds the blocks of `text` to `body`. A heading that only repeats `title` is dropped.

    `hash_is_text`: a single # at the start of a line is text, not a heading.
    """
    _Reader(text.split("\n"), title, base, body, hash_is_text).run()


class _Reader:
    """Keeps the position in the lines; each method consumes the lines of one kind of block."""

    def __init__(self, lines: list[str], title: str, base: str, body: Body, hash_is_text: bool) -> None:
        self.lines, self.at = lines, 0
        self.title, self.base, self.body, self.hash_is_text = title, base, body, hash_is_text
        self.expect_related = False  # whether the block before was a label such as 延伸閱讀：
        self.label = ""

    def run(self) -> None:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            first = line.lstrip()[:1]
            if not first:
                self.at += 1
            elif first == "<" and _FIGURE.match(line):
                self._figure()
            elif first == "#" and _HEADING.match(line.lstrip()):
                self._heading(line.lstrip())
            elif first == ">":
                self._quote()
            elif first == "|" and (columns := self._columns()):
                self._table(columns)
            elif first in "*-_" and _RULE.match(line):
                self.at += 1
            elif first in "*-+" and _BULLET.match(line):
                self._list(_BULLET)
            elif first.isdigit() and _ORDERED.match(line):
                self._list(_ORDERED)
            else:
                self._paragraph()
        self._drop_expectation()

    # -- paragraphs -----------------------------------------------------------------------------

    def _paragraph(self) -> None:
        taken: list[str] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if not line.strip() or (taken and _starts_block(line)):
                break
            taken.append(line)
            self.at += 1
        self._text("\n".join(taken))

    def _text(self, text: str) -> None:
        if "{{" in text:
            text = self._shortcodes(text)
        if _PLACEHOLDER.fullmatch(text.strip()):
            return
        run = inline.parse(text, self.base)
        inner = trim(run.inner.replace("<br></strong>", "</strong><br>").replace("<br></em>", "</em><br>"))
        if inner and not self._is_related(run, inner):
            self.body.paragraph(inner)
        for alt, found in run.pictures:
            self._picture({"src": found, "alt": alt}, "")

    def _shortcodes(self, text: str) -> str:
        """Adds embeds for the shortcodes in a text, and returns the text without them."""

        def embed(match: re.Match[str]) -> str:
            name, arguments = match[1].lower(), match[2].strip(" /")
            given = {key.lower(): one or two or bare for key, one, two, bare in _ATTRIBUTE.findall(arguments)}
            if name in ("figure", "img", "image"):
                self._picture({**given, "alt": given.get("alt", "")}, given.get("caption", ""))
                return ""
            src = given.get("src") or given.get("url") or given.get("href") or ""
            bare = _BARE_ARGUMENT.match(arguments)
            if not src and name in _SHORTCODE_URLS and bare:
                src = _SHORTCODE_URLS[name].format(given.get("id") or bare[1])
            found = embeds.parse(
                src,
                base=self.base,
                kind="video" if name in ("video", "youtube", "vimeo") else "",
                title=given.get("title", ""),
                caption=given.get("caption", ""),
                poster=given.get("poster", ""),
            )
            if found:
                self.body.embed(found)
            return ""

        return _SHORTCODE.sub(embed, text)

    # -- headings -------------------------------------------------------------------------------

    def _heading(self, line: str) -> None:
        self.at += 1
        match = _HEADING.match(line)
        level, text = (len(match[1]), match[2] or "") if match else (1, line)
        run = inline.parse(text, self.base)
        inner = trim(run.inner)
        if repeats(inner, self.title) and not self.body.blocks:
            return
        if is_label(text_of(inner)):
            self._expect_related(f"<h{min(max(level, 2), 4)}>{inner}</h{min(max(level, 2), 4)}>")
            return
        if self._is_labelled_link(run, text_of(inner)):
            return
        self._drop_expectation()
        if level == 1 and self.hash_is_text:
            self.body.paragraph(inner)
        else:
            self.body.heading(level, inner)
        for alt, found in run.pictures:
            self._picture({"src": found, "alt": alt}, "")

    # -- related links --------------------------------------------------------------------------

    def _is_related(self, run: inline.Inline, inner: str) -> bool:
        """Whether a paragraph consists of related links; they are then added to those."""
        words = text_of(inner)
        if run.links and is_label(
            _without_link_texts(words, run)
        ):  # 相關新聞：[…](…), on one line or several
            self._drop_expectation()
            self._relate(run)
            self.expect_related = True
            return True
        if is_label(words):
            self._expect_related(f"<p>{inner}</p>")
            return True
        if self._is_labelled_link(run, words):
            return True
        if self.expect_related and run.links and _only_links(words, run):
            self._relate(run, words)
            return True
        self._drop_expectation()
        return False

    def _is_labelled_link(self, run: inline.Inline, words: str) -> bool:
        """Whether a line is a label and a link, in one: 相關文章：[人工島](…)｜陳大文,
        [相關新聞：人工島](…)."""
        title = after_label(unescape(words)) if run.links else ""
        if not title:
            return False
        rest = _without_link_texts(words, run)
        rest = after_label(f"{unescape(rest)} ｜") if not is_label(rest) else ""
        if _PUNCTUATION.sub("", _BYLINE.sub("", rest)):
            return False
        self._drop_expectation()
        self._relate(run, title)
        self.expect_related = True
        return True

    def _relate(self, run: inline.Inline, words: str = "") -> None:
        """`words` are those of the whole line: of a single link's they hold the writer too."""
        for text, url in run.links:
            has_writer = len(run.links) == 1 and _BYLINE.search(unescape(_without_link_texts(words, run)))
            said = unescape(words).strip(" \u3000*•·-–—\n") if has_writer else text
            self.body.relate(url, after_label(said) or said)
        self.label = ""

    def _expect_related(self, label: str) -> None:
        self._drop_expectation()
        self.expect_related, self.label = True, label

    def _drop_expectation(self) -> None:
        """No link followed the label, so it is added as an ordinary line."""
        if self.label:
            self.body.block(self.label)
        self.expect_related, self.label = False, ""

    # -- pictures -------------------------------------------------------------------------------

    def _figure(self) -> None:
        """Reads from <figure> to </figure>; one without an end ends at the first line that can't be part of
        it."""
        self._drop_expectation()
        taken = [self.lines[self.at]]
        self.at += 1
        while self.at < len(self.lines) and "</figure" not in taken[-1].lower():
            line = self.lines[self.at]
            in_caption = "<figcaption" in taken[-1].lower() and "</figcaption" not in taken[-1].lower()
            if not (_FIGURE_PART.match(line) or (in_caption and line.strip())) or _FIGURE.match(line):
                break
            if in_caption and not _FIGURE_PART.match(line):
                taken[-1] += "\n" + line
            else:
                taken.append(line)
            self.at += 1
        source = "\n".join(taken)
        caption = _FIGCAPTION.search(source)
        words = unescape(_TAGS.sub("", caption[1])) if caption else ""
        words = one_line(_PLACEHOLDER.sub("", words))
        found = list(_IMG.finditer(source))
        for number, match in enumerate(found, 1):
            given = {key.lower(): one or two or bare for key, one, two, bare in _ATTRIBUTE.findall(match[1])}
            self._picture(given, words if number == len(found) else "")
        if not found:
            self.body.paragraph(escape(words))

    def _picture(self, attributes: dict[str, str], caption: str) -> None:
        image = images.parse(attributes, base=self.base)
        if image is None or not (image.src or caption or image.alt):
            self.body.paragraph(escape(caption))
            return
        if not image.src and not caption and not _is_address(image.found_src):
            # No address in the parentheses, so it was text, not a picture.
            self.body.paragraph(escape(image.alt))
            return
        number = self.body.image(image)
        if caption:
            self.body.caption_image(number, caption)

    # -- quotations, lists, tables ----------------------------------------------------------------

    def _quote(self) -> None:
        self._drop_expectation()
        paragraphs: list[list[str]] = [[]]
        while self.at < len(self.lines):
            match = _QUOTED.match(self.lines[self.at])
            if match is None:
                break
            line = self.lines[self.at][match.end() :]
            heading = _HEADING.match(line)
            line = heading[2] or "" if heading else line
            if line.strip():
                paragraphs[-1].append(line)
            else:
                paragraphs.append([])
            self.at += 1
        runs = [inline.parse("\n".join(lines), self.base) for lines in paragraphs if lines]
        inner = "".join(f"<p>{text}</p>" for run in runs if (text := trim(run.inner)))
        if inner:
            self.body.block(f"<blockquote>{inner}</blockquote>")
        for run in runs:
            for alt, found in run.pictures:
                self._picture({"src": found, "alt": alt}, "")

    def _list(self, pattern: re.Pattern[str]) -> None:
        """Items may be separated by empty lines. When an ordered list is not numbered 1, 2, 3 …, its numbers
        are kept as text of the items."""
        numbers, runs = [], []
        for number, text in self._items(pattern):
            numbers.append(number)
            runs.append(inline.parse(text, self.base))
        if self.expect_related and all(run.links and _only_links(text_of(run.inner), run) for run in runs):
            for run in runs:
                self._relate(run)
            return
        self._drop_expectation()
        items = [trim(run.inner) for run in runs]
        counted = numbers in (list(range(1, len(numbers) + 1)), [1] * len(numbers))
        if pattern is _ORDERED and not counted:
            items = [f"{number}. {item}" for number, item in zip(numbers, items, strict=True)]
        items = [item for item in items if item]
        if len(items) == 1 and not (pattern is _ORDERED and counted):
            mark = "* " if pattern is _BULLET else ""
            self.body.paragraph(mark + items[0])
        elif items:
            tag = "ol" if pattern is _ORDERED and counted else "ul"
            self.body.block(f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>")
        for run in runs:
            for alt, found in run.pictures:
                self._picture({"src": found, "alt": alt}, "")

    def _items(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
        while self.at < len(self.lines):
            match = pattern.match(self.lines[self.at])
            if match is None or _RULE.match(self.lines[self.at]):
                return
            taken = [match[match.lastindex or 0]]
            self.at += 1
            while self.at < len(self.lines):
                line = self.lines[self.at]
                if not line.strip() or _starts_block(line) or pattern.match(line):
                    break
                taken.append(line)
                self.at += 1
            yield (int(match[1]) if pattern is _ORDERED else 0), "\n".join(taken)
            empty = self.at
            while empty < len(self.lines) and not self.lines[empty].strip():
                empty += 1
            if empty < len(self.lines) and pattern.match(self.lines[empty]):
                self.at = empty

    def _columns(self) -> int:
        """How many columns the table beginning here has; 0 when there is none.

        The separator row follows the first row, some lines later where cells contain line breaks.
        """
        for line in self.lines[self.at + 1 : self.at + 30]:
            if line == "":
                break
            if "|" in line and _SEPARATORS.match(line.strip()):
                return len(_cells(line))
        return 0

    def _table(self, columns: int) -> None:
        """A row continues until it has all its cells; a blank line inside a row is a line break in a cell."""
        self._drop_expectation()
        rows: list[list[str]] = []
        row = ""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line == "" or (not row and not line.lstrip().startswith("|")):
                break
            row = f"{row}\n{line}" if row else line.lstrip()
            self.at += 1
            if line.rstrip().endswith("|") and row.count("|") > columns:
                rows.append(_cells(row))
                row = ""
        if row:
            rows.append(_cells(row))
        html_rows: list[str] = []
        pictures: list[tuple[str, str]] = []
        for cells in rows:
            if all(re.fullmatch(r":?-{3,}:?", cell.strip()) for cell in cells):
                continue
            runs = [inline.parse(cell, self.base) for cell in cells]
            pictures += [picture for run in runs for picture in run.pictures]
            if any(trim(run.inner) for run in runs):
                html_rows.append("<tr>" + "".join(f"<td>{trim(run.inner)}</td>" for run in runs) + "</tr>")
        if html_rows:
            self.body.block(f"<table><tbody>{''.join(html_rows)}</tbody></table>")
        for alt, found in pictures:
            self._picture({"src": found, "alt": alt}, "")


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().removeprefix("|").removesuffix("|").split("|")]


def _starts_block(line: str) -> bool:
    """Whether a line ends the paragraph before it even without an empty line between them."""
    bare = line.lstrip()
    first = bare[:1]
    if first == "<":
        return bool(_FIGURE.match(line))
    if first == "#":
        return bool(re.match(r"#{2,6}[ \t]", bare)) and line[:1] == "#"
    if first == ">":
        return line[:1] == ">"
    return bare.startswith("{{<") or (first == "|" and line.rstrip().endswith("|"))


def _only_links(words: str, run: inline.Inline) -> bool:
    """Whether a paragraph consists only of links, numbers and punctuation."""
    rest = unescape(_without_link_texts(words, run))
    return bool(run.links) and not _PUNCTUATION.sub("", _BYLINE.sub("", rest))


def _without_link_texts(words: str, run: inline.Inline) -> str:
    for text, _ in run.links:
        words = words.replace(escape(text), "", 1)
    return " ".join(words.split())


def _is_address(found: str) -> bool:
    return bool(found) and not re.search(r"[\s\"'<>]", found)
