"""Work in the sandbox ends, whatever it is."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from archive.web.data import sandbox
from archive.web.data.asking import ask
from archive.web.data.sandbox import SandboxError
from archive.web.view.knowledge import Example, examples
from tests.archive.web.conftest import Served

ENDLESS = "SELECT count(*) FROM range(10000000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3"
GREEDY = "SELECT list(range) FROM range(2000000000)"


def query(served: Served, sql: str, **bounds: int) -> bytes:
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


def offspring(children: sandbox.Children) -> list[int]:
    """The process ids of the children that live."""
    assert children.parent
    pid = children.parent.pid
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> sandbox.Children:
    """Children of a parent of their own."""
    made = sandbox.Children()
    monkeypatch.setattr(sandbox, "_children", made)
    return made


def test_a_child_does_one_task_and_is_gone(served: Served, children: sandbox.Children) -> None:
    seen = set()
    for _ in range(2):
        with children.taken():
            (child,) = offspring(children)
            seen.add(child)
    assert ask(served.store, 2, "SELECT 1 AS one").to_pylist() == [{"one": 1}]
    with children.taken():  # orders are followed in their order
        assert len(offspring(children)) == 1 and len(seen) == 2


def test_questions_do_not_wait_for_each_other(served: Served) -> None:
    with ThreadPoolExecutor(2) as pool:
        endless = pool.submit(query, served, ENDLESS, seconds=6)
        assert ask(served.store, 2, "SELECT 1 AS one").num_rows == 1
        assert not endless.done()
        with pytest.raises(SandboxError, match="stopped after 6 seconds"):
            endless.result()


def test_a_parent_that_was_killed_is_replaced(served: Served, children: sandbox.Children) -> None:
    assert ask(served.store, 2, "SELECT 1 AS one").num_rows == 1
    assert children.parent
    children.parent.kill()
    children.parent.wait()
    assert ask(served.store, 2, "SELECT 1 AS one").num_rows == 1


def test_children_end_with_the_server() -> None:
    children = sandbox.Children()
    with children.taken():
        (child,) = offspring(children)
        assert children.parent and children._control
        children._control.close()  # as the end of its process does
        assert children.parent.wait(20) == 0
        with pytest.raises(ProcessLookupError):
            os.kill(child, signal.SIGCONT)


def test_a_file_that_is_no_pdf_is_refused() -> None:
    with pytest.raises(SandboxError):
        sandbox.call("render", {"page": 1}, b"%PDF-1.7 and then nothing")
