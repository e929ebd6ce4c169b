"""What the README shows of reading the dataset without our software works, and counts right after updates."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from archive.dataset.snapshots import commit
from archive.stores import open_store
from tests.archive.samples import NOON, Sample, changes

README = Path(__file__).parents[2] / "README.md"
MIAN = Sample("勉县", ("10.50", "20.25"))


@pytest.fixture(autouse=True)
def store_of_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two snapshots in `gongkai-data/demo`; the second replaces the facts of the first and adds others."""
    monkeypatch.chdir(tmp_path)
    store = open_store("gongkai-data/demo")
    commit(store, changes([MIAN]), message="", run_id=None, now=NOON)
    again = [replace(MIAN, amounts=("1.00",)), Sample("延边州")]
    commit(store, changes(again), message="", run_id=None, now=NOON)


def block(language: str, word: str) -> str:
    """The one code block of the README in a language that says a word."""
    found = re.findall(rf"^```{language}\n(.*?)^```", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    [code] = [code for code in found if word in code]
    return str(code)


def test_the_python_example() -> None:
    names: dict[str, Any] = {}
    exec(block("python", "pyarrow.dataset"), names)
    assert sorted(names["facts"]["amount_text"]) == ["1.00", "1.00", "2.00"]


def test_the_duckdb_example() -> None:
    with duckdb.connect() as connection:
        assert connection.execute(block("sql", "read_parquet")).fetchall() == [(3,)]
