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

`str(error)` is for the log; `user_message` is for the reader, in Chinese and then English.
"""

from pathlib import Path


class ArchiveError(Exception):
    user_message = "系統發生問題。 Something went wrong."


class UnreadableFile(ArchiveError):
    """`reason` is one sentence that a curator understands."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.user_message = reason


class DamagedRawFile(ArchiveError):
    """`number` is the row's, `path` that of the import; `reason` says what is wrong, without full stop."""

    def __init__(self, number: int, path: str, sha256: str, reason: str) -> None:
        super().__init__(f"raw file {number} ({path}, sha256 {sha256}) is damaged: {reason}")
        self.number, self.path, self.sha256, self.reason = number, path, sha256, reason
        self.user_message = (
            f"原始檔 {number}（{path}）已損壞，讀不到；重新匯入同一個檔案即可修復。 "
            f"Stored file {number} is damaged: {reason}. Importing the same file again mends it."
        )


class DamagedPicture(ArchiveError):
    user_message = "圖片的本地副本已損壞。 The local copy of the picture is damaged."

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"the copy of a picture {path} is damaged: {reason}")


class UnsafeArchive(ArchiveError):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.user_message = reason


class WrongProgram(ArchiveError):
    """`reason` says which of the two is older and what to do, without full stop."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.user_message = f"程式與資料庫的版本不合：{reason}。 Program and database are not of one version."


class ImportBusy(ArchiveError):
    user_message = "另一個匯入正在進行。 Another import is running."


class BadQuery(ArchiveError):
    """`position` counts characters of the query from 0; `reason` is Chinese, without full stop."""

    def __init__(self, reason: str, *, position: int) -> None:
        super().__init__(f"{reason} (at character {position + 1})")
        self.reason = reason
        self.position = position
        self.user_message = f"第 {position + 1} 個字附近：{reason}"


class IndexUnavailable(ArchiveError):
    rebuild_helps = True  # the indexer builds anew by itself

    user_message = "索引尚未準備好，請稍後再試。 The index is not ready; please try again shortly."


class IndexStale(IndexUnavailable):
    user_message = "索引需要重建。 The index was made by an older version and needs a rebuild."


class IndexNewer(IndexUnavailable):
    """Nobody builds it anew unasked: an older program may have been started by mistake."""

    rebuild_helps = False
    user_message = (
        "索引由較新版本的程式建立，這個版本讀不到。 The index was made by a newer version of the program."
    )


class SearchServerAway(IndexUnavailable):
    rebuild_helps = False
    user_message = "搜尋伺服器暫時沒有回應，請稍後再試。 The search server does not answer; please try later."


class IndexBusy(ArchiveError):
    user_message = "索引正由另一個程序寫入。 Another process is writing the index."


class IndexUnwritable(ArchiveError):
    user_message = "索引無法寫入。 The index cannot be written."


class ActionRuns(ArchiveError):
    user_message = "這個動作還在執行，請先停止。 The action is still running; stop it first."


class NameTaken(ArchiveError):
    """`name` is what was to be given back."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} means something else today")
        self.user_message = (
            f"「{name}」後來又改過名、併過或另有所指，不能復原。 "
            f"“{name}” was renamed, merged or taken since; it can't be given back."
        )


class BackupRefused(ArchiveError):
    """`reason` says what is wrong and what to do about it, in a sentence or two."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.user_message = reason


class NotFetched(ArchiveError):
    """`refused`: a rule of ours is against it; `missing`: the host says that it is gone; `busy`: it asks to
    be left in peace. None of them: worth another try."""

    def __init__(
        self, reason: str, *, refused: bool = False, missing: bool = False, busy: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.refused, self.missing, self.busy = refused, missing, busy
        self.user_message = reason
