"""Exports hold every row of a snapshot, in files that the programs people have open as they are meant."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from xlsxwriter import Workbook

from archive.dataset.schema import TABLES, build_table
from archive.dataset.snapshots import Change, Snapshot, commit, load, read_table
from archive.export import Format, default_name, export
from archive.export.datapackage import COLUMN_TYPES
from archive.export.excel import fill
from archive.export.rows import EXPORTED, replacing
from archive.rendering.scalars import harmless
from archive.stores import Store, open_store
from parsers.values.messages import message
from tests.archive.samples import NOON, Sample, changes

MIAN = Sample("=HYPERLINK(1)", ("10.50", "-20.25"))
LARGEST = Sample("延边州", ("9999999999999.99",), year=2023, region="222400")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two documents, a disclosure that carries both, and a check on the facts of the first."""
    store = open_store(str(tmp_path_factory.mktemp("export") / "store"))
    disclosure = {
        "disclosure_id": "d1",
        "url": "http://example.org/1",
        "first_seen": NOON,
        "title": "two\r\nlines, and a lone \r return",
        "document_ids": [MIAN.document_id, LARGEST.document_id],
    }
    check = {
        "check_id": "c1",
        "document_id": MIAN.document_id,
        "rule": "I3",
        "status": "holds",
        "severity": "info",
        "message": str(message("required_table_lacking", name="收|支")),
        "table_ids": [MIAN.table_id],
        "fact_ids": [fact["fact_id"] for fact in MIAN.facts()],
    }
    more = [
        Change("disclosures", build_table("disclosures", [disclosure])),
        Change("checks", build_table("checks", [check])),
    ]
    commit(store, [*changes([MIAN, LARGEST]), *more], message="two documents", run_id=None, now=NOON)
    return store


@pytest.fixture(scope="module")
def snapshot(store: Store) -> Snapshot:
    return load(store)


def written(store: Store, snapshot: Snapshot, form: Format, folder: Path) -> Path:
    out = folder / "a folder" / default_name(snapshot, form)
    export(store, snapshot, form, out)
    left = [path.name for path in out.parent.rglob("*.part")]
    assert not left
    return out


def test_csv_opens_in_excel_and_runs_nothing(store: Store, snapshot: Snapshot, tmp_path: Path) -> None:
    out = written(store, snapshot, "csv", tmp_path)
    assert {path.stem for path in out.iterdir()} == {*TABLES, "dictionary"}
    assert (out / "facts.csv").read_bytes().startswith(b"\xef\xbb\xbffact_id,")
    with (out / "documents.csv").open(encoding="utf-8-sig", newline="") as file:
        titles = {row["title"] for row in csv.DictReader(file)}
    assert titles == {"'=HYPERLINK(1)", "延边州"}
    with (out / "facts.csv").open(encoding="utf-8-sig", newline="") as file:
        amounts = {row["amount_yuan"] for row in csv.DictReader(file)}
    assert amounts == {"10.50", "-20.25", "9999999999999.99"}


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "@SUM(A1)", "\t=1", "\r=1", "-cmd|' /C calc'!A0", "-1+cmd|x", "-"]
)
def test_what_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["-20.25", "-1,234.50", "一、", "208", "a=1", ""])
def test_what_it_would_not_is_left_alone(text: str) -> None:
    assert harmless(text) == text


def test_folders_of_parquet_are_the_tables(store: Store, snapshot: Snapshot, tmp_path: Path) -> None:
    out = written(store, snapshot, "parquet", tmp_path)
    for name, schema in TABLES.items():
        found = pq.read_table(out / name)
        assert found.schema.metadata == EXPORTED[name].arrow.metadata
        keys = [(key, "ascending") for key in schema.primary_key]
        own = found.select(schema.arrow.names)
        assert own.cast(schema.arrow).equals(read_table(store, snapshot, name).sort_by(keys)), name


def test_messages_are_said_in_both_languages_beside_themselves(
    store: Store, snapshot: Snapshot, tmp_path: Path
) -> None:
    out = written(store, snapshot, "csv", tmp_path)
    with (out / "checks.csv").open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert row["message"].startswith('{"code": "required_table_lacking"')
    assert (row["message_en"], row["message_zh"]) == ("收|支 is missing", "收|支缺失")
    assert row["statement_en"] == row["statement_zh"] == ""


def test_a_workbook_has_a_sheet_per_table_type(store: Store, snapshot: Snapshot, tmp_path: Path) -> None:
    book = load_workbook(written(store, snapshot, "xlsx", tmp_path))
    assert book.sheetnames[0] == "other", "of an amount in a table of no known type"
    assert {"documents", "deadlines", "checks", "dictionary"} <= set(book.sheetnames)
    header, *rows = book["other"].iter_rows(values_only=True)
    amounts = [row[header.index("amount_yuan")] for row in rows]
    assert sorted(amounts) == [-20.25, 10.5, 9999999999999.99]
    documents = {cell.value: cell.data_type for row in book["documents"].iter_rows() for cell in row}
    assert documents["=HYPERLINK(1)"] == "s"
    dictionary = list(book["dictionary"].iter_rows(values_only=True))
    assert len(dictionary) == 1 + sum(len(table.columns) for table in EXPORTED.values())


