"""Where an export comes from: what was asked of which archive, when, and how much it answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext, ngettext

from newsarchive.archive.identity.lookup import permanent_path


@dataclass(frozen=True)
class Provenance:
    """`base` is the archive's address without a path, to which permanent addresses are added."""

    base: str
    made_at: datetime  # aware, in the archive's time zone
    query: str | None = None  # the words of the search; None: these articles were chosen one by one
    address: str = ""  # of the search, filters and order included
    total: int = 1  # articles of the export when it was begun

    @property
    def day(self) -> date:
        """On which the articles were consulted."""
        return self.made_at.date()

    @property
    def time(self) -> str:
        return self.made_at.isoformat(timespec="seconds")

    def permalink(self, identity: str) -> str:
        return self.base + permanent_path(identity)

    @cached_property
    def archive(self) -> str:
        return gettext("新聞檔案")

    @cached_property
    def statement(self) -> str:
        """On one line, in the reader's language."""
        words = (self.query or "").strip()
        if self.query is None:
            asked = gettext("所選文章")
        else:
            asked = gettext("搜尋「%(words)s」") % {"words": words} if words else gettext("全部文章")
        count = ngettext("共 %(n)s 篇", "共 %(n)s 篇", self.total) % {"n": f"{self.total:,}"}
        said = (self.archive, asked, count, self.time, self.address)
        return " · ".join(" ".join(part.split()) for part in said if part)

    def as_json(self) -> dict[str, Any]:
        return {"query": self.query, "address": self.address, "total": self.total, "exported_at": self.time}
