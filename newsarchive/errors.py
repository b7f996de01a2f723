"""Every error this project raises on purpose.

    ArchiveError
    ├── UnreadableFile      a file that no importer can turn into an article
    ├── DamagedRawFile      a stored file whose bytes are no longer those that were imported
    ├── DamagedPicture      a local copy of a picture of which the same is true
    ├── UnsafeArchive       a zip or tar that breaks a limit or names a path outside itself
    ├── WrongProgram        the database is of a newer program, or waits for this one's migrations
    ├── ImportBusy          another import is writing
    ├── BadQuery            words that are no query; has a position
    ├── IndexUnavailable    there is no usable index to answer from
    │   ├── IndexStale      there is one, of a layout that this program reads no more
    │   ├── IndexNewer      there is one, of a layout that only a newer program reads
    │   └── SearchServerAway  the cluster that has it does not answer
    ├── IndexBusy           another process is writing the index
    ├── IndexUnwritable     its folder is full, or may not be written
    ├── ActionRuns          an action can't be undone while a process is at it
    ├── NameTaken           a name can't be given back: it means something else today
    ├── NotFetched          an address that could not, or may not, be fetched
    └── BackupRefused       a backup that can't be made, or a file or a place that can't be restored

`str(error)` is English, for the log. `error.message` says it as a code with values, for whoever words it in
the language of a page (`newsarchive.messages`).
"""

from pathlib import Path
from typing import ClassVar

from newsarchive.messages import Message


class ArchiveError(Exception):
    code: ClassVar[str] = "something_wrong"

    @property
    def message(self) -> Message:
        """For a person who did not ask for details; a class whose message has values says which."""
        return Message(self.code)


class MessageError(ArchiveError):
    """An error that is a message: its log has the same values in English."""

    def __init__(self, code: str, **values: str | int | Message) -> None:
        self._message = Message(code, **values)
        super().__init__(str(self._message))

    @property
    def message(self) -> Message:
        return self._message


class UnreadableFile(MessageError):
    """Its message is a sentence that a curator understands."""


class DamagedRawFile(ArchiveError):
    """`number` is the row's, `path` that of the import; `reason` says what is wrong."""

    def __init__(self, number: int, path: str, sha256: str, reason: Message) -> None:
        super().__init__(f"raw file {number} ({path}, sha256 {sha256}) is damaged: {reason}")
        self.number, self.path, self.sha256, self.reason = number, path, sha256, reason

    @property
    def message(self) -> Message:
        return Message(
            "raw_file_damaged", number=self.number, path=self.path, sha256=self.sha256, why=self.reason
        )


class DamagedPicture(ArchiveError):
    code = "picture_damaged"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"the copy of a picture {path} is damaged: {reason}")


class UnsafeArchive(MessageError):
    pass


class WrongProgram(MessageError):
    """Its message says which of the two is older and what to do, without full stop."""


class ImportBusy(ArchiveError):
    code = "import_busy"


class BadQuery(ArchiveError):
    """`position` counts characters of the query from 0; the message of `code` is without full stop."""

    def __init__(self, code: str, *, position: int, **values: str | int | Message) -> None:
        self.reason = Message(code, **values)
        self.position = position
        super().__init__(f"{self.reason} (at character {position + 1})")

    @property
    def message(self) -> Message:
        return Message("query_near", place=self.position + 1, why=self.reason)


class IndexUnavailable(ArchiveError):
    rebuild_helps = True  # the indexer builds anew by itself
    code = "index_unavailable"


class IndexStale(IndexUnavailable):
    code = "index_stale"


class IndexNewer(IndexUnavailable):
    """Nobody builds it anew unasked: an older program may have been started by mistake."""

    rebuild_helps = False
    code = "index_newer"


class SearchServerAway(IndexUnavailable):
    rebuild_helps = False
    code = "search_server_away"


class IndexBusy(ArchiveError):
    code = "index_busy"


class IndexUnwritable(ArchiveError):
    code = "index_unwritable"


class ActionRuns(ArchiveError):
    code = "action_runs"


class NameTaken(ArchiveError):
    """`name` is what was to be given back."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} means something else today")
        self._name = name

    @property
    def message(self) -> Message:
        return Message("name_taken", name=self._name)


class BackupRefused(ArchiveError):
    """`reason` says what is wrong and what to do about it, in a sentence or two."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotFetched(MessageError):
    """`refused`: a rule of ours is against it; `missing`: the host says that it is gone; `busy`: it asks to
    be left in peace. None of them: worth another try."""

    def __init__(
        self,
        code: str,
        *,
        refused: bool = False,
        missing: bool = False,
        busy: bool = False,
        **values: str | int | Message,
    ) -> None:
        super().__init__(code, **values)
        self.refused, self.missing, self.busy = refused, missing, busy
