"""Saved pages: how many are read a second, beside trafilatura in the same run, and what the import of a large
WARC takes that holds them.

python -m tests.bench.crawl PAGES                       pages a second
python -m tests.bench.crawl PAGES --warc 1000           a WARC.gz of 1,000 MB is written, and imported
python -m tests.bench.crawl PAGES --warc 1000 --kill 20 the import is killed after 20 seconds, and run again

PAGES is a folder of .html files. The pages are repeated with other addresses, titles and words, so that each
is an article of its own; beside each stand the pictures of a news page, as bytes that don't compress.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import measure

_ROOT = Path(__file__).resolve().parent.parent.parent
_PICTURES = 2  # a page, as the mean of the real ones
_PICTURE_BYTES = 150_000  # a photograph of 1,000 pixels across
_TIMES = 3  # that all pages are read, of which the fastest counts


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.crawl")
    arguments.add_argument("pages", type=Path)
    arguments.add_argument("--warc", type=int, default=0, metavar="MB")
    arguments.add_argument("--kill", type=float, default=0, metavar="SECONDS")
    asked = arguments.parse_args()
    pages = [path.read_bytes() for path in sorted(asked.pages.glob("*.html"))]
    if not asked.warc:
        _compare(pages)
        return
    with tempfile.TemporaryDirectory(prefix="bench-crawl-") as folder:
        warc = Path(folder) / "crawl.warc.gz"
        written = _write(warc, pages, asked.warc * 1_000_000)
        print(f"{written:,} pages, {_PICTURES * written:,} pictures, {warc.stat().st_size / 1e6:,.0f} MB")
        if asked.kill:
            _kill(warc, Path(folder) / "archive", asked.kill)
        cost = measure.alone(_import, warc, Path(folder) / "archive")
        print(cost.result)
        print(
            f"{cost.seconds:.1f} s on the clock, {cost.cpu_seconds:.1f} s of processor time, "
            f"{cost.peak / 1e6:.0f} MB at most, load {measure.load():.1f}"
        )


def _compare(pages: list[bytes]) -> None:
    print(f"{len(pages)} pages, {sum(map(len, pages)) / len(pages) / 1000:.0f} kB on average; one core\n")
    print("| | pages a second of processor time |\n|---|---|")
    print(f"| this archive, everything read | {_rate(_ours, pages):.1f} |")
    try:
        print(f"| trafilatura, text and metadata | {_rate(_trafilatura, pages):.1f} |")
    except ImportError:
        print("| trafilatura | not installed |")


def _rate(read: object, pages: list[bytes]) -> float:
    assert callable(read)
    read(pages[:2])
    best = float("inf")
    for _ in range(_TIMES):
        began = time.process_time()
        read(pages)
        best = min(best, time.process_time() - began)
    return len(pages) / best


def _ours(pages: list[bytes]) -> None:
    from newsarchive.importers import registry
    from newsarchive.importers.types import SourceFile

    for number, page in enumerate(pages):
        registry.parse(SourceFile(f"{number}.html", page))


def _trafilatura(pages: list[bytes]) -> None:
    import trafilatura  # in no requirements: installed by hand for this comparison

    for page in pages:
        trafilatura.bare_extraction(page, with_metadata=True)


def _write(warc: Path, pages: list[bytes], size: int) -> int:
    """Returns the number of pages."""
    from warcio.warcwriter import WARCWriter

    written = 0
    with warc.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, kind, body in _records(pages):
            written += kind == "text/html"
            writer.write_record(_record(writer, url, kind, body))
            if file.tell() >= size and kind == "text/html":
                break
    return written


def _record(writer: object, url: str, kind: str, body: bytes) -> object:
    from warcio.statusandheaders import StatusAndHeaders

    headers = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
    return writer.create_warc_record(  # type: ignore[attr-defined]
        url, "response", payload=io.BytesIO(body), http_headers=headers
    )


def _records(pages: list[bytes]) -> Iterator[tuple[str, str, bytes]]:
    """(address, media type, bytes), without end: a page, then its pictures."""
    chance = random.Random(0)
    number = 0
    while True:
        for page in pages:
            number += 1
            site = f"https://crawl-{number}.example"
            mark = f"第{number}篇".encode("gb18030" if b"charset=gb" in page[:4000].lower() else "utf-8")
            changed = page.replace(b"<title>", b"<title>" + mark, 1).replace(b"</p>", mark + b"</p>")
            images = "".join(f'<img src="{site}/{n}.jpg">' for n in range(_PICTURES)).encode()
            canonical = f'<link rel="canonical" href="{site}/{number}.html">'.encode()
            changed = changed.replace(b'rel="canonical"', b'rel="x"').replace(
                b"</title>", b"</title>" + canonical, 1
            )
            yield f"{site}/{number}.html", "text/html", changed.replace(b"<p", images + b"<p", 1)
            for n in range(_PICTURES):
                yield f"{site}/{n}.jpg", "image/jpeg", b"\xff\xd8\xff\xe0" + chance.randbytes(_PICTURE_BYTES)


def _environment(archive: Path) -> dict[str, str]:
    return os.environ | {"NEWSARCHIVE_DATA": str(archive), "NEWSARCHIVE_DEBUG": "1"}


def _command(*words: object) -> list[str]:
    return [sys.executable, str(_ROOT / "manage.py"), *map(str, words)]


def _import(warc: Path, archive: Path) -> str:
    environment = _environment(archive)
    subprocess.run(_command("migrate", "-v", "0"), env=environment, check=True)
    done = subprocess.run(_command("import_articles", warc), env=environment, capture_output=True, text=True)
    return done.stdout[-1_500:] + done.stderr[-500:]


def _kill(warc: Path, archive: Path, after: float) -> None:
    environment = _environment(archive)
    subprocess.run(_command("migrate", "-v", "0"), env=environment, check=True)
    running = subprocess.Popen(_command("import_articles", warc), env=environment, stdout=subprocess.DEVNULL)
    time.sleep(after)
    running.send_signal(signal.SIGKILL)
    running.wait()
    print(f"killed after {after:.0f} s")


if __name__ == "__main__":
    main()
