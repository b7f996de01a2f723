"""Which article each file of a batch belongs to, considering also the archive's files of the same identities.
This module only decides; `articles` writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Q

from newsarchive.archive import article_rows, source_precedence
from newsarchive.errors import UnreadableFile
from newsarchive.importers.html.safe_subset import plain_text
from newsarchive.importers.types import ParsedArticle
from newsarchive.messages import Message
from newsarchive.models import Article, RawFile

from . import disambiguation
from .disambiguation import SHARED, File, Group

Pair = tuple[RawFile, ParsedArticle]


@dataclass(frozen=True, slots=True)
class Rename:
    """The new identity of an article of the archive."""

    article: int
    identity: str
    shared_identity: str | None
    shared: bool  # whether it has the problem "address shared"


@dataclass(slots=True)
class Placement:
    files: list[Pair]  # the files of the batch, each with the identity of its article
    renames: list[Rename] = field(default_factory=list)
    # Files of the archive that belong to another article than now.
    moves: list[Pair] = field(default_factory=list)
    # For the articles that lose files: the files that remain.
    stays: dict[int, list[Pair]] = field(default_factory=dict)


def place(batch: Sequence[Pair]) -> Placement:
    """Places the files of an import, which are all new. Cheap when no identity occurs twice."""
    bases = [base(parsed) for _, parsed in batch]
    known = _known(set(bases))
    crowded = {_base_of(article) for article in known} | {name for name in bases if bases.count(name) > 1}
    if not crowded:
        return Placement(list(batch))
    new = [
        file_of(parsed, raw.sha256, number)
        for number, (raw, parsed) in enumerate(batch)
        if bases[number] in crowded
    ]
    read = _read(known, {})
    groups = _decide(new, read)
    placement = _placement(groups, read)
    placement.files = list(batch)
    for group in groups:
        for file in group.files:
            if isinstance(file.key, int):
                raw, parsed = batch[file.key]
                placement.files[file.key] = (raw, _called(parsed, group))
    return placement


def place_again(files: Mapping[int, Sequence[Pair]]) -> Placement:
    """Places the files of articles that were parsed again, by article id. `stays` holds all of these
    articles."""
    bases = {base(parsed) for own in files.values() for _, parsed in own}
    here = {article.pk: article for article in _loaded(Q(pk__in=files))}
    others = [article for article in _known(bases) if article.pk not in here]
    crowded = {_base_of(article) for article in others}
    several: dict[str, set[int]] = defaultdict(set)
    for pk, own in files.items():
        for _, parsed in own:
            several[base(parsed)].add(pk)
    together = {name for name, numbers in several.items() if len(numbers) > 1} | crowded
    meant = {
        pk
        for pk, own in files.items()
        if len(own) > 1 or here[pk].shared_identity or any(base(parsed) in together for _, parsed in own)
    }
    apart = {pk: list(own) for pk, own in files.items() if pk not in meant}
    if not meant:
        return Placement([], stays=apart)
    read = _read([*(here[pk] for pk in sorted(meant)), *others], {pk: files[pk] for pk in meant})
    groups = _decide([], read)
    placement = _placement(groups, read, also=meant)
    placement.stays |= apart
    return placement


def shown_files(identities: Collection[str]) -> dict[str, dict[int, File]]:
    """By identity: the shown files of the articles that have it or share it, by article id."""
    found: dict[str, dict[int, File]] = defaultdict(dict)
    known = _known(identities)
    raws = RawFile.objects.defer("packed").in_bulk([article.raw_id for article in known])
    for article in known:
        found[_base_of(article)][article.pk] = _shown(article, raws[article.raw_id])
    return found


def base(parsed: ParsedArticle) -> str:
    """The identity that the file gives."""
    return parsed.shared_identity or disambiguation.base_of(parsed.identity)


def _base_of(article: Article) -> str:
    return article.shared_identity or disambiguation.base_of(article.identity)


def _known(bases: Collection[str]) -> list[Article]:
    wanted = Q(identity__in=bases) | Q(shared_identity__in=bases)
    feeds = [name for name in bases if name.startswith("feed:")]
    if feeds and Article.objects.filter(title_key=None, identity__startswith="feed:").exists():
        for name in feeds:  # from before the column `shared_identity` existed
            wanted |= Q(identity__startswith=f"{name}-", title_key=None)
    return _loaded(wanted)


def _loaded(wanted: Q) -> list[Article]:
    return list(
        Article.objects.filter(wanted)
        .only(
            *("identity", "shared_identity", "title", "body", "published_on", "captured_at", "standing"),
            *("raw_id", "edited_fields", "source_values", "problems"),
        )
        .prefetch_related("images")
        .order_by("id")
    )


def _read(articles: Sequence[Article], parsed: Mapping[int, Sequence[Pair]]) -> _Read:
    """Also loads the articles of every identity that a file of these gives: an article of an older archive
    may hold files of several identities."""
    found = list(articles)
    while True:
        read = _Read(found, parsed)
        there = {article.pk for article in found}
        known = _known({file.base for file in read.files()})
        more = [article for article in known if article.pk not in there]
        if not more:
            return read
        found += more


class _Read:
    """The files of some of the archive's articles. A file is parsed only where its article does not hold the
    same data."""

    def __init__(self, articles: Sequence[Article], parsed: Mapping[int, Sequence[Pair]]) -> None:
        self.articles = {article.pk: article for article in articles}
        self.article_of: dict[File, int] = {}
        self.raw_of: dict[File, int] = {}
        self._parsed: dict[int, Pair] = {raw.pk: (raw, file) for own in parsed.values() for raw, file in own}
        for pk, own in parsed.items():
            for raw, file in own:
                self._add(pk, raw.pk, file_of(file, raw.sha256, ("raw", raw.pk)))
        rest = [pk for pk in self.articles if pk not in parsed]
        raws: dict[int, list[RawFile]] = defaultdict(list)
        for raw in RawFile.objects.filter(article__in=rest).defer("packed").order_by("id"):
            if raw.article_id is not None:
                raws[raw.article_id].append(raw)
        for pk in rest:
            self._add_all(self.articles[pk], raws[pk])

    def _add(self, article: int, raw: int, file: File) -> None:
        self.article_of[file] = article
        self.raw_of[file] = raw

    def _add_all(self, article: Article, raws: Sequence[RawFile]) -> None:
        for raw in raws:
            if raw.pk == article.raw_id and not article.edited_fields:
                self._add(article.pk, raw.pk, _shown(article, raw))
                continue
            try:
                file = source_precedence.read(raw)
            # Today's importer is stricter and refuses the file: it stays with its article.
            except UnreadableFile:
                file = None
            if file is not None:
                self._parsed[raw.pk] = (raw, file)
                self._add(article.pk, raw.pk, file_of(file, raw.sha256, ("raw", raw.pk)))
            elif raw.pk == article.raw_id:
                self._add(article.pk, raw.pk, _shown(article, raw))

    def files(self) -> list[File]:
        return list(self.article_of)

    def pair(self, file: File) -> Pair:
        number = self.raw_of[file]
        if number not in self._parsed:
            raw = RawFile.objects.get(pk=number)
            self._parsed[number] = (raw, source_precedence.read(raw))
        return self._parsed[number]

    def owners(self, groups: Sequence[Group]) -> dict[Group, int]:
        """Which article continues with which group: the group of its anchor file. When two articles have
        their anchors in one group, there are fewer owners than articles."""
        group_of = {file: group for group in groups for file in group.files}
        anchors = {pk: self._anchor(article) for pk, article in self.articles.items()}
        return {group_of[file]: pk for pk, file in reversed(anchors.items()) if file is not None}

    def _anchor(self, article: Article) -> File | None:
        """The file that a curator's values belong to: the one whose values they replaced, or else the shown
        one."""
        own = [file for file, pk in self.article_of.items() if pk == article.pk]
        shown = next((file for file in own if self.raw_of[file] == article.raw_id), own[0] if own else None)
        if len(own) < 2 or not article.source_values:
            return shown
        return max(own, key=lambda file: (self._agreement(article, file), file is shown))

    def _agreement(self, article: Article, file: File) -> int:
        """How many of the source values that curators replaced are this file's."""
        said = article_rows.as_json(self.pair(file)[1])
        return sum(said.get(field) == value for field, value in article.source_values.items())


