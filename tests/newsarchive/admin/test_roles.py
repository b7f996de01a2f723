from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from newsarchive.admin.login import MOST_FAILURES, SECONDS
from newsarchive.archive import curation
from newsarchive.archive.history import Action
from newsarchive.models import Agency, Author, Category, ImportFailure, ImportRun, Outlet, Tag
from newsarchive.quotas import counters
from search.models import DictionaryWord, SynonymGroup
from tests.search.web.making import publish, story

from .conftest import SignIn

pytestmark = pytest.mark.django_db
ROLES = ("nobody", "viewer", "curator", "operator", "superuser")
SEES = {"viewer", "curator", "operator", "superuser"}
CURATES = {"curator", "superuser"}
OPERATES = {"operator", "superuser"}
LIST, FAILED = "/admin/newsarchive/article/", "/admin/newsarchive/importfailure/"
NAMED = ("agency", "author", "category", "outlet", "tag")
PAGES = [
    ("/admin/newsarchive/article/", SEES),
    ("/admin/newsarchive/article/{article}/change/", SEES),
    ("/admin/newsarchive/article/{article}/history/", SEES),
    ("/admin/newsarchive/article/{article}/preview/", SEES),
    ("/admin/newsarchive/article/{article}/raw/{raw}/", SEES),
    ("/admin/newsarchive/article/bulk/", CURATES),
    ("/admin/newsarchive/article/add/", set()),
    ("/admin/newsarchive/article/{article}/delete/", set()),
    ("/admin/newsarchive/outlet/", SEES),
    ("/admin/newsarchive/outlet/add/", CURATES),
    ("/admin/newsarchive/outlet/{outlet}/change/", SEES),
    ("/admin/newsarchive/agency/?try=美聯社", SEES),
    ("/admin/newsarchive/agency/add/", CURATES),
    ("/admin/newsarchive/agency/{agency}/change/", SEES),
    ("/admin/newsarchive/agency/{agency}/merge/", CURATES),
    ("/admin/newsarchive/author/", SEES),
    ("/admin/newsarchive/author/{author}/change/", SEES),
    ("/admin/newsarchive/author/{author}/merge/", CURATES),
    ("/admin/newsarchive/tag/", SEES),
    ("/admin/newsarchive/tag/add/", CURATES),
    ("/admin/newsarchive/tag/{tag}/change/", SEES),
    ("/admin/newsarchive/tag/{tag}/merge/", CURATES),
    ("/admin/newsarchive/category/", SEES),
    ("/admin/newsarchive/category/{category}/change/", SEES),
    ("/admin/newsarchive/category/{category}/merge/", CURATES),
    ("/admin/names/tag/?q=會", SEES),
    ("/admin/newsarchive/action/", SEES),
    ("/admin/newsarchive/action/{action}/change/", SEES),
    ("/admin/newsarchive/action/add/", set()),
    ("/admin/newsarchive/importrun/", SEES),
    ("/admin/newsarchive/importrun/{run}/change/", SEES),
    ("/admin/newsarchive/importfailure/", SEES),
    ("/admin/newsarchive/importfailure/{failure}/change/", SEES),
    ("/admin/imports/", OPERATES),
    ("/admin/health/", OPERATES),
    ("/admin/search/synonymgroup/", SEES),
    ("/admin/search/synonymgroup/add/", CURATES),
    ("/admin/search/synonymgroup/{group}/change/", SEES),
    ("/admin/search/synonymgroup/?try=拜登=Biden", SEES),
    ("/admin/search/dictionaryword/{word}/change/", SEES),
    ("/admin/search/dictionaryword/?try=香港國家安全", SEES),
    ("/admin/search/dictionaryword/add/", CURATES),
    ("/admin/auth/user/", {"superuser"}),
    ("/admin/", {*ROLES}),
]
# What every button sends. A POST that is let through and makes nothing of it answers 200, 302 or 404.
POSTS = [
    ("/admin/newsarchive/article/{article}/change/", CURATES),
    ("/admin/newsarchive/article/bulk/", CURATES),
    ("/admin/newsarchive/action/{action}/go-on/", CURATES),
    *((f"/admin/newsarchive/{kind}/add/", CURATES) for kind in NAMED),
    *((f"/admin/newsarchive/{kind}/{{{kind}}}/change/", CURATES) for kind in NAMED),
    *((f"/admin/newsarchive/{kind}/{{{kind}}}/merge/", CURATES) for kind in NAMED if kind != "outlet"),
    ("/admin/newsarchive/agency/{unused}/delete/", CURATES),
    ("/admin/search/synonymgroup/add/", CURATES),
    ("/admin/search/synonymgroup/{group}/change/", CURATES),
    ("/admin/search/synonymgroup/{group}/delete/", CURATES),
    ("/admin/search/dictionaryword/add/", CURATES),
    ("/admin/search/dictionaryword/{word}/change/", CURATES),
    ("/admin/search/dictionaryword/{word}/delete/", CURATES),
    ("/admin/newsarchive/importfailure/retry/", OPERATES),
    ("/admin/newsarchive/article/add/", set()),
    ("/admin/newsarchive/article/{article}/delete/", set()),
    ("/admin/newsarchive/action/{action}/delete/", set()),
    ("/admin/newsarchive/importrun/{run}/delete/", set()),
    ("/admin/newsarchive/importfailure/{failure}/delete/", set()),
    ("/admin/auth/user/add/", {"superuser"}),
    ("/admin/newsarchive/article/{article}/reviewed/", CURATES),
    ("/admin/newsarchive/article/{article}/source/", CURATES),
    ("/admin/newsarchive/article/edits/{edit}/revert/", CURATES),
    ("/admin/newsarchive/action/{action}/undo/", CURATES),
    ("/admin/newsarchive/importfailure/{failure}/retry/", OPERATES),
    ("/admin/health/", OPERATES),
    ("/admin/imports/", OPERATES),
]


