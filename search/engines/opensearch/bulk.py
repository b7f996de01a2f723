"""Filling an index of the cluster, and writing to the live one while another is being filled.

A rebuild reads every story while writers go on. What both touch must end as the writer left it, so the two
differ in kind: a writer's operations take the next version of a story, whatever it is; the builder's claim
version 1 and are refused where the story has any, a remembered deletion too. No clock and no list of
changes is needed, and nothing is carried over at the end. Writers address the indexes by alias, which the
cluster resolves for a whole request at one moment: before the swap a change goes to both indexes, after it
to the new one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from search.engines.document import IndexDocument
from search.language.tokens import Segmenter, segmenter

from . import mapping
from .aliases import Building, Generations
from .client import WRITE_SECONDS, Cluster, Operation, chunks

_CONFLICT, _MISSING = 409, 404
_AHEAD = 2  # chunks on the wire while the next is made
_REPORTED = 200  # stories between two reports of progress

Group = tuple[Operation, ...]


def fill(
    cluster: Cluster,
    building: Building,
    documents: Iterable[IndexDocument],
    on_progress: Callable[[int], None] | None,
) -> int:
    """Returns how many stories were read. Tokens are made here while the cluster indexes."""
    read = 0

    def groups() -> Iterator[Group]:
        nonlocal read
        words = segmenter()
        for document in documents:
            yield (_created(building.fill, document, words),)
            read += 1
            if on_progress and read % _REPORTED == 0:
                on_progress(read)

    sent: deque[Future[None]] = deque()
    with ThreadPoolExecutor(_AHEAD) as wire:
        for chunk in chunks(groups()):
            if len(sent) == _AHEAD:
                sent.popleft().result()
            sent.append(wire.submit(cluster.write_chunk, chunk, patient=True))
        for future in sent:
            future.result()
    return read


def _created(alias: str, document: IndexDocument, words: Segmenter) -> Operation:
    facts = {"_index": alias, "_id": str(document.story_id), "version": 1, "version_type": "external"}
    return Operation.of("index", facts, mapping.source(document, words), tolerated=_CONFLICT)


def upsert(cluster: Cluster, generations: Generations, documents: Iterable[IndexDocument]) -> None:
    words = segmenter()
    _write(
        cluster,
        generations,
        ((document.story_id, mapping.source(document, words)) for document in documents),
    )


def delete(cluster: Cluster, generations: Generations, story_ids: Iterable[int]) -> None:
    _write(cluster, generations, ((story_id, None) for story_id in story_ids))


def _write(
    cluster: Cluster, generations: Generations, changes: Iterable[tuple[int, mapping.Json | None]]
) -> None:
    """Asking first whether an index is being filled is safe: one that is begun later reads the archive
    later than whoever looked at these stories."""
    aliases = [(generations.alias, 0)]
    if generations.is_building():
        aliases.append((generations.building, _MISSING))  # it may have gone live meanwhile

    def groups() -> Iterator[Group]:
        for story_id, source in changes:
            verb = "delete" if source is None else "index"
            yield tuple(
                Operation.of(verb, {"_index": alias, "_id": str(story_id)}, source, tolerated=tolerated)
                for alias, tolerated in aliases
            )

    cluster.write(groups())
    path = "/" + ",".join(alias for alias, _ in aliases) + "/_refresh"
    cluster.ask("POST", path, seconds=WRITE_SECONDS, ignore_unavailable="true")
