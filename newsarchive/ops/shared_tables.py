"""Computes the tables that all processes map (`search.language.tables`), where they are not there yet.

A process of its own: computing takes 150 MB for some seconds, and the server and its workers then hold none
of it. `python -m newsarchive.ops.shared_tables`.
"""

from __future__ import annotations

import subprocess
import sys

from .processes import ROOT


def compute() -> None:
    """In a process of its own. Where it fails, each process computes what it needs when it needs it."""
    subprocess.run([sys.executable, "-m", __name__], cwd=ROOT, check=False)


def main() -> None:
    import django

    django.setup()
    from search.language import confusables, romanised, tokens

    tokens.is_name("")
    confusables.readings("中")
    romanised.of_dictionary()


if __name__ == "__main__":
    main()
