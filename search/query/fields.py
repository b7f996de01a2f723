"""The fields that a query can name: the only table of them. Whatever has to know where a field looks, how
it is typed, what it weighs or which facet it is reads it here; `tests/test_owners.py` names a second place.

A story's text lies in *sections*, one for each row of FIELDS that has texts of its own. Sections of one kind
(`Kind`) are counted and weighed together. To add a field: a row here, and where its values come from in
`search/indexing/documents.py` (docs/architecture.md, "How to add").
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Field(StrEnum):
    """Where a string is looked for. ANY is what a bare word searches."""

    ANY = "any"  # everything below
    TEXT = "text"  # what is printed as the article: title, body, captions, credits
    TITLE = "title"
    BODY = "body"
    CAPTION = "caption"  # captions with the credits printed in them
    CREDIT = "credit"
    AUTHOR = "author"
    OUTLET = "outlet"
    CATEGORY = "category"
    TAG = "tag"
    OTHER = "other"  # alt texts, related links: only a bare word looks there
    COLUMN = "column"  # series in titles (【…】), columns in author boxes
    PHOTOGRAPHER = "photographer"  # persons named in credits


class Facet(StrEnum):
    """What hits are counted by, and readers narrow a search with. An index stores a facet by its number in
    this order: a new one goes to the end."""

    OUTLET = "outlet"
    CATEGORY = "category"
    TAG = "tag"
    AUTHOR = "author"
    YEAR = "year"
    LANGUAGE = "language"
    IMAGE = "image"  # "1" where there is one
    AGENCY = "agency"
    COLUMN = "column"
    PHOTOGRAPHER = "photographer"


def gettext_noop(text: str) -> str:
    """Marks a text for `makemessages`; it is translated where it is shown."""
    return text


FACET_LABELS: Final[dict[Facet, str]] = {
    Facet.OUTLET: gettext_noop("媒體"),
    Facet.CATEGORY: gettext_noop("分類"),
    Facet.TAG: gettext_noop("標籤"),
    Facet.AUTHOR: gettext_noop("作者"),
    Facet.YEAR: gettext_noop("年份"),
    Facet.LANGUAGE: gettext_noop("文字"),
    Facet.IMAGE: gettext_noop("圖片"),
    Facet.AGENCY: gettext_noop("圖片來源"),
    Facet.COLUMN: gettext_noop("專欄、系列"),
    Facet.PHOTOGRAPHER: gettext_noop("攝影記者"),
}
# The facets whose values are offered while a reader types.
SUGGESTED: Final = (Facet.AUTHOR, Facet.TAG, Facet.OUTLET)


@dataclass(frozen=True, slots=True)
class Kind:
    """Texts that are weighed alike (BM25F).

    The two engines cannot weigh by the same means. The embedded one multiplies each occurrence by `weight`
    and divides it by a length that is normalised kind by kind. A cluster has one BM25 over one field of text;
    there a kind weighs more because its texts are repeated in that field (Robertson's simple extension of
    BM25 to weighted fields). Repetitions also lengthen the field, by which BM25 divides, so they stay few:
    four times a title does in a cluster what the weight 10 does here.
    """

    name: str  # in `generation.json` and in the files of a build
    weight: float  # of one occurrence in the embedded engine; 1 in the body
    dilution: float  # BM25's b: how much a text longer than the average takes off, from 0 (nothing) to 1
    usual_size: float  # characters on average, where no document of an index has any
    repeated: int = 1  # how often its texts stand in a cluster's field of text
    printed: bool = True  # as the article; else beside it: bylines, tags …


TITLE: Final = Kind("title", weight=10.0, dilution=0.3, usual_size=25.0, repeated=4)
BODY: Final = Kind("body", weight=1.0, dilution=0.75, usual_size=1500.0)
CAPTION: Final = Kind("caption", weight=1.6, dilution=0.6, usual_size=80.0, repeated=2)
BESIDE: Final = Kind("other", weight=1.0, dilution=0.3, usual_size=50.0, printed=False)
KINDS: Final = (TITLE, BODY, CAPTION, BESIDE)

# Lists of words (in the word index) -> the kinds of text whose words are in them, with their weights.
EVERY_WORD: Final = "text"
WORD_LISTS: Final[dict[str, tuple[Kind, ...]]] = {
    EVERY_WORD: tuple(kind for kind in KINDS if kind.printed),
    "title": (TITLE,),
    "caption": (CAPTION,),
}
# Lists of grams -> the kinds of text whose characters and pairs are in them.
EVERY_GRAM: Final = "any"
GRAM_LISTS: Final[dict[str, tuple[Kind, ...]]] = {EVERY_GRAM: KINDS, "title": (TITLE,), "caption": (CAPTION,)}
# List of grams -> the list of words that says which of its grams are words.
WORDS_OF: Final = {EVERY_GRAM: EVERY_WORD, "title": "title", "caption": "caption"}


@dataclass(frozen=True, slots=True)
class Row:
    """One field. A field with a `kind` has texts of its own, one section of a story's text."""

    field: Field
    names: str  # as typed before the colon, parted by blanks, in any script and case; "": none
    attribute: str = ""  # of IndexDocument, which has its texts; "": they are in `IndexDocument.further`
    kind: Kind | None = None  # None: it looks in other fields' sections only
    also_in: tuple[Field, ...] = ()  # sections that it searches beside its own
    facet: Facet | None = (
        None  # its values are counted and ticked; and a query of the field asks them, no text
    )
    grams: str = EVERY_GRAM  # the list that knows which documents may have a string there
    words: str = ""  # the list of words that weigh more than other strings there; "": none do
    of_picture: bool = False  # each line of its section is a picture's: terms side by side mean the same one


