from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from search.engines.base import Engine
from search.indexing import sync
from search.language import data_files, tokens
from search.language.tokens import Segmenter, fold
from search.models import DictionaryWord, SynonymGroup
from search.query.synonyms import key
from search.results import service
from search.results.service import Parameters
from search.vocabulary import seed_data, store
from tests.newsarchive.archive.making import parsed, save

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def words_as_before() -> Iterator[None]:
    before = tokens.segmenter().extra_words
    yield
    tokens.use_words(before)


# -- the starting set ------------------------------------------------------------------------------


def test_a_new_archive_has_synonyms_and_dictionary_words() -> None:
    assert SynonymGroup.objects.count() == len(list(seed_data.synonym_groups("synonyms.tsv"))) >= 60
    assert DictionaryWord.objects.count() == len(list(seed_data.dictionary_words("dictionary.tsv"))) >= 300


def test_every_row_of_the_starting_set_is_one_that_a_curator_could_write() -> None:
    for row in (*SynonymGroup.objects.all(), *DictionaryWord.objects.all()):
        row.full_clean()


@pytest.mark.parametrize("name", ["synonyms.tsv", "dictionary.tsv"])
def test_every_file_of_the_starting_set_names_its_source(name: str) -> None:
    assert "# Source: " in (data_files.FOLDER / name).read_text(encoding="utf-8")


def test_the_starting_dictionary_holds_only_what_jieba_does_not_know() -> None:
    own = Segmenter()

    known = [
        word
        for word, _ in seed_data.dictionary_words("dictionary.tsv")
        if fold(word) in {token.text for token in own.tokens(fold(word))}
    ]
    assert known == []


def test_what_a_curator_deleted_stays_deleted_when_migrations_run_again() -> None:
    SynonymGroup.objects.all()[0].delete()
    DictionaryWord.objects.all()[0].delete()
    before = SynonymGroup.objects.count(), DictionaryWord.objects.count()

    call_command("migrate", "search", verbosity=0)

    assert (SynonymGroup.objects.count(), DictionaryWord.objects.count()) == before


# -- what a curator may write ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "one_way"),
    [
        (["甲乙"], []),
        (["甲乙", "  "], []),
        ([], ["甲乙", "丙丁"]),
        (["簽證處", "签证处"], []),
        (["Wikileaks", "ｗｉｋｉｌｅａｋｓ"], []),
        (["維基", "維基 "], []),
        (["甲", "乙丙"], []),
        (["甲乙", "丙" * 61], []),
        ([f"甲{number}乙" for number in range(21)], []),
        (["甲乙", "拜登"], []),  # another group's
        (["甲乙", "丙丁"], ["Biden"]),
    ],
)
def test_groups_that_make_no_sense_are_refused(words: list[str], one_way: list[str]) -> None:
    with pytest.raises(ValidationError):
        SynonymGroup(words=words, one_way=one_way).full_clean()


def test_blanks_around_a_word_go() -> None:
    group = SynonymGroup(words=[" 甲乙 ", "", "丙丁"])
    group.full_clean()

    assert group.words == ["甲乙", "丙丁"]


def test_a_group_is_edited_as_one_word_a_line() -> None:
    from django.forms import modelform_factory

    form_class = modelform_factory(SynonymGroup, fields=["words", "one_way"])
    form = form_class({"words": "甲乙\r\n\r\n丙 丁\r\n", "one_way": ""})

    assert form.is_valid(), form.errors
    assert form.save().words == ["甲乙", "丙 丁"]
    assert "甲乙\n丙 丁</textarea>" in str(form_class(instance=SynonymGroup.objects.last())["words"])


@pytest.mark.parametrize("word", ["", "甲", "Biden", "5G網絡", "香港 政府", "香港，", "唔係", "甲" * 61])
def test_dictionary_words_that_jieba_cannot_use_or_has_are_refused(word: str) -> None:
    with pytest.raises(ValidationError):
        DictionaryWord(word=word).full_clean()


