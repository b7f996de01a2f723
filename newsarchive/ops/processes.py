"""What the processes of `make run` know of each other. Imports nothing of the program: the supervisor stays
small."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
# Environment variable with the process number of the server to be replaced, set by the supervisor.
PREDECESSOR: Final = "NEWSARCHIVE_RELIEVES"


def manage(*words: str) -> None:
    """Runs a command of manage.py to its end. What went wrong it says itself."""
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, check=False)
