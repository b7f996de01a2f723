"""The comparison of the engines goes on working, against a real server."""

from __future__ import annotations

from pathlib import Path

from newsarchive.conf import search_url
from tests.search.engines import real_server

from . import corpus, engines, invented, queries


@real_server.needs_server
def test_both_engines_answer_the_same_questions(tmp_path: Path) -> None:
    loaded = corpus.load(invented.write(tmp_path / "invented.zip", count=60), tmp_path, count=50)
    address = search_url.parse(real_server.URL)
    server = engines.Server(address)

    lines = list(engines.compare(loaded, server, address, queries.draw(loaded, count=10)))

    server.close()
    rows = [line.strip("|\n ").split(" | ") for line in lines]
    answered = {row[0]: row[-1].split(" of ") for row in rows if " of " in row[-1]}
    assert {row[0] for row in rows} >= {"embedded", "one word", "deep page"}
    assert answered.keys() == {
        "one word",
        "two words",
        "exact phrase",
        "dates, facets, timeline",
        "deep page",
    }
    assert all(same == asked for same, asked in answered.values())
