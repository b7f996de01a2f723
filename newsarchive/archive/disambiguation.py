"""Articles whose file names no address are known by outlet, title and day ("feed:…"). That is enough to
see a corrected file again, and too little to tell two posts of one day apart that are both called
"12_00": there the texts decide."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Q

from newsarchive.importers.html.safe_subset import plain_text
from newsarchive.importers.types import ParsedArticle, Standing
from newsarchive.models import Article, RawFile

from . import copies

_PREFIX = "feed:"


def told_apart(group: Sequence[tuple[RawFile, ParsedArticle]]) -> list[tuple[RawFile, ParsedArticle]]:
    """The same files; where another article has the name and a text of its own, under a name of their
    own. No name comes twice in `group`."""
    names = {_base(parsed.identity) for _, parsed in group if _is_nameless(parsed)}
    if not names:
        return list(group)
    wanted = Q()
    for name in names:
        wanted |= Q(identity=name) | Q(identity__startswith=f"{name}-")
    known: dict[str, list[Article]] = defaultdict(list)
    for article in Article.objects.filter(wanted).order_by("id").prefetch_related("images"):
        known[_base(article.identity)].append(article)
    return [(raw, _named(parsed, known[_base(parsed.identity)])) for raw, parsed in group]


def _is_nameless(parsed: ParsedArticle) -> bool:
    return parsed.identity.startswith(_PREFIX) and parsed.standing is not Standing.STUB


def _base(identity: str) -> str:
    return identity.partition("-")[0] if identity.startswith(_PREFIX) else identity


def _named(parsed: ParsedArticle, namesakes: Sequence[Article]) -> ParsedArticle:
    if not namesakes or not _is_nameless(parsed) or parsed.identity != _base(parsed.identity):
        return parsed  # nothing to tell it from; or told apart already, as an export says
    text = plain_text(parsed.body)
    pictures = {image.src for image in parsed.images}
    for article in namesakes:
        theirs = plain_text(article.body)
        same = copies.share_text(text, theirs)
        if not text and not theirs:  # posts of nothing but pictures
            same = bool(pictures & {image.src for image in article.images.all()})
        if same:
            return replace(parsed, identity=article.identity)
    digest = hashlib.sha256("\n".join([text, *sorted(pictures)]).encode()).hexdigest()[:12]
    return replace(parsed, identity=f"{_base(parsed.identity)}-{digest}")
