"""The same files in other orders, batches and numbers of imports end in the same archive."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from newsarchive.ingest import run
from newsarchive.models import Author, Outlet, Story
from tests.newsarchive.archive.test_shared_identities import LIBRARY, PIER, TEAM, file

from .test_import_of_exports import empty_the_archive, stories, without_numbers

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TEXT = "".join(chr(0x4E00 + n * 7 % 2000) for n in range(400))
OTHER = "".join(chr(0x6000 + n * 11 % 2000) for n in range(400))


def hkcnews(number: int, day: str, bio: str, text: str = TEXT, title: str = "走過的路很長很長") -> bytes:
    address = f"https://www.hkcnews.com/article/{number}/x"
    return (
        f'---\ntitle: "{title}"\ndate: "{day}"\nauthor: "陳甲"\ncategory: "眾聞"\ntags:\n  - "海"\n'
        f'url: "https://web.archive.org/web/2022011704443{number % 10}/{address}"\n'
        f'original_url: "{address}"\n---\n\n{text}\n\n---\n\n'
        f"![眾新聞 | 陳甲](https://www.hkcnews.com/uploads/avatars/{number}.png)\n\n"
        f"**眾新聞 | 陳甲**\n\n{bio}\n"
    ).encode()


def jekyll(title: str, day: str, host: str) -> bytes:
    return (
        f"---\nlayout: post\ntitle: {title}\ndate: {day}\nfrom: https://{host}/post/{title}\n"
        f"tags: [ 燕京书评 ]\ncategories: [ 燕京书评 ]\n---\n\n<div><p>{title}{OTHER}</p></div>\n"
    ).encode()


FILES = (
    hkcnews(1, "2019-05-01", "2019 年的自我介紹"),
    hkcnews(2, "2019-05-03", "2019 年五月的自我介紹"),
    hkcnews(3, "2021-11-17", "2021 年的自我介紹", OTHER, "另一篇文章的標題"),
    hkcnews(4, "2021-11-17", "2021 年的自我介紹（又一）", TEXT + OTHER),
    jekyll("平遥国际电影展", "2020-10-18", "m.allnow.com"),
    jekyll("另一部电影", "2020-10-19", "mp.weixin.qq.com"),
    file("碼頭擴建動工", "2021-11-17", PIER),
    file("碼頭擴建動工", "2021-11-17", PIER + "更正：預計四年完成。"),
    file("圖書館延長開放", "2022-03-02", LIBRARY),
    file("今日新聞", "2022-06-01", PIER + LIBRARY + TEAM),
    file("球隊奪冠", "2022-05-09", TEAM, "https://www.example-times.org/"),
    file("球隊慶祝", "2022-05-09", TEAM + LIBRARY, "https://www.example-times.org/"),
)


def archive(folder: Path, order: list[bytes], *cuts: int) -> tuple[list[dict[str, Any]], Any, Any]:
    empty_the_archive()
    starts, ends = (0, *cuts), (*cuts, len(order))
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        part = folder / str(number)
        part.mkdir(parents=True)
        for place, data in enumerate(order[start:end]):
            (part / f"{place:03}.md").write_bytes(data)
        run.run([part], workers=1)
    out = io.StringIO()
    call_command("export_articles", "--all", stdout=out, stderr=io.StringIO())
    records = [json.loads(line) for line in out.getvalue().splitlines()]
    names = [
        set(Author.objects.values_list("name", "bio", "avatar")),
        set(Outlet.objects.values_list("name", "homepage", "language")),
    ]
    shown = set(Story.objects.values_list("canonical__identity", flat=True))
    return (
        sorted(without_numbers(records), key=lambda record: record["identity"]),
        stories(records),
        [*names, shown],
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_files_decides_nothing(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = archive(tmp_path / "first", list(FILES))
    order = random.Random(seed).sample(FILES, len(FILES))
    monkeypatch.setattr(run, "BATCH_FILES", 1 + seed * 2)

    second = archive(tmp_path / "second", order)

    assert second == first


def test_an_archive_of_several_imports_is_that_of_one(tmp_path: Path) -> None:
    first = archive(tmp_path / "first", list(FILES))

    second = archive(tmp_path / "second", list(FILES), 2, 7)

    assert second == first


def test_what_a_curator_wrote_of_an_author_no_import_replaces(tmp_path: Path, admin_client: Client) -> None:
    archive(tmp_path / "first", list(FILES[:2]))
    author = Author.objects.get()
    form = {"name": author.name, "bio": "編者所寫", "avatar": author.avatar}
    admin_client.post(f"/admin/newsarchive/author/{author.pk}/change/", form)

    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "a.md").write_bytes(FILES[3])
    run.run([tmp_path / "later"], workers=1)

    author.refresh_from_db()
    assert author.bio == "編者所寫"
    assert author.avatar.endswith("/4.png")


def test_each_article_keeps_what_its_file_printed_of_its_author(tmp_path: Path) -> None:
    records, _stories, (authors, *_rest) = archive(tmp_path, list(FILES))

    bios = {record["identity"]: [person["bio"] for person in record["people"]] for record in records}
    assert bios["hkcnews:1"] == ["2019 年的自我介紹"]
    assert bios["hkcnews:3"] == ["2021 年的自我介紹"]
    assert {bio for _name, bio, _avatar in authors} == {"2021 年的自我介紹（又一）"}
