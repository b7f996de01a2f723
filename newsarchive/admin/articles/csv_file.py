"""The filtered list as a file for spreadsheets: with a byte-order mark, CRLF, and cells escaped that would
run as formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.http import StreamingHttpResponse
from django.utils import timezone

from newsarchive.archive import export
from newsarchive.models import Article
from newsarchive.runtime.number_lists import slices

_MORE: Final = ("identity", "status_reason", "problems", "edited_fields")


class _Line:
    """A file object whose `write` returns the text, for csv.writer."""

    def write(self, text: str) -> str:
        return text


def answer(numbers: Sequence[int]) -> StreamingHttpResponse:
    """The articles in the order given, streamed, so that memory stays flat."""
    response = StreamingHttpResponse(_lines(numbers), content_type="text/csv; charset=utf-8")
    name = f"articles-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _more(article: Article) -> list[object]:
    """Problems and reasons, worded as in the report of an import."""
    record = export.whole_record(article)
    return [record[key] for key in _MORE]


def _lines(numbers: Sequence[int]) -> Iterator[str]:
    writer: Any = csv.writer(_Line())
    yield "\ufeff" + writer.writerow([*export.FIELDS, *_MORE])
    for chunk in slices(numbers, export.CHUNK):
        found = export.prefetched(Article.objects.filter(pk__in=chunk)).in_bulk()
        for article in (found[pk] for pk in chunk if pk in found):
            values = [*export.record(article).values(), *_more(article)]
            yield writer.writerow([export.cell(value) for value in values])
