"""Whatever an article, its metadata or a reader's words hold, it comes out as text."""

from __future__ import annotations

import pytest
from django.test import Client

from newsarchive.importers.types import ParsedAuthor, ParsedEmbed, ParsedImage, RelatedLink
from newsarchive.models import Article

from .making import Page, publish, story, wrongs

pytestmark = pytest.mark.django_db

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style></textarea><svg onload=alert(1)>",
    "{% load x %}{{ settings.SECRET_KEY }}",
    "習近平<b onclick=x>會晤</b>&lt;i&gt;",
    "]]><!--",
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "query", ["會晤", "script", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>']
)
def test_no_text_becomes_a_tag(client: Client, attack: str, query: str) -> None:
    file = story(
        title=f"會晤 {attack}",
        byline=attack,
        authors=(ParsedAuthor(attack, role=attack, bio=f"{attack}\n\n{attack}"),),
        outlet=attack,
        categories=(attack,),
        tags=(attack,),
        column=attack,
        body=f'<p>會晤 {attack}</p><figure data-image="0"></figure><figure data-embed="0"></figure>',
        images=(
            ParsedImage(src="https://p.example/1.jpg", alt=attack, caption=f"會晤 {attack}", credit=attack),
        ),
        embeds=(ParsedEmbed(url="https://v.example/", title=attack, caption=f"會晤 {attack}"),),
        related=(RelatedLink("https://r.example/", attack),),
    )
    [article] = publish(file)
    for address, parameters in (
        ("/search/", {"q": query}),
        ("/search/", {"q": query, "outlet": attack, "not_tag": attack}),
        (f"/articles/{article.pk}/", {"q": query}),
        ("/", {}),
    ):
        response = client.get(address, parameters)
        page = Page(response.content)
        assert response.status_code == 200
        assert list(wrongs(page)) == []
        assert {tag for tag, _ in page.elements} <= OUR_TAGS
        assert response.content.count(b"<script") == len(page.all("script"))


# Those of the pages, without the svg and table of a timeline and the img of a loaded picture.
OUR_TAGS = {
    *("html", "head", "title", "meta", "link", "script", "body", "header", "main", "footer", "article"),
    *("aside", "section", "nav", "div", "p", "span", "h1", "h2", "a", "b", "br", "mark", "time", "code"),
    *("ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "details", "summary"),
    *("form", "label", "input", "button", "select", "option", "abbr"),
}


def test_only_web_addresses_become_links(client: Client) -> None:
    bad = "javascript:alert(1)//https://x.example"
    [article] = publish(story())
    Article.objects.update(
        source_url=bad,
        archived_url=bad,
        embeds=[{"url": bad, "kind": "video", "title": "片", "caption": "", "poster": bad}],
        related=[{"url": bad, "text": "連結"}],
    )
    article.images.update(src=bad, archived_src=bad)

    for parameters in ({"q": "credit:美聯社"}, {"images": "1"}):
        page = Page(client.get(f"/articles/{article.pk}/", parameters).content)
        assert page.links("javascript:") == []
        assert page.all("img") == []
        assert page.metas("citation_public_url") == []
    hits = Page(client.get("/search/", {"q": "credit:美聯社"}).content)
    assert hits.links("javascript:") == []


def test_a_body_changed_behind_our_back_is_cleaned_on_the_way_out(client: Client) -> None:
    [article] = publish(story())
    Article.objects.update(
        body='<p onclick="x">護欄<script>alert(1)</script><a href="javascript:x">連結</a></p>'
        '</article></main><iframe src="https://x.example"></iframe><form action="/admin/"><input></form>'
    )

    page = Page(client.get(f"/articles/{article.pk}/", {"q": "護欄"}).content)

    assert list(wrongs(page)) == []
    assert page.all("iframe") == []
    assert len(page.all("form")) == 2
    assert page.links("javascript:") == []


def test_a_source_address_cannot_break_the_headers(client: Client) -> None:
    [article] = publish(story())
    Article.objects.update(source_url="https://news.example/文章\r\nSet-Cookie: x=1>; rel=stylesheet")

    response = client.get(f"/articles/{article.pk}/")

    assert response.status_code == 200
    assert "\n" not in response["Link"]
    assert response["Link"].count(">") == 3
