"""The same numbers worked out without an index: every text is read, every formula is written out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import log, log2
from typing import NamedTuple

from newsarchive.importers.html.safe_subset import plain_text
from newsarchive.models import Article
from search.language.tokens import is_word, search_text, segmenter


class Text(NamedTuple):
    article: Article
    lines: tuple[str, ...]  # folded: title, paragraphs, captions


def texts(**wanted: object) -> list[Text]:
    """Of the articles that are shown, one a story."""
    found = Article.objects.filter(status="published", **wanted).order_by("pk")
    return [Text(article, tuple(map(search_text, _lines(article)))) for article in found]


def _lines(article: Article) -> Iterator[str]:
    yield article.title
    yield from plain_text(article.body).split("\n")
    yield from (image.caption for image in article.images.all())
    yield from (embed["caption"] for embed in article.embeds)


def occurrences(every: list[Text], word: str) -> int:
    return sum(line.count(search_text(word)) for text in every for line in text.lines)


def words(line: str) -> list[tuple[str, int]]:
    """With the place of each."""
    found, at = [], 0
    for piece in segmenter().pieces(line):
        if is_word(piece):
            found.append((piece, at))
        at += len(piece)
    return found


def frequencies(every: list[Text]) -> Counter[str]:
    return Counter(word for text in every for line in text.lines for word, _ in words(line))


def neighbours(every: list[Text], sought: str, window: int) -> Counter[str]:
    """Words within reach of any occurrence, each once."""
    found: Counter[str] = Counter()
    sought = search_text(sought)
    for line in (line for text in every for line in text.lines):
        cut, near = words(line), set()
        at = line.find(sought)
        while at >= 0:
            before = [number for number, (word, start) in enumerate(cut) if start + len(word) <= at]
            behind = [number for number, (_, start) in enumerate(cut) if start >= at + len(sought)]
            near |= {*before[-window:], *behind[:window]}
            at = line.find(sought, at + len(sought))
        found.update(cut[number][0] for number in near)
    return found


def full_log_likelihood(observed: int, node: int, word: int, total: int) -> float:
    table = [
        (observed, node * word / total),
        (node - observed, node * (total - word) / total),
        (word - observed, (total - node) * word / total),
        (total - node - word + observed, (total - node) * (total - word) / total),
    ]
    return 2 * sum(seen * log(seen / chance) for seen, chance in table if seen)


def keyness(a: int, b: int, size_a: int, size_b: int) -> float:
    both = a + b
    pairs = ((a, size_a * both / (size_a + size_b)), (b, size_b * both / (size_a + size_b)))
    return 2 * sum(seen * log(seen / chance) for seen, chance in pairs if seen)


def log_ratio(a: int, b: int, size_a: int, size_b: int) -> float:
    return log2(((a or 0.5) / size_a) / ((b or 0.5) / size_b))


def log_dice(observed: int, node: int, word: int) -> float:
    return 14 + log2(2 * observed / (node + word))


def deviation(counts: list[int], sizes: list[int]) -> float:
    """Gries' DP of a word over parts of a corpus."""
    return sum(abs(n / sum(counts) - size / sum(sizes)) for n, size in zip(counts, sizes, strict=True)) / 2
