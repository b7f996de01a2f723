"""What the admin says, it says in the language of the interface."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.utils import translation

from newsarchive.admin.articles import edit_diff
from newsarchive.messages import Message, texts
from tests.search.web.making import Page, publish, story

from .conftest import SignIn

pytestmark = pytest.mark.django_db


def test_permissions_are_named_in_chinese(signed_in: SignIn) -> None:
    client = signed_in("superuser")
    group = Group.objects.get(name="curator")

    page = client.get(f"/admin/auth/group/{group.pk}/change/").content.decode()

    assert "文章 · 修改" in page
    assert "編輯紀錄 · 批次修改所有篩選出的文章" in page
    assert "Can change" not in page
    assert "May import" not in page


def test_the_form_of_an_article_has_no_word_of_its_insides(signed_in: SignIn) -> None:
    client = signed_in("curator")
    [article] = publish(story())

    page = Page(client.get(f"/admin/newsarchive/article/{article.pk}/change/").content).text

    assert "Seen" not in page
    assert "front matter" not in page
    assert "日期來歷: 檔頭" in page


def test_why_an_index_is_rebuilt_is_said_in_chinese() -> None:
    with translation.override("zh-hant"):
        assert texts.said(Message("index_by_other_rules", stamps="dictionary")) == "所用的詞典已改變"
        assert (
            texts.said(Message("index_by_other_rules", stamps="folding, schema"))
            == "所用的字形對照、索引結構已改變"
        )
        assert texts.said(Message("index_outgrown", n=12)) == "建成之後有 12 項改動"
        assert edit_diff.named("date_source", "capture") == "擷取時間"
