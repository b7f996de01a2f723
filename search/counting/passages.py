"""What two texts have in common word for word, across scripts and punctuation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from search.language.folding import aligned

SHORTEST: Final = 10  # characters, without punctuation: shorter ones are common turns
_SEED: Final = 6  # characters by which common passages are looked for
_MOST_PLACES: Final = 8  # of one seed: what a text repeats more often is looked at no further


class Passage(NamedTuple):
    """text_a[a_start:a_end] and text_b[b_start:b_end] are the same to a reader."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int


class _Letters(NamedTuple):
    text: str  # folded, without punctuation and blanks
    places: list[tuple[int, int]]  # where each is printed


def _letters(text: str) -> _Letters:
    written = aligned(text)
    kept = [at for at, char in enumerate(written.text) if char.isalnum()]
    places = [written.printed(at, at + 1) for at in kept] if written.pieces else [(at, at + 1) for at in kept]
    return _Letters("".join(written.text[at] for at in kept), places)


def shared(a: str, b: str, *, shortest: int = SHORTEST) -> list[Passage]:
    """The longest passages that both have, none overlapping another in `a`; in the order of `a`."""
    one, two = _letters(a), _letters(b)
    found = sorted(_common(one.text, two.text, shortest), key=lambda passage: passage[0] - passage[1])
    taken: list[tuple[int, int, int]] = []
    for start, end, other in found:
        if all(end <= begin or start >= stop for begin, stop, _ in taken):
            taken.append((start, end, other))
    return [
        Passage(
            one.places[start][0],
            one.places[end - 1][1],
            two.places[other][0],
            two.places[other + end - start - 1][1],
        )
        for start, end, other in sorted(taken)
    ]


def _common(a: str, b: str, shortest: int) -> Iterator[tuple[int, int, int]]:
    """(start and end in a, start in b) of strings that cannot be made longer."""
    places: dict[str, list[int]] = {}
    for at in range(len(b) - _SEED + 1):
        places.setdefault(b[at : at + _SEED], []).append(at)
    reached: dict[int, int] = {}  # by how far b is before a: up to where that was compared
    for at in range(len(a) - _SEED + 1):
        for other in places.get(a[at : at + _SEED], ())[:_MOST_PLACES]:
            if reached.get(other - at, -1) > at:
                continue
            end = at + _SEED
            while end < len(a) and other + end - at < len(b) and a[end] == b[other + end - at]:
                end += 1
            reached[other - at] = end
            if end - at >= shortest:
                yield at, end, other


def most_alike(a: str, b: str, words: list[str], *, ends: str) -> tuple[str, str] | None:
    """The sentence of each that have most of these folded words in common, the first words counting most;
    None where no two share any two."""
    weights = {word: 1 / (1 + at) ** 0.5 for at, word in enumerate(words)}
    of_a, of_b = (_sentences(text, weights, ends) for text in (a, b))
    pairs = [
        (sum(weights[word] for word in both), -at, -other)
        for at, (_, here) in enumerate(of_a)
        for other, (_, there) in enumerate(of_b)
        if len(both := here & there) > 1
    ]
    if not pairs:
        return None
    _, at, other = max(pairs)
    return of_a[-at][0], of_b[-other][0]


def _sentences(text: str, weights: dict[str, float], ends: str) -> list[tuple[str, frozenset[str]]]:
    """With the words that each has."""
    found, begin = [], 0
    for at, char in enumerate(text + "\n"):
        if char in ends:
            sentence = text[begin : at + 1].strip()
            begin = at + 1
            if sentence:
                folded = aligned(sentence).text
                found.append((sentence, frozenset(word for word in weights if word in folded)))
    return found
