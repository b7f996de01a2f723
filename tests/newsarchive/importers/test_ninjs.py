"""News items in ninjs, in both versions of the standard."""

from __future__ import annotations

from .samples import NINJS, lines, ninjs


def test_an_item_is_read_with_its_largest_picture() -> None:
    article = ninjs()

    assert (article.title, article.outlet, article.source_url) == (
        "渡輪停航",
        "海港社",
        "https://agency.example/news/1",
    )
    assert [author.name for author in article.authors] == ["陳大文"]
    assert lines(article) == ["渡輪公司昨日宣布。"]
    assert [(image.src, image.caption, image.credit) for image in article.images] == [
        ("https://img.agency.example/w.jpg", "渡輪泊岸。", "李四")
    ]


def test_lists_with_roles_of_version_two_are_read() -> None:
    item = {
        key: value for key, value in NINJS.items() if key not in ("headline", "body_html", "versioncreated")
    }
    item["headlines"] = [{"role": "sub", "value": "副題"}, {"role": "main", "value": "渡輪停航"}]
    item["bodies"] = [{"role": "main", "contentType": "text/html", "value": "<p>渡輪公司昨日宣布。</p>"}]
    item["versionCreated"] = "2021-11-17T07:05:00Z"

    article = ninjs(item)

    assert article.title == "渡輪停航"
    assert lines(article) == ["渡輪公司昨日宣布。"]
    assert article.published is not None
