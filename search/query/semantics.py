"""Does one document match a query, and where? The truth that every engine is tested against.

Works on folded text in memory; also searches the small tail of articles that changed since the index
was made, and tells the highlighter where its marks belong.
"""

from __future__ import annotations

import functools
import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar

from search.language.loosening import LINE
from search.language.tokens import Needle, needle

from .fields import FIELDS, LOOKS_IN, Field
from .tree import And, DateRange, Near, Not, Or, Query, Term, Without, however_written, of_one_picture

# Folded text per section. Several values of a field are parted by "\n", and nothing that is
# searched for spans one.
Parts = Mapping[Field, str]
Span = tuple[int, int]

_LONGEST_IN_BYTES = 4  # of a character in UTF-8


def matches(tree: Query, parts: Parts, day: date | None, *, printed: Parts | None = None) -> bool:
    """`day` is the day of publication; without one, only the range that is open on both sides matches.
    `printed` has the same texts as they are printed, for what is looked for as typed."""
    match tree:
        case And(nodes):
            return all(matches(node, parts, day, printed=printed) for node in nodes) and stand_with_a_picture(
                of_one_picture(tree), parts, printed
            )
        case Or(nodes):
            return any(matches(node, parts, day, printed=printed) for node in nodes)
        case Not(node):
            return not matches(node, parts, day, printed=printed)
        case Term(as_typed=True) | Near(as_typed=True) | Without(as_typed=True):
            return matches(however_written(tree), parts, day) and stands_as_typed(tree, printed or {})
        case DateRange(first, last):
            if day is None:
                return first is None and last is None
            return (first is None or first <= day) and (last is None or day <= last)
        case Term(field=field):
            wanted = needle_of(tree)
            return wanted is not None and any(
                wanted.stands_in(parts[name]) for name in LOOKS_IN[field] if parts.get(name)
            )
        case Near(field=field) | Without(field=field):
            return any(stands(tree, parts[name]) for name in LOOKS_IN[field] if parts.get(name))


def stand_with_a_picture(nodes: Sequence[Query], parts: Parts, printed: Parts | None = None) -> bool:
    """Do all of these parts of a query hold for one and the same picture? So do none."""
    if not nodes:
        return True
    nothing: Parts = {}
    pictures = itertools.zip_longest(pictures_of(parts), pictures_of(printed or nothing), fillvalue=nothing)
    return any(
        all(matches(node, picture, None, printed=as_printed) for node in nodes)
        for picture, as_printed in pictures
    )


def pictures_of(parts: Parts) -> list[Parts]:
    """What is printed with each picture of a story. Its sections have a line for each."""
    names = [row.field for row in FIELDS.values() if row.of_picture]
    lines = [parts[name].split("\n") if parts.get(name) else [] for name in names]
    return [dict(zip(names, of_one, strict=True)) for of_one in itertools.zip_longest(*lines, fillvalue="")]


def one_line(caption: str) -> str:
    """What is printed with a picture, as the line that it is in its section."""
    return caption.replace("\n", LINE)


def stands_as_typed(node: Term | Near | Without, printed: Parts) -> bool:
    """Does it stand in the texts as printed, in the characters that were typed?"""
    return any(spans(node, printed[name]) for name in LOOKS_IN[node.field] if printed.get(name))


def stands(node: Near | Without, folded: str) -> bool:
    """Has it any spans? Found sooner than all of them: a search asks it of ten thousands of texts."""
    if isinstance(node, Near):
        pattern = _together(node.left, node.right, node.distance, as_typed=node.as_typed)
        return pattern is not None and pattern.search(folded) is not None
    inner = _needle(node.text, as_typed=node.as_typed)
    outer = _needle(node.outside, as_typed=node.as_typed)
    if inner is None or not inner.stands_in(folded):
        return False
    if outer is None or not outer.stands_in(folded):
        return True
    if inner.plain and outer.plain:
        return _stands_outside(inner.text, outer.text, folded)
    return bool(spans(node, folded))


def is_read_as_bytes(node: Near | Without) -> bool:
    """Need its texts not be decoded?"""
    texts = (node.left, node.right) if isinstance(node, Near) else (node.text, node.outside)
    return all(sought is None or sought.plain for sought in map(_needle, texts))


def stands_in_bytes(node: Near | Without, folded: bytes) -> bool:
    """As `stands`, of a text in UTF-8. Twice as fast where the text need not be decoded."""
    if not is_read_as_bytes(node):
        return stands(node, folded.decode("utf-8", "surrogatepass"))
    if isinstance(node, Near):
        left, right = _bytes_of(node.left), _bytes_of(node.right)
        return bool(left and right) and _stand_near(left, right, node.distance, folded)
    inner, outer = _bytes_of(node.text), _bytes_of(node.outside)
    if not inner or inner not in folded:
        return False
    return not outer or _stands_outside(inner, outer, folded)


@functools.lru_cache(maxsize=256)
def _bytes_of(text: str) -> bytes:
    sought = _needle(text)
    return sought.text.encode("utf-8", "surrogatepass") if sought else b""


