"""The formats there are. To add one: a module with `name`, `suffix`, `media_type` and `write`, and its line
here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from . import bibtex, csl, csv_table, gbt7714, jsonl, ris
from .provenance import Provenance


class Format(Protocol):
    """A module that writes a file in one format, piece by piece."""

    name: str  # in addresses
    suffix: str  # of files
    media_type: str

    def write(self, items: Iterable[Any], source: Provenance, /) -> Iterator[str]:
        """`items` are references, for those of WHOLE records."""
        ...


WHOLE: Final[tuple[Any, ...]] = (csv_table, jsonl)
CITATIONS: Final[tuple[Any, ...]] = (ris, bibtex, csl, gbt7714)
FORMATS: Final[dict[str, Format]] = {format.name: format for format in (*WHOLE, *CITATIONS)}
LABELS: Final = {
    "csv": _("CSV（試算表）"),
    "jsonl": _("JSON Lines（全文）"),
    "ris": _("RIS（Zotero、EndNote）"),
    "bibtex": "BibTeX",
    "csl": "CSL-JSON",
    "gbt7714": _("GB/T 7714（純文字）"),
}


def unapi_id(identity: str) -> str:
    """What a page names an article by: Zotero puts it behind `?id=` as it stands."""
    return quote(identity, safe=":")
