"""An event loop: waits for many sockets at once, and runs work that other threads post to it."""

from __future__ import annotations

import os
import selectors
import socket
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from .http_connection import Connection


class EventLoop:
    """Used by one thread only, except for `post`."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._posted: deque[Callable[[], None]] = deque()
        self._wake_from, self._wake_to = socket.socketpair()
        self._wake_from.setblocking(False)
        self._wake_to.setblocking(False)
        self._selector.register(self._wake_from, selectors.EVENT_READ, self._run_posted)

    def events(self, timeout: float) -> Iterator[tuple[Connection, int]]:
        """Connections whose socket can be read or written. Listeners are served and posted work is run on the
        way."""
        for key, events in self._selector.select(timeout):
            if not isinstance(key.data, Connection):
                key.data(key.fileobj)
            elif key.data.events & events:  # It may have been closed meanwhile to make room for another one.
                yield key.data, events

    def post(self, work: Callable[[], None]) -> None:
        """Called from any thread: the loop runs `work`."""
        self._posted.append(work)
        with suppress(BlockingIOError):  # the pipe is full, so a wake-up is pending anyway
            self._wake_to.send(b"\0")

    def watch(self, connection: Connection, events: int) -> None:
        """`events` 0 stops watching. A connection that is watched already may be passed again."""
        if events == connection.events:
            return
        if not connection.events:
            self._selector.register(connection.socket, events, connection)
        elif not events:
            self._selector.unregister(connection.socket)
        else:
            self._selector.modify(connection.socket, events, connection)
        connection.events = events

    def listen(self, listener: Any, accept: Callable[[Any], Any]) -> None:
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ, accept)

    def forget(self, listener: Any) -> None:
        self._selector.unregister(listener)

    def end_waits_by(self, pipe: int) -> None:
        """A byte in this pipe ends the present wait; the bytes are discarded."""
        self._selector.register(pipe, selectors.EVENT_READ, _emptied)

    def _run_posted(self, wake: socket.socket) -> None:
        with suppress(BlockingIOError):
            wake.recv(4096)
        while self._posted:
            self._posted.popleft()()


def _emptied(pipe: int) -> None:
    with suppress(BlockingIOError):
        os.read(pipe, 4096)
