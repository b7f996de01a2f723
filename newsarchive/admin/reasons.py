"""Why a file gave no article, in the curator's language. Importers say it in plain English, which is what
is kept and what their commands print; the admin shows both."""

from __future__ import annotations

import re
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..errors import DamagedRawFile

# Sentences with a place for whatever stands in them: {} is any text, {#} a number. The first that fits
# counts; tests hold them against every sentence of the importers.
_SENTENCES: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("The file is empty.", _("檔案是空的。")),
    (
        "The file is binary data (many NUL bytes), not the text of an article.",
        _("檔案是二進位資料，不是文字。"),
    ),
    ("The file is {}, not the text of an article.", _("檔案不是文章的文字，而是：{}。")),
    ("The file says it is {} but can't be read so.", _("檔案自稱是 {} 編碼，但照此讀不通。")),
    (
        "The encoding can't be told: it is none of UTF-8, UTF-16, GB18030 and Big5.",
        _("看不出編碼：不是 UTF-8、UTF-16、GB18030 或 Big5。"),
    ),
    (
        "No importer knows this format: it begins neither with front matter nor with a link.",
        _("沒有解析器認得這種格式：開頭既不是 front matter，也不是連結。"),
    ),
    (
        "The front matter has no end: a line of three hyphens is missing.",
        _("front matter 沒有結尾：欠了只有三個連字號的一行。"),
    ),
    ("The front matter is longer than any article's could be.", _("front matter 太長，不會是文章的。")),
    ("The front matter holds no keys with values.", _("front matter 裏沒有欄位。")),
    ("The front matter is not a list of keys and values.", _("front matter 不是一行一個欄位。")),
    (
        "Line {#} of the file uses YAML anchors or aliases: refused.",
        _("第 {} 行用了 YAML 的錨點或別名，不接受。"),
    ),
    (
        "Line {#} of the file uses YAML tags that make objects: refused.",
        _("第 {} 行用了會產生物件的 YAML 標籤，不接受。"),
    ),
    (
        "This export holds many records: name it itself on the command line to have it read.",
        _("這份匯出檔有許多筆紀錄：請單獨上載，或在命令列直接指明這個檔案。"),
    ),
    ("The record is damaged or cut off: {}.", _("這筆紀錄損壞或被截斷：{}。")),
    ("The record is no JSON that an export writes.", _("這筆紀錄不是匯出檔寫的 JSON。")),
    ("The record is no JSON object.", _("這筆紀錄不是 JSON 物件。")),
    (
        "The record's published_at has no offset that a clock on earth has.",
        _("紀錄的 published_at 沒有合理的時差。"),
    ),
    ("A time of the record has no offset.", _("紀錄裏有一個時間沒有時差。")),
    ("The record's {} is no time.", _("紀錄的 {} 不是時間。")),
    ("The record's {} is no day.", _("紀錄的 {} 不是日期。")),
    ("The record's {} is not as an export writes it.", _("紀錄的 {} 不合匯出檔的寫法。")),
    ("The record's {} is none that this archive knows: {}.", _("紀錄的 {} 是本檔案庫不認識的值：{}。")),
    (
        "This is an archive inside the import: name it on the command line to have it read.",
        _("匯入的檔案裏還有壓縮檔：請把它單獨上載，或在命令列直接指明。"),
    ),
    ("Reading it took longer than {#} seconds.", _("讀取超過 {} 秒，已放棄。")),
    (
        "The process that read it was killed: it may need too much memory.",
        _("讀取的程序被中止：可能用了太多記憶體。"),
    ),
    ("The importer stumbled: {}", _("解析器出錯：{}")),
    (
        "Refused: {#} bytes, more than the limit of {#} for one file.",
        _("不接受：{} 位元組，超過單個檔案的上限 {}。"),
    ),
    ("Refused: a link or a device, not a plain file.", _("不接受：是連結或裝置，不是一般檔案。")),
    ("Refused: a link that leads out of the folder.", _("不接受：連結指向資料夾以外。")),
    ("Refused: not a plain file.", _("不接受：不是一般檔案。")),
    ("Refused: its name leads out of the archive.", _("不接受：檔名指向壓縮檔以外。")),
    ("Refused: it is encrypted.", _("不接受：檔案加了密碼。")),
    (
        "Refused: packed by a method that is not read here ({#}).",
        _("不接受：壓縮方法（{}）在這裏讀不到。"),
    ),
    ("It is damaged: {}.", _("檔案損壞：{}。")),
    ("It can't be read to its end: {}.", _("讀不到結尾：{}。")),
    ("It can't be read: {}.", _("讀不到：{}。")),
    ("It is compressed, but there is no tar inside: unpack it first.", _("壓縮檔裏沒有 tar：請先解壓。")),
    (
        "The archive is cut off after {#} files: its closing mark is missing.",
        _("壓縮檔在 {} 個檔案之後被截斷：沒有結束標記。"),
    ),
    ("The archive is cut off in the middle of a file.", _("壓縮檔在一個檔案中間被截斷。")),
    ("The archive is damaged after {#} files.", _("壓縮檔在 {} 個檔案之後損壞。")),
    ("The archive is damaged: {}.", _("壓縮檔損壞：{}。")),
    ("The archive is damaged or cut off: {}.", _("壓縮檔損壞或被截斷：{}。")),
    ("Stopped: a header of {#} bytes.", _("已停止：標頭有 {} 位元組。")),
    ("Stopped: it holds more than {#} files.", _("已停止：裏面的檔案超過 {} 個。")),
    ("Stopped: it unpacks to more than {#} bytes.", _("已停止：解壓後超過 {} 位元組。")),
    (
        "Stopped: it unpacks to {#} times its size and more: a bomb.",
        _("已停止：解壓後大於原來的 {} 倍，是壓縮炸彈。"),
    ),
    ("the capture shows “{}” in place of the article", _("擷取到的是「{}」，不是文章")),
    ("the body is empty", _("內文是空的")),
)
_REST: Final = " What was read before stays."


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"(\{#?\})", sentence)
    places = {"{}": "(.+)", "{#}": "([0-9,.]+)"}
    return re.compile("".join(places.get(part) or re.escape(part) for part in parts), re.DOTALL)


_PATTERNS: Final = tuple((_pattern(sentence), words) for sentence, words in _SENTENCES)


def damaged(damage: DamagedRawFile) -> str:
    """Which stored file it is, and what to do."""
    facts = {"number": damage.number, "path": damage.path, "sha256": damage.sha256}
    which = _("原始檔 %(number)d（%(path)s，sha256 %(sha256)s）已損壞，讀不到。") % facts
    return f"{which} {_('重新匯入同一個檔案即可修復。')}"


def said(reason: str) -> str:
    """In words of the interface; as it stands when an importer has learned to say something new."""
    if (get_language() or "").startswith("en"):
        return reason
    before = reason.removesuffix(_REST)
    for pattern, words in _PATTERNS:
        if match := pattern.fullmatch(before):
            text = str(words).format(*match.groups())
            return text + (str(_("之前讀到的已保留。")) if before != reason else "")
    return reason