def _decide(new: Sequence[File], read: _Read) -> list[Group]:
    """When grouping all files anew would leave an article of the archive without files, the archive's files
    stay where they are and only the new ones are placed."""
    groups = disambiguation.grouped([*read.files(), *new])
    if len(read.owners(groups)) == len(set(read.article_of.values())):
        return groups
    seeds: dict[tuple[int, str], list[File]] = defaultdict(list)
    for file, pk in read.article_of.items():
        seeds[pk, file.base].append(file)
    return disambiguation.grouped(new, seeds=list(seeds.values()))


def _placement(groups: Sequence[Group], read: _Read, *, also: Collection[int] = ()) -> Placement:
    """`also`: articles whose files are included in `stays` though they lose none."""
    placement = Placement([])
    owners = read.owners(groups)
    moving = {
        at
        for group in groups
        for file in group.files
        if (at := read.article_of.get(file)) is not None and at != owners.get(group)
    }
    for group in groups:
        owner = owners.get(group)
        if owner is not None:
            rename = _rename(owner, group)
            if _differs(read.articles[owner], rename):
                placement.renames.append(rename)
        for file in group.files:
            at = read.article_of.get(file)
            if at is None or not (at != owner or at in moving or at in also):
                continue
            raw, parsed = read.pair(file)
            target = placement.moves if at != owner else placement.stays.setdefault(at, [])
            target.append((raw, _called(parsed, group)))
    for own in (placement.moves, *placement.stays.values()):
        own.sort(key=lambda pair: pair[0].pk)
    return placement


