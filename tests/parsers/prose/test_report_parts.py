"""Which amounts of a report are parts of another, and what they take over from it or may not."""

from __future__ import annotations

import pytest

from tests.parsers.prose.test_report_carry_over import EXECUTED, read


@pytest.mark.parametrize(
    "items",
    [
        "加上级补助收入9亿元、县区上解收入3亿元、上年结余1亿元，收入合计24亿元",
        "加上中央补助、区级上解收入、上年结余等13亿元，收入合计24亿元",
        "加上上级补助收入9亿元，补助县区支出3亿元，上年结余1亿元，收入合计24亿元",
    ],
)
def test_who_pays_a_transfer_is_not_whose_money_the_list_is(items: str) -> None:
    found = read(EXECUTED, f"市本级一般公共预算收入11亿元，增长3%，{items}。")
    assert {s.scope for s in found if s.measure} == {"own"}
    assert found[-1].measure == "total_revenue"


def test_an_account_of_nobody_known_gives_its_parts_no_measure() -> None:
    text = (
        "城乡一体示范产业带一般公共预算收入7亿元，{}。收入总计9亿元。"
        "全市一般公共预算收入8亿元，其中：税收收入5亿元。"
    )
    for parts in ("其中：税收收入4亿元", "加上上级补助收入2亿元"):
        found = read(EXECUTED, text.format(parts))
        measures = [s.measure for s in found]
        assert measures == [None, None, None, "general_revenue", "tax_revenue"]


def test_taxes_of_all_levels_are_not_those_of_the_account_in_whatever_sentence() -> None:
    found = read(EXECUTED, "全市财政总收入完成12亿元。税收收入9亿元。一般公共预算收入7亿元。税收收入5亿元。")
    assert [s.measure for s in found] == [
        "total_fiscal_revenue", None, "general_revenue", "tax_revenue"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "全市一般公共预算支出100亿元，为预算的95%，其中：本级支出80亿元，转移性支出20亿元。",
        "全市一般公共预算支出100亿元，其中：民生支出80亿元；上解上级支出6亿元。",
        "全市一般公共预算收入100亿元，其中：税收收入20亿元；上级补助收入80亿元。",
    ],
)
def test_a_whole_that_lists_transfers_is_not_the_account(text: str) -> None:
    assert read(EXECUTED, text)[0].measure is None


@pytest.mark.parametrize(
    "text",
    [
        "全市一般公共预算支出100亿元，其中：民生支出80亿元，加上上解上级支出6亿元，支出总计106亿元。",
        "全市一般公共预算支出100亿元，其中：民生支出80亿元。上解上级支出6亿元。",
        "全市一般公共预算收入100亿元，其中：税收收入60亿元、上级补助收入80亿元。",
        "全市支出总计120亿元，其中：一般公共预算支出100亿元，上解上级支出20亿元。",
    ],
)
def test_an_account_beside_transfers_stays_the_account(text: str) -> None:
    found = read(EXECUTED, text)
    assert {"general_revenue", "general_expenditure"} & {s.measure for s in found}


def test_the_heading_says_no_stage_behind_words_that_say_another() -> None:
    text = "市人大批准年初一般公共预算收入10亿元，支出50亿元。"
    found = read(EXECUTED, text, "全市一般公共预算支出51亿元。")
    assert [s.stage for s in found] == ["budget", None, "execution"]


def test_a_change_of_another_item_is_not_that_of_the_one_before_it() -> None:
    text = "一般公共预算支出20亿元，加上债务还本支出5亿元，调出资金增加1亿元，支出总计26亿元。"
    assert [s.change_yuan for s in read(EXECUTED, text)] == [None, None, None]


def test_the_account_of_a_sum_is_not_that_of_what_is_moved_into_it() -> None:
    text = "一般公共预算收入7亿元，上级补助收入24亿元，政府性基金调入6亿元，收入总量为37亿元。"
    assert read(EXECUTED, text)[-1].fund == "general_budget"
    assert read(EXECUTED, text.replace("政府性基金调入", "调入政府性基金"))[-1].fund == "general_budget"


def test_what_is_listed_behind_an_expected_account_may_be_expected_as_well() -> None:
    lines = (
        "全市一般公共预算收入预计完成18亿元。",
        "平衡情况：收入总计30亿元，其中：一般公共预算收入18亿元。",
    )
    assert [s.stage for s in read(EXECUTED, *lines)] == ["estimated", None, None]
    assert [s.stage for s in read(EXECUTED, lines[0].replace("预计", ""), lines[1])] == ["execution"] * 3


def test_the_level_of_the_whole_area_is_the_whole_area() -> None:
    found = read(EXECUTED, "全市市级一般公共预算收入38亿元，加上上级补助收入34亿元，收入合计72亿元。")
    assert {s.scope for s in found} == {"whole"}


def test_an_amount_that_is_not_to_be_passed_is_not_the_accounts() -> None:
    assert read(EXECUTED, "全市一般公共预算支出预计60亿元以内，增长3%。")[0].measure is None
