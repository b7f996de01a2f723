from __future__ import annotations

import io
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from newsarchive.ingest import run as ingest
from newsarchive.messages import english, texts
from newsarchive.models import Article, ImportFailure, ImportRun
from newsarchive.runtime import background_jobs, locks
from tests.newsarchive.archive.making import came_with, post
from tests.search.web.making import Page, publish, story, wrongs

from .conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands that pages would have started."""
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(background_jobs, "start", lambda name, *words: calls.append(words) or True)
    return calls


def test_files_are_taken_in_under_names_of_our_own(
    signed_in: SignIn, started: list[tuple[str, ...]], settings: Any
) -> None:
    client = signed_in("operator")
    file = SimpleUploadedFile("../../evil name.md", post(1))

    response = client.post("/admin/imports/", {"inputs": [file]})

    [(command, path)] = started
    kept = Path(path)
    assert response.status_code == 302
    assert command == "import_articles"
    assert kept.resolve().is_relative_to(settings.DATA_DIR / "uploads")
    assert ingest.run([kept], workers=1).failed == 0
    assert Article.objects.count() == 1


def test_an_archive_is_opened_and_files_beside_it_are_read(
    signed_in: SignIn, started: list[tuple[str, ...]]
) -> None:
    client = signed_in("operator")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("1.md", post(1))
        archive.writestr("2.md", post(2))
    files = [SimpleUploadedFile("all.zip", packed.getvalue()), SimpleUploadedFile("3.md", post(3))]

    client.post("/admin/imports/", {"inputs": files})
    [(_command, *paths)] = started
    report = ingest.run([Path(path) for path in paths], workers=1)

    assert report.failed == 0
    assert Article.objects.count() == 3


def test_other_kinds_of_files_and_large_ones_are_refused(
    signed_in: SignIn, started: list[tuple[str, ...]], settings: Any
) -> None:
    client = signed_in("operator")
    settings.IMPORT_MAX_UPLOAD_BYTES = 10

    wrong = client.post("/admin/imports/", {"inputs": [SimpleUploadedFile("x.exe", b"MZ")]})
    large = client.post("/admin/imports/", {"inputs": [SimpleUploadedFile("x.md", b"x" * 11)]})

    assert "x.exe" in wrong.content.decode()
    assert large.context["form"].errors
    assert started == []


def test_a_failed_file_is_shown_with_its_reason_and_tried_again(signed_in: SignIn, tmp_path: Path) -> None:
    client = signed_in("operator")
    (tmp_path / "bad.md").write_bytes(b"<b>nothing</b> that anybody knows")
    ingest.run([tmp_path / "bad.md"], workers=1)
    failure = ImportFailure.objects.get()

    page = client.get(f"/admin/newsarchive/importfailure/{failure.pk}/change/").content.decode()
    answer = client.post(f"/admin/newsarchive/importfailure/{failure.pk}/retry/", follow=True)

    assert "&lt;b&gt;nothing&lt;/b&gt;" in page
    assert texts.said_stored(failure.reason) in Page(page).text
    assert "試了 1 個檔案，0 個成為文章" in answer.content.decode()


def test_a_file_that_importers_have_learned_to_read_becomes_an_article(
    signed_in: SignIn, tmp_path: Path
) -> None:
    client = signed_in("operator")
    (tmp_path / "bad.md").write_bytes(b"nothing that anybody knows")
    ingest.run([tmp_path / "bad.md"], workers=1)
    failure = ImportFailure.objects.get()
    raw = failure.raw
    assert raw is not None
    came_with(raw, post(7))  # as if they had

    client.post(f"/admin/newsarchive/importfailure/{failure.pk}/retry/")

    raw.refresh_from_db()
    assert raw.article == Article.objects.get()
    assert client.get("/admin/newsarchive/importfailure/?state=open").context["cl"].result_count == 0


def test_the_health_page_counts_both_sides_and_starts_a_rebuild(
    signed_in: SignIn, started: list[tuple[str, ...]]
) -> None:
    client = signed_in("operator")
    publish(story())

    page = client.get("/admin/health/")
    client.post("/admin/health/", {"job": "rebuild"})
    client.post("/admin/health/", {"job": "rm -rf /"})

    assert (page.context["visible"], page.context["state"].documents) == (1, 1)
    assert started == [("rebuild_index",)]


def test_the_first_page_counts_the_queues_and_each_is_an_address(curator: Client) -> None:
    publish(
        story("test:1", authors=(), byline=""),
        story("test:2", title="無日期", published=None),
    )

    waiting = {row.url: row.count for row in curator.get("/admin/").context["waiting"]}

    for address, count in waiting.items():
        assert curator.get(address).context["cl"].result_count == count, address
    assert waiting["/admin/newsarchive/article/?queue=no_author"] == 1
    assert waiting["/admin/newsarchive/article/?queue=no_date"] == 1


def test_what_was_reviewed_leaves_the_queue(curator: Client) -> None:
    [article] = publish(story(authors=(), byline=""))
    queue = "/admin/newsarchive/article/?queue=no_author"
    assert curator.get(queue).context["cl"].result_count == 1

    response = curator.post(
        f"/admin/newsarchive/article/{article.pk}/reviewed/?_changelist_filters=queue%3Dno_author"
    )

    assert response["Location"] == queue
    assert curator.get(queue).context["cl"].result_count == 0


def test_the_pages_keep_to_the_security_policy(signed_in: SignIn) -> None:
    client = signed_in("superuser")
    [article] = publish(story())
    for address in (
        "/admin/",
        "/admin/health/",
        "/admin/imports/",
        "/admin/newsarchive/article/",
        f"/admin/newsarchive/article/{article.pk}/change/",
        f"/admin/newsarchive/article/{article.pk}/raw/{article.raw_id}/",
        "/admin/newsarchive/article/bulk/",
    ):
        response = client.get(address)
        page = Page(response.content)
        page.data_blocks = [block for block in page.data_blocks if block.strip()]
        assert "'unsafe" not in response["Content-Security-Policy"]
        found = [wrong for wrong in wrongs(page) if not wrong.endswith((" twice", " /admin/jsi18n/"))]
        assert found == [], address


def test_a_failure_marks_the_line_it_is_about(signed_in: SignIn, tmp_path: Path) -> None:
    client = signed_in("operator")
    text = "---\ntitle: &a 題\nurl: https://a.example/1\n---\n\n字\n"
    (tmp_path / "bad.md").write_text(text, encoding="utf-8")
    ingest.run([tmp_path / "bad.md"], workers=1)
    failure = ImportFailure.objects.get()

    page = client.get(f"/admin/newsarchive/importfailure/{failure.pk}/change/")

    assert english(failure.reason).startswith("Line 2 of the file")
    assert [line.number for line in page.context["lines"] if line.offends] == [2]


def test_all_that_failed_is_tried_again_by_one_button(signed_in: SignIn, tmp_path: Path) -> None:
    client = signed_in("operator")
    (tmp_path / "in").mkdir()
    for number in (1, 2, 3):
        (tmp_path / "in" / f"{number}.md").write_bytes(f"nothing that anybody knows {number}".encode())
    ingest.run([tmp_path / "in"], workers=1)
    for number, failure in enumerate(ImportFailure.objects.all()[:2]):
        raw = failure.raw
        assert raw is not None
        came_with(raw, post(number + 7))  # as if importers had learned to read them

    answer = client.post("/admin/newsarchive/importfailure/retry/", follow=True)

    assert "試了 3 個檔案，2 個成為文章" in answer.content.decode()
    assert answer.context["cl"].result_count == 1


def test_a_job_runs_once_at_a_time_and_says_what_became_of_it(signed_in: SignIn) -> None:
    client = signed_in("operator")
    publish(story())

    assert background_jobs.start("check", "shell", "-c", "input()")  # its input is closed: it ends by itself
    assert not background_jobs.start("check", "check_index")
    busy = client.post("/admin/health/", {"job": "check"}, follow=True).content.decode()
    for _ in range(600):
        if not background_jobs.is_running("check"):
            break
        time.sleep(0.1)
    page = client.get("/admin/health/")

    assert "「核對索引」正在進行" in busy
    last = {job.key: last for job, last in page.context["jobs"]}["check"]
    assert "EOFError" in last.said
    assert not last.running


def test_an_import_says_what_part_of_it_is_done_and_how_long_the_rest_takes(
    signed_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("operator")
    monkeypatch.setattr(ingest, "BATCH_FILES", 1)
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.md").write_bytes(post(number + 1))
    pages: list[str] = []

    def look(progress: ingest.Progress) -> None:
        pages.append(client.get("/admin/imports/").content.decode())

    ingest.run([folder], workers=1, on_progress=look)

    assert "正在匯入：50%，已讀 3 個檔案，約剩 1 分鐘" in Page(pages[2]).text
    assert '<progress max="100" value="50">' in pages[2]
    assert "正在匯入" not in client.get("/admin/imports/").content.decode()


def test_an_import_that_has_read_nothing_yet_shows_nothing_of_the_last_one(
    signed_in: SignIn, tmp_path: Path
) -> None:
    client = signed_in("operator")
    (tmp_path / "1.md").write_bytes(post(1))
    ingest.run([tmp_path], workers=1)
    with ingest.holding_import_lock():
        page = client.get("/admin/imports/").content.decode()
    (tmp_path / "2.md").write_bytes(post(2))
    ingest.run([tmp_path], workers=1, stop=lambda: True)

    assert "正在匯入" in page
    assert ingest.progress() is not None


def test_a_run_is_named_by_the_clock_of_the_archive(signed_in: SignIn, tmp_path: Path) -> None:
    (tmp_path / "1.md").write_bytes(post(1))
    ingest.run([tmp_path], workers=1)
    run = ImportRun.objects.get()
    ImportRun.objects.update(started_at=datetime(2026, 11, 26, 20, 20, tzinfo=UTC))
    run.refresh_from_db()

    assert str(run) == f"#{run.pk} 2026-11-27 04:20"


def test_failures_of_one_run_are_one_click_away(signed_in: SignIn, tmp_path: Path) -> None:
    client = signed_in("operator")
    for number in (1, 2):
        (tmp_path / f"bad{number}.md").write_bytes(b"%d nothing that anybody knows" % number)
        ingest.run([tmp_path / f"bad{number}.md"], workers=1)
    first = ImportRun.objects.earliest("pk")

    page = client.get("/admin/imports/").content.decode()
    address = f"/admin/newsarchive/importfailure/?run={first.pk}"

    assert f'href="{address}"' in page
    assert client.get(address).context["cl"].result_count == 1


def test_the_first_page_lists_articles_first(curator: Client) -> None:
    apps = curator.get("/admin/").context["app_list"]

    assert [model["object_name"] for model in apps[0]["models"]][:3] == ["Article", "Outlet", "Author"]


def test_the_door_speaks_three_languages(client: Client, db: None) -> None:
    page = client.get("/admin/login/").content.decode()
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/admin/login/"}, follow=True)

    assert "English" in page
    assert "Log in" in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "title"), [("zh-hant", "文章"), ("zh-hans", "文章"), ("en", "Articles")]
)
def test_a_list_is_named_by_what_it_lists(curator: Client, language: str, title: str) -> None:
    curator.cookies["django_language"] = language

    page = curator.get("/admin/newsarchive/article/")

    assert title in str(page.context["title"])
    assert "來修改" not in page.content.decode()


def test_an_import_shows_from_the_moment_that_its_process_is_there(
    signed_in: SignIn, started: list[tuple[str, ...]]
) -> None:
    client = signed_in("operator")
    with locks.held(background_jobs.log_file("import").with_suffix(".lock"), wait=False):
        page = client.get("/admin/imports/").content.decode()
        client.post("/admin/imports/", {"inputs": [SimpleUploadedFile("1.md", post(1))]})

    assert "正在匯入" in page
    assert started == []


def test_what_a_job_said_stands_on_its_page_line_by_line(signed_in: SignIn) -> None:
    client = signed_in("operator")
    log = background_jobs.log_file("import")
    log.parent.mkdir(parents=True)
    log.write_text("one line\n<b>another</b>\n", encoding="utf-8")

    page = client.get("/admin/imports/").content.decode()

    assert "one line\n&lt;b&gt;another&lt;/b&gt;\n</pre>" in page
    assert "{{" not in page
