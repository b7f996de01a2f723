"""The JSON object that a file or a record is."""

from __future__ import annotations

import json
from typing import Any

from newsarchive.errors import UnreadableFile


def read(text: str) -> dict[str, Any]:
    """Control characters inside strings are let pass, since exporters write them. Raises UnreadableFile when
    it is no JSON, or no object."""
    try:
        found = json.loads(text, strict=False)
    except (ValueError, RecursionError) as exc:
        raise UnreadableFile("record_damaged", detail=str(exc)[:100]) from exc
    if not isinstance(found, dict):
        raise UnreadableFile("record_no_object")
    return found
