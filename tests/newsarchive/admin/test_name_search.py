"""Names are found in either script, any width and any case, wherever the admin looks for them."""

from __future__ import annotations

import pytest
from django.test import Client

from newsarchive.models import Agency, Author, Category, Outlet, Tag
from search.models import DictionaryWord
from tests.search.web.making import publish, story

from .conftest import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.mark.parametrize(
    ("typed", "found"), [("选举", "立法會選舉"), ("ＡＢＣ", "abc新聞"), ("abc", "ＡＢＣ台")]
)
@pytest.mark.parametrize(
    ("kind", "model"), [("tag", Tag), ("author", Author), ("outlet", Outlet), ("category", Category)]
)
def test_names_are_completed_and_listed(
    curator: Client, kind: str, model: type, typed: str, found: str
) -> None:
    model.objects.create(name=found)  # type: ignore[attr-defined]
    model.objects.create(name="別的")  # type: ignore[attr-defined]

    completed = curator.get(f"/admin/names/{kind}/", {"q": typed}).json()["names"]
    listed = curator.get(f"/admin/newsarchive/{kind}/", {"q": typed}).context["cl"].result_list

    assert completed == [found]
    assert [row.name for row in listed] == [found]


def test_a_filter_takes_a_name_in_the_other_script(curator: Client) -> None:
    publish(story("test:1", title="甲", tags=("選舉",)), story("test:2", title="乙", tags=("選舉論壇",)))

    page = curator.get("/admin/newsarchive/article/", {"tag": "选举"}).content.decode()

    assert ">甲<" in page
    assert ">乙<" not in page


def test_an_outlet_is_found_by_an_alias(curator: Client) -> None:
    Outlet.objects.create(name="眾新聞", aliases=["衆報"])

    listed = curator.get("/admin/newsarchive/outlet/", {"q": "众报"}).context["cl"].result_list

    assert [row.name for row in listed] == ["眾新聞"]


def test_agencies_and_dictionary_words_are_found_in_the_other_script(signed_in: SignIn) -> None:
    client = signed_in("superuser")
    Agency.objects.create(name="某通訊社", spellings=["某訊"])
    DictionaryWord.objects.create(word="選舉論壇")

    agencies = client.get("/admin/newsarchive/agency/", {"q": "某讯"}).context["cl"].result_list
    words = client.get("/admin/search/dictionaryword/", {"q": "选举"}).context["cl"].result_list

    assert [row.name for row in agencies] == ["某通訊社"]
    assert [row.word for row in words] == ["選舉論壇"]


def test_a_name_that_is_not_there_is_answered_with_the_one_that_was_meant(curator: Client) -> None:
    [article] = publish(story())
    Author.objects.create(name="陳選舉")

    page = curator.post(
        f"/admin/newsarchive/article/{article.pk}/change/",
        {
            **{f"{kind}-TOTAL_FORMS": "1" for kind in ("authorships", "images")},
            **{f"{kind}-INITIAL_FORMS": "0" for kind in ("authorships", "images")},
            "authorships-0-name": "陈选举",
            "images-TOTAL_FORMS": "0",
        },
    ).content.decode()

    assert "沒有「陈选举」。相近的有：陳選舉" in page
