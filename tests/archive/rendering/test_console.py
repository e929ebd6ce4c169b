"""Tables for eyes: nothing is left out on a pipe, and nothing is squeezed beyond reading on a screen."""

from __future__ import annotations

import io
from decimal import Decimal

import pyarrow as pa
from rich.cells import cell_len
from rich.console import Console

from archive.rendering.console import as_text, print_fitted
from tests.archive.rendering.test_formats import ROWS

LONG = "关于勉县二〇二四年部门预算公开情况的说明" * 30


def screen(table: pa.Table, width: int, title: str | None = None) -> list[str]:
    page = io.StringIO()
    print_fitted(table, Console(file=page, width=width, color_system=None), title)
    return page.getvalue().splitlines()


def test_a_pipe_gets_a_line_per_row_and_every_value_whole() -> None:
    rows = pa.table({f"column_{number}": [LONG, "a\nb"] for number in range(40)})
    header, _, first, second = as_text(rows, None).splitlines()
    assert header.split()[-1] == "column_39"
    assert first.split() == [LONG] * 40
    assert second.split() == ["a↵b"] * 40


def test_columns_stand_one_below_the_other_and_numbers_to_the_right() -> None:
    yuan = pa.array([Decimal("1234.50"), None], pa.decimal128(9, 2))
    rows = pa.table({"单位": ["勉县", "x"], "yuan": yuan})
    assert as_text(rows, "facts").splitlines() == [
        "facts", "单位       yuan", "────   ────────", "勉县   1,234.50", "x",
    ]  # fmt: skip


def test_what_is_printed_is_no_markup_and_moves_no_cursor() -> None:
    hostile = pa.table({"title": ["[bold]支出[/bold]\x1b]0;owned\x07\x9b2J"]})
    for told in (as_text(hostile), *(("\n".join(screen(hostile, width))) for width in (80, 5))):
        assert "[bold]支出[/bold]" in told.replace("\n", "")
        assert not {"\x1b", "\x07", "\x9b"} & set(told)
    assert "1,234,567,890,123,456.70" in as_text(ROWS)


def test_a_screen_is_not_overrun_and_long_values_go_on_below() -> None:
    rows = pa.table({"title": [LONG], "name": ["a name that is rather long as well"], "n": [1]})
    told = screen(rows, 60)
    assert max(map(cell_len, told)) <= 60
    assert "".join(line[: len(line)] for line in told).count("勉县") >= 25
    assert sum(line.count("关") for line in told) == 30


def test_rows_with_more_columns_than_fit_stand_as_records() -> None:
    rows = pa.table({f"column_{number}": ["word " * 5, f"v{number}"] for number in range(12)})
    told = screen(rows, 80)
    assert told[0].startswith("── 1 ") and "column_11  v11" in told
    assert len(told) == 2 * 13


def test_a_table_without_rows_is_its_header() -> None:
    assert as_text(pa.table({"a": pa.array([], pa.string())})).splitlines() == ["a", "─"]
    assert screen(pa.table({f"column_{n}": pa.array([], pa.string()) for n in range(30)}), 40)
