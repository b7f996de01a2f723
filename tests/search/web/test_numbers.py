"""Numbers that no row can have, in every place of every address: no page of the site breaks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from newsarchive.models import Article
from tests.newsarchive.admin.conftest import SignIn
from tests.newsarchive.web.test_headers import EVERY

from .making import publish, story

pytestmark = [pytest.mark.django_db, pytest.mark.database]

# Beyond 64 bits, beyond what Python reads as a number, and a digit that `int` does not read.
NUMBERS = ("99999999999999999999", "9223372036854775808", "9" * 5000, "²")
OF_LISTS = (
    "p",
    "id__exact",
    "id__in",
    "outlet",
    "outlet__id__exact",
    "story__id__exact",
    "kind__exact",
    "queue",
)
BROKEN = range(500, 503)  # 503 is an index that is not there
OF_PAGES = ("page", "per_page", "from", "to", "outlet", "not_tag", "images", "id", "q", "timeline")


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:22])
def test_in_an_address(number: str, client: Client, signed_in: SignIn) -> None:
    publish(story())
    curator = signed_in("superuser")
    varying = {re.sub(r"(?<=/)1(?=/)", number, address) for address in EVERY if "/1/" in address}
    one = {re.sub(r"(?<=/)1(?=/)", number, address, count=1) for address in EVERY if "/1/" in address}

    broken = [
        address
        for asking in (client, curator)
        for address in sorted(varying | one)
        if answered(asking, address) in BROKEN
    ]

    assert broken == []


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:22])
def test_in_a_parameter(number: str, client: Client, signed_in: SignIn) -> None:
    publish(story())
    curator = signed_in("superuser")
    pages = [(client, address, name) for address in EVERY if "/admin/" not in address for name in OF_PAGES]
    lists = [
        (curator, address, name)
        for address in EVERY
        if re.fullmatch(r"/admin/(\w+/){1,2}", address)
        for name in OF_LISTS
    ]

    broken = [
        (address, name)
        for asking, address, name in pages + lists
        if answered(asking, address, {name: number}) in BROKEN
    ]

    assert broken == []


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:22])
def test_in_what_a_curator_sends(number: str, signed_in: SignIn) -> None:
    [article] = publish(story())
    curator = signed_in("superuser")
    curator.raise_request_exception = False
    lists = [address for address in EVERY if re.fullmatch(r"/admin/\w+/\w+/", address)]
    actions = {
        address: set(re.findall(r'<option value="(\w+)"', curator.get(address).content.decode()))
        for address in lists
    }

    broken = [
        (address, action)
        for address in lists
        for action in actions[address] or {"delete_selected"}
        if curator.post(
            address, {"action": action, "_selected_action": [number, str(article.pk)], "index": number}
        ).status_code
        in BROKEN
    ]

    assert broken == []
    assert Article.objects.filter(pk=article.pk).exists()


def answered(client: Client, address: str, parameters: Any = None) -> int:
    client.raise_request_exception = False
    return client.get(address, parameters).status_code
