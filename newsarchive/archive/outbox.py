"""Which stories the index must look at again. Rows are written in the transaction of the change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone

from newsarchive.models import OutboxRow
from newsarchive.runtime.number_lists import slices


def enqueue(story_ids: Iterable[int], *, takes_away: bool = False) -> None:
    """Call inside the transaction that changes the stories. Duplicates are harmless.

    `takes_away`: a text, a copy or its visibility may be gone from them, by a person's decision. While very
    many stories wait, these are the ones that searches look at, or leave out, before all others.
    """
    rows = [OutboxRow(story_id=number, takes_away=takes_away) for number in story_ids]
    OutboxRow.objects.bulk_create(rows, batch_size=500)


def pending(*, limit: int) -> Sequence[OutboxRow]:
    """Oldest first."""
    return list(OutboxRow.objects.order_by("id")[:limit])


def count() -> int:
    return OutboxRow.objects.count()


def lag() -> float:
    """Seconds that the longest waiting change has waited; 0 when nothing waits, or when the clock was set
    back to before that change."""
    row = OutboxRow.objects.order_by("id").first()
    return max(0.0, (timezone.now() - row.created_at).total_seconds()) if row else 0.0


def waiting() -> list[int]:
    """Numbers of all rows there are now, for `forget_all` after a rebuild that began afterwards.

    A list, not a highest number: on some databases rows become visible out of order.
    """
    return list(OutboxRow.objects.values_list("id", flat=True))


def forget(rows: Iterable[OutboxRow]) -> None:
    """After the index has them. Rows written meanwhile for the same stories stay."""
    OutboxRow.objects.filter(id__in=[row.pk for row in rows]).delete()


def forget_all(numbers: Sequence[int]) -> None:
    for some in slices(numbers, 500):
        OutboxRow.objects.filter(id__in=some).delete()
