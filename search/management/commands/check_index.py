from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsarchive.archive import outbox
from newsarchive.errors import ArchiveError, IndexUnavailable
from search.engines import get_engine
from search.engines.base import Engine
from search.engines.upkeep import verify
from search.indexing import sync
from search.indexing.healing import heal
from search.vocabulary import store


class Command(BaseCommand):
    help = (
        "Verify the files of the index, and compare it with the archive, both ways. "
        "Exit code 1 when files are damaged or the two differ."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="mend what differs")

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        try:
            self._check(repair=repair)
        except ArchiveError as error:  # another process rebuilds, or the damage goes on
            raise CommandError(str(error)) from error

    def _check(self, *, repair: bool) -> None:
        engine = get_engine()
        store.refresh()
        is_sound = self._verify(engine, repair=repair)
        try:
            state = engine.state()
        except IndexUnavailable as error:
            self.stderr.write(str(error))
            if not repair or not error.rebuild_helps:
                sys.exit(1)
            self.stdout.write(f"rebuilt: {sync.rebuild(engine)} stories")
            state = engine.state()
        if state.damage and repair:
            self.stdout.write(f"rebuilt: {sync.rebuild(engine)} stories")
            state = engine.state()
        if state.damage:
            self.stdout.write(f"a rebuild is due: the index was damaged ({state.damage})")
        if state.stale:
            self.stdout.write(f"a rebuild is due: the index was made with another {state.stale}")
        if waiting := outbox.count():
            self.stdout.write(f"{waiting} change(s) wait to be indexed")
        difference = sync.check(engine)
        for name, stories in (
            ("not in the index", difference.missing),
            ("only in the index", difference.extra),
        ):
            if stories:
                shown = ", ".join(map(str, sorted(stories)[:20]))
                self.stdout.write(
                    f"{len(stories)} stories {name}: {shown}{' …' if len(stories) > 20 else ''}"
                )
        if difference and repair:
            sync.repair(difference)
            sync.drain(engine)
            difference = sync.check(engine)
            self.stdout.write("repaired" if not difference else "still different: run rebuild_index")
        if difference or not is_sound:
            sys.exit(1)
        self.stdout.write(f"index and archive agree: {engine.state().documents} stories")

    def _verify(self, engine: Engine, *, repair: bool) -> bool:
        """Compare every byte of the index with its checksum. False: it is damaged, and stays so."""
        if engine.upkeep is None or (damage := verify(engine.upkeep)) is None:
            return True
        self.stderr.write(damage.text)
        return repair and heal(engine, damage)
