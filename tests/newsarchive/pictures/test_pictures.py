"""Local copies of pictures: fetched when an operator says so, shown from here, gone with their article."""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from newsarchive.archive import articles
from newsarchive.importers.types import ParsedImage
from newsarchive.messages import english
from newsarchive.models import Article, Image
from newsarchive.ops import doctor
from newsarchive.pictures import download, store
from newsarchive.pictures.download import Report
from newsarchive.pictures.sniff import Kind, kind_of
from newsarchive.pictures.store import Picture
from newsarchive.runtime.locks import held
from tests.newsarchive.admin.conftest import SignIn
from tests.search.web.making import Page, publish, story, wrongs

from .test_fetching import World, answer

pytestmark = pytest.mark.django_db


def png(width: int = 3, height: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\x80\x40\x20" * min(width, 100)) * min(height, 100))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 10 + b"\xff\xff\xc0\x00\x11\x08\x00\x02\x00\x03" + b"\0" * 20
WEBP = {
    b"VP8 ": b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0" + b"\0\0\0\x9d\x01\x2a\x03\x00\x02\x00",
    b"VP8L": b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + struct.pack("<I", 2 | 1 << 14),
    b"VP8X": b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\x02\0\0\x01\0\0",
}


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.shutdown()
    made.server_close()


def illustrated(
    world: World, *paths: str, identity: str = "test:1", archived: str = "", **fields: Any
) -> Article:
    images = tuple(
        ParsedImage(src=world.url(path), archived_src=archived, caption=f"圖 {path}") for path in paths
    )
    body = "<p>會晤</p>" + "".join(f'<figure data-image="{n}"></figure>' for n in range(len(paths)))
    [article] = publish(story(identity, images=images, embeds=(), body=body, **fields))
    return article


def gather(world: World, **options: Any) -> Report:
    retry = options.pop("retry", False)
    return download.run(download.pending(download.wanted(), retry=retry), world.fetcher(), pace=0, **options)


# -- kinds


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (png(), Kind("image/png", "png", 3, 2)),
        (b"GIF89a\x03\x00\x02\x00\x00", Kind("image/gif", "gif", 3, 2)),
        (JPEG, Kind("image/jpeg", "jpg", 3, 2)),
        *((data, Kind("image/webp", "webp", 3, 2)) for data in WEBP.values()),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<!doctype html><script>alert(1)</script>", None),
        (b"", None),
        (b"%PDF-1.4", None),
        (png(20_001, 1), None),
        (png(20_000, 20_000), None),
        (png(0, 1), None),
        (b"\xff\xd8\xff\xda\x00\x02", None),
        (b"\xff\xd8\xff\xe0\x00\x00", None),
        (b"RIFF\0\0\0\0WAVEfmt ", None),
    ],
)
def test_a_picture_is_what_its_own_bytes_say(data: bytes, expected: Kind | None) -> None:
    assert kind_of(data) == expected


@pytest.mark.parametrize("data", [png(), JPEG, *WEBP.values(), b"GIF89a\x03\x00\x02\x00\x00"])
def test_a_header_that_is_cut_off_anywhere_is_no_picture_and_no_accident(data: bytes) -> None:
    for end in range(len(data)):
        found = kind_of(data[:end])
        assert found is None or (found.width, found.height) == (3, 2)


# -- gathering


def test_a_copy_is_kept_by_its_bytes_and_shown_in_place_of_the_link(world: World, client: Client) -> None:
    world.pages["/1.png"] = answer(200, png(), Content_Type="text/html")
    article = illustrated(world, "/1.png")
    before = Page(client.get(f"/articles/{article.pk}/").content)
    assert "載入圖片" in before.text

    report = gather(world)

    digest = hashlib.sha256(png()).hexdigest()
    picture = Picture.objects.get()
    assert (picture.status, picture.media_type, picture.width, picture.height) == ("ok", "image/png", 3, 2)
    assert (picture.sha256, picture.size, report.bytes) == (digest, len(png()), len(png()))
    assert picture.path.read_bytes() == png()
    page = Page(client.get(f"/articles/{article.pk}/").content)
    [shown] = page.all("img")
    assert shown["src"] == f"/pictures/{article.pk}/{digest}.png"
    assert (shown["width"], shown["height"]) == ("3", "2")
    assert "載入圖片" not in page.text
    assert "載入 1 張原圖" not in page.text
    assert [wrong for wrong in wrongs(page) if "/pictures/" not in wrong] == []


def test_the_copy_is_served_as_what_it_is_and_kept_by_browsers(world: World, client: Client) -> None:
    world.pages["/1.png"] = answer(200, png(), Content_Type="text/html")
    article = illustrated(world, "/1.png")
    gather(world)

    response = client.get(store.thumbnails([article.pk])[article.pk])

    assert response.content == png()
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("inline; filename=")
    assert "immutable" in response["Cache-Control"]
    assert "s-maxage=60" in response["Cache-Control"]
    assert "sandbox" in response["Content-Security-Policy"]


