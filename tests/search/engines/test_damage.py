"""Whatever happens to a file of the index is noticed, and mended; until then readers get what is sound."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from newsarchive.archive import articles, outbox
from newsarchive.errors import IndexUnavailable
from newsarchive.models import Article
from search.engines.base import Engine
from search.engines.document import IndexDocument
from search.engines.embedded.engine import EmbeddedEngine
from search.engines.embedded.storage import mapping, set_aside
from search.engines.upkeep import Part, verify
from search.indexing import background_check, healing, sync
from search.indexing.background_check import BackgroundCheck
from tests.newsarchive.archive.making import parsed, save

from .engine_contract import doc, found

STORIES = [
    doc(n, f"第{n}則新聞", "香港立法會選舉結果，" * 20, outlet="眾新聞", tags=("選舉", f"第{n}"))
    for n in range(1, 9)
]


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


def zeros(path: Path) -> None:
    """Where there is anything but zeros."""
    data = path.read_bytes()
    path.write_bytes(bytes(len(data)) if any(data) else b"\1" * len(data))


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def garbage(path: Path) -> None:
    path.write_bytes(b"no such thing \xff\xfe\0" * 300)


def delete(path: Path) -> None:
    path.unlink()


DAMAGES = (flip, zeros, truncate, garbage, delete)
FILES = (
    *(
        f"{name}.{part}"
        for name in ("any", "title", "triples", "joints", "forms")
        for part in ("codes", "starts", "postings")
    ),
    *("texts", "sections", "printed", "printed.ends", "stories", "generation.json"),
    *(f"columns/{name}" for name in ("days", "docs", "facets", "names", "values")),
    *(
        "words/*.pst",
        "words/*.trm",
        "words/*.toc",
        "words/*_stored.col",
    ),
)


@pytest.fixture(scope="module")
def two_generations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "index"
    engine = EmbeddedEngine(folder)
    engine.rebuild(lambda: STORIES[:-1])
    engine.rebuild(lambda: STORIES)
    engine.close()
    return folder


@pytest.fixture
def folder(two_generations: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(two_generations, tmp_path / "index"))


def nothing_changed(*_: object) -> list[tuple[int, IndexDocument | None]]:
    return []


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_named_and_the_generation_before_answers_until_a_rebuild(
    folder: Path, name: str, damage: Callable[[Path], None]
) -> None:
    engine, open_reader = EmbeddedEngine(folder), EmbeddedEngine(folder)
    assert len(found(open_reader, "選舉")) == 8
    (path,) = (folder / "gen-2").glob(name)
    damage(path)

    noticed = verify(engine.upkeep)

    assert noticed
    assert (noticed.part, noticed.generation) == (Part.GENERATION, "gen-2")
    assert path.name in noticed.text
    assert "gen-1 answers" in engine.upkeep.heal(noticed, nothing_changed)
    for reader in (engine, open_reader, EmbeddedEngine(folder)):
        assert found(reader, "選舉") == set(range(1, 8))
    assert path.name in engine.state().damage
    assert len(set_aside.names(folder)) == 1


def test_a_rebuild_puts_right_what_was_damaged(folder: Path) -> None:
    engine, open_reader = EmbeddedEngine(folder), EmbeddedEngine(folder)
    assert len(found(open_reader, "選舉")) == 8
    flip(folder / "gen-2" / "texts")
    noticed = verify(engine.upkeep)
    assert noticed
    engine.upkeep.heal(noticed, nothing_changed)
    assert len(found(open_reader, "選舉")) == 7

    engine.rebuild(lambda: STORIES)

    assert engine.state().damage == ""
    assert engine.state().generation == "gen-3"  # a name that none before had
    assert verify(engine.upkeep) is None
    assert len(found(open_reader, "選舉")) == 8


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("name", ["tail.sqlite3", "tail.mark"])
def test_a_damaged_tail_is_put_together_again_from_what_changed(
    folder: Path, name: str, damage: Callable[[Path], None]
) -> None:
    engine, open_reader = EmbeddedEngine(folder), EmbeddedEngine(folder)
    late = doc(9, "選舉之後", "議席" * 3000)  # over several pages of the file
    engine.upsert([late])
    assert len(found(open_reader, "選舉")) == 9
    damage(folder / "gen-2" / name)

    noticed = verify(engine.upkeep)

    assert noticed
    assert (noticed.part, noticed.generation) == (Part.TAIL, "gen-2")
    assert engine.upkeep.heal(noticed, lambda since, stories: [(9, late)])
    for reader in (engine, open_reader, EmbeddedEngine(folder)):
        assert len(found(reader, "選舉")) == 9
    engine.upsert([doc(10, "選舉")])
    assert len(found(open_reader, "選舉")) == 10
    assert name in engine.state().damage


@pytest.mark.parametrize("left", ["-wal", "-shm", "-journal"])
def test_what_is_put_beside_the_tail_changes_nothing_that_is_found(folder: Path, left: str) -> None:
    engine = EmbeddedEngine(folder)
    engine.upsert([doc(9, "選舉")])
    garbage(folder / "gen-2" / f"tail.sqlite3{left}")

    if noticed := verify(engine.upkeep):
        engine.upkeep.heal(noticed, lambda since, stories: [(9, doc(9, "選舉"))])
    engine.upsert([doc(10, "選舉")])

    assert len(found(EmbeddedEngine(folder), "選舉")) == 10
    assert verify(engine.upkeep) is None


@pytest.mark.parametrize("damage", [zeros, truncate, garbage, delete], ids=lambda damage: damage.__name__)
def test_a_damaged_pointer_is_written_anew(folder: Path, damage: Callable[[Path], None]) -> None:
    engine = EmbeddedEngine(folder)
    damage(folder / "CURRENT")

    noticed = engine.upkeep.look()

    assert noticed
    assert noticed.part is Part.POINTER
    with pytest.raises(IndexUnavailable):
        engine.state()
    assert engine.upkeep.heal(noticed, nothing_changed)
    assert len(found(engine, "選舉")) == 8


def test_where_no_generation_is_sound_none_answers_and_a_rebuild_is_due(folder: Path) -> None:
    engine = EmbeddedEngine(folder)
    flip(folder / "gen-2" / "texts")
    flip(folder / "gen-1" / "columns" / "days")

    noticed = verify(engine.upkeep)
    assert noticed
    assert "nothing answers" in engine.upkeep.heal(noticed, nothing_changed)

    assert engine.upkeep.look() is None  # nothing is left to be mended
    with pytest.raises(IndexUnavailable, match="rebuild_index"):
        found(engine, "選舉")
    engine.rebuild(lambda: STORIES)
    assert len(found(engine, "選舉")) == 8


def test_no_more_than_three_damaged_things_are_kept(folder: Path) -> None:
    engine = EmbeddedEngine(folder)
    for _ in range(5):
        (folder / engine.state().generation / "tail.mark").unlink()
        noticed = engine.upkeep.look()
        assert noticed
        engine.upkeep.heal(noticed, nothing_changed)

    assert len(set_aside.names(folder)) == set_aside.MOST


def test_the_slow_check_finds_a_flipped_bit_and_says_when_it_found_none(folder: Path) -> None:
    engine = EmbeddedEngine(folder)
    assert engine.state().checked_at is None

    assert BackgroundCheck(engine.upkeep).step() is None
    assert engine.state().checked_at

    flip(folder / "gen-2" / "columns" / "docs")
    noticed = BackgroundCheck(engine.upkeep).step()
    assert noticed
    assert "columns/docs is damaged" in noticed.text


def test_the_slow_check_reads_no_more_than_its_rate_allows(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = EmbeddedEngine(folder)
    monkeypatch.setattr(background_check, "RATE", 0.001)
    check = BackgroundCheck(engine.upkeep)

    check.step()

    assert engine.state().checked_at is None


def test_a_process_that_stumbles_has_the_index_verified_at_once(folder: Path) -> None:
    engine = EmbeddedEngine(folder)
    check = BackgroundCheck(engine.upkeep)
    check.step()
    path = folder / "gen-2" / "columns" / "values"
    path.write_bytes(b"\xff" * path.stat().st_size)
    with pytest.raises(IndexUnavailable):
        found(EmbeddedEngine(folder), "選舉")

    noticed = check.step()

    assert noticed
    assert "columns/values is damaged" in noticed.text


def test_a_mapped_file_that_is_cut_short_ends_no_process(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapping.MappedFile.__init__, "__kwdefaults__", {"read_up_to": 0})
    reader = EmbeddedEngine(folder)
    assert len(found(reader, "選舉")) == 8
    os.truncate(folder / "gen-2" / "any.postings", 0)
    time.sleep(2 * mapping.HOLDS)

    with pytest.raises(IndexUnavailable, match="cut short"):
        found(reader, "選舉")


@pytest.mark.parametrize("name", ["any.starts", "any.postings", "columns/values", "columns/days", "sections"])
def test_nothing_but_unavailable_leaves_an_engine_that_reads_damaged_bytes(folder: Path, name: str) -> None:
    path = folder / "gen-2" / name
    path.write_bytes(b"\xff" * path.stat().st_size)
    engine = EmbeddedEngine(folder)

    for query in ("選舉", '"立法會選舉"', "新 聞", "title:第", "沒有的"):
        try:
            found(engine, query)
        except IndexUnavailable:
            assert engine.upkeep.take_suspicion()


def test_a_generation_without_checksums_is_read_and_said_to_be_unverified(folder: Path) -> None:
    import json

    path = folder / "gen-2" / "generation.json"
    facts = json.loads(path.read_text())
    for new in ("checksum", "checksums", "begun_at"):
        del facts[new]
    path.write_text(json.dumps(facts))
    (folder / "gen-2" / "tail.mark").unlink()
    engine = EmbeddedEngine(folder)

    assert len(found(engine, "選舉")) == 8
    assert verify(engine.upkeep) is None
    assert not engine.state().has_checksums
    assert engine.state().checked_at is None
    engine.upsert([doc(9, "選舉")])
    assert len(found(EmbeddedEngine(folder), "選舉")) == 9
    assert engine.upkeep.look() is None


# -- with an archive ------------------------------------------------------------------------------------


@pytest.fixture
def archive(db: None, index: Engine) -> Engine:
    save(
        *(
            parsed(f"test:{n}", title=f"第{n}題", body=f"<p>這是第{n}篇的本文，潮水漲了。</p>")
            for n in range(1, 6)
        )
    )
    sync.rebuild(index)
    return index


def ids(engine: Engine, words: str) -> set[int]:
    return found(engine, words)  # type: ignore[arg-type]


def gen(engine: Engine) -> Path:
    from django.conf import settings

    return Path(settings.INDEX_DIR) / engine.state().generation


def said_by(*words: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command(*words, stdout=out, stderr=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_check_index_names_a_flipped_bit_and_repair_mends_it(archive: Engine) -> None:
    assert said_by("check_index") == (0, "index and archive agree: 5 stories\n")
    flip(gen(archive) / "any.starts")

    code, said = said_by("check_index")
    assert code == 1
    assert "any.starts is damaged" in said
    code, said = said_by("check_index", "--repair")
    assert code == 0, said

    assert len(ids(archive, "潮水")) == 5
    assert said_by("check_index") == (0, "index and archive agree: 5 stories\n")


def test_the_previous_generation_answers_with_what_was_changed_since(archive: Engine) -> None:
    save(parsed("test:6", title="第6題", body="<p>新來的，潮水又漲了。</p>"))
    articles.withdraw(Article.objects.filter(identity="test:1"), reason="試驗")
    sync.rebuild(archive)
    gone = Article.objects.get(identity="test:1").story_id
    (gen(archive) / "texts").unlink()

    assert healing.heal(archive)

    assert len(ids(archive, "潮水")) == 5
    assert gone not in ids(archive, "潮水")
    assert sync.needs_rebuild(archive)
    sync.update(archive)
    assert not sync.needs_rebuild(archive)
    assert said_by("check_index")[0] == 0


@pytest.mark.parametrize("damage", [truncate, garbage, delete], ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("command", ["update_index", "rebuild_index"])
def test_every_command_that_writes_mends_a_damaged_tail(
    archive: Engine, command: str, damage: Callable[[Path], None]
) -> None:
    save(parsed("test:7", title="第7題", body="<p>潮水退了。</p>"))
    sync.drain(archive)
    damage(gen(archive) / "tail.sqlite3")

    code, said = said_by(command)

    assert code == 0, said
    assert len(ids(archive, "潮水")) == 6
    assert outbox.count() == 0
    assert said_by("check_index")[0] == 0


def test_readers_are_told_to_come_again_while_nothing_sound_is_left(archive: Engine, client: Client) -> None:
    (gen(archive) / "sections").unlink()
    archive.close()

    for address in ("/search/?q=潮水", "/api/search/?q=潮水", "/feeds/search/?q=潮水", "/readyz"):
        answer = client.get(address)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5"), address
    assert client.get("/").status_code == 200
    healing.heal(archive)
    sync.update(archive)
    assert client.get("/api/search/?q=潮水").json()["count"] == 5
    assert client.get("/readyz").json()["checks"]["index files"]["ok"] is True


def test_readyz_says_what_was_set_aside_until_the_rebuild(archive: Engine, client: Client) -> None:
    sync.rebuild(archive)
    flip(gen(archive) / "columns" / "days")
    assert said_by("check_index")[0] == 1
    assert archive.upkeep
    healing.heal(archive, verify(archive.upkeep))

    facts = client.get("/readyz").json()

    assert (facts["ready"], facts["status"]) == (True, "degraded")
    assert "columns/days is damaged" in facts["checks"]["index files"]["problem"]
    sync.update(archive)
    assert client.get("/readyz").json()["status"] == "ok"
