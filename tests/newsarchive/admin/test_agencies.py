from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client

from newsarchive.archive import agencies, articles, curation
from newsarchive.archive.history import Action
from newsarchive.archive.name_cache import NameCache
from newsarchive.importers.types import ParsedImage
from newsarchive.ingest import reparse, run
from newsarchive.models import Agency, Article, Image, OutboxRow
from search.engines import get_engine
from search.indexing import sync
from tests.search.web.making import publish, story

from .conftest import SignIn
from .making import form_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LIST = "/admin/newsarchive/agency/"


def pictured(*captions: tuple[str, str]) -> list[Article]:
    """An article a caption, with the credit that an import split off it."""
    return publish(
        *[
            story(f"test:{n}", title=f"第{n}篇", images=(ParsedImage("", caption=caption, credit=credit),))
            for n, (caption, credit) in enumerate(captions)
        ]
    )


def address(name: str, page: str = "change") -> str:
    return f"{LIST}{Agency.objects.get(name=name).pk}/{page}/"


def change(client: Client, name: str, /, **fields: str) -> Action:
    """Preview, then confirm, as on the page."""
    form = {**form_of(client, address(name), "agency_form"), **fields}
    preview = client.post(address(name), form)
    assert preview.status_code == 200
    assert Agency.objects.filter(name=name).exists()
    response = client.post(address(name), {**form, **confirmed(preview)})
    assert response.status_code == 302
    return Action.objects.latest("pk")


def confirmed(preview: Any) -> dict[str, str]:
    """What the button of a preview sends beside the form."""
    return {"previewed": preview.context["seal"], "confirm": "1"}


def named() -> list[tuple[str, str]]:
    return list(Image.objects.order_by("article_id").values_list("credit", "agency"))


def counted(client: Client) -> dict[str, int]:
    """The facet that readers see."""
    sync.drain(get_engine())
    facets = client.get("/api/search/", {"q": "護欄"}).json()["facets"]
    return dict(facets["agency"])


def test_a_new_archive_knows_the_agencies_of_the_data_file() -> None:
    assert Agency.objects.get(name="美聯社").spellings[:2] == ["美联社", "AP"]
    assert agencies.table().name_in("Associated Press") == "美聯社"


def test_the_preview_says_how_many_articles_and_changes_nothing(curator: Client) -> None:
    pictured(("甲。美聯社", "美聯社"), ("乙。AP Photo", "AP Photo"), ("丙。路透社", "路透社"))
    form = form_of(curator, address("美聯社"), "agency_form")

    page = curator.post(address("美聯社"), {**form, "name": "AP"})

    assert "將影響 2 篇" in page.content.decode()
    assert named() == [("美聯社", "美聯社"), ("AP Photo", "美聯社"), ("路透社", "路透社")]
    assert not Action.objects.exists()


def test_a_renamed_agency_is_renamed_on_every_picture_and_the_undo_takes_all_back(curator: Client) -> None:
    found = pictured(("甲。美聯社", "美聯社"), ("丙。路透社", "路透社"))
    OutboxRow.objects.all().delete()
    before = list(agencies.table().rows)

    action = change(curator, "美聯社", name="AP")

    assert named() == [("美聯社", "AP"), ("路透社", "路透社")]
    assert "美聯社" in Agency.objects.get(name="AP").spellings
    assert list(OutboxRow.objects.values_list("story_id", flat=True)) == [found[0].story_id]
    curator.post(f"/admin/newsarchive/action/{action.pk}/undo/")
    assert named() == [("美聯社", "美聯社"), ("路透社", "路透社")]
    assert list(agencies.table().rows) == before
    assert [article.edited_fields for article in Article.objects.all()] == [[], []]


def test_an_undone_renaming_can_be_done_again(curator: Client) -> None:
    pictured(("甲。美聯社", "美聯社"))
    action = change(curator, "美聯社", name="AP")

    undone = curation.run(curation.undo(action, None))
    curation.run(curation.undo(undone, None))

    assert named() == [("美聯社", "AP")]
    assert agencies.table().name_in("美聯社") == "AP"


def test_a_table_that_was_changed_again_since_stays_and_counts(curator: Client) -> None:
    pictured(("甲。美聯社", "美聯社"))
    action = change(curator, "美聯社", name="AP")
    Agency.objects.filter(name="AP").update(spellings=["美聯社", "AP通訊"])

    undone = curation.run(curation.undo(action, None))

    assert Agency.objects.filter(name="AP").exists()
    assert undone.skipped == 1


def test_a_new_spelling_splits_credits_that_no_import_could_see(curator: Client) -> None:
    pictured(("渡輪抵達長洲。海港通訊", ""), ("碼頭。海港通訊", "海港通訊"))

    fields = {"name": "海港社", "spellings": "海港通訊\nHarbour Press"}
    preview = curator.post(f"{LIST}add/", fields)
    curator.post(f"{LIST}add/", {**fields, **confirmed(preview)})

    assert "將影響 2 篇" in preview.content.decode()
    assert named() == [("海港通訊", "海港社"), ("海港通訊", "海港社")]
    queue = curator.get("/admin/newsarchive/article/?queue=no_credit")
    assert queue.context["cl"].result_count == 0


