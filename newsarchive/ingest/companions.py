"""The folder of pictures that a browser saves beside a page: page.html and page_files/."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Final

from newsarchive.pictures import sniff

PAGES: Final = (".html", ".htm", ".xhtml", ".shtml")
_ENDINGS: Final = ("_files", ".files", "-Dateien", "_fichiers", "_archivos", "_soubory", "_pliki")
_MOST: Final = 1_000  # files of such a folder that are looked at
_HEAD: Final = 16  # bytes by which most files are known to be no pictures


def belongs(folder: str, names: Collection[str]) -> bool:
    """Whether a folder of this name is the companion of a page among `names`, which stand beside it."""
    stem = _stem(folder)
    return bool(stem) and any(stem + ending in names for ending in PAGES)


def pictures(page: Path, most_bytes: int) -> tuple[tuple[str, bytes], ...]:
    """(path relative to the page, bytes) of the pictures in its folder; links are not followed. Together
    they have at most `most_bytes`; what is more is left out."""
    if page.suffix.lower() not in PAGES:
        return ()
    found: list[tuple[str, bytes]] = []
    for ending in _ENDINGS:
        folder = page.with_name(page.stem + ending)
        try:
            with os.scandir(folder) as entries:
                files = sorted(
                    (entry for entry in entries if entry.is_file(follow_symlinks=False)),
                    key=lambda entry: entry.name,
                )
        except OSError:
            continue
        for entry in files[:_MOST]:
            data = _picture(Path(entry.path), most_bytes)
            if data:
                most_bytes -= len(data)
                found.append((f"{folder.name}/{entry.name}", data))
    return tuple(found)


def _picture(path: Path, most: int) -> bytes:
    try:
        if path.stat().st_size > most:
            return b""
        with path.open("rb") as file:
            head = file.read(_HEAD)
            data = head + file.read(most) if sniff.may_be(head) else b""
    except OSError:
        return b""
    return data if data and sniff.kind_of(data) else b""


def _stem(folder: str) -> str:
    return next((folder.removesuffix(ending) for ending in _ENDINGS if folder.endswith(ending)), "")
