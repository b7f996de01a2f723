"""The only way to change an article outside admin forms. Every change writes its outbox row in the same
transaction, by hand: signals are not sent for bulk work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.types import ParsedArticle, Standing
from newsarchive.models import Article, Image, ImportRun, Outcome, RawFile, Story
from newsarchive.runtime.write_lock import turn

from . import agencies, article_rows, copies, disambiguation, outbox, source_precedence
from .name_cache import Vocabulary
from .source_precedence import Change
from .storable import storable

Pair = tuple[RawFile, ParsedArticle]


@dataclass(frozen=True, slots=True)
class Saved:
    article: int
    outcome: Outcome
    reason: str = ""


@turn()
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
    group = disambiguation.told_apart(group)
    known = {
        article.identity: article
        for article in _locked().filter(identity__in=[parsed.identity for _, parsed in group])
    }
    fresh = _create([pair for pair in group if pair[1].identity not in known], run, vocabulary)
    saved: list[Saved] = []
    shown: list[tuple[Article, ParsedArticle, frozenset[str]]] = []
    for raw, parsed in group:
        if article := fresh.get(parsed.identity):
            shown.append((article, parsed, article_rows.PARTS))
            saved.append(Saved(article.pk, *_result(parsed, Outcome.IMPORTED)))
        else:
            article = known[parsed.identity]
            result, parts = _add_version(article, raw, parsed, vocabulary)
            shown.append((article, parsed, parts))
            saved.append(result)
    article_rows.remove_parts([(article, parts) for article, _, parts in shown if article.identity in known])
    article_rows.add_parts(shown, vocabulary)
    ended = _hand_group((article, parsed) for article, parsed, _ in shown if parsed.identity in fresh)
    outbox.enqueue(sorted(ended | copies.regroup([article for article, _, _ in shown])))
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
            **article_rows.columns(parsed, vocabulary),
            **source_precedence.status(parsed),
            **_curated(parsed),
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


def _curated(parsed: ParsedArticle) -> dict[str, object]:
    if parsed.curated is None:
        return {}
    return {
        "edited_fields": list(parsed.curated.edited_fields),
        "source_values": parsed.curated.source_values,
        "source_changes": parsed.curated.source_changes,
        "grouped_by_hand": bool(parsed.curated.story),
    }


def _hand_group(articles: Iterable[tuple[Article, ParsedArticle]]) -> set[int]:
    """Puts together what the curators of an exported archive had grouped. Returns the stories that end."""
    ended = set()
    for article, parsed in articles:
        if parsed.curated is None or not parsed.curated.story:
            continue
        first = Article.objects.filter(identity=parsed.curated.story, grouped_by_hand=True).first()
        if first is not None and first.story_id != article.story_id:
            ended.add(article.story_id)
            Article.objects.filter(pk=article.pk).update(story=first.story_id)
            article.story_id = first.story_id
    Story.objects.filter(pk__in=ended).delete()
    return ended


def _add_version(
    article: Article, raw: RawFile, parsed: ParsedArticle, vocabulary: Vocabulary
) -> tuple[Saved, frozenset[str]]:
    """Keeps the file as a version of `article` and shows it when it is the better one. Returns which
    rows beside the article have to be written anew."""
    outcome, reason = _result(parsed, Outcome.UPDATED)
    parts: frozenset[str] = frozenset()
    if source_precedence.replaces(article, parsed):
        changes = source_precedence.apply(article, parsed, vocabulary)
        article.raw = raw
        article.save()
        parts = _parts(changes)
    else:
        reason = "Kept as another version; the article goes on showing the one it has."
    RawFile.objects.filter(pk=raw.pk).update(article=article, outcome=outcome)
    return Saved(article.pk, outcome, reason), parts


def _parts(changes: Iterable[Change]) -> frozenset[str]:
    return frozenset(change.field for change in changes) & article_rows.PARTS


@turn()
def show_again(
    files: Sequence[tuple[int, Sequence[Pair]]], vocabulary: Vocabulary, *, dry_run: bool = False
) -> dict[int, list[Change]]:
    """After its files were parsed anew, each article shows what its best one says now; articles by number,
    files in the order of their arrival. Returns what changed. Nothing is written where nothing did."""
    ready = {pk: [(raw, storable(parsed, raw)) for raw, parsed in own] for pk, own in files}
    found = {article.pk: article for article in _locked().filter(pk__in=ready)}
    best = {pk: source_precedence.best(own) for pk, own in ready.items() if own and pk in found}
    vocabulary.learn([parsed for _, parsed in best.values()])
    changed: dict[int, list[Change]] = {}
    taken = {article.identity for article in found.values()}
    for pk, (raw, parsed) in best.items():
        article = found[pk]
        noted = dict(article.source_changes)
        changes = [*_rename(article, parsed, taken), *source_precedence.apply(article, parsed, vocabulary)]
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
    if dry_run:
        transaction.set_rollback(True)
    else:
        _write_again({pk: (found[pk], best[pk][1], changes) for pk, changes in changed.items()}, vocabulary)
    return changed


def _rename(article: Article, parsed: ParsedArticle, taken: set[str]) -> list[Change]:
    """A better reading of the same file may name the article otherwise, unless another has that name."""
    new, old = parsed.identity, article.identity
    if new in taken or Article.objects.filter(identity=new).exists():
        return []
    taken.add(new)
    article.identity = new
    return [Change("identity", old, new)]


def _write_again(
    changed: dict[int, tuple[Article, ParsedArticle, list[Change]]], vocabulary: Vocabulary
) -> None:
    for article, _, _ in changed.values():
        article.save()
    article_rows.remove_parts([(article, _parts(changes)) for article, _, changes in changed.values()])
    article_rows.add_parts(
        [(a, parsed, _parts(changes)) for a, parsed, changes in changed.values()], vocabulary
    )
    everyone = [article for article, _, _ in changed.values()]
    outbox.enqueue(sorted(copies.separate(everyone) | copies.regroup(everyone)))


def _locked() -> QuerySet[Article]:
    return (
        Article.objects.select_for_update(of=("self",))
        .select_related("outlet")
        .prefetch_related("images", "authorships__author", "categories", "tags")
    )


@turn()
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
    stories = {article.story_id for article in found}
    copies.choose_canonical(stories)
    outbox.enqueue(sorted(stories), takes_away=status != Article.Status.PUBLISHED)
    return len(found)


def withdraw(articles: QuerySet[Article], reason: str) -> int:
    """`reason` is shown on the page that stays behind."""
    if not reason.strip():
        raise ValueError("a withdrawal has a reason")
    return set_status(articles, Article.Status.WITHDRAWN, reason)


def publish(articles: QuerySet[Article]) -> int:
    return set_status(articles, Article.Status.PUBLISHED)


@turn()
def record_edit(article: Article, changed_fields: Iterable[str]) -> None:
    """After a curator's form has saved `changed_fields`: model fields, or images, authors, categories
    and tags for the rows beside the article. A "source changed" under them is settled by this."""
    record_edits([(article, set(changed_fields))])


@turn()
def record_edits(edits: Sequence[tuple[Article, set[str]]]) -> None:
    for article, fields in edits:
        new = fields - set(article.edited_fields) - set(article.source_values)
        if new:
            article.source_values |= source_precedence.source_values(article, new)
        _touch(article, fields)
        _settle(article, fields)
    _group_again(edits)


@turn()
def dismiss_source_change(article: Article, field: str) -> None:
    """The curator's value stays; the same source says no more that it changed."""
    article.refresh_from_db()
    _check_changed(article, field)
    _settle(article, {field})
    article.save(update_fields=["source_values", "source_changes", "changed_at"])


