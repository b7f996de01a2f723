"""The YAML head: text only, nothing made, one bad line loses no file."""

import pytest

from newsarchive.errors import UnreadableFile
from newsarchive.importers.fields import front_matter
from newsarchive.messages import Message


def head(text: str) -> front_matter.FrontMatter:
    return front_matter.read(f"---\n{text}\n---\nbody")


def test_scalars_stay_text() -> None:
    found = head("a: 12_00\nb: 2021-03-21\nc: no\nd: ~\ne: 0x1F\nf: 1e3")

    assert [found.text(key) for key in "abcdef"] == ["12_00", "2021-03-21", "no", "~", "0x1F", "1e3"]


def test_lists_in_every_style_are_read() -> None:
    assert head("tags: [ 甲, 乙 ]").items("tags") == ("甲", "乙")
    assert head("tags:\n  - 甲\n\n  - 乙").items("tags") == ("甲", "乙")
    assert head('tags:\n  - "甲"\n  - "乙"').items("tags") == ("甲", "乙")
    assert head("tags: 甲").items("tags") == ("甲",)


def test_unescaped_quotation_marks_are_read_line_by_line() -> None:
    found = head('title: "他說"不"然後走了"\ndate: "2021-11-17"')

    assert found.text("title") == '他說"不"然後走了'
    assert found.text("date") == "2021-11-17"
    assert found.problems == [Message("front_matter_not_yaml")]


def test_tabs_and_colons_are_read_line_by_line() -> None:
    found = head("title: 專訪: 一國兩制: 將來\ntags:\n\t- 甲\n\t- 乙")

    assert found.text("title") == "專訪: 一國兩制: 將來"
    assert found.items("tags") == ("甲", "乙")


def test_escaped_quotation_marks_are_unescaped() -> None:
    assert head('title: "他說\\"不\\""\nauthor: x').text("title") == '他說"不"'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('a: &a ["x"]\nb: [*a,*a,*a]', "aliases"),
        ('title: !!python/object/apply:os.system ["true"]', "tags"),
        ("- just\n- a list", "not a list of keys"),
        ("just words", "not a list of keys"),
        ("", "no keys"),
        ("a: " + "x" * 300_000, "longer"),
    ],
)
def test_what_is_no_head_of_an_article_is_refused_in_a_sentence(text: str, reason: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        head(text)

    assert reason in str(caught.value)


def test_head_without_end_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        front_matter.read("---\ntitle: x\n\nbody without end")


def test_deep_nesting_is_read_without_recursion() -> None:
    with pytest.raises(UnreadableFile):
        head("[" * 5_000)

    assert head("title: x\na: " + "[" * 900 + "]" * 900).text("title") == "x"
