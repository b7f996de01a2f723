"""Takes out of the text lines that pages add to it, and the list of other articles that follows it."""

from __future__ import annotations

import re

from newsarchive.importers.html.body import Body, text_of
from newsarchive.importers.html.safe_subset import plain_text

from . import wording

_DATE = re.compile(r"(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}")
_HEAD_LABELS = re.compile(r"来源|來源|作者|阅读|閱讀|浏览|字[体體號]|编辑|編輯|评论|評論|分享|发布|發布|發佈")
_LONGEST = 180  # characters of a line that can be none of the article's
_LONGEST_NOTICE = 400  # of one about rights
_LONGEST_HEADLINE = 60
_SHORTEST_TEXT = 40  # characters; while no more have come, a line may still belong to the head of the page
_MOST_PROMOTION = 8  # blocks after a drawn line that are looked at
_RULE = re.compile(r"[-=＝*＊—_～~·.★☆]{3,}")
_BREAK = re.compile(r"<br>")
_LINK = re.compile(r'<a href="([^"]+)">(.*?)</a>')
_PLACEHOLDER = re.compile(r'<figure data-(image|embed)="(\d+)"></figure>')


def prune(body: Body, title: str) -> list[str]:
    """Returns the removed lines; links among them become related ones."""
    removed = _cut_related(body)
    blocks: list[str] = []
    length = 0
    for block in body.blocks:
        left, gone = _without_lines(block, title if length < _SHORTEST_TEXT else "")
        removed += gone
        blocks += [left] if left else []
        length += len(plain_text(left)) if not block.startswith("<figure") else 0
    body.blocks = _without_end_notes(_without_promotion(blocks, removed), removed)
    _renumber(body)
    return removed


def _cut_related(body: Body) -> list[str]:
    """Cuts the text at a label such as 延伸閱讀 when nothing but headlines follows it."""
    for at, block in enumerate(body.blocks):
        if block.startswith("<figure"):
            continue
        first, *rest = plain_text(block).split("\n")
        if (
            wording.is_related_label(first.strip())
            and _are_headlines(rest)
            and _only_headlines(body.blocks[at + 1 :])
        ):
            removed = []
            for other in body.blocks[at:]:
                for href, words in _LINK.findall(other):
                    body.relate(href.replace("&amp;", "&"), text_of(words).strip())
                removed += plain_text(other).split("\n")
            del body.blocks[at:]
            return removed
    return []


def _only_headlines(blocks: list[str]) -> bool:
    """Whether they are headlines and notes, among which one in five lines may be longer: another appeal."""
    lines = [
        line
        for block in blocks
        if not block.startswith("<figure")
        for line in plain_text(block).split("\n")
        if line.strip()
    ]
    others = sum(not _are_headlines([line]) for line in lines)
    return others == 0 or (len(lines) >= 5 and 5 * others <= len(lines) and _are_headlines(lines[:3]))


def _are_headlines(lines: list[str]) -> bool:
    return all(
        len(line) <= _LONGEST_HEADLINE or wording.is_never_text(line) or _is_note(line) for line in lines
    )


def _without_lines(block: str, title: str) -> tuple[str, list[str]]:
    """(the block without them, the removed lines). `title` is empty once the text has begun."""
    if block.startswith("<h"):
        words = plain_text(block)
        return ("", [words]) if _goes(words, title) else (block, [])
    if not block.startswith("<p>"):
        return block, []
    lines = _BREAK.split(block[3:-4])
    kept = [line for line in lines if not _goes(text_of(line), title)]
    if len(kept) == len(lines):
        return block, []
    gone = [text_of(line).strip() for line in lines if line not in kept]
    return _paragraph(kept, block), gone


def _paragraph(lines: list[str], block: str) -> str:
    """The paragraph of these lines; the whole one when a mark or link would lose its end."""
    while lines and not text_of(lines[0]).strip():
        del lines[0]
    while lines and not text_of(lines[-1]).strip():
        del lines[-1]
    inner = "<br>".join(lines)
    if not inner:
        return ""
    balanced = all(
        inner.count(f"<{tag}") == inner.count(f"</{tag.strip()}>") for tag in ("a ", "strong", "em")
    )
    return f"<p>{inner}</p>" if balanced else block


def _goes(line: str, title: str) -> bool:
    line = " ".join(line.split())
    if not line or len(line) > _LONGEST:
        return False
    if wording.is_never_text(line):
        return True
    if not title:
        return False
    of_head = line == title or (_DATE.search(line) and len(line) <= 60) or len(_HEAD_LABELS.findall(line)) > 1
    return wording.is_end_note(line) or (bool(of_head) and not line.endswith(("。", "！", "？")))


def _without_promotion(blocks: list[str], removed: list[str]) -> list[str]:
    """Cuts the text at a line drawn in signs (---, ＝＝＝＝) near its end, after which half of the lines and
    more are appeals and notes."""
    words = [plain_text(block) for block in blocks]
    for at in range(len(blocks) - 1, max(len(blocks) - _MOST_PROMOTION - 2, 0), -1):
        rule, *lines = [line for text in words[at:] for line in text.split("\n")]
        after = [line for line in lines if line.strip()]
        if not _RULE.fullmatch(rule.strip()) or not after:
            continue
        if 2 * sum(map(_is_note, after)) >= len(after):
            removed += after
            return blocks[:at] + [block for block in blocks[at:] if block.startswith("<figure")]
    return blocks


def _without_end_notes(blocks: list[str], removed: list[str]) -> list[str]:
    """Takes rights, disclaimers and appeals off the end; pictures between them stay."""
    end = len(blocks)
    gone: set[int] = set()
    while end > 0:
        block = blocks[end - 1]
        words = plain_text(block)
        if not block.startswith("<figure"):
            lines = words.split("\n")
            if not all(_is_note(line) for line in lines):
                break
            gone.add(end - 1)
            removed.append(words)
        end -= 1
    return [block for at, block in enumerate(blocks) if at not in gone]


def _is_note(line: str) -> bool:
    if len(line) > _LONGEST:
        return len(line) <= _LONGEST_NOTICE and wording.is_rights(line)
    return wording.is_end_note(line) or wording.is_never_text(line) or wording.is_paywall(line)


def _renumber(body: Body) -> None:
    """Forgets pictures and embeds whose placeholder is gone, and counts the others anew."""
    marks = [match.groups() for block in body.blocks if (match := _PLACEHOLDER.fullmatch(block))]
    images = [int(number) for kind, number in marks if kind == "image"]
    embeds = [int(number) for kind, number in marks if kind == "embed"]
    if images == list(range(len(body.images))) and embeds == list(range(len(body.embeds))):
        return
    new = {("image", old): at for at, old in enumerate(images)} | {
        ("embed", old): at for at, old in enumerate(embeds)
    }

    def renumbered(match: re.Match[str]) -> str:
        return f'<figure data-{match[1]}="{new[match[1], int(match[2])]}"></figure>'

    body.blocks = [_PLACEHOLDER.sub(renumbered, block) for block in body.blocks]
    body.images = [body.images[old] for old in images]
    body.embeds = [body.embeds[old] for old in embeds]
