"""make fuzz EXAMPLES=1000000 (or SECONDS=3600): the long form of tests/fuzz/test_fuzz.py.

Each target runs in a process of its own, input after input by number: `--only queries:123` makes that
input again. Failures are kept in --out, one file each, with the number; exit code 1 when there are any.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from random import Random
from types import FrameType

_SLOW_SECONDS = 10  # of processor time for one input: a crash by another name
_MOST_FAILURES = 50


class Slow(AssertionError):
    pass


def _is_slow(number: int, frame: FrameType | None) -> None:
    raise Slow(f"more than {_SLOW_SECONDS} s of processor time")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--examples", type=int, default=30_000, help="inputs in all, shared by the targets")
    parser.add_argument("--seconds", type=float, default=0.0, help="stop after so long; 0: no limit")
    parser.add_argument("--start", type=int, default=0, help="number of the first input")
    parser.add_argument("--only", default="", metavar="TARGET[:NUMBER]")
    parser.add_argument("--out", type=Path, default=Path("/tmp/newsarchive-fuzz"))
    asked = parser.parse_args()
    _prepare()
    from .targets import TARGETS

    name, _, number = asked.only.partition(":")
    if number:
        given = TARGETS[name].make(Random(int(number)))
        print(repr(given))
        TARGETS[name].check(given)
        return 0
    asked.out.mkdir(parents=True, exist_ok=True)
    if name:
        return 1 if _run(name, asked.start, asked.examples, asked.seconds, asked.out) else 0
    options = ["--examples", str(-(-asked.examples // len(TARGETS))), "--seconds", str(asked.seconds)]
    options += ["--start", str(asked.start), "--out", str(asked.out)]
    running = [
        subprocess.Popen([sys.executable, "-W", "ignore", "-m", "tests.fuzz", "--only", name, *options])
        for name in TARGETS
    ]
    return max(process.wait() for process in running)


def _prepare() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    os.environ.setdefault("NEWSARCHIVE_DATA", tempfile.mkdtemp(prefix="newsarchive-fuzz-data-"))
    django.setup()


def _run(name: str, start: int, count: int, seconds: float, out: Path) -> int:
    from .targets import TARGETS

    target = TARGETS[name]
    signal.signal(signal.SIGVTALRM, _is_slow)
    began = said = time.monotonic()
    failed = 0
    number = start
    for number in range(start, start + count):
        given = target.make(Random(number))
        signal.setitimer(signal.ITIMER_VIRTUAL, _SLOW_SECONDS)
        try:
            target.check(given)
        except Exception:  # noqa: BLE001 - what is looked for; it is written down
            failed += 1
            report = f"{name}:{number}\n\n{given!r}\n\n{traceback.format_exc()}"
            (out / f"{name}-{number}.txt").write_text(report, encoding="utf-8", errors="backslashreplace")
            if failed == _MOST_FAILURES:
                break
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        now = time.monotonic()
        if now - said > 60:
            said = now
            _say(name, number + 1 - start, failed, now - began)
        if seconds and now - began > seconds:
            break
    _say(name, number + 1 - start, failed, time.monotonic() - began)
    return failed


def _say(name: str, done: int, failed: int, seconds: float) -> None:
    print(f"{name}: {done:,} inputs in {seconds:,.0f} s, {failed} failed", flush=True)


if __name__ == "__main__":
    sys.exit(main())
