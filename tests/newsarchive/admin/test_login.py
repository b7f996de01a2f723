"""Where a log-in leads."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "next_page",
    [
        *("https://evil.example/", "//evil.example/", "http:///evil.example", "\\\\evil.example"),
        *("javascript:alert(1)", "https://testserver@evil.example/", "", " "),
    ],
)
def test_a_foreign_page_to_go_on_to_leads_to_the_admin(next_page: str, client: Client) -> None:
    User.objects.create_superuser("ann", password="correct horse battery")
    words = {"username": "ann", "password": "correct horse battery", "next": next_page}

    response = client.post("/admin/login/", words, query_params={"next": next_page}, follow=True)

    assert [(address, status) for address, status in response.redirect_chain] == [("/admin/", 302)]
    assert response.status_code == 200


def test_a_page_of_this_site_is_gone_on_to(client: Client) -> None:
    User.objects.create_superuser("ann", password="correct horse battery")
    words = {"username": "ann", "password": "correct horse battery", "next": "/admin/newsarchive/tag/"}

    response = client.post("/admin/login/", words, follow=True)

    assert response.redirect_chain == [("/admin/newsarchive/tag/", 302)]
    assert response.status_code == 200
