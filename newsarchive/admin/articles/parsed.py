"""What today's importer makes of a raw file, field by field. Nothing is saved, and curators' edits don't
appear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsarchive.archive.source_precedence import read
from newsarchive.errors import UnreadableFile
from newsarchive.importers.types import ParsedArticle
from newsarchive.messages import Message, texts
from newsarchive.models import RawFile

from . import edit_diff

_LABELS: Final[dict[str, str | Promise]] = {
    "format": _("格式"),
    "standing_reason": _("不完整的原因"),
    "title_raw": _("標題的原字"),
    "outlet_homepage": _("媒體的網址"),
    "published": _("日期"),
    "updated_at": _("來源的更新時間"),
    "identity": _("識別"),
    "canonical_identity": _("正式識別"),
    "encoding": _("編碼"),
    "curated": _("另一個檔案庫的編輯"),
    "extra": _("未用的欄位"),
}


def rows(raw: RawFile) -> tuple[list[tuple[str, list[str]]], str]:
    """(label, lines) of every field that an importer gives; or why the file can't be read any more."""
    try:
        parsed = read(raw)
    except UnreadableFile as error:
        return [], texts.said(error.message)
    return [
        (str(_LABELS.get(field.name) or edit_diff.label(field.name)), list(_lines(parsed, field.name)))
        for field in fields(parsed)
    ], ""


def _lines(parsed: ParsedArticle, name: str) -> Iterator[str]:
    value: Any = getattr(parsed, name)
    if name == "problems":
        yield from map(texts.said, value)
    elif isinstance(value, Message):
        yield texts.said(value)
    elif name == "standing":
        yield from edit_diff.lines(edit_diff.named(name, value.value))
    elif name == "published" and value is not None:
        known = {"published_at": value.at, "published_on": value.day}
        yield said(known["published_at"] or known["published_on"])
        yield str(edit_diff.named("date_precision", value.precision.value))
        yield str(edit_diff.named("date_source", value.source.value))
    else:
        yield from _texts(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, date):
        yield said(value)
    elif isinstance(value, str):
        yield from value.splitlines()
    elif isinstance(value, dict):
        yield from (f"{key}: {item}" for key, item in value.items())
    elif isinstance(value, tuple):
        for item in value:
            yield item if isinstance(item, str) else _parts(item)
    elif value is not None:
        yield _parts(value)


def _parts(item: Any) -> str:
    given = ((field.name, getattr(item, field.name)) for field in fields(item))
    return " · ".join(f"{edit_diff.part(name)}: {value}" for name, value in given if value)


def said(value: date) -> str:
    """A day, or a time in the archive's time zone."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
