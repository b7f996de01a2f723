"""A body comes out marked, cut at its figures, and with no tag but those of the safe subset."""

from __future__ import annotations

import html
import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsarchive.importers.html.safe_subset import clean, plain_text
from search.query.parser import Field, parse
from search.results.highlight import Html, Marker
from search.results.marking.body_pieces import EmbedSlot, ImageSlot


def parts(query: str, body: str) -> list[str | int | tuple[str, int]]:
    made = Marker(parse(query).tree).mark_body(body)
    return [str(part.html) if isinstance(part, Html) else (part.kind, part.number) for part in made]


def test_a_body_is_cut_at_its_figures() -> None:
    body = (
        '<p>一</p>\n<figure data-image="0"></figure><figure data-embed="12"></figure>\n'
        '<p>二</p><figure data-image="1"></figure>'
    )

    assert Marker(None).mark_body(body) == [
        Html("<p>一</p>\n"),
        ImageSlot(0),
        EmbedSlot(12),
        Html("\n<p>二</p>"),
        ImageSlot(1),
    ]
    assert Marker(None).mark_body("") == []


def test_a_hit_that_runs_on_through_tags_is_one_hit() -> None:
    both = Marker(parse("習近平").tree)

    assert both.mark_body("<p>習<strong>近平</strong>與<em>习近平</em></p>") == [
        Html(
            '<p><mark id="hit-1">習</mark><strong><mark>近平</mark></strong>與'
            '<em><mark id="hit-2">习近平</mark></em></p>'
        )
    ]
    assert both.hits == 2


def test_the_numbers_go_on_from_the_title_through_the_body() -> None:
    both = Marker(parse("習近平").tree)

    both.mark_numbered(Field.TITLE, "習近平")

    assert both.mark_body('<p>習近平</p><figure data-image="0"></figure><p>習近平</p>') == [
        Html('<p><mark id="hit-2">習近平</mark></p>'),
        ImageSlot(0),
        Html('<p><mark id="hit-3">習近平</mark></p>'),
    ]
    assert both.hits == 3


@pytest.mark.parametrize(
    "body", ["<p>習近</p><p>平</p>", "<p>習近<br>平</p>", "<ul><li>習近</li><li>平</li></ul>",
             '<p>習近</p><figure data-image="0"></figure><p>平</p>', "<p>習近\n平</p>"]
)  # fmt: skip
def test_nothing_is_marked_across_lines_and_blocks(body: str) -> None:
    both = Marker(parse("習近平").tree)

    both.mark_body(body)

    assert both.hits == 0


BODIES = [
    ("中國", "<p>a&amp;中國&lt;b&gt;</p>", "<p>a&amp;<mark id=\"hit-1\">中國</mark>&lt;b&gt;</p>"),
    ("中國", "<p>中&#22283;</p>", '<p><mark id="hit-1">中國</mark></p>'),
    ("amp", "<p>a&amp;b</p>", "<p>a&amp;b</p>"),
    ("", '<a href="https://a.example/?b=1&amp;c=2">x</a>',
     '<a href="https://a.example/?b=1&amp;c=2" rel="nofollow noopener noreferrer">x</a>'),
    ("", '<a href="http://a.example/" rel="me">x</a>',
     '<a href="http://a.example/" rel="nofollow noopener noreferrer">x</a>'),
    ("example", '<a href="http://a.example/">x</a>',
     '<a href="http://a.example/" rel="nofollow noopener noreferrer">x</a>'),
    ("", "<p>x<br/>y<br />z</p>", "<p>x<br>y<br>z</p>"),
    ("", "<table><tr><td>1</td></tr></table>", "<table><tr><td>1</td></tr></table>"),
    # tags are balanced
    ("", "<p><strong>x", "<p><strong>x</strong></p>"),
    ("", "x</p></blockquote>", "x"),
    ("", "<p><em>x</p>y</em>", "<p><em>x</em></p>y"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "body", "expected"), BODIES)
