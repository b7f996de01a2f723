"""The address of an article for ever, whatever number it has today."""

from __future__ import annotations

from urllib.parse import quote


def permalink(identity: str) -> str:
    """The path; `request.build_absolute_uri` makes it an address."""
    return "/id/" + quote(identity, safe=":") + "/"
