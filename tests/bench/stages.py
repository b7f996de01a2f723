"""What each stage of an import and of indexing takes: one process, processor time, files a second.

make bench-import CORPUS=FILE [ARGS="--files 5000"]
"""

from __future__ import annotations

import argparse
import itertools
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_BATCH = 500


def main() -> None:
    arguments = argparse.ArgumentParser(prog="make bench-import")
    arguments.add_argument("corpus", type=Path)
    arguments.add_argument("--files", type=int, default=5_000)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-stages-") as folder:
        os.environ["NEWSARCHIVE_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "newsarchive.settings"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        files, seconds = _run(asked.corpus, asked.files, Path(folder))
    print(f"{files:,} files of {asked.corpus.name}, one process, processor time\n")
    print("| stage | files/s | share |\n| --- | --- | --- |")
    whole = sum(seconds.values())
    for name, spent in seconds.items():
        print(f"| {name} | {files / spent:,.0f} | {spent / whole:.0%} |")


def _run(corpus: Path, files: int, folder: Path) -> tuple[int, dict[str, float]]:
    from newsarchive.archive import articles
    from newsarchive.archive.name_cache import NameCache
    from newsarchive.errors import UnreadableFile
    from newsarchive.importers import registry
    from newsarchive.importers.html import safe_subset
    from newsarchive.importers.types import ParsedArticle, SourceFile
    from newsarchive.ingest import run as ingest
    from newsarchive.ingest.inputs import Reader
    from newsarchive.models import Article, ImportRun, RawFile
    from search.engines.embedded.builder import build
    from search.indexing import documents
    from search.language.tokens import segmenter

    seconds: dict[str, float] = {}

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        began = time.process_time()
        yield
        seconds[name] = seconds.get(name, 0.0) + time.process_time() - began

    with stage("read and unpack"):
        reader = Reader([corpus], ingest.limits())
        sources = [item for item in itertools.islice(reader, files) if isinstance(item, SourceFile)]
    parsed: list[tuple[SourceFile, ParsedArticle]] = []
    with stage("parse"):
        for source in sources:
            try:
                parsed.append((source, registry.parse(source)))
            except UnreadableFile:
                continue
    with stage("clean once more"):
        for _, article in parsed:
            safe_subset.clean(article.body)
    with stage("digest and compress"):
        packed = [(RawFile.digest(source.data), RawFile.pack(source.data)) for source, _ in parsed]
    run, vocabulary = ImportRun.objects.create(), NameCache()
    regroup = articles.regroup

    def regroup_timed(rows: Sequence[Article]) -> set[int]:
        with stage("group"):
            return regroup(rows)

    articles.regroup = regroup_timed
    with stage("store"):
        for start in range(0, len(parsed), _BATCH):
            some = slice(start, start + _BATCH)
            raws = RawFile.objects.bulk_create(
                RawFile(sha256=digest, path=source.path, packed=data, size=len(source.data), run=run)
                for (source, _), (digest, data) in zip(parsed[some], packed[some], strict=True)
            )
            articles.save_parsed(
                list(zip(raws, (article for _, article in parsed[some]), strict=True)), run, vocabulary
            )
    seconds["store"] -= seconds["group"]
    with stage("read back for the index"):
        stories = list(documents.everything())
    segmenter().words("")  # the dictionary is loaded once
    index = folder / "index"
    index.mkdir()
    with stage("index: fold, segment, count, write"):
        build(stories, index, workers=1)
    return len(sources), seconds


if __name__ == "__main__":
    main()
