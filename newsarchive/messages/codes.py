"""Every message of the program: its code, and its English text for logs, reports and exports. Other programs
read some of those, so the wording stays. A placeholder %(name)s stands for a value.

A stored code never changes its meaning. A new message needs a line here, a line in `texts.py`, and its
translations in newsarchive/locale.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

SAID: Final = "said"  # value `text`: words that correspond to no code
_PLACE: Final = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class English:
    text: str
    names: frozenset[str] = field(init=False)  # of the values

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", frozenset(_PLACE.findall(self.text)))


_TEXTS: Final = {
    SAID: "%(text)s",
    # Problems that importers note on an article.
    "no_author": "no author",
    "no_date": "no date",
    "no_title": "no title",
    "no_text": "no text",
    "no_source_url": "no source url",
    "empty_body": "empty body",
    "mojibake": "mojibake",
    "date_in_future": "date in the future",
    "date_from_address": "date from the address",
    "date_from_capture": "date from capture",
    "date_from_file_name": "date from the file name",
    "date_unreadable": "date unreadable: %(text)s",
    "date_ambiguous": "date ambiguous, not used: %(text)s",
    "capture_time_unreadable": "capture time unreadable",
    "title_from_address": "title taken from the address",
    "title_from_file_name": "title taken from the file name",
    "address_garbled": "original_url contains U+FFFD",
    "address_of_listing": "address of a front page, section or feed",
    "address_shared": "address shared with other articles",
    "text_cut_off": "text cut off by the feed",
    "front_matter_not_yaml": "front matter is no valid YAML, read line by line",
    "front_matter_not_toml": "front matter is no valid TOML, read line by line",
    "keys_not_understood": "front matter not understood: %(keys)s",
    "characters_lost": "%(n)s characters could not be read",
    # Why a file is a stub or truncated.
    "capture_shows": "the capture shows “%(page)s” in place of the article",
    "body_is_empty": "the body is empty",
    "text_ends_at_paywall": "the text ends at a paywall",
    "text_ends_in_mid_sentence": "the text ends in mid sentence",
    # Why a file gave no article.
    "file_empty": "The file is empty.",
    "file_is_binary": "The file is binary data (many NUL bytes), not the text of an article.",
    "file_is_no_text": "The file is %(format)s data, not the text of an article.",
    "encoding_untrue": "The file says it is %(encoding)s but can't be read so.",
    "encoding_unknown": "The encoding can't be told: it is none of UTF-8, UTF-16, GB18030 and Big5.",
    "format_unknown": "No importer knows this format: it begins neither with front matter nor with a link.",
    "page_is_empty": "The page is empty: it holds no element.",
    "mhtml_without_page": "None of the parts of this MHTML file is an HTML page.",
    "crawl_inside": "This is a crawl of many pages inside the import: name it itself on the command line to"
    " have it read.",
    "record_without_page": "The record holds no page that the server delivered.",
    "response_not_unpacked": "The server's answer is packed by a method that is not read here, or too large"
    " (%(detail)s).",
    "revisit_elsewhere": "The page was the same as in an earlier capture, which is in another file.",
    "crawl_damaged": "The crawl is damaged or cut off; %(n)s records of it could be read: %(detail)s.",
    "crawl_without_pages": "The crawl holds no page that was captured.",
    "wacz_digest_wrong": "Refused: its digest is not the one that datapackage.json gives.",
    "wacz_page_missing": "It is in the list of pages, but no crawl of the WACZ file holds it.",
    "text_is_teaser": "it is a teaser of a feed, not the whole text",
    "table_without_columns": "The table has one column only: no separator is known.",
    "table_columns_unknown": "The table has no column that is known as a title and none as a text: say which"
    " they are with --map title=… --map body=…. Its columns: %(columns)s.",
    "table_too_large": "Stopped: the workbook has more than %(n)s cells.",
    "workbook_damaged": "The workbook is damaged or cut off: %(detail)s.",
    "document_no_export": "The document holds no export that is read here: neither one of WiseNews nor one of"
    " Factiva.",
    "office_file_binary": "A binary document of Word or Excel (.doc, .xls) is not read: save it there as"
    " .docx, .xlsx, .rtf or as a web page.",
    "records_inside": "This file may hold many articles: name it itself on the command line to have it read.",
    "object_too_large": "Refused: one JSON object of %(size)s bytes, more than the limit of %(limit)s for one"
    " article. A list of articles would be read item by item.",
    "rows_not_parted": "The first line has %(columns)s columns, parted by “%(separator)s”; the rows below are"
    " not parted by it.",
    "row_too_long": "The row has %(n)s values for %(columns)s columns.",
    "feed_with_entities": "Refused: the feed declares entities of its own, as XML bombs do.",
    "feed_damaged": "The feed is damaged or cut off; %(n)s entries of it could be read: %(detail)s.",
    "text_converted": "the export converted the characters: they are not those that were printed",
    "export_without_number": "The article has no number, so that its end is not known.",
    "front_matter_without_end": "The front matter has no end: a line of three hyphens is missing.",
    "front_matter_too_long": "The front matter is longer than any article's could be.",
    "front_matter_without_keys": "The front matter holds no keys with values.",
    "front_matter_no_list": "The front matter is not a list of keys and values.",
    "yaml_aliases": "Line %(line)s of the file uses YAML anchors or aliases: refused.",
    "yaml_tags": "Line %(line)s of the file uses YAML tags that make objects: refused.",
    "export_of_many": "This export holds many records: name it itself on the command line to have it read.",
    "record_damaged": "The record is damaged or cut off: %(detail)s.",
    "record_no_export": "The record is no JSON that an export writes.",
    "record_no_object": "The record is no JSON object.",
    "record_offset_impossible": "The record's published_at has no offset that a clock on earth has.",
    "record_time_without_offset": "A time of the record has no offset.",
    "record_no_time": "The record's %(key)s is no time.",
    "record_no_day": "The record's %(key)s is no day.",
    "record_value_of_wrong_kind": "The record's %(key)s is not as an export writes it.",
    "record_value_unknown": "The record's %(key)s is none that this archive knows: %(value)s.",
    "archive_inside": "This is an archive inside the import: name it on the command line to have it read.",
    "parser_too_slow": "Reading it took longer than %(seconds)s seconds.",
    "parser_killed": "The process that read it was killed: it may need too much memory.",
    "parser_stumbled": "The importer stumbled: %(error)s",
    "refused_size": "Refused: %(size)s bytes, more than the limit of %(limit)s for one file.",
    "refused_device": "Refused: a link or a device, not a plain file.",
    "refused_link_out": "Refused: a link that leads out of the folder.",
    "refused_not_plain": "Refused: not a plain file.",
    "refused_name_out": "Refused: its name leads out of the archive.",
    "refused_encrypted": "Refused: it is encrypted.",
    "refused_method": "Refused: packed by a method that is not read here (%(method)s).",
    "member_damaged": "It is damaged: %(detail)s.",
    "file_without_end": "It can't be read to its end: %(detail)s.",
    "file_unreadable": "It can't be read: %(detail)s.",
    "archive_no_tar": "It is compressed, but there is no tar inside: unpack it first.",
    "archive_without_end": "The archive is cut off after %(n)s files: its closing mark is missing.",
    "archive_cut_in_file": "The archive is cut off in the middle of a file.",
    "archive_damaged_after": "The archive is damaged after %(n)s files.",
    "archive_size_no_number": "The archive is damaged: a size that is no number.",
    "archive_pax_empty": "The archive is damaged: an empty pax record.",
    "archive_damaged": "The archive is damaged or cut off: %(detail)s.",
    "stopped_header": "Stopped: a header of %(size)s bytes.",
    "stopped_files": "Stopped: it holds more than %(n)s files.",
    "stopped_size": "Stopped: it unpacks to more than %(size)s bytes.",
    "stopped_bomb": "Stopped: it unpacks to %(ratio)s times its size and more: a bomb.",
    "earlier_files_stay": "%(why)s What was read before stays.",
    # Further details of a file's outcome in an import.
    "kept_as_copy": "Kept as another version; the article goes on showing the one it has.",
    "done_before_stop": "Done before the interruption.",
    "stored_copy_mended": "The stored copy of this file was damaged; it is mended.",
    "and_stored_copy_mended": "%(why)s The stored copy of this file was damaged; it is mended.",
    # Errors of newsarchive/errors.py.
    "something_wrong": "Something went wrong.",
    "raw_file_damaged": "Stored file %(number)s (%(path)s, sha256 %(sha256)s) is damaged: %(why)s. "
    "Importing the same file again mends it.",
    "bytes_missing": "its bytes are missing",
    "bytes_not_unpacked": "it can't be unpacked (%(detail)s)",
    "bytes_cut_off": "it is cut off",
    "bytes_differ": "its bytes are not those that came",
    "picture_damaged": "The local copy of the picture is damaged.",
    "database_newer": "the database was made by a newer program (%(migrations)s): use that",
    "database_older": "the database waits for this program's migrations (%(migrations)s): migrate",
    "import_busy": "Another import is running.",
    "index_unavailable": "The index is not ready; please try again shortly.",
    "index_stale": "The index was made by an older version and needs a rebuild.",
    "index_newer": "The index was made by a newer version of the program.",
    "search_server_away": "The search server does not answer; please try later.",
    "counting_needs_rebuild": "Nothing can be counted until the index has been rebuilt.",
    "counting_needs_embedded": "Counting needs the embedded index: a cluster keeps no texts in order.",
    "too_much_to_count": "To count this exactly would cost more than one request may; narrow it down.",
    "index_busy": "Another process is writing the index.",
    "index_unwritable": "The index cannot be written.",
    "action_runs": "The action is still running; stop it first.",
    "name_taken": "“%(name)s” was renamed, merged or taken since; it can't be given back.",
    # Why a picture could not, or may not, be fetched.
    "fetch_redirects": "more than %(most)s redirects",
    "fetch_too_slow": "no answer within %(seconds)s seconds",
    "fetch_no_answer": "no answer: %(detail)s",
    "fetch_address_too_long": "the address is too long",
    "fetch_no_address": "it is no address",
    "fetch_not_http": "only http and https are fetched",
    "fetch_password_in_address": "the address has a name and a password in it",
    "fetch_port": "port %(number)s is not fetched from",
    "fetch_host_unknown": "the name of the host is not known",
    "fetch_host_not_public": "the host is not on the public internet",
    "fetch_redirect_nowhere": "a redirect to nowhere",
    "fetch_answered": "the host answered %(number)s",
    "fetch_packed": "it came packed, unasked",
    "fetch_too_large": "it has more than %(size)s bytes",
    "fetch_cut_off": "no answer: it was cut off",
    "fetch_no_picture": "it is no JPEG, PNG, GIF or WebP of a size that is shown",
    "fetch_host_left_alone": "its host is left alone for the rest of this run",
    "fetch_both_addresses": "%(first)s; %(second)s",
    # Why the index must be built anew.
    "index_missing": "%(detail)s",
    "index_was_damaged": "it was damaged: %(detail)s",
    "index_by_other_rules": "made with another %(stamps)s",
    "index_outgrown": "%(n)s changes since it was built",
    # What is wrong with a query (search/query).
    "query_near": "near character %(place)s: %(why)s",
    "query_empty": "there is nothing to look for",
    "query_too_long": "a query has at most %(most)s characters; only its beginning was searched",
    "query_too_many_terms": "a query has at most %(most)s terms",
    "query_too_many_distances": "~ and without can stand at most %(most)s times together",
    "query_too_deep": "brackets can be nested at most %(most)s deep",
    "query_close_without_open": "this closing bracket has no opening one",
    "query_open_without_close": "this opening bracket is not closed",
    "query_ends_early": "the query breaks off here; words to look for are missing",
    "query_nothing_before_close": "words to look for are missing before this closing bracket",
    "query_nothing_before": "words to look for are missing before “%(sign)s”",
    "query_field_empty": "words to look for must follow “%(field)s” directly",
    "query_quote_open": "the quotation mark %(mark)s is not closed",
    "query_distance_missing": 'a number of characters must follow ~, as in "A B"~10',
    "query_distance_needs_two": "the quotation before ~ must hold two words with a space between them",
    "query_distance_too_large": "the number after ~ can be at most %(most)s",
    "query_without_needs_two": "without needs a word or a quotation on each side",
    "query_without_needs_longer": "a longer word that contains “%(text)s” must follow without; "
    "to exclude another word use -",
    "query_without_twice": "without can join two words only",
    "query_star_misplaced": "* can stand only at the end of a Latin word, as in Biden*",
    "query_no_such_date": "there is no date “%(text)s”",
    "query_date_unknown": "the date “%(text)s” is not understood; "
    "write 2021, 2021-11 or 2019-06-09/2019-07-01",
    "query_date_backwards": "the date “%(text)s” begins after its end",
}
ENGLISH: Final = {code: English(text) for code, text in _TEXTS.items()}
