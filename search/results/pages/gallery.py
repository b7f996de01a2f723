"""Pictures by what is printed under them: the query language, asked of captions and credits alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from newsarchive.archive import visibility
from newsarchive.models import Article, Image
from newsarchive.pictures import store
from newsarchive.pictures.store import Picture
from search.engines.base import Facet
from search.indexing import documents
from search.language.folding import search_text
from search.query import semantics
from search.query.parser import And, Field, Near, Not, Or, ParsedQuery, Query, Term
from search.query.tree import DateRange, Without

from .. import service
from ..caption_markup import Legend, legend
from ..highlight import Marker
from ..service import Parameters

FACETS: Final = (
    "photographer",
    "agency",
    "outlet",
    "year",
)  # those of a picture, where the index counts them
_MOST_OF_A_STORY: Final = 30  # pictures shown of one story; the others are on its page
_OF_A_PICTURE: Final = (Field.CAPTION, Field.CREDIT)


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture with its article. `legend` is marked; `copy` is the archive's own, if there is one."""

    image: Image
    article: Article
    legend: Legend
    copy: Picture | None

    @property
    def thumbnail(self) -> str:
        return self.copy.url(self.article.pk) if self.copy else ""


@dataclass(frozen=True, slots=True)
class Gallery:
    parsed: ParsedQuery
    parameters: Parameters
    total: int  # stories that have such pictures
    pages: int  # at least 1
    pictures: tuple[Shown, ...]
    facets: Mapping[Facet, list[tuple[str, int]]]
    partial: tuple[str, ...]  # parts searched instead, when the whole stands nowhere


def gallery(parameters: Parameters) -> Gallery:
    """The pictures of a page of stories. Raises IndexUnavailable."""
    with_pictures = {**parameters.filters.include, Facet.IMAGE: ("1",)}
    asked = replace(parameters, filters=replace(parameters.filters, include=with_pictures))
    answer = service.answer(asked, counts=True, narrowed=_under_pictures)
    hits = answer.hits
    return Gallery(
        parsed=answer.parsed,
        parameters=parameters,
        total=hits.total,
        pages=parameters.pages_of(hits.total),
        pictures=tuple(_pictures(answer.stories, answer.tree, parameters)),
        facets={facet: values for facet, values in hits.facets.items() if facet.value in FACETS},
        partial=hits.partial,
    )


def _under_pictures(tree: Query | None) -> Query | None:
    """What would be looked for anywhere is looked for in captions, which have the credits in them."""
    match tree:
        case And(parts) | Or(parts):
            return replace(tree, parts=tuple(filter(None, map(_under_pictures, parts))))
        case Not(part):
            return Not(_under_pictures(part) or part)
        case Term(field=Field.ANY | Field.TEXT) | Near(field=Field.TEXT) | Without(field=Field.TEXT):
            return replace(tree, field=Field.CAPTION)
        case _:
            return tree


def _pictures(stories: Collection[int], tree: Query | None, parameters: Parameters) -> Iterator[Shown]:
    copies = documents.visible_copies(list(stories))
    articles = _articles([number for numbers in copies.values() for number in numbers])
    marker = Marker(tree, texts=len(stories))
    own = _of_one_picture(tree)
    found: list[tuple[Article, Image]] = []
    for story in stories:
        for number in copies.get(story, ()):
            article = articles[number]
            images = [image for image in article.images.all() if _is_chosen(image, parameters)]
            fitting = [image for image in images if own is None or _fits(own, image)]
            # several captions together may hold what no single one does
            fitting = fitting or [image for image in images if _said(marker, image).marked]
            if fitting:
                found += [(article, image) for image in fitting[:_MOST_OF_A_STORY]]
                break
    local = store.local(image for _, image in found)
    for article, image in found:
        yield Shown(image, article, _said(marker, image), local.get(image.pk))


def _articles(numbers: list[int]) -> dict[int, Article]:
    rows = visibility.visible().select_related("outlet").defer("body").prefetch_related("images")
    return rows.in_bulk(numbers)


def _said(marker: Marker, image: Image) -> Legend:
    return legend(marker, image.caption, image.credit)


def _is_chosen(image: Image, parameters: Parameters) -> bool:
    """By the facets that are of a picture, not of its story. A photographer is a name in the credit."""
    for facet, values in parameters.filters.include.items():
        if facet is Facet.AGENCY and image.agency not in values:
            return False
        if facet.value == "photographer" and not any(name in _printed(image) for name in values):
            return False
    return bool(image.src or image.caption or image.credit)


def _printed(image: Image) -> str:
    return f"{image.caption}\n{image.credit}"


def _of_one_picture(tree: Query | None) -> Query | None:
    """The part of a query that a picture by itself can answer; None when it can answer nothing of it."""
    match tree:
        case And(parts):
            own = tuple(inner for part in parts if (inner := _of_one_picture(part)))
            return And(own) if own else None
        case Or(parts):
            every = [_of_one_picture(part) for part in parts]
            return None if None in every else replace(tree, parts=tuple(filter(None, every)))
        case Not(part):
            inner = _of_one_picture(part)
            return Not(inner) if inner else None
        case None | DateRange():
            return None
        case _:
            return tree if tree.field in _OF_A_PICTURE else None


def _fits(tree: Query, image: Image) -> bool:
    printed = {Field.CAPTION: _printed(image), Field.CREDIT: image.credit}
    folded = {field: search_text(text) for field, text in printed.items()}
    return semantics.matches(tree, folded, None, printed=printed)
