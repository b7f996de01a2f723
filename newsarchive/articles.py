"""The only way to change an article outside admin forms. Every change writes its outbox row in the same
transaction, by hand: signals are not sent for bulk work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from . import contents, outbox, versions
from .errors import UnreadableFile
from .importers import registry
from .importers.types import ParsedArticle, SourceFile, Standing
from .models import Article, ImportRun, Outcome, RawFile, Story
from .storable import storable
from .vocabulary import Vocabulary

_RANK: Final[dict[str, int]] = {Standing.STUB: 0, Standing.TRUNCATED: 1, Standing.ARTICLE: 2}

Pair = tuple[RawFile, ParsedArticle]


@dataclass(frozen=True, slots=True)
class Saved:
    article: int
    outcome: Outcome
    reason: str = ""


@transaction.atomic
def save_parsed(batch: Sequence[Pair], run: ImportRun, vocabulary: Vocabulary) -> list[Saved]:
    """In the order given; each RawFile is in the database already and is linked to its article here.

    A new identity makes an article and a story. A known one brings another version of its file: the
    fuller text is shown (a stub never replaces a text), then the later capture, then the later import.
    """
    ready = [(raw, storable(parsed, raw)) for raw, parsed in batch]
    vocabulary.learn([parsed for _, parsed in ready])
    return [saved for group in _without_repeats(ready) for saved in _save_group(group, run, vocabulary)]


def _without_repeats(batch: Sequence[Pair]) -> Iterator[list[Pair]]:
    """Cut where an identity comes again: the result is then that of saving one by one, row for row."""
    group: list[Pair] = []
    identities: set[str] = set()
    for raw, parsed in batch:
        if parsed.identity in identities:
            yield group
            group, identities = [], set()
        group.append((raw, parsed))
        identities.add(parsed.identity)
    if group:
        yield group


def _save_group(group: Sequence[Pair], run: ImportRun, vocabulary: Vocabulary) -> list[Saved]:
    known = {
        article.identity: article
        for article in Article.objects.select_for_update()
        .filter(identity__in=[parsed.identity for _, parsed in group])
        .prefetch_related("images", "authorships__author", "categories", "tags")
    }
    fresh = _create([pair for pair in group if pair[1].identity not in known], run, vocabulary)
    saved: list[Saved] = []
    shown: list[tuple[Article, ParsedArticle, frozenset[str]]] = []
    for raw, parsed in group:
        if article := fresh.get(parsed.identity):
            shown.append((article, parsed, contents.PARTS))
            saved.append(Saved(article.pk, *_result(parsed, Outcome.IMPORTED)))
        else:
            article = known[parsed.identity]
            result, parts = _add_version(article, raw, parsed, vocabulary)
            shown.append((article, parsed, parts))
            saved.append(result)
    contents.remove_parts([(article, parts) for article, _, parts in shown if article.identity in known])
    contents.add_parts(shown, vocabulary)
    outbox.enqueue(sorted(versions.regroup([article for article, _, _ in shown])))
    return saved


def _result(parsed: ParsedArticle, outcome: Outcome) -> tuple[Outcome, str]:
    if parsed.standing is Standing.STUB:
        return Outcome.QUARANTINED, parsed.standing_reason
    return outcome, ""


def _create(group: Sequence[Pair], run: ImportRun, vocabulary: Vocabulary) -> dict[str, Article]:
    """By identity; the rows beside them are still to come."""
    if not group:
        return {}
    stories = Story.objects.bulk_create(Story() for _ in group)
    articles = Article.objects.bulk_create(
        Article(
            identity=parsed.identity,
            story=story,
            raw=raw,
            run=run,
            **contents.columns(parsed, vocabulary),
            **_status(parsed),
        )
        for story, (raw, parsed) in zip(stories, group, strict=True)
    )
    own = Article.objects.filter(story=OuterRef("pk")).values("pk")
    Story.objects.filter(pk__in=[story.pk for story in stories]).update(canonical=Subquery(own))
    for outcome in (Outcome.IMPORTED, Outcome.QUARANTINED):
        files = [raw.pk for raw, parsed in group if _result(parsed, Outcome.IMPORTED)[0] == outcome]
        own = Article.objects.filter(raw=OuterRef("pk")).values("pk")
        RawFile.objects.filter(pk__in=files).update(article=Subquery(own), outcome=outcome)
    return {article.identity: article for article in articles}


def _status(parsed: ParsedArticle) -> dict[str, Any]:
    if parsed.standing is Standing.STUB:
        return {"status": Article.Status.CAPTURE_FAILED, "status_reason": parsed.standing_reason}
    return {"status": Article.Status.PUBLISHED, "status_reason": ""}


def _add_version(
    article: Article, raw: RawFile, parsed: ParsedArticle, vocabulary: Vocabulary
) -> tuple[Saved, frozenset[str]]:
    """Keeps the file as a version of `article` and shows it when it is the better one. Returns which
    rows beside the article have to be written anew."""
    outcome, reason = _result(parsed, Outcome.UPDATED)
    parts: frozenset[str] = frozenset()
    if _replaces(article, parsed):
        kept_off = _kept_off(article)
        if kept_off:
            _note_source_changes(article, parsed, kept_off)
        values = contents.columns(parsed, vocabulary)
        if article.status == Article.Status.CAPTURE_FAILED:
            values |= _status(parsed)
        for field, value in values.items():
            if field not in kept_off:
                setattr(article, field, value)
        article.raw = raw
        article.save()
        parts = contents.changed_parts(article, parsed) - kept_off
    else:
        reason = "Kept as another version; the article goes on showing the one it has."
    RawFile.objects.filter(pk=raw.pk).update(article=article, outcome=outcome)
    return Saved(article.pk, outcome, reason), parts


def _replaces(article: Article, parsed: ParsedArticle) -> bool:
    if _RANK[parsed.standing] != _RANK[article.standing]:
        return _RANK[parsed.standing] > _RANK[article.standing]
    if parsed.captured_at is not None and article.captured_at is not None:
        return parsed.captured_at >= article.captured_at
    return True


def _kept_off(article: Article) -> frozenset[str]:
    """What a curator touched, with what can't change without it."""
    touched = frozenset(article.edited_fields)
    for together in (contents.DATES, contents.TEXT):
        if touched & together:
            touched |= together
    return touched | {"status_reason"} if "status" in touched else touched


