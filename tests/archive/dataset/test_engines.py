"""What docs/engines.md shows works: each engine reads the rows of one snapshot, of whatever age its files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from archive.dataset.schema import TABLES
from archive.dataset.schema.declaration import rows_to_table
from archive.dataset.snapshots import commit, load
from archive.export import export
from archive.stores import Store, open_store
from tests.archive import seaweed
from tests.archive.samples import NOON, Sample, changes
from tests.test_gongkai import gongkai

DOCUMENT = Path(__file__).parents[3] / "docs" / "engines.md"
OLD, MIAN, YANBIAN = (
    Sample("旧", ("5.00",), year=2020),
    Sample("勉县", ("10.50", "20.25")),
    Sample("延边州", ("0.01",)),
)
AMOUNTS = [Decimal("0.01"), Decimal("1.00"), Decimal("5.00")]


def fill(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot with files that lack a column, and one that replaces rows and adds others in newer files."""
    facts = TABLES["facts"]
    with monkeypatch.context() as patched:
        older = replace(
            facts, columns=tuple(column for column in facts.columns if column.name != "unit_text")
        )
        patched.setitem(TABLES, "facts", older)
        patched.setattr("tests.archive.samples.build_table", _older_table)
        commit(store, changes([OLD, MIAN]), message="", run_id=None, now=NOON)
    commit(store, changes([replace(MIAN, amounts=("1.00",)), YANBIAN]), message="", run_id=None, now=NOON)
    ages = {len(file.columns) for file in load(store).files("facts")}
    assert len(ages) == 2, "files of two ages"


def _older_table(name: str, rows: Iterable[Mapping[str, object]]) -> pa.Table:
    return rows_to_table(TABLES[name], rows)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The store where the document has it, `gongkai-data` in the current directory."""
    monkeypatch.chdir(tmp_path)
    fill(open_store("gongkai-data"), monkeypatch)
    yield tmp_path


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def block(title: str) -> str:
    """The block of one engine."""
    [code] = [code for code in blocks("python") if code.startswith(f"# {title}\n")]
    return code


def run(title: str, places: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The names a block defines, run after the block that lists the files; `places` replace those in it."""
    code = block(title)
    for old, new in (places or {}).items():
        assert old in code
        code = code.replace(old, new)
    names: dict[str, Any] = {}
    exec(blocks("python")[0], names)
    exec(code, names)
    return names


def test_every_block_is_run() -> None:
    titles = {code.partition("\n")[0].removeprefix("# ") for code in blocks("python")[1:]}
    assert titles == {
        "pyarrow",
        "pandas",
        "polars",
        "duckdb",
        "spark",
        "messages",
        "a folder",
        "s3",
        "iceberg",
    }


def test_pyarrow() -> None:
    facts = run("pyarrow")["facts"]
    assert sorted(facts["amount_yuan"].to_pylist()) == AMOUNTS and facts["unit_text"].null_count == 3


def test_pandas() -> None:
    facts = run("pandas")["facts"]
    assert sorted(facts["amount_yuan"]) == AMOUNTS and list(facts["unit_text"].isna()) == [True] * 3
    assert str(facts["fiscal_year"].dtype) == "int32[pyarrow]"


def test_polars() -> None:
    pytest.importorskip("polars")
    facts = run("polars")["facts"]
    assert sorted(facts["amount_yuan"].to_list()) == AMOUNTS and facts["unit_text"].null_count() == 3


def test_duckdb() -> None:
    names = run("duckdb")
    assert names["total"] == (sum(AMOUNTS),)
    assert "unit_text" in names["facts"].columns


def test_messages() -> None:
    assert run("messages")["said"] == ["支出总表 is missing", "支出总表缺失"]


def test_spark() -> None:
    pytest.importorskip(
        "pyspark", reason="pip install pyspark (400 MB: not among the packages for development)"
    )
    if not shutil.which("java"):
        pytest.skip("Spark needs Java")
    names = run("spark")
    try:
        rows = names["facts"].select("amount_yuan", "unit_text").collect()
        assert sorted(row.amount_yuan for row in rows) == AMOUNTS
    finally:
        names["spark"].stop()


def test_r() -> None:
    program = shutil.which("Rscript")
    asked = [program, "-e", "library(arrow); library(jsonlite)"] if program else ["false"]
    if subprocess.run(asked, capture_output=True).returncode:
        pytest.skip("R with the packages arrow and jsonlite is not available here")
    [code] = blocks("r")
    done = subprocess.run([program or "", "-e", code], capture_output=True, text=True)
    assert done.stdout.split()[-1] == "3", done.stderr


def test_a_folder(here: Path) -> None:
    store = open_store("gongkai-data")
    export(store, load(store), "parquet", here / "DIR")
    facts = run("a folder")["facts"]
    assert sorted(facts["amount_yuan"].to_pylist()) == AMOUNTS
    assert facts.column_names == TABLES["facts"].arrow.names
    assert {path.name for path in (here / "DIR").iterdir()} == set(TABLES)


def test_s3(s3_uri: str, s3_server: seaweed.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(open_store(s3_uri), monkeypatch)
    host = s3_server.endpoint.removeprefix("http://")
    places = {
        "my-bucket/gongkai": s3_uri.removeprefix("s3://"),
        "fs.S3FileSystem()": f"fs.S3FileSystem(endpoint_override='{host}', scheme='http')",
    }
    facts = run("s3", places)["facts"]
    assert sorted(facts["amount_yuan"].to_pylist()) == AMOUNTS


def test_iceberg(here: Path) -> None:
    """In a process of its own: PyIceberg reads its configuration once."""
    [code] = [code for code in blocks("sh") if "PYICEBERG" in code]
    settings = dict(re.findall(r"export (\w+)=(\S+)", code.replace("/srv/iceberg", str(here))))
    done = gongkai("publish", "--iceberg", "budgets", "--store", "gongkai-data", **settings)
    assert done.code == 0, done.err
    reading = block("iceberg") + "print(*sorted(facts['amount_yuan'].to_pylist()))"
    found = subprocess.run(
        [sys.executable, "-c", reading], capture_output=True, text=True, env=os.environ | settings
    )
    assert found.stdout.split() == [str(amount) for amount in AMOUNTS], found.stderr
