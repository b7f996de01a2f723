"""The curators' table of agencies, and what a change of it does to the pictures that are there.

    captions -> credit, split off by the importers with this table -> Image.agency, which the facet counts

A picture's credit and agency follow from its caption and the table. When the table changes, those that
would come out otherwise today are the change's articles: a preview counts them, an `Action` renames them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from django.db.models import Q, QuerySet

from newsarchive.importers.fields import captions
from newsarchive.importers.fields.agencies import Agencies, Row
from newsarchive.models import Agency, Image
from newsarchive.runtime.write_lock import turn


def table() -> Agencies:
    """One query."""
    rows = Agency.objects.order_by("name").values_list("name", "spellings")
    return _made(tuple((name, tuple(spellings)) for name, spellings in rows))


@lru_cache(maxsize=8)
def _made(rows: tuple[Row, ...]) -> Agencies:
    return Agencies(rows)


def split_again(
    caption: str, credit: str, before: Agencies, after: Agencies, *, by_hand: bool = False
) -> tuple[str, str]:
    """A picture's credit and agency by the table as it is now. A credit that somebody wrote, or that the
    source gave apart from the caption, stays: it is not what the table before made of the caption."""
    if not by_hand and credit == captions.credit_of(caption, before):
        credit = captions.credit_of(caption, after)
    return credit, after.name_in(credit)


def affected(before: Agencies, after: Agencies) -> list[int]:
    """Numbers of the articles with a picture that the change renames. Reads the pictures in whose caption or
    credit a spelling stands that means something else now, and no others."""
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
    """For the parameters of an action; `Agencies(rows)` reads it again."""
    return [[name, list(spellings)] for name, spellings in agencies.rows]


def unite(gone: Agency, into: Agency) -> None:
    """The rows; the pictures are renamed by the action that follows."""
    spellings = _of_both(gone, into)
    gone.delete()
    Agency.objects.filter(pk=into.pk).update(spellings=spellings)


def united(table: Agencies, gone: Agency, into: Agency) -> Agencies:
    """The table as it will be after that."""
    others = [row for row in table.rows if row[0] not in (gone.name, into.name)]
    return Agencies(sorted([*others, (into.name, tuple(_of_both(gone, into)))]))


def _of_both(gone: Agency, into: Agency) -> list[str]:
    spellings = [*into.spellings, gone.name, *gone.spellings]
    return list(dict.fromkeys(spelling for spelling in spellings if spelling != into.name))


@turn()
def put_back(before: Sequence[Sequence[Any]], after: Sequence[Sequence[Any]]) -> int:
    """The rows that went from `before` to `after`, as they were. Returns how many were changed again since:
    those stay."""
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
