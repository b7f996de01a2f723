"""`make bench ARGS="--against REV --data FOLDER --files SAMPLE"`: this program beside that of another commit.

REV is checked out beside (in the cache folder), with libraries of its own where its lock file differs. Both
are measured in turn, ROUNDS times; a row's ratio is the median of the rounds' ratios, so that a machine that
becomes slow or busy meanwhile does not decide. A row is "the same" within NOISE.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[3]
ROUNDS: Final = 3
NOISE: Final = 0.07  # of the ratio: what the same program differs from itself by on a shared machine
_REQUESTS: Final = 300  # of each kind

Figures = dict[str, list[float]]


def main(rev: str, data: Path, files: Path | None, cache: Path) -> str:
    """A table with a verdict for each row. `data` is an imported archive with its index, which is copied;
    `files` are imported anew by both."""
    trees = {"before": _checked_out(rev, cache), "now": ROOT}
    rounds: dict[str, list[Figures]] = {name: [] for name in trees}
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        copies = {name: Path(folder) / name for name in trees}
        for copy in copies.values():
            shutil.copytree(data, copy)
        for number in range(ROUNDS):
            for name, tree in trees.items():
                rounds[name].append(_measured(tree, copies[name], files, number))
    return _table(rev, rounds["before"], rounds["now"])


def _measured(tree: Path, data: Path, files: Path | None, number: int) -> Figures:
    times = _alone(tree, data, "pages", str(_REQUESTS), str(number))
    found = {f"{kind} page, median ms": [median(every)] for kind, every in times.items()}
    found |= {
        f"{kind} page, p95 ms": [sorted(every)[int(0.95 * len(every))]] for kind, every in times.items()
    }
    if number == 0:  # of what does not vary from round to round, one
        held = _alone(tree, data, "memory", str(2 * _REQUESTS), "0")
        found |= {f"make run, {when}, MB": size for when, size in held.items()}
    if files is not None:
        with tempfile.TemporaryDirectory() as empty:
            found["import, processor seconds"] = _alone(tree, Path(empty), "import", str(files))["import"]
    return found


def _alone(tree: Path, data: Path, kind: str, *more: str) -> Figures:
    command = [_python(tree), str(Path(__file__).with_name("alone.py")), kind, str(data), *more]
    own = os.environ | {"DJANGO_SETTINGS_MODULE": "newsarchive.settings", "NEWSARCHIVE_DATA": str(data)}
    made = subprocess.run(command, cwd=tree, env=own, stdout=subprocess.PIPE, check=True, text=True)
    figures: Figures = json.loads(made.stdout.splitlines()[-1])
    return figures


def _checked_out(rev: str, cache: Path) -> Path:
    git = ["git", "-C", str(ROOT)]
    commit = subprocess.check_output([*git, "rev-parse", f"{rev}^{{commit}}"], text=True).strip()
    tree = cache.resolve() / f"against-{commit[:12]}"
    if not tree.exists():
        tree.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([*git, "worktree", "add", "--detach", str(tree), commit], check=True)
    return tree


def _python(tree: Path) -> str:
    """This environment's, where both have the same libraries."""
    lock = "requirements.txt"
    if (tree / lock).read_bytes() == (ROOT / lock).read_bytes():
        return sys.executable
    python = tree / ".venv/bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(tree / ".venv")], check=True)
        install = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(tree / lock)]
        subprocess.run(install, check=True)
    return str(python)


def _table(rev: str, before: list[Figures], now: list[Figures]) -> str:
    rows = [f"| what | {rev} | now | ratio | verdict |", "| --- | --- | --- | --- | --- |"]
    for name in before[0]:
        pairs = [(old[name][0], new[name][0]) for old, new in zip(before, now, strict=True) if name in old]
        ratio = median(new / old for old, new in pairs)
        old, new = (median(values) for values in zip(*pairs, strict=True))
        rows.append(f"| {name} | {old:.1f} | {new:.1f} | {ratio:.2f} | {_verdict(ratio)} |")
    return "\n".join(rows)


def _verdict(ratio: float) -> str:
    if abs(ratio - 1) <= NOISE:
        return "the same"
    return "better" if ratio < 1 else "WORSE"
