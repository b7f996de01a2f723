"""Generations of an archive's index in a cluster: named by number, found by alias, swapped in one step.

    newsarchive-v1             alias: the live one, for searches and writes
    newsarchive-v1-building    alias: the one that is being filled; writers write to it too
    newsarchive-v1-000007      an index, with what it was made of and when in its mapping's _meta

The 1 is the schema: a program asks only for indexes that it understands. Who builds says so in _meta every
few seconds. One that has said nothing for a minute is dead: the next builder deletes what it left unfinished.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from newsarchive.errors import IndexBusy, IndexStale, IndexUnavailable

from . import mapping
from .client import WRITE_SECONDS, Cluster

Json = dict[str, Any]

_BEAT_SECONDS: Final = 10.0  # a builder says so often that it is at work
_DEAD_SECONDS: Final = 60.0  # after so long a silence another builder takes its place
_GREEN: Final[Json] = {"wait_for_status": "green", "timeout": "5s"}
_COPIES_SECONDS: Final = 900  # to wait for replicas before an index goes live without them


@dataclass(frozen=True, slots=True)
class Live:
    name: str
    stamps: Mapping[str, str]
    built_at: datetime | None


class Generations:
    def __init__(self, cluster: Cluster, *, shards: int, replicas: int) -> None:
        self._cluster = cluster
        self._prefix = cluster.address.prefix
        self._shards = shards
        self._replicas = replicas
        self.alias = f"{self._prefix}-v{mapping.SCHEMA}"
        self.building = f"{self.alias}-building"

    def live(self) -> Live:
        """Raises IndexStale when there are only indexes of other schemas, IndexUnavailable when none."""
        found = self._cluster.ask("GET", f"/{self.alias}", ignore=(404,))
        if "error" in found:
            others = self._cluster.ask("GET", f"/_alias/{self._prefix}-v*", ignore=(404,))
            if any(index.get("aliases") for index in others.values() if isinstance(index, dict)):
                raise IndexStale(
                    f"the index was made with another schema than {mapping.SCHEMA}: run rebuild_index"
                )
            raise IndexUnavailable("there is no index yet: run rebuild_index")
        name, facts = max(found.items())
        meta = facts["mappings"].get("_meta", {})
        built = meta.get("built_at")
        return Live(name, meta.get("stamps", {}), datetime.fromisoformat(built) if built else None)

    def is_building(self) -> bool:
        return self._cluster.exists(f"/_alias/{self.building}")

    def begin(self) -> Building:
        """An empty index to fill. Raises IndexBusy when another process fills one."""
        # Counted with what is cleared away: whoever filled it may live, and meet no index of that name.
        number = max((_number(name) for name in self._indexes()), default=0) + 1
        self._clear_dead()
        self._clear_old()
        name = f"{self.alias}-{number:06d}"
        template = mapping.template(self._prefix, shards=self._shards, replicas=self._replicas)
        self._cluster.ask("PUT", f"/_index_template/{self.alias}", template, seconds=WRITE_SECONDS)
        building = Building(self._cluster, self, name, self._replicas)
        settings = {
            # Filled by one process, from the start again if that dies: what makes writes safe can wait.
            "refresh_interval": -1,
            "number_of_replicas": 0,
            "translog": {"durability": "async", "sync_interval": "30s"},
            # What was deleted while it was filled is remembered as long.
            "gc_deletes": "48h",
        }
        facts: Json = {
            "settings": {"index": settings},
            "mappings": {"_meta": building.meta()},
            "aliases": {self.building: {}, building.fill: {}},
        }
        made = self._cluster.ask("PUT", f"/{name}", facts, seconds=WRITE_SECONDS, ignore=(400,))
        if "error" in made:
            if made["error"]["type"] == "resource_already_exists_exception":
                raise IndexBusy(f"another process has just begun to fill {name}")
            raise IndexUnavailable(f"the search cluster makes no index: {made['error']['reason']}")
        return building

    def _clear_dead(self) -> None:
        found = self._cluster.ask("GET", f"/{self.building}", ignore=(404,))
        for name, facts in {} if "error" in found else found.items():
            # A time in the future, after a clock was set back, does not count as a sign of life either.
            silent = abs(time.time() - facts["mappings"].get("_meta", {}).get("beat", 0))
            if silent < _DEAD_SECONDS:
                raise IndexBusy(f"another process fills {name}; it said so {silent:.0f} s ago")
            self.discard(name)

    def _indexes(self) -> dict[str, list[str]]:
        """The archive's indexes of all schemas, with their aliases."""
        found = self._cluster.ask("GET", f"/{self._prefix}-v*/_alias", ignore=(404,))
        pattern = re.compile(re.escape(self._prefix) + r"-v[^-]+-\d{6,}")
        return {name: list(facts["aliases"]) for name, facts in found.items() if pattern.fullmatch(name)}

    def _clear_old(self) -> None:
        """What is live no more stays until another is begun, as the embedded engine's does: searches that
        began on it end on it."""
        for name, aliases in self._indexes().items():
            if not aliases:
                self.discard(name)

    def discard(self, name: str) -> None:
        self._cluster.ask("DELETE", f"/{name}", seconds=WRITE_SECONDS, ignore=(404,))

    def remove(self) -> None:
        for name in self._indexes():
            self.discard(name)
        self._cluster.ask("DELETE", f"/_index_template/{self.alias}", seconds=WRITE_SECONDS, ignore=(404,))

    def swap(self, name: str) -> None:
        """Make an index the live one, and no other, in one step of the cluster."""
        actions: list[Json] = [{"add": {"index": name, "alias": self.alias}}]
        for other, aliases in self._indexes().items():
            actions += [
                {"remove": {"index": other, "alias": alias}}
                for alias in aliases
                if other != name or alias != self.alias
            ]
        self._cluster.ask("POST", "/_aliases", {"actions": actions}, seconds=WRITE_SECONDS)


