"""Writing the best of its files to each article: its columns and related rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import QuerySet

from newsarchive.archive import article_rows, history, outbox, ranks, source_precedence
from newsarchive.archive.identity.placing import Pair
from newsarchive.archive.name_cache import NameCache
from newsarchive.archive.source_precedence import Change
from newsarchive.importers.types import ParsedArticle
from newsarchive.models import Article

from . import rows, stories


def show(
    ready: Mapping[int, Sequence[Pair]], name_cache: NameCache, record: history.Record
) -> dict[int, list[Change]]:
    """Shows the best of these files on each article."""
    found = {article.pk: article for article in locked().filter(pk__in=ready)}
    best = {pk: ranks.best_file(own) for pk, own in ready.items() if own and pk in found}
    name_cache.learn([parsed for _, parsed in best.values()])
    changed: dict[int, list[Change]] = {}
    taken = {article.identity for article in found.values()}
    for pk, (raw, parsed) in best.items():
        article = found[pk]
        noted = dict(article.source_changes)
        changes = [*_rename(article, parsed, taken), *source_precedence.apply(article, parsed, name_cache)]
        if raw.pk != article.raw_id:
            changes.append(Change("raw", article.raw_id, raw.pk))
        changes += [
            Change(f"source of {field}", noted.get(field), article.source_changes.get(field))
            for field in sorted({*noted, *article.source_changes})
            if noted.get(field) != article.source_changes.get(field)
        ]
        if changes:
            article.raw = raw
            changed[pk] = changes
    with record.of(changed):
        _write_again({pk: (found[pk], best[pk][1], changes) for pk, changes in changed.items()}, name_cache)
        stories.find_copies(list(found.values()))
    return changed


def _rename(article: Article, parsed: ParsedArticle, taken: set[str]) -> list[Change]:
    """A better importer may give the same file another identity: the article takes it, unless another article
    has it."""
    new, old = parsed.identity, article.identity
    if new in taken or Article.objects.filter(identity=new).exists():
        return []
    taken.add(new)
    article.identity = new
    return [Change("identity", old, new)]


def _write_again(
    changed: dict[int, tuple[Article, ParsedArticle, list[Change]]], name_cache: NameCache
) -> None:
    for article, _, _ in changed.values():
        article.save()
    rows.remove_parts([(article, touched_parts(changes)) for article, _, changes in changed.values()])
    rows.add_parts(
        [(a, parsed, touched_parts(changes)) for a, parsed, changes in changed.values()], name_cache
    )
    everyone = [article for article, _, _ in changed.values()]
    outbox.enqueue(sorted(stories.separate(everyone) | stories.regroup(everyone)))


def locked() -> QuerySet[Article]:
    return (
        Article.objects.select_for_update(of=("self",))
        .select_related("outlet")
        .prefetch_related("images", "authorships__author", "categories", "tags")
    )


def touched_parts(changes: Iterable[Change]) -> frozenset[str]:
    return frozenset(change.field for change in changes) & article_rows.PARTS
