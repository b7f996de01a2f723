"""Files that name no address, through imports."""

from __future__ import annotations

import pytest

from newsarchive.importers.types import ParsedImage
from newsarchive.models import Article, RawFile

from .making import parsed, save

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ONE = "早上八點，海邊的市場開門，漁民把昨夜的收穫擺到攤上。"
TWO = "股市收市報告：恒生指數全日上升二百點，成交額一千億元。"


def post(text: str, **fields: object) -> object:
    return parsed("feed:abc123", title="12_00", body=f"<p>{text}</p>", **fields)


def titles() -> list[tuple[str, str]]:
    return list(Article.objects.order_by("id").values_list("identity", "body"))


def test_two_posts_of_one_day_with_one_title_are_two_articles() -> None:
    save(post(ONE), post(TWO))  # type: ignore[arg-type]

    assert [body for _, body in titles()] == [f"<p>{ONE}</p>", f"<p>{TWO}</p>"]
    assert len({identity for identity, _ in titles()}) == 2


def test_a_corrected_post_is_another_version_of_its_article() -> None:
    save(post(ONE), post(TWO))  # type: ignore[arg-type]

    save(post(TWO + "更正：成交額為一千二百億元。"))  # type: ignore[arg-type]

    assert Article.objects.count() == 2
    assert "更正" in Article.objects.order_by("id")[1].body
    assert RawFile.objects.count() == 3


def test_posts_of_nothing_but_pictures_are_told_apart_by_them() -> None:
    def pictures(name: str) -> object:
        image = ParsedImage(src=f"https://pictures.example/{name}.jpg")
        return parsed("feed:abc123", body='<figure data-image="0"></figure>', images=(image,))

    save(pictures("morning-market-0001"), pictures("stock-exchange-9942"))  # type: ignore[arg-type]

    assert Article.objects.count() == 2


def test_files_of_one_address_are_one_article_where_their_texts_agree() -> None:
    save(
        parsed("hkcnews:1", body=f"<p>{ONE}</p>"),
        parsed("hkcnews:1", body=f"<p>{TWO}</p>"),
        parsed("hkcnews:1", body=f"<p>{TWO}</p>", title="另一標題"),
    )

    assert Article.objects.count() == 2
