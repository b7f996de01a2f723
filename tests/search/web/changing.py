"""An archive, what a curator can change in it, and the questions whose answers must follow at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from newsarchive.archive import articles
from newsarchive.importers.types import ParsedAuthor
from newsarchive.models import Article, Tag

from .making import publish, story

TEXT = "".join(chr(0x4E00 + n * 7 % 2000) for n in range(300))
BARE: dict[str, Any] = {"images": (), "embeds": (), "related": (), "byline": ""}
ONLY_THERE = "獨一無二的渡輪"


def archive() -> dict[str, Article]:
    """A story of two copies, of which the older alone has a phrase, and three stories of one."""
    old, new, other, third, plain = publish(
        story(
            "hkcnews:1",
            body=f"<p>{TEXT}</p><p>{ONLY_THERE}</p>",
            tags=("渡輪專題",),
            authors=(ParsedAuthor("唯一作者"),),
            **BARE,
        ),
        story("hkcnews:2", body=f"<p>{TEXT}</p><p>別的話</p>", tags=("中美會晤",), authors=(), **BARE),
        story("test:3", title="天氣晴朗", body="<p>今日渡輪停航。</p>", outlet="海報", **BARE),
        story("test:4", title="股市報道", body="<p>恒指上升。</p>", categories=("財經",), **BARE),
        story("test:5", title="體育新聞", body="<p>球賽延期。</p>", tags=(), authors=(), **BARE),
    )
    return {"old": old, "new": new, "other": other, "third": third, "plain": plain}


def chosen(*found: Article) -> QuerySet[Article]:
    return Article.objects.filter(pk__in=[article.pk for article in found])


def retitle(article: Article) -> None:
    article.title = "颱風警告"
    article.save()
    articles.record_edit(article, ["title"])


def correct(article: Article) -> None:
    article.body = "<p>今日照常。</p>"
    article.save()
    articles.record_edit(article, ["body"])


def untag(article: Article) -> None:
    article.tags.set([Tag.objects.get_or_create(name="新標籤")[0]])
    articles.record_edit(article, ["tags"])


Change = Callable[[dict[str, Article]], object]
REVIEW, FAILED = Article.Status.NEEDS_REVIEW, Article.Status.CAPTURE_FAILED
CHANGES: dict[str, Change] = {
    "needs review": lambda a: articles.set_status(chosen(a["other"]), REVIEW),
    "a failed capture": lambda a: articles.set_status(chosen(a["third"]), FAILED),
    "one copy withdrawn": lambda a: articles.withdraw(chosen(a["old"]), "錯"),
    "the copy shown to be reviewed": lambda a: articles.set_status(chosen(a["new"]), REVIEW),
    "all copies withdrawn": lambda a: articles.withdraw(chosen(a["old"], a["new"]), "錯"),
    "stories merged": lambda a: articles.group(chosen(a["other"], a["third"])),
    "a story split": lambda a: articles.split(a["old"]),
    "split and withdrawn": lambda a: (
        articles.split(a["old"]),
        articles.withdraw(chosen(a["old"]), "錯"),
    ),
    "another title": lambda a: retitle(a["other"]),
    "another text": lambda a: correct(a["other"]),
    "another tag": lambda a: untag(a["new"]),
    "withdrawn and published again": lambda a: (
        articles.withdraw(chosen(a["other"]), "錯"),
        articles.publish(chosen(a["other"])),
    ),
}
ASKED: list[dict[str, str]] = [
    {},
    {"group": "off"},
    {"sort": "oldest"},
    {"q": "渡輪"},
    {"q": f'"{ONLY_THERE}"'},
    {"q": f'"{ONLY_THERE}"', "outlet": "海報"},
    {"q": "題目:天氣 OR 題目:颱風"},
    {"q": "-渡輪"},
    {"q": '"今日 停航"~5'},
    {"q": "tag:渡輪"},
    {"q": "習近平 渡輪 恒指"},
    {"tag": "渡輪專題"},
    {"tag": "新標籤"},
    {"not_outlet": "海報"},
    {"q": "渡倫專題"},
]
TYPED = ["渡輪", "唯一", "天氣", "颱風", "海", "新標", "股市"]
