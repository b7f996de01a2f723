"""Pictures that come inside a page, or in the folder that a browser saved beside it, become local copies."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from django.test import Client

from newsarchive.ingest import run
from newsarchive.models import Article
from newsarchive.pictures import store
from tests.newsarchive.importers.samples import PAGE, PARAGRAPHS
from tests.newsarchive.importers.test_web_page import PNG

pytestmark = pytest.mark.django_db


def imported(folder: Path) -> Article:
    run.run([folder], workers=1)
    return Article.objects.get()


def figure(src: str) -> str:
    return f'{PARAGRAPHS}<figure><img src="{src}"><figcaption>渡輪</figcaption></figure>'


def test_a_data_picture_is_shown_from_this_archive(folder: Path, client: Client) -> None:
    data = base64.b64encode(PNG).decode()
    (folder / "a.html").write_text(PAGE.format(body=figure(f"data:image/png;base64,{data}")))

    article = imported(folder)

    page = client.get(f"/articles/{article.pk}/").content.decode()
    copy = store.local(article.images.all())[article.images.get().pk]
    assert copy.url(article.pk) in page
    assert client.get(copy.url(article.pk)).status_code == 200
    assert store.read(copy) == PNG


def test_a_complete_page_takes_its_pictures_from_its_folder_and_nothing_else(folder: Path) -> None:
    (folder / "渡輪.html").write_text(PAGE.format(body=figure("./渡輪_files/ferry.png")))
    (folder / "渡輪_files").mkdir()
    (folder / "渡輪_files" / "ferry.png").write_bytes(PNG)
    (folder / "渡輪_files" / "script.js").write_text("alert(1)")
    (folder / "渡輪_files" / "frame.html").write_text("<html><body>廣告</body></html>")

    article = imported(folder)

    assert [store.read(copy) for copy in store.local(article.images.all()).values()] == [PNG]
    assert run.run([folder], workers=1).counts == {"unchanged": 1}


def test_a_link_in_the_folder_of_a_page_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(PNG)
    (folder / "a.html").write_text(PAGE.format(body=figure("a_files/x.png")))
    (folder / "a_files").mkdir()
    (folder / "a_files" / "x.png").symlink_to(tmp_path / "secret.png")

    assert store.local(imported(folder).images.all()) == {}
