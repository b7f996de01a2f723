"""What is fuzzed. A target makes an input out of a `random.Random` and says whether all is well with it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from . import containers, files, marks, queries


class Target(NamedTuple):
    make: Callable[[Random], Any]
    check: Callable[[Any], None]  # raises whatever goes wrong


TARGETS: dict[str, Target] = {
    "queries": Target(queries.make, queries.check),
    "files": Target(files.make, files.check),
    "containers": Target(containers.make, containers.check),
    "marks": Target(marks.make, marks.check),
}
