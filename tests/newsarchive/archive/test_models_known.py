"""Tables that lie beside their code are known to every process, whatever it imports."""

from __future__ import annotations

import subprocess
import sys

from django.apps import apps
from django.urls import get_resolver

from tests import processes

_LIST = """
import django
django.setup()
from django.apps import apps
print(*sorted(model._meta.label for model in apps.get_models(include_auto_created=True)))
"""


def test_a_command_knows_the_tables_that_a_server_knows() -> None:
    get_resolver().url_patterns  # noqa: B018  # imports every page

    done = subprocess.run(
        [sys.executable, "-c", _LIST], cwd=processes.ROOT, capture_output=True, text=True, check=True
    )

    served = (model._meta.label for model in apps.get_models(include_auto_created=True))
    assert done.stdout.split() == sorted(served)
