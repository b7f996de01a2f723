"""An article as schema.org's NewsArticle, for search engines and for whoever cites it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from newsarchive.models import Article, Image

from .links import web_address


def news_article(article: Article) -> dict[str, Any]:
    """Reads outlet, authors and images. What the article does not say is left out."""
    authors = [_person(authorship.author.name) for authorship in article.authorships.all()]
    said = {
        "datePublished": _published(article),
        "dateModified": timezone.localtime(article.changed_at).isoformat(),
        "author": authors,
        "publisher": article.outlet and {"@type": "Organization", "name": article.outlet.name},
        "inLanguage": article.language,
        "isBasedOn": web_address(article.source_url),
        "archivedAt": web_address(article.archived_url),
        "image": [_image(image) for image in article.images.all()],
    }
    known = {key: value for key, value in said.items() if value or isinstance(value, list)}
    return {"@context": "https://schema.org", "@type": "NewsArticle", "headline": article.title} | known


def _published(article: Article) -> str:
    """To the second where the source said it, else the day or month; "" when it said nothing."""
    if article.published_at:
        return timezone.localtime(article.published_at).isoformat()
    return article.known_day


def _person(name: str) -> dict[str, str]:
    return {"@type": "Person", "name": name}


def _image(image: Image) -> dict[str, str]:
    return {
        "@type": "ImageObject",
        "contentUrl": image.src,
        "caption": image.caption,
        "creditText": image.credit,
    }
