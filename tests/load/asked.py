"""What the readers ask for: real words of the corpus, in both scripts. Printed as JSON.

    python -m tests.load.asked USER PASSWORD        (with NEWSARCHIVE_DATA)

Also makes the curator's account, which is why it works on a copy.
"""

from __future__ import annotations

import json
import os
import random
import sys

_TITLES = 3000
_PER_PAGE = 10


def _printed_words(title: str) -> list[str]:
    """As they are printed; folding keeps the places."""
    from search.language.tokens import fold, segmenter

    folded = fold(title)
    words = [word for word in segmenter().words(folded) if len(word) >= 2 and word.isalpha()]
    return [title[folded.index(word) :][: len(word)] for word in words]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsarchive.settings")
    import django

    django.setup()
    from django.contrib.auth import get_user_model

    from newsarchive.archive import visibility
    from newsarchive.importers.html.safe_subset import plain_text
    from newsarchive.models import Article, Category
    from search.engines import get_engine
    from search.language.tokens import fold
    from search.query.parser import parse

    user, password = sys.argv[1:]
    get_user_model().objects.create_superuser(user, "", password)
    rng = random.Random(7)
    ids = list(visibility.visible().values_list("pk", flat=True))
    chosen = rng.sample(ids, min(_TITLES, len(ids)))
    articles = Article.objects.filter(pk__in=chosen).only("title", "body", "published_on")
    words, pairs, phrases, sentences, years = set(), [], [], [], set()
    for article in articles.iterator():
        years.add(article.published_on.year if article.published_on else 2020)
        cut = _printed_words(article.title)
        if len(cut) < 2:
            continue
        words.update(rng.sample(cut, 2))
        pairs.append(cut[:2])
        text = plain_text(article.body).replace("\n", "")
        if len(text) > 200:
            start = rng.randrange(len(text) - 60)
            phrases.append(text[start : start + rng.randint(4, 8)].replace("」", "").replace("「", ""))
            sentences.append(text[start : start + 30])
    engine = get_engine()
    counted = sorted(
        (engine.count(parse(word).tree), word) for word in rng.sample(sorted(words), min(300, len(words)))
    )
    both = [spelt for word in sorted(words) for spelt in {word, fold(word)}]
    json.dump(
        {
            "user": user,
            "password": password,
            "words": both,
            "pairs": pairs,
            "phrases": [phrase for phrase in phrases if phrase.strip()],
            "sentences": sentences[:300],
            "years": sorted(years),
            "categories": list(Category.objects.values_list("name", flat=True)[:8]),
            "frequent": [[word, max(1, count // _PER_PAGE)] for count, word in counted[-40:] if count],
            "articles": chosen,
        },
        sys.stdout,
        ensure_ascii=False,
    )


if __name__ == "__main__":
    main()
