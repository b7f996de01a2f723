"""The form of an article: plain text in, checked before anything is saved."""

from __future__ import annotations

import re
from collections import Counter
from datetime import time, timedelta, timezone, tzinfo
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsarchive.admin.name_fields import NameField, NamesField
from newsarchive.admin.unchanged import UnchangedForm
from newsarchive.importers.html import safe_subset
from newsarchive.messages import texts
from newsarchive.models import Article, Authorship, Image

from . import language_tags

_PLACEHOLDER = re.compile(r'data-image="(\d+)"')


class BodyField(forms.CharField):
    """HTML of the safe subset. Anything that cleaning would remove is rejected with its name, never removed
    silently."""

    def __init__(self, **options: Any) -> None:
        area = forms.Textarea({"rows": 28, "class": "vLargeTextField body", "spellcheck": "false"})
        super().__init__(widget=area, required=False, strip=False, **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value).replace("\r\n", "\n")
        cleaned = safe_subset.clean(text)
        if lost := dropped(text, cleaned):
            raise ValidationError(
                _("內文有不能保留的部分：%(lost)s。可用的標籤：%(tags)s。"),
                params={"lost": "、".join(lost[:8]), "tags": " ".join(sorted(safe_subset.TAGS))},
            )
        return cleaned


class _Pieces(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.marks: Counter[str] = Counter()
        self.letters: Counter[str] = Counter()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.marks[f"<{tag}>"] += 1
        self.marks.update(f"<{tag} {name}={value or ''!s:.40}>" for name, value in attrs)

    def handle_data(self, data: str) -> None:
        self.letters.update("".join(data.split()))

    def handle_comment(self, data: str) -> None:
        self.marks["<!-- -->"] += 1


def dropped(text: str, cleaned: str) -> list[str]:
    """Tags, attributes and characters that are in `text` but not in `cleaned`, named for a curator."""
    before, after = _Pieces(text), _Pieces(cleaned)
    marks = [mark for mark in before.marks if before.marks[mark] > after.marks[mark]]
    letters = before.letters - after.letters
    return [*marks, *(["".join(letters)[:30]] if letters and not marks else [])]


class ReasonField(forms.CharField):
    """A stored message is shown in the curator's language; it is replaced by the curator's words only if the
    text was changed."""

    def prepare_value(self, value: Any) -> Any:
        return texts.said_stored(value) if isinstance(value, str) else value


class ArticleForm(UnchangedForm):
    seen = forms.CharField(
        label="", widget=forms.HiddenInput, required=False
    )  # what the form showed when it was opened
    outlet_name = NameField("outlet", label=_("媒體"), required=False)
    category_names = NamesField(
        "category", new=False, label=_("分類"), required=False, help_text=_("一行一個。")
    )
    tag_names = NamesField(
        "tag", new=True, label=_("標籤"), required=False, help_text=_("一行一個；未有的會新增。")
    )
    day = forms.DateField(
        label=_("日期"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    clock = forms.TimeField(
        label=_("時間"),
        required=False,
        help_text=_("只在來源有印時間時填寫。"),
        # The same format in every language.
        widget=forms.TimeInput({"type": "time", "step": "1"}, format="%H:%M:%S"),
    )
    body = BodyField(
        label=_("內文"),
        help_text=_("HTML 的安全子集；figure 的 data-image 是圖片的次序，由 0 起。"),
    )

    status_reason = ReasonField(
        label=_("狀態原因"), required=False, widget=forms.TextInput({"class": "vTextField wide"})
    )

    class Meta:
        model = Article
        fields = (
            *("title", "byline", "column", "language", "source_url", "archived_url"),
            *("body", "status", "status_reason"),
        )
        widgets = {
            "title": forms.TextInput({"class": "vTextField wide"}),
            "source_url": forms.TextInput({"class": "vTextField wide"}),
            "archived_url": forms.TextInput({"class": "vTextField wide"}),
        }

    class Media:
        js = ("newsarchive/admin.js",)
        css = {"all": ("newsarchive/admin.css",)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        article = self.instance
        if article.pk:
            names = {
                "outlet_name": article.outlet.name if article.outlet else "",
                "category_names": [row.name for row in article.categories.all()],
                "tag_names": [row.name for row in article.tags.all()],
                "day": article.published_on,
                "clock": _clock(article),
                "seen": article.changed_at.isoformat(),
            }
            self.initial = {**names, **self.initial}
            self.show_stored()
            if said := _foreign(article):
                self.fields["clock"].help_text = said

    def clean_title(self) -> str:
        """Joins lines; blanks inside stay, because U+3000 separates the two halves of many titles."""
        return " ".join(str(self.cleaned_data["title"]).splitlines())

    def clean_language(self) -> str:
        tag: str = self.cleaned_data["language"]
        language_tags.checked(tag)
        return tag

    def clean_source_url(self) -> str:
        return _web(self.cleaned_data["source_url"])

    def clean_archived_url(self) -> str:
        return _web(self.cleaned_data["archived_url"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        seen = data.get("seen")
        if seen and seen != self.initial.get("seen"):
            raise ValidationError(_("這篇文章剛被修改過。請在另一分頁重新打開，再加入你的修改。"))
        changed = set(self.changed_data)
        withdrawn = changed & {"status", "status_reason"} and data.get("status") == Article.Status.WITHDRAWN
        if withdrawn and not data.get("status_reason", "").strip():
            self.add_error("status_reason", _("撤下要有原因：讀者會在原頁看到。"))
        if changed & {"day", "clock"} and data.get("clock") and not data.get("day"):
            self.add_error("clock", _("有時間就要有日期。"))
        return data


def _clock(article: Article) -> time | None:
    """The time in the source's UTC offset, as `published_on` is the day in it."""
    return article.published_at.astimezone(zone_of(article)).time() if article.published_at else None


def zone_of(article: Article) -> tzinfo:
    """The UTC offset of the article's time; the archive's time zone for an article without one."""
    if article.published_at is None:
        return ZoneInfo(settings.TIME_ZONE)
    return timezone(timedelta(minutes=article.published_offset))


def _foreign(article: Article) -> str:
    """A note that names the UTC offset of the time when it is not that of the archive's zone."""
    if article.published_at is None:
        return ""
    own = article.published_at.astimezone(zone_of(article))
    if own.utcoffset() == article.published_at.astimezone(ZoneInfo(settings.TIME_ZONE)).utcoffset():
        return ""
    return gettext("按來源的時區：%(zone)s。") % {"zone": own.tzname()}


def _web(url: str) -> str:
    url = url.strip()
    if url and not url.startswith(("http://", "https://")):
        raise ValidationError(_("網址要以 http:// 或 https:// 開頭。"))
    return url


class AuthorsFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        super().clean()
        seen = set()
        for form in self.forms:
            name = getattr(form, "cleaned_data", {}).get("name")
            if not name or self._should_delete_form(form):  # type: ignore[attr-defined]
                continue
            if name in seen:
                form.add_error("name", _("這位作者已在這篇文章之中；每人只寫一次。"))
            seen.add(name)


class AuthorshipForm(UnchangedForm):
    name = NameField("author", label=_("姓名"))

    class Meta:
        model = Authorship
        fields = ("position", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("name", self.instance.author.name)
            self.show_stored()
        self.fields["position"].required = False
        self.fields["position"].label = _("次序")


class ImageForm(UnchangedForm):
    class Meta:
        model = Image
        fields = ("position", "caption", "credit", "alt", "src", "archived_src")
        widgets = {
            "caption": forms.Textarea({"rows": 2, "class": "vLargeTextField"}),
            **{
                name: forms.TextInput({"class": "vTextField wide"})
                for name in ("credit", "alt", "src", "archived_src")
            },
        }

    def clean_src(self) -> str:
        return _web(self.cleaned_data["src"])

    def clean_archived_src(self) -> str:
        return _web(self.cleaned_data["archived_src"])
