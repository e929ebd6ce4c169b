"""Work in the sandbox ends, whatever it is."""

from __future__ import annotations

import time

import pytest

from archive.web import sandbox
from archive.web.asking import ask
from archive.web.knowledge import examples
from archive.web.sandbox import SandboxError
from tests.archive.web.conftest import Served

ENDLESS = "SELECT count(*) FROM range(10000000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3"
GREEDY = "SELECT list(range) FROM range(2000000000)"


def query(served: Served, sql: str, **bounds: int) -> bytes:
    options = {"store": served.store.uri, "snapshot": 2, "sql": sql}
    return sandbox.call("query", options, **bounds)


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.english)
def test_every_example_has_an_answer(served: Served, example: object) -> None:
    assert ask(served.store, 2, example.sql).num_columns  # type: ignore[attr-defined]


def test_time_is_limited(served: Served) -> None:
    start = time.monotonic()
    with pytest.raises(SandboxError, match="stopped after 3 seconds"):
        query(served, ENDLESS, seconds=3)
    assert time.monotonic() - start < 10


def test_memory_is_limited(served: Served) -> None:
    with pytest.raises(SandboxError):
        query(served, GREEDY, seconds=60, memory=700 * sandbox.MIB)


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


def test_a_file_that_is_no_pdf_is_refused() -> None:
    with pytest.raises(SandboxError):
        sandbox.call("render", {"page": 1}, b"%PDF-1.7 and then nothing")
