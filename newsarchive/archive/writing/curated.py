"""Curators' decisions about articles, and the marks that keep imports from changing them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils import timezone

from newsarchive.archive import agencies, copies, outbox, source_precedence, visibility
from newsarchive.archive.name_cache import NameCache
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.models import Article, Image
from newsarchive.runtime.write_lock import holding_write_lock

from . import rows, stories
from .showing import touched_parts

_OF_A_COPY = frozenset({"title", "published_on", "published_at", "body"})


@holding_write_lock()
def set_status(articles: QuerySet[Article], status: Article.Status, reason: str = "") -> int:
    """Sets the status by a curator's decision, which imports leave unchanged. Returns how many articles there
    were."""
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
    numbers = {article.story_id for article in found}
    stories.choose_canonical(numbers)
    outbox.enqueue(sorted(numbers), takes_away=visibility.hides(status))
    return len(found)


def withdraw(articles: QuerySet[Article], reason: str) -> int:
    """`reason` is shown on the page that remains (410)."""
    if not reason.strip():
        raise ValueError("a withdrawal has a reason")
    return set_status(articles, Article.Status.WITHDRAWN, reason)


def publish(articles: QuerySet[Article]) -> int:
    return set_status(articles, Article.Status.PUBLISHED)


@holding_write_lock()
def record_edit(article: Article, changed_fields: Iterable[str]) -> None:
    """Call after a curator's form has saved `changed_fields`: model fields, or images, authors, categories
    and tags for the related rows. A noted change of the source in these fields counts as resolved."""
    record_edits([(article, set(changed_fields))])


@holding_write_lock()
def record_edits(edits: Sequence[tuple[Article, set[str]]]) -> None:
    for article, fields in edits:
        new = fields - set(article.edited_fields) - set(article.source_values)
        if new:
            article.source_values |= source_precedence.source_values(article, new)
        _touch(article, fields)
        _settle(article, fields)
    _group_again(edits)


@holding_write_lock()
def dismiss_source_change(article: Article, field: str) -> None:
    """Keeps the curator's value. The same value of the source is not reported as a change again."""
    article.refresh_from_db()
    _check_changed(article, field)
    _settle(article, {field})
    article.save(update_fields=["source_values", "source_changes", "changed_at"])


@holding_write_lock()
def accept_source_change(article: Article, field: str) -> None:
    """Replaces the curator's value by the shown file's, and lets imports change it again. Fields that can't
    change alone (a date's precision, a text's pictures) come with it. Raises UnreadableFile when today's
    importer refuses the file, DamagedRawFile when its bytes are damaged."""
    article.refresh_from_db()
    _check_changed(article, field)
    group = source_precedence.together({field})
    parsed = source_precedence.read(article.raw)
    name_cache = NameCache()
    name_cache.learn([parsed])
    article.edited_fields = [name for name in article.edited_fields if name not in group]
    for name in group:
        article.source_values.pop(name, None)
        article.source_changes.pop(name, None)
    changes = source_precedence.apply(article, parsed, name_cache, only=group)
    article.save()
    rows.remove_parts([(article, touched_parts(changes))])
    rows.add_parts([(article, parsed, touched_parts(changes))], name_cache)
    _group_again([(article, {change.field for change in changes})])


@holding_write_lock()
def restored(edits: Sequence[tuple[Article, set[str]]]) -> None:
    """Call after an undo has restored values of these fields together with their marks."""
    _group_again(edits)


@holding_write_lock()
def name_agencies(found: QuerySet[Article], before: Agencies, after: Agencies) -> None:
    """After the table of agencies changed: sets the credits and agencies that an import would give today.
    Credits of pictures that a curator edited stay; the source's values beside them are computed again, since
    otherwise the next import would report the change of the table as one of the source."""
    changed: list[Image] = []
    changed_stories = set()
    for article in found.prefetch_related("images"):
        by_hand = "images" in article.edited_fields
        for image in article.images.all():
            new = agencies.split_again(image.caption, image.credit, before, after, by_hand=by_hand)
            if new != (image.credit, image.agency):
                image.credit, image.agency = new
                changed.append(image)
                changed_stories.add(article.story_id)
        if by_hand and _split_source_again(article, before, after):
            article.save(update_fields=["source_values", "source_changes"])
    Image.objects.bulk_update(changed, ["credit", "agency"], batch_size=200)
    touched = {image.article_id for image in changed}
    Article.objects.filter(pk__in=touched).update(changed_at=timezone.now())
    outbox.enqueue(sorted(changed_stories))


def _check_changed(article: Article, field: str) -> None:
    if field not in article.source_changes:
        raise ValueError(f"the source of {field} has not changed")


def _settle(article: Article, fields: set[str]) -> None:
    """Records the source's present values of these fields as seen, and drops the noted changes."""
    for field in fields & set(article.source_changes):
        article.source_values[field] = article.source_changes.pop(field)


def _group_again(edits: Sequence[tuple[Article, set[str]]]) -> None:
    """Saves the marks of the edits, and looks for copies again. A new title or day may make an article a copy
    of others; none leaves its story."""
    keys = ["story_key", "title_key", "address_key"]
    traces = ["edited_fields", "source_values", "source_changes", *keys, "changed_at"]
    for article, _ in edits:
        copies.set_keys(article)
        article.save(update_fields=traces)
    before = {article.story_id for article, _ in edits}
    renamed = [article for article, fields in edits if fields & _OF_A_COPY]
    stories.choose_canonical(before)
    outbox.enqueue(sorted(before | stories.regroup(renamed)), takes_away=bool(renamed))


def _split_source_again(article: Article, before: Agencies, after: Agencies) -> bool:
    changed = False
    for values in (article.source_values, article.source_changes):
        for image in values.get("images") or ():
            credit, _ = agencies.split_again(image["caption"], image["credit"], before, after)
            changed |= credit != image["credit"]
            image["credit"] = credit
    return changed


def _touch(article: Article, fields: set[str]) -> None:
    article.edited_fields = sorted({*article.edited_fields, *fields})
