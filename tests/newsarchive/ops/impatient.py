"""The worker with a second's patience in place of fifteen or thirty, and a site with large answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from newsarchive.ops.server.event_worker import Worker as Patient
from newsarchive.ops.server.http_connection import Pace
from newsarchive.wsgi import application as archive

LARGE = 40_000_000  # bytes: more than the kernel takes for a reader who does not read


class Worker(Patient):
    head_seconds = 1.0
    upload = download = Pace(1.0, 15_000)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/large/":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return (b"x" * 1_000_000 for _ in range(LARGE // 1_000_000))
    if environ["PATH_INFO"] == "/length/":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(len(environ["wsgi.input"].read())).encode()]
    return archive(environ, start_response)  # type: ignore[no-any-return]
