"""Crawls and files of records, damaged: files that were read and reasons, and nothing else."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path
from random import Random
from typing import Final

from newsarchive.importers.types import SourceFile
from newsarchive.ingest.containers.limits import Refused
from newsarchive.ingest.inputs import Reader
from tests.newsarchive.archive.making import LIMITS
from tests.newsarchive.ingest import crawls, exports, test_records

_ROWS: Final = "\n".join(map(json.dumps, test_records.ROWS))
_SEEDS: Final = (
    crawls.response(1) + crawls.response(2),
    crawls.packed(crawls.response(1), crawls.record("revisit", crawls.SITE, crawls.answer(b""), digest="A")),
    gzip.compress(crawls.arc(1)),
    crawls.arc(1),
    _ROWS.encode(),
    json.dumps(test_records.ROWS).encode(),
    test_records.TABLE.format("\t").encode("gb18030"),
    *(text.encode() for text in (test_records.RSS, test_records.WXR)),
    *(text.encode() for text in (test_records.WISENEWS_HTML, test_records.WISENEWS_TEXT)),
    *(text.encode() for text in (test_records.TELEGRAM, test_records.FACTIVA)),
    json.dumps({"status": "ok", "articles": test_records.ROWS}).encode(),
    exports.workbook(("標題", "內容"), ("渡輪停航", "渡輪公司昨日宣布。")),
    *(exports.docx(exports.WISENEWS_WORD), exports.docx(cells=exports.FACTIVA_CODED)),
    *(exports.rtf(exports.FACTIVA_PLAIN), exports.rtf(cells=exports.FACTIVA_CODED)),
    exports.page(exports.WISENEWS_WORD).encode(),
    exports.mhtml(exports.factiva_html()),
)


def make(random: Random) -> bytes:
    data = bytearray(random.choice(_SEEDS))
    for _ in range(random.randint(0, 6)):
        at = random.randint(0, len(data))
        end = min(len(data), at + random.randint(0, 60))
        match random.randint(0, 3):
            case 0:
                data[at:end] = b""
            case 1:
                data[at:at] = data[at:end]
            case 2:
                del data[at:]
            case 3:
                data[at:end] = random.randbytes(random.randint(0, 9))
    return bytes(data)


def check(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data"
        path.write_bytes(data)
        assert all(isinstance(item, SourceFile | Refused) for item in Reader([path], LIMITS))
