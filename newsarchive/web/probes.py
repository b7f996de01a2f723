"""The addresses that monitoring asks: /healthz (the process answers), /readyz (readers can be served) and
/metrics."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from newsarchive.archive import outbox
from newsarchive.errors import IndexUnavailable
from newsarchive.models import ImportRun, Outcome
from newsarchive.runtime import locks, metrics
from newsarchive.runtime.metrics import Labels, Reading
from search.engines import get_engine
from search.engines.base import IndexState
from search.indexing.indexer import LOCK
from search.vocabulary import store

RETRY_AFTER: Final = 5  # seconds
# A change that has waited longer than so many seconds means that the indexer is too slow or not running.
LATE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Condition:
    """The archive's state at this moment, as this process sees it."""

    database: bool
    waiting: int  # changes that are not in the index yet
    lag: float  # seconds that the oldest of them has waited
    index: IndexState | None
    problem: str  # why no index can be searched; "" when one can

    @property
    def ready(self) -> bool:
        """Database and index can be used. A late or stale index does not make the process unready: every
        process would be unready at the same time, and all searches would fail instead of a few."""
        return self.database and self.index is not None

    @property
    def late(self) -> bool:
        return self.lag > LATE_SECONDS

    @property
    def damage(self) -> str:
        """Parts of the index that were found damaged and set aside, until a rebuild replaces them."""
        return self.index.damage if self.index else ""

    @property
    def checked_at(self) -> str:
        """When every byte of the index was last verified; "" when never."""
        return self.index.checked_at.isoformat() if self.index and self.index.checked_at else ""

    @property
    def stale(self) -> str:
        return self.index.stale if self.index else ""


def condition() -> Condition:
    database, waiting, lag = True, 0, 0.0
    try:
        waiting = outbox.count()
        store.refresh()  # Without this the process might compare the index with an outdated dictionary.
        lag = outbox.lag()
    except DatabaseError:
        database = False
    try:
        return Condition(database, waiting, lag, get_engine().state(), "")
    except IndexUnavailable as error:
        return Condition(database, waiting, lag, None, str(error.message))


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 whenever the process answers; checks neither database nor index (/readyz does)."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while readers can be served, else 503. `status` is ok; degraded (served, but an operator should
    look: the index is stale, late, or was found damaged and is being rebuilt); or unavailable."""
    now = condition()
    worth_a_look = now.stale or now.late or now.damage
    status = "unavailable" if not now.ready else "degraded" if worth_a_look else "ok"
    facts: dict[str, Any] = {
        "ready": now.ready,
        "status": status,
        "checks": {
            "database": {"ok": now.database},
            "index": {"ok": now.index is not None, "problem": now.problem},
            "index files": {
                "ok": not now.damage,
                "problem": now.damage,
                "verified_at": now.checked_at or None,
                "checksums": bool(now.index and now.index.has_checksums),
            },
            "index rules": {"ok": not now.stale, "problem": now.stale},
            "outbox": {"ok": not now.late, "rows": now.waiting, "oldest_seconds": round(now.lag, 1)},
        },
        # Kept under the names that existed before `checks`, for monitoring that reads them.
        "database": now.database,
        "index": now.index.generation if now.index else None,
        "documents": now.index.documents if now.index else 0,
        "stale": now.stale,
        "waiting": now.waiting,
        "lag_seconds": round(now.lag, 1),
    }
    if now.problem:
        facts["problem"] = now.problem
    response = JsonResponse(facts, status=200 if now.ready else 503)
    response["Cache-Control"] = "no-store"
    if not now.ready:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """`/metrics`. 404 unless switched on; 401 without the token, where one is set."""
    if not settings.METRICS:
        raise Http404
    if settings.METRICS_TOKEN:
        shown = request.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(shown, f"Bearer {settings.METRICS_TOKEN}".encode()):
            response = HttpResponse("a bearer token is needed\n", status=401, content_type="text/plain")
            response["WWW-Authenticate"] = "Bearer"
            return response
    response = HttpResponse(metrics.text(readings()), content_type=metrics.CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    return response


def readings() -> Iterator[Reading]:
    """Values that are the same in all processes, looked up when `/metrics` is requested."""
    now = condition()
    yield _number("database_up", "Whether the database answers.", now.database)
    yield _number("index_up", "Whether there is an index to answer from.", now.index is not None)
    if now.index is not None:
        built = now.index.built_at.timestamp() if now.index.built_at else 0.0
        labels = (("generation", now.index.generation),)
        yield Reading("newsarchive_index_info", "The live generation.", {labels: 1.0})
        yield _number("index_documents", "Stories that can be found.", now.index.documents)
        yield _number("index_tail", "Stories changed since the generation was built.", now.index.tail)
        yield _number(
            "index_stale", "Whether it was made by other rules than this program's.", bool(now.stale)
        )
        checked = now.index.checked_at.timestamp() if now.index.checked_at else 0.0
        help_text = "When every byte of it was last compared with its checksum; 0: not yet."
        yield _number("index_verified_timestamp_seconds", help_text, checked)
        help_text = "Whether damage was set aside and the index is being built anew."
        yield _number("index_damaged", help_text, bool(now.damage))
        yield _number("index_built_timestamp_seconds", "When the generation was built.", built)
    yield _number("indexer_running", "Whether an indexer runs.", locks.is_held(settings.DATA_DIR / LOCK))
    if not now.database:
        return
    yield _number("outbox_rows", "Changes that the index has not seen yet.", now.waiting)
    yield _number("outbox_oldest_seconds", "How long the oldest of them has waited.", now.lag)
    try:
        sums = ImportRun.objects.aggregate(**{outcome.value: Sum(outcome.value) for outcome in Outcome})
        unfinished = ImportRun.objects.filter(finished_at=None).count()
    except DatabaseError:
        return
    counts: dict[Labels, float] = {
        (("outcome", outcome.value),): float(sums[outcome.value] or 0) for outcome in Outcome
    }
    help_text = "Files of all imports, by what became of them."
    yield Reading("newsarchive_import_files", help_text, counts, counts=True)
    yield _number("imports_unfinished", "Imports that run, or were stopped and not gone on with.", unfinished)


def _number(name: str, help_text: str, value: float) -> Reading:
    return Reading(f"newsarchive_{name}", help_text, {(): float(value)})
