"""What differs between two texts: nothing lost, nothing invented, and never for long."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from newsarchive.archive.text_diff import Paragraph, Stretch, compare, line

CHARACTERS = st.text(alphabet="香港海樹人大小上下a ", max_size=12)
PARAGRAPHS = st.lists(CHARACTERS, max_size=8)


def side(stretches: list[Stretch], *, without: str) -> str:
    return "".join(
        piece.text
        for stretch in stretches
        for paragraph in stretch.paragraphs
        for piece in paragraph.pieces
        if piece.kind != without
    )


def shown(paragraph: Paragraph) -> str:
    marks = {"gone": "-{}-", "new": "+{}+", "same": "{}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in paragraph.pieces)


def all_shown(old: list[str], new: list[str]) -> list[str]:
    return [shown(paragraph) for stretch in compare(old, new) for paragraph in stretch.paragraphs]


@given(PARAGRAPHS, PARAGRAPHS)
def test_both_texts_can_be_read_out_of_a_comparison(old: list[str], new: list[str]) -> None:
    stretches = compare(old, new)

    assert side(stretches, without="new") == "".join(old)
    assert side(stretches, without="gone") == "".join(new)


@given(CHARACTERS, CHARACTERS)
def test_both_lines_can_be_read_out_of_a_line(old: str, new: str) -> None:
    pieces = line(old, new).pieces

    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == new


def test_a_correction_is_shown_in_its_characters() -> None:
    assert all_shown(["渡輪昨日停航兩小時。"], ["渡輪昨日停航三小時。"]) == ["渡輪昨日停航-兩-+三+小時。"]


def test_a_few_equal_characters_between_changes_do_not_tear_them_apart() -> None:
    assert shown(line("他說甲的乙了。後來", "他說丙的丁了。後來")) == "他說-甲的乙-+丙的丁+了。後來"


def test_paragraphs_that_came_and_went_stay_whole() -> None:
    old = ["開頭的一段。", "消息人士透露詳情。", "結尾的一段。"]
    new = ["開頭的一段。", "結尾的一段。", "延伸閱讀"]

    assert all_shown(old, new) == ["開頭的一段。", "-消息人士透露詳情。-", "結尾的一段。", "+延伸閱讀+"]


def test_equal_paragraphs_far_from_a_change_are_folded() -> None:
    same = [f"第{number}段" for number in range(6)]

    stretches = compare([*same, "舊"], [*same, "新"])

    assert [(stretch.folded, len(stretch.paragraphs)) for stretch in stretches] == [(True, 5), (False, 3)]
    assert [stretch.folded for stretch in compare(same, same)] == [True]


def test_long_and_hostile_texts_are_compared_in_bounded_time() -> None:
    began = time.process_time()
    compare(["甲乙" * 40_000], ["乙甲" * 40_000])
    compare(["甲"] * 20_000 + ["乙"], ["乙"] + ["甲"] * 20_000)
    compare([f"{n}甲乙丙" * 30 for n in range(400)], [f"{n}丁甲乙" * 30 for n in range(400)])

    assert time.process_time() - began < 60