def test_a_spelling_that_was_taken_away_is_no_credit_any_more(curator: Client) -> None:
    pictured(("工人手持 蘋果", "蘋果"), ("工人。蘋果圖片", "蘋果圖片"))

    change(curator, "蘋果日報", spellings="苹果日报")

    assert named() == [("", ""), ("蘋果圖片", "")]


def test_a_credit_that_a_curator_wrote_stays_but_is_counted_anew(curator: Client) -> None:
    [article] = pictured(("工人手持 蘋果", "蘋果"))
    articles.record_edit(article, ["images"])

    change(curator, "蘋果日報", spellings="苹果日报")

    assert named() == [("蘋果", "")]


def test_the_facet_counts_under_the_new_name(curator: Client) -> None:
    pictured(("甲。美聯社", "美聯社"), ("乙。AP", "AP"))
    assert counted(curator) == {"美聯社": 2}

    change(curator, "美聯社", name="Associated Press")

    assert counted(curator) == {"Associated Press": 2}


def test_two_agencies_that_are_one(curator: Client) -> None:
    pictured(("甲。中新社", "中新社"), ("乙。新華社", "新華社"))
    merge = address("中新社", "merge")

    preview = curator.post(merge, {"into": "新華社"})
    rows = Agency.objects.count()
    response = curator.post(merge, {"into": "新華社", **confirmed(preview)})

    assert "將影響 1 篇" in preview.content.decode()
    assert response.status_code == 302
    assert Agency.objects.count() == rows - 1
    assert named() == [("中新社", "新華社"), ("新華社", "新華社")]
    curation.run(curation.undo(Action.objects.get(), None))
    assert named() == [("中新社", "中新社"), ("新華社", "新華社")]
    assert Agency.objects.count() == rows


def test_no_spelling_belongs_to_two_agencies(curator: Client) -> None:
    form = form_of(curator, address("新華社"), "agency_form")

    page = curator.post(address("新華社"), {**form, "spellings": "Xinhua\nreuters"})

    assert "「reuters」已屬於「路透社」" in page.content.decode()


def test_an_agency_that_pictures_have_cannot_be_deleted(curator: Client) -> None:
    pictured(("甲。美聯社", "美聯社"))

    assert curator.post(address("美聯社", "delete"), {"post": "yes"}).status_code == 403
    assert curator.post(address("共同社", "delete"), {"post": "yes"}).status_code == 302


def test_imports_split_credits_by_the_curators_table(curator: Client, tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path)) / "in"
    folder.mkdir()
    picture = '<img src="https://a.example/1.jpg" alt="">\n<figcaption>渡輪。海港通訊</figcaption>'
    figure = f"<figure>\n{picture}\n</figure>"
    head = '---\ntitle: "渡輪"\ndate: "2021-11-17"\nurl: "https://a.example/1"\n---\n\n'
    (folder / "a.md").write_text(f"{head}{figure}\n\n渡輪抵達長洲的碼頭，乘客排隊下船。\n", encoding="utf-8")
    run.run([folder], workers=1)
    assert named() == [("", "")]
    Agency.objects.create(name="海港社", spellings=["海港通訊"])

    reparse.run(workers=1)

    assert named() == [("海港通訊", "海港社")]
    (folder / "a.md").write_text(f"{head}{figure}\n\n渡輪又到了長洲。\n", encoding="utf-8")
    Agency.objects.filter(name="海港社").update(name="海港通訊社")
    run.run([folder], workers=2)
    assert named() == [("海港通訊", "海港通訊社")]


def test_a_changed_table_is_not_taken_for_a_changed_source(curator: Client) -> None:
    [article] = pictured(("工人手持 蘋果", "蘋果"))
    before = [{"caption": "工人手持 蘋果", "credit": "蘋果"}]
    Article.objects.filter(pk=article.pk).update(edited_fields=["images"], source_values={"images": before})

    change(curator, "蘋果日報", spellings="苹果日报")

    article.refresh_from_db()
    assert article.source_values["images"] == [{"caption": "工人手持 蘋果", "credit": ""}]


def test_the_list_tries_a_caption_and_shows_credits_that_nothing_takes(signed_in: SignIn) -> None:
    pictured(("甲。何大健攝", "何大健攝"), ("乙。美聯社", "美聯社"))
    client = signed_in("viewer")

    page = client.get(LIST, {"try": "乘客排隊。AP Photo"})

    assert (page.context["result"].credit, page.context["result"].agency) == ("AP Photo", "美聯社")
    assert page.context["unknown"] == [("何大健攝", 1)]


def test_agencies_are_found_by_any_spelling(curator: Client) -> None:
    page = curator.get(LIST, {"q": "新华"})

    assert [row.name for row in page.context["cl"].result_list] == ["新華社"]


def test_the_table_is_read_once_an_import(django_assert_num_queries: object) -> None:
    vocabulary = NameCache()

    with django_assert_num_queries(1):  # type: ignore[operator]
        names: Sequence[str] = [vocabulary.agencies.name_in("AP") for _ in range(3)]

    assert names == ["美聯社"] * 3
