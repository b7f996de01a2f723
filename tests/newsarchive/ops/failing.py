"""The archive, with an address whose answer fails where Django does not see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from newsarchive.wsgi import application as archive


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/fails/":
        raise ValueError(f"bad words: {environ['QUERY_STRING']}")
    return archive(environ, start_response)  # type: ignore[no-any-return]
