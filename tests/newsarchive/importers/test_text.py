"""From bytes to text: encodings by evidence, and no invisible characters."""

import pytest

from newsarchive.errors import UnreadableFile
from newsarchive.importers.fields import encoding as text
from newsarchive.importers.fields import mojibake

PROSE = "渡輪公司昨日宣布，由下星期一起停航。市民表示，政府應該盡快公布安排，讓居民可以上班上學。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "big5"])
def test_text_is_readable_whatever_its_encoding(encoding: str) -> None:
    decoded, name = text.decode(PROSE.encode(encoding))

    assert decoded == PROSE
    assert name == encoding.removesuffix("-sig")


def test_simplified_text_in_gb18030_is_not_taken_for_big5() -> None:
    prose = "渡轮公司昨日宣布，从下星期一起停航。市民表示，政府应该尽快公布安排。"

    assert text.decode(prose.encode("gb18030")) == (prose, "gb18030")


def test_few_broken_bytes_in_utf8_do_not_make_it_another_encoding() -> None:
    decoded, name = text.decode((PROSE * 3).encode() + b"\xe6\xb8")

    assert decoded.startswith(PROSE)
    assert name == text.DAMAGED_UTF8


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\x00\n ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\x89PNG\r\n\x1a\n....", "PNG"),
        (b"PK\x03\x04....", "zip"),
        (b"a\x00" * 500, "binary"),
        (b"\xff\xfea\x00b", "utf-16"),
        ("déjà vu à la carte, où ça ?".encode("cp1252") * 20, "encoding"),
        (bytes(range(128, 256)) * 20, "encoding"),
    ],
)
def test_what_is_no_text_is_refused_in_a_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        text.decode(data)

    assert reason in str(caught.value)
    assert str(caught.value).endswith(".")


def test_line_ends_byte_order_marks_and_a_stray_nul_leave_no_trace() -> None:
    assert text.decode(b"\xef\xbb\xbfa\r\nb\rc\x00" + b"d" * 200)[0] == "a\nb\ncd" + "d" * 199


def test_controls_and_invisible_characters_go() -> None:
    dirty = "司\u200b法\x10部\u200c要\u2028求\u202e\u00ad\ufeff\x85"

    assert text.clean(dirty) == "司法部要求"


@pytest.mark.parametrize("kept", ["👨‍👩‍👧", "🏳️‍🌈", "𠝹", "內?￥ﾍﾻ", "\ue000", "　"])
def test_emoji_rare_han_and_wide_blanks_stay(kept: str) -> None:
    assert text.clean(kept) == kept


def test_joiner_between_han_goes() -> None:
    assert text.clean("反\u200d送\u200d中") == "反送中"


def test_chinese_text_is_never_repaired() -> None:
    assert mojibake.repair_mojibake(PROSE * 10) == (PROSE * 10, False)


def test_russian_text_stays_russian() -> None:
    russian = "Паром отменён до понедельника, сообщила компания. " * 5

    assert mojibake.repair_mojibake(russian) == (russian, False)


def test_mojibake_of_western_code_pages_is_repaired() -> None:
    damaged = (PROSE * 2).encode().decode("latin-1")
    repaired, found = mojibake.repair_mojibake((PROSE * 2).encode().decode("cp1252", "ignore"))

    assert isinstance(repaired, str)
    assert damaged != repaired or not found


@pytest.mark.parametrize("saved", ["gb18030", "big5hkscs", "utf-8"])
@pytest.mark.parametrize("read", ["latin-1", "iso8859-15"])
def test_chinese_that_was_read_as_a_western_encoding_is_repaired(saved: str, read: str) -> None:
    prose = PROSE.replace("\n", "") * 4

    damaged = prose.encode(saved, "ignore").decode(read)

    assert mojibake.repair_mojibake(damaged) == (prose.encode(saved, "ignore").decode(saved), True)


def test_text_that_was_damaged_twice_is_repaired() -> None:
    twice = (PROSE * 2).encode().decode("latin-1").encode().decode("latin-1")

    assert mojibake.repair_mojibake(twice) == (PROSE * 2, True)


def test_utf_8_that_was_read_as_gb18030_is_repaired_where_nothing_was_lost() -> None:
    whole = "政府應該盡快公布安排，居民可以上班" * 4

    assert mojibake.repair_mojibake(whole.encode().decode("gb18030")) == (whole, True)


def test_utf_16_without_a_byte_order_mark_is_read() -> None:
    page = f"<html><head><title>渡輪</title></head><body><p>{PROSE}</p></body></html>"

    assert text.decode(page.encode("utf-16-le")) == (page, "utf-16")
    assert text.decode(page.encode("utf-16-be")) == (page, "utf-16")
