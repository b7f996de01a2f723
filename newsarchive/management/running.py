"""What long-running commands have in common: exit codes, the interval of progress lines, and turning expected
errors into CommandError."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.core.management.base import CommandError
from django.db import OperationalError

from newsarchive.errors import ImportBusy, WrongProgram

INTERRUPTED: Final = 130  # exit code; shells report the same for Ctrl-C
LINE_SECONDS: Final = 10  # seconds between progress lines when the output is not a terminal


@contextmanager
def refusals(*, busy: str = "An import", did: str = "done") -> Iterator[None]:
    """Wraps work that holds the import lock and writes batch by batch. Raises CommandError."""
    try:
        yield
    except ImportBusy as exc:
        raise CommandError(f"{busy} is running. Wait for it, or stop it, and try again.") from exc
    except WrongProgram as exc:
        raise CommandError(
            f"{str(exc).capitalize()}. What was {did} before this stays; "
            "the same command goes on with the right program."
        ) from exc
    except (OperationalError, OSError) as exc:
        raise CommandError(
            f"The archive can't be written: {exc}. What was {did} before this stays; "
            "when the cause is mended, the same command goes on."
        ) from exc
