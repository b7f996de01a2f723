"""Stories as they are indexed: Article -> IndexDocument, of those that readers see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Count, QuerySet

from newsarchive.archive import agencies
from newsarchive.archive.visibility import visible
from newsarchive.importers.fields import columns, photographers
from newsarchive.importers.fields.agencies import NONE, Agencies
from newsarchive.importers.html.safe_subset import plain_text
from newsarchive.models import Article
from newsarchive.runtime.prepared_sql import Prepared
from search.engines.document import IndexDocument
from search.language.loosening import LINE
from search.query.fields import Field
from search.query.semantics import one_line

_BATCH = 400  # stories that `everything` has in memory together
_LISTED = 5_000  # story numbers in one query; with more the whole table is read


def load(story_ids: Iterable[int]) -> list[IndexDocument]:
    """Those of these stories that are visible, in the order of their numbers. Eight queries."""
    by_story: dict[int, list[Article]] = {}
    for article in whole(visible().filter(story_id__in=list(story_ids))):
        by_story.setdefault(article.story_id, []).append(article)
    names = agencies.table() if by_story else NONE
    return [document(copies, names) for _, copies in sorted(by_story.items())]


def everything() -> Iterator[IndexDocument]:
    """Every visible story, by number; a batch in memory at a time."""
    after = 0
    while True:
        stories = visible().filter(story_id__gt=after).order_by("story_id").values_list("story_id", flat=True)
        batch = list(stories.distinct()[:_BATCH])
        if not batch:
            return
        yield from load(batch)
        after = batch[-1]


def visible_stories() -> frozenset[int]:
    return frozenset(visible().order_by().values_list("story_id", flat=True).distinct())


def count_copies(story_ids: Sequence[int]) -> dict[int, int]:
    """Story -> how many visible copies it has. One query."""
    rows = visible().order_by()
    if len(story_ids) <= _LISTED:
        rows = rows.filter(story_id__in=story_ids)
    return dict(rows.values_list("story_id").annotate(copies=Count("id")))


def visible_copies(story_ids: Sequence[int]) -> dict[int, list[int]]:
    """Story -> the numbers of its visible copies, the one that is shown first. One query."""
    rows = _COPIES.rows(story_ids) if len(story_ids) <= _LISTED else _copies(visible())
    copies: dict[int, list[int]] = {}
    canonical: dict[int, int | None] = {}
    for story, number, best in rows:
        copies.setdefault(story, []).append(number)
        canonical[story] = best
    for story, numbers in copies.items():
        shown = canonical[story]
        first = shown if shown in numbers else numbers[-1]
        copies[story] = [first, *(number for number in numbers if number != first)]
    return copies


def _copies(articles: QuerySet[Article]) -> QuerySet[Article, tuple[int, int, int | None]]:
    return articles.order_by("id").values_list("story_id", "id", "story__canonical_id")


_COPIES = Prepared(lambda story_ids: _copies(visible().filter(story_id__in=story_ids)))


def whole(articles: QuerySet[Article]) -> QuerySet[Article]:
    return (
        articles.select_related("outlet", "story")
        .prefetch_related("images", "authorships__author", "authors", "categories", "tags")
        .order_by("story_id", "id")
    )


def shown_copy(copies: list[Article]) -> Article:
    """The copy of a story that is shown: its canonical one while that is visible, else the newest."""
    for article in copies:
        if article.story.canonical_id == article.pk:
            return article
    return copies[-1]


def document(copies: list[Article], names: Agencies = NONE) -> IndexDocument:
    """One story from its visible copies, of which there is at least one. `names` are no persons."""
    shown = shown_copy(copies)
    others = [article for article in copies if article.pk != shown.pk]
    images = list(shown.images.all())
    shown_captions = [image.caption for image in images] + [embed["caption"] for embed in shown.embeds]
    body = plain_text(shown.body, line_break=LINE)
    everyone = [shown, *others]
    pictures = list(dict.fromkeys(one for article in everyone for one in _pictures(article)))
    return IndexDocument(
        story_id=shown.story_id,
        title=shown.title,
        body=_body(shown, body, others),
        captions=tuple(caption for caption, _ in pictures),
        credits=tuple(credit for _, credit in pictures),
        authors=_unique(author.name for article in everyone for author in article.authors.all()),
        outlet=shown.outlet.name if shown.outlet else "",
        categories=_unique(category.name for article in everyone for category in article.categories.all()),
        tags=_unique(tag.name for article in everyone for tag in article.tags.all()),
        other=_unique(text for article in everyone for text in _beside(article)),
        day=shown.published_on,
        language=shown.language,
        has_image=any(image.src for image in images),
        agencies=_unique(image.agency for article in everyone for image in article.images.all()),
        further={
            Field.COLUMN: _unique(name for article in everyone for name in _columns(article)),
            Field.PHOTOGRAPHER: _unique(
                name for article in everyone for name in _photographers(article, names)
            ),
        },
        body_shown=len(body) if others else None,
        captions_shown=tuple(caption for caption in shown_captions if caption.strip()),
    )


def _pictures(article: Article) -> Iterator[tuple[str, str]]:
    """Caption and credit of each picture and video, a line each: those of a story stand in pairs."""
    for image in article.images.all():
        if image.caption.strip() or image.credit.strip():
            yield one_line(image.caption), one_line(image.credit)
    for embed in article.embeds:
        if embed["caption"].strip():
            yield one_line(embed["caption"]), ""


def _columns(article: Article) -> Iterator[str]:
    """Series and columns, as they are printed in the title and in the boxes about the authors."""
    yield article.column
    yield from columns.at_beginning(article.title)
    for authorship in article.authorships.all():
        yield from columns.at_beginning(authorship.printed_bio)


def _photographers(article: Article, names: Agencies) -> Iterator[str]:
    for image in article.images.all():
        yield from photographers.named_in(image.credit, image.caption, names)


def _body(shown: Article, text: str, others: list[Article]) -> str:
    """The text shown, then what only other copies say: headlines and paragraphs, each once."""
    if not others:
        return text
    paragraphs = text.split("\n")
    known = {shown.title, *paragraphs}
    for article in others:
        for paragraph in (article.title, *plain_text(article.body, line_break=LINE).split("\n")):
            if paragraph not in known:
                known.add(paragraph)
                paragraphs.append(paragraph)
    return "\n".join(paragraphs)


def _beside(article: Article) -> Iterator[str]:
    """What stands with an article and is not printed as its text."""
    yield article.byline
    number = article.identity.partition(":")[2].partition("~")[0]
    if number.isdecimal():  # the outlet's own number: hkcnews:47815
        yield number
    for image in article.images.all():
        yield image.alt
    for embed in article.embeds:
        yield embed["title"]
    for link in article.related:
        yield link["text"]


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    """In order, each once, blank ones left out."""
    return tuple(dict.fromkeys(value for value in values if value.strip()))
