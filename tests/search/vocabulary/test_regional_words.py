"""Words that other regions say for the same thing, beside curators' synonyms."""

from __future__ import annotations

import pytest

from search.engines.base import Engine
from search.indexing import sync
from search.language.data_files import rows
from search.language.tokens import search_text
from search.models import SynonymGroup
from search.results import service
from search.results.service import Parameters, SearchPage
from tests.newsarchive.archive.making import parsed, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def stories(index: Engine) -> None:
    save(
        parsed("test:1", title="軟件工程", body="<p>新的軟件。</p>"),
        parsed("test:2", title="的士加價", body="<p>的士司機說。</p>"),
        parsed("test:3", title="悉尼下雨", body="<p>悉尼。</p>"),
        parsed("test:4", title="吃雪梨", body="<p>雪梨好吃。</p>"),
    )
    sync.rebuild(index)


def search(text: str, *, also: bool = True) -> SearchPage:
    return service.search(Parameters(text, also=also))


@pytest.mark.usefixtures("stories")
class TestSearch:
    @pytest.mark.parametrize("typed", ["軟體", "软件", "軟件"])
    def test_a_word_finds_what_other_regions_call_so(self, typed: str) -> None:
        assert [result.article.title for result in search(typed).results] == ["軟件工程"]

    def test_the_page_says_which_words_are_of_other_regions(self) -> None:
        page = search("計程車")

        assert set(page.also) == {"的士", "出租車"} == set(page.regional)
        assert page.total == 1

    def test_the_switch_of_synonyms_switches_them_off(self) -> None:
        page = search("計程車", also=False)

        assert (page.also, page.regional, page.misses is not None) == ((), (), True)

    def test_a_word_of_two_meanings_searches_the_other_and_is_not_searched_by_it(self) -> None:
        assert search("雪梨").total == 2
        assert search("悉尼").total == 1

    def test_a_quoted_word_is_searched_as_it_is(self) -> None:
        assert search('"軟體"').also == ()

    def test_a_curator_s_group_is_the_curator_s(self) -> None:
        SynonymGroup.objects.create(words=["的士", "計程車", "Taxi"])

        page = search("計程車")

        assert set(page.also) == {"的士", "Taxi", "出租車"}
        assert page.regional == ("出租車",)

    def test_a_group_that_a_curator_switched_off_silences_its_words(self) -> None:
        SynonymGroup.objects.create(words=["軟件", "軟體"], enabled=False)

        assert search("軟體").also == ()


def test_the_table_joins_no_words_that_the_reviewed_list_keeps_apart() -> None:
    apart = [
        {search_text(word) for word in words.split(" | ")}
        for words, how, _reason in rows("regional_reviewed.tsv", columns=3)
        if how == "apart"
    ]
    for words, _typed, source in rows("regional.tsv", columns=3):
        if source.startswith("OpenCC"):
            folded = {search_text(word) for word in words.split(" | ")}
            assert not any(pair <= folded for pair in apart), words


def test_every_row_says_its_source_and_every_word_kept_apart_a_reason() -> None:
    assert all(source.startswith(("OpenCC ", "review")) for *_, source in rows("regional.tsv", columns=3))
    assert all(
        reason
        for _words, how, reason in rows("regional_reviewed.tsv", columns=3)
        if how in ("apart", "typed")
    )
