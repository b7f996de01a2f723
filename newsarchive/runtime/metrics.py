"""The numbers that `/metrics` shows. Every serving process counts as things happen; the counts are summed
when the page is requested. Unless NEWSARCHIVE_METRICS is on, nothing is counted and the client library is not
imported.

Each gunicorn worker has its own files in one folder. `prepare` empties the folder at the start;
`fold_dead_worker` adds a dead worker's counters to the running total of all dead workers and removes its
files, which would otherwise pile up with every replaced worker.
"""

from __future__ import annotations

import functools
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from . import locks

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"  # the library's own name for where processes put their files
_DEAD: Final = "ended"
_REQUEST_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SEARCH_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


def count_request(view: str, method: str, status: int, seconds: float) -> None:
    if settings.METRICS:
        counters = _counters()
        counters.requests.labels(view, method, str(status)).inc()
        counters.request_seconds.labels(view, method).observe(seconds)


def count_answer(engine: str, kind: str, seconds: float) -> None:
    """Counts one answer of a search engine."""
    if settings.METRICS:
        _counters().engine_seconds.labels(engine, kind).observe(seconds)


def count_search(engine: str, kind: str, seconds: float) -> None:
    """Counts one search whose page was rendered."""
    if settings.METRICS:
        _counters().search_seconds.labels(engine, kind).observe(seconds)


class _Counters:
    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.registry = CollectorRegistry()
        self.requests = Counter(
            "newsarchive_requests", "Answers.", ("view", "method", "status"), registry=self.registry
        )
        self.request_seconds = Histogram(
            "newsarchive_request_seconds",
            "Time to answer.",
            ("view", "method"),
            buckets=_REQUEST_SECONDS,
            registry=self.registry,
        )
        self.engine_seconds = Histogram(
            "newsarchive_engine_seconds",
            "Time until the engine had found what was looked for.",
            ("engine", "kind"),
            buckets=_SEARCH_SECONDS,
            registry=self.registry,
        )
        self.search_seconds = Histogram(
            "newsarchive_search_seconds",
            "Time of the whole search: parsed, found, rows read, words marked.",
            ("engine", "kind"),
            buckets=_SEARCH_SECONDS,
            registry=self.registry,
        )


@functools.cache
def _counters() -> _Counters:
    return _Counters()


Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A value that is looked up when `/metrics` is requested. `counts` is true for a counter, which only
    grows, and false for a gauge."""

    name: str
    help: str
    values: Mapping[Labels, float]
    counts: bool = False


def text(readings: Iterable[Reading]) -> bytes:
    """All processes' counters and the readings, in Prometheus' text format."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    registry.register(_Readings(list(readings)))
    place = os.environ.get(FOLDER)
    if not place:
        return bytes(generate_latest(_counters().registry) + generate_latest(registry))
    MultiProcessCollector(registry, place)
    with locks.held(Path(place) / "lock", wait=True):
        return bytes(generate_latest(registry))


class _Readings:
    def __init__(self, readings: Sequence[Reading]) -> None:
        self._readings = readings

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        for reading in self._readings:
            kind = CounterMetricFamily if reading.counts else GaugeMetricFamily
            family = kind(reading.name, reading.help)
            for labels, value in reading.values.items():
                name = f"{reading.name}_total" if reading.counts else reading.name
                family.add_sample(name, dict(labels), value)
            yield family


def prepare(place: Path) -> None:
    """To be called before any process counts. Empties the folder, unless a server that this one replaces is
    still counting in it: then the counters continue."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ[FOLDER] = str(place)
    with locks.held(place / "lock", wait=True):
        if not any(_process_lives(file) for file in place.glob("*.db")):
            for file in place.glob("*.db"):
                file.unlink()


def fold_dead_worker(process: int) -> None:
    """Adds a dead worker's counters to the running total of all dead workers."""
    if FOLDER not in os.environ:
        return
    from prometheus_client.mmap_dict import MmapedDict

    place = Path(os.environ[FOLDER])
    with locks.held(place / "lock", wait=True):
        for file in place.glob(f"*_{process}.db"):
            ended = MmapedDict(str(file.with_name(file.name.replace(f"_{process}.", f"_{_DEAD}."))))
            for key, value, _, _ in MmapedDict.read_all_values_from_file(str(file)):
                ended.write_value(key, ended.read_value(key)[0] + value, 0.0)
            ended.close()
            file.unlink()


def folder() -> Path:
    """In shared memory (/dev/shm) where there is one, because the files are written at every request and need
    not survive a restart; else in the data folder."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK):
        return memory / f"newsarchive-{os.getuid()}-{zlib.crc32(str(settings.DATA_DIR).encode()):08x}"
    return Path(settings.DATA_DIR) / "metrics"


def _process_lives(file: Path) -> bool:
    """Whether the process whose number is in the file's name still runs."""
    number = file.stem.rpartition("_")[2]
    return number.isdigit() and Path(f"/proc/{number}").exists()
