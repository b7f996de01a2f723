"""Sentences that releases up to migration 0013 stored and exported, with the messages that replace them.

A frozen table, used by the migration of stored rows and by the importer for exports of older releases. New
messages are not added here, because rows and exports now carry codes. {} stands for any text, {#} for a
number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from . import Message, said

_FORMATS: Final = {
    "a PNG picture": "PNG",
    "a JPEG picture": "JPEG",
    "a GIF picture": "GIF",
    "a PDF document": "PDF",
    "a zip archive": "zip",
    "a gzip archive": "gzip",
    "an xz archive": "xz",
    "an SQLite database": "SQLite",
}
# Code, names of the values in their order in the sentence, sentence.
_Row = tuple[str, str, str]
_REMARKS: Final[tuple[_Row, ...]] = (
    ("no_author", "", "no author"),
    ("no_date", "", "no date"),
    ("no_title", "", "no title"),
    ("no_text", "", "no text"),
    ("no_source_url", "", "no source url"),
    ("empty_body", "", "empty body"),
    ("mojibake", "", "mojibake"),
    ("date_in_future", "", "date in the future"),
    ("date_from_address", "", "date from the address"),
    ("date_from_capture", "", "date from capture"),
    ("date_unreadable", "text", "date unreadable: {}"),
    ("capture_time_unreadable", "", "capture time unreadable"),
    ("title_from_address", "", "title taken from the address"),
    ("address_garbled", "", "original_url contains U+FFFD"),
    ("address_of_listing", "", "address of a front page, section or feed"),
    ("address_shared", "", "address shared with other articles"),
    ("text_cut_off", "", "text cut off by the feed"),
    ("front_matter_not_yaml", "", "front matter is no valid YAML, read line by line"),
    ("characters_lost", "n", "{#} characters could not be read"),
)
_STANDINGS: Final[tuple[_Row, ...]] = (
    ("capture_shows", "page", "the capture shows “{}” in place of the article"),
    ("body_is_empty", "", "the body is empty"),
    ("text_ends_at_paywall", "", "the text ends at a paywall"),
    ("text_ends_in_mid_sentence", "", "the text ends in mid sentence"),
)
_FAILURES: Final[tuple[_Row, ...]] = (
    ("file_empty", "", "The file is empty."),
    ("file_is_binary", "", "The file is binary data (many NUL bytes), not the text of an article."),
    ("encoding_unknown", "", "The encoding can't be told: it is none of UTF-8, UTF-16, GB18030 and Big5."),
    (
        "format_unknown",
        "",
        "No importer knows this format: it begins neither with front matter nor with a link.",
    ),
    ("front_matter_without_end", "", "The front matter has no end: a line of three hyphens is missing."),
    ("front_matter_too_long", "", "The front matter is longer than any article's could be."),
    ("front_matter_without_keys", "", "The front matter holds no keys with values."),
    ("front_matter_no_list", "", "The front matter is not a list of keys and values."),
    (
        "export_of_many",
        "",
        "This export holds many records: name it itself on the command line to have it read.",
    ),
    ("record_no_export", "", "The record is no JSON that an export writes."),
    ("record_no_object", "", "The record is no JSON object."),
    ("record_offset_impossible", "", "The record's published_at has no offset that a clock on earth has."),
    ("record_time_without_offset", "", "A time of the record has no offset."),
    (
        "archive_inside",
        "",
        "This is an archive inside the import: name it on the command line to have it read.",
    ),
    ("parser_killed", "", "The process that read it was killed: it may need too much memory."),
    ("refused_device", "", "Refused: a link or a device, not a plain file."),
    ("refused_link_out", "", "Refused: a link that leads out of the folder."),
    ("refused_not_plain", "", "Refused: not a plain file."),
    ("refused_name_out", "", "Refused: its name leads out of the archive."),
    ("refused_encrypted", "", "Refused: it is encrypted."),
    ("archive_no_tar", "", "It is compressed, but there is no tar inside: unpack it first."),
    ("archive_cut_in_file", "", "The archive is cut off in the middle of a file."),
    ("archive_size_no_number", "", "The archive is damaged: a size that is no number."),
    ("archive_pax_empty", "", "The archive is damaged: an empty pax record."),
    ("file_is_no_text", "format", "The file is {}, not the text of an article."),
    ("encoding_untrue", "encoding", "The file says it is {} but can't be read so."),
    ("yaml_aliases", "line", "Line {#} of the file uses YAML anchors or aliases: refused."),
    ("yaml_tags", "line", "Line {#} of the file uses YAML tags that make objects: refused."),
    ("record_damaged", "detail", "The record is damaged or cut off: {}."),
    ("record_no_time", "key", "The record's {} is no time."),
    ("record_no_day", "key", "The record's {} is no day."),
    ("record_value_of_wrong_kind", "key", "The record's {} is not as an export writes it."),
    ("record_value_unknown", "key value", "The record's {} is none that this archive knows: {}."),
    ("parser_too_slow", "seconds", "Reading it took longer than {#} seconds."),
    ("parser_stumbled", "error", "The importer stumbled: {}"),
    ("refused_size", "size limit", "Refused: {#} bytes, more than the limit of {#} for one file."),
    ("refused_method", "method", "Refused: packed by a method that is not read here ({#})."),
    ("member_damaged", "detail", "It is damaged: {}."),
    ("file_without_end", "detail", "It can't be read to its end: {}."),
    ("file_unreadable", "detail", "It can't be read: {}."),
    ("archive_without_end", "n", "The archive is cut off after {#} files: its closing mark is missing."),
    ("archive_damaged_after", "n", "The archive is damaged after {#} files."),
    ("archive_damaged", "detail", "The archive is damaged or cut off: {}."),
    ("stopped_header", "size", "Stopped: a header of {#} bytes."),
    ("stopped_files", "n", "Stopped: it holds more than {#} files."),
    ("stopped_size", "size", "Stopped: it unpacks to more than {#} bytes."),
    ("stopped_bomb", "ratio", "Stopped: it unpacks to {#} times its size and more: a bomb."),
)
_OUTCOMES: Final[tuple[_Row, ...]] = (
    ("kept_as_copy", "", "Kept as another version; the article goes on showing the one it has."),
    ("done_before_stop", "", "Done before the interruption."),
    ("stored_copy_mended", "", "The stored copy of this file was damaged; it is mended."),
)
_DAMAGES: Final[tuple[_Row, ...]] = (
    ("bytes_missing", "", "its bytes are missing"),
    ("bytes_not_unpacked", "detail", "it can't be unpacked ({})"),
    ("bytes_cut_off", "", "it is cut off"),
    ("bytes_differ", "", "its bytes are not those that came"),
)
_ERRORS: Final[tuple[_Row, ...]] = (
    ("something_wrong", "", "系統發生問題。 Something went wrong."),
    ("picture_damaged", "", "圖片的本地副本已損壞。 The local copy of the picture is damaged."),
    ("import_busy", "", "另一個匯入正在進行。 Another import is running."),
    (
        "index_unavailable",
        "",
        "索引尚未準備好，請稍後再試。 The index is not ready; please try again shortly.",
    ),
    ("index_stale", "", "索引需要重建。 The index was made by an older version and needs a rebuild."),
    (
        "index_newer",
        "",
        "索引由較新版本的程式建立，這個版本讀不到。 The index was made by a newer version of the program.",
    ),
    (
        "search_server_away",
        "",
        "搜尋伺服器暫時沒有回應，請稍後再試。 The search server does not answer; please try later.",
    ),
    ("index_busy", "", "索引正由另一個程序寫入。 Another process is writing the index."),
    ("index_unwritable", "", "索引無法寫入。 The index cannot be written."),
    ("action_runs", "", "這個動作還在執行，請先停止。 The action is still running; stop it first."),
    (
        "name_taken",
        "name again",
        "「{}」後來又改過名、併過或另有所指，不能復原。 "
        "“{}” was renamed, merged or taken since; it can't be given back.",
    ),
)
_FETCHES: Final[tuple[_Row, ...]] = (
    ("fetch_redirects", "most", "more than {#} redirects"),
    ("fetch_too_slow", "seconds", "no answer within {} seconds"),
    ("fetch_no_answer", "detail", "no answer: {}"),
    ("fetch_address_too_long", "", "the address is too long"),
    ("fetch_no_address", "", "it is no address"),
    ("fetch_not_http", "", "only http and https are fetched"),
    ("fetch_password_in_address", "", "the address has a name and a password in it"),
    ("fetch_port", "number", "port {#} is not fetched from"),
    ("fetch_host_unknown", "", "the name of the host is not known"),
    ("fetch_host_not_public", "", "the host is not on the public internet"),
    ("fetch_redirect_nowhere", "", "a redirect to nowhere"),
    ("fetch_answered", "number", "the host answered {#}"),
    ("fetch_packed", "", "it came packed, unasked"),
    ("fetch_too_large", "size", "it has more than {#} bytes"),
    ("fetch_cut_off", "", "no answer: it was cut off"),
    ("fetch_no_picture", "", "it is no JPEG, PNG, GIF or WebP of a size that is shown"),
    ("fetch_host_left_alone", "", "its host is left alone for the rest of this run"),
)
_REST: Final = " What was read before stays."


def remark(text: str) -> Message:
    """Reads a problem of an article; `said` for a sentence that no release wrote."""
    return _read(_REMARK_PATTERNS, text) or said(text)


def reason(text: str) -> Message:
    """Reads why a file gave no article or only part of one, or was left unchanged."""
    if text.endswith(_REST):
        return Message("earlier_files_stay", why=reason(text.removesuffix(_REST)))
    return _read(_REASON_PATTERNS, text) or said(text)


def status_reason(text: str) -> Message:
    """Reads why an article has its status: an importer's reason, or a curator's words."""
    return _read(_STANDING_PATTERNS, text) or said(text)


def damage(text: str) -> Message:
    return _read(_DAMAGE_PATTERNS, text) or said(text)


def error(text: str) -> Message:
    """Reads why an action stopped."""
    return _read(_ERROR_PATTERNS, text) or said(text)


def fetch(text: str) -> Message:
    """Reads why a picture has no local copy: the reason at its original address, and at the archived one."""
    whole = _read(_FETCH_PATTERNS, text)
    first, parted, second = text.partition("; ")
    if parted and (whole is None or whole.code == "fetch_no_answer"):
        one, two = _read(_FETCH_PATTERNS, first), _read(_FETCH_PATTERNS, second)
        if one and two:
            return Message("fetch_both_addresses", first=one, second=two)
    return whole or said(text)


def written(message: Message) -> str:
    """The sentence that those releases wrote for this message."""
    if message.code == "earlier_files_stay":
        why = message.get("why")
        return f"{written(why)}{_REST}" if isinstance(why, Message) else str(message)
    if message.code == "fetch_both_addresses":
        return "; ".join(written(value) for _, value in message.values if isinstance(value, Message))
    known = _SENTENCES.get(message.code)
    if known is None:
        return str(message)
    names, sentence = known
    values = [_as_written(message, name) for name in names.split()]
    return sentence.replace("{#}", "{}").format(*values)


_Patterns = Sequence[tuple[re.Pattern[str], str, list[str]]]


def _read(patterns: _Patterns, text: str) -> Message | None:
    for pattern, code, names in patterns:
        if match := pattern.fullmatch(text):
            found: dict[str, Any] = dict(zip(names, match.groups(), strict=True))
            found.pop("again", None)
            return Message(code, **{name: _value(name, value) for name, value in found.items()})
    return None


def _value(name: str, text: str) -> str | int:
    if name == "format":
        return _FORMATS.get(text, text)
    digits = text.replace(",", "")
    return int(digits) if name in _NUMBERS and digits.isascii() and digits.isdigit() else text


def _as_written(message: Message, name: str) -> str:
    value = message.get("name" if name == "again" else name)
    if name == "format":
        return next((words for words, short in _FORMATS.items() if short == value), str(value))
    return f"{value:,}" if isinstance(value, int) and name not in _BARE else str(value)


_NUMBERS: Final = frozenset({"n", "line", "seconds", "size", "limit", "method", "ratio", "most", "number"})
_BARE: Final = frozenset({"line", "seconds", "method", "ratio", "most", "number"})  # written without commas
_PLACES: Final = {"{}": "(.+)", "{#}": "([0-9,.]+)"}


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"(\{#?\})", sentence)
    return re.compile("".join(_PLACES.get(part) or re.escape(part) for part in parts), re.DOTALL)


def _compiled(*tables: Sequence[_Row]) -> _Patterns:
    return [(_pattern(sentence), code, names.split()) for table in tables for code, names, sentence in table]


_REMARK_PATTERNS: Final = _compiled(_REMARKS)
_REASON_PATTERNS: Final = _compiled(_FAILURES, _STANDINGS, _OUTCOMES)
_STANDING_PATTERNS: Final = _compiled(_STANDINGS)
_DAMAGE_PATTERNS: Final = _compiled(_DAMAGES)
_ERROR_PATTERNS: Final = _compiled(_ERRORS)
_FETCH_PATTERNS: Final = _compiled(_FETCHES)
_SENTENCES: Final = {
    code: (names, sentence)
    for table in (_REMARKS, _STANDINGS, _FAILURES, _OUTCOMES, _DAMAGES, _ERRORS, _FETCHES)
    for code, names, sentence in table
}
