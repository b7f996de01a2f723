from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from newsarchive.archive import articles
from newsarchive.importers.types import ParsedAuthor
from newsarchive.models import Article
from search.engines.base import Engine, Facet, Filters
from search.indexing import sync
from search.results import service
from search.results.service import Parameters
from search.results.zero_results import Misses, restrictions
from search.web import links
from tests.newsarchive.archive.making import parsed, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stories")]


@pytest.fixture
def stories(index: Engine) -> None:
    save(
        parsed("test:1", title="習近平訪港", body="<p>國家主席習近平。</p>", outlet="眾新聞", tags=("訪港",)),
        parsed("test:2", title="林鄭月娥會見習近平", body="<p>特首到北京。</p>", outlet="眾新聞"),
        parsed("test:3", title="Joe Biden wins", body="<p>拜登當選。</p>", outlet="乙報"),
        parsed("test:4", title="天氣", body="<p>晴。</p>", authors=(ParsedAuthor("曾海琪"),)),
        parsed("test:5", title="岑敖暉獲釋", body="<p>他說沒有話說。</p>"),
    )
    sync.rebuild(index)


def misses(text: str, **options: object) -> Misses:
    found = service.search(Parameters(text, **options)).misses  # type: ignore[arg-type]
    assert found is not None
    return found


def counts(text: str, filters: Filters) -> list[tuple[Facet | None, str, int]]:
    found = misses(text, filters=filters).without_filter
    return [(one.restriction.facet, one.restriction.value, one.stories) for one in found]


def meant(text: str, **options: object) -> tuple[str, int] | None:
    found = service.search(Parameters(text, **options)).meant  # type: ignore[arg-type]
    return found and (found.text, found.stories)


# -- which word, which filter ----------------------------------------------------------------------


def test_a_search_that_finds_something_has_no_misses() -> None:
    assert service.search(Parameters("習近平")).misses is None


def test_zero_hits_says_which_word_has_none() -> None:
    found = misses("(習近平 zzzqq) date:2021")

    assert [(word.text, word.stories) for word in found.words] == [
        ("習近平", 2),
        ("zzzqq", 0),
        ("date:2021-01-01/2021-12-31", 5),
    ]


def test_a_word_that_one_field_lacks_is_counted_anywhere() -> None:
    (word,) = misses("title:國家主席").words

    assert (word.stories, word.anywhere) == (0, 1)


def test_a_word_is_counted_with_its_synonyms() -> None:
    words = {word.text: word.stories for word in misses("Biden 林鄭月娥 zzzqq").words}

    assert words == {"Biden": 1, "林鄭月娥": 1, "zzzqq": 0}


def test_zero_hits_says_which_filter_to_drop() -> None:
    filters = Filters(include={Facet.OUTLET: ("乙報",), Facet.TAG: ("訪港",)})

    assert counts("習近平", filters) == [(Facet.OUTLET, "乙報", 1), (Facet.TAG, "訪港", 0)]


def test_filters_that_only_together_find_nothing_are_counted_together(client: Client) -> None:
    filters = Filters(include={Facet.OUTLET: ("乙報",), Facet.TAG: ("訪港",)})

    assert counts("天氣", filters) == [(Facet.OUTLET, "乙報", 0), (Facet.TAG, "訪港", 0)]
    assert misses("天氣", filters=filters).without_filters == 1
    page = client.get("/search/", {"q": "天氣", "outlet": "乙報", "tag": "訪港"}).content.decode()
    assert page.count("篇）") == 1


def test_a_page_without_hits_does_not_announce_the_closest_ones(client: Client) -> None:
    page = client.get("/search/", {"q": "國家主席習近乎", "outlet": "乙報"}).content.decode()

    assert "以下是最接近的" not in page


def test_filters_are_counted_in_the_order_in_which_the_page_lists_them() -> None:
    from datetime import date

    filters = Filters(
        include={Facet.TAG: ("訪港",), Facet.OUTLET: ("乙報", "眾新聞")},
        exclude={Facet.TAG: ("海",)},
        first=date(2020, 1, 1),
        last=date(2020, 1, 2),
    )
    page = service.search(Parameters("拜登", filters=filters))

    listed = [link.href for link in links.around(page).restrictions]
    expected = [links.address(Parameters("拜登", filters=one.removed)) for one in restrictions(filters)]
    assert listed == expected
    assert page.misses is not None
    assert [one.restriction for one in page.misses.without_filter] == list(restrictions(filters))


