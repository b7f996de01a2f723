"""Curators' dictionary words and synonyms, each list with a box to try its effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsarchive.admin import name_search
from newsarchive.admin.try_box import TriedAdmin
from newsarchive.errors import IndexUnavailable, SearchServerAway
from newsarchive.messages import texts
from search.engines import get_engine
from search.indexing import sync
from search.language import tokens
from search.models import DictionaryWord, SynonymGroup
from search.query.parser import parse
from search.query.synonyms import Group, Synonyms, expand
from search.vocabulary.store import refresh, synonyms


class _Taught(TriedAdmin):
    def beside(self) -> dict[str, Any]:
        return {"why": _why()}


def _why() -> str:
    try:
        return texts.said(sync.needs_rebuild(get_engine()))
    except SearchServerAway:  # a rebuild would not help
        return ""


@admin.register(DictionaryWord)
class DictionaryWordAdmin(_Taught):
    list_display = ("word", "note", "changed_at")
    search_fields = ("word", "note")
    change_list_template = "admin/dictionary_words.html"

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return name_search.narrowed(queryset, search_term, *self.search_fields), False

    def try_it(self, text: str) -> list[list[str]]:
        """How a sentence is segmented without the curators' words, and with them."""
        refresh()
        taught = tokens.segmenter()
        return [_cut(segmenter, text) for segmenter in (taught.untaught(), taught)]


def _cut(segmenter: tokens.Segmenter, text: str) -> list[str]:
    """The longest word at each position, as written."""
    words: list[tuple[int, int]] = []
    found = sorted(segmenter.tokens(tokens.search_text(text)), key=lambda token: (token.start, -token.end))
    for token in found:
        if not words or token.start >= words[-1][1]:
            words.append((token.start, token.end))
    return [text[start:end] for start, end in words]


@dataclass(frozen=True, slots=True)
class Counts:
    label: object
    count: int | None  # None when there is no index
    also: tuple[str, ...]


@admin.register(SynonymGroup)
class SynonymGroupAdmin(_Taught):
    list_display = ("__str__", "enabled", "note", "changed_at")
    list_filter = ("enabled",)
    search_fields = ("note",)
    change_list_template = "admin/synonym_groups.html"

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Groups with a word that contains the typed text, in either script."""
        return name_search.narrowed(queryset, search_term, "words", "one_way", "note"), False

    def try_it(self, text: str) -> list[Counts]:
        """How many results a search has without synonyms, with the present ones, and, for words separated by
        a blank line or 「=」, with these as a group of synonyms."""
        words = [word.strip() for word in text.split("=") if word.strip()]
        first = words[0] if words else text
        rows = [_count(_("不用同義詞"), first, Synonyms()), _count(_("現時的同義詞"), first, synonyms())]
        if len(words) > 1:
            rows.append(_count(_("加上這一組"), first, Synonyms([Group(tuple(words))])))
        return rows


def _count(label: object, text: str, table: Synonyms) -> Counts:
    expanded = expand(parse(text).tree, table)
    try:
        return Counts(label, get_engine().count(expanded.tree), expanded.also)
    except IndexUnavailable:
        return Counts(label, None, expanded.also)