def _rename(article: int, group: Group) -> Rename:
    own = group.base if group.identity != group.base else None
    return Rename(article, group.identity, own, group.shared)


def _differs(article: Article, rename: Rename) -> bool:
    return (article.identity, article.shared_identity, _says_shared(article)) != (
        rename.identity,
        rename.shared_identity,
        rename.shared,
    )


def _says_shared(article: Article) -> bool:
    return any(problem["code"] == SHARED for problem in article.problems)


def _called(parsed: ParsedArticle, group: Group) -> ParsedArticle:
    problems = tuple(problem for problem in parsed.problems if problem.code != SHARED)
    return replace(
        parsed,
        identity=group.identity,
        shared_identity=group.base if group.identity != group.base else "",
        problems=(*problems, Message(SHARED)) if group.shared else problems,
    )


def file_of(parsed: ParsedArticle, digest: str, key: object = None) -> File:
    curated = parsed.curated
    under = curated.source_values.get("body") if curated else None
    return File(
        key=key,
        base=base(parsed),
        digest=digest,
        title=parsed.title,
        texts=tuple(plain_text(body) for body in (parsed.body, under) if isinstance(body, str)),
        pictures=_addresses(image.src for image in parsed.images),
        day=parsed.published.day if parsed.published else None,
        captured=parsed.captured_at,
        standing=parsed.standing,
        name=curated.identity if curated else "",
    )


def _shown(article: Article, raw: RawFile) -> File:
    """The file as its article shows it, without parsing."""
    return File(
        key=("raw", raw.pk),
        base=_base_of(article),
        digest=raw.sha256,
        title=article.title,
        texts=(plain_text(article.body),),
        pictures=_addresses(image.src for image in article.images.all()),
        day=article.published_on,
        captured=article.captured_at,
        standing=article.standing,
        name=article.identity if raw.format == "newsarchive_export" else "",
    )


def _addresses(sources: Iterable[str]) -> frozenset[str]:
    return frozenset(sources) - {""}
