"""What a reader may have meant by a query that finds nothing, or little: another spelling, or the words
that are romanised so. Offered with the count of the search that its link makes, when that is much more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from newsarchive.archive import visibility
from newsarchive.importers.html.safe_subset import plain_text
from search.engines.base import Filters, Request
from search.engines.spelling import LATIN as _LATIN
from search.engines.spelling import looks_like
from search.indexing import documents
from search.language import romanised
from search.language.tokens import search_text
from search.query.parser import And, Field, Or, Query, Term, describe, positive_terms
from search.vocabulary import spoken

from .asked import Asked
from .highlight import Marker

_MOST_CORRECTED: Final = 3  # words of one query
_TRIED: Final = 4  # spellings of a word
# Hits up to which a query is few: then a near spelling with so many times as many stories is offered. With
# more hits, the reader has found what was typed.
FEW: Final = 60
_TIMES: Final = 10
_SHORTEST: Final = 3  # Chinese characters; nearly every word of two sounds like another that is more frequent
_SHORTEST_LATIN: Final = 5
_NAME: Final = 5  # times as likely as another word that sounds so: shanghai is 上海, not 傷害


@dataclass(frozen=True, slots=True)
class Meant:
    """The whole query in another spelling, under the same filters. It has stories."""

    text: str
    stories: int


def meant(tree: Query | None, asked: Asked, *, found: int) -> Meant | None:
    """`found`: stories that match as a whole. None when there is nothing better."""
    if tree is None or found > FEW:
        return None
    least = max(1, _TIMES * found)
    for text in _spellings(tree, asked, found=found):
        stories = asked.count_text(text)
        if stories >= least:
            return Meant(text, stories)
    return None


def _spellings(tree: Query, asked: Asked, *, found: int) -> Iterator[str]:
    """Other texts of the whole query, the likeliest first."""
    yield from _romanised(tree, asked, only_names=found > 0)
    corrected = _corrected(tree, asked) if not found else _more_frequent(tree, asked)
    if corrected is not None:
        yield describe(corrected)


# --- another spelling


def _corrected(tree: Query, asked: Asked) -> Query | None:
    """Each word that stands nowhere spelt otherwise, if then the whole query has stories."""
    nowhere = [term for term in _bare(tree) if not asked.count(term, filters=Filters())]
    if not 0 < len(nowhere) <= _MOST_CORRECTED:
        return None
    for number, term in enumerate(nowhere, 1):
        spellings = [replace(term, text=text) for text in asked.corrections(term.text, limit=_TRIED)]
        counts = [asked.count(_replaced(tree, term, spelling)) for spelling in spellings]
        if not any(counts) and number < len(nowhere):  # the next word is mended too
            counts = [asked.count(spelling) for spelling in spellings]
        if not any(counts):
            return None
        best = spellings[counts.index(max(counts))]
        tree = _replaced(tree, term, _as_printed(asked, best))
    return tree


def _more_frequent(tree: Query, asked: Asked) -> Query | None:
    """One word spelt as it is far more often, in characters that sound or look like the typed ones."""
    for term in _bare(tree)[:_MOST_CORRECTED]:
        if term.exact:
            continue
        own = asked.count(term)
        for text in _near(term.text, asked):
            spelling = replace(term, text=text)
            if asked.count(spelling) >= _TIMES * max(1, own):
                return _replaced(tree, term, _as_printed(asked, spelling))
    return None


def _near(text: str, asked: Asked) -> list[str]:
    """Spellings of a word that stands: names and words with characters that sound or look alike, Latin words
    with other letters. The frequent come first."""
    folded = search_text(text)
    if _LATIN.fullmatch(folded):
        return asked.corrections(text, limit=_TRIED) if len(folded) >= _SHORTEST_LATIN else []
    if len(folded) < _SHORTEST:
        return []
    near = [word for word in spoken.alike(folded) if looks_like(word, folded)]
    counted = [(asked.count(Term(word), filters=Filters()), word) for word in near]
    return [word for _, word in sorted(counted, reverse=True)[:_TRIED]]


def _bare(tree: Query) -> list[Term]:
    return [term for term in positive_terms(tree) if isinstance(term, Term) and not term.prefix]


def _replaced(node: Query, term: Term, spelling: Term) -> Query:
    if node == term:
        return spelling
    if isinstance(node, And | Or):
        return replace(node, parts=tuple(_replaced(part, term, spelling) for part in node.parts))
    return node


# --- romanised words


def _romanised(tree: Query, asked: Asked, *, only_names: bool) -> Iterator[str]:
    """Each run of Latin words that can be read as pinyin, as the frequent words that sound so."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    runs = [list(run) for _, run in groupby(parts, key=_latin_field)]
    for at, run in enumerate(runs):
        if not _latin_field(run[0]):
            continue
        typed = " ".join(part.text for part in run if isinstance(part, Term))
        for word in spoken_words(asked, typed, limit=1, only_names=only_names):
            first = run[0]
            assert isinstance(first, Term)
            before, behind = runs[:at], runs[at + 1 :]
            rest = [
                *(p for r in before for p in r),
                replace(first, text=word),
                *(p for r in behind for p in r),
            ]
            yield describe(And(tuple(rest)) if len(rest) > 1 else rest[0])
            break


def _latin_field(node: Query) -> Field | None:
    """The field of a bare Latin word; None of anything else."""
    if not isinstance(node, Term) or node.exact or node.prefix:
        return None
    return node.field if romanised.may_be(node.text) else None


def spoken_words(asked: Asked, typed: str, *, limit: int, only_names: bool = False) -> list[str]:
    """Words of visible stories that are romanised as typed, in full (xijinping, xi jin ping) or, if there is
    none and others than names are wanted too, by their initials (xjp); the likeliest first, as printed."""
    weight = dict.fromkeys(spoken.names(typed), _NAME)
    if not only_names:
        weight |= {word: 1 for word in spoken.words(typed) if word not in weight}
        weight = weight or dict.fromkeys(spoken.initials(typed), 1)
    counted = [(asked.count(Term(word), filters=Filters()) * times, word) for word, times in weight.items()]
    best = sorted((one for one in counted if one[0]), reverse=True)[:limit]
    return [_as_printed(asked, Term(word)).text for _, word in best]


# --- the characters that are printed


def _as_printed(asked: Asked, term: Term) -> Term:
    waiting = asked.pending
    request = Request(term, limit=1, counts=False, hidden=waiting.hidden, fresh=waiting.fresh)
    hits = asked.engine.search(request)
    printed = _printed(term, hits.hits[0].story_id) if hits.hits else ""
    return replace(term, text=printed or term.text)


def _printed(term: Term, story_id: int) -> str:
    """The term in the characters of a visible story that has it; "" when it stands in none of its texts."""
    copies = list(
        visibility.visible().filter(story_id=story_id).select_related("outlet", "story").order_by("id")
    )
    if not copies:
        return ""
    article = documents.shown_copy(copies)
    marker = Marker(replace(term, field=Field.ANY))
    texts = [
        (Field.TITLE, article.title),
        (Field.BODY, plain_text(article.body)),
        *((Field.CAPTION, image.caption) for image in article.images.all()),
        *((Field.AUTHOR, author.name) for author in article.authors.all()),
        *((Field.TAG, tag.name) for tag in article.tags.all()),
        (Field.OUTLET, article.outlet.name if article.outlet else ""),
    ]
    for field, text in texts:
        for start, end in marker.spans(field, text):
            return text[start:end]
    return ""
