"""What stands before the root element of an XML file: entities of its own are refused there.

XML bombs ("billion laughs") are made of entities that name each other. Exports, feeds and Office documents
have no use for any.
"""

from __future__ import annotations

from typing import IO, Any, Final
from xml.parsers import expat

from newsarchive.errors import UnreadableFile

_CHUNK: Final = 64 * 1024  # bytes fed to the parser at once


class _RootReached(Exception):
    """The root element has begun: no declaration can follow."""


def refuse_entities(file: IO[bytes]) -> None:
    """Reads from the present position to the root element. Raises UnreadableFile when entities are declared;
    damage is left to whoever reads the file."""
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = _stop
    try:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
    except (_RootReached, expat.ExpatError):
        return


def _refuse(*declaration: Any) -> None:
    raise UnreadableFile("feed_with_entities")


def _stop(*element: Any) -> None:
    raise _RootReached
