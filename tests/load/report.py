"""What a run came to, as the part of docs/performance.md that it is."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

_MB = 1024 * 1024
_WARM_SECONDS = 30.0  # what is mapped and cached for the first time is not growth


def markdown(facts: dict[str, Any]) -> str:
    return "\n".join(_lines(facts))


def _lines(facts: dict[str, Any]) -> Iterator[str]:
    seconds = facts["seconds"]
    requests = sum(len(times) for kind, times in facts["times"].items() if kind != "edit until it is found")
    failed = sum(facts["failures"].values())
    pause = facts["pause"]
    yield (
        f"`make load CORPUS_DATA=… SECONDS={facts['asked_seconds']} USERS={facts['users']}"
        f"{f' PAUSE={pause}' if pause else ''}`: commit {facts['commit']}, {facts['when']},"
        f" {facts['cores']} cores, load {' '.join(facts['load_before'])} before,"
        f" {' '.join(facts['load_after'])} after."
    )
    yield ""
    yield (
        f"**{requests:,} requests in {seconds:,.0f} s: {requests / seconds:,.1f} a second, {failed} failed.**"
        f" {facts['users']} readers"
        f"{f' with {pause} s between requests' if pause else ' who never pause'}, one of them a curator."
    )
    for text, count in list(facts["failures"].items())[:10]:
        yield f"- {count} × {text}"
    yield ""
    yield "| what | requests | p50 ms | p95 ms | p99 ms | longest |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for kind, times in sorted(facts["times"].items(), key=lambda item: -len(item[1])):
        p50, p95, p99 = (percentile(times, share) for share in (0.5, 0.95, 0.99))
        yield f"| {kind} | {len(times):,} | {p50:,.0f} | {p95:,.0f} | {p99:,.0f} | {max(times):,.0f} |"
    yield ""
    yield from _memory(facts["looks"])
    yield ""
    yield from _processors(facts["looks"], facts["cores"])


def percentile(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _memory(looks: list[dict[str, Any]]) -> Iterator[str]:
    yield "| process | MB of its own, by the minute | share with the others, at the end | growth when warm |"
    yield "| --- | --- | --- | --- |"
    for (role, pid), seen in _by_process(looks).items():
        if role in ("worker", "master", "indexer"):
            minutes = [f"{process['own'] / _MB:,.0f}" for at, process in _every_minute(seen)]
            share = f"{seen[-1][1]['share'] / _MB:,.0f} MB"
            yield f"| {role} {pid} | {' '.join(minutes)} | {share} | {growth(seen)} |"


def growth(seen: Sequence[tuple[float, dict[str, Any]]]) -> str:
    """The slope of its own memory, in MB a minute, once it has been asked for a while."""
    warm = [(at, process["own"] / _MB) for at, process in seen if at >= _WARM_SECONDS]
    if len(warm) < 3:
        return "too short to say"
    slope = statistics.linear_regression(*zip(*warm, strict=True)).slope
    return f"{slope * 60:+.1f} MB a minute"


def _processors(looks: list[dict[str, Any]], cores: int) -> Iterator[str]:
    first, last = looks[0], looks[-1]
    seconds = (last["at"] - first["at"]) * cores
    used: dict[str, float] = defaultdict(float)
    for (role, _), seen in _by_process(looks).items():
        used[role] += seen[-1][1]["cpu"] - seen[0][1]["cpu"]
    others = last["busy"] - first["busy"] - sum(used.values())
    shares = ", ".join(f"{role}s {value / seconds:.0%}" for role, value in sorted(used.items()))
    yield (
        f"Of the {cores} cores' time: {shares}, everybody else {max(0.0, others) / seconds:.0%};"
        f" idle {max(0.0, 1 - (last['busy'] - first['busy']) / seconds):.0%}."
    )


def _by_process(looks: list[dict[str, Any]]) -> dict[tuple[str, int], list[tuple[float, dict[str, Any]]]]:
    found: dict[tuple[str, int], list[tuple[float, dict[str, Any]]]] = defaultdict(list)
    for look in looks:
        for process in look["processes"]:
            found[process["role"], process["pid"]].append((look["at"], process))
    return dict(found)


def _every_minute(
    seen: Sequence[tuple[float, dict[str, Any]]],
) -> Iterator[tuple[float, dict[str, Any]]]:
    due = seen[0][0]
    for at, process in seen:
        if at >= due:
            yield at, process
            due += 60
    if due - 60 < seen[-1][0] - 20:
        yield seen[-1]
