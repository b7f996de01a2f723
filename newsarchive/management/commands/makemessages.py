"""Django's makemessages, extended to read the messages of Jinja templates: Django's own recognises only the
tags of Django templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages
from django.template import engines


class _BuildFile(makemessages.BuildFile):
    def preprocess(self) -> None:
        path = Path(self.path)
        if not path.resolve().is_relative_to(settings.BASE_DIR / "templates" / "jinja2"):
            super().preprocess()
            return
        jinja: Any = engines["jinja2"]
        found = jinja.env.extract_translations(path.read_text("utf-8"))
        calls = "\n".join(f"{function}{_arguments(message)}" for _line, function, message in found)
        Path(self.work_path).write_text(calls, encoding="utf-8")


def _arguments(message: Any) -> str:
    texts = [message] if isinstance(message, str) else [text for text in message if text is not None]
    return "(" + ", ".join(f'"{_escaped(text)}"' for text in texts) + ")"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


class Command(makemessages.Command):
    build_file_class = _BuildFile
