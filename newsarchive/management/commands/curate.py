from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsarchive.archive import curation
from newsarchive.archive.history import Action
from newsarchive.messages import english


class Command(BaseCommand):
    help = "Go on with an action of a curator, by its number: the admin starts this for large ones."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", type=int)

    def handle(self, *, action: int, **options: Any) -> None:
        found = Action.objects.filter(pk=action).first()
        if found is None:
            raise CommandError(f"there is no action {action}", returncode=2)
        curation.run(found)
        if found.finished_at is None and not found.problem:
            if curation.is_to_end(found):
                self.stdout.write(f"{found}: stopped after {found.done} of {found.total}")
                return
            raise CommandError("another process is at it")
        self.stdout.write(f"{found}: {found.changed} of {found.total} changed")
        if found.problem:
            self.stderr.write(english(found.problem))
            sys.exit(1)
