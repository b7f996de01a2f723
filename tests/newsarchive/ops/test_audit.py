"""`make audit` asks for known holes of every locked package; here without asking anybody."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def commands() -> list[list[str]]:
    lines = (ROOT / "Makefile").read_text().split("\naudit:")[1].split("\n\n")[0].splitlines()[1:]
    return [shlex.split(line.replace("$(BIN)/", "").replace("$(ARGS)", "")) for line in lines]


@pytest.mark.parametrize("command", commands(), ids=lambda command: command[-1])
def test_every_locked_package_is_asked_about(command: list[str]) -> None:
    program, *options = command
    assert program == "pip-audit"
    assert {"--strict", "--require-hashes", "--disable-pip"} <= set(options)

    done = subprocess.run(
        [str(Path(sys.executable).with_name(program)), "--dry-run", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    locked = re.findall(r"^[a-z0-9-]+(?:\[[a-z,]+\])?==", (ROOT / options[-1]).read_text(), re.MULTILINE)
    assert done.returncode == 0, done.stderr
    said = re.search(r"would have audited (\d+) packages", done.stdout + done.stderr)
    assert said
    assert 0 < int(said[1]) <= len(locked)
