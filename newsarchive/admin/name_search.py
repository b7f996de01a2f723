"""Searching names as readers search words: either script, any width, any case.

Every name of a kind is read and folded for each search; 15,000 names take about 40 ms. Searching in the
database instead would need a column that is rewritten whenever the folding rules change.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, QuerySet

from newsarchive.runtime import number_lists
from search.language import tokens


def key(text: str) -> str:
    return tokens.search_text(text.strip())


def holding(text: str, names: Iterable[str], *, most: int) -> list[str]:
    """Names that contain the text: the equal one first, then those that begin with it, in the order of
    names."""
    wanted = key(text)
    if not wanted:
        return []
    folded = ((key(name), name) for name in names)
    found = [(fold != wanted, not fold.startswith(wanted), name) for fold, name in folded if wanted in fold]
    return [name for *_, name in sorted(found)[:most]]


def named(rows: QuerySet[Any], text: str) -> list[int]:
    """Ids of the rows with exactly this name; without any, those whose folded name is equal."""
    exact = list(rows.filter(name=text).values_list("pk", flat=True))
    wanted = key(text)
    return exact or [pk for pk, name in rows.order_by().values_list("pk", "name") if key(name) == wanted]


def narrowed(rows: QuerySet[Any], text: str, *fields: str) -> QuerySet[Any]:
    """Rows with a text that contains every typed word. A field may be a list of texts."""
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
