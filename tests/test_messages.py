"""What the program has to say is a code with values everywhere, and a sentence only where a person reads it,
in all three languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from newsarchive.errors import BadQuery, MessageError, UnreadableFile
from newsarchive.messages import Message, from_json, read, said, stored, texts
from newsarchive.messages.codes import ENGLISH, SAID
from search.query.parser import parse

ROOT = Path(__file__).resolve().parent.parent
CODE = [
    path
    for package in ("newsarchive", "search")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts and "messages" not in path.parts
]
LANGUAGES = ("zh-hant", "zh-hans", "en")
TAKES_A_CODE = {"Message", "BadQuery", *(error.__name__ for error in MessageError.__subclasses__())}
PLACE = re.compile(r"%\((\w+)\)s")
HAN = re.compile("[\u4e00-\u9fff]")
OWN = ENGLISH.keys() - {SAID}


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TAKES_A_CODE and node.args:
                yield path, node


def _codes(node: ast.expr) -> list[object]:
    """The texts that an expression can be; None where it is none of the source."""
    if isinstance(node, ast.IfExp):
        return [*_codes(node.body), *_codes(node.orelse)]
    if isinstance(node, ast.Constant):
        return [node.value]
    return ["address_shared"] if isinstance(node, ast.Name) and node.id == "SHARED" else [None]


def example(code: str) -> Message:
    return Message(code, **dict.fromkeys(ENGLISH[code].names, 7))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_words_in_every_language(language: str) -> None:
    with translation.override(language):
        words = {code: texts.said(example(code)) for code in OWN}

    assert texts.TEXTS.keys() == ENGLISH.keys()
    assert all(words.values())
    chinese = [code for code, text in words.items() if HAN.search(text)]
    if language == "en":
        assert chinese == ["query_distance_missing"] * ("query_distance_missing" in chinese)
    else:
        assert set(chinese) == OWN - {"fetch_both_addresses"}  # two messages and the mark between them


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_value_is_lost_in_any_language(language: str) -> None:
    with translation.override(language):
        for code in OWN:
            assert set(PLACE.findall(str(texts.TEXTS[code]))) == ENGLISH[code].names, code


def test_every_message_in_the_code_is_a_known_code_with_its_values() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{call.lineno}: {code!r}"
        for path, call in _calls()
        for code in _codes(call.args[0])
        if code not in ENGLISH and not _passes_on(path)
    ]

    assert wrong == []


def _passes_on(path: Path) -> bool:
    """errors.py hands over the code that it was given."""
    return path.name == "errors.py"


def test_no_code_is_without_a_place_that_says_it() -> None:
    given = {code for _, call in _calls() for code in _codes(call.args[0])}
    of_classes = set(
        re.findall(r'code(?:: ClassVar\[str\])? = "(\w+)"', (ROOT / "newsarchive/errors.py").read_text())
    )

    assert OWN - given - of_classes == set()


@pytest.mark.parametrize("error", sorted(MessageError.__subclasses__(), key=lambda error: error.__name__))
def test_an_error_with_a_plain_sentence_is_refused(error: type[MessageError]) -> None:
    with pytest.raises(ValueError, match="no message of this program"):
        error("The file is empty.")


def test_a_query_error_with_a_plain_sentence_is_refused() -> None:
    with pytest.raises(ValueError, match="no message of this program"):
        BadQuery("這個左括號沒有關上", position=0)


def test_a_code_with_other_values_than_its_own_is_refused() -> None:
    with pytest.raises(ValueError, match="no message of this program"):
        Message("characters_lost")


def test_no_module_looks_for_a_sentence_in_what_is_stored() -> None:
    """Where a message's words are needed in the code, they are in codes.py and texts.py alone."""
    sentences = {english.text for code, english in ENGLISH.items() if code in OWN and " " in english.text}
    found = [
        f"{path.relative_to(ROOT)}: {node.value}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in sentences
    ]

    assert found == []


@pytest.mark.parametrize(
    "message",
    [
        Message("no_date"),
        Message("yaml_aliases", line=1200),
        Message("earlier_files_stay", why=Message("archive_damaged_after", n=1200)),
        said("應作者要求"),
    ],
    ids=str,
)
def test_what_is_stored_is_read_back(message: Message) -> None:
    assert read(stored(message)) == message
    assert from_json(message.as_json()) == message


def test_words_of_a_person_are_stored_as_they_are() -> None:
    assert stored(said("應作者要求")) == "應作者要求"
    assert read("應作者要求") == said("應作者要求")


def test_what_a_newer_program_stored_is_kept_as_it_stands() -> None:
    text = '{"code": "of_tomorrow", "n": 3}'

    assert stored(read(text)) == text


def test_what_was_kept_before_an_archive_broke_is_said_with_it() -> None:
    message = Message("earlier_files_stay", why=Message("archive_damaged_after", n=1200))

    with translation.override("zh-hant"):
        chinese = texts.said(message)
    with translation.override("en"):
        english = texts.said(message)

    assert chinese == "壓縮檔在 1,200 個檔案之後損壞。之前讀到的已保留。"
    assert english == str(message) == "The archive is damaged after 1,200 files. What was read before stays."


def test_what_is_wrong_with_a_query_is_english_in_a_log() -> None:
    assert str(parse("(中國").problem) == "near character 1: this opening bracket is not closed"


def test_an_unreadable_file_has_its_message_and_its_log() -> None:
    error = UnreadableFile("yaml_aliases", line=1200)

    assert error.message == Message("yaml_aliases", line=1200)
    assert str(error) == "Line 1200 of the file uses YAML anchors or aliases: refused."
