"""Crawls of our own making: WARC, ARC and WACZ files, whole and damaged."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path

from tests.newsarchive.importers.samples import PAGE, PARAGRAPHS

SITE = "https://www.harbour.example/news/"


def page(number: int, body: str = PARAGRAPHS) -> bytes:
    text = PAGE.format(body=body).replace("/news/20211117/ferry", f"/news/{number}")
    return text.replace("渡輪停航一周", f"渡輪停航{number}周").encode()


def answer(
    body: bytes, *, kind: str = "text/html; charset=utf-8", status: str = "200 OK", more: str = ""
) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}\r\n".encode() + body


def record(
    kind: str,
    address: str,
    block: bytes,
    *,
    length: int | None = None,
    digest: str = "",
    date: str = "2021-11-18T01:30:00Z",
) -> bytes:
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nWARC-Date: {date}\r\n"
        f"WARC-Record-ID: <urn:uuid:{hashlib.md5(block + date.encode()).hexdigest()}>\r\n"
        + (f"WARC-Payload-Digest: sha1:{digest}\r\n" if digest else "")
        + f"Content-Type: application/http; msgtype={kind}\r\nContent-Length:"
        f" {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def response(number: int, **values: object) -> bytes:
    return record("response", f"{SITE}{number}", answer(page(number)), **values)  # type: ignore[arg-type]


def packed(*records: bytes) -> bytes:
    """As crawlers write .warc.gz: each record a member of its own."""
    return b"".join(map(gzip.compress, records))


def arc(number: int) -> bytes:
    block = answer(page(number))
    version = "1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n\n"
    head = f"filedesc://a.arc 0.0.0.0 20211118013000 text/plain {len(version)}\n{version}"
    return (
        head.encode()
        + f"\n{SITE}{number} 1.2.3.4 20211118013000 text/html {len(block)}\n".encode()
        + block
        + b"\n"
    )


def wacz(
    path: Path, crawl: bytes, *, listed: list[str] | None = None, digest: str = "", signed: bool = False
) -> Path:
    resources = [
        {"path": "archive/data.warc", "hash": "sha256:" + (digest or hashlib.sha256(crawl).hexdigest())}
    ]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.warc", crawl)
        archive.writestr("datapackage.json", json.dumps({"profile": "data-package", "resources": resources}))
        if listed is not None:
            lines = [{"format": "json-pages-1.0"}, *({"url": address} for address in listed)]
            archive.writestr("pages/pages.jsonl", "\n".join(map(json.dumps, lines)))
        if signed:
            data = {"signedData": {"domain": "sign.example", "created": "2021-11-18T02:00:00Z"}}
            archive.writestr("datapackage-digest.json", json.dumps(data))
    path.write_bytes(buffer.getvalue())
    return path