@turn()
def accept_source_change(article: Article, field: str) -> None:
    """The shown file's value takes the place of the curator's, and imports may change it again. What can't
    change alone (a date's precision, a text's pictures) comes with it. Raises UnreadableFile when an
    importer has become too strict for the file."""
    article.refresh_from_db()
    _check_changed(article, field)
    group = source_precedence.together({field})
    parsed = source_precedence.read(article.raw)
    vocabulary = Vocabulary()
    vocabulary.learn([parsed])
    article.edited_fields = [name for name in article.edited_fields if name not in group]
    for name in group:
        article.source_values.pop(name, None)
        article.source_changes.pop(name, None)
    changes = source_precedence.apply(article, parsed, vocabulary, only=group)
    article.save()
    article_rows.remove_parts([(article, _parts(changes))])
    article_rows.add_parts([(article, parsed, _parts(changes))], vocabulary)
    _group_again([(article, {change.field for change in changes})])


def _check_changed(article: Article, field: str) -> None:
    if field not in article.source_changes:
        raise ValueError(f"the source of {field} has not changed")


def _settle(article: Article, fields: set[str]) -> None:
    """What the source says of these fields now is known."""
    for field in fields & set(article.source_changes):
        article.source_values[field] = article.source_changes.pop(field)


def _group_again(edits: Sequence[tuple[Article, set[str]]]) -> None:
    """Saves the edits' traces. Another title or day may make one a copy of others; none leaves its story."""
    traces = ["edited_fields", "source_values", "source_changes", "story_key", "changed_at"]
    for article, _ in edits:
        article.story_key = copies.key(article.title, article.published_on)
        article.save(update_fields=traces)
    before = {article.story_id for article, _ in edits}
    renamed = [article for article, fields in edits if fields & _OF_A_COPY]
    copies.choose_canonical(before)
    outbox.enqueue(sorted(before | copies.regroup(renamed)), takes_away=bool(renamed))