def _stand_near(left: bytes, right: bytes, distance: int, folded: bytes) -> bool:
    """Is there an occurrence of `right` with one of `left` near enough on either side? Of several the nearest
    decides: what lies between it and `right` lies between any other and `right` too."""
    find, find_back = folded.find, folded.rfind
    reach = _LONGEST_IN_BYTES * distance + len(left)
    at = find(right)
    while at >= 0:
        end = at + len(right)
        before = find_back(left, max(0, at - reach), at)
        if before >= 0 and _is_near(folded[before + len(left) : at], distance):
            return True
        after = find(left, end, end + reach)
        if after >= 0 and _is_near(folded[end:after], distance):
            return True
        at = find(right, at + 1)
    return False


def _is_near(between: bytes, distance: int) -> bool:
    if b"\n" in between:
        return False
    return len(between) <= distance or len(between.decode("utf-8", "surrogatepass")) <= distance


_Text = TypeVar("_Text", str, bytes)


def _stands_outside(inner: _Text, outer: _Text, folded: _Text) -> bool:
    """Is there an occurrence of `inner` that no occurrence of `outer` covers?"""
    at = folded.find(inner)
    while at >= 0:
        if folded.find(outer, max(0, at + len(inner) - len(outer)), at + len(outer)) < 0:
            return True
        at = folded.find(inner, at + 1)
    return False


def spans(node: Term | Near | Without, folded: str, *, most: int | None = None) -> list[Span]:
    """Where `node` stands in one folded string, in order: of a Term without overlaps, the first `most`; of a
    Near both strings of every pair; of a Without only the occurrences that count."""
    match node:
        case Term():
            wanted = needle_of(node)
            return wanted.spans(folded, most=most) if wanted else []
        case Near(left, right, distance):
            one, two = (_needle(text, as_typed=node.as_typed) for text in (left, right))
            return _pairs(one, two, distance, folded)
        case Without(text, outside):
            inner, outer = (_needle(text, as_typed=node.as_typed) for text in (text, outside))
            return _outside(inner, outer, folded)


@functools.lru_cache(maxsize=4096)
def needle_of(term: Term) -> Needle | None:
    """None when nothing but blanks is left of the term; such a term stands nowhere."""
    bare = not (term.exact or term.prefix or term.as_typed or term.unbroken)
    return needle(term.text, exact=term.exact, prefix=term.prefix, printed=term.as_typed, loose=bare)


def strings_of(node: Term | Near | Without) -> list[Needle | None]:
    """What has to stand somewhere for `node` to stand there."""
    if isinstance(node, Term):
        return [needle_of(node)]
    texts = (node.left, node.right) if isinstance(node, Near) else (node.text,)
    return [_needle(text, as_typed=node.as_typed) for text in texts]


@functools.lru_cache(maxsize=4096)
def _needle(text: str, *, as_typed: bool = False) -> Needle | None:
    """The strings of Near and Without are whole Latin words, quoted or not."""
    return needle(text, printed=as_typed)


@functools.lru_cache(maxsize=256)
def _together(left: str, right: str, distance: int, *, as_typed: bool) -> re.Pattern[str] | None:
    """Both strings with at most so many characters of one line between, in either order."""
    one, two = _needle(left, as_typed=as_typed), _needle(right, as_typed=as_typed)
    if one is None or two is None:
        return None
    between = f"[^\n]{{0,{distance}}}?"
    orders = [f"{one.pattern.pattern}{between}{two.pattern.pattern}"]
    if one != two:
        orders.append(f"{two.pattern.pattern}{between}{one.pattern.pattern}")
    return re.compile("|".join(orders))


def _occurrences(wanted: Needle | None, folded: str) -> list[Span]:
    """Every occurrence, overlapping ones too: 哈哈 stands twice in 哈哈哈."""
    found: list[Span] = []
    at = 0
    while wanted and (hit := wanted.pattern.search(folded, at)):
        found.append(hit.span())
        at = hit.start() + 1
    return found


def _pairs(left: Needle | None, right: Needle | None, distance: int, folded: str) -> list[Span]:
    one, two = _occurrences(left, folded), _occurrences(right, folded)
    found = _followed(one, two, distance, folded)
    if left != right:
        found |= _followed(two, one, distance, folded)
    return sorted(found)


def _followed(first: list[Span], second: list[Span], distance: int, folded: str) -> set[Span]:
    """The pairs of an occurrence in `first` and one in `second` that begins at most `distance` after its
    end, with no line end between them. All pairs of one first occurrence lie side by side."""
    found: set[Span] = set()
    starts = [start for start, _ in second]
    taken = 0  # of `second`: those before are in `found` already, however many of `first` have them near
    for span in first:
        line_end = folded.find("\n", span[1], span[1] + distance)
        limit = span[1] + distance if line_end < 0 else line_end
        low, high = bisect_left(starts, span[1]), bisect_right(starts, limit)
        if low < high:
            found.add(span)
            found.update(second[max(low, taken) : high])
            taken = max(taken, high)
    return found


def _outside(inner: Needle | None, outer: Needle | None, folded: str) -> list[Span]:
    around = _occurrences(outer, folded)
    starts = [start for start, _ in around]
    found = []
    for start, end in _occurrences(inner, folded):
        last = bisect_right(starts, start) - 1  # of those that begin early enough, it reaches farthest
        if last < 0 or around[last][1] < end:
            found.append((start, end))
    return found
