"""What `gongkai parse` shows of a file, for the eye."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
from openpyxl import load_workbook

from archive.ingest.reading.one_file import for_screen, parsed, rows_of
from archive.rendering.texts import use
from archive.rendering.workbook import write_workbook
from parsers.findings.claims import measured
from tests.season.documents import budget


def test_a_failing_check_stands_beside_the_precision_of_its_rule(tmp_path: Path) -> None:
    file = tmp_path / "wrong.xlsx"
    file.write_bytes(budget("勉县教育局", "勉县", "610725", 2026, altered=True))
    rows = rows_of(file, parsed(file))
    failing = [row for row in rows["checks"].to_pylist() if row["status"] == "fails"]
    others = [row for row in rows["checks"].to_pylist() if row["status"] != "fails"]
    assert failing and others
    assert all((row["rule_judged"], row["rule_right"]) == (None, None) for row in others)
    for row in failing:
        known = measured(row["rule"])
        assert (row["rule_judged"], row["rule_right"]) == (known.judged, known.right)
    shown = {row["rule"]: row["precision"] for row in for_screen(rows)["checks that fail"].to_pylist()}
    for rule, precision in shown.items():
        known = measured(rule)
        told = f"{known.right} of {known.judged} right" if known.judged else "not judged yet"
        assert precision == told


def test_heads_are_in_the_language_of_the_screen(tmp_path: Path) -> None:
    file = tmp_path / "budget.xlsx"
    file.write_bytes(budget("勉县教育局", "勉县", "610725", 2026, altered=True))
    rows = rows_of(file, parsed(file))
    use("zh")
    try:
        shown = for_screen(rows)
    finally:
        use("en")
    for view in shown.values():
        assert not [name for name in view.column_names if name.isascii()]
    [document] = shown["documents"].to_pylist()
    assert {"预算", "已读取"} <= set(document.values())
    assert {line["程度"] for line in shown["checks that fail"].to_pylist()} <= {"错误", "警告"}
    assert for_screen(rows)["documents"].column_names[0] == "title"


def test_a_workbook_has_a_sheet_for_each_printed_table(tmp_path: Path) -> None:
    file = tmp_path / "budget.xlsx"
    file.write_bytes(budget("勉县教育局", "勉县", "610725", 2026))
    rows = rows_of(file, parsed(file))
    with (tmp_path / "out.xlsx").open("wb") as out:
        write_workbook(rows, out)
    book = load_workbook(tmp_path / "out.xlsx")
    heads, *lines = [[cell.value for cell in line] for line in book["tables"].iter_rows()]
    assert "grid" not in heads and "header" not in heads
    names = [line[heads.index("sheet")] for line in lines]
    assert len(names) == len(set(names)) == len(rows["tables"]) and set(names) < set(book.sheetnames)
    tables = {
        row["table_id"]: (row, name) for row, name in zip(rows["tables"].to_pylist(), names, strict=True)
    }
    facts = [row for row in rows["facts"].to_pylist() if row["amount_yuan"] is not None]
    assert len(facts) > 20
    for fact in facts:
        table, name = tables[fact["table_id"]]
        cell = book[name].cell(len(table["header"]) + fact["row_no"] + 1, fact["col_no"] + 1)
        assert Decimal(str(cell.value)) * fact["unit_yuan"] == fact["amount_yuan"], (name, cell.coordinate)
    printed, name = tables[facts[0]["table_id"]]
    assert [cell.value or "" for cell in book[name][1]] == printed["header"][0]


def test_names_of_sheets_are_short_lawful_and_no_two_alike(tmp_path: Path) -> None:
    title = "收[支]总表: a/b*c?" + "长" * 40
    row = {"table_id": "t1", "table_no": 1, "title": title, "table_type": "summary"}
    row |= {"header": [["=1+1"]], "grid": [["=cmd", "1"]]}
    tables = pa.Table.from_pylist([row, row | {"table_id": "t2"}, row | {"table_id": "t3", "title": None}])
    with (tmp_path / "out.xlsx").open("wb") as out:
        write_workbook({"tables": tables}, out)
    book = load_workbook(tmp_path / "out.xlsx")
    assert len(book.sheetnames) == 4 and max(map(len, book.sheetnames)) <= 31
    assert not set("[]:*?/\\") & set("".join(book.sheetnames))
    assert book.worksheets[1]["A2"].value == "=cmd" and book.worksheets[1]["A2"].data_type == "s"
