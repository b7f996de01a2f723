"""The real address of a picture among an <img>'s attributes, and which <img> are no picture of the
article."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from newsarchive.importers.fields import urls
from newsarchive.importers.fields.encoding import one_line
from newsarchive.importers.types import ParsedImage

from . import embedded

_LAZY = (
    "data-original", "data-src", "data-lazy-src", "data-actualsrc", "data-original-src", "data-echo",
    "data-lazy", "data-lazyload", "data-lazy-load", "data-ks-lazyload", "data-real-src", "data-url",
    "data-img", "data-image", "data-full-src", "data-hi-res-src", "lazy-src", "lazysrc", "original",
    "orig-src", "_src", "zoomfile", "data-sf-original-src",
)  # fmt: skip
_LAZY_SETS = ("data-srcset", "data-lazy-srcset")
_DECORATION = re.compile(
    r"grey_line|gray_line|icon-zoom|/spacer\.|/blank\.gif|/pixel\.|1x1\.(?:gif|png)|loadimg\.gif"
    r"|/loading\.gif|"
    r"/emoji/|s\.w\.org/images/core/|feedburner\.com/~|/servicelinks/|scorecardresearch\.com|feedx\.net",
    re.IGNORECASE,
)
_SRCSET_ITEM = re.compile(r"\s*(\S+?),?(?:\s+(\d+(?:\.\d+)?)[wx])?\s*(?:,|$)")


def parse(attributes: Mapping[str, str], *, base: str = "") -> ParsedImage | None:
    """A picture from the attributes of its <img>; None when it is no picture of the article.

    Without a usable address the picture's place and caption are still kept, with `src` "". A picture whose
    bytes are in the file has their key as `found_src`.
    """
    if attributes.get("width") in ("0", "1") or attributes.get("height") in ("0", "1"):
        return None
    found = ""
    candidates = _candidates(attributes)
    inside = next((candidate for candidate in candidates if candidate.startswith(embedded.PREFIX)), "")
    for candidate in candidates:
        found = found or candidate
        src = _unresized(urls.absolute(candidate, base))
        if src and not _DECORATION.search(src):
            return _image(inside or candidate, src, attributes)
        if src:
            return None
    if inside:
        return _image(inside, "", attributes)
    if found.startswith("data:") or urls.host_of(found):
        return None
    return _image("" if _is_script(found) else found, "", attributes)


_RESIZED = re.compile(r"[?&](?:u|url|src|img|image)=(https?(?:://|%3A%2F%2F)[^&]+)", re.IGNORECASE)
_PICTURE_PATH = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp)(?:$|[!@:_?])", re.IGNORECASE)


_FILTERED = re.compile(r"^https?://[^?#]+/filters:[^/]+/((?:[\w-]+\.)+[a-z]{2,}/[^?#]+)$", re.IGNORECASE)


def _unresized(src: str) -> str:
    """The picture behind a resizing service: /photo.php?u=https://…/24383721.jpg&w=930, or
    /resizer/1000x0/filters:quality(100)/host/picture.jpg."""
    if filtered := _FILTERED.match(src):
        return "https://" + filtered[1]
    match = _RESIZED.search(src)
    inner = urls.unwrap(unquote(match[1]) if "%3A" in match[1].upper() else match[1]) if match else ""
    return inner if inner and _PICTURE_PATH.search(inner) else src


def _image(found: str, src: str, attributes: Mapping[str, str]) -> ParsedImage:
    return ParsedImage(
        src=src,
        archived_src=urls.wayback_address(found),
        found_src=found,
        alt=one_line(attributes.get("alt") or ""),
    )


def _candidates(attributes: Mapping[str, str]) -> list[str]:
    """Addresses from best to worst: those for lazy loading before `src`, which is then a placeholder."""
    lazy = [attributes.get(name, "") for name in _LAZY]
    src = attributes.get("src", "")
    sets = [_largest(attributes.get(name, "")) for name in (*_LAZY_SETS, "srcset")]
    ordered = [*lazy, src, *sets] if not src.startswith("data:") else [*lazy, *sets, src]
    return [candidate.strip() for candidate in ordered if candidate and candidate.strip()]


def _largest(srcset: str) -> str:
    """The largest image of a srcset. Relative addresses are skipped, because the address of the page is
    unknown."""
    best, size = "", -1.0
    for match in _SRCSET_ITEM.finditer(srcset[:20_000]):
        width = float(match[2] or 1)
        if width > size and match[1].startswith(("http", "//")):
            best, size = match[1], width
    return best


def _is_script(url: str) -> bool:
    return bool(re.match(r"\s*[a-z]+\s*:", url, re.IGNORECASE)) and not url.startswith("http")