def test_the_same_command_goes_on_and_asks_nobody_twice(world: World) -> None:
    world.pages |= {
        "/1.png": answer(200, png()),
        "/2.png": answer(200, png(9, 9)),
        "/3.svg": answer(200, b"<svg/>"),
    }
    illustrated(world, "/1.png", "/2.png", "/3.svg", "/gone.png")

    first = gather(world, limit=1)
    second = gather(world)
    asked = len(world.asked)
    third = gather(world)

    assert (first.asked, second.asked, second.known, third.asked, third.known) == (1, 3, 1, 0, 4)
    assert len(world.asked) == asked == 4
    assert second.counts == {"ok": 1, "refused": 1, "missing": 1}
    assert gather(world, retry=True).asked == 2


def test_a_copy_that_was_lost_is_fetched_again(world: World, client: Client) -> None:
    world.pages["/1.png"] = answer(200, png())
    article = illustrated(world, "/1.png")
    gather(world)
    Picture.objects.get().path.unlink()
    assert "載入圖片" in Page(client.get(f"/articles/{article.pk}/").content).text

    assert gather(world).counts == {"ok": 1}
    assert Picture.objects.get().path.is_file()


def test_what_its_own_host_lost_is_looked_for_in_the_archive(world: World) -> None:
    world.pages["/web/1.png"] = answer(200, png())
    illustrated(world, "/gone.png", archived=world.url("/web/1.png", "archive.example"))

    gather(world)

    picture = Picture.objects.get()
    assert picture.status == "ok"
    assert picture.fetched_from == world.url("/web/1.png", "archive.example")
    assert [path for path, _ in world.asked] == ["/gone.png", "/web/1.png"]


def test_a_host_that_does_not_answer_or_asks_for_peace_is_left_alone(world: World) -> None:
    busy = [f"/busy/{number}" for number in range(4)]
    broken = [f"/broken/{number}" for number in range(9)]
    world.pages |= {path: answer(429) for path in busy} | {path: answer(500) for path in broken}
    illustrated(world, *busy)
    gather(world)
    assert [path for path, _ in world.asked] == ["/busy/0"]

    illustrated(world, *broken, identity="test:2", title="另一篇")
    report = download.run(
        download.pending(download.wanted().filter(src__contains="broken")), world.fetcher(), pace=0
    )

    assert sum(path.startswith("/broken/") for path, _ in world.asked) == 5
    assert report.counts == {"failed": 9}
    assert "left alone" in english(Picture.objects.get(src=world.url("/broken/8")).reason)


def test_what_failed_for_a_while_is_tried_again_by_the_next_run(world: World) -> None:
    world.pages["/1.png"] = answer(500)
    illustrated(world, "/1.png")
    assert gather(world).counts == {"failed": 1}
    world.pages["/1.png"] = answer(200, png())

    assert gather(world).counts == {"ok": 1}


def test_an_address_inside_our_network_is_refused_and_never_asked(world: World) -> None:
    import ipaddress

    world.names["inside.example"] = [ipaddress.ip_address("169.254.169.254")]
    [article] = publish(story(images=(ParsedImage(src=world.url("/latest/meta-data/", "inside.example")),)))

    assert gather(world).counts == {"refused": 1}
    assert "public internet" in english(Picture.objects.get().reason)
    assert world.asked == []
    assert store.thumbnails([article.pk]) == {}


