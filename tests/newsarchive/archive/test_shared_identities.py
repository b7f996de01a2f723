"""Files that name one address, through imports: which of them are one article."""

from __future__ import annotations

import io
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from newsarchive.archive import articles
from newsarchive.archive.history import Action
from newsarchive.archive.identity.disambiguation import SHARED
from newsarchive.importers.fields import urls
from newsarchive.ingest import identity_check
from newsarchive.ingest import run as ingest
from newsarchive.messages import Message
from newsarchive.models import Article, ImportRun, Outcome, RawFile, Story
from newsarchive.ops import doctor
from tests.newsarchive.ingest.test_import_of_exports import empty_the_archive, export, without_numbers

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PIER = "碼頭擴建工程今日動工，預計三年完成，鄰近居民關注噪音與塵埃問題，要求部門公布監測數據。"
LIBRARY = "市立圖書館下月起延長開放至晚上十時，讀者表示歡迎，職工會則要求增加人手。"
TEAM = "甲隊在決賽以二比一擊敗乙隊，十年來首度奪冠，球迷上街慶祝至深夜。"
FRONT = "https://www.example-times.org/"
SHARED_PAGE = "https://www.example-times.org/news/today.html"


def file(title: str, day: str, text: str, address: str = SHARED_PAGE, key: str = "source") -> bytes:
    return f"---\ntitle: {title}\ndate: {day}\n{key}: {address}\n---\n\n{text}\n".encode()


FILES = {
    "a.md": file("碼頭擴建動工", "2021-11-17", PIER),
    "b.md": file("圖書館延長開放", "2022-03-02", LIBRARY),
    "c.md": file("球隊奪冠", "2022-05-09", TEAM),
    "d.md": file("碼頭擴建動工（更正）", "2021-11-17", PIER.replace("三年", "四年") + "工程由海事處監督。"),
}


