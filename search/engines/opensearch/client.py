"""The wire to an OpenSearch cluster: requests, errors in our words, bulk writes with back-pressure."""

from __future__ import annotations

import functools
import json
import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from opensearchpy import OpenSearch, exceptions
from urllib3.util import Timeout

from newsarchive.conf.search_url import SearchAddress
from newsarchive.errors import IndexBusy, IndexUnavailable, SearchServerAway
from search.engines.ranking import K1

from .breaker import Breaker

# The client would log every request, and with it what readers search for.
for name in ("opensearch", "opensearchpy.trace"):
    logging.getLogger(name).setLevel(logging.ERROR)

Json = dict[str, Any]

_CONNECT_SECONDS: Final = 2.0  # to reach a node
SEARCH_SECONDS: Final = 10.0  # a reader does not wait longer
WRITE_SECONDS: Final = 120.0  # of bulk requests, settings and aliases
CHUNK_BYTES: Final = 2 * 1024**2  # of one bulk request
_TRIES: Final = 10  # of a bulk request that is refused for want of room; some two minutes in all
_LATER: Final = (429, 503)  # no room now; no copy of a shard to write to now
_PASSING: Final = (404, 503)  # of a search: the index was swapped, or a node went, while it ran
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 30.0


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a bulk request, ready to be sent. It may end with a `tolerated` status."""

    lines: bytes
    tolerated: int = 0

    @classmethod
    def of(
        cls, verb: str, facts: Mapping[str, Any], source: Json | None = None, *, tolerated: int = 0
    ) -> Operation:
        parts: list[Any] = [{verb: facts}] if source is None else [{verb: facts}, source]
        text = "".join(json.dumps(part, ensure_ascii=False, separators=(",", ":")) + "\n" for part in parts)
        return cls(text.encode("utf-8"), tolerated)


class Cluster:
    """Safe for threads. Every method raises SearchServerAway when the cluster does not answer, at once
    while the breaker is open; IndexUnavailable when it answers that it can't."""

    def __init__(
        self,
        address: SearchAddress,
        *,
        breaker: Breaker | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.address = address
        self._breaker = breaker or Breaker()
        self._sleep = sleep
        self._client = OpenSearch(
            hosts=[{"host": host, "port": port} for host, port in address.hosts],
            use_ssl=address.tls,
            ca_certs=address.ca or None,
            http_auth=(address.user, address.password) if address.user else None,
            http_compress=False,  # beside the work of a search, packing costs more than it saves
            pool_maxsize=8,
            max_retries=max(1, len(address.hosts) - 1),  # each node once, the only one twice
            retry_on_timeout=False,
            retry_on_status=(),
        )

    def ask(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        seconds: float = SEARCH_SECONDS,
        ignore: tuple[int, ...] = (),
        **params: Any,
    ) -> Json:
        """The cluster's answer; with an ignored status, what it said of the error."""
        return self._perform(method, path, body, seconds=seconds, ignore=ignore, params=params)

    @functools.cached_property
    def scale(self) -> float:
        """How many times BM25's formula a score is: up to version 2 the cluster keeps a factor (k1 + 1) that
        changes no order."""
        version: str = self.ask("GET", "/")["version"]["number"]
        return 1 + K1 if int(version.partition(".")[0]) < 3 else 1.0

    def exists(self, path: str) -> bool:
        return "error" not in self.ask("GET", path, ignore=(404,))

    def search_all(self, index: str, bodies: Sequence[Json], *, preference: str) -> list[Json]:
        """Several searches in one request. Ends with an error when one of them does."""
        header: Json = {"index": index, "preference": preference, "search_type": "dfs_query_then_fetch"}
        header |= {"allow_partial_search_results": False}
        lines = [part for body in bodies for part in (header, body)]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        for last in (False, True):  # again where the index was swapped, or a node went, meanwhile
            answer = self._perform("POST", "/_msearch", text, seconds=SEARCH_SECONDS)
            responses: list[Json] = answer["responses"]
            failed = [response for response in responses if "error" in response]
            if not failed:
                return responses
            if last or failed[0]["status"] not in _PASSING:
                break
        raise _refused(failed[0]["status"], failed[0]["error"])

    def write(self, groups: Iterable[Sequence[Operation]]) -> None:
        """Send groups of operations, some MB at a time. What is refused for want of room is sent again,
        later and later: the whole group when one operation of it was refused. Raises IndexBusy when the
        cluster has no room for minutes."""
        for chunk in chunks(groups):
            self.write_chunk(chunk)

    def write_chunk(self, groups: list[Sequence[Operation]], *, patient: bool = False) -> None:
        """`patient`: a cluster that does not answer is asked again too, for those same minutes: a
        long rebuild is not lost because a node restarts. All operations may be repeated."""
        pause = _FIRST_PAUSE
        for tried in range(1, _TRIES + 1):
            try:
                groups = self._send(groups)
            except SearchServerAway:
                if not patient or tried == _TRIES:
                    raise
            if not groups:
                return
            if tried < _TRIES:
                self._sleep(pause * random.uniform(0.5, 1.0))
                pause = min(2 * pause, _LONGEST_PAUSE)
        raise IndexBusy(f"the search cluster had no room for {len(groups)} writes, {_TRIES} times in a row")

    def _send(self, groups: list[Sequence[Operation]]) -> list[Sequence[Operation]]:
        """Returns the groups that must be sent again."""
        data = b"".join(operation.lines for group in groups for operation in group)
        answer = self._perform(
            "POST", "/_bulk", data, seconds=WRITE_SECONDS, ignore=_LATER, params={"require_alias": "true"}
        )
        if "items" not in answer:  # the request as a whole was refused
            return groups
        if not answer["errors"]:
            return []
        again = []
        items = iter(answer["items"])
        for group in groups:
            failed = [
                result
                for operation in group
                if "error" in (result := next(iter(next(items).values())))
                and result["status"] != operation.tolerated
            ]
            if any(result["status"] in _LATER for result in failed):
                again.append(group)
            elif failed:
                raise _refused(failed[0]["status"], failed[0]["error"])
        return again

    def _perform(
        self,
        method: str,
        path: str,
        body: Any,
        *,
        seconds: float,
        ignore: tuple[int, ...] = (),
        params: Mapping[str, Any] | None = None,
    ) -> Json:
        if not self._breaker.lets_pass():
            raise SearchServerAway(f"{self.address} did not answer a moment ago")
        timeout = Timeout(connect=_CONNECT_SECONDS, read=seconds)
        headers = {"content-type": "application/x-ndjson"} if isinstance(body, str | bytes) else None
        try:
            answer = self._client.transport.perform_request(
                method,
                path,
                params={**(params or {}), "request_timeout": timeout, "ignore": ignore},
                body=body,
                headers=headers,
            )
        except exceptions.ConnectionTimeout as exc:
            self._breaker.failed(surely_away=False)
            raise SearchServerAway(f"{self.address} took longer than {seconds:.0f} s") from exc
        except exceptions.ConnectionError as exc:
            self._breaker.failed(surely_away=True)
            raise SearchServerAway(f"{self.address} can't be reached: {exc.error}") from exc
        except exceptions.TransportError as exc:
            status = exc.status_code if isinstance(exc.status_code, int) else 0
            if status in (502, 503, 504):
                self._breaker.failed(surely_away=False)
            else:
                self._breaker.succeeded()
            raise _refused(status, exc.error) from exc
        except exceptions.SerializationError as exc:
            self._breaker.failed(surely_away=False)
            raise SearchServerAway(f"{self.address} answers what is no JSON") from exc
        self._breaker.succeeded()
        return answer if isinstance(answer, dict) else {"answer": answer}

    def close(self) -> None:
        self._client.close()


def chunks(groups: Iterable[Sequence[Operation]]) -> Iterator[list[Sequence[Operation]]]:
    chunk: list[Sequence[Operation]] = []
    size = 0
    for group in groups:
        more = sum(len(operation.lines) for operation in group)
        if chunk and size + more > CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(group)
        size += more
    if chunk:
        yield chunk


def _refused(status: int, error: Any) -> IndexUnavailable:
    reason = json.dumps(error, ensure_ascii=False) if isinstance(error, dict) else str(error)
    if status == 404:
        return IndexUnavailable(f"there is no index yet, or no more: run rebuild_index ({reason[:200]})")
    if status in (429, 502, 503, 504):
        return SearchServerAway(f"the search cluster can't answer now: {reason[:300]}")
    return IndexUnavailable(f"the search cluster refuses ({status}): {reason[:500]}")
