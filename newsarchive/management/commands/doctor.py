from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from newsarchive.ops import doctor, doctor_index
from newsarchive.ops.doctor import Finding, Level


class Command(BaseCommand):
    help = (
        "Look at everything and say what is wrong and which command mends it. Changes nothing. "
        "Exit code 0: all is well, 1: warnings, 2: errors."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="only what is wrong")

    def handle(self, *args: Any, quiet: bool, **options: Any) -> None:
        findings = list(doctor.examine((*doctor.GROUND, *doctor_index.GROUND)))
        asked = ("database", "migrations")
        if not any(finding.level is Level.ERROR and finding.subject in asked for finding in findings):
            findings += doctor.examine((*doctor.KEEPING, *doctor_index.FINDING))
        for finding in findings:
            if finding.level or not quiet:
                self._print(finding)
        sys.exit(max(finding.level for finding in findings))

    def _print(self, finding: Finding) -> None:
        self.stdout.write(f"{finding.level.name.lower():<8}{finding.subject}: {finding.text}")
        if finding.mend:
            self.stdout.write(f"        → {finding.mend}")
