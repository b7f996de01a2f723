"""Applying a change of one copy to the other copies of its story, or warning about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from django.contrib import messages
from django.http import HttpRequest
from django.template.loader import render_to_string

from newsarchive.archive import article_rows, articles, history
from newsarchive.archive.history import Action, Values
from newsarchive.models import Article

from . import scope

_SHARED: Final = frozenset({"outlet", "language", "categories", "tags", *article_rows.DATES})
_STATUS: Final = frozenset({"status", "status_reason", "status_changed_at"})
_NAMED: Final = 10  # copies that a warning lists


def wanted(request: HttpRequest) -> bool:
    return request.POST.get(scope.FIELD) == scope.STORY


def set_on_copies(article: Article, changed: Collection[str], values: Values, action: Action) -> int:
    """Sets the changed fields that copies share on all other copies of the article's story, in the history of
    the same action. Returns how many articles were changed."""
    fields = {field for name in changed for field in history.unit(name)} & (_SHARED | _STATUS)
    others = list(scope.copies([article.pk]).exclude(pk=article.pk))
    if not fields or not others:
        return 0
    numbers = [other.pk for other in others]
    before = history.snapshots(numbers)
    edits = []
    with history.noting_moves() as moved:
        for other in others:
            articles.put(other, {field: values[field] for field in fields})
            edits.append((other, set(fields)))
        articles.record_edits(edits)
    action.numbers = [*action.numbers, *numbers]
    number, _after = history.write_difference(action, before, moved)
    return number


def warn_of_copies(request: HttpRequest, withdrawn: Iterable[int]) -> None:
    """After some copies were withdrawn: warns about the copies with the same text that are still public."""
    numbers = list(withdrawn)
    others = scope.still_public(numbers)
    count = others.count()
    if not count:
        return
    context = {"count": count, "others": others[:_NAMED], "ids": ",".join(map(str, numbers))}
    messages.warning(request, render_to_string("admin/_still_public.html", context))
