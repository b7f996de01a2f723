from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from newsarchive.archive import outbox
from newsarchive.errors import IndexUnavailable
from search.engines import get_engine
from search.indexing import sync
from search.vocabulary import store


class Command(BaseCommand):
    help = "Compare the index with the archive, both ways. Exit code 1 when they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="mend what differs")

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        engine = get_engine()
        store.refresh()
        try:
            state = engine.state()
        except IndexUnavailable as error:
            self.stderr.write(str(error))
            if not repair or not error.rebuild_helps:
                sys.exit(1)
            self.stdout.write(f"rebuilt: {sync.rebuild(engine)} stories")
            state = engine.state()
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
        if difference:
            sys.exit(1)
        self.stdout.write(f"index and archive agree: {engine.state().documents} stories")
