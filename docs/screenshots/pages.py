"""Makes the pictures of the public pages anew, from a served archive of the whole corpus:

.venv/bin/python docs/screenshots/pages.py http://127.0.0.1:8000
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
DESKTOP: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 960}}
PHONE: Final[dict[str, Any]] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
NOTHING = {"q": '標題:火星人 "綠色小人"', "category": "眾聞", "from": "2020-01-01"}
PICTURES: Final = (
    ("front-desktop-light", DESKTOP, "/"),
    ("results-desktop-light", DESKTOP, "/search/?" + urlencode({"q": "習近平"})),
    ("results-phone-dark", PHONE, "/search/?" + urlencode({"q": "习近平"})),
    ("caption-desktop-dark", DESKTOP, "/search/?" + urlencode({"q": "credit:新華社"})),
    ("nothing-phone-light", PHONE, "/search/?" + urlencode(NOTHING)),
)


def main(server: str) -> None:
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, device, address in PICTURES:
            scheme: Any = name.rpartition("-")[2]
            page = browser.new_context(**device, color_scheme=scheme, base_url=server).new_page()
            page.goto(address)
            page.screenshot(path=FOLDER / f"{name}.png")
        page = browser.new_context(viewport={"width": 1280, "height": 1200}, base_url=server).new_page()
        page.goto("/search/?" + urlencode({"q": "習近平"}))
        page.locator(".hit a").first.click()
        page.screenshot(path=FOLDER / "article-desktop-light.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
