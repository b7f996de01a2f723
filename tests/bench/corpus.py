"""The articles of a benchmark: files read by the project's own importers, once, and kept.

A cache folder holds, for each corpus (by the digest of its file) and each number of articles:
`articles.pickle`, a stream of articles, and `files.zip`, the files that they were read from.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import pickle
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from newsarchive.data import seed_data
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.html.safe_subset import plain_text
from newsarchive.importers.types import ParsedArticle, SourceFile, Standing
from newsarchive.ingest.containers.limits import Limits
from newsarchive.ingest.inputs import Reader
from newsarchive.ingest.parse_pool import Parsers
from search.engines.document import IndexDocument

_LIMITS = Limits(file_bytes=32 << 20, archive_members=1_000_000, archive_bytes=64 << 30, ratio=200)
_BATCH = 400  # files


@dataclass(frozen=True, slots=True)
class Article:
    """A file that readers would find. Failed captures are left out."""

    path: str  # inside the corpus
    document: IndexDocument
    html: str  # the body as the database keeps it; the document has its plain text


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles on disk, in a folder that also takes the indexes built from them."""

    name: str
    digest: str  # of the file they came from
    folder: Path
    count: int
    characters: int  # in titles and bodies

    def articles(self) -> Iterator[Article]:
        return _read(self.folder / "articles.pickle")

    def documents(self) -> Iterator[IndexDocument]:
        return documents(self.folder / "articles.pickle")

    @property
    def files(self) -> Path:
        return self.folder / "files.zip"


def documents(path: Path) -> Iterator[IndexDocument]:
    return (article.document for article in _read(path))


def load(source: Path, cache: Path, *, count: int = 0) -> Corpus:
    """`count` articles spread evenly over the corpus; 0 or more than there are: all."""
    digest = _digest(source)
    everything = cache / digest / "articles.pickle"
    if not everything.exists():
        print(f"reading {source} …", flush=True)
        _write(everything, _parsed(source))
    total = sum(1 for _ in _rows(everything))
    count = min(count or total, total)
    folder = cache / digest / str(count)
    if not (folder / "files.zip").exists():
        chosen = {position * total // count for position in range(count)}
        articles = (article for number, article in enumerate(_read(everything)) if number in chosen)
        paths = _write(folder / "articles.pickle", articles)
        _write_files(folder / "files.zip", source, set(paths))
    characters = sum(
        len(document.title) + len(document.body) for document in documents(folder / "articles.pickle")
    )
    return Corpus(source.name, digest, folder, count, characters)


_AGENCIES = Agencies(seed_data.agencies())


def _digest(source: Path) -> str:
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


def _parsed(source: Path) -> Iterator[Article]:
    numbers = itertools.count(1)
    files = (file for file in Reader([source], _LIMITS) if isinstance(file, SourceFile))
    with Parsers(os.cpu_count() or 1, _AGENCIES) as parsers:
        while batch := list(itertools.islice(files, _BATCH)):
            results = [parsed for job in parsers.submit(batch) for parsed in parsers.collect(job)]
            for file, parsed in zip(batch, results, strict=True):
                if parsed.article and parsed.article.standing is not Standing.STUB:
                    yield Article(file.path, _document(next(numbers), parsed.article), parsed.article.body)


def _document(number: int, parsed: ParsedArticle) -> IndexDocument:
    """What `search.documents` makes of the article's rows, without a database between."""
    credits = [image.credit for image in parsed.images if image.credit]
    return IndexDocument(
        story_id=number,
        title=parsed.title,
        body=plain_text(parsed.body),
        captions=_unique([item.caption for item in (*parsed.images, *parsed.embeds)]),
        credits=_unique(credits),
        authors=_unique([author.name for author in parsed.authors]),
        outlet=parsed.outlet,
        categories=_unique(parsed.categories),
        tags=_unique(parsed.tags),
        other=_unique(
            [
                *(parsed.byline, parsed.column),
                *(image.alt for image in parsed.images),
                *(embed.title for embed in parsed.embeds),
                *(link.text for link in parsed.related),
            ]
        ),
        day=parsed.published.day if parsed.published else None,
        language=parsed.language,
        has_image=any(image.src for image in parsed.images),
        agencies=_unique([_AGENCIES.name_in(credit) for credit in credits]),
    )


def _unique(values: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value.strip()))


def _write(path: Path, articles: Iterator[Article]) -> list[str]:
    """Plain values, so that the cache outlives changes of the classes. Returns the articles' paths."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    paths = []
    with beside.open("wb") as file:
        for article in articles:
            paths.append(article.path)
            pickle.dump((article.path, asdict(article.document), article.html), file, protocol=5)
    beside.replace(path)
    return paths


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any], str]]:
    with path.open("rb") as file:
        while True:
            try:
                yield pickle.load(file)
            except EOFError:
                return


def _read(path: Path) -> Iterator[Article]:
    for name, fields, html in _rows(path):
        yield Article(name, IndexDocument(**fields), html)


def _write_files(path: Path, source: Path, wanted: set[str]) -> None:
    beside = path.with_suffix(".new")
    with zipfile.ZipFile(beside, "w") as archive:
        for file in Reader([source], _LIMITS):
            if isinstance(file, SourceFile) and file.path in wanted:
                archive.writestr(file.path, file.data)
    beside.replace(path)