@pytest.fixture
def numbers() -> dict[str, int]:
    [article] = publish(story())
    run = ImportRun.objects.create()
    failure = ImportFailure.objects.create(run=run, path="x.md", reason="no title")
    action = curation.run(curation.begin(Action.Kind.LANGUAGE, None, [article.pk], language="zh-Hans"))
    return {
        "article": article.pk,
        "raw": article.raw_id,
        "author": Author.objects.get().pk,
        "action": action.pk,
        "edit": action.edits.get().pk,
        "failure": failure.pk,
        "run": run.pk,
        "outlet": Outlet.objects.get().pk,
        "tag": Tag.objects.get().pk,
        "category": Category.objects.get().pk,
        "agency": Agency.objects.get(name="美聯社").pk,
        "unused": Agency.objects.get(name="共同社").pk,
        "group": SynonymGroup.objects.earliest("pk").pk,
        "word": DictionaryWord.objects.earliest("pk").pk,
    }


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_its_pages(role: str, signed_in: SignIn, numbers: dict[str, int]) -> None:
    client = signed_in(role)

    answers = {address: client.get(address.format(**numbers)).status_code for address, _ in PAGES}

    assert answers == {address: 200 if role in allowed else 403 for address, allowed in PAGES}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_does_its_work_and_no_other(
    role: str, signed_in: SignIn, numbers: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(role)

    refused = {address for address, _ in POSTS if client.post(address.format(**numbers)).status_code == 403}

    assert refused == {address for address, allowed in POSTS if role not in allowed}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_the_actions_of_its_lists(
    role: str, signed_in: SignIn, numbers: dict[str, int]
) -> None:
    client = signed_in(role)

    bulk = client.post(LIST, {"action": "change_many", "_selected_action": [str(numbers["article"])]})
    retry = client.post(FAILED, {"action": "retry", "_selected_action": [str(numbers["failure"])]})

    assert ("/bulk/" in bulk.headers.get("Location", "")) == (role in CURATES)
    assert ("Location" in retry.headers and retry["Location"] == FAILED) == (role in OPERATES)
    for address, action, allowed in ((LIST, "change_many", CURATES), (FAILED, "retry", OPERATES)):
        assert (f'value="{action}"' in client.get(address).content.decode()) == (role in allowed)


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_who_only_sees_changes_nothing(role: str, signed_in: SignIn, numbers: dict[str, int]) -> None:
    address = f"/admin/newsarchive/article/{numbers['article']}/change/"
    client = signed_in(role)

    page = client.get(address)
    answer = client.post(address, {"title": "別的"})

    assert "曾海琪" in page.content.decode()
    assert b'name="title"' not in page.content
    assert b"_save" not in page.content
    assert answer.status_code == 403


def test_strangers_are_asked_to_log_in(client: Client, numbers: dict[str, int]) -> None:
    for address, _ in PAGES:
        response = client.get(address.format(**numbers))
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")


def test_log_ins_that_fail_too_often_wait(client: Client) -> None:
    User.objects.create_user("ann", password="correct horse", is_staff=True)
    for _ in range(MOST_FAILURES):
        client.post("/admin/login/", {"username": "ann", "password": "wrong"})

    page = client.post("/admin/login/", {"username": "ann", "password": "correct horse"})

    assert page.status_code == 200
    assert "太多次" in page.content.decode()
    counters.forget("login name ann", SECONDS)
    assert client.post("/admin/login/", {"username": "ann", "password": "correct horse"}).status_code == 302


def test_nobody_has_an_account_by_default() -> None:
    assert not User.objects.exists()
