"""A few letters that tell whether two documents have the same text, whichever engine holds it."""

from __future__ import annotations

import hashlib

from .document import IndexDocument
from .embedded.stored_text import sections


def fingerprint(document: IndexDocument) -> str:
    return of_text("\n".join(sections(document)))


def of_text(folded: str) -> str:
    """`folded` is all sections of a document, joined by line ends."""
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:16]
