"""Format and size of a picture, read from its first bytes; file names and the host's Content-Type are
ignored. SVG is not accepted (it can contain scripts), nor any format that some browsers can't display."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_MOST_SIDE: Final = 20_000  # pixels
# Pixels; a reader's browser decompresses all of them, so larger pictures are refused.
_MOST_PIXELS: Final = 100_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    media_type: str
    suffix: str
    width: int
    height: int


def kind_of(data: bytes) -> Kind | None:
    """None when the bytes are no picture of an accepted format, end inside its header, or are too large to
    show."""
    for media_type, suffix, magic, size in _KINDS:
        if not data.startswith(magic):
            continue
        try:
            width, height = size(data)
        except IndexError:
            return None
        fits = 0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE and width * height <= _MOST_PIXELS
        return Kind(media_type, suffix, width, height) if fits else None
    return None


def may_be(head: bytes) -> bool:
    """Whether bytes that begin so can be a picture of an accepted format."""
    return any(head.startswith(magic) for _, _, magic, _ in _KINDS)


_NOTHING: Final = (0, 0)


def _number(data: bytes, at: int, size: int, *, little: bool = False) -> int:
    """Raises IndexError when the bytes end before it."""
    if at + size > len(data):
        raise IndexError
    return int.from_bytes(data[at : at + size], "little" if little else "big")


def _png(data: bytes) -> tuple[int, int]:
    return (_number(data, 16, 4), _number(data, 20, 4)) if data[12:16] == b"IHDR" else _NOTHING


def _gif(data: bytes) -> tuple[int, int]:
    return _number(data, 6, 2, little=True), _number(data, 8, 2, little=True)


def _jpeg(data: bytes) -> tuple[int, int]:
    """Size from the first start-of-frame segment."""
    at = 2
    while True:
        while _number(data, at, 1) == 0xFF and _number(data, at + 1, 1) == 0xFF:
            at += 1
        if _number(data, at, 1) != 0xFF:
            return _NOTHING
        marker, length = data[at + 1], _number(data, at + 2, 2)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return _number(data, at + 7, 2), _number(data, at + 5, 2)
        if marker == 0xDA or length < 2:  # The pixel data begins here without a size having been given.
            return _NOTHING
        at += 2 + length


def _webp(data: bytes) -> tuple[int, int]:
    if data[8:12] != b"WEBP":
        return _NOTHING
    match data[12:16]:
        case b"VP8 ":
            if data[23:26] != b"\x9d\x01\x2a":
                return _NOTHING
            return _number(data, 26, 2, little=True) & 0x3FFF, _number(data, 28, 2, little=True) & 0x3FFF
        case b"VP8L":
            bits = _number(data, 21, 4, little=True)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return _number(data, 24, 3, little=True) + 1, _number(data, 27, 3, little=True) + 1
    return _NOTHING


_KINDS: Final[tuple[tuple[str, str, bytes, Callable[[bytes], tuple[int, int]]], ...]] = (
    ("image/jpeg", "jpg", b"\xff\xd8\xff", _jpeg),
    ("image/png", "png", b"\x89PNG\r\n\x1a\n", _png),
    ("image/gif", "gif", b"GIF87a", _gif),
    ("image/gif", "gif", b"GIF89a", _gif),
    ("image/webp", "webp", b"RIFF", _webp),
)
SUFFIXES: Final = {media_type: suffix for media_type, suffix, _, _ in _KINDS}
