"""RIS, for Zotero, EndNote, Mendeley and JabRef.

    TY  - NEWS
    TI  - 習近平與拜登視像會晤
    AU  - 曾海琪
    T2  - 眾新聞
    DA  - 2021/11/17/
    …
    ER  -

Lines end with CR LF. A file begins with its first record, as Zotero asks, so that record has the note of what
was searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from search.results.exports.references import Reference

from .provenance import Provenance

name: Final = "ris"
suffix: Final = "ris"
media_type: Final = "application/x-research-info-systems; charset=utf-8"

_NOT_A_LINE: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def write(references: Iterable[Reference], source: Provenance) -> Iterator[str]:
    note = source.statement if source.query is not None else ""
    for reference in references:
        fields = _fields(reference, source, note)
        lines = "".join(f"{tag}  - {_line(value)}\r\n" for tag, value in fields if value)
        yield lines + "ER  - \r\n\r\n"
        note = ""


def _fields(reference: Reference, source: Provenance, note: str) -> Iterator[tuple[str, str]]:
    yield "TY", "NEWS"
    yield "TI", reference.title
    for author in reference.authors:
        yield "AU", author
    yield "T2", reference.outlet
    yield "SE", reference.column
    if reference.date:
        year, month, day = (*reference.day.split("-"), "")[:3]
        yield "DA", f"{year}/{month}/{day}/"
        yield "PY", year
    yield "AB", reference.abstract
    yield "LA", reference.language
    for tag in reference.tags:
        yield "KW", tag
    yield "UR", source.permalink(reference.identity)
    yield "Y2", f"{source.day:%Y/%m/%d}/"
    yield "AN", reference.archived_url  # Zotero: location in the archive
    yield "M2", reference.source_url  # Zotero: extra
    yield "DP", source.archive
    yield "N1", note


def _line(value: str) -> str:
    return _NOT_A_LINE.sub(" ", value).strip()
