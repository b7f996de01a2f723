"""Which of the characters that are one to a reader a document prints: 后 or 後, or both.

It settles nearly all of what is looked for as typed without reading texts. A document that has 後 however it
is written, and prints 後 and no other character of that class, has it as typed; one that does not print 後
has not. The texts of those that print both are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from search.engines.document import IndexDocument
from search.language import folding
from search.language.tokens import Needle

from . import joints, ngrams
from .doc_values import Docs, Mask
from .ngrams import Counted, GramList, Part
from .stored_text import printed_sections

NAME: Final = "forms"
_SPECIAL: Final = 0  # in place of a character: texts that do not run side by side with their search text


def count(documents: Sequence[IndexDocument], *, first: int) -> Counted:
    """The characters that have others in their class, by document, numbered from `first`."""
    keys = [
        _printed(document).astype(np.uint64) << np.uint64(ngrams.DOC) | np.uint64(number)
        for number, document in enumerate(documents, first)
    ]
    every = np.concatenate([np.empty(0, np.uint64), *keys])
    every.sort()
    return Counted(every, np.ones(len(every), np.uint8))


def _printed(document: IndexDocument) -> npt.NDArray[np.uint32]:
    codes = np.unique(folding.codes("".join(printed_sections(document))))
    several = codes[folding.of_several()[codes]]
    special = [_SPECIAL] if folding.is_special(codes).any() else []
    return np.concatenate((np.asarray(special, np.uint32), several))


def merge(folder: Path, parts: Sequence[Part]) -> None:
    joints.merge(folder, parts, name=NAME)


def having_all(forms: GramList, strings: Iterable[Needle | None], docs: Docs, size: int) -> Mask:
    """Which of the documents (below `size`) print every character of these strings somewhere."""
    found = np.ones(len(docs), np.bool_)
    for char in _several("".join(sought.text for sought in strings if sought)):
        found &= _printing(forms, char, size)[docs]
    return found


def having_no_others(forms: GramList, sought: Needle, docs: Docs, size: int) -> Mask:
    """Which of the documents print no other character that is one with a character of the string: where it
    stands there, it stands as typed."""
    others = {other for char in _several(sought.text) for other in folding.members(char) if other != char}
    mixed = _printing(forms, chr(_SPECIAL), size)
    for other in others:
        mixed[ngrams.docs_of(forms.postings(ord(other)))] = True
    return ~mixed[docs]


def _several(text: str) -> list[str]:
    """Its characters that have others in their class; any blank stands for any other."""
    return [char for char in dict.fromkeys(text) if not char.isspace() and len(folding.members(char)) > 1]


def _printing(forms: GramList, char: str, size: int) -> Mask:
    mask = np.zeros(size, np.bool_)
    mask[ngrams.docs_of(forms.postings(ord(char)))] = True
    return mask
