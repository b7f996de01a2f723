"""Which stories the index must look at again. Rows are written in the transaction of the change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from .models import OutboxRow


def enqueue(story_ids: Iterable[int]) -> None:
    """Call inside the transaction that changes the stories. Duplicates are harmless."""
    OutboxRow.objects.bulk_create([OutboxRow(story_id=number) for number in story_ids], batch_size=500)


def pending(*, limit: int) -> Sequence[OutboxRow]:
    """Oldest first."""
    return list(OutboxRow.objects.order_by("id")[:limit])


def count() -> int:
    return OutboxRow.objects.count()


def oldest() -> datetime | None:
    """When the longest waiting change was made; None when nothing waits."""
    row = OutboxRow.objects.order_by("id").first()
    return row.created_at if row else None


def last_id() -> int:
    """The newest row's number; 0 when empty."""
    return OutboxRow.objects.order_by("-id").values_list("id", flat=True).first() or 0


def forget(rows: Iterable[OutboxRow]) -> None:
    """After the index has them. Rows written meanwhile for the same stories stay."""
    OutboxRow.objects.filter(id__in=[row.pk for row in rows]).delete()


def forget_through(last: int) -> None:
    """Everything up to and with row `last`: a rebuild that began after it has seen them."""
    OutboxRow.objects.filter(id__lte=last).delete()
