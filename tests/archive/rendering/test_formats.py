"""Every format gives back the value that went in."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from archive.rendering.formats import as_csv, form_of, give, write
from archive.rendering.scalars import as_json
from archive.rendering.workbook import write_workbook
from parsers.values.messages import message

ROWS = pa.Table.from_pylist(
    [
        {
            "row_label": '=HYPERLINK("http://x")',
            "functional_code": "0210303",
            "amount_yuan": Decimal("1234567890123456.70"),
            "due": date(2026, 5, 11),
            "seen": datetime(2026, 5, 1, 8, 30, tzinfo=UTC),
            "proofs": ["I3", "I4"],
            "is_total": True,
        },
        {
            "row_label": "水利，[bold]支出[/bold]\n\x07",
            "functional_code": None,
            "amount_yuan": Decimal("0.00"),
            "due": None,
            "seen": None,
            "proofs": [],
            "is_total": False,
        },
    ],
    pa.schema(
        [
            ("row_label", pa.string()),
            ("functional_code", pa.string()),
            ("amount_yuan", pa.decimal128(20, 2)),
            ("due", pa.date32()),
            ("seen", pa.timestamp("us", tz="UTC")),
            ("proofs", pa.list_(pa.string())),
            ("is_total", pa.bool_()),
        ]
    ),
)


def test_csv_keeps_amounts_plain_and_codes_whole() -> None:
    first, second = csv.DictReader(io.StringIO(as_csv(ROWS)))
    assert first["amount_yuan"] == "1234567890123456.70"
    assert first["functional_code"] == "0210303"
    assert first["due"] == "2026-05-11"
    assert json.loads(first["proofs"]) == ["I3", "I4"]
    assert second["row_label"] == "水利，[bold]支出[/bold]\n\x07"
    assert second["functional_code"] == ""


def test_json_loses_no_digit() -> None:
    first, second = json.loads(as_json(ROWS.to_pylist()))
    assert first["amount_yuan"] == "1234567890123456.70"
    assert first["seen"] == "2026-05-01T08:30:00+00:00"
    assert first["proofs"] == ["I3", "I4"]
    assert second["due"] is None


def test_json_has_the_sentences_beside_the_code() -> None:
    said = str(message("api_no_column", table="facts", column="x"))
    rows = pa.table({"note": [said, None], "parts": [[said], []], "plain": ["{}", "[]"]})
    out = io.BytesIO()
    write(rows, "json", out)
    first, second = json.loads(out.getvalue())
    assert first["note"] == said
    assert (first["note_en"], first["note_zh"]) == ("facts has no column “x”", "facts 没有“x”这一列")
    assert first["parts_en"] == ["facts has no column “x”"]
    assert second["note_en"] is None and second["parts_zh"] == []
    assert {"plain_en", "plain_zh"}.isdisjoint(first)


def test_a_workbook_holds_no_formula() -> None:
    out = io.BytesIO()
    write_workbook({"facts": ROWS, "x" * 40: ROWS.slice(0, 0)}, out)
    book = load_workbook(out)
    assert book.sheetnames == ["facts", "x" * 31]
    sheet = book["facts"]
    header = [cell.value for cell in sheet[1]]
    label, code, amount = (sheet.cell(2, header.index(name) + 1) for name in ROWS.column_names[:3])
    assert (label.value, label.data_type) == ('=HYPERLINK("http://x")', "s")
    assert (code.value, code.data_type) == ("0210303", "s")
    assert amount.data_type == "n"
    assert sheet.cell(3, 1).value == "水利，[bold]支出[/bold]\n", (
        "a control character cannot stand in a workbook"
    )


def test_parquet_is_the_table_itself() -> None:
    out = io.BytesIO()
    write(ROWS, "parquet", out)
    assert pq.read_table(pa.BufferReader(out.getvalue())).equals(ROWS)


def test_an_unknown_format_is_an_error() -> None:
    with pytest.raises(ValueError, match="yaml"):
        write(ROWS, "yaml", io.BytesIO())


@pytest.mark.parametrize(
    ("form", "name", "expected"),
    [
        ("table", "x.xlsx", "xlsx"),
        ("table", "x.CSV", "csv"),
        ("table", "x.txt", "table"),
        ("json", "x.csv", "json"),
    ],
)
def test_a_files_name_tells_its_form_where_none_is_chosen(form: str, name: str, expected: str) -> None:
    assert form_of(form, Path(name)) == expected and form_of(form, None) == form


def test_a_workbook_by_its_name_is_one(tmp_path: Path) -> None:
    give(ROWS, "table", tmp_path / "x.xlsx")
    assert load_workbook(tmp_path / "x.xlsx").active is not None


def test_csv_holds_no_formula() -> None:
    texts = ["=cmd|'/c calc'!A1", "+1", "@x", "-2+3", "-1,234.50", "县财政局", None]
    printed = as_csv(pa.table({"=name": texts})).splitlines()
    assert printed == ["'=name", "'=cmd|'/c calc'!A1", "'+1", "'@x", "'-2+3", '"-1,234.50"', "县财政局", '""']
