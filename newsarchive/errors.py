"""Every error that this project raises deliberately.

    ArchiveError
    ├── UnreadableFile      no importer can turn this file into an article
    ├── DamagedRawFile      the bytes of a stored file are no longer those that were imported
    ├── DamagedPicture      the bytes of a local picture are no longer those that were fetched
    ├── UnsafeArchive       a zip or tar exceeds a limit or names a path outside itself
    ├── WrongProgram        the database belongs to a newer program, or waits for this one's migrations
    ├── ImportBusy          another import is running
    ├── BadQuery            a query with a syntax error; has a position
    ├── IndexUnavailable    there is no usable index
    │   ├── IndexStale      the index has an older layout that this program no longer reads
    │   ├── IndexNewer      the index has a layout that only a newer program reads
    │   └── SearchServerAway  the search cluster does not answer
    ├── CountingUnavailable  the index that answers can't count words
    │   ├── CountingNeedsRebuild   it was built before it had what is counted
    │   └── CountingNeedsEmbedded  it is a cluster
    ├── TooMuchToCount      a count costs more than one request may
    ├── IndexBusy           another process is writing the index
    ├── IndexUnwritable     the index folder is full or not writable
    ├── ActionRuns          an action can't be undone while a process runs it
    ├── NameTaken           a name can't be restored: another row has it now
    ├── NotFetched          an address could not, or must not, be fetched
    └── BackupRefused       a backup can't be made, or a file can't be restored to this place

`str(error)` is English, for the log. `error.message` is the same as a code with values
(`newsarchive.messages`), for code that shows it in the language of a page.
"""

from pathlib import Path
from typing import ClassVar

from newsarchive.messages import Message


class ArchiveError(Exception):
    code: ClassVar[str] = "something_wrong"

    @property
    def message(self) -> Message:
        """What is shown to a person. A subclass whose message has values overrides this."""
        return Message(self.code)


class MessageError(ArchiveError):
    """An error made of a message; its English text is that of the message."""

    def __init__(self, code: str, **values: str | int | Message) -> None:
        self._message = Message(code, **values)
        super().__init__(str(self._message))

    @property
    def message(self) -> Message:
        return self._message


class UnreadableFile(MessageError):
    """The message is one that a curator understands."""


class DamagedRawFile(ArchiveError):
    """`number` is the row's id, `path` the file's path in its import; `reason` says what is wrong."""

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
    """The message says which of the two is older and what to do, without a full stop."""


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
    rebuild_helps = True  # whether the indexer can mend this by rebuilding the index
    code = "index_unavailable"


class IndexStale(IndexUnavailable):
    code = "index_stale"


class IndexNewer(IndexUnavailable):
    """The index is not rebuilt automatically: an older program may have been started by mistake."""

    rebuild_helps = False
    code = "index_newer"


class SearchServerAway(IndexUnavailable):
    rebuild_helps = False
    code = "search_server_away"


class CountingUnavailable(ArchiveError):
    """Searching works all the same."""


class CountingNeedsRebuild(CountingUnavailable):
    code = "counting_needs_rebuild"


class CountingNeedsEmbedded(CountingUnavailable):
    code = "counting_needs_embedded"


class TooMuchToCount(ArchiveError):
    code = "too_much_to_count"


class IndexBusy(ArchiveError):
    code = "index_busy"


class IndexUnwritable(ArchiveError):
    code = "index_unwritable"


class ActionRuns(ArchiveError):
    code = "action_runs"


class NameTaken(ArchiveError):
    """`name` is the name that was to be restored."""

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
    """`refused`: our own rules forbid it; `missing`: the host says that the file is gone; `busy`: the host
    asks to be left alone (429, 503). With none of them a later try may succeed."""

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
