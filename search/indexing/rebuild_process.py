"""A rebuild that the indexer has run beside itself: a process of its own, shown on the health page."""

from __future__ import annotations

import os
import time
from typing import Final

from newsarchive.runtime import background_jobs, logs
from search.language import tokens

NAME: Final = "indexer-rebuild"  # of its file and lock among the jobs
_OUTDATED_SECONDS: Final = 600.0  # words that come for longer than this no longer begin it anew


class RebuildProcess:
    """Knows with which words of the curators it builds: one that began before a word came is of no use, and
    the word would wait for two rebuilds. Curators who add words for ever do not keep it from its end."""

    def __init__(self, why: str, *, since: float | None = None) -> None:
        self._dictionary = tokens.segmenter().version
        self.since = time.monotonic() if since is None else since  # when the first of them was begun
        environment = os.environ | {logs.JOB: logs.current()}
        self._process = background_jobs.spawn(NAME, ["rebuild_index"], why, wait=True, env=environment)

    @property
    def outdated(self) -> bool:
        return (
            self._dictionary != tokens.segmenter().version
            and time.monotonic() - self.since < _OUTDATED_SECONDS
        )

    def exit_code(self) -> int | None:
        """None while it runs."""
        code = self._process.poll()
        if code:
            self._say(f"failed with exit code {code}")
        return code

    def stop(self) -> None:
        """The live index stays as it was."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=30)
            self._say("stopped")

    def _say(self, text: str) -> None:
        with background_jobs.log_file(NAME).open("a", encoding="utf-8") as out:
            out.write(text + "\n")
