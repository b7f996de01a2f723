"""Runs the WSGI application for one request, in a thread of the worker."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gunicorn.http import wsgi

from .http_connection import Connection


def respond(worker: Any, connection: Connection, request: Any) -> bool:
    """Does the same as gunicorn's threaded worker. Returns whether the connection can be used again. Raises
    ClientGone, and any error that the application did not answer itself."""
    cfg = worker.cfg
    cfg.pre_request(worker, request)
    began = datetime.now()
    response, environ = wsgi.create(request, connection.answer, connection.client, connection.server, cfg)
    environ["wsgi.multithread"] = True
    worker.nr += 1
    if worker.nr >= worker.max_requests and worker.alive:
        worker.log.info("Autorestarting worker after current request.")
        worker.alive = False
    if not worker.alive or not cfg.keepalive:
        response.force_close()
    try:
        pieces = worker.wsgi(environ, response.start_response)
        try:
            for piece in pieces:
                response.write(piece)
            response.close()
        finally:
            worker.log.access(response, request, environ, datetime.now() - began)
            if hasattr(pieces, "close"):
                pieces.close()
    finally:
        cfg.post_request(worker, request, environ, response)
    return not response.should_close()
