"""Saving new files: each makes an article, or becomes a further file of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from newsarchive.archive import article_rows, history, outbox, ranks, source_precedence
from newsarchive.archive.identity.disambiguation import SHARED
from newsarchive.archive.identity.placing import Pair
from newsarchive.archive.name_cache import NameCache
from newsarchive.importers.types import ParsedArticle, Standing
from newsarchive.messages import Message
from newsarchive.models import Article, ImportRun, Outcome, RawFile, Story

from . import rows, stories
from .former_identities import given_up, taken
from .showing import locked, touched_parts


@dataclass(frozen=True, slots=True)
class Saved:
    article: int
    outcome: Outcome
    reason: Message | None = None
    # Problems that only show when the file is compared with the archive's others.
    problems: tuple[Message, ...] = ()


def save(files: Sequence[Pair], run: ImportRun, name_cache: NameCache) -> list[Saved]:
    return [saved for group in _without_repeats(files) for saved in _save_group(group, run, name_cache)]


def _without_repeats(batch: Sequence[Pair]) -> Iterator[list[Pair]]:
    """Splits the batch wherever an identity occurs again, so that the result is row for row that of saving
    the files one by one."""
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


def _save_group(group: Sequence[Pair], run: ImportRun, name_cache: NameCache) -> list[Saved]:
    known = {
        article.identity: article
        for article in locked().filter(identity__in=[parsed.identity for _, parsed in group])
    }
    record = history.Record(None, history.Action.Kind.IMPORT, run)
    fresh: dict[str, Article] = {}
    with record.of([a.pk for a in known.values()], fresh=lambda: [a.pk for a in fresh.values()]):
        return _save_recorded(group, known, fresh, run, name_cache)


def _save_recorded(
    group: Sequence[Pair],
    known: dict[str, Article],
    fresh: dict[str, Article],
    run: ImportRun,
    name_cache: NameCache,
) -> list[Saved]:
    """Files whose identity is not in `known` become articles, which are added to `fresh`."""
    fresh |= _create([pair for pair in group if pair[1].identity not in known], run, name_cache)
    taken(fresh)
    saved: list[Saved] = []
    shown: list[tuple[Article, ParsedArticle, frozenset[str]]] = []
    for raw, parsed in group:
        if article := fresh.get(parsed.identity):
            shown.append((article, parsed, article_rows.PARTS))
            saved.append(Saved(article.pk, *_result(parsed, Outcome.IMPORTED), _shared(parsed)))
        else:
            article = known[parsed.identity]
            result, parts = _add_file(article, raw, parsed, name_cache)
            shown.append((article, parsed, parts))
            saved.append(result)
    rows.remove_parts([(article, parts) for article, _, parts in shown if article.identity in known])
    rows.add_parts(shown, name_cache)
    given_up(
        [
            (article.pk, name)
            for article, parsed, _ in shown
            if parsed.curated
            for name in parsed.curated.former_identities
        ]
    )
    ended = _hand_group((article, parsed) for article, parsed, _ in shown if parsed.identity in fresh)
    updated = [known[parsed.identity] for raw, parsed in group if _shows(known.get(parsed.identity), raw)]
    if updated:  # an article whose text was replaced may no longer be a copy of its story's others
        ended |= stories.separate(updated)
    outbox.enqueue(sorted(ended | stories.regroup([article for article, _, _ in shown])))
    return saved


def _shows(article: Article | None, raw: RawFile) -> bool:
    return article is not None and article.raw_id == raw.pk


def _shared(parsed: ParsedArticle) -> tuple[Message, ...]:
    return tuple(problem for problem in parsed.problems if problem.code == SHARED)


def _result(parsed: ParsedArticle, outcome: Outcome) -> tuple[Outcome, Message | None]:
    if parsed.standing is Standing.STUB:
        return Outcome.QUARANTINED, parsed.standing_reason
    return outcome, None


def _create(group: Sequence[Pair], run: ImportRun, name_cache: NameCache) -> dict[str, Article]:
    """New articles by identity; their related rows are written afterwards."""
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
            **article_rows.columns(parsed, name_cache),
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
    """Groups what the curators of an exported archive had grouped. Returns the stories that were merged into
    others."""
    ended = set()
    for article, parsed in articles:
        if parsed.curated is None or not parsed.curated.story:
            continue
        first = Article.objects.filter(identity=parsed.curated.story, grouped_by_hand=True).first()
        if first is not None and first.story_id != article.story_id:
            ended.add(article.story_id)
            stories.move(Article.objects.filter(pk=article.pk), first.story_id)
            article.story_id = first.story_id
    Story.objects.filter(pk__in=ended).delete()
    return ended


def _add_file(
    article: Article, raw: RawFile, parsed: ParsedArticle, name_cache: NameCache
) -> tuple[Saved, frozenset[str]]:
    """Links the file to `article` and shows it when it is better than the shown one. Returns which related
    rows have to be written again."""
    outcome, reason = _result(parsed, Outcome.UPDATED)
    parts: frozenset[str] = frozenset()
    if ranks.replaces(article, raw, parsed):
        changes = source_precedence.apply(article, parsed, name_cache)
        article.raw = raw
        article.save()
        parts = touched_parts(changes)
    else:
        reason = Message("kept_as_copy")
    RawFile.objects.filter(pk=raw.pk).update(article=article, outcome=outcome)
    return Saved(article.pk, outcome, reason, _shared(parsed)), parts
