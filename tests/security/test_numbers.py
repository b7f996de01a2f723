"""Numbers that no row can have, in every place of every address: no page of the site breaks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from newsarchive.models import Article
from tests.admin.conftest import SignIn
from tests.pages.making import publish, story

from .test_headers import EVERY

pytestmark = pytest.mark.django_db

NUMBERS = (
    *("99999999999999999999", "9223372036854775808", "-9223372036854775809", "2147483648", "0", "-1"),
    *("9" * 5000, "1e400", "NaN", "²", "１２３", "٣"),
)
PARAMETERS = (
    *(
        "page",
        "per_page",
        "p",
        "ids",
        "e",
        "all",
        "o",
        "id",
        "pk",
        "id__exact",
        "id__in",
        "story",
        "story__id__exact",
    ),
    *(
        "outlet",
        "outlet__id__exact",
        "tags__id__exact",
        "kind",
        "kind__exact",
        "enabled__exact",
        "queue",
        "state",
    ),
    *(
        "from",
        "to",
        "year",
        "published_at__year",
        "published_on__year",
        "window",
        "images",
        "run",
        "article",
        "action",
    ),
)


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:22])
def test_in_an_address(number: str, client: Client, signed_in: SignIn) -> None:
    publish(story())
    curator = signed_in("superuser")
    varying = {re.sub(r"(?<=/)1(?=/)", number, address) for address in EVERY}
    one = {re.sub(r"(?<=/)1(?=/)", number, address, count=1) for address in EVERY}
    one |= {number.join(address.rsplit("/1/", 1)) if "/1/" in address else address for address in EVERY}

    broken = [
        address
        for asking in (client, curator)
        for address in sorted(varying | one)
        for answer in [answered(asking, address)]
        if answer >= 500
    ]

    assert broken == []


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:22])
def test_in_a_parameter(number: str, client: Client, signed_in: SignIn) -> None:
    publish(story())
    parameters = dict.fromkeys(PARAMETERS, number)
    curator = signed_in("superuser")

    broken = [
        (address, name)
        for address in EVERY
        for asking in ((curator,) if address.startswith("/admin/") else (client,))
        for name, value in (*parameters.items(), ("all together", number))
        for answer in [
            answered(asking, address, parameters if name == "all together" else {name: value}),
        ]
        if answer >= 500
    ]

    assert broken == []


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:22])
def test_in_what_a_curator_sends(number: str, signed_in: SignIn) -> None:
    [article] = publish(story())
    curator = signed_in("superuser")
    lists = [address for address in EVERY if re.fullmatch(r"/admin/\w+/\w+/", address)]
    actions = {
        address: set(re.findall(r'<option value="(\w+)"', curator.get(address).content.decode()))
        for address in lists
    }

    broken = [
        (address, action)
        for address in lists
        for action in actions[address] or {"delete_selected"}
        for answer in [
            curator.post(
                address,
                {
                    "action": action,
                    "_selected_action": [number, str(article.pk)],
                    "index": number,
                    "ids": number,
                },
            ).status_code
        ]
        if answer >= 500
    ]

    assert broken == []
    assert Article.objects.filter(pk=article.pk).exists()


def answered(client: Client, address: str, parameters: Any = None) -> int:
    client.raise_request_exception = False
    return client.get(address, parameters).status_code
