"""How gunicorn serves the archive, with reasons. Every value can be overridden on its command line.

Signals, to the master process: USR2 puts a new program in its place without a failed request (systemd's
`reload` sends it); TERM answers what has been asked and ends; HUP replaces the workers but NOT the program,
which was loaded before the fork.
"""

from __future__ import annotations

import gc
import os
from typing import Any

from newsarchive.conf import env

from .gunicorn_worker import Logger, relieve, relieved, tell_systemd
from .server.event_worker import Worker

worker_class = Worker  # waits for slow clients in an event loop: no thread is held by one
logger_class = Logger
# A search is numpy and a short stretch of Python: more workers than cores only take memory from the
# pages of the index that all of them share. 4 is where one disk's index stops gaining.
workers = env.number("WORKERS", 0) or min(4, os.cpu_count() or 1)
# Threads make answers, and never wait for a client; numpy gives up Python's lock. More would wait for that
# lock, and each holds a database connection.
threads = env.number("THREADS", 4, least=1)
# jieba's dictionary and the folding table are loaded once, before the fork, and shared.
preload_app = True

# The worker's loop must show itself so often. Answers are given by threads: a slow one does not count.
timeout = 60
# What a stopping worker may still take for the answers it has begun. systemd waits 10 s longer.
graceful_timeout = 30
# Longer than nginx keeps its idle connections to us (60 s): else it would now and then send a request
# into one that is just being closed. An idle connection holds no thread.
keepalive = 75
# Connections of one worker at a time, idle and half-sent ones included; fewer where the process may open
# fewer files. Beyond, the one that has been waited for longest is closed for the new one.
worker_connections = 1_000
# A worker is replaced now and then, at different moments, whatever a library may leak.
max_requests = 20_000
max_requests_jitter = 2_000

# What proxies say of the reader's protocol is for Django to judge (newsarchive.addresses): gunicorn would
# believe anyone on this machine.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
forwarded_allow_ips = ""

# A query of 500 characters, which is the longest that is searched, takes 4,500 bytes in an address, and
# filters come on top: gunicorn's most. Longer ones get a 414 or 431 before any code of ours sees them.
limit_request_line = 8_190
limit_request_fields = 100
limit_request_field_size = 8_190

# The worker's sign of life is a file whose time is set: on a disk that may block, it would be killed.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112
accesslog = None  # the archive has its own (newsarchive.answering), without queries and addresses
errorlog = "-"
control_socket_disable = True  # nobody asks it, and it would be one more door


def on_starting(server: Any) -> None:
    from django.conf import settings
    from django.db import DatabaseError, connections
    from django.urls import get_resolver

    from newsarchive.runtime import metrics
    from search.language import confusables
    from search.language.tokens import folding_version, search_text, segmenter
    from search.results import hidden_articles
    from search.vocabulary import store

    # Every view is imported now, and shared. A program that is broken ends here, before it serves or
    # takes the place of one that works.
    get_resolver().reverse_dict  # noqa: B018
    if settings.METRICS:
        metrics.prepare(metrics.folder())
    search_text(folding_version() * 20)  # the table, and the array that long texts use
    search_text(folding_version())  # the pattern that short ones use
    segmenter()
    confusables.readings("中")  # loads the table
    try:
        store.refresh()
        hidden_articles.refresh()
    except DatabaseError as error:  # the workers will look again
        server.log.warning("the curators' words could not be read: %s", error)
    connections.close_all()  # no connection is shared by forks
    gc.collect()
    gc.freeze()  # what is there now is never garbage: collections in workers do not touch its pages


def when_ready(server: Any) -> None:
    if relieved():
        tell_systemd(f"MAINPID={server.pid}")  # else it would take the end of the old one for ours
    server.log.info("serving")


def post_worker_init(worker: Any) -> None:
    # The last of the first. Never one that comes later: the number may be another process's by then.
    if worker.age == worker.cfg.workers:
        relieve(worker.log)


def child_exit(server: Any, worker: Any) -> None:
    from newsarchive.runtime import metrics

    metrics.bury(worker.pid)


def pre_exec(server: Any) -> None:
    """Of the program that is to take this one's place. systemd handed over the sockets as files 3 and on;
    gunicorn closes those once it has copies, and its successor looks for them there again."""
    if server.systemd:
        copies = [os.dup(listener.fileno()) for listener in server.LISTENERS]
        for number, copy in enumerate(copies, 3):
            os.dup2(copy, number)
