import fcntl
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from newsarchive.messages import english, from_json
from newsarchive.models import Article, RawFile
from tests.newsarchive.archive.making import post, stub

pytestmark = [pytest.mark.django_db, pytest.mark.database]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(*arguments: object, out: io.StringIO | None = None) -> tuple[int, str, str]:
    """Exit code, what was printed, and what was complained."""
    out, err = out or io.StringIO(), io.StringIO()
    try:
        call_command("import_articles", *map(str, arguments), workers=1, stdout=out, stderr=err)
    except SystemExit as exc:
        return int(exc.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_all_fine_is_exit_code_0_and_ends_with_counts(folder: Path) -> None:
    (folder / "a.md").write_bytes(post(1))
    (folder / "b.md").write_bytes(stub(2))

    code, out, err = run(folder)

    assert (code, err) == (0, "")
    assert out.endswith("1 imported, 0 updated, 0 unchanged, 0 failed, 1 quarantined\n")
    assert out.startswith("2 files in ")


def test_a_failure_is_exit_code_1_and_is_named(folder: Path) -> None:
    (folder / "a.md").write_bytes(post(1))
    (folder / "b.md").write_bytes(b"")

    code, out, err = run(folder)

    assert code == 1
    assert "1 imported, 0 updated, 0 unchanged, 1 failed" in out
    assert err == "b.md: The file is empty.\n"


def test_a_path_that_is_not_there_is_exit_code_2(folder: Path) -> None:
    with pytest.raises(CommandError, match="nothing") as caught:
        run(folder / "nothing")

    assert caught.value.returncode == 2


def test_a_report_that_can_not_be_written_is_exit_code_2_before_anything_is_read(folder: Path) -> None:
    (folder / "a.md").write_bytes(post(1))

    with pytest.raises(CommandError, match="can't be written") as caught:
        run(folder, "--report", folder / "no" / "report.jsonl")

    assert caught.value.returncode == 2
    assert Article.objects.count() == 0


def test_the_report_has_a_line_of_json_for_each_file(folder: Path, tmp_path: Path) -> None:
    (folder / "a.md").write_bytes(post(1).replace(b'date: "2021-03-20"', b'date: "2021-02-30"'))
    (folder / "b.md").write_bytes(stub(2))
    (folder / "c.md").write_bytes(b"")
    report = tmp_path / "report.jsonl"

    run(folder, "--report", report)
    first = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    run(folder, "--report", report)
    second = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]

    a, b = Article.objects.order_by("id")
    assert [list(line) for line in first] == [["path", "outcome", "article", "reason", "problems"]] * 3
    assert first[0] | {"problems": []} == {
        "path": "a.md",
        "outcome": "imported",
        "article": a.pk,
        "reason": "",
        "problems": [],
    }
    assert first[0]["problems"] == [str(from_json(problem)) for problem in a.problems] != []
    assert (first[1]["outcome"], first[1]["article"], first[1]["reason"]) == (
        "quarantined",
        b.pk,
        english(b.status_reason),
    )
    assert first[2] == {
        "path": "c.md",
        "outcome": "failed",
        "article": None,
        "reason": "The file is empty.",
        "problems": [],
    }
    assert [line["outcome"] for line in second] == ["unchanged", "unchanged", "failed"]
    assert second[0]["article"] == a.pk


def test_a_dry_run_says_that_nothing_was_changed(folder: Path) -> None:
    (folder / "a.md").write_bytes(post(1))

    code, out, _ = run(folder, "--dry-run")

    assert code == 0
    assert "1 imported" in out
    assert "nothing was changed" in out
    assert RawFile.objects.count() == 0


def test_a_terminal_sees_a_bar_with_rate_and_share(folder: Path) -> None:
    (folder / "a.md").write_bytes(post(1))
    terminal = Terminal()

    run(folder, out=terminal)

    assert "\r████████████████████████ 1 files, " in terminal.getvalue()
    assert "a second" in terminal.getvalue()


def test_another_import_is_told_of_in_words(folder: Path, data_folder: Path) -> None:
    (folder / "a.md").write_bytes(post(1))
    data_folder.mkdir()

    with (data_folder / "import.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="Another import is running"):
            run(folder)


def test_a_data_folder_that_can_not_be_written_is_told_of_in_words(folder: Path, data_folder: Path) -> None:
    data_folder.write_text("a file where the folder should be")

    with pytest.raises(CommandError, match="The archive can't be written"):
        run(folder)


def test_wrong_usage_on_the_command_line_is_exit_code_2(tmp_path: Path) -> None:
    for arguments in ([], [str(tmp_path / "nothing")], ["--workers", "-1", str(tmp_path)]):
        done = subprocess.run(
            [sys.executable, settings.BASE_DIR / "manage.py", "import_articles", *arguments],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 2, done.stderr
        assert "Traceback" not in done.stderr
