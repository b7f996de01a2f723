"""A gunicorn worker in which slow clients occupy no thread.

In gunicorn's threaded worker (gthread) a thread waits without a limit for the head of a request, for its
body, and for the client to take the answer, so as many half-sent requests as there are threads block the
worker. Here an event loop does all the waiting, as in nginx: it collects requests, passes complete ones to
threads, and sends what the threads have written. A thread is occupied only while it computes an answer.

It is built on gunicorn's interface for custom workers: `workers.base.Worker` with its own `run`, gunicorn's
request parser and its WSGI response. The limits are in `http_connection` (time), `http_requests` and
`http_answers` (size), and `open_files` (number).
"""

from __future__ import annotations

import errno
import os
import selectors
import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final

from gunicorn.http.errors import ParseException
from gunicorn.workers.base import Worker as GunicornWorker

from .event_loop import EventLoop
from .http_answers import ClientGone
from .http_connection import DOWNLOAD, HEAD_SECONDS, LINGER_SECONDS, UPLOAD, Connection, Doing
from .http_refusals import refusal, status_of
from .http_requests import Refused
from .open_files import connections_that_fit
from .wsgi_answers import respond

_NEVER: Final = float("inf")
_TICK_SECONDS: Final = 1.0  # how often the worker reports to the master and checks deadlines
_RECEIVE_BYTES: Final = 64 * 1024
# Seconds that a stopping worker still waits for a request on an idle kept-alive connection (gunicorn uses the
# same number) and on a new one, since the client may be sending already.
_STOPPING_IDLE_SECONDS: Final = 2.0
_STOPPING_NEW_SECONDS: Final = 5.0
_OUT_OF_FILES: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_TRIED_AGAIN_SECONDS: Final = 0.2  # wait after no file descriptor was free and no connection could be closed
_SAID_AGAIN_SECONDS: Final = 60.0


