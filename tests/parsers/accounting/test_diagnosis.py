"""Planted slips: the message names the cell and the slip, and innocent amounts stay proved."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from parsers.accounting import check
from parsers.accounting.slips import slip
from parsers.findings.doubt import doubted
from parsers.findings.explained import in_words
from parsers.findings.unread import Coverage
from parsers.values.results import BudgetTable, Check
from parsers.values.vocabulary import AmountSource, TextLayer
from tests.parsers.accounting.test_accounting import EXPENDITURE, checked, expenditure
from tests.parsers.builders import grid
from tests.wording import both


def failing(checks: tuple[Check, ...]) -> list[Check]:
    return [c for c in checks if c.status == "fails"]


def disputed(table: BudgetTable) -> list[str]:
    return [f"{f.row_label} {f.column_path} {f.amount_text}" for f in table.facts if f.status == "disputed"]


@pytest.mark.parametrize(
    ("line", "cell", "words"),
    [
        ("2130305|水利工程建设|2.00||2.60", "水利工程建设 项目支出 2.60", "一位数字有误"),
        ("2130305|水利工程建设|2.00||20.00", "水利工程建设 项目支出 20.00", "10的整数次方"),
        ("2130305|水利工程建设|2.00||20000.00", "水利工程建设 项目支出 20000.00", "差一万倍"),
    ],
)
def test_one_wrong_amount_is_named_and_it_alone_is_disputed(line: str, cell: str, words: str) -> None:
    (table,), checks = expenditure(row5=line)
    assert disputed(table) == [cell]
    assert all(words in both(c.message) and "2.00 万元" in both(c.message) for c in failing(checks))


def test_two_amounts_swapped_within_a_row_are_both_named() -> None:
    (table,), checks = expenditure(row3="21303|水利|3.00|2.00|1.00")
    assert disputed(table) == ["水利 基本支出 2.00", "水利 项目支出 1.00"]
    assert all("互换" in both(c.message) for c in failing(checks))


def test_a_missing_row_is_told_from_a_wrong_amount() -> None:
    lines = [*EXPENDITURE[:4], "2130301|行政运行|1.00|1.00|", *EXPENDITURE[6:]]
    (table,), checks = expenditure(**{f"row{i}": line for i, line in enumerate(lines)}, row8="")
    told = [c for c in failing(checks) if "缺一行" in both(c.message)]
    assert {c.difference_yuan for c in told} == {Decimal(20_000)}
    assert all("21303 水利" in both(c.message) for c in told)
    assert not any(text.startswith("行政运行") for text in disputed(table))


def test_the_reading_of_a_scan_is_suspected_before_the_publisher() -> None:
    (table,), _ = expenditure(row5="2130305|水利工程建设|2.00||2.60")
    text = in_words(failing(check([table])[1]))[0]
    assert (text.fault, "公开方" in both(text.message), "识别" in both(text.message)) == (
        "publisher",
        True,
        False,
    )
    scan = replace(table, facts=tuple(replace(fact, source=AmountSource.SCAN) for fact in table.facts))
    read = in_words(doubted(failing(check([scan])[1]), [scan], Coverage(), layer=TextLayer.SCAN))[0]
    assert (read.fault, "公开方" in both(read.message), "识别" in both(read.message)) == (
        "reading",
        False,
        True,
    )


def test_the_publisher_is_named_only_where_one_amount_explains_it() -> None:
    _, checks = expenditure(row3="21303|水利|3.00|2.00|1.00")
    assert {c.fault for c in checks if c.status != "fails"} == {None}
    for failed in in_words(failing(checks)):
        assert (
            ("公开方" in both(failed.message))
            == ("publisher’s" in both(failed.message))
            == (failed.fault == "publisher")
        )


@pytest.mark.parametrize(
    ("printed", "right", "name"),
    [
        ("12847.65", "12874.65", "transposed"),
        ("1284.76", "1284.67", "transposed"),
        ("128.47", "1284.7", "ten"),
        ("50000", "5", "unit"),
        ("1284.65", "12847.65", "length"),
        ("-3.00", "3.00", "sign"),
        ("0", "3.00", "missing"),
        ("3.00", "0", "surplus"),
        ("9.81", "3.04", "other"),
    ],
)
def test_slips_are_told_by_their_digits(printed: str, right: str, name: str) -> None:
    assert slip(Decimal(printed), Decimal(right), Decimal("0.01")).name == name


NESTED = (
    "项目名称|合计|财政拨款|其他资金",
    "合计|60.00|45.00|15.00",
    "甲中心|21.00|15.00|6.00", "甲一|10.00|8.00|2.00", "甲二|11.00|7.00|4.00",
    "乙中心|25.00|20.00|5.00", "乙一|12.00|12.00|", "乙二|13.00|8.00|5.00",
    "丙中心|14.00|10.00|4.00", "丙一|6.00|6.00|", "丙二|8.00|4.00|4.00",
)  # fmt: skip


def _nested(*lines: str) -> list[str]:
    """The messages of the failing checks on a list nested by body, in Chinese."""
    _, checks = checked("项目支出表", "单位：万元", grid(*lines))
    return [both(c.message).partition(" | ")[0] for c in checks if c.status == "fails"]


def test_a_row_missing_from_a_nested_list_is_missed_in_its_group_alone() -> None:
    assert _nested(*NESTED) == []
    found = _nested(*(line for line in NESTED if not line.startswith("乙二")))
    assert len(found) == 3 and all("“乙中心”" in message and "缺一行" in message for message in found)


def test_a_wrong_amount_of_a_group_is_named_where_all_its_columns_are_one() -> None:
    lines = [line.rsplit("|", 2)[0] for line in NESTED]  # one money column: no row sum helps
    lines[5] = "乙中心|52.00"
    found = _nested(*lines)
    assert found and all("“乙中心”行“合计”列应为25.00" in message for message in found)


def test_a_row_printed_twice_is_named() -> None:
    _, checks = checked("支出总表", "单位：万元", grid(*EXPENDITURE[:5], EXPENDITURE[4], *EXPENDITURE[5:]))
    found = failing(checks)
    assert found and all("“2130301 行政运行”行整行重复" in both(check.message) for check in found)


def test_a_digit_in_a_sum_with_a_rounding_tail_is_still_a_digit() -> None:
    """302 is 0.01 less than its parts; 0.60 printed for 0.20 lacks 0.39, which is not a single digit."""
    _, checks = checked(
        "一般公共预算基本支出表", "单位：万元",
        grid("科目编码|科目名称|合计", "|合计|11.21", "302|商品和服务支出|11.21",
             "30201|办公费|4.40", "30205|水费|0.60", "30211|差旅费|6.62"),
    )  # fmt: skip
    (failed,) = (c for c in checks if c.status == "fails" and c.rule == "I10")
    assert "30205 水费”行“合计”列应为0.20" in both(failed.message)


def test_two_amounts_swapped_are_found_where_one_of_them_is_in_no_failing_sum() -> None:
    """接待 and the subtotal of 用车 swapped: the total of all is as it was."""
    _, checks = checked(
        "“三公”经费支出表", "单位：万元",
        grid("单位|合计|出国费|公务用车购置及运行费|<|<|公务接待费", "^|^|^|小计|购置费|运行费|^",
             "甲局|212.48|0.00|10.00|0.00|202.48|202.48"),
    )  # fmt: skip
    (failed,) = (c for c in checks if c.status == "fails" and c.rule == "I11")
    assert "两处金额互换" in both(failed.message) and "公务接待费" in both(failed.message)


def test_a_printed_zero_is_no_amount_forgotten() -> None:
    names = [slip(Decimal(0), Decimal("19.18"), Decimal("0.01"), blank=blank).name for blank in (True, False)]
    assert names == ["missing", "other"]
    assert slip(Decimal(0), Decimal("0.08"), Decimal("0.01"), blank=False).name == "digit"


def test_a_class_that_the_other_table_lists_under_another_code_lacks_no_row() -> None:
    summary = grid(
        "收入|<|支出|<",
        "项目|预算数|支出经济分类科目（按政府预算分类）|预算数",
        "一、财政拨款|30.00|1、机关工资福利支出|20.00",
        "||2、机关商品和服务支出|10.00",
        "收入总计|30.00|支出总计|30.00",
    )
    details = grid(
        "部门经济科目编码|部门经济科目名称|政府经济科目编码|政府经济科目名称|合计",
        "|合计|||30.00",
        "301|工资福利支出|||20.00",
        "30101|基本工资|50501|工资福利支出|20.00",
        "302|商品和服务支出|||10.00",
        "30201|办公费|50502|商品和服务支出|10.00",
    )
    titles = "单位综合预算收支总表", "单位综合预算一般公共预算支出明细表（按支出经济分类科目）"
    _, checks = checked(titles[0], "单位：万元", summary, titles[1], "单位：万元", details)
    found = [c for c in failing(checks) if c.rule == "I16.class"]
    assert [c.right_yuan for c in found] == [0, 0]
    assert not any("缺一行" in both(c.message) for c in found)
