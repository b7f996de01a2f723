"""A long action can be stopped; one that was stopped or killed goes on or is undone; its state is true."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from newsarchive.archive import curation
from newsarchive.archive.curation import State
from newsarchive.archive.history import Action
from newsarchive.models import Article
from newsarchive.runtime import locks
from tests.search.web.making import publish, story

from .conftest import SignIn

pytestmark = pytest.mark.django_db
Kind = Action.Kind


def begun(monkeypatch: pytest.MonkeyPatch) -> Action:
    """Over three articles, one a batch."""
    monkeypatch.setattr(curation, "BATCH", 1)
    found = publish(*[story(f"test:{number}", title=f"第{number}篇") for number in range(3)])
    return curation.begin(Kind.LANGUAGE, None, [article.pk for article in found], language="zh-Hans")


def changed() -> int:
    return Article.objects.filter(language="zh-Hans").count()


def stopped_after_one(monkeypatch: pytest.MonkeyPatch) -> Action:
    action = begun(monkeypatch)
    set_language = curation._set_language

    def set_and_stop(numbers: list[int], parameters: dict[str, object]) -> None:
        set_language(numbers, parameters)
        curation.stop(action)

    monkeypatch.setitem(curation._OPERATIONS, Kind.LANGUAGE, set_and_stop)
    curation.run(action)
    monkeypatch.setitem(curation._OPERATIONS, Kind.LANGUAGE, set_language)
    return Action.objects.get(pk=action.pk)


def test_a_stopped_action_is_said_to_be_and_goes_on(curator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    action = stopped_after_one(monkeypatch)
    assert (changed(), curation.state(action)) == (1, State.STOPPED)
    assert "已停止" in curator.get("/admin/newsarchive/action/").content.decode()

    curator.post(f"/admin/newsarchive/action/{action.pk}/go-on/")

    action.refresh_from_db()
    assert (changed(), curation.state(action)) == (3, State.FINISHED)


def test_a_stopped_action_is_undone_and_then_does_not_go_on(
    curator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = stopped_after_one(monkeypatch)

    curator.post(f"/admin/newsarchive/action/{action.pk}/undo/")
    curator.post(f"/admin/newsarchive/action/{action.pk}/go-on/")

    action = Action.objects.get(pk=action.pk)
    assert (changed(), curation.state(action)) == (0, State.UNDONE)


def test_the_button_stops_what_runs(curator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    action = begun(monkeypatch)
    Action.objects.filter(pk=action.pk).update(started_at=action.created_at)

    with locks.held(curation._lock(action), wait=False):
        page = curator.get(f"/admin/newsarchive/action/{action.pk}/change/").content.decode()
        assert f"/admin/newsarchive/action/{action.pk}/stop/" in page
        curator.post(f"/admin/newsarchive/action/{action.pk}/stop/")
        action.refresh_from_db()
        assert curation.state(action) == State.RUNNING
        assert action.stop_asked_at is not None
        refused = curator.post(f"/admin/newsarchive/action/{action.pk}/undo/", follow=True)
        assert "不能這樣做" in refused.content.decode()

    assert curation.state(Action.objects.get(pk=action.pk)) == State.STOPPED


def test_who_may_only_look_stops_nothing(signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    action = begun(monkeypatch)

    assert signed_in("viewer").post(f"/admin/newsarchive/action/{action.pk}/stop/").status_code == 403


def test_states_from_waiting_to_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    action = begun(monkeypatch)
    assert curation.state(action) == State.WAITING

    Action.objects.filter(pk=action.pk).update(created_at=action.created_at - timedelta(minutes=1))
    assert curation.state(Action.objects.get(pk=action.pk)) == State.KILLED

    Action.objects.filter(pk=action.pk).update(problem="磁碟已滿", started_at=action.created_at)
    assert curation.state(Action.objects.get(pk=action.pk)) == State.FAILED


def test_an_undo_that_left_something_is_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    action = begun(monkeypatch)
    curation.run(action)
    curation.run(curation.begin(Kind.LANGUAGE, None, action.numbers[:1], language="en"))

    curation.run(curation.undo(action, None))

    assert curation.state(Action.objects.get(pk=action.pk)) == State.PARTLY_UNDONE


class Killed(BaseException):
    """As the end of a process: nothing handles it, locks and transactions end."""


def test_a_process_killed_at_a_batch_loses_and_repeats_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    action = begun(monkeypatch)
    set_language = curation._set_language

    def die_at_the_second(numbers: list[int], parameters: dict[str, object]) -> None:
        set_language(numbers, parameters)
        if numbers == action.numbers[1:2]:
            raise Killed

    monkeypatch.setitem(curation._OPERATIONS, Kind.LANGUAGE, die_at_the_second)
    with pytest.raises(Killed):
        curation.run(action)
    monkeypatch.setitem(curation._OPERATIONS, Kind.LANGUAGE, set_language)

    action = Action.objects.get(pk=action.pk)
    assert (action.done, changed(), curation.state(action)) == (1, 1, State.KILLED)
    curation.run(action)
    assert (action.changed, changed(), action.edits.count()) == (3, 3, 3)
    curation.run(curation.undo(action, None))
    assert changed() == 0
