"""Messages in the language of a page, by gettext. Source texts are Traditional Chinese."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsarchive.messages import Message, from_json, read

from .codes import SAID

TEXTS: Final[dict[str, str | Promise]] = {
    SAID: "%(text)s",
    # Problems that importers note on an article.
    "no_author": _("沒有作者"),
    "no_date": _("沒有日期"),
    "no_title": _("沒有標題"),
    "no_text": _("沒有文字"),
    "no_source_url": _("沒有原址"),
    "empty_body": _("內文是空的"),
    "mojibake": _("亂碼，已修復"),
    "date_in_future": _("日期在未來"),
    "date_from_address": _("日期取自網址"),
    "date_from_capture": _("日期取自擷取時間"),
    "date_from_file_name": _("日期取自檔名"),
    "date_unreadable": _("日期讀不到：%(text)s"),
    "date_ambiguous": _("日期可作兩解，沒有採用：%(text)s"),
    "capture_time_unreadable": _("擷取時間讀不到"),
    "title_from_address": _("標題取自網址"),
    "title_from_file_name": _("標題取自檔名"),
    "address_garbled": _("原址有亂碼"),
    "address_of_listing": _("原址是首頁、欄目或訂閱源"),
    "address_shared": _("與其他文章同一網址"),
    "text_cut_off": _("內文被截短"),
    "front_matter_not_yaml": _("開頭的 YAML 不合格式，逐行讀取"),
    "front_matter_not_toml": _("開頭的 TOML 不合格式，逐行讀取"),
    "keys_not_understood": _("檔頭有不認識的欄位：%(keys)s"),
    "characters_lost": _("%(n)s 個字讀不到"),
    # Why a file is a stub or truncated.
    "capture_shows": _("擷取到的是「%(page)s」，不是文章"),
    "body_is_empty": _("擷取到的內文是空的"),
    "text_ends_at_paywall": _("內文到付費牆為止"),
    "text_ends_in_mid_sentence": _("內文在句子中間結束"),
    # Why a file gave no article.
    "file_empty": _("檔案是空的。"),
    "file_is_binary": _("檔案是二進位資料，不是文字。"),
    "file_is_no_text": _("檔案不是文章的文字，而是 %(format)s。"),
    "encoding_untrue": _("檔案自稱是 %(encoding)s 編碼，但照此讀不通。"),
    "encoding_unknown": _("看不出編碼：不是 UTF-8、UTF-16、GB18030 或 Big5。"),
    "format_unknown": _("沒有解析器認得這種格式：開頭既不是 front matter，也不是連結。"),
    "page_is_empty": _("網頁是空的，沒有任何元素。"),
    "mhtml_without_page": _("這個 MHTML 檔案裏沒有 HTML 網頁。"),
    "crawl_inside": _("這是匯入項目裏的整份網頁擷取檔：請在命令列直接指明它。"),
    "record_without_page": _("這筆擷取紀錄裏沒有成功送達的網頁。"),
    "response_not_unpacked": _("伺服器的回應以這裏讀不到的方法壓縮，或太大（%(detail)s）。"),
    "revisit_elsewhere": _("內容與較早的擷取相同，而那次擷取在另一個檔案裏。"),
    "crawl_damaged": _("網頁擷取檔損壞或被截斷，讀到 %(n)s 筆紀錄：%(detail)s。"),
    "crawl_without_pages": _("網頁擷取檔裏沒有擷取到的網頁。"),
    "wacz_digest_wrong": _("不收：它的摘要與 datapackage.json 所記的不同。"),
    "wacz_page_missing": _("頁面清單上有它，但 WACZ 檔案裏沒有它的擷取。"),
    "text_is_teaser": _("是訂閱源的摘要，不是全文"),
    "table_columns_unknown": _(
        "看不出表格哪一欄是標題、哪一欄是內文：請以 --map title=… --map body=… 指明，"
        "或在後台的「表格的欄位對應」選擇。各欄：%(columns)s。"
    ),
    "table_too_large": _("已停止：活頁簿超過 %(n)s 格。"),
    "workbook_damaged": _("活頁簿損壞或被截斷：%(detail)s。"),
    "document_no_export": _("文件裏沒有這裏讀得懂的匯出：既不是慧科，也不是 Factiva。"),
    "office_file_binary": _(
        "不讀舊式的 Word 或 Excel 檔（.doc、.xls）：請另存為 .docx、.xlsx、.rtf 或網頁。"
    ),
    "records_inside": _("這個檔案可能載有多篇文章：請在命令列直接指明它。"),
    "object_too_large": _(
        "不接受：這是 %(size)s 位元組的單個 JSON 物件，超過一篇文章的上限 %(limit)s；文章的清單才會逐篇讀取。"
    ),
    "rows_not_parted": _("首行以「%(separator)s」分成 %(columns)s 欄，以下各行卻不是以它分隔。"),
    "table_without_columns": _("表格只有一欄：看不出分隔符號。"),
    "row_too_long": _("這一列有 %(n)s 個值，表格只有 %(columns)s 欄。"),
    "feed_with_entities": _("不收：訂閱源自訂了實體，XML 炸彈就是這樣做。"),
    "feed_damaged": _("訂閱源損壞或被截斷，讀到 %(n)s 則：%(detail)s。"),
    "text_converted": _("匯出時轉換了文字，不是原來印出的字"),
    "export_without_number": _("這篇文章沒有編號，不知道它在哪裏結束。"),
    "front_matter_without_end": _("front matter 沒有結尾：欠了只有三個連字號的一行。"),
    "front_matter_too_long": _("front matter 太長，不會是文章的。"),
    "front_matter_without_keys": _("front matter 裏沒有欄位。"),
    "front_matter_no_list": _("front matter 不是一行一個欄位。"),
    "yaml_aliases": _("第 %(line)s 行用了 YAML 的錨點或別名，不接受。"),
    "yaml_tags": _("第 %(line)s 行用了會產生物件的 YAML 標籤，不接受。"),
    "export_of_many": _("這份匯出檔有許多筆紀錄：請單獨上載，或在命令列直接指明這個檔案。"),
    "record_damaged": _("這筆紀錄損壞或被截斷：%(detail)s。"),
    "record_no_export": _("這筆紀錄不是匯出檔寫的 JSON。"),
    "record_no_object": _("這筆紀錄不是 JSON 物件。"),
    "record_offset_impossible": _("紀錄的 published_at 沒有合理的時差。"),
    "record_time_without_offset": _("紀錄裏有一個時間沒有時差。"),
    "record_no_time": _("紀錄的 %(key)s 不是時間。"),
    "record_no_day": _("紀錄的 %(key)s 不是日期。"),
    "record_value_of_wrong_kind": _("紀錄的 %(key)s 不合匯出檔的寫法。"),
    "record_value_unknown": _("紀錄的 %(key)s 是本檔案庫不認識的值：%(value)s。"),
    "archive_inside": _("匯入的檔案裏還有壓縮檔：請把它單獨上載，或在命令列直接指明。"),
    "parser_too_slow": _("讀取超過 %(seconds)s 秒，已放棄。"),
    "parser_killed": _("讀取的程序被中止：可能用了太多記憶體。"),
    "parser_stumbled": _("解析器出錯：%(error)s"),
    "refused_size": _("不接受：%(size)s 位元組，超過單個檔案的上限 %(limit)s。"),
    "refused_device": _("不接受：是連結或裝置，不是一般檔案。"),
    "refused_link_out": _("不接受：連結指向資料夾以外。"),
    "refused_not_plain": _("不接受：不是一般檔案。"),
    "refused_name_out": _("不接受：檔名指向壓縮檔以外。"),
    "refused_encrypted": _("不接受：檔案加了密碼。"),
    "refused_method": _("不接受：壓縮方法（%(method)s）在這裏讀不到。"),
    "member_damaged": _("檔案損壞：%(detail)s。"),
    "file_without_end": _("讀不到結尾：%(detail)s。"),
    "file_unreadable": _("讀不到：%(detail)s。"),
    "archive_no_tar": _("壓縮檔裏沒有 tar：請先解壓。"),
    "archive_without_end": _("壓縮檔在 %(n)s 個檔案之後被截斷：沒有結束標記。"),
    "archive_cut_in_file": _("壓縮檔在一個檔案中間被截斷。"),
    "archive_damaged_after": _("壓縮檔在 %(n)s 個檔案之後損壞。"),
    "archive_size_no_number": _("壓縮檔損壞：有一個大小不是數字。"),
    "archive_pax_empty": _("壓縮檔損壞：有一個空的 pax 紀錄。"),
    "archive_damaged": _("壓縮檔損壞或被截斷：%(detail)s。"),
    "stopped_header": _("已停止：標頭有 %(size)s 位元組。"),
    "stopped_files": _("已停止：裏面的檔案超過 %(n)s 個。"),
    "stopped_size": _("已停止：解壓後超過 %(size)s 位元組。"),
    "stopped_bomb": _("已停止：解壓後大於原來的 %(ratio)s 倍，是壓縮炸彈。"),
    "earlier_files_stay": _("%(why)s之前讀到的已保留。"),
    # Further details of a file's outcome in an import.
    "kept_as_copy": _("留作另一個版本；文章照舊顯示原來的一個。"),
    "done_before_stop": _("中斷之前已經完成。"),
    "stored_copy_mended": _("這個檔案所存的副本曾經損壞，現已修復。"),
    "and_stored_copy_mended": _("%(why)s這個檔案所存的副本曾經損壞，現已修復。"),
    # Errors of newsarchive/errors.py.
    "something_wrong": _("系統發生問題。"),
    "raw_file_damaged": _(
        "原始檔 %(number)s（%(path)s，sha256 %(sha256)s）已損壞，讀不到：%(why)s。"
        "重新匯入同一個檔案即可修復。"
    ),
    "bytes_missing": _("內容不見了"),
    "bytes_not_unpacked": _("解壓不了（%(detail)s）"),
    "bytes_cut_off": _("被截斷"),
    "bytes_differ": _("內容與當初匯入的不同"),
    "picture_damaged": _("圖片的本地副本已損壞。"),
    "database_newer": _("資料庫由較新的程式建立（%(migrations)s），請用該程式"),
    "database_older": _("資料庫尚待本程式更新（%(migrations)s），請執行 migrate"),
    "import_busy": _("另一個匯入正在進行。"),
    "index_unavailable": _("索引尚未準備好，請稍後再試。"),
    "index_stale": _("索引需要重建。"),
    "index_newer": _("索引由較新版本的程式建立，這個版本讀不到。"),
    "search_server_away": _("搜尋伺服器暫時沒有回應，請稍後再試。"),
    "counting_needs_rebuild": _("索引重建之後才能計數，請稍後再試。"),
    "counting_needs_embedded": _("計數要逐字讀全部文字，只有內置索引存有；這裏用的是搜尋叢集，不能計數。"),
    "too_much_to_count": _("要數的超過一次查詢所限。這裏只給全數，不用抽樣：請收窄日期、媒體或字詞。"),
    "index_busy": _("索引正由另一個程序寫入。"),
    "index_unwritable": _("索引無法寫入。"),
    "action_runs": _("這個動作還在執行，請先停止。"),
    "name_taken": _("「%(name)s」後來又改過名、併過或另有所指，不能復原。"),
    # Why a picture could not, or may not, be fetched.
    "fetch_redirects": _("轉址超過 %(most)s 次"),
    "fetch_too_slow": _("%(seconds)s 秒內沒有回應"),
    "fetch_no_answer": _("沒有回應：%(detail)s"),
    "fetch_address_too_long": _("網址太長"),
    "fetch_no_address": _("不是網址"),
    "fetch_not_http": _("只收 http 及 https"),
    "fetch_password_in_address": _("網址內有名稱及密碼"),
    "fetch_port": _("不從 %(number)s 號埠取檔"),
    "fetch_host_unknown": _("找不到主機"),
    "fetch_host_not_public": _("主機不在公開的網際網路上"),
    "fetch_redirect_nowhere": _("轉址沒有目的地"),
    "fetch_answered": _("主機回應 %(number)s"),
    "fetch_packed": _("回應未經要求而壓縮"),
    "fetch_too_large": _("超過 %(size)s 位元組"),
    "fetch_cut_off": _("沒有回應：中途斷了"),
    "fetch_no_picture": _("不是尺寸合用的 JPEG、PNG、GIF 或 WebP 圖片"),
    "fetch_host_left_alone": _("本次不再向這個主機取檔"),
    "fetch_both_addresses": _("%(first)s；%(second)s"),
    # Why the index must be built anew.
    "index_missing": _("讀不到索引：%(detail)s"),
    "index_was_damaged": _("索引曾經損壞：%(detail)s"),
    "index_by_other_rules": _("所用的%(stamps)s已改變"),
    "index_outgrown": _("建成之後有 %(n)s 項改動"),
    # What is wrong with a query (search/query).
    "query_near": _("第 %(place)s 個字附近：%(why)s"),
    "query_empty": _("沒有要找的字"),
    "query_too_long": _("查詢最多 %(most)s 個字，只搜尋了前面的部分"),
    "query_too_many_terms": _("查詢最多 %(most)s 個詞"),
    "query_too_many_distances": _("~ 與 without 合計最多 %(most)s 個"),
    "query_too_deep": _("括號最多 %(most)s 層"),
    "query_close_without_open": _("這個右括號沒有對應的左括號"),
    "query_open_without_close": _("這個左括號沒有關上"),
    "query_ends_early": _("查詢到此中斷，後面少了要找的字"),
    "query_nothing_before_close": _("這個右括號前面少了要找的字"),
    "query_nothing_before": _("「%(sign)s」前面少了要找的字"),
    "query_field_empty": _("「%(field)s」後面要直接跟着要找的字"),
    "query_quote_open": _("引號 %(mark)s 沒有關上"),
    "query_distance_missing": _("~ 後面要有字數，例如 「甲 乙」~10"),
    "query_distance_needs_two": _("~ 前面的引號內要有兩個以空格分開的詞"),
    "query_distance_too_large": _("~ 後面的字數最多 %(most)s"),
    "query_without_needs_two": _("without 前後要各有一個詞或引號內的字"),
    "query_without_needs_longer": _("without 後面要有包含「%(text)s」的較長的詞；要排除另一個詞請用 -"),
    "query_without_twice": _("without 只能用於兩個詞"),
    "query_star_misplaced": _("* 只能放在英文詞的末尾，例如 Biden*"),
    "query_no_such_date": _("沒有「%(text)s」這個日期"),
    "query_date_unknown": _("看不懂日期「%(text)s」，請寫 2021、2021-11 或 2019-06-09/2019-07-01"),
    "query_date_backwards": _("日期「%(text)s」的開始晚於結束"),
}
# The rule sets whose versions an index records, by the names that the engines use.
STAMPS: Final[dict[str, str | Promise]] = {
    "schema": _("索引結構"),
    "folding": _("字形對照"),
    "dictionary": _("詞典"),
    "words": _("引擎"),
    "running": _("計數用的文字"),
}


def said(message: Message | None) -> str:
    """The text in the active language; "" for None."""
    if message is None:
        return ""
    if message.code == "index_by_other_rules":
        message = Message(message.code, stamps=_stamps(str(message.get("stamps"))))
    return message.filled(str(TEXTS[message.code]), said)


def _stamps(names: str) -> str:
    return "、".join(str(STAMPS.get(name.strip(), name.strip())) for name in names.split(","))


def codes_saying(words: str) -> list[str]:
    """Codes of the messages whose text in the active language contains `words`."""
    wanted = words.casefold()
    return [code for code, text in TEXTS.items() if code != SAID and wanted in str(text).casefold()]


def said_stored(text: str) -> str:
    """The text of what a text column holds, in the active language."""
    return said(read(text))


def said_of(message: Message | str | None) -> str:
    """For templates: the text of a message, or of what a text column holds, in the active language."""
    return said_stored(message) if isinstance(message, str) else said(message)


def all_said(problems: Iterable[Any]) -> list[str]:
    """The texts of what a JSON column holds, in the active language."""
    return [said(from_json(problem)) for problem in problems]
