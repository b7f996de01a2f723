"""Ids that no row can have: `id__in` with one finds no row, as `id` with one does.

Django holds the exact and ordering lookups of whole numbers to what their column can hold
(`IntegerFieldOverflow`), and leaves `in` to the database, which refuses the statement: addresses and forms
with an id of twenty digits were answered with 500. Registered when the app is loaded.
"""

from __future__ import annotations

import re
from typing import Any, Final

from django.db.models import IntegerField
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In

_ROW_NUMBER: Final = re.compile(r"[0-9]{1,18}")  # the ids are numbers of 64 bits: any 18 digits fit


def row_number(text: str) -> int | None:
    """What an address or a form names as the id of a row. None where it is no id: other scripts' digits,
    which `str.isdigit` takes, and more digits than a column holds."""
    return int(text) if _ROW_NUMBER.fullmatch(text) else None


class _WithinColumn:
    """Before a lookup with a list on its right side."""

    lhs: Any
    rhs: Any

    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        if self.rhs_is_direct_value():  # type: ignore[attr-defined]
            field = self.lhs.output_field
            kind = getattr(field, "target_field", field).get_internal_type()
            if kind in connection.ops.integer_field_ranges:
                least, most = connection.ops.integer_field_range(kind)
                self.rhs = [value for value in self.rhs if _fits(value, least, most)]
        return super().process_rhs(compiler, connection)  # type: ignore[misc]


def _fits(value: Any, least: int | None, most: int | None) -> bool:
    if not isinstance(value, int):
        return True
    return (least is None or value >= least) and (most is None or value <= most)


class IntegerIn(_WithinColumn, In):
    pass


class RelatedIntegerIn(_WithinColumn, RelatedIn):
    pass


def register() -> None:
    from django.db.models import ForeignKey

    IntegerField.register_lookup(IntegerIn)
    ForeignKey.register_lookup(RelatedIntegerIn)
