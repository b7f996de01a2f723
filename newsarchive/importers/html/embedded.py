"""Pictures whose bytes are in the page itself: data: addresses, parts of an MHTML file, files of a page's
folder.

Each is replaced by a short key before the page is parsed, so that trees and rows stay small. The key stands
as `found_src` of the image, and the bytes go beside the article as a `PictureFile`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from urllib.parse import unquote, unquote_to_bytes

PREFIX = "embedded:"
_DATA = re.compile(
    r"data:image/(?:png|jpe?g|pjpeg|gif|webp"
    r"|x-icon)[^,\"'\s<>)]{0,80}?;base64,([A-Za-z0-9+/=_%\s-]{200,})(?=[\"')<>]|$)"
)
# A picture of any size that a caption stands under, in a figure that names no other file of it.
_FIGURE = re.compile(r"<figure\b(?:(?!</figure\b).){0,20000}?<figcaption", re.DOTALL | re.IGNORECASE)
_SMALL = re.compile(
    r"data:image/(?:png|jpe?g|gif|webp)[^,\"'\s<>)]{0,80};base64,([A-Za-z0-9+/=]{1,199})(?=[\"'\s>])"
)
_ELSEWHERE = re.compile(r"<img\b[^>]*(?:srcset|data-(?:src|original|lazy))|<noscript|<source", re.IGNORECASE)
# The folder in which browsers save what a page needs: page_files/, page.files/, page-Dateien/ …
_FOLDER = re.compile(
    r"(?<=[\"'=(])(?:\./)?([^\"'<>()/?#:]{1,400}(?:_files|\.files|-Dateien|_fichiers|_archivos|_soubory"
    r"|_pliki))/([^\"'<>()?#]{1,400})(?=[\"')?#])"
)
# What each of these addresses holds; looked for first, since the expression is slow on a long page.
_FOLDER_ENDS = (
    "_files/", ".files/", "-Dateien/", "_fichiers/", "_archivos/", "_soubory/", "_pliki/",
)  # fmt: skip
_KEY = re.compile(PREFIX + r"[0-9a-f]{64}")


def is_key(found: str) -> bool:
    return bool(_KEY.fullmatch(found))


def key_of(data: bytes) -> str:
    return PREFIX + hashlib.sha256(data).hexdigest()


def take_out(text: str) -> tuple[str, dict[str, bytes]]:
    """The page with keys in place of its data: pictures, and the bytes of each. Those of less than 150 bytes
    are placeholders and signs, which stay, unless they are all that a figure with a caption shows."""
    found: dict[str, bytes] = {}
    if "data:image/" not in text:
        return text, found

    def replaced(match: re.Match[str]) -> str:
        try:
            data = base64.b64decode(unquote_to_bytes(match[1]).translate(None, b" \t\r\n"), validate=True)
        except (binascii.Error, ValueError):
            return "data:,"
        key = key_of(data)
        found[key] = data
        return key

    def captioned(figure: re.Match[str]) -> str:
        return figure[0] if _ELSEWHERE.search(figure[0]) else _SMALL.sub(replaced, figure[0])

    return _FIGURE.sub(captioned, _DATA.sub(replaced, text)), found


def in_folder(text: str, page: bytes, files: dict[str, bytes]) -> tuple[str, dict[str, bytes]]:
    """The page with keys in place of the files of its folder. The key is made of the page's bytes and the
    path, so that it is the same when the page is read again without its folder."""
    found: dict[str, bytes] = {}
    if not any(end in text for end in _FOLDER_ENDS) or not _FOLDER.search(text):
        return text, found
    digest = hashlib.sha256(page).hexdigest()

    def replaced(match: re.Match[str]) -> str:
        path = unquote(f"{match[1]}/{match[2]}")
        key = key_of(f"{digest}/{path}".encode("utf-8", "surrogatepass"))
        if path in files:
            found[key] = files[path]
        return key

    return _FOLDER.sub(replaced, text), found
