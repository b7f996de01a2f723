"""Local copies from a crawl: the pictures that the archive's articles name, read after the articles are
saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from newsarchive.importers.types import PictureFile
from newsarchive.models import Image
from newsarchive.pictures import arrivals

from .containers import reader
from .containers.limits import Limits

_MOST: Final = 200  # pictures that wait in memory for the question which of them are named
_MOST_BYTES: Final = 32 * 1024 * 1024


def keep(paths: Iterable[Path], limits: Limits) -> int:
    """Reads the crawls among the paths once more. Returns how many copies are new."""
    files = (path for path in paths if path.is_file())
    return sum(arrivals.keep(_named(chunk)) for path in files for chunk in _chunks(path, limits))


def _chunks(path: Path, limits: Limits) -> Iterator[list[tuple[str, bytes]]]:
    chunk: list[tuple[str, bytes]] = []
    size = 0
    for address, data in reader.crawled_pictures(path, limits):
        chunk.append((address, data))
        size += len(data)
        if len(chunk) >= _MOST or size >= _MOST_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _named(chunk: list[tuple[str, bytes]]) -> list[PictureFile]:
    """Those that an image names, with or without s in http."""
    spellings = {spelling: data for address, data in chunk for spelling in _spellings(address)}
    named = Image.objects.filter(src__in=list(spellings)).values_list("src", flat=True).distinct()
    return [PictureFile(src, spellings[src]) for src in named]


def _spellings(address: str) -> tuple[str, str]:
    rest = address.partition("://")[2]
    return f"https://{rest}", f"http://{rest}"
