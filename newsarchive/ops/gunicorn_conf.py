"""gunicorn's settings for the archive, with reasons. Each can be overridden on gunicorn's command line.

Signals to the master process: USR2 starts the newly installed program and hands over to it without a failed
request (systemd's `reload` sends it); TERM finishes the running requests and ends; HUP replaces the workers
but NOT the program, which was loaded before the fork.
"""

from __future__ import annotations

import gc
import os
from typing import Any

from newsarchive.conf import env

from .gunicorn_worker import Logger, end_predecessor, predecessor, tell_systemd
from .server.event_worker import Worker

worker_class = Worker  # waits for slow clients in an event loop, so they occupy no thread
logger_class = Logger
# Processes. A search is numpy and a little Python, so more workers than cores gain nothing and take memory
# from the shared pages of the index. Above 4 the disk of one index is the limit.
workers = env.number("WORKERS", 0) or min(4, os.cpu_count() or 1)
# Threads of each worker. They compute answers and never wait for a client; numpy releases the GIL. More
# threads would only wait for the GIL, and each holds a database connection.
threads = env.number("THREADS", 4, least=1)
# The program is loaded once, before the fork, and shared by all workers; but neither jieba nor the index,
# which the master does not need: workers map both (search.language.tables).
preload_app = True

# Seconds within which the worker's event loop must report to the master, which kills it otherwise. Threads
# compute the answers, so a slow one does not block the loop.
timeout = 60
# Seconds that a stopping worker has for requests it has begun. systemd waits 10 s longer.
graceful_timeout = 30
# Seconds. Longer than nginx keeps its idle connections to us (60 s), otherwise nginx would now and then use a
# connection that is just being closed. An idle connection occupies no thread.
keepalive = 75
# Connections of one worker, including idle ones and those with half-sent requests; fewer if the process may
# open fewer files. Beyond the limit the connection that has been idle longest is closed for a new one.
worker_connections = 1_000
# Requests after which a worker is replaced, in case a library leaks memory; the jitter keeps workers from
# being replaced all at once.
max_requests = 20_000
max_requests_jitter = 2_000

# Whether forwarded headers are trusted is decided in Django (newsarchive.quotas.client_ip); gunicorn would
# trust every client on this machine.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
forwarded_allow_ips = ""

# Bytes of the request line, gunicorn's maximum. The longest query, 500 characters, takes 4,500 bytes in a
# URL, plus filters. A longer request line gets 414 or 431 before it reaches Django.
limit_request_line = 8_190
limit_request_fields = 100
limit_request_field_size = 8_190

# The heartbeat is a file whose time is set; on a disk that blocks, the worker would be killed.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112
accesslog = None  # the archive has its own (newsarchive.web.access_log), without queries and addresses
errorlog = "-"
control_socket_disable = True  # nothing uses it, and it would be one more way in


def on_starting(server: Any) -> None:
    from django.conf import settings
    from django.db import DatabaseError, connections
    from django.urls import get_resolver

    from newsarchive.runtime import metrics
    from search.language.tokens import folding_version, search_text
    from search.results import hidden_articles
    from search.vocabulary import store

    from . import shared_tables

    # Imports every view before the fork, so that they are shared. A broken program fails here, before it
    # serves anything or replaces a working one.
    get_resolver().reverse_dict  # noqa: B018
    if settings.METRICS:
        metrics.prepare(metrics.folder())
    shared_tables.compute()
    search_text(folding_version())  # loads the folding table, and the pattern used for short texts
    try:
        store.refresh()
        hidden_articles.refresh()
    except DatabaseError as error:  # the workers try again
        server.log.warning("the curators' words could not be read: %s", error)
    connections.close_all()  # forked processes must not share a connection
    gc.collect()
    # Objects loaded before the fork are excluded from garbage collection, which would write to their memory
    # pages and so end their sharing between workers.
    gc.freeze()


def when_ready(server: Any) -> None:
    if predecessor():
        # Otherwise systemd would take the old master's end for the end of the service.
        tell_systemd(f"MAINPID={server.pid}")
    server.log.info("serving")


def post_worker_init(worker: Any) -> None:
    # Only the last of the first set of workers does this. A replacement started later must not, because by
    # then the old server's process number may belong to another process.
    if worker.age == worker.cfg.workers:
        end_predecessor(worker.log)


def child_exit(server: Any, worker: Any) -> None:
    from newsarchive.runtime import metrics

    metrics.fold_dead_worker(worker.pid)


def pre_exec(server: Any) -> None:
    """Runs in the child process that becomes the new program. systemd passes sockets as file descriptors from
    3 on; gunicorn has duplicated and closed those, and its successor looks for them there again."""
    if server.systemd:
        copies = [os.dup(listener.fileno()) for listener in server.LISTENERS]
        for number, copy in enumerate(copies, 3):
            os.dup2(copy, number)
