"""What `tests.torture` does to the files of the index, and the readers who come over HTTP meanwhile."""

from __future__ import annotations

import http.client
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

_LEFT_ALONE = {"build.lock", "write.lock"}


def flip(path: Path, rng: random.Random) -> None:
    with path.open("r+b") as file:
        file.seek(at := rng.randrange(max(1, path.stat().st_size)))
        byte = file.read(1) or b"\0"
        file.seek(at)
        file.write(bytes((byte[0] ^ 1 << rng.randrange(8),)))


def zeros(path: Path, rng: random.Random) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(begin := rng.randrange(size + 1))
        file.write(bytes(min(size - begin, rng.choice((16, 4096)))))


def truncate(path: Path, rng: random.Random) -> None:
    os.truncate(path, rng.randrange(path.stat().st_size + 1))


def overwrite(path: Path, rng: random.Random) -> None:
    path.write_bytes(rng.randbytes(rng.choice((7, 100, 9_000))))


def delete(path: Path, rng: random.Random) -> None:
    path.unlink()


_KINDS: tuple[Callable[[Path, random.Random], None], ...] = (flip, zeros, truncate, overwrite, delete)


def damage(index: Path, rng: random.Random) -> str:
    """To one file, in place, as a failing disk or a careless hand does it. What was done; "" when there was
    no file, or it went before."""
    found = sorted(
        path
        for path in index.rglob("*")
        if path.is_file() and path.name not in _LEFT_ALONE and not {"damaged"} & set(path.parts)
    )
    if not found:
        return ""  # all was set aside, and is being built
    # Half the time the tail and the small files, else most of the damage would be that of word lists.
    few = [path for path in found if path.parent == index or path.name.startswith(("tail.", "generation."))]
    path, kind = rng.choice(few if few and rng.random() < 0.5 else found), rng.choice(_KINDS)
    with suppress(FileNotFoundError):
        kind(path, rng)
        return f"{kind.__name__} {path.name if path.parent.name != 'words' else 'words/' + path.suffix}"
    return ""


def problems(port: int, words: tuple[str, ...], rng: random.Random) -> Iterator[str]:
    """Ask for ever; "" for an answer, "503" for one to come again, else what was wrong with it."""
    while True:
        q = quote(rng.choice(words))
        address = rng.choice(
            (
                f"/search/?q={q}",
                f"/api/search/?q={q}&per_page=50",
                f"/feeds/search/?q={q}",
                f"/suggest/?q={q}",
                f"/articles/{rng.randrange(1, 60)}/?q={q}",
                "/",
                "/readyz",
            )
        )
        yield _problem(port, address)


def _problem(port: int, address: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("GET", address, headers={"Connection": "close"})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as exc:
        return f"{address}: {exc!r} at {time.strftime('%H:%M:%S')}"
    finally:
        connection.close()
    if answer.status == 503:
        return "503" if answer.headers["Retry-After"] else f"{address}: 503 without Retry-After"
    if answer.status in (404, 410) and address.startswith("/articles/"):
        return ""
    if answer.status != 200:
        return f"{address}: {answer.status} at {time.strftime('%H:%M:%S')}"
    if address.startswith("/api/"):
        json.loads(body)
    return ""