_OF_A_COPY = frozenset({"title", "published_on", "published_at", "body"})


@turn()
def group(articles: QuerySet[Article]) -> int:
    """By a curator's hand one story, with all the copies that these have already; no import changes it
    from now on. Returns the story's number. Raises ValueError for none."""
    numbers = set(articles.order_by().values_list("story_id", flat=True))
    if not numbers:
        raise ValueError("no articles to group")
    target = min(numbers)
    Article.objects.filter(story_id__in=numbers).update(
        story=target, grouped_by_hand=True, changed_at=timezone.now()
    )
    Story.objects.filter(pk__in=numbers - {target}).delete()
    copies.choose_canonical({target})
    outbox.enqueue(sorted(numbers), takes_away=True)
    return target


@turn()
def split(article: Article) -> int:
    """By a curator's hand a story of its own. Returns its number; what is left goes on as it was."""
    article.refresh_from_db()
    before = article.story_id
    if Article.objects.filter(story=before).exclude(pk=article.pk).exists():
        article.story = Story.objects.create()
    article.grouped_by_hand = True
    article.save(update_fields=["story", "grouped_by_hand", "changed_at"])
    copies.choose_canonical({before, article.story_id})
    outbox.enqueue(sorted({before, article.story_id}), takes_away=True)
    return article.story_id


@turn()
def name_agencies(found: QuerySet[Article], before: Agencies, after: Agencies) -> None:
    """After the table of agencies changed: the credits and agencies that an import would give today. Where a
    curator edited the pictures their credits stay; what the source says of them is noted anew, or the next
    import would take the table's change for the source's."""
    changed: list[Image] = []
    stories = set()
    for article in found.prefetch_related("images"):
        by_hand = "images" in article.edited_fields
        for image in article.images.all():
            new = agencies.split_again(image.caption, image.credit, before, after, by_hand=by_hand)
            if new != (image.credit, image.agency):
                image.credit, image.agency = new
                changed.append(image)
                stories.add(article.story_id)
        if by_hand and _split_source_again(article, before, after):
            article.save(update_fields=["source_values", "source_changes"])
    Image.objects.bulk_update(changed, ["credit", "agency"], batch_size=200)
    touched = {image.article_id for image in changed}
    Article.objects.filter(pk__in=touched).update(changed_at=timezone.now())
    outbox.enqueue(sorted(stories))


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