def _note_source_changes(article: Article, parsed: ParsedArticle, fields: Iterable[str]) -> None:
    """What the file says now under a curator's value, where the file shown so far said something else."""
    new = contents.as_json(parsed)
    try:
        source = registry.parse(SourceFile(article.raw.path, article.raw.data))
        old = contents.as_json(storable(source, article.raw))
    except UnreadableFile:  # its importer has become stricter since
        old = {}
    for field in fields:
        if field in new and new[field] != old.get(field):
            article.source_changes[field] = new[field]


@transaction.atomic
def set_status(articles: QuerySet[Article], status: Article.Status, reason: str = "") -> int:
    """By a curator's hand: imports keep off it from now on. Returns how many articles there were."""
    now = timezone.now()
    found = list(articles.only("id", "story_id", "edited_fields"))
    for article in found:
        article.status = status
        article.status_reason = reason
        article.status_changed_at = now
        _touch(article, {"status"})
        article.save(
            update_fields=["status", "status_reason", "status_changed_at", "edited_fields", "changed_at"]
        )
    outbox.enqueue(dict.fromkeys(article.story_id for article in found))
    return len(found)


def withdraw(articles: QuerySet[Article], reason: str) -> int:
    """`reason` is shown on the page that stays behind."""
    if not reason.strip():
        raise ValueError("a withdrawal has a reason")
    return set_status(articles, Article.Status.WITHDRAWN, reason)


def publish(articles: QuerySet[Article]) -> int:
    return set_status(articles, Article.Status.PUBLISHED)


@transaction.atomic
def record_edit(article: Article, changed_fields: Iterable[str]) -> None:
    """After a curator's form has saved `changed_fields`: model fields, or images, authors, categories
    and tags for the rows beside the article. A "source changed" under them is settled by this."""
    fields = set(changed_fields)
    _touch(article, fields)
    article.source_changes = {
        field: value for field, value in article.source_changes.items() if field not in fields
    }
    article.save(update_fields=["edited_fields", "source_changes", "changed_at"])
    outbox.enqueue([article.story_id])


def _touch(article: Article, fields: set[str]) -> None:
    article.edited_fields = sorted({*article.edited_fields, *fields})
