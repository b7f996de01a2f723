"""File names as they appear in folders and archives. They are displayed and compared, never opened."""

from __future__ import annotations

from typing import Final

from newsarchive.messages import Message

LONGEST: Final = 1000  # characters that the database column holds; longer names are cut
ESCAPES: Final = Message("refused_name_out")


def clean(name: bytes) -> str:
    """The name for display: decoded as UTF-8, else GB18030, without terminal control characters."""
    for encoding in ("utf-8", "gb18030"):
        try:
            text = name.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = name.decode("utf-8", "replace")
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return "".join(char if char.isprintable() or char == "\u3000" else "\ufffd" for char in text)


def is_hidden(name: str) -> bool:
    return any(part == "__MACOSX" or (part[:1] == "." and part not in {".", ".."}) for part in _parts(name))


def escapes(name: str) -> bool:
    """Whether the path leads out of the archive, on any operating system."""
    drive = len(name) > 1 and name[1] == ":" and name[0].isalpha()
    return name.startswith(("/", "\\")) or drive or ".." in _parts(name)


def _parts(name: str) -> list[str]:
    return name.replace("\\", "/").split("/")
