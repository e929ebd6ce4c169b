"""Rows too low for their names: the line with the code is lost, the amounts stand beside the rest."""

from __future__ import annotations

import pytest

from parsers import accounting
from parsers.findings.cut_names import rows_cut
from parsers.findings.doubt import doubted, meanings_doubted
from parsers.findings.unread import Coverage
from parsers.tables import budget_tables
from parsers.values.results import BudgetTable, Check
from tests.parsers.builders import grid, reading

WHOLE = ("[30112]其他社会保障缴费", "[303]对个人和家庭的补助", "[30399]其他对个人和家庭的补助")
CUT = ("缴费", "补助", "家庭的补助")  # 补助 alone could be the name of a row


def basic(names: tuple[str, str, str], page: int | None = 1) -> tuple[tuple[BudgetTable, ...], list[Check]]:
    """A table whose rows 2, 5 and 7 have these names, checked, and what fails; 302 has no other item."""
    insurance, help_, other = names
    lines = (
        "支出经济分类科目|合计|人员经费|公用经费",
        "合计|45.00|35.00|10.00",
        "[301]工资福利支出|5.00|5.00|",
        f"{insurance}|5.00|5.00|",
        "[302]商品和服务支出|10.00||10.00",
        "[30202]印刷费|10.00||10.00",
        f"{help_}|30.00|30.00|",
        "[30302]退休费|22.00|22.00|",
        f"{other}|8.00|8.00|",
    )
    blocks = ("一般公共预算基本支出情况表", "单位：万元", grid(*lines, page=page))
    tables, checks = accounting.check(budget_tables(reading(*blocks, page=page)))
    found = doubted(checks, tables, Coverage())
    return meanings_doubted(tables, Coverage()), [check for check in found if check.status == "fails"]


def test_rows_whose_names_are_cut_accuse_no_one() -> None:
    assert {(check.severity, check.fault) for check in basic(CUT)[1]} == {("info", "reading")}


def test_a_name_that_is_cut_proves_no_meaning() -> None:
    (table,), _ = basic(CUT)
    proved = {fact.row_label for fact in table.facts if fact.status == "proved"}
    assert proved and not proved & {"缴费", "家庭的补助"}


def test_whole_names_are_proved_and_nothing_fails() -> None:
    (table,), failing = basic(WHOLE)
    assert not failing
    assert {fact.status for fact in table.facts if fact.amount_yuan} == {"proved"}


@pytest.mark.parametrize(("names", "page"), [((*WHOLE[:2], CUT[2]), 1), (CUT, None)])
def test_one_short_name_or_a_table_on_no_page_is_not_cut(
    names: tuple[str, str, str], page: int | None
) -> None:
    assert not rows_cut(basic(names, page)[0])


def test_the_end_of_a_name_among_rows_with_codes_proves_no_meaning() -> None:
    lines = (
        "支出功能分类科目|合计|基本支出|项目支出",
        "合计|45.00|35.00|10.00",
        "210-卫生健康支出|30.00|30.00|",
        "21011-行政事业单位医疗|22.00|22.00|",
        "2101101-行政单位医疗|12.00|12.00|",
        "支出|10.00|10.00|",
        "21099-其他卫生健康支出|8.00|8.00|",
        "213-农林水支出|15.00|5.00|10.00",
        "21301-农业农村|15.00|5.00|10.00",
    )
    blocks = ("部门支出总表", "单位：万元", grid(*lines, page=1))
    (table,), _ = accounting.check(budget_tables(reading(*blocks, page=1)))
    before = {fact.row_label for fact in table.facts if fact.status == "proved"}
    (table,) = meanings_doubted((table,), Coverage())
    assert before - {fact.row_label for fact in table.facts if fact.status == "proved"} == {"支出"}


def test_a_code_that_was_not_read_proves_no_meaning() -> None:
    lines = ("某项|合计|基本支出|项目支出", "合计|9.00|5.00|4.00", "208社会保障和就业支出|5.00|5.00|0.00")
    found = budget_tables(reading("部门支出总表", "单位：万元", grid(*lines, "213农林水支出|4.00|0.00|4.00")))
    (table,), _ = accounting.check(found)
    assert {fact.functional_code for fact in table.facts} == {None}
    (table,) = meanings_doubted((table,), Coverage())
    assert {fact.row_label for fact in table.facts if fact.status == "proved"} == {"合计"}


SUMMARY = (
    "收入|收入|支出|支出",
    "项目|决算数|项目|决算数",
    "一、一般公共预算财政拨款收入|90.00|一、国防支出|-",
    "二、政府性基金预算财政拨款收入|-|{second}|30.00",
    "三、上级补助收入|-|三、卫生健康支出|20.00",
    "四、事业收入|-|四、农林水支出|40.00",
    "五、其他收入|-|{fifth}|-",
    "|-|六、其他支出|-",
    "本年收入合计|90.00|本年支出合计|90.00",
)


@pytest.mark.parametrize(
    ("second", "fifth", "cut"),
    [
        ("二、外交支出", "五、债务付息支出", False),
        ("支出", "息支出", True),
        ("支出", "五、债务付息支出", False),
    ],
)
def test_the_end_of_a_name_in_the_place_of_a_number_is_cut(second: str, fifth: str, cut: bool) -> None:
    lines = [line.format(second=second, fifth=fifth) for line in SUMMARY]
    blocks = ("收入支出决算总表", "单位：万元", grid(*lines, page=1))
    (table,) = budget_tables(reading(*blocks, page=1))
    assert bool(rows_cut([table])) is cut
