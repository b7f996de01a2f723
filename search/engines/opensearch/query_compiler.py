"""A query tree -> an OpenSearch query that matches exactly what `search.query.semantics` does, and ranks it.

Everything is decided by the index: a string is a phrase of grams, distances and surroundings are intervals,
so no text is read back to be looked through, however many stories match. Scores are BM25 over the texts as
`mapping` repeats them; what a query forbids or only filters adds nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from search.engines import ranking
from search.engines.base import Facet, Filters
from search.language.tokens import Needle, needle
from search.query.fields import CLUSTER_FIELDS, IN_TEXT, Field
from search.query.parser import (
    And,
    DateRange,
    Near,
    Not,
    Or,
    Query,
    Same,
    Term,
    Without,
    however_written,
    of_one_picture,
)
from search.query.semantics import needle_of

from . import analysis
from .mapping import PICTURES, WORDS, chars, parted, printed

Json = dict[str, Any]
# How much each of the strings that are one to the reader counts, so that all are as rare as one.
BoostsOf = Callable[[Sequence[Needle]], Sequence[float]]

EVERYTHING: Final[Json] = {"bool": {"filter": [{"match_all": {}}]}}  # scores nothing
NOTHING: Final[Json] = {"match_none": {}}
_RANKED: Final = frozenset(field for field, names in CLUSTER_FIELDS.items() if IN_TEXT in names)  # have words
_MOST_TERMS: Final = 60_000  # of one clause; the cluster takes 65,536
_MOST_BLANKS: Final = 8  # in a row, in the text, where one was typed around a single character
_SPECIAL: Final = re.compile(r"[^\w]|_")  # escaped in a pattern: whatever is no letter or digit
_MOST_SPELLINGS: Final = 64  # of one string, as many as two blanks make; with more blanks not all


def clause(query: Query, boosts_of: BoostsOf) -> Json:
    match query:
        case And(nodes):
            return _every(nodes, boosts_of)
        case Same():
            return _same(query, boosts_of)
        case Or(nodes):
            return any_of([clause(node, boosts_of) for node in nodes])
        case Not(node):
            return {"bool": {"must_not": [clause(node, boosts_of)]}}
        case DateRange(first, last):
            return _filter(days(first, last))
        case Term(as_typed=True) | Near(as_typed=True) | Without(as_typed=True):
            return _in_typed_characters(query, boosts_of)
        case Term():
            sought = needle_of(query)
            return _ranked(query.field, [(sought, 1.0)]) if sought else NOTHING
        case Near(field=field):
            strings = [needle(query.left), needle(query.right)]
            return _placed(field, strings, lambda name: _near(query, name))
        case Without(field=field):
            return _placed(field, [needle(query.text)], lambda name: _outside(query, name))


def may_be_parted(query: Query) -> bool:
    """Has the query a string that may stand with punctuation in it?"""
    if isinstance(query, And | Or):
        return any(map(may_be_parted, query.parts))
    if isinstance(query, Not):
        return may_be_parted(query.part)
    sought = needle_of(query) if isinstance(query, Term) else None
    return sought is not None and bool(sought.letters)


def _in_typed_characters(query: Term | Near | Without, boosts_of: BoostsOf) -> Json:
    """Where it stands however it is written, ranked as that is, if it is printed as typed too."""
    as_printed = _placed_as_typed(query)
    return {"bool": {"must": [clause(however_written(query), boosts_of)], "filter": [as_printed]}}


def _placed_as_typed(query: Term | Near | Without) -> Json:
    names = [printed(name) for name in CLUSTER_FIELDS[query.field]]
    if isinstance(query, Near):
        return any_of([_near(query, name) for name in names])
    if isinstance(query, Without):
        return any_of([_outside(query, name) for name in names])
    sought = needle_of(query)
    if sought is None:
        return NOTHING
    rows = [analysis.spelt(letters, sought) for letters in _with_blanks(analysis.chars_of(sought))]
    rule = _any_interval([_letters_in_row(row) for row in rows])
    return any_of([_intervals(chars(name), _within(query.field, rule)) for name in names])


def _letters_in_row(spellings: Sequence[tuple[str, ...]]) -> Json:
    """One of the tokens of each letter, in their order, with nothing between them."""
    letters = [_one_of(tokens) for tokens in spellings]
    return {"all_of": {"intervals": letters, "mode": "ordered", "max_gaps": 0}}


def _one_of(tokens: Sequence[str]) -> Json:
    """A pattern, not `any_of`: within a row OpenSearch 3 multiplies these out, and refuses long strings."""
    if len(tokens) == 1:
        return _block(tokens)
    return {"regexp": {"pattern": "|".join(_SPECIAL.sub(r"\\\g<0>", token) for token in tokens)}}


def _any_interval(rules: list[Json]) -> Json:
    return rules[0] if len(rules) == 1 else {"any_of": {"intervals": rules}}


def _every(nodes: Sequence[Query], boosts_of: BoostsOf) -> Json:
    must = [clause(node, boosts_of) for node in nodes if not isinstance(node, Not)]
    must_not = [clause(node.part, boosts_of) for node in nodes if isinstance(node, Not)]
    found: Json = {"must": must, "must_not": must_not, "should": _meetings(nodes)}
    if together := of_one_picture(And(tuple(nodes))):
        found["filter"] = [_with_a_picture(together, boosts_of)]
    return {"bool": found}


def _with_a_picture(nodes: Sequence[Query], boosts_of: BoostsOf) -> Json:
    """All of this holds for one picture."""
    wanted = [_about_pictures(clause(node, boosts_of)) for node in nodes]
    return {"nested": {"path": PICTURES, "query": {"bool": {"filter": wanted}}, "score_mode": "none"}}


_NAME_FIELDS: Final = frozenset({"term", "match_phrase", "intervals"})


def _about_pictures(node: Any) -> Any:
    """The same query of the fields of a picture, which have the names of the story's."""
    if isinstance(node, list):
        return [_about_pictures(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {f"{PICTURES}.{name}": rule for name, rule in value.items()}
        if key in _NAME_FIELDS and isinstance(value, dict)
        else _about_pictures(value)
        for key, value in node.items()
    }


def any_of(clauses: list[Json]) -> Json:
    if len(clauses) == 1:
        return clauses[0]
    return {"bool": {"should": clauses, "minimum_should_match": 1}}


def _filter(matching: Json) -> Json:
    return {"bool": {"filter": [matching]}}


# -- strings -----------------------------------------------------------------------------------------


def _same(query: Same, boosts_of: BoostsOf) -> Json:
    terms = [part for part in query.parts if isinstance(part, Term)]
    needles = [(term.field, sought) for term in terms if (sought := needle_of(term))]
    if not needles:
        return NOTHING
    boosts = boosts_of([sought for _, sought in needles])
    return _ranked(
        needles[0][0], [(sought, boost) for (_, sought), boost in zip(needles, boosts, strict=True)]
    )


def _ranked(field: Field, needles: Sequence[tuple[Needle, float]]) -> Json:
    """Any of the strings in the field; more, where it is a word of its own."""
    found = any_of(
        [stands(sought, name, field, boost) for name in CLUSTER_FIELDS[field] for sought, boost in needles]
    )
    if field not in _RANKED:
        return found
    words = [
        {"term": {WORDS: {"value": sought.text, "boost": ranking.REAL_WORD * boost}}}
        for sought, boost in needles
        if _may_be_word(sought)
    ]
    return {"bool": {"must": [found], "should": words}} if words else found


def _may_be_word(sought: Needle) -> bool:
    return " " not in sought.text and len(sought.text) <= analysis.LONGEST_WORD


def stands(sought: Needle, name: str, field: Field, boost: float = 1.0) -> Json:
    """The string stands in this field of the index. Of several grams, the mean rarity counts."""
    if sought.letters:
        unbroken = stands(sought.unbroken, name, field, boost)
        return any_of([unbroken, _filter(_parted(sought, name, field))])
    tokens = analysis.grams_of(sought)
    if field is Field.BODY:
        return _filter(_in_body(name, tokens, sought))
    if name == IN_TEXT and sought.is_word and _may_be_word(sought):
        return {"term": {WORDS: {"value": sought.text, "boost": boost}}}
    if not tokens:
        letters = analysis.spellings(sought.text)
        return any_of([{"term": {chars(name): {"value": letter, "boost": boost}}} for letter in letters])
    if len(tokens) == 1:
        return {"term": {name: {"value": tokens[0], "boost": boost}}}
    return {"match_phrase": {name: {"query": " ".join(tokens), "boost": boost / len(tokens)}}}


def _parted(sought: Needle, name: str, field: Field) -> Json:
    """Its letters follow each other, with nothing between them or a gap that is allowed there. It scores
    nothing, so that what stands unbroken comes first."""
    rule = _letters_in_row(analysis.parted_of(sought.letters))
    return _intervals(parted(name), _within(field, rule))


def _meetings(nodes: Sequence[Query]) -> list[Json]:
    """What neighbours of the query add where they are neighbours in the text: most where they meet, less
    with every character between them."""
    strings = [needle_of(node) for node in nodes if isinstance(node, Term) and node.field in _RANKED]
    tokens = [analysis.grams_of(sought) for sought in strings if sought]
    pairs = [(one, two) for one, two in itertools.pairwise(tokens) if one and two]
    return [
        _intervals(
            IN_TEXT,
            {
                "all_of": {
                    "intervals": [_block(one), _block(two)],
                    "mode": "unordered",
                    "max_gaps": ranking.NEAR_APART,
                }
            },
            boost=ranking.NEAR_IN_CLUSTER / len(pairs),
        )
        for one, two in pairs
    ]


# -- places ------------------------------------------------------------------------------------------


def _placed(field: Field, strings: Sequence[Needle | None], rule: Callable[[str], Json]) -> Json:
    """Where `rule` holds; ranked by the strings themselves."""
    if not all(strings):
        return NOTHING
    where = any_of([rule(name) for name in CLUSTER_FIELDS[field]])
    found = [_ranked(field, [(sought, 1.0)]) for sought in strings if sought]
    return {"bool": {"filter": [where], "should": found}}


def _near(query: Near, name: str) -> Json:
    left, right = (needle(text, printed=query.as_typed) for text in (query.left, query.right))
    assert left
    assert right
    blocks = [_block(analysis.chars_of(sought)) for sought in (left, right)]
    orders = [blocks] if left == right else [blocks, blocks[::-1]]
    rules = [
        {
            "all_of": {
                "intervals": order,
                "mode": "ordered",
                "max_gaps": query.distance,
                "filter": {"not_containing": _block([analysis.BREAK])},
            }
        }
        for order in orders
    ]
    return _intervals(chars(name), _within(query.field, {"any_of": {"intervals": rules}}))


def _outside(query: Without, name: str) -> Json:
    inner, outer = (needle(text, printed=query.as_typed) for text in (query.text, query.outside))
    assert inner
    if (tokens := analysis.grams_of(inner)) and not query.as_typed:
        rule, around = _block(tokens), [analysis.grams_of(outer)] if outer else []
    else:  # a single character is no gram, and the text as printed has none
        name = chars(name)
        rule = _any_interval([_block(letters) for letters in _with_blanks(analysis.chars_of(inner))])
        around = _with_blanks(analysis.chars_of(outer)) if outer else []
    for tokens in around:  # one by one: the cluster takes no alternatives here
        rule = {"all_of": {"intervals": [rule], "filter": {"not_contained_by": _block(tokens)}}}
    return _intervals(name, _within(query.field, rule))


def _with_blanks(letters: list[str]) -> list[list[str]]:
    """A string of characters; where blanks were typed, each may be several in the text."""
    if analysis.BLANK not in letters:
        return [letters]
    parts = [list(part) for blank, part in itertools.groupby(letters, analysis.BLANK.__eq__) if not blank]
    found = []
    for blanks in itertools.product(range(1, _MOST_BLANKS + 1), repeat=len(parts) - 1):
        spelling = list(parts[0])
        for number, part in zip(blanks, parts[1:], strict=True):
            spelling += [analysis.BLANK] * number + part
        found.append(spelling)
    return found[:_MOST_SPELLINGS]


def _in_body(name: str, tokens: list[str], sought: Needle) -> Json:
    if tokens:
        return _intervals(name, _within(Field.BODY, _block(tokens)))
    letters = {"any_of": {"intervals": [_block([letter]) for letter in analysis.spellings(sought.text)]}}
    return _intervals(chars(name), _within(Field.BODY, letters))


def _within(field: Field, rule: Json) -> Json:
    """The body is the head of `text`, up to its END."""
    if field is not Field.BODY:
        return rule
    return {"all_of": {"intervals": [rule], "filter": {"before": _block([analysis.END])}}}


def _block(tokens: Iterable[str]) -> Json:
    return {"match": {"query": " ".join(tokens), "max_gaps": 0, "mode": "ordered"}}


def _intervals(name: str, rule: Json, *, boost: float = 1.0) -> Json:
    return {"intervals": {name: {**rule, "boost": boost}}}


# -- filters -----------------------------------------------------------------------------------------


def days(first: Any, last: Any) -> Json:
    """Published in the closed range; stories without a date only when both ends are open."""
    bounds = {name: day.isoformat() for name, day in (("gte", first), ("lte", last)) if day}
    return {"range": {"day": bounds}} if bounds else {"match_all": {}}


def facet(of: Facet, values: Iterable[str]) -> Json:
    return {"terms": {f"facets.{of}": list(values)}}


def narrowed(filters: Filters, hidden: frozenset[int]) -> tuple[list[Json], list[Json]]:
    """What must hold and what must not for every count: dates, exclusions, what is hidden. What was
    ticked is not in it: each facet's own counts leave that facet's ticks out."""
    must = [days(filters.first, filters.last)] if filters.first or filters.last else []
    must_not = [facet(of, values) for of, values in filters.exclude.items() if values]
    if filters.undated:
        must_not.append({"exists": {"field": "day"}})
    stories = sorted(hidden)
    for at in range(0, len(stories), _MOST_TERMS):
        must_not.append({"terms": {"story": stories[at : at + _MOST_TERMS]}})
    return must, must_not


def ticked(filters: Filters, *, but: Facet | None = None) -> list[Json]:
    return [facet(of, values) for of, values in filters.include.items() if values and of is not but]
