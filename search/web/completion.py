"""What is offered while a reader types: names, then titles, each with what it is and where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext

from newsarchive.archive import visibility
from newsarchive.models import Article
from search.engines import get_engine
from search.engines.base import Facet, Filters
from search.indexing import documents
from search.language.tokens import search_text
from search.results import pending
from search.results.addresses.lookup import look_up
from search.results.asked import asked
from search.results.meant import spoken_words
from search.results.pending import Pending
from search.results.service import Parameters

from . import links

MOST: Final = 10  # suggestions in all: what fits under the search box
LONGEST: Final = 40  # characters of what was typed that are looked at
_NAMES: Final = 6  # of these, at most so many names
_FEW: Final = 3  # with fewer names and titles, words that sound as typed are offered too


@dataclass(frozen=True, slots=True)
class Suggestion:
    text: str
    description: str
    url: str  # a path


def suggest(typed: str) -> list[Suggestion]:
    """At most MOST, of visible stories only. Raises IndexUnavailable."""
    text = typed.strip()[:LONGEST]
    if not text:
        return []
    if looked := look_up(typed):
        return [_title(article) for article in looked.articles[:MOST] if article.title.strip()]
    waiting = pending.stories()
    found = get_engine().complete(
        text, names=_NAMES, titles=2 * MOST, hidden=waiting.hidden, fresh=waiting.fresh
    )
    names = [_name(*name) for name in found.names]
    titles = [_title(article) for article in _shown(found.titles) if article.title.strip()]
    spoken = [] if len(names) + len(titles) >= _FEW else _spoken(text, waiting)
    once: dict[str, Suggestion] = {}
    for suggestion in (*names, *titles, *spoken):
        once.setdefault(search_text(suggestion.text), suggestion)
    return list(once.values())[:MOST]


def _spoken(text: str, waiting: Pending) -> list[Suggestion]:
    """Words that are romanised so, with what a search for them finds."""
    questions = asked(Filters(), waiting=waiting)
    found = ((word, questions.count_text(word)) for word in spoken_words(questions, text, limit=_FEW))
    return [
        Suggestion(word, gettext("%(count)s 篇") % {"count": f"{stories:,}"}, links.address(Parameters(word)))
        for word, stories in found
        if stories
    ]


def _name(facet: Facet, name: str, stories: int) -> Suggestion:
    label = gettext("%(facet)s，%(count)s 篇") % {"facet": links.title_of(facet), "count": f"{stories:,}"}
    return Suggestion(name, label, links.address(Parameters(filters=Filters(include={facet: (name,)}))))


def _title(article: Article) -> Suggestion:
    outlet = article.outlet.name if article.outlet else ""
    where = " ".join(filter(None, (outlet, article.known_day)))
    return Suggestion(article.title, where, article.get_absolute_url())


def _shown(story_ids: tuple[int, ...]) -> list[Article]:
    """The copies that are shown, in the order of the stories."""
    copies: dict[int, list[Article]] = {}
    found = visibility.visible().filter(story_id__in=story_ids)
    rows = found.select_related("outlet", "story").order_by("id")
    for article in rows.defer("body", "embeds", "related"):
        copies.setdefault(article.story_id, []).append(article)
    return [documents.shown_copy(copies[story_id]) for story_id in story_ids if story_id in copies]
