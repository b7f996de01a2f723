"""`make load CORPUS_DATA=FOLDER [SECONDS=60 USERS=20]`: the real site under readers and an editing curator.

Copies the data folder, starts the site on it as `make run` does, has locust ask, looks at the
processes meanwhile, and says what came of it. Exit code 1 when a single request failed.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.processes import free_port

from .processes import Look, Watch
from .report import markdown

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- load:begin -->", "<!-- load:end -->"
_PATIENCE = 300.0  # seconds until the site answers


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load")
    parser.add_argument("--data", type=Path, required=True, help="a data folder; it is copied, not written")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--pause", type=float, default=0.0, help="seconds a reader waits between requests")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--locust", type=Path, default=ROOT / ".venv/load/bin/locust")
    parser.add_argument("--json", type=Path, help="the raw figures")
    parser.add_argument("--write-docs", action="store_true", help=f"the table into {DOCS.name}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newsarchive-load-") as folder:
        facts = run(options, Path(folder))
    text = markdown(facts)
    print(text)
    if options.json:
        options.json.write_text(json.dumps(facts))
    if options.write_docs:
        page = DOCS.read_text()
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        DOCS.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
    return 1 if facts["failures"] else 0


def run(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    data = Path(shutil.copytree(options.data, folder / "data"))
    port = options.port or free_port()
    site = os.environ | {
        "NEWSARCHIVE_DATA": str(data),
        "NEWSARCHIVE_LOG_LEVEL": "WARNING",
        "NEWSARCHIVE_METRICS": "1",
        # All come from one address here: how many it may ask for is measured elsewhere.
        **{f"NEWSARCHIVE_RATE_LIMIT_{kind}": "off" for kind in ("SEARCH", "SUGGEST", "READ")},
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    site.pop("DJANGO_SETTINGS_MODULE", None)
    with (folder / "site.log").open("wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "newsarchive.ops.supervisor"], cwd=ROOT, env=site, stdout=log, stderr=log
        )
    try:
        _wait(f"http://127.0.0.1:{port}/readyz", keeper)
        asked = folder / "asked.json"
        with asked.open("wb") as file:
            curator = ("curator", secrets.token_urlsafe(16))
            words = [sys.executable, "-m", "tests.load.asked", *curator]
            subprocess.run(words, cwd=ROOT, env=site, stdout=file, check=True)
        facts = _measure(options, folder, keeper.pid, port)
    finally:
        keeper.send_signal(signal.SIGTERM)
        keeper.wait(timeout=90)
    warnings = (folder / "site.log").read_text(errors="replace").splitlines()
    facts["warnings"] = [line for line in warnings if " WARNING " in line or " ERROR " in line][-20:]
    return facts


def _measure(options: argparse.Namespace, folder: Path, keeper: int, port: int) -> dict[str, Any]:
    measured = folder / "measured.json"
    environment = os.environ | {
        "LOAD_ASKED": str(folder / "asked.json"),
        "LOAD_MEASURED": str(measured),
        "LOAD_PAUSE": str(options.pause),
    }
    command = [
        *(str(options.locust), "-f", str(Path(__file__).with_name("readers.py")), "--headless"),
        *("--host", f"http://127.0.0.1:{port}", "--users", str(options.users), "--spawn-rate", "10"),
        *("--run-time", f"{options.seconds}s", "--only-summary", "--loglevel", "WARNING"),
    ]
    before = Path("/proc/loadavg").read_text().split()[:3]
    locust = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    watch = Watch(keeper, locust.pid)
    done = threading.Event()
    looker = threading.Thread(target=_look_on, args=(watch, done))
    looker.start()
    try:
        locust.wait(timeout=options.seconds + 180)
    finally:
        done.set()
        looker.join()
        if locust.poll() is None:
            locust.kill()
    facts: dict[str, Any] = json.loads(measured.read_text())
    return facts | {
        "looks": [look.as_json() for look in watch.looks],
        "users": options.users,
        "pause": options.pause,
        "asked_seconds": options.seconds,
        "load_before": before,
        "load_after": Path("/proc/loadavg").read_text().split()[:3],
        "cores": os.cpu_count(),
        "data": str(options.data),
        "commit": _commit(),
        "when": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime()),
    }


def _look_on(watch: Watch, done: threading.Event) -> None:
    while not done.wait(Look.EVERY_SECONDS):
        watch.look()


def _wait(address: str, keeper: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and keeper.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=30):
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the site did not begin to answer")


def _commit() -> str:
    words = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
