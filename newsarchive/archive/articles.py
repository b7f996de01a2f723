"""The only way to change an article: programs and curators' pages call these functions. Each change writes
its outbox row in the same transaction and explicitly, because Django sends no signals for bulk operations.

The parts are in `writing/`; a test checks that no other module writes these tables or the outbox.
"""

from __future__ import annotations

from collections.abc import Iterable

from . import outbox
from .writing.curated import (
    accept_source_change,
    dismiss_source_change,
    name_agencies,
    publish,
    record_edit,
    record_edits,
    restored,
    set_status,
    withdraw,
)
from .writing.forms import save_authors, save_form, save_images
from .writing.imported import save_parsed, show_again
from .writing.names import merge_names, renamed
from .writing.saving import Saved
from .writing.stories import find_copies, group, put_in_story, regroup, split
from .writing.values import named, put, put_authors, put_everywhere, put_images, review

__all__ = [
    "Saved",
    "accept_source_change",
    "dismiss_source_change",
    "find_copies",
    "group",
    "merge_names",
    "name_agencies",
    "named",
    "publish",
    "put",
    "put_authors",
    "put_everywhere",
    "put_images",
    "put_in_story",
    "record_edit",
    "record_edits",
    "regroup",
    "reindex",
    "renamed",
    "restored",
    "review",
    "save_authors",
    "save_form",
    "save_images",
    "save_parsed",
    "set_status",
    "show_again",
    "split",
    "withdraw",
]


def reindex(stories: Iterable[int]) -> None:
    """Has the index read these stories again although no row changed, because the index is known or suspected
    to differ."""
    outbox.enqueue(sorted(set(stories)))
