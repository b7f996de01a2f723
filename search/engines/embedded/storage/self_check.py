"""The upkeep of the embedded index: noticing damage of its files, and putting back what is sound.

Processes that search notice damage too, when they read damaged bytes; only the process that writes the index
mends it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterable
from datetime import UTC, datetime
from typing import Final

import numpy as np

from newsarchive.errors import IndexBusy, IndexNewer, IndexStale, IndexUnavailable, IndexUnwritable
from search.engines.document import IndexDocument
from search.engines.embedded import delta
from search.engines.embedded.delta import Tail
from search.engines.upkeep import ChangedSince, Damage, Part

from . import checksums, set_aside
from .checksums import Reading
from .generation import Facts, Generation, Shelf, check_sizes, read_facts

_CHECKED: Final = "CHECKED"  # when the live generation was verified last, and how many bytes
_LONGEST_BUILD: Final = 2 * 86_400  # seconds; for a generation that says nothing of itself any more


class SelfCheck:
    """An upkeep.Upkeep."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    # -- noticing ----------------------------------------------------------------------------------

    def look(self) -> Damage | None:
        try:
            name = self._shelf.current()
        except IndexUnavailable as exc:
            return Damage(Part.POINTER, "", str(exc))
        if not name:
            if not any(map(self._is_ours, self._shelf.generations())):
                return None  # there is no index yet
            return Damage(Part.POINTER, "", "CURRENT, which names the live index, is missing")
        folder = self._shelf.folder / name
        try:
            facts = read_facts(folder)
            check_sizes(folder, facts.files)
        except (IndexStale, IndexNewer):
            return None  # of another program's making, not damaged
        except IndexUnavailable as exc:
            return Damage(Part.GENERATION, name, str(exc))
        return self._check_tail(name, facts, thorough=False)

    def _check_tail(self, name: str, facts: Facts, *, thorough: bool) -> Damage | None:
        try:
            opened = Tail(self._shelf.folder / name / delta.NAME)
            try:
                opened.check_mark(needed=bool(facts.checksums))
                if thorough:
                    opened.check_all()
            finally:
                opened.close()
        except IndexUnavailable as exc:
            return Damage(Part.TAIL, name, str(exc))
        except IndexBusy as exc:
            # Only this program writes it, in milliseconds: a lock that is held for seconds is never released.
            return Damage(Part.TAIL, name, str(exc)) if thorough else None
        except IndexUnwritable:
            return None  # the disk is full or read-only
        return None

    def verification(self) -> Generator[int, None, Damage | None]:
        if damage := self.look():
            return damage
        name = self._shelf.live()
        if not name:
            return None
        try:
            facts = read_facts(self._shelf.folder / name)
        except IndexUnavailable:
            return None  # another program's, or it was damaged a moment ago: the next look says so
        if damage := self._check_tail(name, facts, thorough=True):
            return damage
        return (yield from self._read(name, facts))

    def _read(self, name: str, facts: Facts) -> Generator[int, None, Damage | None]:
        """Nothing, in a generation that was made before files had checksums."""
        folder = self._shelf.folder / name
        for file, expected in facts.checksums.items():
            reading = Reading(folder / file)
            try:
                yield from reading
            except OSError as exc:
                if name != self._shelf.live():
                    return None  # another went live meanwhile, and this one is no more
                return Damage(Part.GENERATION, name, f"{folder / file} can't be read: {exc}")
            if reading.value != expected and name == self._shelf.live():
                text = f"{folder / file} is damaged: its checksum is {reading.value}, not {expected}"
                return Damage(Part.GENERATION, name, text)
        return None

    def take_suspicion(self) -> str:
        return self._shelf.take_suspicion()

    def note_check(self, size: int) -> None:
        if not size:
            return  # there were no checksums to compare with
        facts = {"generation": self._shelf.live(), "at": datetime.now(UTC).isoformat(), "bytes": size}
        try:
            (self._shelf.folder / _CHECKED).write_text(json.dumps(facts), encoding="utf-8")
        except OSError:  # a full disk; it is only for people to read
            return

    def checked_at(self, generation: str) -> datetime | None:
        """When this generation was last read through and found sound."""
        try:
            facts = json.loads((self._shelf.folder / _CHECKED).read_text(encoding="utf-8"))
            return datetime.fromisoformat(facts["at"]) if facts["generation"] == generation else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    # -- mending -----------------------------------------------------------------------------------

    def heal(self, damage: Damage, changed: ChangedSince) -> str:
        with self._shelf.writing():
            if damage.part is Part.POINTER:
                if (again := self.look()) is None or again.part is not Part.POINTER:
                    return ""  # a rebuild was about to write it
            elif self._shelf.live() != damage.generation:
                return ""
            self._shelf.call_for_rebuild(damage.text)
            if damage.part is Part.TAIL:
                return self._renew_tail(damage.generation, changed)
            return self._fall_back(damage, changed)

    def _renew_tail(self, name: str, changed: ChangedSince) -> str:
        folder = self._shelf.folder / name
        changes = self._changes_since(name, changed)
        where = set_aside.put(self._shelf.folder, f"tail-of-{name}", [folder / file for file in delta.FILES])
        self._make_live(name, changes)
        return (
            f"it was set aside as {set_aside.FOLDER}/{where}, and the changes since {name} was built put back"
        )

    def _fall_back(self, damage: Damage, changed: ChangedSince) -> str:
        """The newest sound generation goes live; those that are found damaged on the way are set aside."""
        damaged, sound = [damage.generation] if damage.generation else [], ""
        for name in self._shelf.generations():
            if name in damaged or not self._is_ours(name):
                continue
            if self._is_sound(name):
                sound = name
                break
            damaged.append(name)
        if sound:
            self._make_live(sound, self._changes_since(sound, changed))
            said = f"{sound} answers until the index is rebuilt"
        else:
            # A build under way may have relied on what the lost tail was told meanwhile.
            list(changed(min(map(self._begin_of, damaged), default=datetime.now(UTC)), None))
            self._shelf.point_nowhere()
            said = "nothing answers until the index is rebuilt"
        folders = [(name, self._shelf.folder / name) for name in damaged]
        where = [
            set_aside.put(self._shelf.folder, name, [folder]) for name, folder in folders if folder.exists()
        ]
        kept = ", ".join(f"{set_aside.FOLDER}/{name}" for name in where)
        return f"it was set aside as {kept}; {said}" if kept else said

    def _is_ours(self, name: str) -> bool:
        """Not of a layout that this program does not read."""
        try:
            read_facts(self._shelf.folder / name)
        except (IndexStale, IndexNewer):
            return False
        except IndexUnavailable:
            return True
        return True

    def _is_sound(self, name: str) -> bool:
        folder = self._shelf.folder / name
        try:
            opened = Generation(folder)
            opened.close()
            sums = opened.facts.checksums
            return all(checksums.of_file(folder / file) == expected for file, expected in sums.items())
        except (IndexUnavailable, OSError):
            return False

    def _changes_since(self, name: str, changed: ChangedSince) -> list[tuple[int, IndexDocument | None]]:
        folder = self._shelf.folder / name
        stories = np.fromfile(folder / "stories", np.int64)
        return list(changed(read_facts(folder).holds_from, frozenset(stories.tolist())))

    def _begin_of(self, name: str) -> datetime:
        folder = self._shelf.folder / name
        try:
            return read_facts(folder).holds_from
        except IndexUnavailable:
            times = [path.stat().st_mtime for path in folder.rglob("*")] if name else []
            oldest = min(times, default=time.time())
            return datetime.fromtimestamp(max(0.0, oldest - _LONGEST_BUILD), UTC)

    def _make_live(self, name: str, changes: Iterable[tuple[int, IndexDocument | None]]) -> None:
        """Numbered by the clock: a build under way takes over what has a later number than it has seen."""
        delta.replace(self._shelf.folder / name / delta.NAME, changes, first=time.time_ns() // 1_000)
        self._shelf.point_at(name)