def put(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def run(folder: Path) -> dict[str, Outcome]:
    results: list[Any] = []
    ingest.run([folder], workers=1, report=results.append)
    return {result.path: result.outcome for result in results}


def texts() -> set[str]:
    return {
        body.partition("，")[0].removeprefix("<p>") for body in Article.objects.values_list("body", flat=True)
    }


def records() -> list[dict[str, Any]]:
    out = io.StringIO()
    call_command("export_articles", "--all", stdout=out, stderr=io.StringIO())
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return sorted(without_numbers(lines), key=lambda record: record["identity"])


@pytest.mark.parametrize("key", ["source", "from", "url"])
def test_posts_that_name_the_front_page_are_articles_of_their_own(folder: Path, key: str) -> None:
    outcomes = run(
        put(
            folder,
            {
                "a.md": file("碼頭擴建動工", "2021-11-17", PIER, FRONT, key),
                "b.md": file("圖書館延長開放", "2022-03-02", LIBRARY, FRONT, key),
                "c.md": file("球隊奪冠", "2022-05-09", TEAM, FRONT.rstrip("/"), key),
            },
        )
    )

    assert set(outcomes.values()) == {Outcome.IMPORTED}
    assert Article.objects.count() == Story.objects.count() == 3
    assert all({"code": "address_of_listing"} in a.problems for a in Article.objects.all())


def test_an_address_that_other_texts_have_too_is_no_identity(folder: Path) -> None:
    del_d = {name: data for name, data in FILES.items() if name != "d.md"}

    outcomes = run(put(folder, del_d))

    assert set(outcomes.values()) == {Outcome.IMPORTED}
    assert Story.objects.count() == 3
    assert all({"code": SHARED} in article.problems for article in Article.objects.all())
    assert set(run(folder).values()) == {Outcome.UNCHANGED}


def test_a_corrected_and_retitled_text_updates_its_article(folder: Path) -> None:
    run(put(folder, {"a.md": FILES["a.md"]}))

    outcomes = run(put(folder, {"d.md": FILES["d.md"]}))

    assert outcomes == {"a.md": Outcome.UNCHANGED, "d.md": Outcome.UPDATED}
    assert Article.objects.get().title == "碼頭擴建動工（更正）"
    assert {"code": SHARED} not in Article.objects.get().problems


def test_a_live_page_that_grew_updates_its_article(folder: Path) -> None:
    run(put(folder, {"a.md": FILES["a.md"]}))

    run(put(folder, {"z.md": file("碼頭擴建：最新", "2021-11-17", PIER + LIBRARY + TEAM)}))

    assert Article.objects.count() == 1
    assert "圖書館" in Article.objects.get().body


def test_order_and_number_of_imports_decide_nothing(tmp_path: Path) -> None:
    outcomes = []
    for number, order in enumerate(itertools.permutations(FILES)):
        if number % 5:
            continue
        empty_the_archive()
        names = {f"{place}.md": FILES[name] for place, name in enumerate(order)}
        cut = sorted(names)[: number % 4]
        run(put(tmp_path / f"{number}-one", {name: names[name] for name in cut}))
        run(put(tmp_path / f"{number}-two", {name: names[name] for name in names if name not in cut}))
        # Which identities an article had given up is history, and no property of the files.
        told = {"title": "", "text": "", "body_html": "", "former_identities": []}
        outcomes.append([record | told for record in records()])

    assert len(outcomes) > 3
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert len(outcomes[0]) == 3


def test_a_page_that_holds_the_texts_of_several_joins_none_of_them_together(folder: Path) -> None:
    everything = file("今日新聞", "2022-06-01", "".join([PIER, LIBRARY, TEAM]))

    run(put(folder, {"0.md": everything, **{name: FILES[name] for name in ("a.md", "b.md", "c.md")}}))

    assert Article.objects.count() == 3


def test_an_archive_of_shared_identities_is_restored_from_its_export(tmp_path: Path, folder: Path) -> None:
    run(put(folder, FILES))
    before = records()
    export(tmp_path / "out.jsonl", "--all")
    empty_the_archive()

    ingest.run([tmp_path / "out.jsonl"], workers=1)
    after = records()
    sources = run(folder)

    assert after == before
    assert Outcome.IMPORTED not in sources.values()
    assert records() == before


def merged(folder: Path, address: str = SHARED_PAGE) -> Article:
    """An archive in which an older program made one article of three."""
    posts = [("碼頭擴建動工", "2021-11-17", PIER), ("圖書館延長開放", "2022-03-02", LIBRARY)]
    posts.append(("球隊奪冠", "2022-05-09", TEAM))
    run(put(folder, {f"{'abc'[at]}.md": file(*post, address) for at, post in enumerate(posts)}))
    first = Article.objects.get(title="碼頭擴建動工")
    for other in Article.objects.exclude(pk=first.pk):
        RawFile.objects.filter(article=other).update(article=first)
        Story.objects.filter(pk=other.story_id).update(canonical=None)
        other.delete()
    Story.objects.filter(articles=None).delete()
    Article.objects.update(title_key=None, shared_identity=None, identity="url:" + urls.normalise(address))
    return Article.objects.get()


def check(*options: str) -> str:
    out = io.StringIO()
    call_command("check_identities", "--workers=1", *options, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("address", [SHARED_PAGE, FRONT])
def test_what_was_merged_before_is_taken_apart_from_the_stored_files(folder: Path, address: str) -> None:
    article = merged(folder, address)

    said = check()

    assert texts() == {
        "碼頭擴建工程今日動工",
        "市立圖書館下月起延長開放至晚上十時",
        "甲隊在決賽以二比一擊敗乙隊",
    }
    assert f"article {article.pk} loses b.md" in said
    assert Article.objects.get(pk=article.pk).title == "碼頭擴建動工"
    assert not identity_check.waiting().exists()
    assert not Article.objects.filter(identity="url:example-times.org").exists()
    assert Story.objects.count() == 3
    assert "0 changed" in check()


def test_a_dry_run_of_the_check_says_it_and_changes_nothing(folder: Path) -> None:
    merged(folder)

    said = check("--dry-run")

    assert "loses b.md" in said
    assert Article.objects.count() == 1
    assert identity_check.waiting().count() == 1


def test_a_copy_that_the_check_joins_has_its_move_in_its_history(folder: Path) -> None:
    for name in ("d.md", "e.md"):
        own_address = f"https://www.example-times.org/{name[0]}/9.html"
        (folder / name).write_bytes(file("天橋重開", "2021-12-01", PIER * 4, own_address))
    ingest.run([folder], workers=1)
    first, second = Article.objects.filter(title="天橋重開").order_by("id")
    apart = Story.objects.create()
    Article.objects.filter(pk=second.pk).update(story=apart, title_key=None)
    Article.objects.filter(pk=first.pk).update(title_key=None)

    assert "1 stories joined" in check()

    (edit,) = second.edits.all()
    assert (edit.old["story"], edit.new["story"]) == (apart.pk, first.story_id)
    assert (edit.action.kind, edit.action.user) == (Action.Kind.REPARSE, None)


def test_a_curators_values_stay_with_the_article_they_were_written_for(folder: Path) -> None:
    article = merged(folder)
    other = RawFile.objects.get(path="b.md")
    article.title = "編者的標題"
    article.save()
    articles.record_edit(article, ["title"])
    Article.objects.filter(pk=article.pk).update(raw=other)

    check()

    article.refresh_from_db()
    assert (article.title, article.edited_fields) == ("編者的標題", ["title"])
    assert "碼頭" in article.body
    assert ImportRun.objects.count() == 1


def test_reparse_takes_them_apart_too(folder: Path) -> None:
    merged(folder)

    call_command("reparse", "--workers=1", stdout=io.StringIO())

    assert Article.objects.count() == 3


def test_curators_find_shared_addresses_in_a_queue(folder: Path, admin_client: Client) -> None:
    run(
        put(folder, FILES | {"e.md": file("另一篇", "2022-06-01", "沒有別人的網址。" * 5, SHARED_PAGE + "x")})
    )

    page = admin_client.get("/admin/newsarchive/article/?queue=shared_address").content.decode()

    assert "圖書館延長開放" in page
    assert "另一篇" not in page


def test_a_dry_run_of_an_import_tells_them_apart_too(folder: Path) -> None:
    results: list[Any] = []
    put(folder, FILES)

    ingest.run([folder], workers=1, dry_run=True, report=results.append)

    assert [result.outcome for result in results] == ["imported", "imported", "imported", "updated"]
    assert Message(SHARED) in results[1].problems


def test_doctor_names_the_check_that_an_older_archive_needs(folder: Path) -> None:
    merged(folder)
    (before,) = doctor.identities()

    check()

    (after,) = doctor.identities()
    assert (before.level, after.level) == (doctor.Level.WARNING, doctor.Level.OK)
    assert "check_identities" in before.mend


@pytest.mark.parametrize(
    ("address", "listing"),
    [
        ("https://x.org", True),
        ("https://x.org/zh-hans/", True),
        ("https://x.org/index.html", True),
        ("https://x.org/feed/", True),
        ("https://x.org/news/rss.xml", True),
        ("https://x.org/category/china/page/3", True),
        ("https://web.archive.org/web/2020/https://x.org/tag/香港", True),
        ("https://x.org/?p=12", False),
        ("https://x.org/archives/123", False),
        ("https://x.org/zh/world-123", False),
        ("https://x.org/2021/feed-the-world", False),
    ],
)
def test_front_pages_sections_and_feeds_are_known_by_their_addresses(address: str, listing: bool) -> None:
    assert urls.is_listing(address) == listing
