"""One client's connection, and how long it may take for what it is doing."""

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

# Seconds from the first byte of a head, or from the connection of one who says nothing, until the head must
# be there. nginx is given the same (client_header_timeout). Beyond: 408, or the end where nothing was said.
HEAD_SECONDS: Final = 15.0


@dataclass(frozen=True)
class Pace:
    """The least that must go over a connection, `bytes` in every `seconds`. It is looked at once in that
    time, so a client that does nothing at all is let go after `seconds`, and a slow line is waited for."""

    seconds: float
    bytes: int


UPLOAD: Final = Pace(30.0, 15_000)  # 0.5 kB a second: a tenth of a GPRS telephone
DOWNLOAD: Final = Pace(30.0, 15_000)
# After a refusal the client may still be sending; a close now would have the kernel throw our answer away.
LINGER_SECONDS: Final = 5.0


class Doing(enum.Enum):
    NOTHING = enum.auto()  # no byte of a request has come
    SENDING_HEAD = enum.auto()
    SENDING_BODY = enum.auto()
    BEING_ANSWERED = enum.auto()  # a thread has its request, or will have
    TAKING_ANSWER = enum.auto()  # all of the answer is made, part of it is not sent
    LEAVING = enum.auto()  # it was told to go


class Connection:
    """Belongs to the loop; of the threads' doing is `answer` alone."""

    def __init__(
        self, connection: socket.socket, client: Any, server: Any, cfg: Any, send_later: Callable[[], None]
    ) -> None:
        connection.setblocking(False)
        self.socket, self.client, self.server = connection, client, server
        self.incoming = Incoming(cfg, client)
        self.answer = Answer(connection, send_later)
        self.events = 0  # what the selector watches of it
        self.keeps_alive = False  # after the present answer
        self.is_refused = False
        self.is_new = True  # nothing of it was answered yet
        self.doing = Doing.NOTHING
        self.deadline = float("inf")
        self.received = 0  # bytes, in all
        self._seen = 0  # of received and sent together, when its pace was last looked at

    def now(self, doing: Doing, seconds: float) -> None:
        """What it is doing from here on, and for how long at most."""
        self.doing = doing
        self.give(seconds)

    def give(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds
        self._seen = self._total

    def keeps(self, pace: Pace) -> bool:
        """Whether it was fast enough since the last look; then it has as long again."""
        if self._total - self._seen < pace.bytes:
            return False
        self.give(pace.seconds)
        return True

    @property
    def _total(self) -> int:
        return self.received + self.answer.total_sent

    def abandon(self) -> None:
        """At the next close the kernel forgets what it still has for a client that does not take it."""
        with suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def close(self) -> None:
        self.answer.give_up()
        self.incoming.close()
        with suppress(OSError):
            self.socket.close()
