"""What may have been meant by a query that finds nothing, or little."""

from __future__ import annotations

import pytest
from django.test import Client

from newsarchive.archive import articles
from newsarchive.models import Article
from search.engines.base import Engine
from search.indexing import sync
from search.results import service
from search.results.service import Parameters
from search.web import completion
from tests.newsarchive.archive.making import parsed, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stories")]


@pytest.fixture
def stories(index: Engine) -> None:
    save(
        *(
            parsed(
                f"test:a{number}",
                title=f"黃之鋒第{number}日",
                body="<p>黃之鋒和習近平。</p>",
                tags=("黃之鋒",),
            )
            for number in range(12)
        ),
        parsed("test:b", title="黃之峰登山", body="<p>黃之峰到上海。</p>", tags=("上海",)),
        parsed("test:c", title="Demosistō 解散", body="<p>Demosisto disbanded.</p>"),
        parsed("test:d", title="受傷害", body="<p>傷害，傷害。</p>"),
        parsed("test:e", title="秘密", body="<p>鄒幸彤。</p>", tags=("鄒幸彤",)),
        parsed("test:f", title="何君健攝", body="<p>何君健。</p>"),
    )
    sync.rebuild(index)


def meant(text: str, **options: object) -> tuple[str, int] | None:
    found = service.search(Parameters(text, **options)).meant  # type: ignore[arg-type]
    return found and (found.text, found.stories)


@pytest.mark.parametrize(
    "typed",
    ["huangzhifeng", "huang zhi feng", "Huang Zhifeng", "Huáng Zhīfēng", "huang'zhi'feng", "HUANGZHIFENG"],
)
def test_pinyin_offers_the_name_that_sounds_so(typed: str) -> None:
    assert meant(typed) == ("黃之鋒", 12)


def test_initials_offer_a_name() -> None:
    assert meant("zxt") == ("鄒幸彤", 1)


def test_a_name_is_likelier_than_a_word_of_the_same_sound() -> None:
    assert meant("shanghai") == ("上海", 1)


def test_pinyin_among_other_words_is_replaced_alone() -> None:
    assert meant("huangzhifeng 第3日") == ("黃之鋒 第3日", 1)


def test_a_rare_spelling_offers_the_one_that_is_far_more_frequent(client: Client) -> None:
    page = client.get("/search/", {"q": "黃之峰"}).content.decode()

    assert meant("黃之峰") == ("黃之鋒", 12)
    assert service.search(Parameters("黃之峰")).total == 1
    assert "你是否要找：" in page
    assert "（12 篇）" in page


def test_a_frequent_spelling_offers_nothing() -> None:
    assert meant("黃之鋒") is None
    assert meant("受傷害") is None


@pytest.mark.parametrize("typed", ["Demosito", "Demossistto", "demosisot"])
def test_a_long_latin_name_may_have_two_slips(typed: str) -> None:
    found = meant(typed)

    assert found is not None
    assert found[0].lower().replace("ō", "o") == "demosisto"


@pytest.mark.parametrize("typed", ["huangzhifeng", "黃之峰", "Demosito", "zxt", "習近乎", "習近乎 黃之峯"])
@pytest.mark.parametrize("options", [{}, {"also": False}, {"loose": False}, {"exact": True}])
def test_the_count_is_that_of_the_link(typed: str, options: dict[str, bool]) -> None:
    if found := meant(typed, **options):
        assert service.search(Parameters(found[0], **options)).total == found[1]  # type: ignore[arg-type]


def test_only_what_is_visible_is_offered() -> None:
    articles.withdraw(Article.objects.filter(identity="test:e"), "有誤")

    assert meant("zouxingtong") is None
    assert completion.suggest("zouxingtong") == []


def test_suggestions_have_the_words_that_sound_so() -> None:
    (suggestion,) = completion.suggest("huangzhifeng")

    assert (suggestion.text, suggestion.description) == ("黃之鋒", "12 篇")


def test_the_api_says_it_beside_hits(client: Client) -> None:
    answer = client.get("/api/search/", {"q": "黃之峰"}).json()

    assert answer["count"] == 1
    assert answer["did_you_mean"] == {"text": "黃之鋒", "count": 12}
