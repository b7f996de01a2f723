"""The curators' table of agencies, and which pictures a change of the table affects.

    caption -> credit (split off by the importers with this table) -> Image.agency, which the facet counts

A picture's credit and agency follow from its caption and the table. When the table changes, the pictures
whose credit or agency would now be another are affected: a preview counts their articles, and an `Action`
updates them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from django.db.models import Q, QuerySet

from newsarchive.importers.fields import captions
from newsarchive.importers.fields.agencies import Agencies, Row
from newsarchive.models import Agency, Image
from newsarchive.runtime.write_lock import holding_write_lock


def table() -> Agencies:
    """Reads the table with one query."""
    rows = Agency.objects.order_by("name").values_list("name", "spellings")
    return _made(tuple((name, tuple(spellings)) for name, spellings in rows))


@lru_cache(maxsize=8)
def _made(rows: tuple[Row, ...]) -> Agencies:
    return Agencies(rows)


def split_again(
    caption: str, credit: str, before: Agencies, after: Agencies, *, by_hand: bool = False
) -> tuple[str, str]:
    """A picture's credit and agency according to the table `after`. A credit that is not what the table
    `before` made of the caption stays, because a curator wrote it or the source gave it apart from the
    caption."""
    if not by_hand and credit == captions.credit_of(caption, before):
        credit = captions.credit_of(caption, after)
    return credit, after.name_in(credit)


def affected(before: Agencies, after: Agencies) -> list[int]:
    """Ids of the articles with a picture whose credit or agency the change alters. Reads only pictures whose
    caption or credit contains a spelling that now has another meaning."""
    moved = {
        spelling
        for spelling in before.names.keys() | after.names.keys()
        if before.names.get(spelling) != after.names.get(spelling)
    }
    found: set[int] = set()
    for image in _with_any(moved).select_related("article").only(*_READ).iterator():
        by_hand = "images" in image.article.edited_fields
        new = split_again(image.caption, image.credit, before, after, by_hand=by_hand)
        if new != (image.credit, image.agency):
            found.add(image.article_id)
    return sorted(found)


_READ: Final = ("caption", "credit", "agency", "article__edited_fields")


def _with_any(spellings: Iterable[str]) -> QuerySet[Image]:
    holds = Q(pk__in=[])
    for spelling in spellings:
        holds |= Q(caption__icontains=spelling) | Q(credit__icontains=spelling)
    return Image.objects.filter(holds).order_by()


def as_json(agencies: Agencies) -> list[list[Any]]:
    """The table in plain values, for the parameters of an action; `Agencies(rows)` reads it back."""
    return [[name, list(spellings)] for name, spellings in agencies.rows]


def unite(gone: Agency, into: Agency) -> None:
    """Merges the rows of the table; the pictures are updated by the action that follows."""
    spellings = _of_both(gone, into)
    gone.delete()
    Agency.objects.filter(pk=into.pk).update(spellings=spellings)


def united(table: Agencies, gone: Agency, into: Agency) -> Agencies:
    """The table as it will be after `unite`."""
    others = [row for row in table.rows if row[0] not in (gone.name, into.name)]
    return Agencies(sorted([*others, (into.name, tuple(_of_both(gone, into)))]))


def _of_both(gone: Agency, into: Agency) -> list[str]:
    spellings = [*into.spellings, gone.name, *gone.spellings]
    return list(dict.fromkeys(spelling for spelling in spellings if spelling != into.name))


@holding_write_lock()
def put_back(before: Sequence[Sequence[Any]], after: Sequence[Sequence[Any]]) -> int:
    """Restores the rows that the change from `before` to `after` touched. Rows that were changed again since
    stay as they are; returns how many."""
    old, new = ({name: list(spellings) for name, spellings in rows} for rows in (before, after))
    skipped = 0
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) == new.get(name):
            continue
        row = Agency.objects.filter(name=name).first()
        if (row.spellings if row else None) != new.get(name):
            skipped += 1
        elif row is None:
            Agency.objects.create(name=name, spellings=old[name])
        elif name not in old:
            row.delete()
        else:
            row.spellings = old[name]
            row.save(update_fields=["spellings"])
    return skipped
