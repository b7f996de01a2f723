"""`make torture`: the index under fire, for as long as you like.

    python -m tests.torture --minutes 30 [--seed 7]

Real processes on one archive: a writer that edits, withdraws, publishes and imports; the indexer, rebuilds,
imports, reparses and repairs, all killed with SIGKILL at random moments and started again; readers of a real
server. Files of the index are damaged all the while. No reader may get an error but 503 with Retry-After. At
the end the outbox is drained, and the index must be the database, text by text.

`--without-damage`: only the indexer and rebuilds are killed, and readers, who ask the engine, look closer:
none may get an empty answer for a word that always stands, or a story whose withdrawal the index has seen.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.processes import environment, free_port

from . import damage as torture_damage

ROOT = Path(__file__).resolve().parents[2]
STANDING = "長在此間"  # in the articles numbered below 20: edited, never withdrawn
FLEETING = "忽隱忽現"  # in those from 20 on, which come and go
ARTICLES = 60
LAST_STANDING = 20


@dataclass(slots=True)
class Report:
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def run(data: Path, *, seconds: float, seed: int = 1, readers: int = 1, damage: bool = False) -> Report:
    """`data`: an empty folder for the archive. With `damage`, files of the index are damaged all the while,
    and the readers come over HTTP: a flipped bit may change an answer until it is noticed, so that they
    look at nothing but errors."""
    rng = random.Random(seed)
    report = Report()
    (data / "in").mkdir(parents=True)
    _finish(data, "-m", "tests.torture", "begin")
    _finish(data, "manage.py", "rebuild_index")
    commands = (
        COMMANDS | {"import_articles": (str(data / "in"), "--workers", "1")} if damage else FEW_COMMANDS
    )
    with _server(data) if damage else nullcontext(0) as port:
        roles = ["writer", *["visitor" if damage else "reader"] * readers]
        options = ("--port", str(port))
        workers = [
            _start(data, "-m", "tests.torture", role, "--seed", str(rng.random()), *options) for role in roles
        ]
        _wait_for(workers, data)  # on a busy machine they take longer to begin than the test should last
        stop = time.monotonic() + seconds
        victims = Victims(data, commands, rng, report)
        next_damage = time.monotonic() + 2
        try:
            while time.monotonic() < stop and all(worker.poll() is None for worker in workers):
                victims.look()
                if damage and time.monotonic() >= next_damage:
                    if done := torture_damage.damage(data / "index", rng):
                        report.counts[f"damage: {done}"] += 1
                    next_damage = time.monotonic() + rng.choice((0.1, rng.uniform(1, 12)))
                time.sleep(0.02)
        finally:
            victims.end()
            (data / "stop").touch()
        for role, worker in zip(roles, workers, strict=True):
            _take_report(role, worker, report)
    if damage:
        _try(data, report, "check_index", "--repair")
    for command in ("update_index", "check_index"):
        _try(data, report, command)
    report.problems += _finish(data, "-m", "tests.torture", "compare").splitlines()
    if leftovers := list((data / "index").glob("new-*")):
        _finish(data, "manage.py", "rebuild_index")
        report.problems += [f"{path} stays for ever" for path in leftovers if path.exists()]
    return report


FEW_COMMANDS: dict[str, tuple[str, ...]] = {"run_indexer": ("--interval", "0.05"), "rebuild_index": ()}
COMMANDS = FEW_COMMANDS | {"reparse": (), "check_index": ("--repair",)}


class Victims:
    """Commands that run until they end or are killed, and are started again."""

    def __init__(
        self, data: Path, commands: dict[str, tuple[str, ...]], rng: random.Random, report: Report
    ) -> None:
        self._data, self._commands, self._rng, self._report = data, commands, rng, report
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._until = dict.fromkeys(commands, 0.0)  # the end of each, or of its rest

    def look(self) -> None:
        for name, words in self._commands.items():
            process, now = self._running.get(name), time.monotonic()
            if process is None:
                if now >= self._until[name]:
                    self._running[name] = _start(self._data, "manage.py", name, *words)
                    # What is damaged is mended by processes that live long enough to do it.
                    longer = 1 if self._commands.keys() == FEW_COMMANDS.keys() else 5
                    self._until[name] = now + longer * _lifetime(name, self._rng)
            elif process.poll() is not None or now >= self._until[name]:
                self._report.counts[f"{name} {'killed' if process.poll() is None else 'ended'}"] += 1
                self._kill(name)
                self._until[name] = now + (0 if name in FEW_COMMANDS else self._rng.uniform(2, 15))

    def _kill(self, name: str) -> None:
        process = self._running.pop(name)
        process.kill()
        said = process.communicate()[0]
        if "Traceback" in said:
            self._report.problems.append(f"{name}: {said[-2500:]}")

    def end(self) -> None:
        for name in list(self._running):
            self._kill(name)


@contextmanager
def _server(data: Path) -> Iterator[int]:
    """The port of a gunicorn with two workers."""
    port = free_port()
    _finish(data, "manage.py", "collectstatic", "--no-input", "-v0")
    with (data / "gunicorn.log").open("w") as log:
        process = subprocess.Popen(  # type: ignore[call-overload]
            [
                *(sys.executable, "-m", "gunicorn", "-c", "python:newsarchive.gunicorn_conf"),
                *("--workers", "2", "--bind", f"127.0.0.1:{port}", "newsarchive.wsgi"),
            ],
            **_where(data),
            stdout=log,
            stderr=log,
        )
    try:
        while process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=60)


def _take_report(role: str, worker: subprocess.Popen[str], report: Report) -> None:
    said = worker.communicate(timeout=120)[0]
    lines = said.splitlines()
    if worker.returncode or not lines:
        report.problems.append(f"{role} ended with {worker.returncode}: {said[-2000:]}")
        return
    facts = json.loads(lines[-1])
    report.counts.update(facts["counts"])
    report.problems += [f"{role}: {problem}" for problem in facts["problems"]]


def _try(data: Path, report: Report, *words: str) -> None:
    done = subprocess.run(  # type: ignore[call-overload]
        [sys.executable, "manage.py", *words], **_where(data), capture_output=True, text=True, check=False
    )
    if done.returncode:
        report.problems.append(f"{words[0]}: {done.stdout}{done.stderr}"[-2000:])


def _wait_for(workers: list[subprocess.Popen[str]], data: Path) -> None:
    while len(list(data.glob("begun-*"))) < len(workers) and all(worker.poll() is None for worker in workers):
        time.sleep(0.02)


def _lifetime(name: str, rng: random.Random) -> float:
    """Seconds. Half of the rebuilds and most of the others live to their end."""
    return rng.uniform(1, 5) if name == "run_indexer" else rng.choice((rng.uniform(1, 8), 60))


def _where(data: Path) -> dict[str, object]:
    names = {"DJANGO_SETTINGS_MODULE": "newsarchive.settings", "NEWSARCHIVE_LOG_LEVEL": "WARNING"}
    return {"cwd": ROOT, "env": {**environment(data), **names}}


def _start(data: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        [sys.executable, *words], **_where(data), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _finish(data: Path, *words: str) -> str:
    process = _start(data, *words)
    said = process.communicate(timeout=300)[0]
    if process.returncode:
        raise RuntimeError(f"{words} ended with {process.returncode}: {said}")
    return said


# -- the roles, each in a process of its own ----------------------------------------------------------


def begin(data: Path) -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    _bring(data, range(ARTICLES))


def _bring(data: Path, numbers: range, *, version: int = 0) -> None:
    from newsarchive.errors import ImportBusy
    from newsarchive.ingest import run as ingest
    from tests.newsarchive.archive.making import post

    for number in numbers:
        word = STANDING if number < LAST_STANDING else FLEETING
        text = f"{word}，這是第 {number} 篇的第 {version} 個說法。" + f"甲{number}乙{version}丙，" * 40
        stamp = f"2022{version % 12 + 1:02d}17044434"
        content = post(number, title=f"第{number}篇之題目{number * 7919}", body=text, stamp=stamp)
        (data / "in" / f"{number}.md").write_bytes(content)
    with suppress(ImportBusy):  # the other import brings them
        ingest.run([data / "in" / f"{number}.md" for number in numbers], workers=1)


def _begun(data: Path) -> None:
    (data / f"begun-{os.getpid()}").touch()


@contextmanager
def _told(report: Report) -> Iterator[None]:
    """Whatever happens, the last line of the process is its report."""
    try:
        yield
    finally:
        print(json.dumps({"counts": report.counts, "problems": report.problems[:5]}), flush=True)


@contextmanager
def _unless_busy(report: Report) -> Iterator[None]:
    """On a busy machine another process may hold the database for longer than SQLite waits (30 s)."""
    from django.db import OperationalError

    try:
        yield
    except OperationalError as exc:
        if "locked" not in str(exc):
            raise
        report.counts["changes that found the database busy"] += 1


def writer(data: Path, rng: random.Random) -> None:
    from django.db import transaction

    from newsarchive.archive import articles
    from newsarchive.models import Article

    report = Report()
    fresh = ARTICLES
    with _told(report):
        while not (data / "stop").exists():
            deed = rng.choices(("edit", "withdraw", "publish", "import", "update"), (8, 3, 3, 1, 1))[0]
            report.counts[deed] += 1
            with _unless_busy(report):
                fleeting = Article.objects.filter(title__startswith="第").exclude(body__contains=STANDING)
                if deed == "edit":
                    number = rng.choice(list(Article.objects.values_list("pk", flat=True)))
                    with transaction.atomic():
                        article = Article.objects.select_for_update().get(pk=number)
                        article.body = article.body[:80] + f"<p>改{rng.randrange(10**9)}稿</p>"
                        article.save()
                        articles.record_edit(article, ["body"])
                elif deed == "withdraw":
                    some = rng.sample(list(fleeting.values_list("pk", flat=True)), 3)
                    articles.withdraw(Article.objects.filter(pk__in=some), reason="試驗")
                elif deed == "publish":
                    articles.publish(
                        fleeting.filter(pk=rng.choice(list(fleeting.values_list("pk", flat=True))))
                    )
                elif deed == "import":
                    _bring(data, range(fresh, fresh + 3))
                    fresh += 3
                else:
                    number = rng.randrange(fresh)
                    _bring(data, range(number, number + 1), version=rng.randrange(1, 12))
            _begun(data)
            time.sleep(rng.uniform(0, 0.1))


def reader(data: Path, rng: random.Random) -> None:
    from newsarchive.models import Article, OutboxRow
    from search.engines import get_engine
    from search.engines.base import Request
    from search.query.parser import parse
    from search.results import service

    report = Report()
    engine = get_engine()
    standing = set(Article.objects.filter(body__contains=STANDING).values_list("story_id", flat=True))
    request = Request(parse(FLEETING).tree, limit=1000)

    def gone() -> set[tuple[int, str]]:
        """Withdrawn stories of which nothing waits for the indexer, and since when."""
        waiting = OutboxRow.objects.values("story_id")
        rows = Article.objects.filter(status="withdrawn").exclude(story_id__in=waiting)
        return {(story, str(at)) for story, at in rows.values_list("story_id", "status_changed_at")}

    with _told(report):
        while not (data / "stop").exists():
            before = gone()
            found = {hit.story_id for hit in engine.search(request).hits}
            wrong = {story for story, _ in before & gone()} & found
            if wrong:
                report.problems.append(f"withdrawn, indexed, and still found: {sorted(wrong)}")
            if not found:
                report.problems.append("nothing found for what comes and goes")
            always = {
                hit.story_id for hit in engine.search(Request(parse(f'"{STANDING}"').tree, limit=1000)).hits
            }
            if standing - always:
                report.problems.append(f"not found though it stands: {sorted(standing - always)}")
            page = service.search(service.Parameters(text=rng.choice((STANDING, FLEETING, "第", "改 稿"))))
            shown = [result.article.pk for result in page.results]
            if Article.objects.filter(pk__in=shown).count() != len(shown):
                report.problems.append(f"a page shows what is not there: {shown}")
            report.counts["searches"] += 3
            _begun(data)


def visitor(data: Path, rng: random.Random, port: int) -> None:
    report = Report()
    words = (STANDING, FLEETING, f'"{STANDING}"', "第", "改 稿", "title:第", "甲 乙", "沒有的字")
    with _told(report):
        for problem in torture_damage.problems(port, words, rng):
            report.counts["searches"] += 1
            if problem == "503":
                report.counts["searches answered with 503"] += 1
                time.sleep(0.1)
            elif problem:
                report.problems.append(problem)
            _begun(data)
            if (data / "stop").exists():
                return


def compare() -> None:
    """Prints a line for every story whose indexed text is not what the database says."""
    from search.engines import get_engine
    from search.engines.fingerprint import fingerprint
    from search.indexing import documents

    indexed = get_engine().fingerprints()
    stored = {document.story_id: fingerprint(document) for document in documents.everything()}
    for story in sorted(indexed.keys() | stored.keys()):
        if indexed.get(story) != stored.get(story):
            print(f"story {story}: indexed as {indexed.get(story)}, stored as {stored.get(story)}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("role", nargs="?", default="run")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--without-damage", action="store_true")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    if options.role == "run":
        with tempfile.TemporaryDirectory(prefix="torture-") as name:
            report = run(
                Path(name),
                seconds=options.minutes * 60,
                seed=int(options.seed),
                readers=2,
                damage=not options.without_damage,
            )
        for what, times in sorted(report.counts.items()):
            print(f"{times:8,} {what}")
        print("\n".join(report.problems) or "no problem found")
        return 1 if report.problems else 0
    import django

    django.setup()
    data, rng = Path(os.environ["NEWSARCHIVE_DATA"]), random.Random(options.seed)
    if options.role in ("begin", "compare"):
        begin(data) if options.role == "begin" else compare()
    elif options.role == "visitor":
        visitor(data, rng, options.port)
    else:
        {"writer": writer, "reader": reader}[options.role](data, rng)
    return 0


if __name__ == "__main__":
    sys.exit(main())
