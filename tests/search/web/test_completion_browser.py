"""The search box in a real browser: what it offers, and that an input method keeps its keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from search.engines import get_engine

from .making import publish, story
from .test_browser import Reader, browser, pytestmark, reader

__all__ = ["browser", "pytestmark", "reader"]


@pytest.fixture(autouse=True)
def stories(settings: Any, tmp_path: Path, transactional_db: None) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    settings.INDEX_DIR = tmp_path / "index"
    get_engine.cache_clear()
    publish(
        story("test:1", title="習近平訪港", tags=("習近平",)), story("test:2", title="颱風", tags=("習近平",))
    )
    yield
    get_engine().close()
    get_engine.cache_clear()


def test_the_arrows_choose_a_name_and_enter_follows_it(reader: Reader) -> None:
    page = reader.go("/")
    box = page.get_by_role("combobox")

    box.press_sequentially("习近")
    expect(page.get_by_role("option")).to_have_count(2)
    assert box.get_attribute("aria-expanded") == "true"
    box.press("ArrowDown")
    assert (
        page.locator(f"#{box.get_attribute('aria-activedescendant')}").inner_text().startswith("習近平 標籤")
    )
    box.press("Enter")

    page.wait_for_url("**/search/?tag=*")


def test_enter_without_a_choice_searches_for_what_was_typed(reader: Reader) -> None:
    page = reader.go("/")
    box = page.get_by_role("combobox")

    box.press_sequentially("颱風")
    expect(page.get_by_role("option")).to_have_count(1)
    box.press("Enter")

    page.wait_for_url("**/search/?q=*")


def test_escape_closes_the_list_and_keeps_the_words(reader: Reader) -> None:
    page = reader.go("/")
    box = page.get_by_role("combobox")

    box.press_sequentially("颱風")
    expect(page.get_by_role("listbox")).to_be_visible()
    box.press("Escape")

    expect(page.get_by_role("listbox")).to_be_hidden()
    assert box.input_value() == "颱風"


def test_keys_that_an_input_method_still_owns_are_left_alone(reader: Reader) -> None:
    page = reader.go("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("颱風")
    expect(page.get_by_role("option")).to_have_count(1)

    taken = box.evaluate(
        """box => ["ArrowDown", "Enter", "Escape"].map((key) => {
            const event = new KeyboardEvent("keydown", { key, isComposing: true, cancelable: true });
            box.dispatchEvent(event);
            return event.defaultPrevented;
        })"""
    )

    assert taken == [False, False, False]
    expect(page.get_by_role("listbox")).to_be_visible()
    assert box.get_attribute("aria-activedescendant") is None


def test_nothing_is_asked_while_characters_are_being_composed(reader: Reader) -> None:
    page = reader.go("/")
    box = page.get_by_role("combobox")

    box.evaluate(
        """box => {
            box.focus();
            box.value = "xi";
            box.dispatchEvent(new InputEvent("input", { isComposing: true }));
        }"""
    )
    page.wait_for_timeout(300)
    assert not [request for request in reader.asked if "/suggest/" in request.url]

    box.evaluate('box => { box.value = "習"; box.dispatchEvent(new CompositionEvent("compositionend")); }')
    expect(page.get_by_role("listbox")).to_be_visible()
