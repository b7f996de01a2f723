"""Compares an article with what a careful reader took from the same file, field by field.

The expectation files leave the credit out of the caption, keep sub-heads and quotations in one count
each, and reproduce runs of blanks by their length only: so blanks are folded before comparing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newsarchive.importers.html import safe_subset
from newsarchive.importers.types import ParsedArticle, ParsedImage, Standing

STANDINGS = {
    "ok": Standing.ARTICLE,
    "warning": Standing.ARTICLE,
    "stub": Standing.STUB,
    "truncated": Standing.TRUNCATED,
}


@dataclass(frozen=True)
class Case:
    expected: dict[str, Any]
    path: Path

    def __str__(self) -> str:
        return self.path.stem


def cases(expectations: Path, files: Path) -> list[Case]:
    found = []
    for path in sorted(expectations.glob("*.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        found.append(Case(expected, files / expected["file"]))
    return found


def differences(article: ParsedArticle, expected: dict[str, Any]) -> list[str]:
    """Every field that is not as expected, in words; [] when all are."""
    pairs: list[tuple[str, object, object]] = [
        ("title", fold(article.title), fold(expected["title"])),
        ("standing", article.standing, STANDINGS[expected["expected_status"]]),
        ("byline", fold(article.byline), fold(expected["byline_raw"])),
        ("authors", [author.name for author in article.authors], expected["authors"]),
        ("outlet", article.outlet, expected["outlet"]),
        ("date", _date(article, expected), _expected_date(expected)),
        ("precision", article.published and str(article.published.precision), expected["date_precision"]),
        ("updated_at", _iso(article.updated_at), expected["updated_at"]),
        ("captured_at", _iso(article.captured_at), expected["captured_at"]),
        ("missing categories", [c for c in expected["categories"] if c not in article.categories], []),
        ("tags", list(article.tags), expected["tags"]),
        ("source_url", article.source_url, expected["source_url"]),
        ("archived_url", article.archived_url, expected["archived_url"]),
        ("images", list(map(_image, article.images)), list(map(_expected_image, expected["images"]))),
        ("videos", [(e.url, e.caption, e.poster) for e in article.embeds if e.kind == "video"],
         [(v["src"], v["caption"], v["poster"]) for v in expected["videos"]]),
        ("embeds", [e.url for e in article.embeds if e.kind != "video"], expected["embeds"]),
        ("related", [(link.url, fold(link.text)) for link in article.related],
         [(link["url"], fold(link["text"])) for link in expected["related_links"]]),
        ("column", article.column, expected.get("column", "")),
    ]  # fmt: skip
    pairs += _body_pairs(article, expected)
    if expected.get("author_bio"):
        bios = [author.bio for author in article.authors] + [article.extra.get("column_bio", "")]
        pairs.append(("bio", fold(expected["author_bio"]) in map(fold, bios), True))
    shown = _shown(article)
    pairs.append(("must not contain", [w for w in expected["must_not_contain"] if w in shown], []))
    pairs.append(("search terms not found", [w for w in expected["search_terms"] if w not in shown], []))
    return [
        f"{name}: {found!r} where {wanted!r} is expected" for name, found, wanted in pairs if found != wanted
    ]


def _body_pairs(article: ParsedArticle, expected: dict[str, Any]) -> list[tuple[str, object, object]]:
    blocks = list(safe_subset.blocks(article.body))
    paragraphs = [fold(safe_subset.plain_text(block)) for tag, block in blocks if tag == "p"]
    counts = {
        "p": len(paragraphs),
        "h2": sum(tag in ("h2", "h3", "h4") for tag, _ in blocks),
        "li": sum(block.count("<li>") for _, block in blocks),
        "quote": sum(tag == "blockquote" for tag, _ in blocks),
        "table": sum(tag == "table" for tag, _ in blocks),
    }
    first, last = fold(expected["first_paragraph"]), fold(expected["last_paragraph"])
    return [
        ("blocks", counts, expected["blocks_count"]),
        ("first paragraph", paragraphs[0][: len(first)] if paragraphs else "", first),
        ("last paragraph", paragraphs[-1][: len(last)] if paragraphs else "", last),
    ]


def fold(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _shown(article: ParsedArticle) -> str:
    """Everything that a reader is shown or can search for, but the addresses of the archived copies."""
    parts = [
        article.title,
        article.byline,
        article.outlet,
        article.source_url,
        safe_subset.plain_text(article.body),
    ]
    parts += [article.body, *article.tags, *article.categories, *(author.name for author in article.authors)]
    parts += [f"{image.src} {image.alt} {image.caption} {image.credit}" for image in article.images]
    parts += [f"{embed.url} {embed.title} {embed.caption} {embed.poster}" for embed in article.embeds]
    parts += [f"{link.url} {link.text}" for link in article.related]
    return "\n".join(parts)


def _date(article: ParsedArticle, expected: dict[str, Any]) -> object:
    when = article.published
    if when is None:
        return None
    return when.at.astimezone(UTC) if when.at else when.day.isoformat()


def _expected_date(expected: dict[str, Any]) -> object:
    date = expected["date"]
    return datetime.fromisoformat(date).astimezone(UTC) if date and "T" in date else date


def _iso(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None


def _image(image: ParsedImage) -> tuple[str, str, str, str]:
    caption = fold(image.caption)
    credit = fold(image.credit)
    if credit and credit in caption:
        caption = caption[: caption.rfind(credit)].rstrip(" 　（(") + caption[
            caption.rfind(credit) + len(credit) :
        ].strip(" 　）)")
    return image.src, caption, credit, image.alt


def _expected_image(expected: dict[str, str]) -> tuple[str, str, str, str]:
    return expected["src"], fold(expected["caption"]), fold(expected["credit"]), expected["alt"]
