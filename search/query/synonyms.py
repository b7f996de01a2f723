"""Words that mean the same: a query tree -> a tree that looks for the other names too. Pure.

Only what stands bare in the query is widened. Quoted strings are what they are, and so is what is
excluded: -拜登 takes away the articles that say 拜登, not those that only say Biden, since a reader
who excludes a word sees no list of what else went.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from search.language.tokens import has_word_edges, search_text

from .lexer import bare
from .tree import And, Or, Query, Same, Term

MAX_ADDED = 100  # strings added to one query, however many groups it touches
_LONGEST = 6  # words of one name that are typed apart: Associated Press


@dataclass(frozen=True, slots=True)
class Group:
    words: tuple[str, ...]  # each is searched when any other is typed
    one_way: tuple[str, ...] = ()  # typed, they search the words; they are never searched themselves
    regional: bool = False  # a row of the table of regional words, not a curator's


@dataclass(frozen=True, slots=True)
class Expanded:
    tree: Query | None
    also: tuple[str, ...] = ()  # what is searched beside the reader's own words, as curators wrote it
    regional: tuple[str, ...] = ()  # those of them that other regions say, and no curator


def key(word: str) -> str:
    """What two spellings of one word share: folded, single blanks, as the query parser bares a word."""
    return " ".join(search_text(bare(word.strip())).split())


class Synonyms:
    """All groups, by word. A word of several groups has the companions of all."""

    def __init__(self, groups: Iterable[Group] = (), *, silenced: Iterable[Group] = ()) -> None:
        """`silenced`: groups that curators switched off. Two words of one of them are no regional words of
        each other either."""
        self._others: dict[str, dict[str, str]] = {}  # key -> key of each companion -> as written
        self._regional: set[tuple[str, str]] = set()  # word and companion that only a regional row joins
        off = {(key(a), key(b)) for group in silenced for a in _words(group) for b in _words(group)}
        for group in sorted(groups, key=lambda group: group.regional):
            searched = {key(word): word for word in group.words}
            for word in _words(group):
                known = self._others.setdefault(typed := key(word), {})
                for other, written in searched.items():
                    if group.regional and ((typed, other) in off or other in known):
                        continue
                    known[other] = written
                    if group.regional:
                        self._regional.add((typed, other))

    def is_regional(self, text: str, companion: str) -> bool:
        """Does no curator join the two words?"""
        return (key(text), key(companion)) in self._regional

    def of(self, text: str) -> dict[str, str]:
        """The companions of a word, by key; {} when it is in no group."""
        typed = key(text)
        return {other: word for other, word in self._others.get(typed, {}).items() if other != typed}


def _words(group: Group) -> tuple[str, ...]:
    return (*group.words, *group.one_way)


NO_SYNONYMS = Synonyms()


def expand(tree: Query | None, synonyms: Synonyms) -> Expanded:
    if tree is None:
        return Expanded(None)
    expansion = _Expansion(synonyms, {key(term.text) for term in _bare_terms(tree)})
    expanded = expansion.of(tree)
    added = expansion.added
    return Expanded(
        expanded,
        tuple(added.values()),
        tuple(word for other, word in added.items() if other not in expansion.by_curators),
    )


class _Expansion:
    def __init__(self, synonyms: Synonyms, typed: set[str]) -> None:
        self._synonyms = synonyms
        self._typed = typed
        self.added: dict[str, str] = {}
        self.by_curators: set[str] = set()  # keys of the added words that a curator's group has

    def of(self, node: Query) -> Query:
        if isinstance(node, Term):
            return self._same(node, node)
        if isinstance(node, And):
            return self._every(node)
        if isinstance(node, Or):
            return replace(node, parts=tuple(self.of(part) for part in node.parts))
        return node

    def _every(self, node: And) -> Query:
        """Words side by side may be one name."""
        parts: list[Query] = []
        at = 0
        while at < len(node.parts):
            length, part = self._name(node.parts[at : at + _LONGEST])
            parts.append(part)
            at += length
        merged = len(parts) == 1 < len(node.parts)
        return parts[0] if merged else And(tuple(parts))

    def _name(self, parts: Sequence[Query]) -> tuple[int, Query]:
        """How many of the leading parts are one name, and what to look for in their place."""
        words: list[Term] = []
        for part in parts:
            if not isinstance(part, Term) or not _is_bare(part) or (words and part.field != words[0].field):
                break
            words.append(part)
        for length in range(len(words), 1, -1):
            name = Term(" ".join(word.text for word in words[:length]), words[0].field)
            if self._synonyms.of(name.text):
                return length, self._same(name, And(tuple(words[:length])))
        return 1, self.of(parts[0])

    def _same(self, name: Term, typed: Query) -> Query:
        """`typed`, or any companion of `name` in the same field."""
        if not _is_bare(name):
            return typed
        others = []
        companions = self._synonyms.of(name.text)
        strings = [word for word in (key(name.text), *companions) if _stands_anywhere(word)]
        for other, word in companions.items():
            if any(string in other and string != other for string in strings):
                continue  # 港區國安法 is found by 國安法
            if other not in self._typed:
                if other not in self.added and len(self.added) >= MAX_ADDED:
                    break
                self.added[other] = word
                if not self._synonyms.is_regional(name.text, word):
                    self.by_curators.add(other)
            others.append(Term(word, name.field))
        if not others:
            return typed
        if typed is name:
            return Same((name, *others))
        return Or((typed, Same((name, *others))))


def _stands_anywhere(folded: str) -> bool:
    return not has_word_edges(folded[0]) and not has_word_edges(folded[-1])


def _is_bare(node: Query) -> bool:
    return isinstance(node, Term) and not node.exact and not node.prefix


def _bare_terms(node: Query) -> list[Term]:
    if isinstance(node, And | Or):
        return [term for part in node.parts for term in _bare_terms(part)]
    return [node] if isinstance(node, Term) and _is_bare(node) else []
