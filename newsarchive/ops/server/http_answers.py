"""Sends an answer to its client without a thread waiting for the client.

gunicorn's Response writes to an `Answer` as to a socket. What the kernel accepts is sent at once, which is
usually all of a page. The rest is buffered in memory or in a temporary file, and the worker's event loop
sends it as the client takes it.
"""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Callable
from typing import IO, Final

# Bytes of one answer buffered in memory; more goes to a temporary file.
MEMORY_BYTES: Final = 128 * 1024
# Bytes of one answer buffered at all. Beyond it the thread that produces the answer waits for the client, up
# to WAIT_SECONDS in total, and then drops the connection.
KEPT_BYTES: Final = 256 * 1024 * 1024
WAIT_SECONDS: Final = 30.0
_PIECE_BYTES: Final = 256 * 1024


class ClientGone(ConnectionError):
    """The client no longer takes the answer."""


class Answer:
    """The sending side of one connection, used by one thread that writes and by the loop that sends."""

    def __init__(self, connection: socket.socket, send_later: Callable[[], None]) -> None:
        """`send_later` is called in the writing thread when the loop has something to send."""
        self._socket, self._send_later = connection, send_later
        self._kept: IO[bytes] | None = None
        self._sent = self._written = 0  # positions in the buffer
        self._room = threading.Condition()
        self._patience = WAIT_SECONDS
        self._gone = False
        self.total_sent = self.total_written = 0  # bytes, over all answers of the connection

    @property
    def is_pending(self) -> bool:
        return self._sent < self._written

    # -- for the thread: the socket methods that gunicorn uses

    def sendall(self, data: bytes) -> None:
        with self._room:
            if self._written >= KEPT_BYTES:
                self._wait_for_room()
            if self._gone:
                raise ClientGone
            self.total_written += len(data)
            was_pending = self.is_pending
            if not was_pending:
                data = data[self._send(data) :]
            if not data:
                return
            if self._gone:
                raise ClientGone
            self._keep(data)
        if not was_pending:
            self._send_later()

    def send(self, data: bytes) -> int:
        self.sendall(data)
        return len(data)

    def _wait_for_room(self) -> None:
        began = time.monotonic()
        if not self._room.wait_for(lambda: self._gone or not self.is_pending, self._patience):
            self._gone = True
        self._patience -= min(self._patience, time.monotonic() - began)

    def _keep(self, data: bytes) -> None:
        try:
            if self._kept is None:
                self._kept = tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115
            self._kept.seek(self._written)
            self._kept.write(data)
        except OSError as error:  # no file descriptor or no disk space left
            self._gone = True
            raise ClientGone from error
        self._written += len(data)

    # -- the loop -----------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Sends what the kernel accepts now."""
        with self._room:
            while self.is_pending and self._kept is not None and not self._gone:
                self._kept.seek(self._sent)
                piece = self._kept.read(_PIECE_BYTES)
                count = self._send(piece)
                self._sent += count
                if count < len(piece):
                    break
            if not self.is_pending:
                self._forget()

    def give_up(self) -> None:
        """Drops the answer. A thread that is still writing gets ClientGone at its next write."""
        with self._room:
            self._gone = True
            self._forget()

    @property
    def is_given_up(self) -> bool:
        return self._gone

    def _forget(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None
        self._sent = self._written = 0
        self._room.notify_all()

    def _send(self, data: bytes) -> int:
        """Raises nothing: when the client is gone, the answer is dropped."""
        try:
            count = self._socket.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self._gone = True
            return 0
        self.total_sent += count
        return count
