"""References as GB/T 7714-2015 prints them, one a line, for pasting into a text.

曾海琪. 習近平與拜登視像會晤[N/OL]. 眾新聞, 2021-11-17[2026-11-20]. https://…/id/hkcnews:47815/. https://web.archive.org/….
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from search.results.exports.references import Reference

from .provenance import Provenance

name: Final = "gbt7714"
suffix: Final = "txt"
media_type: Final = "text/plain; charset=utf-8"

_NAMED: Final = 3  # authors; beyond them the standard says "and others"
_HAN: Final = re.compile("[\u3400-\u9fff\U00020000-\U000323af]")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def write(references: Iterable[Reference], source: Provenance) -> Iterator[str]:
    if source.query is not None:
        yield _CONTROLS.sub(" ", source.statement) + "\n\n"
    for reference in references:
        yield _CONTROLS.sub(" ", line(reference, source)) + "\n"


def line(reference: Reference, source: Provenance) -> str:
    """Without what the article does not say: its author, outlet or day."""
    printed = ", ".join(filter(None, (reference.outlet, reference.day)))
    parts = (
        _authors(reference.authors),
        f"{reference.title}[N/OL]",
        f"{printed}[{source.day.isoformat()}]",
        source.permalink(reference.identity),
        reference.archived_url,
    )
    return " ".join(f"{part}." for part in parts if part)


def _authors(names: tuple[str, ...]) -> str:
    if len(names) <= _NAMED:
        return ", ".join(names)
    others = "等" if _HAN.search("".join(names[:_NAMED])) else "et al"
    return ", ".join((*names[:_NAMED], others))