class Worker(GunicornWorker):  # type: ignore[misc]  # gunicorn is not typed
    head_seconds = HEAD_SECONDS
    upload = UPLOAD
    download = DOWNLOAD

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._connections: dict[Connection, None] = {}  # the connection that has waited longest comes first
        self._most = int(self.cfg.worker_connections)
        self._accepts = False
        self._accepts_from = 0.0  # no connections are accepted before this time
        self._said = 0.0

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        if cfg.is_ssl:
            raise SystemExit("this server speaks plain HTTP: TLS is for the proxy in front (docs/deploy.md)")

    def init_process(self) -> None:
        self._loop = EventLoop()
        self._pool = ThreadPoolExecutor(max_workers=self.cfg.threads)
        super().init_process()

    # -- the loop -----------------------------------------------------------------------------------------

    def run(self) -> None:
        self._most = min(self._most, connections_that_fit(self.cfg.threads))
        # Signal handlers write into this pipe, so a signal that arrives between the check of `alive` and the
        # wait ends the wait.
        self._loop.end_waits_by(self.PIPE[0])
        looked = 0.0
        while self.alive and self.ppid == os.getppid():
            self.notify()
            self._accept_or_not(wanted=time.monotonic() >= self._accepts_from)
            self._do_events(_TICK_SECONDS if time.monotonic() >= self._accepts_from else _TRIED_AGAIN_SECONDS)
            if time.monotonic() - looked >= _TICK_SECONDS:
                looked = time.monotonic()
                self._check_deadlines(looked)
        self._stop()

    def _stop(self) -> None:
        """Stops accepting, and finishes the connections there are. Those that the kernel has accepted but
        this program has not are taken first, because the kernel resets them when the last listener closes."""
        for listener in self.sockets:
            listener.setblocking(False)
            while self._accept(listener):
                pass
        self._accept_or_not(wanted=False)
        # From now on the kernel refuses connections, or gives them to other workers.
        for listener in self.sockets:
            listener.close()
        now = time.monotonic()
        end = now + self.cfg.graceful_timeout
        for connection in self._connections:
            self._shorten_deadline(connection)
        while self._connections and now < end:
            self.notify()
            nearest = min(connection.deadline for connection in self._connections)
            self._do_events(max(0.0, min(_TICK_SECONDS, nearest - now)))
            now = time.monotonic()
            self._check_deadlines(now)
        for connection in list(self._connections):
            self._end(connection)
        self._pool.shutdown(wait=False)

    @staticmethod
    def _shorten_deadline(connection: Connection) -> None:
        if connection.doing in (Doing.NOTHING, Doing.SENDING_HEAD):
            kept = connection.doing is Doing.NOTHING and not connection.is_new
            seconds = _STOPPING_IDLE_SECONDS if kept else _STOPPING_NEW_SECONDS
            connection.deadline = min(connection.deadline, time.monotonic() + seconds)

    def _do_events(self, timeout: float) -> None:
        for connection, events in self._loop.events(timeout):
            self._handle_events(connection, events)

    # -- accepting and closing connections -------------------------------------------------------------------

    def _accept_or_not(self, *, wanted: bool) -> None:
        if wanted == self._accepts:
            return
        for listener in self.sockets:
            if wanted:
                self._loop.listen(listener, self._accept)
            else:
                self._loop.forget(listener)
        self._accepts = wanted

    def _accept(self, listener: Any) -> bool:
        """Accepts one connection and returns whether there was one. Only one at a time, so that the workers
        share the load."""
        if len(self._connections) >= self._most and not self._close_longest_waiting():
            # All of them are being answered, so none can be closed.
            self._accepts_from = time.monotonic() + _TRIED_AGAIN_SECONDS
            return False
        try:
            accepted, client = listener.accept()
        except OSError as error:
            if error.errno in _OUT_OF_FILES:
                self._handle_no_descriptor(error)
            return False
        connection = Connection(
            accepted,
            client,
            listener.getsockname(),
            self.cfg,
            lambda: self._loop.post(lambda: self._flush(connection)),
        )
        connection.set_doing(Doing.NOTHING, self.head_seconds)
        self._connections[connection] = None
        self._receive(connection)  # usually the request is there already
        return True

    def _handle_no_descriptor(self, error: OSError) -> None:
        """No file descriptor was free for a new connection: closes a waiting one, or stops accepting for a
        moment."""
        if not self._close_longest_waiting():
            self._accepts_from = time.monotonic() + _TRIED_AGAIN_SECONDS
        if time.monotonic() - self._said > _SAID_AGAIN_SECONDS:
            self._said = time.monotonic()
            self.log.warning("%s: connections that wait are closed for new ones", error.strerror)

    def _close_longest_waiting(self) -> bool:
        """Closes the oldest connection that is idle or has sent only part of a head; else the oldest that is
        sending a body; else the oldest that is receiving its answer. Returns whether there was one."""
        for kinds in (
            (Doing.NOTHING, Doing.SENDING_HEAD, Doing.LINGERING),
            (Doing.SENDING_BODY,),
            (Doing.TAKING_ANSWER,),
        ):
            for connection in self._connections:
                if connection.doing in kinds:
                    self._end(connection)
                    return True
        return False

    def _end(self, connection: Connection) -> None:
        """Closes the connection. While a thread still uses it, it is closed when the thread is done."""
        self._loop.watch(connection, 0)
        if connection.doing is Doing.BEING_ANSWERED:
            connection.answer.give_up()
            with suppress(OSError):
                connection.socket.shutdown(socket.SHUT_RDWR)
            connection.deadline = _NEVER
            return
        self._connections.pop(connection, None)
        connection.close()

    def _check_deadlines(self, now: float) -> None:
        for connection in [each for each in self._connections if each.deadline <= now]:
            doing = connection.doing
            if doing is Doing.SENDING_HEAD or (
                doing is Doing.SENDING_BODY and not connection.kept_pace(self.upload)
            ):
                self._refuse(connection, Refused(408, "the request did not arrive in time"))
            elif doing is Doing.TAKING_ANSWER or doing is Doing.BEING_ANSWERED:
                if not connection.kept_pace(self.download):
                    connection.drop_unsent()
                    self._end(connection)
            elif doing is not Doing.SENDING_BODY:
                self._end(connection)

    # -- reading requests and sending answers ----------------------------------------------------------------

    def _handle_events(self, connection: Connection, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._flush(connection)
        elif connection.doing is Doing.LINGERING:
            self._discard(connection)
        else:
            self._receive(connection)

    def _receive(self, connection: Connection) -> None:
        try:
            data = connection.socket.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            self._loop.watch(connection, selectors.EVENT_READ)
            return
        except OSError:
            data = b""
        if not data:
            self._end(connection)
            return
        connection.received += len(data)
        try:
            connection.incoming.feed(data)
        except Refused as error:
            self._refuse(connection, error)
            return
        self._continue_request(connection)

    def _continue_request(self, connection: Connection) -> None:
        """Starts answering if a complete request has arrived; otherwise waits for the rest."""
        incoming = connection.incoming
        try:
            request = incoming.request()
        except (ParseException, Refused) as error:
            self._refuse(connection, error)
            return
        if request is not None:
            self._loop.watch(connection, 0)
            connection.set_doing(Doing.BEING_ANSWERED, _NEVER)
            self._begin_answer(connection, request)
            return
        if incoming.in_body:
            if connection.doing is not Doing.SENDING_BODY:
                connection.set_doing(Doing.SENDING_BODY, self.upload.seconds)
            if incoming.expects_continue:
                incoming.expects_continue = False
                with suppress(ClientGone):  # noticed at the next read
                    connection.answer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        elif incoming.has_begun and connection.doing is not Doing.SENDING_HEAD:
            # The time for a new connection's first head counts from the connection.
            left = connection.deadline - time.monotonic() if connection.is_new else self.head_seconds
            connection.set_doing(Doing.SENDING_HEAD, left)
        self._loop.watch(connection, selectors.EVENT_READ)

    def _begin_answer(self, connection: Connection, request: Any) -> None:
        written = connection.answer.total_written
        future = self._pool.submit(respond, self, connection, request)

        def done(future: Future[bool]) -> None:
            self._loop.post(
                lambda: self._answer_made(connection, request, future, nothing_written_at=written)
            )

        future.add_done_callback(done)

    def _flush(self, connection: Connection) -> None:
        if connection.doing not in (Doing.BEING_ANSWERED, Doing.TAKING_ANSWER):
            return
        answer = connection.answer
        answer.flush()
        if answer.is_given_up:
            self._end(connection)
        elif answer.is_pending:
            if connection.deadline == _NEVER:
                connection.extend_deadline(self.download.seconds)
            self._loop.watch(connection, selectors.EVENT_WRITE)
        else:
            self._loop.watch(connection, 0)
            if connection.doing is Doing.TAKING_ANSWER:
                self._answered(connection)
            else:
                connection.deadline = _NEVER

    def _answer_made(
        self, connection: Connection, request: Any, future: Future[bool], *, nothing_written_at: int
    ) -> None:
        """Called in the loop when the thread is done with the request."""
        error = future.exception()
        if error is None:
            self._take_answer(connection, keeps_alive=future.result())
            return
        if not isinstance(error, ClientGone):
            self.log.error("Error handling request %s", request.uri, exc_info=error)
            if connection.answer.total_written == nothing_written_at:
                self._send_refusal(connection, 500, request.uri.encode("latin-1"))
                return
        self._take_answer(connection, keeps_alive=False)

    def _take_answer(self, connection: Connection, *, keeps_alive: bool) -> None:
        connection.keeps_alive = keeps_alive
        connection.set_doing(Doing.TAKING_ANSWER, _NEVER)
        self._flush(connection)

    def _answered(self, connection: Connection) -> None:
        if not connection.keeps_alive:
            self._linger(connection)
            return
        # Moved to the end of the order: it is now the one that has waited the shortest.
        del self._connections[connection]
        self._connections[connection] = None
        connection.is_new = False
        connection.set_doing(Doing.NOTHING, self.cfg.keepalive)
        if not self.alive:
            self._shorten_deadline(connection)
        self._continue_request(connection)  # the next request may have arrived already (pipelining)

    def _refuse(self, connection: Connection, error: Exception) -> None:
        status = status_of(error)
        if status != 408:  # not logged, because there may be many
            self.log.warning("Invalid request from a client: %s", error)
        self._send_refusal(connection, status, connection.incoming.target)

    def _send_refusal(self, connection: Connection, status: int, target: bytes) -> None:
        connection.is_refused = True
        with suppress(ClientGone):
            connection.answer.sendall(refusal(status, target))
        self._take_answer(connection, keeps_alive=False)

    def _linger(self, connection: Connection) -> None:
        """Ends the connection, after a lingering close where the client may still be sending: data that
        reaches a closed socket makes the kernel discard our answer."""
        if connection.is_refused or connection.incoming.has_begun:
            connection.set_doing(Doing.LINGERING, LINGER_SECONDS)
            with suppress(OSError):
                connection.socket.shutdown(socket.SHUT_WR)
            self._loop.watch(connection, selectors.EVENT_READ)
            return
        self._end(connection)

    def _discard(self, connection: Connection) -> None:
        try:
            if connection.socket.recv(_RECEIVE_BYTES):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._end(connection)
