"""Why the index must be built anew, in the curator's language: `sync.needs_rebuild` says it in English."""

from __future__ import annotations

import re
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What an index is stamped with, in words; a stamp of another engine goes by its own name.
STAMPS: Final[dict[str, str | Promise]] = {
    "schema": gettext_lazy("索引結構"),
    "folding": gettext_lazy("字形對照"),
    "dictionary": gettext_lazy("詞典"),
    "words": gettext_lazy("引擎"),
}
_STALE: Final = re.compile(r"made with another (.+)")
_GROWN: Final = re.compile(r"(\d+) changes since it was built")


def said(why: str) -> str:
    if found := _STALE.fullmatch(why):
        names = "、".join(str(STAMPS.get(name.strip(), name)) for name in found[1].split(","))
        return _("所用的%(names)s已改變") % {"names": names}
    if found := _GROWN.fullmatch(why):
        return _("建成之後有 %(count)s 項改動") % {"count": found[1]}
    return why
