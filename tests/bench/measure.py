"""Time and memory. Milliseconds and bytes, unless a name says otherwise."""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

MEGABYTE = 1_000_000
_SAMPLE_SECONDS = 0.5
_RUN = 30  # questions that one system answers before the next one's turn
_WARM = 5  # of the run before, answered again off the clock when a turn begins

Asked = TypeVar("Asked")


@dataclass
class Times:
    """What one system took for the same queries, in the order in which they were asked."""

    milliseconds: list[float] = field(default_factory=list)  # by the clock
    cpu: list[float] = field(default_factory=list)  # milliseconds of the processor
    answers: list[int] = field(default_factory=list)  # totals of hits, snippets or bytes

    def as_json(self) -> dict[str, Any]:
        return {
            "clock": summary(self.milliseconds),
            "cpu": summary(self.cpu),
            "answer": sum(self.answers) / max(1, len(self.answers)),
            "milliseconds": self.milliseconds,
            "cpu_milliseconds": self.cpu,
            "answers": self.answers,
        }


def summary(values: Sequence[float]) -> dict[str, float]:
    """The median, what 95 of 100 stay below, and the mean."""
    ordered = sorted(values) or [float("nan")]
    return {
        "p50": ordered[len(ordered) // 2],
        "p95": ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)],
        "mean": sum(ordered) / len(ordered),
    }


def in_turn(
    systems: Mapping[str, Callable[[Asked], Callable[[], int]]], asked: Sequence[Asked]
) -> dict[str, Times]:
    """Some questions to one system, the same to the next, so that what disturbs the machine disturbs all
    alike; the first to answer changes every time. Not one by one, and each turn begins with questions that
    were asked before: on a server that searches, no other engine empties the processor's caches between two
    questions. A system prepares off the clock and returns what is timed. All work is done in the asking
    thread, so that its processor time is the time of the answer on a machine that does nothing else."""
    times = {name: Times() for name in systems}
    names = list(systems)
    before: Sequence[Asked] = ()
    for number, run in enumerate(batched(asked, _RUN)):
        for at in range(len(names)):
            name = names[(number + at) % len(names)]
            for question in before:
                systems[name](question)()
            for question in run:
                ready = systems[name](question)
                began, worked = time.perf_counter(), time.thread_time()
                answer = ready()
                times[name].cpu.append((time.thread_time() - worked) * 1000)
                times[name].milliseconds.append((time.perf_counter() - began) * 1000)
                times[name].answers.append(answer)
        before = run[-_WARM:]
    return times


def batched(items: Sequence[Asked], size: int) -> Iterator[Sequence[Asked]]:
    return (items[at : at + size] for at in range(0, len(items), size))


@contextmanager
def settled() -> Iterator[None]:
    """What was loaded before is no work for the garbage collector while something is measured: none
    of the systems pays for the others' heaps."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@dataclass(frozen=True, slots=True)
class Cost:
    """Of work in processes of its own."""

    seconds: float
    cpu_seconds: float  # user and system, of all its processes
    peak: int  # bytes, of all its processes; what they share counts once
    result: Any

    def as_json(self) -> dict[str, Any]:
        return {"seconds": self.seconds, "cpu_seconds": self.cpu_seconds, "peak": self.peak}


def alone(work: Callable[..., Any], *arguments: Any) -> Cost:
    """Do the work in a fresh process. The seconds are those of the work, the CPU's and the peak those
    of the process with its interpreter and imports."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_report, args=(theirs, work, arguments))
    before = _children_seconds()
    process.start()
    theirs.close()
    peak = _Peak(process.pid or 0)
    peak.start()
    try:
        seconds, result = ours.recv()
    except EOFError:
        raise SystemExit(f"{work.__module__}.{work.__name__} failed: see above") from None
    finally:
        peak.stop()
        process.join()
    return Cost(seconds, _children_seconds() - before, peak.bytes, result)


def _report(pipe: Any, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    began = time.perf_counter()
    result = work(*arguments)
    pipe.send((time.perf_counter() - began, result))


def read_through(folder: Path) -> None:
    """Have the machine's cache of files hold a folder, as on a server that has been up for a while: what is
    measured is the systems, not the disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(1 << 24):
                    pass


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Peak(threading.Thread):
    """Looks twice a second at the memory of a process and its children. 0 where there is no /proc."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self._process = process
        self._done = threading.Event()
        self.bytes = 0

    def run(self) -> None:
        while not self._done.wait(_SAMPLE_SECONDS):
            self.bytes = max(self.bytes, sum(memory(one)["Pss"] for one in _family(self._process)))

    def stop(self) -> None:
        self._done.set()
        self.join()


def _family(process: int) -> list[int]:
    found = [process]
    for number in found:
        try:
            tasks = list(Path(f"/proc/{number}/task").iterdir())
            children = " ".join((task / "children").read_text() for task in tasks)
        except OSError:  # it has ended
            continue
        found.extend(int(child) for child in children.split())
    return found


def memory(process: int) -> dict[str, int]:
    """Bytes by the names of /proc/…/smaps_rollup: Rss, Pss, Private_Clean, Private_Dirty …"""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        lines = []
    rows = (line.split() for line in lines)
    return {"Rss": 0, "Pss": 0} | {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows}


def size(folder: Path) -> int:
    """Bytes of all files in a folder, as long as they say they are."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def load() -> float:
    """How many processes want a core: the average of the last minute."""
    return os.getloadavg()[0]
