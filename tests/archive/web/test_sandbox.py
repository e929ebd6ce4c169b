"""Work in the sandbox ends, whatever it is."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from archive.web.data import sandbox
from archive.web.data.sandbox import SandboxError, ask
from archive.web.view.knowledge import Example, examples
from parsers.readers.limits import MIB
from tests.archive.web.conftest import Served

ENDLESS = "SELECT count(*) FROM range(10000000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3"
GREEDY = "SELECT list(range) FROM range(2000000000)"


def query(served: Served, sql: str, **bounds: Any) -> bytes:
    options = {"store": served.store.uri, "snapshot": 2, "sql": sql}
    return sandbox.call("query", options, **bounds)


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.english)
def test_every_example_has_an_answer(served: Served, example: Example) -> None:
    assert ask(served.store, 2, example.sql).num_columns


def test_time_is_limited(served: Served) -> None:
    start = time.monotonic()
    with pytest.raises(SandboxError, match="stopped after 3 seconds"):
        query(served, ENDLESS, seconds=3)
    assert time.monotonic() - start < 10


def test_memory_is_limited(served: Served) -> None:
    with pytest.raises(SandboxError):
        query(served, GREEDY, seconds=60, memory=700 * MIB)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_csv('/etc/hosts')",
        "COPY facts TO '/tmp/gongkai-stolen.csv'",
        "SELECT 1; SELECT 2",
        "ATTACH '/tmp/gongkai-new.db'",
        "SET memory_limit = '100GB'",
        "INSTALL httpfs",
        "SELECT * FROM nothing",
        "",
    ],
)
def test_sql_reads_the_snapshot_and_nothing_else(served: Served, sql: str) -> None:
    with pytest.raises(SandboxError):
        ask(served.store, 2, sql)


def test_a_process_does_one_task_and_is_gone(served: Served) -> None:
    seen = [set(multiprocessing.active_children())]
    for _ in range(2):
        assert ask(served.store, 2, "SELECT 1 AS one").to_pylist() == [{"one": 1}]
        seen.append(set(multiprocessing.active_children()))
    assert seen[0] == seen[1] == seen[2]


def test_questions_do_not_wait_for_each_other(served: Served) -> None:
    with ThreadPoolExecutor(2) as pool:
        endless = pool.submit(query, served, ENDLESS, seconds=6)
        assert ask(served.store, 2, "SELECT 1 AS one").num_rows == 1
        assert not endless.done()
        with pytest.raises(SandboxError, match="stopped after 6 seconds"):
            endless.result()


def test_a_file_that_is_no_pdf_is_refused() -> None:
    with pytest.raises(SandboxError):
        sandbox.call("render", {"page": 1}, b"%PDF-1.7 and then nothing")
