"""The Simplified interface is the Traditional one, converted with mainland words (OpenCC tw2sp).

python -m tests.search.web.simplified writes newsarchive/locale/zh_Hans; a test holds it to the words in use.
"""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import opencc

LOCALE = Path(__file__).resolve().parents[3] / "newsarchive" / "locale"
SIMPLIFIED = LOCALE / "zh_Hans" / "LC_MESSAGES"
_HEADER = (
    'msgid ""\nmsgstr ""\n"Language: zh_Hans\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n'
)
# Where the converter takes a word of archives for one of computers.
_BY_HAND = {"新闻文件": "新闻档案", "本文件": "本档案", "存盘": "存档", "进程": "程序", "文档": "文件"}


def converted(text: str) -> str:
    simplified: str = opencc.OpenCC("tw2sp").convert(text)
    for wrong, right in _BY_HAND.items():
        simplified = simplified.replace(wrong, right)
    return simplified


def catalogue() -> str:
    """The whole .po file, from the messages of the English one."""
    entries = [_HEADER]
    for message, plural in _messages(LOCALE / "en" / "LC_MESSAGES" / "django.po"):
        lines = [f"msgid {_quoted(message)}"]
        if plural:
            lines += [f"msgid_plural {_quoted(plural)}", f"msgstr[0] {_quoted(converted(message))}"]
        else:
            lines.append(f"msgstr {_quoted(converted(message))}")
        entries.append("\n".join(lines) + "\n")
    return "\n".join(entries)


def _messages(path: Path) -> list[tuple[str, str]]:
    found: list[dict[str, str]] = []
    place = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line:
            continue
        if line[0] != '"':
            place, line = line.split(" ", 1)
            if place == "msgid":
                found.append({"msgid": "", "msgid_plural": ""})
        if place in ("msgid", "msgid_plural"):
            found[-1][place] += ast.literal_eval(line)
    return [(entry["msgid"], entry["msgid_plural"]) for entry in found if entry["msgid"]]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


if __name__ == "__main__":
    SIMPLIFIED.mkdir(parents=True, exist_ok=True)
    (SIMPLIFIED / "django.po").write_text(catalogue(), encoding="utf-8")
    subprocess.run(["msgfmt", "-o", str(SIMPLIFIED / "django.mo"), str(SIMPLIFIED / "django.po")], check=True)
