"""Office documents (.xlsx, .docx): zip archives of XML parts. Which of them a file is, and its limits.

The sizes that a zip declares can be trusted here: `zipfile` reads no more of a member than it declares.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Final

from newsarchive.errors import UnreadableFile, UnsafeArchive
from newsarchive.importers.wrapping import xml_prolog
from newsarchive.ingest.containers import zips
from newsarchive.ingest.containers.limits import Limits

XLSX: Final = "xlsx"
DOCX: Final = "docx"
_MAIN_PARTS: Final = {"xl/workbook.xml": XLSX, "word/document.xml": DOCX}
# Unpacked bytes of all XML parts. The strings of a workbook are held in memory, at about twice their bytes; a
# workbook of 100,000 articles of 800 characters has 250 MB.
MOST_XML: Final = 512 * 1024 * 1024
DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
)


def kind(path: Path, head: bytes) -> str:
    """XLSX, DOCX, or "" for any other file. `head`: its first bytes."""
    if not head.startswith(b"PK\x03\x04"):
        return ""
    try:
        zips.check(path)
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (*DAMAGE, UnsafeArchive):
        return ""
    return next((what for part, what in _MAIN_PARTS.items() if part in names), "")


def check(archive: zipfile.ZipFile, path: Path, limits: Limits) -> None:
    """Raises UnreadableFile and UnsafeArchive where a limit is exceeded, or a part declares entities."""
    parts = [info for info in archive.infolist() if info.filename.endswith((".xml", ".rels"))]
    unpacked = sum(info.file_size for info in parts)
    if unpacked > MOST_XML:
        raise UnreadableFile("refused_size", size=unpacked, limit=MOST_XML)
    limits.check_members(len(archive.infolist()))
    limits.check_bytes(unpacked=unpacked, packed=path.stat().st_size)
    for info in parts:
        with archive.open(info) as part:
            xml_prolog.refuse_entities(part)
