"""Whatever bytes an import meets: an article in the safe subset, or UnreadableFile, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from random import Random
from typing import Any, Final

from newsarchive.archive.storable import storable
from newsarchive.errors import UnreadableFile
from newsarchive.importers import registry
from newsarchive.importers.html import safe_subset
from newsarchive.importers.types import ParsedArticle, SourceFile, Standing
from newsarchive.messages import Message
from newsarchive.models import RawFile

from . import material

_SUBSET: Final = re.compile(
    r"</?(?:p|h[2-4]|ul|ol|li|blockquote|strong|em|table|thead|tbody|tr|th|td|a)>|<br ?/?>"
    r'|<a href="https?://[^"<>]*">|<figure data-(?:image|embed)="\d+">|</figure>'
)


def make(random: Random) -> bytes:
    return material.document(random) if random.random() < 0.5 else material.mutated(random)


def check(data: bytes) -> None:
    try:
        article = registry.parse(SourceFile("file.md", data))
    except UnreadableFile:
        return
    _check_article(article)
    kept = storable(article, RawFile(sha256="0" * 64))
    assert safe_subset.clean(kept.body) == kept.body
    for value in _strings(asdict(kept)):
        assert "\0" not in value
        value.encode()  # no lone surrogate


def _check_article(article: ParsedArticle) -> None:
    assert safe_subset.clean(article.body) == article.body
    rest = _SUBSET.sub("", article.body)
    assert "<" not in rest, rest
    assert article.title or article.standing is Standing.STUB or Message("no_title") in article.problems
    assert "\n" not in article.title
    assert article.captured_at is None or article.captured_at.tzinfo is not None
    for kind, kept in (("image", article.images), ("embed", article.embeds)):
        places = sorted(map(int, re.findall(rf'<figure data-{kind}="(\d+)">', article.body)))
        assert places == list(range(len(kept))), kind
    for address in _addresses(article):
        assert re.match(r"https?://[^\x00-\x20<>\"]*\Z", address, re.IGNORECASE), address
    assert all(author.name.strip() for author in article.authors)


def _addresses(article: ParsedArticle) -> Iterator[str]:
    found = [article.source_url, article.canonical_url, article.archived_url]
    for image in article.images:
        found += [image.src, image.archived_src]
    for embed in article.embeds:
        found += [embed.url, embed.poster]
    found += [author.avatar for author in article.authors]
    found += [link.url for link in article.related]
    return filter(None, found)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(key)
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)
