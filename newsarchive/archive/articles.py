"""The only way to change an article outside admin forms. Every change writes its outbox row in the same
transaction, by hand: signals are not sent for bulk work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.types import ParsedArticle, Standing
from newsarchive.messages import Message
from newsarchive.models import Article, Image, ImportRun, Outcome, RawFile, Story
from newsarchive.runtime.write_lock import turn

from . import agencies, article_rows, copies, history, outbox, placing, source_precedence
from .disambiguation import SHARED
from .name_cache import Vocabulary
from .placing import Pair, Placement, Rename
from .source_precedence import Change
from .storable import storable


@dataclass(frozen=True, slots=True)
class Saved:
    article: int
    outcome: Outcome
    reason: Message | None = None
    problems: tuple[Message, ...] = ()  # seen only beside the archive's other files


@turn()
def save_parsed(batch: Sequence[Pair], run: ImportRun, vocabulary: Vocabulary) -> list[Saved]:
    """In the order given; each RawFile is in the database already and is linked to its article here.

    A new identity makes an article and a story. A known one brings another version of its file, if the
    texts agree (`namesakes`): the fuller text is shown (a stub never replaces a text), then the later
    capture, then the later import. If they don't, it is an article of its own, and both have the problem
    that they share an identity.
    """
    ready = [(raw, storable(parsed, raw)) for raw, parsed in batch]
    vocabulary.learn([parsed for _, parsed in ready])
    placement = placing.place(ready)
    _rearrange(placement, run, vocabulary)
    return _save(placement.files, run, vocabulary)


def _save(files: Sequence[Pair], run: ImportRun, vocabulary: Vocabulary) -> list[Saved]:
    return [saved for group in _without_repeats(files) for saved in _save_group(group, run, vocabulary)]


def _rearrange(placement: Placement, run: ImportRun, vocabulary: Vocabulary) -> None:
    """New names and places of what the archive has. Seldom: where files of one identity disagree."""
    _rename_all(placement.renames)
    if placement.moves:
        _show(placement.stays, vocabulary, history.Record(None, history.Action.Kind.IMPORT, run))
        _move(placement.moves, run, vocabulary)


def _move(moves: Sequence[Pair], run: ImportRun, vocabulary: Vocabulary) -> list[Saved]:
    """Files of the archive, each to the article of its identity: as if it came now."""
    vocabulary.learn([parsed for _, parsed in moves])
    RawFile.objects.filter(pk__in=[raw.pk for raw, _ in moves]).update(article=None)
    return _save(sorted(moves, key=lambda pair: pair[0].pk), run, vocabulary)


def _rename_all(renames: Sequence[Rename]) -> None:
    """First out of each other's way: identities are unique, and two may change places."""
    found = Article.objects.in_bulk([rename.article for rename in renames])
    for pk in found:
        Article.objects.filter(pk=pk).update(identity=f"renaming:{pk}")
    for rename in renames:
        article = found[rename.article]
        article.identity, article.shared_identity = rename.identity, rename.shared_identity
        others = [problem for problem in article.problems if problem["code"] != SHARED]
        article.problems = [*others, Message(SHARED).as_json()] if rename.shared else others
        article.save(update_fields=["identity", "shared_identity", "problems", "changed_at"])
    stories = {article.story_id for article in found.values()}
    copies.choose_canonical(stories)
    outbox.enqueue(sorted(stories))


def _without_repeats(batch: Sequence[Pair]) -> Iterator[list[Pair]]:
    """Cut where an article comes again: the result is then that of saving one by one, row for row."""
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
        for article in _locked().filter(identity__in=[parsed.identity for _, parsed in group])
    }
    record = history.Record(None, history.Action.Kind.IMPORT, run)
    fresh: dict[str, Article] = {}
    with record.of([a.pk for a in known.values()], fresh=lambda: [a.pk for a in fresh.values()]):
        return _save_recorded(group, known, fresh, run, vocabulary)


