"""An edit as curators read it: which field, what went, what came."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from .. import differences
from ..differences import Stretch
from ..history import MARKS, Edit
from ..models import Article

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
}


@dataclass(frozen=True, slots=True)
class FieldDiff:
    name: str
    label: str
    stretches: list[Stretch]


def label(field: str) -> str:
    if field in _LABELS:
        return str(_LABELS[field])
    try:
        return str(Article._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
    except LookupError:
        return field


def of(edit: Edit) -> list[FieldDiff]:
    return [field_diff(field, edit.old[field], new) for field, new in edit.new.items() if field not in MARKS]


def field_diff(field: str, old: Any, new: Any) -> FieldDiff:
    return FieldDiff(field, label(field), differences.compare(list(lines(old)), list(lines(new))))


def lines(value: Any) -> Iterator[str]:
    """A paragraph, a name, a picture each on its own."""
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
        yield " · ".join(f"{key}: {part}" for key, part in item.items() if part not in ("", None))
    else:
        yield json.dumps(item, ensure_ascii=False)
