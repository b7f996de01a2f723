"""Two articles side by side: the passages that both have, and the words that one alone uses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from newsarchive.importers.html.safe_subset import plain_text
from newsarchive.models import Article, Image
from newsarchive.pictures import store
from newsarchive.runtime import work
from search.engines import ranking
from search.language.folding import aligned
from search.language.tokens import segmenter
from search.query.semantics import Span
from search.results.highlight import with_marks

from . import passages

_MOST_WORDS: Final = 40
_LONGEST: Final = 60_000  # characters of a text that are compared: beyond, nothing is marked


@dataclass(frozen=True, slots=True)
class Picture:
    caption: str
    credit: str  # "" where the caption has it
    copy: str = ""  # address of the local copy, "" where there is none
    width: int | None = None  # of the copy, in pixels
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Side:
    article: Article
    title: SafeString
    paragraphs: tuple[SafeString, ...]
    pictures: tuple[Picture, ...]
    characters: int
    marked: int  # of them, in passages that both have
    words: tuple[tuple[str, int], ...]  # that the other has not, with how often; the most telling first


@dataclass(frozen=True, slots=True)
class Comparison:
    a: Side
    b: Side
    passages: int
    whole: bool  # False: the texts are too long to be compared to their ends


def compare(a: Article, b: Article) -> Comparison:
    texts = [f"{article.title}\n{plain_text(article.body)}" for article in (a, b)]
    compared = [text[:_LONGEST] for text in texts]
    found = passages.shared(*compared)
    work.current().reading.spent += sum(map(len, compared))
    words = [_words(text) for text in compared]
    return Comparison(
        _side(a, texts[0], [(one.a_start, one.a_end) for one in found], words[0], words[1]),
        _side(b, texts[1], [(one.b_start, one.b_end) for one in found], words[1], words[0]),
        passages=len(found),
        whole=compared == texts,
    )


_Words = tuple[Counter[str], dict[str, str]]  # folded words with their counts, and how each is printed


def _side(article: Article, text: str, spans: list[Span], own: _Words, other: _Words) -> Side:
    spans = _apart(spans)
    title, *paragraphs = _marked(text, spans)
    return Side(
        article,
        title,
        tuple(paragraphs),
        tuple(_pictures(article)),
        characters=sum(map(str.isalnum, text)),
        marked=sum(sum(map(str.isalnum, text[start:end])) for start, end in spans),
        words=tuple(_only(own, other)),
    )


def _apart(spans: list[Span]) -> list[Span]:
    """In order, those that overlap as one: a passage of one text may stand in the other twice."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _marked(text: str, spans: list[Span]) -> list[SafeString]:
    """The lines of the text."""
    lines, at = [], 0
    for line in text.split("\n"):
        lines.append(with_marks(text, spans, at, at + len(line)))
        at += len(line) + 1
    return lines


def _pictures(article: Article) -> list[Picture]:
    """Those that have a caption, a credit or a local copy. No other host is asked for any."""
    images = list(article.images.all())
    copies = store.local(images)
    found = [_picture(image, copies.get(image.pk)) for image in images]
    found += [Picture(embed["caption"], "") for embed in article.embeds]
    return [picture for picture in found if picture.caption.strip() or picture.credit.strip() or picture.copy]


def _picture(image: Image, copy: store.Picture | None) -> Picture:
    credit = "" if image.credit in image.caption else image.credit
    if copy is None:
        return Picture(image.caption, credit)
    return Picture(image.caption, credit, copy.url(image.article_id), copy.width, copy.height)


def _words(text: str) -> _Words:
    written = aligned(text)
    counts: Counter[str] = Counter()
    printed: dict[str, str] = {}
    for token in segmenter().whole_words(written.text):
        counts[token.text] += 1
        if token.text not in printed:
            start, end = written.printed(token.start, token.end)
            printed[token.text] = text[start:end]
    return counts, printed


def _only(own: _Words, other: _Words) -> list[tuple[str, int]]:
    """Words of two and more characters, those first that say most: often here, rarely in general."""
    only = [word for word in own[0] if word not in other[0] and len(word) > 1 and not word.isdecimal()]
    only.sort(key=lambda word: (-own[0][word] * ranking.rarity_in_general(segmenter().share(word)), word))
    return [(own[1][word], own[0][word]) for word in only[:_MOST_WORDS]]
