"""The one door: formats are known by their content, and each has its samples."""

from pathlib import Path

import pytest

from newsarchive.errors import UnreadableFile
from newsarchive.importers import registry
from newsarchive.importers.types import SourceFile
from newsarchive.messages import Message

from .samples import (
    arc_story,
    crawled,
    exported,
    hkcnews,
    jekyll,
    mhtml,
    mirror,
    ninjs,
    page,
    post,
    read,
    record,
    rsshub,
    single_file,
)

SAMPLES = {
    "hkcnews_markdown": lambda: hkcnews("正文。"),
    "hexo_rsshub": lambda: rsshub("<p>正文。</p>"),
    "link_headed": lambda: mirror("<p>正文。</p>"),
    "jekyll_post": lambda: jekyll("<p>正文。</p>"),
    "newsarchive_export": lambda: exported("正文。"),
    "markdown_post": lambda: post("正文。"),
    "web_page": page,
    "single_file": single_file,
    "mhtml": mhtml,
    "warc_record": crawled,
    "arc_xp": arc_story,
    "record": record,
    "ninjs": ninjs,
}


def test_every_importer_has_a_sample_and_reads_it() -> None:
    assert {importer.name for importer in registry.ALL} == set(SAMPLES)
    assert {name: sample().format for name, sample in SAMPLES.items()} == {name: name for name in SAMPLES}


def test_format_is_told_by_content_and_never_by_name() -> None:
    data = "[题](https://a.example/1)\n------\n<p>正文。</p>".encode()

    formats = {registry.parse(SourceFile(name, data)).format for name in ("a.md", "b.txt", "c", "d.html/.md")}

    assert formats == {"link_headed"}


@pytest.mark.parametrize(
    "text",
    [
        "Just words without a head.",
        "[title](no address)\n---\n",
        "## A section of something\n\ntext",
        "問：甲乙丙\n\n答：丁",
    ],
)
def test_unknown_format_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(text)

    assert caught.value.message == Message("format_unknown")


def test_encoding_is_noted_and_damage_is_a_problem() -> None:
    whole = hkcnews("渡輪公司昨日宣布由下星期一起停航，市民應及早安排。")
    text = Path(__file__).parents[3].joinpath("seeds", "000_b1423378a3416348.txt").read_bytes()

    damaged = read(text + "\n\n尾".encode()[:-1])

    assert whole.encoding == "utf-8"
    assert damaged.encoding == "utf-8 (damaged)"
    assert Message("characters_lost", n=1) in damaged.problems