def _save_recorded(
    group: Sequence[Pair],
    known: dict[str, Article],
    fresh: dict[str, Article],
    run: ImportRun,
    vocabulary: Vocabulary,
) -> list[Saved]:
    """Those whose identity is not `known` become articles, and are put into `fresh`."""
    fresh |= _create([pair for pair in group if pair[1].identity not in known], run, vocabulary)
    saved: list[Saved] = []
    shown: list[tuple[Article, ParsedArticle, frozenset[str]]] = []
    for raw, parsed in group:
        if article := fresh.get(parsed.identity):
            shown.append((article, parsed, article_rows.PARTS))
            saved.append(Saved(article.pk, *_result(parsed, Outcome.IMPORTED), _shared(parsed)))
        else:
            article = known[parsed.identity]
            result, parts = _add_version(article, raw, parsed, vocabulary)
            shown.append((article, parsed, parts))
            saved.append(result)
    article_rows.remove_parts([(article, parts) for article, _, parts in shown if article.identity in known])
    article_rows.add_parts(shown, vocabulary)
    ended = _hand_group((article, parsed) for article, parsed, _ in shown if parsed.identity in fresh)
    updated = [known[parsed.identity] for raw, parsed in group if _shows(known.get(parsed.identity), raw)]
    if updated:  # a text that became another one is no copy of its copies any more
        ended |= copies.separate(updated)
    outbox.enqueue(sorted(ended | copies.regroup([article for article, _, _ in shown])))
    return saved


def _shows(article: Article | None, raw: RawFile) -> bool:
    return article is not None and article.raw_id == raw.pk


def _shared(parsed: ParsedArticle) -> tuple[Message, ...]:
    return tuple(problem for problem in parsed.problems if problem.code == SHARED)


def _result(parsed: ParsedArticle, outcome: Outcome) -> tuple[Outcome, Message | None]:
    if parsed.standing is Standing.STUB:
        return Outcome.QUARANTINED, parsed.standing_reason
    return outcome, None


