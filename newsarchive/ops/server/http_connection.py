"""One client's connection, with the time limit for what it is doing."""

from __future__ import annotations

import enum
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from .http_answers import Answer
from .http_requests import Incoming

# Seconds until a head must be complete, from its first byte or, on a new connection, from connecting. nginx
# uses the same (client_header_timeout). Beyond it: 408, or a plain close if nothing was sent.
HEAD_SECONDS: Final = 15.0


@dataclass(frozen=True)
class Pace:
    """A minimum rate: `bytes` in every `seconds`. It is checked once in that time, so a stalled client is
    dropped after `seconds`, while a slow line is tolerated."""

    seconds: float
    bytes: int


UPLOAD: Final = Pace(30.0, 15_000)  # 0.5 kB a second: a tenth of what GPRS gives
DOWNLOAD: Final = Pace(30.0, 15_000)
# Seconds for which a refused client may go on sending; closing at once would make the kernel discard our
# answer.
LINGER_SECONDS: Final = 5.0


class Doing(enum.Enum):
    NOTHING = enum.auto()  # no byte of a request has arrived
    SENDING_HEAD = enum.auto()
    SENDING_BODY = enum.auto()
    BEING_ANSWERED = enum.auto()  # a thread has its request, or it waits for a thread
    TAKING_ANSWER = enum.auto()  # the answer is complete and partly sent
    LINGERING = enum.auto()  # it is being closed (lingering)


class Connection:
    """Used by the event loop only; threads use its `answer` alone."""

    def __init__(
        self, connection: socket.socket, client: Any, server: Any, cfg: Any, send_later: Callable[[], None]
    ) -> None:
        connection.setblocking(False)
        self.socket, self.client, self.server = connection, client, server
        self.incoming = Incoming(cfg, client)
        self.answer = Answer(connection, send_later)
        self.events = 0  # the selector's events it is watched for
        self.keeps_alive = False  # whether it stays open after the present answer
        self.is_refused = False
        self.is_new = True  # no request was answered on it yet
        self.doing = Doing.NOTHING
        self.deadline = float("inf")
        self.received = 0  # bytes in total
        self._seen = 0  # bytes received and sent when its rate was last checked

    def set_doing(self, doing: Doing, seconds: float) -> None:
        """Sets what it is doing, and the limit in seconds."""
        self.doing = doing
        self.extend_deadline(seconds)

    def extend_deadline(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds
        self._seen = self._total

    def kept_pace(self, pace: Pace) -> bool:
        """Whether it reached the minimum rate since the last check; if so, its deadline is extended."""
        if self._total - self._seen < pace.bytes:
            return False
        self.extend_deadline(pace.seconds)
        return True

    @property
    def _total(self) -> int:
        return self.received + self.answer.total_sent

    def drop_unsent(self) -> None:
        """Makes the next close drop unsent data (RST), for a client that does not take it."""
        with suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def close(self) -> None:
        self.answer.give_up()
        self.incoming.close()
        with suppress(OSError):
            self.socket.close()