def test_hosts_are_asked_at_their_pace(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(download.time, "sleep", slept.append)
    monkeypatch.setattr(download.time, "monotonic", lambda: 100.0 + sum(slept))
    world.pages |= {f"/{number}.png": answer(200, png()) for number in range(3)}
    illustrated(world, "/0.png", "/1.png", "/2.png")

    download.run(download.pending(download.wanted()), world.fetcher(seconds=1e6), pace=2.0)

    assert sum(slept) == 4.0


# -- gone with the article


def test_a_withdrawn_articles_picture_is_gone_and_a_neighbours_stays(
    world: World, client: Client, signed_in: SignIn
) -> None:
    world.pages["/1.png"] = answer(200, png())
    gone = illustrated(world, "/1.png")
    stays = illustrated(world, "/1.png", identity="test:2", title="另一篇")
    gather(world)
    urls = store.thumbnails([gone.pk, stays.pk])

    articles.withdraw(Article.objects.filter(pk=gone.pk), "x")

    assert client.get(urls[gone.pk]).status_code == 410
    assert client.get(urls[stays.pk]).content == png()
    assert signed_in("nobody").get(urls[gone.pk]).status_code == 410
    curators = signed_in("curator").get(urls[gone.pk])
    assert (curators.content, curators["Cache-Control"]) == (png(), "no-store")


def test_a_picture_is_shown_under_its_own_article_and_kind_only(world: World, client: Client) -> None:
    world.pages |= {"/1.png": answer(200, png()), "/2.png": answer(200, png(9, 9))}
    one = illustrated(world, "/1.png")
    other = illustrated(world, "/2.png", identity="test:2", title="另一篇")
    gather(world)
    url = store.thumbnails([one.pk])[one.pk]

    for wrong in (
        url.replace(f"/{one.pk}/", f"/{other.pk}/"),
        url.replace(f"/{one.pk}/", "/99999/"),
        url.replace(".png", ".jpg"),
        f"/pictures/{one.pk}/{'0' * 64}.png",
        f"/pictures/{one.pk}/../../secret-key",
        f"/pictures/{one.pk}/%2e%2e%2fsecret-key.png",
    ):
        assert client.get(wrong).status_code == 404, wrong


def test_the_article_list_has_thumbnails_of_copies_only(world: World, signed_in: SignIn) -> None:
    world.pages["/1.png"] = answer(200, png())
    illustrated(world, "/1.png")
    illustrated(world, "/gone.png", identity="test:2", title="另一篇")
    gather(world)

    page = Page(signed_in("curator").get("/admin/newsarchive/article/").content)

    [url] = store.thumbnails(Article.objects.values_list("pk", flat=True)).values()
    assert [shown["src"] for shown in page.all("img", class_="thumbnail")] == [url]


# -- the command


def run_command(*words: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("fetch_pictures", *words, stdout=out, stderr=StringIO())
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_a_dry_run_asks_nobody(world: World) -> None:
    illustrated(world, "/1.png", "/2.png")

    assert run_command("--dry-run") == (0, "2 pictures would be asked for. A dry run: nobody was asked.\n")
    assert run_command("--dry-run", "--limit", "1")[1].startswith("1 pictures")
    assert run_command("--dry-run", "--query", "會晤")[1].startswith("2 pictures")
    assert run_command("--dry-run", "--query", "火星人")[1].startswith("0 pictures")
    assert run_command("--dry-run", "--outlet", "眾新聞")[1].startswith("2 pictures")
    assert (world.asked, Picture.objects.count()) == ([], 0)


def test_the_command_itself_asks_only_the_public_internet(world: World) -> None:
    Image.objects.update(src="")
    illustrated(world, "/1.png")
    Image.objects.update(src=f"http://localhost:{world.port}/1.png")

    code, said = run_command()

    assert (code, world.asked) == (0, [])
    assert "1 refused" in said


def test_wrong_usage_and_a_second_run_are_said(world: World, settings: Any) -> None:
    with pytest.raises(CommandError, match="no outlet"):
        run_command("--outlet", "火星報")
    with pytest.raises(CommandError, match="numbers"):
        run_command("--limit", "-1")
    with held(settings.DATA_DIR / "pictures.lock", wait=False), pytest.raises(CommandError, match="already"):
        run_command()


def test_nothing_is_left_of_a_file_that_could_not_be_written(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space"):
        store.keep(png(), Kind("image/png", "png", 3, 2))

    assert [path for path in Path(settings.DATA_DIR / "pictures").rglob("*") if path.is_file()] == []


def test_doctor_counts_the_copies_and_misses_lost_files(world: World) -> None:
    world.pages |= {"/1.png": answer(200, png()), "/2.png": answer(200, png(9, 9))}
    illustrated(world, "/1.png", "/2.png", "/gone.png")
    assert list(doctor.copies_of_pictures()) == []
    gather(world)

    [well] = doctor.copies_of_pictures()
    Picture.objects.filter(status="ok")[0].path.unlink()
    [lost] = doctor.copies_of_pictures()

    assert (well.level, lost.level) == (doctor.Level.OK, doctor.Level.WARNING)
    assert "2 ok, 1 missing" in well.text
    assert "1 files are missing" in lost.text


def test_a_damaged_copy_is_shown_to_nobody_and_fetched_again(world: World, client: Client) -> None:
    world.pages["/1.png"] = answer(200, png(), Content_Type="text/html")
    article = illustrated(world, "/1.png")
    gather(world)
    address = store.thumbnails([article.pk])[article.pk]
    place = Picture.objects.get().path
    place.write_bytes(png()[:-1] + b"x")

    assert client.get(address).status_code == 404
    assert [copy.path for copy in store.damaged()] == [place]
    report = gather(world)

    assert (report.asked, place.read_bytes()) == (1, png())
    assert client.get(address).content == png()
