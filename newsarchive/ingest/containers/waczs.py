"""The pages of a WACZ file: a zip of WARC files with a list of pages, digests and, in some, a signature.

A file in it whose digest is another than datapackage.json says is refused. When there is a list of pages,
only these are articles' files, and those of them that no crawl holds are named. Nothing is unpacked to
disk.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any, Final

from newsarchive.errors import UnreadableFile
from newsarchive.importers.types import SourceFile
from newsarchive.messages import Message

from . import crawls, names
from .limits import Limits, Refused

_PACKAGE: Final = "datapackage.json"
_SIGNATURE: Final = "datapackage-digest.json"
_LISTS: Final = ("pages/pages.jsonl", "pages/extraPages.jsonl")
_MOST_JSON: Final = 16 * 1024 * 1024  # bytes of datapackage.json and of the signature
_MOST_LIST: Final = 128 * 1024 * 1024  # bytes of a list of pages, which may hold the pages' texts
_BLOCK: Final = 1024 * 1024
SIGNED: Final = "X-Archive-Signed"  # the header that `formats.warc_record` reads


def is_wacz(archive: zipfile.ZipFile) -> bool:
    found = set(archive.namelist())
    return _PACKAGE in found and any(name.startswith("archive/") for name in found)


def pages(
    archive: zipfile.ZipFile, limits: Limits, position: Callable[[int], None]
) -> Iterator[SourceFile | Refused]:
    digests = _digests(archive)
    wanted = _listed(archive)
    missing = dict.fromkeys(wanted)
    signed = _signature(archive)
    more = ((SIGNED, signed),) if signed else ()
    for info in _crawls(archive):
        shown = names.clean(info.filename.encode("utf-8", "replace"))
        if names.escapes(info.filename):
            yield Refused(shown, names.ESCAPES)
            continue
        limits.check_bytes(unpacked=info.file_size, packed=max(info.compress_size, 1))
        if info.filename in digests and digests[info.filename] != _digest(archive, info):
            yield Refused(shown, Message("wacz_digest_wrong"))
            continue
        found = crawls.pages(
            lambda info=info: _open(archive, info),  # type: ignore[misc]
            limits,
            position,
            wanted=lambda address: not wanted or address in wanted,
            more_headers=more,
        )
        try:
            for item in found:
                missing.pop(item.path, None)
                yield item
        except UnreadableFile as exc:
            yield Refused(shown, Message("earlier_files_stay", why=exc.message))
    for address in missing:
        yield Refused(names.clean(address.encode("utf-8", "replace")), Message("wacz_page_missing"))


def pictures(archive: zipfile.ZipFile, most_bytes: int) -> Iterator[tuple[str, bytes]]:
    digests = _digests(archive)
    for info in _crawls(archive):
        if digests.get(info.filename) in (None, _digest(archive, info)):
            yield from crawls.pictures(lambda info=info: _open(archive, info), most_bytes)  # type: ignore[misc]


def _crawls(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [info for info in archive.infolist() if info.filename.startswith("archive/") and not info.is_dir()]


def _open(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    return archive.open(info)


def _digest(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    digest = hashlib.sha256()
    with archive.open(info) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _json(archive: zipfile.ZipFile, name: str) -> Any:
    """None when it is not there or can't be read."""
    try:
        with archive.open(name) as file:
            return json.loads(file.read(_MOST_JSON))
    except (KeyError, ValueError, RecursionError, zipfile.BadZipFile, OSError):
        return None


def _digests(archive: zipfile.ZipFile) -> dict[str, str]:
    """SHA-256 of each file by its path, as datapackage.json says."""
    package = _json(archive, _PACKAGE)
    resources = package.get("resources") if isinstance(package, dict) else None
    found = {}
    for resource in resources if isinstance(resources, list) else ():
        if isinstance(resource, dict) and isinstance(digest := resource.get("hash"), str):
            kind, _, value = digest.partition(":")
            if kind == "sha256":
                found[str(resource.get("path"))] = value.lower()
    return found


def _listed(archive: zipfile.ZipFile) -> set[str]:
    """Addresses of the pages in its lists; empty when it has none."""
    found: set[str] = set()
    for name in _LISTS:
        try:
            with archive.open(name) as file:
                left = _MOST_LIST
                while left > 0 and (line := file.readline(_MOST_JSON)):
                    left -= len(line)
                    found |= _address(line)
        except (KeyError, zipfile.BadZipFile, OSError):
            continue
    return found


def _address(line: bytes) -> set[str]:
    try:
        page = json.loads(line)
    except (ValueError, RecursionError):
        return set()
    address = page.get("url") if isinstance(page, dict) else None
    return {address} if isinstance(address, str) and address else set()


def _signature(archive: zipfile.ZipFile) -> str:
    """Who signed it and when, as the file says; the signature itself is not verified."""
    found = _json(archive, _SIGNATURE)
    data = found.get("signedData") if isinstance(found, dict) else None
    if not isinstance(data, dict):
        return ""
    said = [str(data[key]) for key in ("domain", "publicKey", "created", "software") if data.get(key)]
    return " ".join(" ".join(said).split())[:400]
