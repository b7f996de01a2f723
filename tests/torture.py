"""`make torture`: the index under fire, for as long as you like.

    python -m tests.torture --minutes 30 [--seed 7]

Real processes on one archive: a writer that edits, withdraws, publishes and imports; the indexer
and rebuilds, both killed with SIGKILL at random moments and started again; readers that search all the
while. No reader may get an error, an empty answer for a word that always stands, or a story whose
withdrawal the index has seen. At the end the outbox is drained, and the index must be the database, text
by text.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.processes import environment

ROOT = Path(__file__).resolve().parent.parent
STANDING = "長在此間"  # in the articles numbered below 20: edited, never withdrawn
FLEETING = "忽隱忽現"  # in those from 20 on, which come and go
ARTICLES = 60
LAST_STANDING = 20


@dataclass(slots=True)
class Report:
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def run(data: Path, *, seconds: float, seed: int = 1, readers: int = 1) -> Report:
    """`data`: an empty folder for the archive."""
    rng = random.Random(seed)
    report = Report()
    (data / "in").mkdir(parents=True)
    _finish(data, "-m", "tests.torture", "begin")
    _finish(data, "manage.py", "rebuild_index")
    roles = ["writer", *["reader"] * readers]
    workers = [_start(data, "-m", "tests.torture", role, "--seed", str(rng.random())) for role in roles]
    _wait_for(workers, data)  # on a busy machine they take longer to begin than the whole test should last
    stop = time.monotonic() + seconds
    commands = {"run_indexer": ("--interval", "0.05"), "rebuild_index": ()}
    victims = {name: _start(data, "manage.py", name, *words) for name, words in commands.items()}
    ends = {name: time.monotonic() + _lifetime(name, rng) for name in victims}
    while time.monotonic() < stop and all(worker.poll() is None for worker in workers):
        for name, process in victims.items():
            if process.poll() is None and time.monotonic() < ends[name]:
                continue
            report.counts[f"{name} {'killed' if process.poll() is None else 'ended'}"] += 1
            process.kill()
            said = process.communicate()[0]
            if "Traceback" in said:
                report.problems.append(f"{name}: {said[-2000:]}")
            victims[name] = _start(data, "manage.py", name, *commands[name])
            ends[name] = time.monotonic() + _lifetime(name, rng)
        time.sleep(0.02)
    for process in victims.values():
        process.kill()
        process.communicate()
    (data / "stop").touch()
    for role, worker in zip(roles, workers, strict=True):
        said = worker.communicate(timeout=60)[0]
        lines = said.splitlines()
        if worker.returncode or not lines:
            report.problems.append(f"{role} ended with {worker.returncode}: {said[-2000:]}")
            continue
        facts = json.loads(lines[-1])
        report.counts.update(facts["counts"])
        report.problems += [f"{role}: {problem}" for problem in facts["problems"]]
    for words in (("update_index",), ("check_index",)):
        done = subprocess.run(
            [sys.executable, "manage.py", *words], **_where(data), capture_output=True, text=True, check=False
        )
        if done.returncode:
            report.problems.append(f"{words[0]}: {done.stdout}{done.stderr}"[-2000:])
    report.problems += _finish(data, "-m", "tests.torture", "compare").splitlines()
    if leftovers := list((data / "index").glob("new-*")):
        _finish(data, "manage.py", "rebuild_index")
        report.problems += [f"{path} stays for ever" for path in leftovers if path.exists()]
    return report


def _wait_for(workers: list[subprocess.Popen[str]], data: Path) -> None:
    while len(list(data.glob("begun-*"))) < len(workers) and all(worker.poll() is None for worker in workers):
        time.sleep(0.02)


def _lifetime(name: str, rng: random.Random) -> float:
    """Seconds. Half of the rebuilds live to their end."""
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
    from newsarchive.ingest import run as ingest

    from .archive.making import post

    for number in numbers:
        word = STANDING if number < LAST_STANDING else FLEETING
        text = f"{word}，這是第 {number} 篇的第 {version} 個說法。" + f"甲{number}乙{version}丙，" * 40
        stamp = f"2022{version % 12 + 1:02d}17044434"
        content = post(number, title=f"第{number}篇之題目{number * 7919}", body=text, stamp=stamp)
        (data / "in" / f"{number}.md").write_bytes(content)
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
                articles.publish(fleeting.filter(pk=rng.choice(list(fleeting.values_list("pk", flat=True)))))
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
    options = parser.parse_args()
    if options.role == "run":
        with tempfile.TemporaryDirectory(prefix="torture-") as name:
            report = run(Path(name), seconds=options.minutes * 60, seed=int(options.seed), readers=2)
        for what, times in sorted(report.counts.items()):
            print(f"{times:8,} {what}")
        print("\n".join(report.problems) or "no problem found")
        return 1 if report.problems else 0
    import django

    django.setup()
    data, rng = Path(os.environ["NEWSARCHIVE_DATA"]), random.Random(options.seed)
    if options.role in ("begin", "compare"):
        begin(data) if options.role == "begin" else compare()
    else:
        {"writer": writer, "reader": reader}[options.role](data, rng)
    return 0


if __name__ == "__main__":
    sys.exit(main())
