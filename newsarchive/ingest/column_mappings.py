"""The mapping of a table's columns that a person chose, remembered for every table with the same columns."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from newsarchive.importers.fields.encoding import folded
from newsarchive.models import ColumnMapping


def remember(columns: Sequence[str], mapping: Mapping[str, str]) -> None:
    """`mapping`: field -> column. Nothing is kept for a file without columns; an empty mapping forgets."""
    if not columns:
        return
    if mapping:
        values = {"columns": list(columns), "mapping": dict(mapping)}
        ColumnMapping.objects.update_or_create(key=_key(columns), defaults=values)
    else:
        ColumnMapping.objects.filter(key=_key(columns)).delete()


def recall(columns: Sequence[str]) -> dict[str, str]:
    """Field -> column; empty when none was chosen for these columns."""
    found = ColumnMapping.objects.filter(key=_key(columns)).first() if columns else None
    return {str(field): str(column) for field, column in found.mapping.items()} if found else {}


def _key(columns: Sequence[str]) -> str:
    """The same for the same names in any order, whatever their case and blanks."""
    return hashlib.sha256("\n".join(sorted(map(folded, columns))).encode()).hexdigest()
