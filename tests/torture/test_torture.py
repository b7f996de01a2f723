from pathlib import Path

import pytest

from . import __main__ as torture


@pytest.mark.database
def test_readers_notice_nothing_while_indexer_and_rebuilds_are_killed(tmp_path: Path) -> None:
    """The short form of `make torture`."""
    report = torture.run(tmp_path / "data", seconds=6)

    assert report.problems == []
    assert report.counts["searches"] > 0  # how many depends on the machine
    assert report.counts["run_indexer killed"] > 0
    assert report.counts["edit"] > 0


def test_damage_of_any_file_is_mended_while_all_goes_on_and_readers_meet_no_error(tmp_path: Path) -> None:
    """The same with files of the index damaged, and readers of a real server."""
    report = torture.run(tmp_path / "data", seconds=6, damage=True)

    assert report.problems == []
    assert report.counts["searches"] > 0
    assert any(what.startswith("damage: ") for what in report.counts)
