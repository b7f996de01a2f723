"""Memory and processor time of the site's processes, from /proc."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Process:
    role: str
    pid: int
    resident: int  # bytes
    share: int  # resident, what is shared counted by parts (PSS)
    own: int  # shared with nobody
    cpu: float  # seconds of processor time since it began


@dataclass(frozen=True, slots=True)
class Look:
    EVERY_SECONDS: ClassVar[float] = 5.0
    at: float  # seconds since the first
    busy: float  # seconds of processor time of the whole machine since it was started
    processes: tuple[Process, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Watch:
    keeper: int
    locust: int
    looks: list[Look] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    def look(self) -> None:
        found = []
        for role, pid in self._pids():
            try:
                found.append(_process(role, pid))
            except OSError:  # it ended meanwhile
                continue
        self.looks.append(Look(time.monotonic() - self._began, _busy(), tuple(found)))

    def _pids(self) -> Iterator[tuple[str, int]]:
        yield "locust", self.locust
        for child in _children(self.keeper):
            if "gunicorn" in _command(child):
                yield "master", child
                yield from (("worker", worker) for worker in _children(child))
            else:
                yield "indexer", child
                yield from (("rebuild", rebuild) for rebuild in _children(child))


def _process(role: str, pid: int) -> Process:
    sizes = {
        name: int(value.split()[0]) * 1024
        for name, _, value in (
            line.partition(":") for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
        )
    }
    own = sizes["Private_Clean"] + sizes["Private_Dirty"]
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return Process(role, pid, sizes["Rss"], sizes["Pss"], own, (int(stat[11]) + int(stat[12])) / _TICK)


def _children(pid: int) -> list[int]:
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(word) for thread in threads for word in (thread / "children").read_text().split()]
    except OSError:
        return []


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _busy() -> float:
    """user, nice, system, irq, softirq; not idle, waiting or stolen."""
    words = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _, _, irq, softirq = map(int, words[:7])
    return (user + nice + system + irq + softirq) / _TICK
