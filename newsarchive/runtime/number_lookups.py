"""`id__in` lookups with numbers too large for the column find no row, as `id=` lookups do.

Django checks the exact and ordering lookups of integers against what the column can hold
(`IntegerFieldOverflow`), but passes `in` lists to the database, which rejects the statement: a URL or form
with an id of twenty digits was answered with 500. The lookups here replace Django's when the app is loaded.
"""

from __future__ import annotations

import re
from typing import Any, Final

from django.db.models import IntegerField
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In

_ROW_NUMBER: Final = re.compile(r"[0-9]{1,18}")  # ids are 64-bit integers, which hold any number of 18 digits


def row_number(text: str) -> int | None:
    """The row id that a URL or form gives as text. None for digits of other scripts, which `str.isdigit`
    accepts, and for more digits than the column can hold."""
    return int(text) if _ROW_NUMBER.fullmatch(text) else None


class _WithinColumn:
    """A mixin for lookups whose right-hand side is a list: values that the column can't hold are dropped from
    it."""

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
