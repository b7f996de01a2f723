"""Every system is built in a process of its own and kept with what that cost."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from . import measure
from .corpus import Corpus


@dataclass(frozen=True, slots=True)
class Built:
    folder: Path
    facts: dict[str, Any]  # articles, seconds, cpu_seconds, peak and size in bytes, load, kept

    @property
    def rate(self) -> float:
        """Articles a second, by the clock."""
        return float(self.facts["articles"] / self.facts["seconds"])

    @property
    def cpu_rate(self) -> float:
        """Articles a second of processor time."""
        return float(self.facts["articles"] / self.facts["cpu_seconds"])


def build(system: ModuleType, corpus: Corpus, *, keep: bool) -> Built:
    """With `keep`, one that an earlier run has built will do."""
    folder = corpus.folder / system.name
    facts = folder / "cost.json"
    if keep and facts.exists():
        return Built(folder / "index", json.loads(facts.read_text()) | {"kept": True})
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"building {system.title} …", flush=True)
    load = measure.load()
    cost = measure.alone(system.build, corpus.folder / "articles.pickle", folder / "index")
    rows = {"articles": cost.result, **cost.as_json(), "size": measure.size(folder / "index")}
    rows |= {"load": [load, measure.load()]}
    facts.write_text(json.dumps(rows))
    return Built(folder / "index", rows | {"kept": False})
