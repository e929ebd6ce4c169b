"""Cells that cannot be read are facts without an amount; what is shown times its unit is the amount."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import accounting
from parsers.findings.doubt import doubted
from parsers.findings.unread import coverage
from parsers.tables import budget_tables
from parsers.values.amounts import amount_in_yuan, read_amount, to_yuan
from parsers.values.document import Reading
from parsers.values.results import BudgetTable, Check
from tests.parsers.builders import grid, reading
from tests.wording import both, english


def summary(cell: str, unit: str = "单位：万元") -> BudgetTable:
    """A summary table with one cell of its expenditure replaced."""
    lines = (
        "收入|<|支出|<",
        "项目|预算数|项目|预算数",
        f"一、一般公共预算拨款收入|1,200.50|一、一般公共服务支出|{cell}",
        "二、政府性基金预算拨款收入||二、教育支出|200.50",
        "本年收入合计|1,200.50|本年支出合计|1,200.50",
        "收入总计|1,200.50|支出总计|1,200.50",
    )
    (table,) = budget_tables(reading("部门收支总表", unit, grid(*lines, page=2), page=2))
    return table


def checked(table: BudgetTable) -> tuple[BudgetTable, tuple[Check, ...]]:
    tables, checks = accounting.check([table])
    return tables[0], doubted(checks, tables, coverage(Reading("application/pdf"), tables))


@pytest.mark.parametrize(
    "cell", ["########", "#DIV/0!", "#REF!", "1,0OO.00", "1,000。00", "(cid:17).00", "1E30"]
)
def test_an_unreadable_cell_is_a_fact_without_an_amount_and_accuses_nobody(cell: str) -> None:
    table, checks = checked(summary(cell))
    (unread,) = (fact for fact in table.facts if fact.is_unread)
    assert (unread.amount_yuan, unread.amount_text, unread.unit_yuan) == (None, cell, 10_000)
    assert unread.status == "single"
    assert [(note.code, note.page) for note in table.notes] == [("unreadable_cell", 2)]
    assert cell in english(table.notes[0].detail)
    assert "row 0, column 3" in english(table.notes[0].detail)
    assert not [check for check in checks if check.status == "fails"]
    (sum_over_it,) = (check for check in checks if check.status == "untestable" and check.rule == "S1")
    assert cell in both(sum_over_it.message)


@pytest.mark.parametrize(
    "cell", ["1,000.00*", "1000①", "1,000.00²", "1,000.00注1", "\u200b1,000.00", "1,000.00万元"]
)
def test_marks_and_units_beside_an_amount_leave_its_sum_intact(cell: str) -> None:
    table, checks = checked(summary(cell))
    fact = next(fact for fact in table.facts if fact.row_label == "一、一般公共服务支出")
    assert (fact.amount_yuan, fact.status) == (Decimal("10000000.00"), "proved")
    assert not [check for check in checks if check.status == "fails"]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("约1,000.00", "unreadable_cell"),
        ("1,000.00(含结转)", "unreadable_cell"),
        ("N/A", "unreadable_cell"),
        ("见附表", "unreadable_cell"),
        ("100.00%", "unreadable_cell"),
        ("涉密", "masked_cell"),
    ],
)
def test_words_where_the_row_and_the_column_print_amounts_are_no_blank(cell: str, code: str) -> None:
    lines = ("科目编码|科目名称|合计|基本支出", f"208|社会保障支出|9.00|{cell}", "210|卫生健康支出|1.00|1.00")
    (table,) = budget_tables(reading("支出总表", "单位：万元", grid(*lines, "合计|<|10.00|10.00")))
    table, checks = checked(table)
    assert [(fact.amount_text, fact.amount_yuan) for fact in table.facts if fact.is_unread] == [(cell, None)]
    assert [note.code for note in table.notes] == [code]
    assert not [check for check in checks if check.status == "fails"]


@pytest.mark.parametrize(
    "cell", ["约1,000.00", "1,000.00(含结转)", "100.00%", "某某州某某旗融媒体中心局1,2章90,243.03"]
)
def test_where_a_row_has_one_amount_words_with_digits_are_no_blank(cell: str) -> None:
    table, checks = checked(summary(cell))
    assert [fact.amount_text for fact in table.facts if fact.is_unread] == [cell]
    assert not [check for check in checks if check.status == "fails"]


def test_a_mark_that_was_taken_off_is_named() -> None:
    (note,) = summary("1,000.00*").notes
    assert note.code == "footnote_mark"
    assert "1,000.00*" in english(note.detail)


def test_a_withheld_amount_is_masked_and_its_sum_not_tested() -> None:
    table, checks = checked(summary("**"))
    assert [note.code for note in table.notes] == ["masked_cell"]
    assert not [check for check in checks if check.status == "fails"]


def test_another_error_of_a_table_with_an_unreadable_cell_is_a_doubt_about_the_reading() -> None:
    lines = (
        "科目编码|科目名称|合计|基本支出|项目支出",
        "|合计|7.00|5.00|####",
        "213|农林水支出|7.00|1.00|2.00",
    )
    tables, checks = accounting.check(budget_tables(reading("支出总表", "单位：万元", grid(*lines))))
    covered = coverage(Reading("application/pdf"), tables)
    failed = [check for check in doubted(checks, tables, covered) if check.status == "fails"]
    assert failed
    assert {(check.severity, check.fault) for check in failed} == {("info", "reading")}


def test_the_unit_of_a_cell_wins_over_that_of_its_table() -> None:
    facts = {fact.row_label: fact for fact in summary("0.1亿元").facts}
    fact = facts["一、一般公共服务支出"]
    assert (fact.amount_yuan, fact.unit_text, fact.unit_basis) == (Decimal("10000000.00"), "亿元", "printed")


def test_a_column_that_names_its_unit_has_it() -> None:
    lines = ("科目名称|金额（元）|去年（万元）", "合计|10000.00|2.00", "农林水支出|10000.00|2.00")
    (table,) = budget_tables(reading("支出总表", grid(*lines)))
    assert [fact.amount_yuan for fact in table.facts[:2]] == [10_000, 20_000]


def test_a_table_whose_cells_all_print_their_unit_has_it() -> None:
    lines = ("科目名称|合计", "合计|3.00万元", "农林水支出|3.00万元")
    (table,) = budget_tables(reading("支出总表", grid(*lines)))
    assert (table.unit_text, table.unit_yuan, table.unit_basis) == ("万元", 10_000, "printed")


SMALL = ("科目名称|合计", "合计|3.00", "农林水支出|3.00")


def test_a_table_without_a_unit_takes_that_of_its_siblings_if_all_agree() -> None:
    alike = reading("收入总表", "单位：万元", grid(*SMALL), "支出总表", grid(*SMALL))
    assert [(t.unit_yuan, t.unit_basis) for t in budget_tables(alike)] == [
        (10_000, "printed"),
        (10_000, "siblings"),
    ]
    assert budget_tables(alike)[1].facts[0].amount_yuan == 30_000
    unlike = reading(
        "收入总表",
        "单位：万元",
        grid(*SMALL),
        "支出总表",
        "单位：元",
        grid(*SMALL),
        "部门收支总表",
        grid(*SMALL),
    )
    last = budget_tables(unlike)[2]
    assert (last.unit_yuan, last.unit_basis, last.facts[0].amount_yuan) == (None, "none", None)


def test_a_statement_for_all_tables_gives_the_unit() -> None:
    (table,) = budget_tables(reading("说明：本套报表金额单位均为千元。", "支出总表", grid(*SMALL)))
    assert (table.unit_yuan, table.unit_basis) == (1_000, "document")


def test_a_fact_whose_amount_is_not_text_times_unit_is_refused() -> None:
    fact = summary("1.00").facts[0]
    with pytest.raises(ValueError, match=r"1,200\.50 × 1 is not 12005000\.00 yuan"):
        replace(fact, unit_yuan=Decimal(1))
    with pytest.raises(ValueError, match="is not"):
        replace(fact, unit_yuan=None)


UNITS = {"单位：元": 1, "单位：千元": 1_000, "单位：万元": 10_000, "单位：亿元": 100_000_000}
NOISE = st.text(alphabet="0123456789.,，。()（）△-*#①²OE万亿元% \n\u200b¥", max_size=14)


@given(st.sampled_from(sorted(UNITS)), NOISE)
def test_what_is_shown_times_its_unit_is_the_amount_or_there_is_none(unit: str, cell: str) -> None:
    for fact in summary(cell.replace("|", ""), unit).facts:
        if fact.amount_yuan is not None:
            amount = read_amount(fact.amount_text)
            assert amount is not None
            assert fact.unit_yuan is not None
            assert fact.unit_yuan == (amount.unit.yuan if amount.unit else UNITS[unit])
            assert fact.amount_yuan == to_yuan(amount.number, fact.unit_yuan)
        else:
            assert fact.unit_yuan is None or amount_in_yuan(fact.amount_text, fact.unit_yuan) is None
