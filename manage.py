#!/usr/bin/env python3
"""Django's command line for the archive; `make run` and docs/ say which commands there are."""

import os
import sys

NO_MEMORY = (
    "There is not enough memory. What was saved before this stays, and nothing is half done; "
    "give the process more and start the same command again."
)

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsarchive.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except MemoryError:
        sys.exit(NO_MEMORY)
