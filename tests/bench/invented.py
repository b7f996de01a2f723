"""A corpus for machines that have none: articles of jieba's words in the form of the hkcnews backup.

Words come as often as in jieba's dictionary, so long texts look like Chinese to an index.
"""

from __future__ import annotations

import itertools
import random
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import jieba

_FIRST_DAY = date(2017, 1, 1)
_PEOPLE = ("陳大文", "李小明", "何家希", "王美玲", "張學海", "林樹人")
_CATEGORIES = ("港聞", "政治", "國際", "經濟", "生活")


def write(path: Path, *, count: int, seed: int = 20_170_101) -> Path:
    """A zip of `count` files; the same every time."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, text in enumerate(_articles(count, random.Random(seed)), 1):
                archive.writestr(zipfile.ZipInfo(f"invented/article_{number}.md"), text)
        beside.replace(path)
    return path


def _articles(count: int, rng: random.Random) -> list[str]:
    words, weights = _vocabulary()
    supply = iter(rng.choices(words, weights, k=count * 900))
    return [_article(number, rng, supply) for number in range(1, count + 1)]


def _article(number: int, rng: random.Random, supply: Iterator[str]) -> str:
    title = "".join(itertools.islice(supply, rng.randint(5, 10)))
    body = "\n\n".join(
        "".join(
            f"{''.join(itertools.islice(supply, rng.randint(6, 14)))}。" for _ in range(rng.randint(2, 6))
        )
        for _ in range(rng.randint(4, 14))
    )
    day = _FIRST_DAY + timedelta(days=rng.randrange(1_800))
    tags = "".join(f'  - "{tag}"\n' for tag in itertools.islice(supply, 3))
    address = f"https://www.hkcnews.com/article/{number}/x"
    return (
        f'---\ntitle: "{title}"\ndate: "{day}"\nauthor: "{rng.choice(_PEOPLE)}"\n'
        f'category: "{rng.choice(_CATEGORIES)}"\ntags:\n{tags}'
        f'url: "https://web.archive.org/web/20220117044434/{address}"\n'
        f'original_url: "{address}"\n---\n\n{body}\n'
    )


def _paragraph(rng: random.Random, supply: Iterator[str]) -> str:
    sentences = ("".join(itertools.islice(supply, rng.randint(6, 14))) for _ in range(rng.randint(2, 6)))
    return "".join(f"{sentence}。" for sentence in sentences)


def _vocabulary() -> tuple[list[str], list[int]]:
    with jieba.get_module_res("dict.txt") as source:
        rows = [line.split(" ") for line in source.read().decode("utf-8").splitlines()]
    common = [(word, int(count)) for word, count, _ in rows if int(count) > 20 and word.isalpha()]
    return [word for word, _ in common], [count for _, count in common]