def test_a_dictionary_word_is_one_in_every_script() -> None:
    DictionaryWord.objects.create(word="測試詞彙")

    with pytest.raises(ValidationError):
        DictionaryWord(word="测试词汇").full_clean()


# -- what the processes know -----------------------------------------------------------------------


def test_dictionary_words_feed_jieba() -> None:
    DictionaryWord.objects.create(word="佢哋班友")
    store.refresh()

    assert fold("佢哋班友") in {token.text for token in tokens.segmenter().tokens(fold("今日佢哋班友去咗"))}


@pytest.mark.parametrize("change", ["create", "save", "update", "delete", "bulk"])
def test_every_kind_of_change_is_noticed(change: str) -> None:
    row = DictionaryWord.objects.create(word="甲乙丙")
    store.refresh()
    before = tokens.segmenter().version

    if change == "create":
        DictionaryWord.objects.create(word="丁戊己")
    elif change == "save":
        row.word = "甲乙丁"
        row.save()
    elif change == "update":
        DictionaryWord.objects.filter(pk=row.pk).update(word="甲乙丁")
    elif change == "delete":
        row.delete()
    else:
        DictionaryWord.objects.bulk_create([DictionaryWord(word="丁戊己", folded=fold("丁戊己"))])
    store.refresh()

    assert tokens.segmenter().version != before


def test_rows_are_looked_at_once_in_a_while_and_cost_two_queries_then(
    settings, django_assert_num_queries
) -> None:
    store.refresh()
    settings.VOCABULARY_SECONDS = 60.0

    with django_assert_num_queries(0):
        store.synonyms()
    settings.VOCABULARY_SECONDS = 0.0
    with django_assert_num_queries(2):
        store.synonyms()


def test_a_segmenter_that_unlearns_is_as_if_it_had_never_known() -> None:
    sentence = fold("支聯會嘅人話佢哋唔係香港政府，立法會主席林鄭月娥出席")
    first = Segmenter(["支聯會", "唔係", "林鄭月娥"])
    second = Segmenter(["支聯", "聯會嘅人", "佢哋唔係"])

    second.learn(["支聯會", "唔係", "林鄭月娥"])

    assert list(second.tokens(sentence)) == list(first.tokens(sentence))
    assert second.version == first.version
    second.learn([])
    assert list(second.tokens(sentence)) == list(Segmenter().tokens(sentence))


def test_changing_the_dictionary_asks_for_a_rebuild_and_loses_no_recall_meanwhile(index: Engine) -> None:
    save(parsed("test:1", title="明日大嶼填海計劃", body="<p>佢哋話填海唔係好事，支聯會會員。</p>"))
    sync.rebuild(index)
    text = "佢哋話填海唔係好事，支聯會會員。"
    strings = [text[a:b] for a in range(len(text)) for b in range(a + 1, len(text) + 1)]
    assert sync.needs_rebuild(index) is None

    DictionaryWord.objects.create(word="支聯會會員")
    DictionaryWord.objects.create(word="話填海")
    DictionaryWord.objects.filter(word="佢哋").delete()

    assert "dictionary" in str(sync.needs_rebuild(index))
    for string in strings:
        page = service.search(Parameters(f'"{string}"'))
        assert (page.total, page.partial) == (1, ()), string
    sync.rebuild(index)
    assert sync.needs_rebuild(index) is None


def test_readyz_judges_the_index_by_the_dictionary_of_now(index: Engine, client: Client) -> None:
    sync.rebuild(index)
    DictionaryWord.objects.create(word="甲乙丙")

    assert "dictionary" in client.get("/readyz").json()["stale"]


def test_keys_are_what_the_parser_makes_of_a_word() -> None:
    assert key("《U.S.》") == key("u.s")
    assert key("Associated   Press") == "associated press"
