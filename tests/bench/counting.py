"""What is counted over all texts, beside a plain scan: the folded running texts of all stories as one string
in memory, in which Python counts the folded word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from . import measure, pages
from .queries import Query

SCAN = "scan"
# Name of a row -> address and parameters beside the word.
KINDS = {
    "concordance": ("concordance", {"loose": "off", "also": "off"}),
    "concordance by the right context": ("concordance", {"sort": "right"}),
    "trends by month": ("trends", {}),
    "collocates": ("collocates", {}),
}


def ask(data: Path, warm: Sequence[Query], measured: Sequence[Query]) -> dict[str, Any]:
    """Times of each kind, and of the scan, for the same words; and of one comparison of two halves."""
    pages.set_up(data)
    from search.language.tokens import search_text

    browser = pages.client()
    text = running_text()

    def scanned(query: Query) -> Callable[[], int]:
        word = search_text(query.text)
        return lambda: text.count(word)

    def counted(view: str, more: dict[str, str]) -> Callable[[Query], Callable[[], int]]:
        def ready(query: Query) -> Callable[[], int]:
            def request() -> int:
                response = browser.get(f"/api/{view}/", {"q": query.text, **more})
                assert response.status_code in (200, 400), response.content
                return int(response.json().get("occurrences", 0))

            return request

        return ready

    systems = {SCAN: scanned, **{name: counted(*kind) for name, kind in KINDS.items()}}
    measure.in_turn(systems, warm)
    with measure.settled():
        times = measure.in_turn(systems, measured)
    return {name: of.as_json() for name, of in times.items()} | {"texts": len(text)}


def running_text() -> str:
    """Folded titles, bodies and captions of all stories of the index."""
    from search.counting import asking
    from search.engines.embedded.counting.counted_texts import SnapshotTexts
    from search.engines.embedded.counting.running_texts import text_of

    with asking.texts() as texts:
        assert isinstance(texts, SnapshotTexts)
        return text_of(texts.parts[0].texts.units)


def rows(counted: dict[str, Any], two: Callable[[Any], str]) -> Iterator[list[str]]:
    """`two`: prints p50 and p95. A ratio above 1 says that the scan takes longer."""
    scan = counted[SCAN]["cpu"]
    yield ["plain scan of the texts", two(scan), "1.0 / 1.0", f"{counted[SCAN]['answer']:,.0f}"]
    for name in KINDS:
        of = counted[name]["cpu"]
        ratio = " / ".join(f"{scan[key] / of[key]:.1f}" for key in ("p50", "p95"))
        yield [name, two(of), ratio, f"{counted[name]['answer']:,.0f}"]


HEAD = ["counting, ms of processor time p50 / p95", "API", "scan ÷ this", "occurrences a question"]
