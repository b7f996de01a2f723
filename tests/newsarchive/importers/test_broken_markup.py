"""Markup that browsers forgive: nothing of the page is lost to it, or put where it does not belong."""

from __future__ import annotations

import pytest

from newsarchive.importers.html import dom, figures, page
from newsarchive.importers.html.body import Body

from .samples import AGENCIES

REST = "<p>第二段</p><h2>標題</h2><ul><li>一項</li></ul><p>末段</p>"


def body_of(markup: str) -> Body:
    root = dom.parse(markup)
    figures.normalise(root)
    body = Body(AGENCIES)
    page.read(root, body=body, base="https://x.org/a/", title="題")
    return body


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="https://x.org/1">連結</a>',
        '<a href="https://x.org/1">連結',
        '<A HREF="https://x.org/1" class=x>連結',
        '<p><a href="https://x.org/1">連結',
        '<div><a href="https://x.org/1">連結',
    ],
)
def test_a_link_ends_with_its_block_whether_it_is_closed_or_not(markup: str) -> None:
    blocks = str(body_of(markup + REST)).split("\n")

    assert blocks[0] == '<p><a href="https://x.org/1">連結</a></p>'
    assert blocks[1:] == ["<p>第二段</p>", "<h2>標題</h2>", "<ul><li>一項</li></ul>", "<p>末段</p>"]


def test_an_unclosed_link_ends_where_the_next_begins() -> None:
    text = '<p>看<a href="https://x.org/1">甲 <a href="https://x.org/2">乙</a> 尾</p><p>末段</p>'

    assert str(body_of(text)) == (
        '<p>看<a href="https://x.org/1">甲 </a><a href="https://x.org/2">乙</a> 尾</p>\n<p>末段</p>'
    )


def test_a_link_around_blocks_that_has_its_end_is_a_link_to_there() -> None:
    text = '<a href="https://x.org/1"><h3>標題</h3><p>導言</p></a><p>末段</p>'

    assert str(body_of(text)) == (
        '<h3><a href="https://x.org/1">標題</a></h3>\n<p><a href="https://x.org/1">導言</a></p>\n<p>末段</p>'
    )


PICTURE = '<img src="https://x.org/1.jpg">'
CAPTION = "<figcaption>渡輪靠岸。 何大健攝</figcaption>"


@pytest.mark.parametrize(
    "markup",
    [
        f"<figure>{PICTURE}{CAPTION}</figure>",
        f"<figure><figure>{PICTURE}</figure>{CAPTION}</figure>",
        f"<figure><div><figure>{PICTURE}</figure></div><div>{CAPTION}</div></figure>",
        f"<figure>{CAPTION}<figure>{PICTURE}</figure></figure>",
        f"<figure>{PICTURE}<figure>{CAPTION}</figure></figure>",
        f"<figure><figure>{CAPTION}</figure>{PICTURE}</figure>",
        f"<figure><figure><figure>{PICTURE}</figure></figure>{CAPTION}</figure>",
        f"<figure><figure>{PICTURE}</figure></figure>{CAPTION}",
    ],
)
def test_a_caption_belongs_to_the_picture_of_its_frame_however_frames_are_nested(markup: str) -> None:
    body = body_of(f"{markup}<p>文</p>")

    assert [(image.caption, image.credit) for image in body.images] == [("渡輪靠岸。 何大健攝", "何大健攝")]
    assert str(body) == '<figure data-image="0"></figure>\n<p>文</p>'


def test_each_picture_of_a_gallery_keeps_its_own_caption() -> None:
    one, two = (
        f'<figure><img src="https://x.org/{n}.jpg"><figcaption>圖{n}</figcaption></figure>' for n in (1, 2)
    )

    body = body_of(f"<figure>{one}{two}<figcaption>兩張</figcaption></figure>")

    assert [image.caption for image in body.images] == ["圖1", "圖2"]
    assert "<p>兩張</p>" in str(body)
