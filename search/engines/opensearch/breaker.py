"""A circuit breaker: while a server does not answer, requests fail at once instead of waiting for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Breaker:
    """Closed: requests pass. Open, after `failures` in a row or one that says all: none pass. After
    `pause` seconds half open: one request is let through, and its outcome closes or opens it again."""

    def __init__(
        self, *, failures: int = 3, pause: float = 5.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = failures
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._opens_at: float | None = None  # when the next request may try; None: closed

    def lets_pass(self) -> bool:
        with self._lock:
            if self._opens_at is None:
                return True
            now = self._clock()
            if now < self._opens_at:
                return False
            self._opens_at = now + self._pause  # this one tries; the others go on being refused
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failed = 0
            self._opens_at = None

    def failed(self, *, surely_away: bool) -> None:
        with self._lock:
            self._failed += 1
            if surely_away or self._opens_at is not None or self._failed >= self._most:
                self._opens_at = self._clock() + self._pause
