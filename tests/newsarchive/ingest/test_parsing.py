import multiprocessing
import threading
import time

from newsarchive.importers.fields.agencies import NONE
from newsarchive.importers.types import SourceFile
from newsarchive.ingest.parse_pool import Parsers, parse
from newsarchive.messages import Message
from tests.newsarchive.archive.making import post, tar_bytes

FILES = [SourceFile(f"{number}.md", post(number)) for number in range(9)]


def test_results_come_in_the_order_of_the_files() -> None:
    with Parsers(2, NONE) as parsers:
        jobs = parsers.submit(FILES)
        results = [result for job in jobs for result in parsers.collect(job)]

    assert len(jobs) > 1
    assert [r.article.identity for r in results if r.article] == [f"hkcnews:{number}" for number in range(9)]


def test_one_worker_reads_in_this_process() -> None:
    with Parsers(1, NONE) as parsers:
        (job,) = parsers.submit(FILES)
        results = parsers.collect(job)

    assert results == [parse(file, NONE) for file in FILES]
    assert multiprocessing.active_children() == []


def test_a_worker_that_dies_costs_no_file() -> None:
    with Parsers(2, NONE) as parsers:
        jobs = parsers.submit(FILES)
        for child in multiprocessing.active_children():
            child.kill()
        results = [result for job in jobs for result in parsers.collect(job)]

    assert all(result.article for result in results)


def test_a_file_whose_reading_kills_every_worker_is_a_failure_that_may_be_tried_again() -> None:
    done = threading.Event()

    def kill() -> None:
        while not done.is_set():
            for child in multiprocessing.active_children():
                child.kill()
            time.sleep(0.001)

    killer = threading.Thread(target=kill)
    killer.start()
    with Parsers(2, NONE) as parsers:
        (job,) = parsers.submit(FILES[:1])
        (result,) = parsers.collect(job)
        done.set()
        killer.join()

    assert result.article is None
    assert result.reason == Message("parser_killed")
    assert not result.lasting


def test_an_archive_inside_an_import_is_not_unpacked() -> None:
    result = parse(SourceFile("inside.tar", tar_bytes({"a.md": post(1)})), NONE)

    assert result.article is None
    assert result.reason == Message("archive_inside")


def test_a_file_that_no_importer_knows_says_so() -> None:
    result = parse(SourceFile("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256))), NONE)

    assert result.article is None
    assert result.reason
    assert result.lasting
