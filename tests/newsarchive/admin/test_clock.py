"""A clock that is set back, as on a machine that starts before it has asked a time server."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from newsarchive.archive import outbox
from newsarchive.models import Article
from newsarchive.ops import doctor
from search.models import DictionaryWord, SynonymGroup
from search.vocabulary import store
from tests.search.web.making import Page, publish, story

from .conftest import SignIn

BACK = timedelta(days=30)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[timedelta]:
    """Put a timedelta in to set the clock of this machine back by it."""
    back: list[timedelta] = []
    now, seconds = timezone.now, time.time

    def later_now() -> datetime:
        return now() - sum(back, timedelta())

    monkeypatch.setattr(timezone, "now", later_now)
    monkeypatch.setattr(time, "time", lambda: seconds() - sum(back, timedelta()).total_seconds())
    return back


@pytest.mark.django_db
def test_synonyms_and_words_that_are_changed_after_it_are_noticed(clock: list[timedelta]) -> None:
    group = SynonymGroup.objects.create(words=["拜登", "Biden"])
    word = DictionaryWord.objects.create(word="甲乙丙")
    before = store.refresh()
    clock.append(BACK)

    group.words = ["拜登", "Biden", "拜頓"]
    group.save()
    after = store.refresh()
    assert after is not before

    SynonymGroup.objects.update(enabled=False)
    assert store.refresh() is not after
    word.word = "甲乙丁"
    word.save()
    store.refresh()
    assert word.changed_at > group.changed_at - BACK


@pytest.mark.django_db
def test_what_waits_for_the_indexer_has_waited_no_less_than_no_time(clock: list[timedelta]) -> None:
    outbox.enqueue([1])
    clock.append(BACK)

    [finding] = doctor.waiting()

    assert outbox.lag() == 0.0
    assert "-" not in finding.text


def test_the_lengths_of_queues_are_counted_anew(signed_in: SignIn, clock: list[timedelta]) -> None:
    client = signed_in("curator")
    publish(story())
    before = Page(client.get("/admin/").content).text
    Article.objects.update(published_on=None)
    clock.append(BACK)

    after = Page(client.get("/admin/").content).text

    assert before != after
