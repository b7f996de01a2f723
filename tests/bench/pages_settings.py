"""The project's settings, and a page beside its own that renders a template of nothing but text."""

from newsarchive.settings import *  # noqa: F403
from newsarchive.settings import DATA_DIR, TEMPLATES

ROOT_URLCONF = "tests.bench.pages_urls"
TEMPLATES[0]["DIRS"] += [DATA_DIR / "bench-templates"]
