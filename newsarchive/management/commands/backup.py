from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from newsarchive.errors import BackupRefused
from newsarchive.ops import backup
from newsarchive.pictures.store import Picture


class Command(BaseCommand):
    help = "The whole archive in one file (.tar.zst), made while it serves. `restore` brings it back."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--force", action="store_true", help="replace FILE where it is there already")

        parser.add_argument(
            "--with-damage",
            action="store_true",
            help="also when raw files are damaged; the backup names them",
        )

    def handle(self, *, file: Path, force: bool, with_damage: bool, **options: Any) -> None:
        try:
            manifest = backup.make(file, force=force, with_damage=with_damage)
        except BackupRefused as exc:
            raise CommandError(exc.reason) from exc
        except OSError as exc:
            raise CommandError(f"{file} can't be written: {exc}. No half backup was left there.") from exc
        counts = ", ".join(f"{rows:,} {table}" for table, rows in manifest.counts.items())
        self.stdout.write(f"{file}: {file.stat().st_size / 1024**2:,.1f} MB ({counts})")
        if manifest.damaged:
            self.stderr.write(
                f"{len(manifest.damaged):,} raw files in it are damaged: its manifest names them."
            )
        if kept := _pictures():
            folder = settings.DATA_DIR / "pictures"
            self.stderr.write(f"{kept:,} copies of pictures are not in it: they lie in {folder} (rsync -a).")


def _pictures() -> int:
    """How many local copies of pictures there are. A database before its migrations, which one backs up
    before an upgrade, may not have that table yet."""
    if Picture._meta.db_table not in connection.introspection.table_names():
        return 0
    return Picture.objects.filter(status=Picture.Status.OK).count()