def test_a_body_comes_out_as(query: str, body: str, expected: str) -> None:
    assert parts(query, body) == [expected]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<SCRIPT>alert(1)</SCRIPT>",
        '<img src=x onerror="alert(1)">',
        '<p onclick="alert(1)">x</p>',
        '<p style="position:fixed">x',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,x">x</a>',
        '<a href="http://a" onclick="alert(1)">x</a>',
        "<a href='http://a' onclick='alert(1)'>x</a>",
        '<a href="http://a&quot; onclick=&quot;alert(1)">x</a>',
        '<iframe src="https://a"></iframe>',
        '<svg onload="alert(1)">',
        "<!-- x --><![CDATA[x]]><?php x ?>",
        '<figure data-image="0" onclick="x"></figure>',
        '<figure data-image="-1"></figure>',
        '<mark id="hit-9" onclick="x">',
        "<p\n>x</p\n>",
        "<<p>script>alert(1)<</p>/script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;script&#62;",
    ],
)
def test_a_hostile_body_is_harmless_text(hostile: str) -> None:
    for query in ("alert", "script", "onclick OR onerror OR a", "x"):
        _assert_safe("".join(str(part) for part in parts(query, hostile)))


def test_a_tower_of_tags_takes_no_long_time() -> None:
    started = time.process_time()

    Marker(parse("p").tree).mark_body("<p>" * 50_000 + "</em></p><li>" * 50_000)

    assert time.process_time() - started < 3


_ALLOWED = re.compile(
    r"</?(?:p|h[2-4]|ul|ol|li|blockquote|a|strong|em|table|thead|tbody|tr|th|td|mark)>|<br>"
    r'|<a href="https?://[^"<>\s]*" rel="nofollow noopener noreferrer">|<mark id="hit-\d+">'
)


class _Balance(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "mark":
            assert "mark" not in self.open
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _assert_safe(out: str) -> None:
    assert "<" not in _ALLOWED.sub("", out)
    assert _Balance(out).open == []


_TAGS = st.sampled_from(
    [
        *["<p>", "</p>", "<strong>", "</strong>", "<em>", "</em>", "<br>", "<ul>", "<li>", "</ul>", "</li>"],
        *["</a>", "<a>", '<a href="http://a.example/?x=1&amp;y">', '<a href="javascript:x">'],
        *["<script>", "</script>", "<p class=x>", "<", ">", "&", "&lt;", "&#x27;", '"'],
        *['<figure data-image="0"></figure>', '<figure data-embed="1"></figure>'],
    ]
)
_BODIES = st.lists(_TAGS | st.text(alphabet="習近平a<>&;\n ", max_size=4), max_size=20).map("".join)


@given(_BODIES | st.text(), st.sampled_from(["習近平", "習 近", "a", '"<"', '"習 a"~5', "lt OR amp"]))
@example("<p>習<strong>近</strong>平</p>", "習近平")
def test_any_string_at_all_yields_only_tags_of_the_subset(body: str, query: str) -> None:
    both = Marker(parse(query).tree)

    made = both.mark_body(body)

    out = "".join(str(part.html) for part in made if isinstance(part, Html))
    _assert_safe(out)
    assert re.findall(r'id="hit-(\d+)"', out) == [str(number + 1) for number in range(both.hits)]
    unmarked = "".join(str(part.html) for part in Marker(None).mark_body(body) if isinstance(part, Html))
    assert re.sub(r"</?mark(?: id=\"hit-\d+\")?>", "", out) == unmarked
    text = re.sub(r'<figure data-(?:image|embed)="\d+"></figure>', "", body)
    assert html.unescape(_ALLOWED.sub("", unmarked)).split() == _text(text).split()


@given(_BODIES, st.sampled_from(["習近平", "習 近", '"習 近"~5', "a", "平習"]))
def test_the_page_marks_what_the_index_found_in_the_plain_text(body: str, query: str) -> None:
    both, body = Marker(parse(query).tree), clean(body)

    both.mark_body(body)

    assert both.hits == len(both.spans(Field.BODY, plain_text(body)))


def _text(body: str) -> str:
    """What is no tag of the subset, as a reader sees it."""
    tag = r"</?(?:p|h[2-4]|ul|ol|li|blockquote|a|strong|em|table|thead|tbody|tr|th|td)>|<br\s?/?>"
    return "".join(html.unescape(piece) for piece in re.split(rf'{tag}|<a href="https?://[^"<>\s]*">', body))