def test_a_full_sheet_goes_on_as_another(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with Workbook(path) as book:
        fill(book, "projects", ["n"], ([number] for number in range(5)), limit=3)
        fill(book, "full to the last row", ["n"], ([number] for number in range(2)), limit=3)
        fill(book, "nothing", ["n"], [])
        fill(book, "left out", ["n"], [], empty=False)
    sheets = load_workbook(path).worksheets
    expected = ["projects", "projects (2)", "projects (3)", "full to the last row", "nothing"]
    assert [sheet.title for sheet in sheets] == expected
    assert [sheet.auto_filter.ref for sheet in sheets] == ["A1:A3", "A1:A3", "A1:A2", "A1:A3", "A1"]
    assert [cell.value for sheet in sheets[:3] for cell in sheet["A"] if cell.value != "n"] == list(range(5))


@pytest.fixture
def database(store: Store, snapshot: Snapshot, tmp_path: Path) -> Any:
    with closing(sqlite3.connect(written(store, snapshot, "sqlite", tmp_path))) as connection:
        yield connection


def test_sqlite_keeps_amounts_and_references(database: sqlite3.Connection) -> None:
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    amounts = database.execute("SELECT amount_yuan, typeof(amount_yuan) FROM facts ORDER BY 1").fetchall()
    assert amounts == [(-20.25, "real"), (10.5, "real"), (9999999999999.99, "real")]
    linked = "SELECT f.amount_yuan FROM checks_fact_ids JOIN facts f USING (fact_id) ORDER BY place"
    assert database.execute(linked).fetchall() == [(10.5,), (-20.25,)]
    carried = (
        "SELECT d.title FROM disclosures_document_ids JOIN documents d USING (document_id) ORDER BY place"
    )
    assert database.execute(carried).fetchall() == [("=HYPERLINK(1)",), ("延边州",)]


def test_sqlite_has_keys_and_indexes_for_datasette(database: sqlite3.Connection) -> None:
    keys = database.execute("PRAGMA foreign_key_list(facts)").fetchall()
    assert {(key[2], key[3], key[4]) for key in keys} == {
        ("documents", "document_id", "document_id"),
        ("tables", "table_id", "table_id"),
    }
    indexes = {row[1] for row in database.execute("PRAGMA index_list(facts)")}
    assert {"facts_document_id", "facts_region_code", "facts_functional_code"} <= indexes


@pytest.fixture(scope="module")
def package(store: Store, snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(store, snapshot, "datapackage", tmp_path_factory.mktemp("package"))


def validated(folder: Path) -> subprocess.CompletedProcess[str]:
    frictionless = Path(sys.executable).with_name("frictionless")
    return subprocess.run(
        [frictionless, "validate", folder / "datapackage.json"], capture_output=True, text=True
    )


def test_frictionless_finds_every_cell_as_described(package: Path) -> None:
    result = validated(package)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("facts", "10.50", "ten"),  # no amount
        ("documents", "parsed", "guessed"),  # not one of the allowed values
        ("tables", MIAN.document_id, "0" * 64),  # a reference to nothing
    ],
)
def test_frictionless_finds_what_is_not(package: Path, tmp_path: Path, name: str, old: str, new: str) -> None:
    for path in package.iterdir():
        text = path.read_bytes().decode()
        if path.name == f"{name}.csv":
            assert old in text
            text = text.replace(old, new)
        (tmp_path / path.name).write_bytes(text.encode())
    descriptor = json.loads((tmp_path / "datapackage.json").read_text())
    for resource in descriptor["resources"]:
        del resource["bytes"], resource["hash"]  # else the hash would give it away
    (tmp_path / "datapackage.json").write_text(json.dumps(descriptor))
    assert validated(tmp_path).returncode == 1


def test_the_package_has_exact_values_and_fiscal_types(package: Path) -> None:
    descriptor = json.loads((package / "datapackage.json").read_text())
    resources = {resource["name"]: resource for resource in descriptor["resources"]}
    assert set(resources) == set(TABLES)
    fields = {field["name"]: field for field in resources["facts"]["schema"]["fields"]}
    assert {name: fields[name]["columnType"] for name in COLUMN_TYPES} == COLUMN_TYPES
    assert resources["facts"]["rowCount"] == 3
    with (package / "facts.csv").open(encoding="utf-8", newline="") as file:
        assert sum(Decimal(row["amount_yuan"]) for row in csv.DictReader(file)) == Decimal("9999999999990.24")
    with (package / "disclosures.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["title"] == "two\r\nlines, and a lone \r return"


BUDGET_TAXONOMY = {
    "budget-line-id": "string",
    "geo:source:code": "string",
    "administrative-classification:generic:code": "string",
    "administrative-classification:generic:label": "string",
    "date:fiscal-year": "integer",
    "phase:id": "string",
    "direction": "string",
    "fin-source:generic:code": "string",
    "expenditure-type:code": "string",
    "value-kind:code": "string",
    "functional-classification:generic:code": "string",
    "functional-classification:generic:label": "string",
    "economic-classification:generic:code": "string",
    "economic-classification:generic:label": "string",
    "activity:generic:project:label": "string",
    "value": "number",
}
"""The data types that the Budget Standard Taxonomy of the Fiscal Data Package (1.0rc1) gives to ours."""


def test_columns_have_the_types_of_the_fiscal_taxonomy(package: Path) -> None:
    descriptor = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    facts = next(one for one in descriptor["resources"] if one["name"] == "facts")
    typed = {
        field["columnType"]: field["type"] for field in facts["schema"]["fields"] if "columnType" in field
    }
    assert typed == BUDGET_TAXONOMY
    assert len(typed) == len(COLUMN_TYPES)


def test_an_export_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "x.db"
    target.write_text("precious")
    with pytest.raises(ZeroDivisionError), replacing(target) as part:
        part.write_text("half")
        raise ZeroDivisionError
    assert [path.read_text() for path in tmp_path.iterdir()] == ["precious"]
