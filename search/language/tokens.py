"""What is a word, what is an occurrence: what nearly every room asks of this one, from one place.

Callers want these names together (fold a text, make a needle, cut words) and need not know which module
answers. What only few need is asked of its own module: `folding.aligned` for offsets into the printed text,
`loosening` for gaps, `romanised` for words by their sound.

Everything works on folded text (`folding` says which characters are one). Words (`segmentation`, by
jieba) decide the order of hits; grams (single characters and neighbouring pairs) decide what is found. A
`needle` is a string to find, and says where it stands. `scripts` says which characters words are made of.
"""

from __future__ import annotations

from .folding import fold, folding_version, search_text
from .needle import Needle, may_part, needle
from .scripts import WORD_CHARACTERS, has_word_edges, is_han, latin_words, printed_words
from .segmentation import Segmenter, Token, is_name, is_word, segmenter, use_words

__all__ = [
    "WORD_CHARACTERS",
    "Needle",
    "Segmenter",
    "Token",
    "fold",
    "folding_version",
    "has_word_edges",
    "is_han",
    "is_name",
    "is_word",
    "latin_words",
    "may_part",
    "needle",
    "printed_words",
    "search_text",
    "segmenter",
    "use_words",
]
