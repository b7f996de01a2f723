"""Which article each file of a batch belongs to, seen together with what the archive has of the same
identities. Decides only; `articles` writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Q

from newsarchive.errors import UnreadableFile
from newsarchive.importers.html.safe_subset import plain_text
from newsarchive.importers.types import ParsedArticle
from newsarchive.messages import Message
from newsarchive.models import Article, RawFile

from . import article_rows, disambiguation, source_precedence
from .disambiguation import SHARED, File, Group

Pair = tuple[RawFile, ParsedArticle]


@dataclass(frozen=True, slots=True)
class Rename:
    """What an article of the archive is called from now on."""

    article: int
    identity: str
    shared_identity: str | None
    shared: bool  # whether the problem stands beside it


@dataclass(slots=True)
class Placement:
    files: list[Pair]  # the batch, each under the identity of its article
    renames: list[Rename] = field(default_factory=list)
    moves: list[Pair] = field(default_factory=list)  # files of the archive that belong to another article
    stays: dict[int, list[Pair]] = field(default_factory=dict)  # what the articles that they leave have left


def place(batch: Sequence[Pair]) -> Placement:
    """Of an import: each file is new. Cheap where no identity comes twice."""
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
    """Of articles whose files were parsed anew, by number. `stays` has all of them."""
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
    """By identity: what the articles that have it, or share it, show."""
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
        for name in feeds:  # told apart before there was a column for it
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
    """With the articles of every identity that a file of these gives: that of an older archive may hold
    files of several."""
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
    """The files of articles of the archive, parsed only where their articles don't say the same."""

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
            except UnreadableFile:  # its importer has become stricter since: it stays where it is
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
        """Each article goes on with the group of its anchor; fewer owners than articles where two would
        go on with one group."""
        group_of = {file: group for group in groups for file in group.files}
        anchors = {pk: self._anchor(article) for pk, article in self.articles.items()}
        return {group_of[file]: pk for pk, file in reversed(anchors.items()) if file is not None}

    def _anchor(self, article: Article) -> File | None:
        """The file that curators' values belong to: the one they were written over, or else the shown one."""
        own = [file for file, pk in self.article_of.items() if pk == article.pk]
        shown = next((file for file in own if self.raw_of[file] == article.raw_id), own[0] if own else None)
        if len(own) < 2 or not article.source_values:
            return shown
        return max(own, key=lambda file: (self._agreement(article, file), file is shown))

    def _agreement(self, article: Article, file: File) -> int:
        """How many of the values under a curator's the file gives."""
        said = article_rows.as_json(self.pair(file)[1])
        return sum(said.get(field) == value for field, value in article.source_values.items())


def _decide(new: Sequence[File], read: _Read) -> list[Group]:
    """Where the files together would leave an article without any, its files stay and only new ones find a
    place."""
    groups = disambiguation.grouped([*read.files(), *new])
    if len(read.owners(groups)) == len(set(read.article_of.values())):
        return groups
    seeds: dict[tuple[int, str], list[File]] = defaultdict(list)
    for file, pk in read.article_of.items():
        seeds[pk, file.base].append(file)
    return disambiguation.grouped(new, seeds=list(seeds.values()))


def _placement(groups: Sequence[Group], read: _Read, *, also: Collection[int] = ()) -> Placement:
    """`also`: articles whose files are wanted though they lose none."""
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
    """As its article shows it."""
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
