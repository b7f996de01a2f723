"""The transactional outbox: which stories the index must read again. Rows are written in the transaction of
the change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils import timezone

from newsarchive.models import OutboxRow
from newsarchive.runtime.number_lists import slices
from newsarchive.runtime.prepared_sql import unvarying


def enqueue(story_ids: Iterable[int], *, takes_away: bool = False) -> None:
    """Call inside the transaction that changes the stories. Duplicates are harmless.

    `takes_away`: a person's decision may have removed a text, a copy or its visibility from these stories.
    While very many stories wait, searches check these first, or leave them out.
    """
    rows = [OutboxRow(story_id=number, takes_away=takes_away) for number in story_ids]
    OutboxRow.objects.bulk_create(rows, batch_size=500)


def pending(*, limit: int) -> Sequence[OutboxRow]:
    """Oldest first."""
    return list(OutboxRow.objects.order_by("id")[:limit])


def newest_rows(most: int) -> list[tuple[int, int, object]]:
    """Story, number and time of writing (as the database driver has it) of rows, the newest first."""
    return unvarying(_newest, most)


def _newest(most: int) -> QuerySet[OutboxRow, tuple[int, int, object]]:
    return OutboxRow.objects.order_by("-id").values_list("story_id", "id", "created_at")[:most]


def is_waiting() -> bool:
    """Is there any row? Some 30 µs."""
    return bool(newest_rows(1))


def count() -> int:
    return OutboxRow.objects.count()


def lag() -> float:
    """Seconds that the oldest row has waited; 0 when there is none, or when the clock was set back since."""
    row = OutboxRow.objects.order_by("id").first()
    return max(0.0, (timezone.now() - row.created_at).total_seconds()) if row else 0.0


def waiting() -> list[int]:
    """Ids of all present rows. A rebuild that starts afterwards covers them and calls `forget_all` at its
    end.

    It is a list because a highest id would not do: on some databases rows become visible out of order.
    """
    return list(OutboxRow.objects.values_list("id", flat=True))


def forget(rows: Iterable[OutboxRow]) -> None:
    """Call after the index has these stories. Rows written meanwhile for the same stories stay."""
    OutboxRow.objects.filter(id__in=[row.pk for row in rows]).delete()


def forget_all(numbers: Sequence[int]) -> None:
    for some in slices(numbers, 500):
        OutboxRow.objects.filter(id__in=some).delete()