class Building:
    """An index that is being filled."""

    def __init__(self, cluster: Cluster, generations: Generations, name: str, replicas: int) -> None:
        self._cluster = cluster
        self._generations = generations
        self.name = name
        self.fill = f"{name}-fill"  # only its builder writes to it: gone with the index, it is never remade
        self._replicas = replicas

    def meta(self, **more: Any) -> Json:
        return {"stamps": mapping.stamps(), "beat": time.time(), **more}

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Says every few seconds that the builder lives, however long its writes take."""
        done = threading.Event()
        beating = threading.Thread(target=self._beat, args=(done,), daemon=True)
        beating.start()
        try:
            yield
        finally:
            done.set()
            beating.join()

    def _beat(self, done: threading.Event) -> None:
        while not done.wait(_BEAT_SECONDS):
            # Away for a moment, or taken from this builder: its own next write says so.
            with suppress(IndexUnavailable):
                self._cluster.ask("PUT", f"/{self.name}/_mapping", {"_meta": self.meta()})

    def complete(self) -> None:
        """Make what was written searchable and safe, with its replicas."""
        ask, name = self._cluster.ask, self.name
        ask("POST", f"/{name}/_refresh", seconds=WRITE_SECONDS)
        settings = {
            "refresh_interval": None,
            "number_of_replicas": self._replicas,
            "translog.durability": None,
            "translog.sync_interval": None,
            "gc_deletes": None,
        }
        ask("POST", f"/{name}/_flush", seconds=WRITE_SECONDS)
        ask("PUT", f"/{name}/_settings", {"index": settings}, seconds=WRITE_SECONDS)
        self._wait_for_copies()

    def go_live(self) -> None:
        """After the last beat, which would take the date away."""
        meta = {"_meta": self.meta(built_at=datetime.now(UTC).isoformat())}
        self._cluster.ask("PUT", f"/{self.name}/_mapping", meta, seconds=WRITE_SECONDS)
        self._generations.swap(self.name)

    def _wait_for_copies(self) -> None:
        """Before the old index goes, the new one has its replicas, where there are nodes for them."""
        path = f"/_cluster/health/{self.name}"
        end = time.monotonic() + _COPIES_SECONDS
        while time.monotonic() < end:
            health = self._cluster.ask("GET", path, seconds=WRITE_SECONDS, ignore=(408,), **_GREEN)
            if health["status"] == "green" or health["number_of_data_nodes"] <= self._replicas:
                return

    def abandon(self) -> None:
        self._generations.discard(self.name)


def _number(name: str) -> int:
    return int(name.rpartition("-")[2])
