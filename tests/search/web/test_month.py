"""An article of which the source gives only the month: shown, exported and read again as that month."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from newsarchive.importers import registry
from newsarchive.importers.types import DateSource, Precision, Published, SourceFile

from .making import publish, story

pytestmark = pytest.mark.django_db

NOVEMBER = Published(date(2021, 11, 1), None, Precision.MONTH, DateSource.FRONT_MATTER)


def test_no_day_is_claimed_on_the_page_or_in_the_api(client: Client) -> None:
    [article] = publish(replace(story(), published=NOVEMBER))

    page = client.get(f"/articles/{article.pk}/").content.decode()
    record = client.get(f"/api/articles/{article.pk}/").json()

    assert '<time datetime="2021-11">2021年11月</time>' in page
    assert '<meta name="citation_date" content="2021-11">' in page
    assert '"datePublished": "2021-11"' in page
    assert record["published_at"] == "2021-11"


def test_an_export_is_read_as_the_same_month(tmp_path: Path) -> None:
    publish(replace(story(), published=NOVEMBER))
    out = io.StringIO()
    call_command("export_articles", stdout=out, stderr=io.StringIO())
    (line,) = out.getvalue().splitlines()

    article = registry.parse(SourceFile("out.jsonl#1", line.encode()))

    assert json.loads(line)["published_at"] == "2021-11"
    assert article.published == NOVEMBER


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("ris", "DA  - 2021/11//"),
        ("bibtex", "date = {2021-11}"),
        ("csl", '"issued": {"date-parts": [[2021, 11]]}'),
        ("gbt7714", ", 2021-11["),
    ],
)
def test_a_citation_names_the_month(client: Client, form: str, said: str) -> None:
    [article] = publish(replace(story(), published=NOVEMBER))

    answer = client.get(f"/articles/{article.pk}/cite/?format={form}")

    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    assert said in content.decode()
