"""Makes the pictures of the admin anew, from a served archive of the whole corpus:

CURATOR=name PASSWORD=… .venv/bin/python docs/screenshots/admin.py http://127.0.0.1:8000
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
LIST = "/admin/newsarchive/article/"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


def main(server: str) -> None:
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_context(viewport=DESKTOP, base_url=server).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(120_000)
        page.goto("/admin/login/?next=/admin/")
        page.fill("#id_username", os.environ["CURATOR"])
        page.fill("#id_password", os.environ["PASSWORD"])
        page.press("#id_password", "Enter")
        page.wait_for_url("**/admin/")
        page.screenshot(path=FOLDER / "admin-queues.png")
        page.goto(f"{LIST}?q={quote('習近平')}&tag={quote('習近平')}")
        page.screenshot(path=FOLDER / "admin-list.png")
        page.goto(f"{LIST}bulk/?author={quote('林勵')}")
        page.select_option("#id_kind", "add_tags")
        page.fill("#id_tags", "法庭新聞")
        page.click("[name=preview]")
        page.wait_for_selector("[name=confirm]")
        page.screenshot(path=FOLDER / "admin-bulk.png")
        page.goto(f"/admin/newsarchive/agency/?q={quote('美聯社')}")
        page.click("#result_list tbody th a")
        page.wait_for_selector("#id_spellings")
        page.screenshot(path=FOLDER / "admin-agency.png")
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        page.goto(f"{LIST}?queue=no_author")
        page.screenshot(path=FOLDER / "admin-queue-phone.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
