"""Names found as readers find words: either script, any width, any case.

Every name of a kind is read and folded for each question: 15,000 names take about 40 ms. Folding in the
database would need a column that follows the folding's version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, QuerySet

from newsarchive.runtime import number_lists
from search.language import tokens


def key(text: str) -> str:
    return tokens.search_text(text.strip())


def holding(text: str, names: Iterable[str], *, most: int) -> list[str]:
    """Names that hold the text: the name itself first, then those that begin with it, by name."""
    wanted = key(text)
    if not wanted:
        return []
    folded = ((key(name), name) for name in names)
    found = [(fold != wanted, not fold.startswith(wanted), name) for fold, name in folded if wanted in fold]
    return [name for *_, name in sorted(found)[:most]]


def named(rows: QuerySet[Any], text: str) -> list[int]:
    """Numbers of the rows that have this very name; else of those whose name is the same when folded."""
    exact = list(rows.filter(name=text).values_list("pk", flat=True))
    wanted = key(text)
    return exact or [pk for pk, name in rows.order_by().values_list("pk", "name") if key(name) == wanted]


def narrowed(rows: QuerySet[Any], text: str, *fields: str) -> QuerySet[Any]:
    """Rows of which one text holds every word that was typed. A field may be a list of texts."""
    words = [key(word) for word in text.split()]
    if not words:
        return rows
    model: type[Model] = rows.model
    found = [
        pk
        for pk, *values in model._default_manager.order_by().values_list("pk", *fields)
        if any(all(word in said for word in words) for said in _texts(values))
    ]
    return rows.filter(pk__in=number_lists.rows(found))


def _texts(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        yield from map(key, value if isinstance(value, list) else [value])
