"""How gunicorn serves the archive, with reasons. Every value can be overridden on its command line."""

from __future__ import annotations

import os
from typing import Any

# Searches are short and mostly numpy, which releases the lock; threads keep slow readers from
# holding a worker. Two workers share the mapped index pages.
workers = int(os.environ.get("NEWSARCHIVE_WORKERS") or min(4, (os.cpu_count() or 1)))
threads = 4
worker_class = "gthread"
# jieba's dictionary and the folding table are loaded once, before the fork, and shared.
preload_app = True
timeout = 60
graceful_timeout = 30
# A worker is replaced now and then, at different moments, whatever a library may leak.
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112
accesslog = None  # readers' queries and addresses are not logged
errorlog = "-"
control_socket_disable = True


def when_ready(server: Any) -> None:
    server.log.info("serving")


def on_starting(server: Any) -> None:
    from django.db import DatabaseError, connections

    from search import likeness, unindexed, vocabulary
    from search.tokens import fold, folding_version, segmenter

    fold(folding_version() * 20)  # the table, and the array that long texts use
    segmenter()
    likeness.readings("中")  # loads the table
    try:
        vocabulary.refresh()
        unindexed.refresh()
    except DatabaseError as error:  # the workers will look again
        server.log.warning("the curators' words could not be read: %s", error)
    connections.close_all()  # no connection is shared by forks
