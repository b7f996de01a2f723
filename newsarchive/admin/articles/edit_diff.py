"""An edit as curators see it: each field with its old and new value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsarchive.archive import curation, text_diff, undo
from newsarchive.archive.history import UNSHOWN, Edit
from newsarchive.archive.text_diff import Stretch
from newsarchive.importers.types import DateSource, Precision
from newsarchive.messages import texts
from newsarchive.models import Article, Image

_LABELS: Final = {
    "outlet": _("媒體"),
    "authors": _("作者"),
    "categories": _("分類"),
    "tags": _("標籤"),
    "images": _("圖片"),
    "story": _("報道"),
    "reviewed": _("已審閱"),
    "raw_id": _("所示檔案"),
    "published_offset": _("時差（分鐘）"),
    "date_precision": _("日期精確度"),
    "date_source": _("日期來歷"),
    "date_estimated": _("日期是估計"),
    "canonical_url": _("正式網址"),
    "raw": _("所示檔案"),
    "status_changed_at": _("狀態"),
}

_PRECISIONS: Final[dict[str, str | Promise]] = {
    Precision.MONTH.value: _("只到月"),
    Precision.DAY.value: _("只到日"),
    Precision.MINUTE.value: _("到分"),
    Precision.SECOND.value: _("到秒"),
}


_SOURCES: Final[dict[str, str | Promise]] = {
    DateSource.FRONT_MATTER.value: _("檔頭"),
    DateSource.PAGE.value: _("頁面"),
    DateSource.CAPTURE.value: _("擷取時間"),
    DateSource.URL.value: _("網址"),
    DateSource.FILE_NAME.value: _("檔名"),
    curation.BY_HAND: _("編輯"),
}
# Labels of the parts of authors, embeds and links; those of pictures come from the model.
_PARTS: Final[dict[str, str | Promise]] = {
    "name": _("姓名"),
    "role": _("身分"),
    "bio": _("自我介紹"),
    "avatar": _("頭像原址"),
    "url": _("網址"),
    "kind": _("種類"),
    "title": _("標題"),
    "text": _("文字"),
    "poster": _("封面圖"),
}
_TIMES: Final = ("published_at", "captured_at")  # stored in UTC, shown in the archive's time zone


@dataclass(frozen=True, slots=True)
class FieldDiff:
    name: str
    label: str
    stretches: list[Stretch]
    several: bool  # whether the value is a list (names, pictures) instead of paragraphs


def label(field: str) -> str:
    if field in _LABELS:
        return str(_LABELS[field])
    try:
        return str(Article._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return field


def of(edit: Edit) -> list[FieldDiff]:
    return [
        field_diff(field, edit.old[field], new) for field, new in edit.new.items() if field not in UNSHOWN
    ]


_LEFT: Final = {
    undo.CHANGED_SINCE: _("「%(field)s」後來又改過或確認過，沒有復原。"),
    undo.SOURCE_SINCE: _("「%(field)s」的來源後來有變或已作取捨，沒有復原。"),
}


def left(edit: Edit) -> list[str]:
    """What an undo did not revert, and why."""
    return [str(_LEFT.get(reason, reason)) % {"field": label(field)} for field, reason in edit.skipped]


def field_diff(field: str, old: Any, new: Any) -> FieldDiff:
    stretches = text_diff.compare(list(lines(named(field, old))), list(lines(named(field, new))))
    return FieldDiff(field, label(field), stretches, isinstance(old, list) or isinstance(new, list))


def named(field: str, value: Any) -> Any:
    """A value with its label: 已撤下, not withdrawn."""
    if field == "date_precision" and value in _PRECISIONS:
        return str(_PRECISIONS[value])
    if field == "date_source" and value in _SOURCES:
        return str(_SOURCES[value])
    if field in _TIMES and value:
        return timezone.localtime(datetime.fromisoformat(value)).isoformat(" ")
    if field == "problems" and value:
        return texts.all_said(value)
    if field == "status_reason" and value:
        return texts.said_stored(value)
    names = {"status": Article.Status, "standing": Article.Standing}
    return str(names[field](value).label) if value and field in names else value


def lines(value: Any) -> Iterator[str]:
    """The value as lines: one for each paragraph, name or picture."""
    if isinstance(value, str):
        yield from filter(None, value.replace("><", ">\n<").split("\n"))
    elif isinstance(value, list):
        for item in value:
            yield from _item(item)
    elif isinstance(value, bool):
        yield str(_("是") if value else _("否"))
    elif value is not None:
        yield str(value)


def _item(item: Any) -> Iterator[str]:
    if isinstance(item, str):
        yield item
    elif isinstance(item, list):
        yield " · ".join(str(part) for part in reversed(item) if part != "")
    elif isinstance(item, dict):
        yield " · ".join(f"{part(key)}: {value}" for key, value in item.items() if value not in ("", None))
    else:
        yield json.dumps(item, ensure_ascii=False)


def part(key: str) -> str:
    """The label of a part of a picture; other parts are called by their own names."""
    names = {field.name: field.verbose_name for field in Image._meta.concrete_fields}
    return str(names.get(key) or _PARTS.get(key, key))
