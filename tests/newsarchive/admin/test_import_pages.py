"""Before an import: which column of a table is which field, and what becomes of a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from newsarchive.ingest import column_mappings
from newsarchive.ingest import run as ingest
from newsarchive.models import Article, RawFile
from newsarchive.runtime import background_jobs
from tests.newsarchive.archive.making import post
from tests.newsarchive.ingest import exports

from .conftest import SignIn

pytestmark = pytest.mark.django_db

ROWS = (("渡輪停航", "渡輪公司昨日宣布。", "2021-11-17"), ("翻新", "碼頭。", ""))
TABLE = exports.workbook(("甲", "乙", "丙"), *ROWS)


@pytest.fixture
def operator(signed_in: SignIn) -> Client:
    return signed_in("operator")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands that pages would have started."""
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(background_jobs, "start", lambda name, *words: calls.append(words) or True)
    return calls


def uploaded(client: Client, name: str, data: bytes) -> str:
    answer = client.post("/admin/imports/columns/", {"inputs": [SimpleUploadedFile(name, data)]})
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_columns_are_chosen_previewed_imported_and_remembered(
    operator: Client, started: list[tuple[str, ...]]
) -> None:
    address = uploaded(operator, "table.xlsx", TABLE)
    first = operator.get(address).content.decode()
    assert "渡輪公司昨日宣布。" in first  # the rows are shown
    assert "看不出表格哪一欄是標題" in first  # and that nothing would come of them

    chosen = {"column-0": "title", "column-1": "body", "column-2": "date"}
    preview = operator.post(address, chosen).content.decode()
    assert "2021-11-17 (day)" in preview
    assert "column: 丙" in preview
    assert not started

    operator.post(address, {**chosen, "import": "1"})
    [(command, path, *words)] = started
    call_command(command, path, *words, workers=1)
    assert set(Article.objects.values_list("title", flat=True)) == {"渡輪停航", "翻新"}
    assert column_mappings.recall(["甲", "乙", "丙"]) == {"title": "甲", "body": "乙", "date": "丙"}

    again = operator.get(uploaded(operator, "other.csv", "丙,乙,甲\n,站房拆卸。,拆站\n,甲。,乙\n".encode()))
    assert "拆站" in again.content.decode()
    assert "沿用上次為同樣的欄所選的對應" in again.content.decode()


def test_an_import_without_a_title_and_a_text_is_not_started(
    operator: Client, started: list[tuple[str, ...]]
) -> None:
    answer = operator.post(uploaded(operator, "t.xlsx", TABLE), {"column-0": "title", "import": "1"})

    assert "請選出標題與內文的欄" in answer.content.decode()
    assert not started


def test_a_file_is_explained_before_it_is_imported_and_not_kept(operator: Client, settings: object) -> None:
    file = SimpleUploadedFile("note.md", post(1))

    page = operator.post("/admin/imports/explain/", {"inputs": [file]}).content.decode()

    assert "hkcnews_markdown" in page or "markdown_post" in page
    assert not RawFile.objects.exists()
    assert not Path(str(settings.DATA_DIR), "uploads").exists()  # type: ignore[attr-defined]


def test_an_imported_file_is_explained_from_the_bytes_that_were_kept(
    operator: Client, tmp_path: Path
) -> None:
    (tmp_path / "table.xlsx").write_bytes(
        exports.workbook(("標題", "內容"), ("渡輪停航", "渡輪公司昨日宣布。"))
    )
    ingest.run([tmp_path / "table.xlsx"], workers=1)
    raw = RawFile.objects.get()

    result = operator.get(f"/admin/newsarchive/article/{raw.article_id}/raw/{raw.pk}/").content.decode()
    page = operator.get(f"/admin/imports/explain/{raw.pk}/").content.decode()

    assert f"/admin/imports/explain/{raw.pk}/" in result
    assert "column: 標題" in page


def test_readers_of_the_admin_may_not_start_imports(signed_in: SignIn) -> None:
    viewer = signed_in("viewer")

    for address in ("/admin/imports/columns/", "/admin/imports/explain/"):
        assert viewer.get(address).status_code == 403
    assert viewer.get("/admin/imports/columns/..%2f..%2fetc/").status_code == 404
