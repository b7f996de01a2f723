"""What curators see of stored files that are damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command

from newsarchive.ingest import run
from newsarchive.models import Article, ImportFailure, RawFile
from tests.newsarchive.archive.making import damage, post
from tests.search.web.making import Page

from .conftest import SignIn

LIST = "/admin/newsarchive/article/"
AGAIN = "重新匯入同一個檔案即可修復"


@pytest.fixture
def lost(db: None, tmp_path: Path) -> RawFile:
    """The damaged file of an article; another file is sound."""
    for number in (1, 2):
        (tmp_path / f"{number}.md").write_bytes(post(number, title=f"第 {number} 篇"))
        run.run([tmp_path / f"{number}.md"], workers=1)
    raw = Article.objects.get(title="第 1 篇").raw
    damage(raw)
    return raw


def test_the_page_of_the_file_says_that_it_is_damaged_and_shows_the_article_beside_it(
    signed_in: SignIn, lost: RawFile
) -> None:
    answer = signed_in("curator").get(f"{LIST}{lost.article_id}/raw/{lost.pk}/")

    assert answer.status_code == 200
    text = Page(answer.content).text
    assert lost.sha256 in text
    assert AGAIN in text
    assert "第 1 篇" in text


def test_once_a_check_has_found_it_the_health_page_the_queue_and_the_form_name_it(
    signed_in: SignIn, lost: RawFile
) -> None:
    with pytest.raises(SystemExit):
        call_command("check_files")

    curator = signed_in("curator")
    queue = curator.get(f"{LIST}?queue=damaged_file")
    form = Page(curator.get(f"{LIST}{lost.article_id}/change/").content).text
    health = Page(signed_in("operator").get("/admin/health/").content).text

    assert [article.pk for article in queue.context["cl"].result_list] == [lost.article_id]
    assert "已損壞" in form
    assert lost.sha256 in health
    assert lost.path in health
    assert AGAIN in health


def test_a_failure_whose_file_is_damaged_says_so_and_trying_again_names_it(
    signed_in: SignIn, tmp_path: Path
) -> None:
    client = signed_in("operator")
    (tmp_path / "bad.md").write_bytes(b"nothing that anybody knows")
    run.run([tmp_path / "bad.md"], workers=1)
    failure = ImportFailure.objects.get()
    assert failure.raw is not None
    damage(failure.raw)

    page = client.get(f"/admin/newsarchive/importfailure/{failure.pk}/change/")
    answer = client.post(f"/admin/newsarchive/importfailure/{failure.pk}/retry/", follow=True)

    assert AGAIN in Page(page.content).text
    said = Page(answer.content).text
    assert "試了 0 個檔案" in said
    assert failure.raw.sha256 in said


def test_a_changed_source_that_can_not_be_read_is_not_accepted_and_nothing_changes(
    signed_in: SignIn, lost: RawFile
) -> None:
    Article.objects.filter(pk=lost.article_id).update(
        edited_fields=["title"], source_values={"title": "甲"}, source_changes={"title": "乙"}
    )
    before = Article.objects.values().get(pk=lost.article_id)

    answer = signed_in("curator").post(f"{LIST}{lost.article_id}/source/", {"accept": "title"}, follow=True)

    assert answer.status_code == 200
    assert lost.path in Page(answer.content).text
    assert Article.objects.values().get(pk=lost.article_id) == before
