"""Small invented inputs."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from newsarchive.archive import articles
from newsarchive.archive.articles import Saved
from newsarchive.archive.name_cache import NameCache
from newsarchive.importers.types import DateSource, ParsedArticle, Precision, Published
from newsarchive.ingest.containers.limits import Limits
from newsarchive.models import ImportRun, RawFile

LIMITS = Limits(file_bytes=1_000_000, archive_members=1_000, archive_bytes=100_000_000, ratio=200)
DAY = Published(date(2021, 3, 20), None, Precision.DAY, DateSource.FRONT_MATTER)


def post(
    number: int,
    *,
    title: str = "樹與海",
    body: str = "海邊有一棵樹，樹下坐著兩個人在說話，說了整整一個下午。",
    stamp: str = "20220117044434",
) -> bytes:
    """A file of the hkcnews backup. Its identity comes from `number`, its capture time from `stamp`."""
    address = f"https://www.hkcnews.com/article/{number}/x"
    return (
        f'---\ntitle: "{title}"\ndate: "2021-03-20"\nauthor: "記者陳甲"\n'
        'category: "眾聞"\ntags:\n  - "海"\n  - "樹"\n'
        f'url: "https://web.archive.org/web/{stamp}/{address}"\noriginal_url: "{address}"\n---\n\n{body}\n'
    ).encode()


def stub(number: int, *, stamp: str = "20220117044434") -> bytes:
    return post(number, title="Temporarily Offline", body="", stamp=stamp)


def parsed(identity: str = "test:1", **fields: object) -> ParsedArticle:
    values: dict[str, object] = {
        "format": "test",
        "title": "樹與海",
        "body": "<p>海邊有一棵樹。</p>",
        "identity": identity,
        "published": DAY,
    }
    return ParsedArticle(**(values | fields))  # type: ignore[arg-type]


def save(*files: ParsedArticle) -> list[Saved]:
    """Each as the next file of one new import."""
    run = ImportRun.objects.create()
    pairs = [(raw_file(run), file) for file in files]
    return articles.save_parsed(pairs, run, NameCache())


def raw_file(run: ImportRun, data: bytes | None = None) -> RawFile:
    data = f"file {RawFile.objects.count()}".encode() if data is None else data
    return RawFile.objects.create(
        sha256=RawFile.digest(data), path="file.md", size=len(data), packed=RawFile.pack(data), run=run
    )


def came_with(raw: RawFile, data: bytes) -> None:
    """As if these had been its bytes from the beginning."""
    raw.packed, raw.sha256, raw.size = RawFile.pack(data), RawFile.digest(data), len(data)
    raw.save()


def damage(raw: RawFile) -> None:
    """One bit of what is stored flips, as on a failing disk."""
    packed = bytearray(RawFile.objects.values_list("packed", flat=True).get(pk=raw.pk))
    packed[len(packed) // 2] ^= 1
    RawFile.objects.filter(pk=raw.pk).update(packed=bytes(packed))


def write_zip(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def tar_bytes(files: Mapping[str, bytes], *, format: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()
