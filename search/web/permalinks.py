"""The address of an article for ever, whatever number it has today."""

from __future__ import annotations

from urllib.parse import quote


def permalink(identity: str) -> str:
    """The path; `request.build_absolute_uri` makes it an address."""
    return "/id/" + quoted(identity) + "/"


def quoted(identity: str) -> str:
    """The identity as a part of an address."""
    return quote(identity, safe=":")
