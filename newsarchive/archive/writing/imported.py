"""Saving what files say: new files of an import, and stored files that were parsed again."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from newsarchive.archive import history, outbox
from newsarchive.archive.identity import placing
from newsarchive.archive.identity.disambiguation import SHARED
from newsarchive.archive.identity.placing import Pair, Placement, Rename
from newsarchive.archive.name_cache import NameCache
from newsarchive.archive.source_precedence import Change
from newsarchive.archive.storable import storable
from newsarchive.messages import Message
from newsarchive.models import Article, ImportRun, RawFile
from newsarchive.runtime.write_lock import holding_write_lock

from . import saving, stories
from .former_identities import given_up, taken
from .saving import Saved
from .showing import show


@holding_write_lock()
def save_parsed(batch: Sequence[Pair], run: ImportRun, name_cache: NameCache) -> list[Saved]:
    """Saves the files in the order given. Each RawFile is in the database already and is linked to its
    article here.

    A new identity makes an article and a story. A file with a known identity is a further file of that
    article if the texts agree (`disambiguation`); of its files the fullest is shown (a stub never replaces a
    text), then the latest capture, then the latest import. If the texts don't agree, the file makes an
    article of its own, and both get the problem that they share an identity.
    """
    ready = [(raw, storable(parsed, raw)) for raw, parsed in batch]
    name_cache.learn([parsed for _, parsed in ready])
    placement = placing.place(ready)
    _rearrange(placement, run, name_cache)
    return saving.save(placement.files, run, name_cache)


@holding_write_lock()
def show_again(
    files: Sequence[tuple[int, Sequence[Pair]]],
    name_cache: NameCache,
    record: history.Record,
    *,
    dry_run: bool = False,
) -> dict[int, list[Change]]:
    """After their files were parsed again, each article shows what its best file says now. Articles by id,
    files in the order of arrival. A file that turns out to be another article's becomes an article of its
    own. Returns what changed; nothing is written where nothing did."""
    parsed_files = {pk: [(raw, storable(parsed, raw)) for raw, parsed in own] for pk, own in files}
    placement = placing.place_again(parsed_files)
    changed = _described(placement)
    _rename_all(placement.renames)
    for pk, changes in show(placement.stays, name_cache, record).items():
        changed.setdefault(pk, []).extend(changes)
    runs = {raw.pk: raw.run for raw, _ in placement.moves}
    for raw, parsed in placement.moves:
        (saved,) = _move([(raw, parsed)], runs[raw.pk], name_cache)
        changed.setdefault(saved.article, []).append(Change("files", [], [raw.path]))
    if dry_run:
        transaction.set_rollback(True)
    return changed


def _rearrange(placement: Placement, run: ImportRun, name_cache: NameCache) -> None:
    """Changes identities of the archive's articles and moves files between them. Rare: only where files of
    one identity disagree."""
    _rename_all(placement.renames)
    if placement.moves:
        show(placement.stays, name_cache, history.Record(None, history.Action.Kind.IMPORT, run))
        _move(placement.moves, run, name_cache)


def _move(moves: Sequence[Pair], run: ImportRun, name_cache: NameCache) -> list[Saved]:
    """Saves files of the archive that move to the article of their identity, as if they were imported now."""
    name_cache.learn([parsed for _, parsed in moves])
    RawFile.objects.filter(pk__in=[raw.pk for raw, _ in moves]).update(article=None)
    return saving.save(sorted(moves, key=lambda pair: pair[0].pk), run, name_cache)


def _rename_all(renames: Sequence[Rename]) -> None:
    """Identities are unique and two articles may swap theirs, so all get temporary ones first."""
    found = Article.objects.in_bulk([rename.article for rename in renames])
    before = [(pk, article.identity) for pk, article in found.items()]
    for pk in found:
        Article.objects.filter(pk=pk).update(identity=f"renaming:{pk}")
    for rename in renames:
        article = found[rename.article]
        article.identity, article.shared_identity = rename.identity, rename.shared_identity
        others = [problem for problem in article.problems if problem["code"] != SHARED]
        article.problems = [*others, Message(SHARED).as_json()] if rename.shared else others
        article.save(update_fields=["identity", "shared_identity", "problems", "changed_at"])
    taken(article.identity for article in found.values())
    given_up(before)
    numbers = {article.story_id for article in found.values()}
    stories.choose_canonical(numbers)
    outbox.enqueue(sorted(numbers))


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