def _create(group: Sequence[Pair], run: ImportRun, vocabulary: Vocabulary) -> dict[str, Article]:
    """By identity; the rows beside them are still to come."""
    if not group:
        return {}
    stories = Story.objects.bulk_create(Story() for _ in group)
    articles = Article.objects.bulk_create(
        Article(
            identity=parsed.identity,
            shared_identity=parsed.shared_identity or None,
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
            copies.move(Article.objects.filter(pk=article.pk), first.story_id)
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
    if source_precedence.replaces(article, raw, parsed):
        changes = source_precedence.apply(article, parsed, vocabulary)
        article.raw = raw
        article.save()
        parts = _parts(changes)
    else:
        reason = Message("kept_as_copy")
    RawFile.objects.filter(pk=raw.pk).update(article=article, outcome=outcome)
    return Saved(article.pk, outcome, reason, _shared(parsed)), parts


def _parts(changes: Iterable[Change]) -> frozenset[str]:
    return frozenset(change.field for change in changes) & article_rows.PARTS


@turn()
def show_again(
    files: Sequence[tuple[int, Sequence[Pair]]],
    vocabulary: Vocabulary,
    record: history.Record,
    *,
    dry_run: bool = False,
) -> dict[int, list[Change]]:
    """After its files were parsed anew, each article shows what its best one says now; articles by number,
    files in the order of their arrival. A file that is another article's becomes an article of its own.
    Returns what changed. Nothing is written where nothing did."""
    parsed_files = {pk: [(raw, storable(parsed, raw)) for raw, parsed in own] for pk, own in files}
    placement = placing.place_again(parsed_files)
    changed = _described(placement)
    _rename_all(placement.renames)
    for pk, changes in _show(placement.stays, vocabulary, record).items():
        changed.setdefault(pk, []).extend(changes)
    runs = {raw.pk: raw.run for raw, _ in placement.moves}
    for raw, parsed in placement.moves:
        (saved,) = _move([(raw, parsed)], runs[raw.pk], vocabulary)
        changed.setdefault(saved.article, []).append(Change("files", [], [raw.path]))
    if dry_run:
        transaction.set_rollback(True)
    return changed


def _described(placement: Placement) -> dict[int, list[Change]]:
    names = dict(
        Article.objects.filter(pk__in=[rename.article for rename in placement.renames]).values_list(
            "pk", "identity"
        )
    )
    changed: dict[int, list[Change]] = {
        rename.article: [Change("identity", names[rename.article], rename.identity)]
        for rename in placement.renames
        if names[rename.article] != rename.identity
    }
    owners = {raw.pk: raw.article_id for raw, _ in placement.moves}
    for raw, _ in placement.moves:
        owner = owners[raw.pk]
        assert owner is not None
        changed.setdefault(owner, []).append(Change("files", [raw.path], []))
    return changed


def _show(
    ready: Mapping[int, Sequence[Pair]], vocabulary: Vocabulary, record: history.Record
) -> dict[int, list[Change]]:
    """Each article shows the best of these files."""
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
    with record.of(changed):
        _write_again({pk: (found[pk], best[pk][1], changes) for pk, changes in changed.items()}, vocabulary)
        find_copies(list(found.values()))
    return changed


@turn()
def find_copies(articles: Sequence[Article]) -> dict[int, int]:
    """Of articles from before there were title keys. Returns the stories that end, with those they end in."""
    untold = [article for article in articles if article.title_key is None]
    for article in untold:
        article.title_key = copies.title_key(article.title)
    Article.objects.bulk_update(untold, ["title_key"])
    gone = copies.join(untold)
    copies.choose_canonical(set(gone.values()))
    outbox.enqueue(sorted({*gone, *gone.values()}))
    return gone


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
    importer has become too strict for the file, DamagedRawFile when its bytes are lost."""
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
    traces = ["edited_fields", "source_values", "source_changes", "story_key", "title_key", "changed_at"]
    for article, _ in edits:
        copies.set_keys(article)
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
    together = Article.objects.filter(story_id__in=numbers)
    copies.move(together, target, grouped_by_hand=True, changed_at=timezone.now())
    Story.objects.filter(pk__in=numbers - {target}).delete()
    copies.choose_canonical({target})
    outbox.enqueue(sorted(numbers), takes_away=True)
    return target


@turn()
def split(article: Article) -> int:
    """By a curator's hand a story of its own. Returns its number; what is left goes on as it was."""
    before = Article.objects.values_list("story_id", flat=True).get(pk=article.pk)
    shared = Article.objects.filter(story=before).exclude(pk=article.pk).exists()
    own = Story.objects.create().pk if shared else before
    alone = Article.objects.filter(pk=article.pk)
    copies.move(alone, own, grouped_by_hand=True, changed_at=timezone.now())
    article.refresh_from_db()
    copies.choose_canonical({before, own})
    outbox.enqueue(sorted({before, own}), takes_away=True)
    return own


@turn()
def put_in_story(article: Article, story: int | None, *, grouped_by_hand: bool) -> None:
    """For an undo: back into the story it was in, made again when it had ended; None: where it is."""
    before = Article.objects.values_list("story_id", flat=True).get(pk=article.pk)
    story = story or before
    Story.objects.get_or_create(pk=story)
    one = Article.objects.filter(pk=article.pk)
    copies.move(one, story, grouped_by_hand=grouped_by_hand, changed_at=timezone.now())
    if before != story and not Article.objects.filter(story=before).exists():
        Story.objects.filter(pk=before).delete()
    copies.choose_canonical({before, story})
    outbox.enqueue(sorted({before, story}), takes_away=True)


@turn()
def restored(edits: Sequence[tuple[Article, set[str]]]) -> None:
    """After an undo has put back values of these fields together with their marks."""
    _group_again(edits)


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
