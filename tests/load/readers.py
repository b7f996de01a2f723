"""What readers and a curator do, for locust. `tests/load/__main__.py` starts this with what to ask for.

Runs in an environment that has locust and nothing of the archive's: all that it knows of the corpus is in
the file that LOAD_ASKED names; what it measured goes to the one that LOAD_MEASURED names.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from forms import fields  # beside this file: locust puts its folder on the path
from locust import FastHttpUser, between, constant, events, task

ASKED: dict[str, Any] = json.loads(Path(os.environ["LOAD_ASKED"]).read_text())
PAUSE = float(os.environ.get("LOAD_PAUSE", "0"))
FOUND_WITHIN = 60.0  # seconds, an edit

times: dict[str, list[float]] = defaultdict(list)
failures: Counter[str] = Counter()
began = time.monotonic()


@events.request.add_listener
def _measure(name: str, response_time: float, exception: Any, **more: Any) -> None:
    times[name].append(response_time)
    if exception is not None:
        failures[f"{name}: {exception}"[:300]] += 1


@events.quitting.add_listener
def _write(environment: Any, **more: Any) -> None:
    facts = {"seconds": time.monotonic() - began, "times": times, "failures": failures}
    Path(os.environ["LOAD_MEASURED"]).write_text(json.dumps(facts))


class Reader(FastHttpUser):
    wait_time = between(PAUSE / 2, PAUSE * 1.5) if PAUSE else constant(0)
    weight = 1

    def _get(self, kind: str, path: str, **parameters: Any) -> None:
        self.client.get(f"{path}?{urlencode(parameters)}" if parameters else path, name=kind)

    @task(20)
    def word(self) -> None:
        self._get("one word", "/search/", q=random.choice(ASKED["words"]))

    @task(10)
    def words(self) -> None:
        self._get("two words", "/search/", q=" ".join(random.choice(ASKED["pairs"])))

    @task(10)
    def phrase(self) -> None:
        self._get("exact phrase", "/search/", q=f"「{random.choice(ASKED['phrases'])}」")

    @task(10)
    def filtered(self) -> None:
        year = random.choice(ASKED["years"])
        ticked = {"category": random.choice(ASKED["categories"])} if random.random() < 0.5 else {}
        dates = {"from": f"{year}-01-01", "to": f"{year}-12-31"}
        self._get("dates and facets", "/search/", q=random.choice(ASKED["frequent"])[0], **dates, **ticked)

    @task(4)
    def deep(self) -> None:
        word, pages = random.choice(ASKED["frequent"])
        self._get("a page deep down", "/search/", q=word, page=random.randint(max(1, pages // 2), pages))

    @task(3)
    def sentence(self) -> None:
        self._get("a pasted sentence", "/search/", q=random.choice(ASKED["sentences"]))

    @task(20)
    def article(self) -> None:
        self._get("article", f"/articles/{random.choice(ASKED['articles'])}/")

    @task(2)
    def front(self) -> None:
        self._get("front page", "/")

    @task(4)
    def feed(self) -> None:
        self._get("feed", "/feeds/search/", q=random.choice(ASKED["words"]))

    @task(15)
    def suggest(self) -> None:
        self._get("suggestions", "/suggest/", q=random.choice(ASKED["words"])[:2])

    @task(8)
    def api(self) -> None:
        self._get("API search", "/api/search/", q=random.choice(ASKED["words"]), per_page=20)

    @task(4)
    def api_article(self) -> None:
        self._get("API article", f"/api/articles/{random.choice(ASKED['articles'])}/")


class Curator(FastHttpUser):
    """Edits an article after the other, and waits until a search finds what was written."""

    fixed_count = 1
    wait_time = constant(2)

    def on_start(self) -> None:
        page = self.client.get("/admin/login/", name="log-in page").text
        login = {**fields(page, "login-form"), "username": ASKED["user"], "password": ASKED["password"]}
        self._post("log-in", "/admin/login/", login)

    @task
    def edit(self) -> None:
        address = f"/admin/newsarchive/article/{random.choice(ASKED['articles'])}/change/"
        values = fields(self.client.get(address, name="edit: the form").text, "article_form")
        if "title" not in values:
            failures["edit: the form has no title"] += 1
            return
        mark = f"loadtest{random.randrange(10**9)}"
        began = time.perf_counter()
        self._post("edit: save", address, {**values, "title": f"{values['title'][:200]} {mark}"})
        while time.perf_counter() - began < FOUND_WITHIN:
            answer = self.client.get(f"/api/search/?q={mark}", name="edit: is it found?")
            if answer.status_code == 200 and answer.json()["count"] == 1:
                times["edit until it is found"].append((time.perf_counter() - began) * 1000)
                return
            time.sleep(0.1)
        failures[f"an edit was not found within {FOUND_WITHIN:.0f} s"] += 1

    def _post(self, kind: str, path: str, values: dict[str, str]) -> None:
        with self.client.post(
            path, data=values, name=kind, allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code == 302:
                answer.success()
            else:
                answer.failure(f"{answer.status_code} in place of a redirect")
