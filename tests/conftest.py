import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import settings

# Timing is never a test (these machines are noisy); examples are drawn the same way every time.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")


@pytest.fixture(autouse=True, scope="session")
def the_live_server_answers_one_at_a_time() -> Iterator[None]:
    """Its threads share one SQLite connection in memory, which no server of ours does. A query that calls a
    function of Python's (Django's date_trunc) holds the connection and waits for the interpreter, while
    another thread holds the interpreter and waits for the connection: for ever."""
    turn, answer = threading.Lock(), WSGIHandler.__call__

    def in_turn(self: WSGIHandler, environ: dict[str, Any], start_response: Any) -> Any:
        with turn:
            return answer(self, environ, start_response)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIHandler, "__call__", in_turn)
        yield