def test_a_count_stands_beside_its_own_filter_whatever_the_order_of_the_counts() -> None:
    filters = Filters(include={Facet.OUTLET: ("乙報",), Facet.TAG: ("訪港",)})
    page = service.search(Parameters("習近平", filters=filters))
    assert page.misses is not None

    for counted in (page.misses.without_filter, page.misses.without_filter[::-1]):
        turned = replace(page, misses=replace(page.misses, without_filter=counted))
        shown = {link.label: count for link, count in links.around(turned).removable}
        assert shown == {"媒體：乙報": "1", "全部取消": "2"}


def test_zero_hits_says_what_an_exclusion_took_away() -> None:
    assert misses("訪港 -習近平").exclusions == (("-習近平", 1),)


def test_the_page_names_the_words_and_what_each_filter_costs(client: Client) -> None:
    page = client.get("/search/", {"q": "拜登", "tag": "訪港"}).content.decode()

    assert "每個詞各有多少篇" in page
    assert "（則有 1 篇）" in page


def test_what_is_counted_is_bounded() -> None:
    found = misses(" ".join(f"詞{number}" for number in range(40)))

    assert len(found.words) == 12


# -- did you mean ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "likely"),
    [
        ("習近乎", "習近平"),  # looks alike
        ("林鄭月鵝", "林鄭月娥"),  # sounds alike
        ("习近苹", "習近平"),
        ("近習平", "習近平"),  # swapped
        ("習習近平", "習近平"),  # one too many
        ("林鄭娥", "林鄭月娥"),  # one missing
        ("曾海旗", "曾海琪"),  # an author
        ("曾孩旗", "曾海琪"),  # twice the wrong character for the sound
        ("岑敖輝", "岑敖暉"),  # no word of any dictionary, but of one sound
        ("Bidne", "Biden"),
        ("Bidden", "Biden"),
        ("Bden", "Biden"),
        ("Bixen", "Biden"),
        ("title:習近乎", "title:習近平"),
        ('"習近乎"', '"習近平"'),
    ],
)
def test_a_slip_is_offered_in_the_spelling_of_the_archive_with_its_count(typed: str, likely: str) -> None:
    found = meant(typed)

    assert found is not None
    assert found == (likely, service.search(Parameters(likely)).total)


def test_the_whole_query_must_have_hits() -> None:
    assert meant("習近乎 特首") == ("習近平 特首", 1)
    assert meant("習近乎 天氣") is None


def test_filters_hold_for_what_is_offered() -> None:
    in_other = Filters(include={Facet.OUTLET: ("乙報",)})

    assert meant("習近乎", filters=in_other) is None


def test_two_slips_are_mended_together() -> None:
    assert meant("習近乎 林鄭月鵝") == ("習近平 林鄭月娥", 1)


@pytest.mark.parametrize(
    "typed",
    ["zzzqq", "龘靐齉", "的", "習近平 晴", "乙丙丁戊", "天氣說", "賀一誠是在甚麼時候當選澳門行政長官的？"],
)
def test_what_is_like_nothing_is_left_alone(typed: str) -> None:
    assert meant(typed) is None


def test_partial_matches_get_a_better_spelling_too(client: Client) -> None:
    page = service.search(Parameters("國家主席習近乎"))

    assert page.partial
    assert page.meant is not None
    assert page.meant.text == "國家主席習近平"
    assert "你是否要找：" in client.get("/search/", {"q": "國家主席習近乎"}).content.decode()


def test_the_api_says_it_too(client: Client) -> None:
    answer = client.get("/api/search/", {"q": "Bidne"}).json()

    assert answer["misses"]["did_you_mean"] == {"text": "Biden", "count": 1}
    assert answer["misses"]["words"] == [["Bidne", 0]]
    assert client.get("/api/search/", {"q": "Biden"}).json()["misses"] is None


@pytest.mark.parametrize("indexed", [False, True])
def test_withdrawn_stories_are_in_no_count_and_no_spelling(index: Engine, indexed: bool) -> None:
    articles.withdraw(Article.objects.filter(title__in=["岑敖暉獲釋", "Joe Biden wins"]), reason="測試")
    if indexed:
        sync.drain(index)

    assert meant("岑敖輝") is None
    assert meant("Bidne") is None
    assert {word.text: word.stories for word in misses("Biden zzzqq").words} == {"Biden": 0, "zzzqq": 0}
