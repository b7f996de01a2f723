"""What `make load` rests on; the run itself needs locust and minutes."""

from __future__ import annotations

import os

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from newsarchive.models import Article
from tests.search.web.conftest import folders  # noqa: F401
from tests.search.web.making import publish, story

from . import report
from .forms import fields
from .processes import Watch


@pytest.mark.django_db
def test_the_form_of_an_article_that_is_sent_back_untouched_changes_nothing(client: Client) -> None:
    [article] = publish(story())
    client.force_login(get_user_model().objects.create_superuser("curator", "", "a password"))
    address = f"/admin/newsarchive/article/{article.pk}/change/"
    before = Article.objects.values().get(pk=article.pk)

    values = fields(client.get(address).content.decode(), "article_form")
    assert client.post(address, values).status_code == 302

    after = Article.objects.values().get(pk=article.pk)
    assert {name for name in before if before[name] != after[name]} <= {"changed_at"}
    values = fields(client.get(address).content.decode(), "article_form") | {"title": "另一個標題"}
    assert client.post(address, values).status_code == 302
    assert Article.objects.get(pk=article.pk).title == "另一個標題"


def test_percentiles_are_of_the_times_themselves() -> None:
    times = [float(number) for number in range(1, 101)]

    assert [report.percentile(times, share) for share in (0.5, 0.95, 0.99)] == [51, 96, 100]
    assert report.percentile([7.0], 0.99) == 7


def test_growth_is_the_slope_after_the_first_half_minute() -> None:
    seen = [
        (float(at), {"own": (100 + (50 if at < 30 else 60 + at / 60)) * 1024**2}) for at in range(0, 300, 5)
    ]

    assert report.growth(seen) == "+1.0 MB a minute"
    assert report.growth(seen[:4]) == "too short to say"


def test_a_look_sees_memory_and_processor_time() -> None:
    watch = Watch(keeper=os.getpid(), locust=os.getpid())
    watch.look()

    [look] = watch.looks
    own = next(process for process in look.processes if process.role == "locust")
    assert 0 < own.own <= own.share <= own.resident
    assert 0 < own.cpu < look.busy
