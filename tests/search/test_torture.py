from pathlib import Path

from tests import torture


def test_readers_notice_nothing_while_indexer_and_rebuilds_are_killed(tmp_path: Path) -> None:
    """The short form of `make torture`."""
    report = torture.run(tmp_path / "data", seconds=12)

    assert report.problems == []
    assert report.counts["searches"] > 0  # how many depends on the machine
    assert report.counts["run_indexer killed"] > 0
    assert report.counts["edit"] > 0
