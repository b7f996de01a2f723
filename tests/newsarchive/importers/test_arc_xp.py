"""Stories of Arc XP, and 蘋果日報's own record of an article."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from newsarchive.errors import UnreadableFile

from .samples import STORY, arc_story, lines, read, shape


def test_a_story_is_read_with_captions_and_credits_in_their_place() -> None:
    article = arc_story()

    assert (article.title, article.source_url) == (
        "渡輪停航一周",
        "https://www.harbour.example/local/20211117/FERRY/",
    )
    assert [author.name for author in article.authors] == ["陳大文"]
    assert article.published is not None
    assert article.published.at == datetime(2021, 11, 17, 7, 5, 2, 123000, tzinfo=UTC)
    assert (article.tags, article.categories) == (("渡輪",), ("港聞",))
    assert shape(article) == ["p", "h2", "image", "ul"]
    assert [(image.caption, image.credit) for image in article.images] == [("渡輪泊岸。", "海港社")]


def test_a_record_of_an_article_has_its_photographs_after_their_paragraph() -> None:
    photo = {
        "imagePathZoom": "https://hk.appledaily.com/resizer/x=/9x0/filters:q(9)/img.example.com/a.jpg",
        "caption": "■渡輪",
    }
    blocks = [
        {"subHead": "小題", "content": "第一段。", "photos": [photo]},
        {"content": "第二段。", "photos": []},
    ]
    content = {
        "title": "渡輪　<br/>停航",
        "pubDate": "1624128762",
        "contentBlocks": blocks,
        "brandName": "appledaily",
    }
    content["sharing"] = {"url": "https://hk.appledaily.com/local/20210620/JJ7/"}

    article = read(json.dumps({"state": "success", "content": content}))

    assert (article.title, article.outlet) == ("渡輪 停航", "蘋果日報")
    assert lines(article) == ["小題", "第一段。", "第二段。"]
    assert [(image.src, image.caption) for image in article.images] == [
        ("https://img.example.com/a.jpg", "■渡輪")
    ]
    assert article.published is not None
    assert str(article.published.at) == "2021-06-20 02:52:42+08:00"


@pytest.mark.parametrize("text", [json.dumps(STORY)[:-30], "[" * 100_000 + '{"content_elements" "headlines"'])
def test_a_damaged_story_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(UnreadableFile):
        read(text)
