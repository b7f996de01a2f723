"""What curators teach the search: names that mean the same, and words that jieba does not know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsarchive.runtime.line_fields import LinesField
from search.language.tokens import is_han, search_text
from search.query import synonyms

MOST_WORDS = 20  # in one group
LONGEST_WORD = 60


def _later(model: type[models.Model]) -> datetime:
    """Now, or just after the newest change of any row: a clock that was set back hides no change."""
    newest: datetime | None = model._default_manager.aggregate(newest=models.Max("changed_at"))["newest"]
    now = timezone.now()
    return max(now, newest + timedelta(microseconds=1)) if newest else now


class Taught(models.QuerySet[Any]):
    """Every way to change rows moves `changed_at`, by which the processes notice."""

    def update(self, **values: Any) -> int:
        return super().update(**{"changed_at": _later(self.model), **values})


class ChangeTime(models.DateTimeField):  # type: ignore[type-arg]
    """As `auto_now`, and later than that of every other row."""

    def pre_save(self, model_instance: models.Model, add: bool) -> datetime:
        value = _later(type(model_instance))
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self) -> Any:
        """Migrations see the plain field, which is what the database has."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, options


class WordList(models.JSONField):
    """A list of words; in a form, one a line."""

    def formfield(self, **options: Any) -> Any:
        return LinesField(
            required=not self.blank,
            label=options.get("label", self.verbose_name),
            help_text=options.get("help_text", self.help_text),
        )


class SynonymGroup(models.Model):
    words = WordList(_("同義詞"), default=list, help_text=_("一行一個。輸入其中一個，也會搜尋其他各個。"))
    one_way = WordList(
        _("只作輸入的詞"),
        default=list,
        blank=True,
        help_text=_(
            "一行一個。輸入這些詞，也會搜尋上面的同義詞；反過來不會，因為它們常見於別的意思"
            "（「中大」見於「其中大部分」）。"
        ),
    )
    enabled = models.BooleanField(_("啟用"), default=True)
    note = models.CharField(_("備註"), max_length=200, blank=True)
    changed_at = ChangeTime(_("修改時間"), auto_now=True)

    objects = Taught.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("同義詞組")
        ordering = ["id"]

    def __str__(self) -> str:
        return " = ".join([*self.words, *(f"({word})" for word in self.one_way)])

    def clean(self) -> None:
        """Refuses blanks, repetitions in this group and words that another group has. Words that are stored
        already are not judged again."""
        stored = SynonymGroup.objects.filter(pk=self.pk).values_list("words", "one_way").first()
        if stored == (self.words, self.one_way):
            return
        self.words, self.one_way = _stripped(self.words), _stripped(self.one_way)
        every = [*self.words, *self.one_way]
        if not self.words or len(every) < 2:
            raise ValidationError(_("一組要有兩個或以上的詞，其中至少一個是互通的。"))
        if len(every) > MOST_WORDS:
            raise ValidationError(_("一組最多 %(most)d 個詞。"), params={"most": MOST_WORDS})
        seen: dict[str, str] = {}
        for word in every:
            folded = synonyms.key(word)
            if len(folded) < 2 or len(word) > LONGEST_WORD:
                raise ValidationError(_("「%(word)s」太短或太長。"), params={"word": word})
            if folded in seen:
                raise ValidationError(
                    _("「%(one)s」和「%(two)s」是同一個詞：繁簡、全形半形、大小寫不用分開寫。"),
                    params={"one": seen[folded], "two": word},
                )
            seen[folded] = word
        mine = {synonyms.key(word) for word in self.words}
        for other in SynonymGroup.objects.exclude(pk=self.pk):
            for word in (*other.words, *other.one_way):
                if synonyms.key(word) in (seen if word in other.words else mine):
                    raise ValidationError(
                        _("「%(word)s」已在另一組：%(group)s。"), params={"word": word, "group": str(other)}
                    )


def _stripped(words: Sequence[str]) -> list[str]:
    return [word.strip() for word in words if word.strip()]


class DictionaryWord(models.Model):
    """Decides the order of hits, never what is found; takes effect with the next index."""

    word = models.CharField(_("詞"), max_length=LONGEST_WORD)
    folded = models.CharField(max_length=LONGEST_WORD, unique=True, editable=False)
    note = models.CharField(_("備註"), max_length=200, blank=True)
    changed_at = ChangeTime(_("修改時間"), auto_now=True)

    objects = Taught.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("詞典用詞")
        ordering = ["word"]

    def __str__(self) -> str:
        return self.word

    def save(self, *args: Any, **options: Any) -> None:
        self.folded = search_text(self.word)
        super().save(*args, **options)

    def clean(self) -> None:
        if DictionaryWord.objects.filter(pk=self.pk, word=self.word).exists():
            return  # stored already: not judged again
        self.word = self.word.strip()
        self.folded = search_text(self.word)
        if len(self.folded) < 2 or not is_han(self.folded):
            raise ValidationError({"word": _("詞典用詞要有兩個或以上的漢字，不含標點、英文和數字。")})
        if DictionaryWord.objects.filter(folded=self.folded).exclude(pk=self.pk).exists():
            raise ValidationError(
                {"word": _("詞典已有「%(word)s」（繁簡視為同一個詞）。") % {"word": self.word}}
            )