# In the order in which sections are stored: a new one goes to the end. An index says which ones it has
# (`generation.json`, the name of a cluster's index); one that lacks some is built anew.
_ROWS = (
    Row(Field.ANY, "any 全部", words=EVERY_WORD),
    Row(Field.TEXT, "text 全文", words=EVERY_WORD),
    Row(Field.TITLE, "title 標題 題目", "title", TITLE, grams="title", words="title"),
    Row(Field.BODY, "body 正文 內文", "body", BODY, words=EVERY_WORD),
    Row(
        Field.CAPTION,
        "caption 圖說 圖片說明",
        "captions",
        CAPTION,
        also_in=(Field.CREDIT,),
        grams="caption",
        words="caption",
        of_picture=True,
    ),
    Row(
        Field.CREDIT,
        "credit 攝影 圖片來源 圖像來源 照片來源",
        "credits",
        CAPTION,
        grams="caption",
        of_picture=True,
    ),
    Row(Field.AUTHOR, "author 作者", "authors", BESIDE, facet=Facet.AUTHOR),
    Row(Field.OUTLET, "outlet source 來源 媒體", "outlet", BESIDE, facet=Facet.OUTLET),
    Row(Field.CATEGORY, "category 分類 欄目", "categories", BESIDE, facet=Facet.CATEGORY),
    Row(Field.TAG, "tag 標籤", "tags", BESIDE, facet=Facet.TAG),
    Row(Field.OTHER, "", "other", BESIDE),
    Row(Field.COLUMN, "column 專欄 系列", kind=BESIDE, facet=Facet.COLUMN),
    Row(Field.PHOTOGRAPHER, "photographer 攝影記者 攝影師", kind=BESIDE, facet=Facet.PHOTOGRAPHER),
)
FIELDS: Final[dict[Field, Row]] = {row.field: row for row in _ROWS}
DATE_NAMES: Final = "date 日期"  # the one name before a colon that looks in no text

# What words search that stand behind no field's name: bare ones, quoted ones.
WITHOUT_NAME: Final = (Field.ANY, Field.TEXT)
# The fields that have texts of their own, in the order in which they are stored.
SECTIONS: Final = tuple(row.field for row in _ROWS if row.kind)
PRINTED: Final = tuple(row.field for row in _ROWS if row.kind and row.kind.printed)

# A field -> the sections in which it looks.
# What is counted (concordance, trends, collocates, keyness): the text that an article prints, each part once.
# A credit stands in its caption as a rule.
RUNNING: Final = (Field.TITLE, Field.BODY, Field.CAPTION)

LOOKS_IN: Final[dict[Field, tuple[Field, ...]]] = {
    **{row.field: (row.field, *row.also_in) for row in _ROWS},
    Field.ANY: SECTIONS,
    Field.TEXT: PRINTED,
}


def sections_of(kind: Kind) -> tuple[Field, ...]:
    """The sections whose texts are counted together as this kind."""
    return tuple(row.field for row in _ROWS if row.kind is kind)


# --- in a cluster

IN_TEXT: Final = "text"  # the field with the article as printed, each kind as often as it is `repeated`
IN_BESIDE: Final = "beside"  # the field with what bare words search and quoted ones do not
_BODY_FIRST: Final = (Field.BODY, *(field for field in PRINTED if field is not Field.BODY))


def _in_cluster(field: Field) -> tuple[str, ...]:
    if field in (Field.TEXT, Field.BODY):  # the body is the head of that field
        return (IN_TEXT,)
    return (IN_TEXT, IN_BESIDE) if field is Field.ANY else (str(field),)


# A query's field -> the fields of a cluster's index in which it looks.
CLUSTER_FIELDS: Final[dict[Field, tuple[str, ...]]] = {field: _in_cluster(field) for field in FIELDS}
# The sections behind the body in the field of text, each as often as it stands there.
REPEATED: Final = tuple((field, kind.repeated) for field in _BODY_FIRST[1:] if (kind := FIELDS[field].kind))
