"""What an index in an OpenSearch cluster looks like: its fields, its settings, a story in it.

Fields of tokens hold what `analysis` made of the folded text, those of `chars` its single characters. `text`
is what is printed as the article, each kind of text as often as the table of fields says
(`search/query/fields.py`), so that one BM25 over one field weighs all of them. Whatever stands between two of
them is a line end, which no string spans.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from search.engines.document import IndexDocument
from search.engines.embedded.stored_text import printed_sections, sections
from search.engines.fingerprint import fingerprint
from search.engines.names import packed
from search.language.tokens import Segmenter, folding_version, segmenter
from search.query.fields import (
    BESIDE,
    CLUSTER_FIELDS,
    FIELDS,
    IN_BESIDE,
    IN_TEXT,
    LOOKS_IN,
    REPEATED,
    SECTIONS,
    SUGGESTED,
    Facet,
    Field,
    sections_of,
)
from search.query.semantics import pictures_of

from . import analysis

Json = dict[str, Any]

# The layout: a number, raised when the meaning of tokens changes, and a checksum of the fields there are. It
# is part of the indexes' names, so that a program never searches an index that it does not understand.
SCHEMA: Final = f"3.{zlib.crc32(' '.join((*SECTIONS, *Facet)).encode()):08x}"

WORDS: Final = "words"
PICTURES: Final = "pictures"
TOKENS_OF_PICTURE: Final = tuple(str(field) for field, row in FIELDS.items() if row.of_picture)
TOKENS: Final = tuple(dict.fromkeys(name for names in CLUSTER_FIELDS.values() for name in names))


def chars(name: str) -> str:
    """The field of single characters that goes with a field of grams."""
    return f"{name}_chars"


def parted(name: str) -> str:
    """The field of letters and the gaps between them that goes with a field of grams."""
    return f"{name}_parted"


def printed(name: str) -> str:
    """The text as it is printed, which folding has not touched; it has a field of single characters only."""
    return f"{name}_printed"


def _of_pictures(names: Iterable[str]) -> list[str]:
    kinds: tuple[Callable[[str], str], ...] = (str, chars, parted, lambda name: chars(printed(name)))
    return [kind(name) for name in names for kind in kinds]


def stamps() -> dict[str, str]:
    """What an index made by this program, now, would be stamped with."""
    return {"schema": SCHEMA, "folding": folding_version(), "dictionary": segmenter().version}


def template(prefix: str, *, shards: int, replicas: int) -> Json:
    """The composable template of all generations of one archive."""
    tokens: Json = {"type": "text", "analyzer": "whitespace"}
    unranked: Json = {**tokens, "norms": False}
    properties: Json = {
        "story": {"type": "long"},
        "day": {"type": "date", "format": "strict_date"},
        "names": {"type": "keyword"},
        "fingerprint": {"type": "keyword", "index": False},
        WORDS: {**tokens, "index_options": "freqs"},
        "facets": {
            "properties": {str(facet): {"type": "keyword", "eager_global_ordinals": True} for facet in Facet}
        },
        **dict.fromkeys(TOKENS, tokens),
        **{chars(name): tokens for name in TOKENS},
        **{parted(name): unranked for name in TOKENS},
        **{chars(printed(name)): unranked for name in TOKENS},
        # What is printed with each picture, for terms that mean the same one: nothing is ranked by it.
        PICTURES: {"type": "nested", "properties": dict.fromkeys(_of_pictures(TOKENS_OF_PICTURE), unranked)},
    }
    return {
        "index_patterns": [f"{prefix}-v{SCHEMA}-0*"],
        "template": {
            "settings": {
                "number_of_shards": shards,
                "number_of_replicas": replicas,
                "refresh_interval": "60s",  # writers refresh what they wrote
                "codec": "best_compression",
            },
            "mappings": {
                "dynamic": "strict",
                "_source": {"enabled": False},  # the database has what it was made of
                "properties": properties,
            },
        },
    }


def source(document: IndexDocument, words: Segmenter) -> Json:
    """A story as it is sent."""
    folded = dict(zip(SECTIONS, sections(document), strict=True))
    repeated = [folded[field] for field, times in REPEATED for _ in range(times) if folded[field]]
    streams = _streams(folded)
    found: Json = {
        "story": document.story_id,
        "fingerprint": fingerprint(document),
        "facets": {str(facet): list(dict.fromkeys(document.values(facet))) for facet in Facet},
        "names": list(
            dict.fromkeys(packed(facet, name) for facet in SUGGESTED for name in document.values(facet))
        ),
        WORDS: _words(folded, repeated, words),
    }
    if document.day:
        found["day"] = document.day.isoformat()
    for encode, name_of in ((analysis.grams, str), (analysis.chars, chars)):
        rest = [f" {analysis.BREAK} {encode(text)}" for text in repeated]
        found[name_of(IN_TEXT)] = f"{encode(folded[Field.BODY])} {analysis.END}{''.join(rest)}"
        found |= {name_of(str(name)): encode(text) for name, text in streams.items() if text.strip()}
    as_printed = dict(zip(SECTIONS, printed_sections(document), strict=True))
    found[PICTURES] = list(_pictures(folded, as_printed))
    found |= _unranked(folded, parted, analysis.parted)
    return found | _unranked(as_printed, lambda name: chars(printed(name)), analysis.chars)


def _pictures(folded: Mapping[Field, str], as_printed: Mapping[Field, str]) -> Iterator[Json]:
    """A field of a picture searches what the field of the story does."""
    for texts, typed in zip(pictures_of(folded), pictures_of(as_printed), strict=True):
        picture: Json = {}
        for name in map(Field, TOKENS_OF_PICTURE):
            text, own = ("\n".join(of[section] for section in LOOKS_IN[name]) for of in (texts, typed))
            for encode, name_of in (
                (analysis.grams, str),
                (analysis.chars, chars),
                (analysis.parted, parted),
            ):
                picture[name_of(name)] = encode(text)
            picture[chars(printed(name))] = analysis.chars(own)
        yield picture


def _streams(of_section: Mapping[Field, str]) -> dict[str, str]:
    return {
        **{
            field: "\n".join(of_section[section] for section in LOOKS_IN[field])
            for field in SECTIONS
            if field is not Field.BODY
        },
        IN_BESIDE: "\n".join(of_section[field] for field in sections_of(BESIDE)),
    }


def _unranked(
    of_section: Mapping[Field, str], name_of: Callable[[str], str], encode: Callable[[str], str]
) -> Json:
    """Each section once, since nothing is ranked by these fields."""
    more = [f" {analysis.BREAK} {encode(of_section[field])}" for field, _ in REPEATED]
    streams = {name: encode(text) for name, text in _streams(of_section).items() if text.strip()}
    streams[IN_TEXT] = f"{encode(of_section[Field.BODY])} {analysis.END}{''.join(more)}"
    return {name_of(name): tokens for name, tokens in streams.items()}


def _words(folded: dict[Field, str], repeated: list[str], words: Segmenter) -> str:
    once = {text: words.words(text) for text in dict.fromkeys((folded[Field.BODY], *repeated))}
    found = [word for text in (folded[Field.BODY], *repeated) for word in once[text]]
    return " ".join(word for word in found if len(word) <= analysis.LONGEST_WORD)
