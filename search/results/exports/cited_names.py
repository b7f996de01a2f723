"""Who is cited as the author: names without the words that say what somebody did (文：, 攝影：, 記者).

Pages, exports of records and the archive's own rows keep a byline as it is printed; a reference names persons
only, since its reader (and a style that sorts by name) takes every character for a part of the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from newsarchive.importers.fields import authors
from newsarchive.models import Article

_WRITERS: Final = (
    "圖文|图文|撰文|文字|文|創作者|创作者|作者|採訪|采访|採訪及撰文"
    "|報道|报道|報導|报导|整理|口述|主筆|By|BY|by"
)
_OTHERS: Final = (
    "圖片|图片|圖|图|攝影|摄影|攝|摄|編輯|编辑|編譯|编译|翻譯|翻译|譯者|译者|譯|译|插畫|插画|設計|设计"
)
# 文：林雨, 攝影／青, By CK; without a colon only where the word can't be a part of a name
_LABEL: Final = re.compile(
    rf"[\s【\[（(]*(?:(?P<writer>{_WRITERS})|(?P<other>{_OTHERS}))(?:及(?:{_WRITERS}|{_OTHERS}))?\s*[：:︰／/]\s*"
    r"|(?P<by>[Bb]y\s+)(?=[A-Z])|(?P<translator>譯者|译者)(?=[\u4e00-\u9fff]{2,4}$)"
)
# 《蘋果日報》記者, 新华社记者; and a second reporter behind a blank
_OF_A_PAPER: Final = re.compile(
    r"^(?:《[^》]*》|[\u4e00-\u9fff]{1,4}[社報报網网台])(?=(?:\w{0,4})(?:記者|记者))"
)
_NEXT_REPORTER: Final = re.compile(r"\s+(?=(?:\w{0,4})(?:記者|记者)\S)")
_AFTER: Final = re.compile(
    r"(?:\s+|\s*[／/]\s*)(?:特約|特约|實習|实习|本報|本报)?(?:記者|记者|報道|报道|報導|报导|攝|摄)$"
)
_ROLE_BEHIND: Final = re.compile(r"(?<=\S\S)(?:報道|报道|報導|报导)$")  # 記者陳大文報道
_PARTS: Final = re.compile(rf"\s*[；;｜|│]\s*|\s+(?=(?:{_WRITERS}|{_OTHERS})\s*[：:︰／/])")
# 眾新聞記者, 本報記者: a role and no name
_NOBODY: Final = re.compile(r"\w{0,6}(?:記者|记者|特派員|特派员)")
_EDGES: Final = " \u3000。.,，、｜|│*【】[]"


def persons(names: Iterable[str], byline: str, outlet: str) -> tuple[str, ...]:
    """`names` are those of an article's authors; without any, those that its byline holds. Each once, in
    order; () where only the outlet or a column is named."""
    known = tuple(names) or (byline,)
    found = (person for name in known if name.strip() for person in _persons(name, outlet))
    return tuple(dict.fromkeys(found))


def persons_of(article: Article) -> tuple[str, ...]:
    """Reads its authors and its outlet."""
    names = [authorship.author.name for authorship in article.authorships.all()]
    return persons(names, article.byline, article.outlet.name if article.outlet else "")


def _persons(name: str, outlet: str) -> Iterator[str]:
    """Writers where a byline tells them from photographers and translators, else all."""
    parts = [part for part in _PARTS.split(name) if part.strip(_EDGES)]
    labelled = [(_LABEL.match(part), part) for part in parts]
    writers = [one for one in labelled if one[0] is None or one[0]["writer"] or one[0]["by"]]
    for label, part in writers or labelled:
        for reporter in _NEXT_REPORTER.split(part[label.end() if label else 0 :].strip(_EDGES)):
            yield from _without_roles(_AFTER.sub("", _OF_A_PAPER.sub("", reporter)), outlet)


def _without_roles(name: str, outlet: str) -> Iterator[str]:
    found, _column = authors.of_byline(name, outlet)
    for author in found:
        person = _ROLE_BEHIND.sub("", author.name) if author.role else author.name
        person = person.strip(_EDGES)
        if person and not _NOBODY.fullmatch(person):
            yield person
