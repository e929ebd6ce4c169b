"""Tables of debts: what a row, its section and its column say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.parsers.builders import grid
from tests.parsers.government.test_tables import CITY, PROVINCE, facts, of


def test_what_was_allotted_in_advance_is_a_part_of_the_new_limit_above() -> None:
    table = grid(
        "项目|公式|本地区|本级|下级",
        "一、2018年新增地方政府债务限额|D=E+F|1,029.00|223.81|805.19",
        "其中：一般债务限额|E|198.00|152.41|45.59",
        "专项债务限额|F|831.00|71.40|759.60",
        "附：提前下达的2018年新增地方政府债务限额|G=H+I|423.00|137.00|286.00",
        "其中：一般债务限额|H|122.00|116.70|5.30",
        "专项债务限额|I|301.00|20.30|280.70",
    )
    found = facts(PROVINCE, "吉林省2018年地方政府债务限额调整情况表", "单位：亿元", table)
    whole = [(f.row_no, f.debt_kind, f.measure) for f in found if f.scope == "whole"]
    assert whole == [
        (0, "all", "new_debt_limit"),
        (1, "general", "new_general_debt_limit"),
        (2, "special", "new_special_debt_limit"),
        (3, "all", None),
        (4, "general", None),
        (5, "special", None),
    ]


@pytest.mark.parametrize(
    "label", ["六、2018年末地方政府一般债务剩余期限（年）", "平均利率", "发行债券数（个）"]
)
def test_years_and_rates_among_debts_are_no_money(label: str) -> None:
    table = grid("项目|执行数", "五、2018年末地方政府一般债务余额|7,615.6", f"{label}|7.3")
    found = facts(PROVINCE, "2018年地方政府一般债务余额情况表", "单位：亿元", table)
    assert [f.amount_yuan for f in found] == [Decimal("761560000000.00")]


def test_kinds_below_the_own_level_are_the_own_levels() -> None:
    rows = "临沂市合计|30", "一般债务|10", "专项债务|20", "其中：市本级|9", "一般债务|4", "专项债务|5"
    found = facts(CITY, "2024年政府债务限额和余额情况表", "单位：亿元", grid("项目|2024年末余额", *rows))
    assert [f.scope for f in found] == ["whole"] * 3 + ["own"] * 3


def test_a_new_amount_that_may_be_borrowed_is_a_limit() -> None:
    table = grid(
        "项目|预算数|执行数",
        "一、2018年末地方政府一般债务余额||7,615.6",
        "二、2019年地方政府一般债务新增举债额度|226.0|",
    )
    found = facts(PROVINCE, "2018年地方政府一般债务余额情况表", "单位：亿元", table)
    fact = of(found, "二、2019年地方政府一般债务新增举债额度", "预算数")
    assert (fact.measure, fact.amount_year) == ("new_general_debt_limit", 2019)


def test_codes_of_provinces_and_cities_beside_regions_are_no_money() -> None:
    table = grid(
        "||地区|2018年债务限额",
        "22||吉林省|3,703.40",
        "2201||长春市|1,367.90",
        "220101||长春市本级|752.70",
    )
    found = facts(PROVINCE, "2018年地方政府债务限额及余额决算情况表", "单位：亿元", table)
    assert {f.column_path for f in found} == {"2018年债务限额"}


def test_years_as_rows_of_limits_and_balances_have_the_stage_of_the_accounts() -> None:
    table = grid(
        "年度|债务限额|<|债务余额|<",
        "^|一般债务|专项债务|一般债务|专项债务",
        "2017年|150.20|278.40|143.10|268.25",
        "2018年|159.30|310.50|152.04|304.88",
    )
    found = facts(PROVINCE, "2017—2018年全省地方政府债务限额和余额情况表", "单位：亿元", table)
    said = [(f.amount_year, f.measure, f.stage) for f in found if f.debt_kind == "general"]
    assert said == [
        (2017, "general_debt_limit", "prior"),
        (2017, "general_debt_balance", "prior"),
        (2018, "general_debt_limit", "final"),
        (2018, "general_debt_balance", "final"),
    ]


def test_the_limit_at_the_beginning_of_a_year_is_not_that_of_the_accounts() -> None:
    first = grid("地区|2018年初地方政府债务限额", "吉林省|140.24")
    last = grid("地区|2018年地方政府债务限额", "吉林省|186.45")
    found = facts(
        PROVINCE,
        "2018年初吉林省地方政府债务限额预算情况表", "单位：亿元", first,
        "2018年吉林省地方政府债务限额决算情况表", "单位：亿元", last,
    )  # fmt: skip
    assert [(f.measure, f.stage) for f in found] == [("debt_limit", "budget"), ("debt_limit", "final")]


def test_the_balance_at_the_end_of_last_year_is_of_that_year() -> None:
    table = grid(
        "地区|上年末地方政府债务余额|本年地方政府债务余额限额(预算数)|年末地方政府债务余额",
        "长春市|552.2|623.0|577.3",
        "长春市本级|114.4|132.0|119.3",
        "长春市区县合计|437.8|491.0|458.0",
    )
    found = facts(CITY, "2026年长春市政府债务限额和余额情况表", "单位：亿元", table)
    said = {(f.row_label, f.column_path): (f.amount_year, f.stage, f.scope) for f in found}
    assert said["长春市", "上年末地方政府债务余额"] == (2025, "prior", "whole")
    assert said["长春市", "年末地方政府债务余额"] == (2026, "budget", "whole")
    assert said["长春市区县合计", "年末地方政府债务余额"] == (2026, "budget", "region")


def test_what_goes_on_with_a_detail_is_of_the_same_debt_and_no_measure() -> None:
    table = grid(
        "项目|公式|本地区",
        "四、2019年还本预算数|K=L+O|104.54",
        "（一）一般债券|L|56.69",
        "其中：再融资|M|56.00",
        "财政预算安排|N|0.69",
        "（二）专项债券|O|47.85",
        "其中：再融资|P|46.00",
        "财政预算安排|Q|1.85",
    )
    found = facts(PROVINCE, "2018年地方政府债券发行及还本付息情况表", "单位：亿元", table)
    assert [(f.debt_kind, f.measure) for f in found] == [
        ("all", "debt_repaid"),
        ("general", "general_debt_repaid"),
        ("general", None),
        ("general", None),
        ("special", "special_debt_repaid"),
        ("special", None),
        ("special", None),
    ]


def test_a_label_cut_off_before_its_last_word_still_opens_a_section() -> None:
    table = grid(
        "项目|本地区",
        "一：2018年地方政府债务限额|3,703.40",
        "专项债务限额|1,877.89",
        "二：提前下达的2019年地方政府债务新增|323.00",
        "限额其中：一般债务限额|64.00",
    )
    found = facts(PROVINCE, "2018年地方政府债务限额提前下达情况表", "单位：亿元", table)
    assert [(f.amount_year, f.measure) for f in found][2:] == [
        (2019, "new_debt_limit"),
        (2019, "new_general_debt_limit"),
    ]


def test_new_bonds_in_a_title_of_several_measures_are_a_part_only() -> None:
    table = grid(
        "地区|2022年末余额|2023年新增债券|2023年再融资债券|2023年末限额", "全市|9.00|3.00|2.00|14.00"
    )
    found = facts(CITY, "长春市2023年政府债务限额、余额及新增债券情况表", "单位：亿元", table)
    assert [(f.debt_measure, f.debt_bond) for f in found] == [
        ("balance", "all"), ("issued", "new"), ("issued", "refinancing"), ("limit", "all"),
    ]  # fmt: skip


def test_the_balance_that_a_year_begins_with_is_of_the_year_before() -> None:
    table = grid(
        "项目|金额",
        "一、2026年初政府债务余额|385.47",
        "二、2026年政府债务收入|55.00",
        "其中：新增一般债券|12.00",
        "三、2026年末政府债务余额|440.47",
    )
    found = facts(CITY, "长春市2026年政府债务余额情况表", "单位：亿元", table)
    assert [(f.amount_year, f.period, f.debt_measure, f.debt_bond) for f in found] == [
        (2025, "opening", "balance", "all"), (2026, "budget", "issued", "all"),
        (2026, "budget", "issued", "new"), (2026, "budget", "balance", "all"),
    ]  # fmt: skip


def test_principal_and_interest_are_of_the_kind_above_them() -> None:
    rows = ("一般债券|90", "本金|60", "利息|30", "专项债券|70", "本金|50", "利息|20", "合计|160")
    found = facts(PROVINCE, "2025年地方政府债券还本付息计划表", "单位：亿元", grid("项目|2026年", *rows))
    assert [fact.debt_kind for fact in found] == ["general"] * 3 + ["special"] * 3 + ["all"]


BALANCES = grid("项目|执行数", "一、2024年末一般债务余额|48.99", "二、2025年一般债务发行额|14.39")
OF_OWN_LEVEL = "注：本表反映本级政府一般债务余额。"


@pytest.mark.parametrize(
    ("title", "note", "place"),
    [
        ("榆树市2025年地方政府一般债务余额情况表", "", ("region", "220182", "榆树市")),
        ("榆树市本级2025年地方政府一般债务余额情况表", "", ("own", "220182", "榆树市")),
        ("2025年市辖区地方政府一般债务余额情况表", "", ("region", None, "市辖区")),
        ("长春市2025年地方政府一般债务余额情况表", "", ("whole", "220100", None)),
        ("长春市2025年地方政府一般债务余额情况表", OF_OWN_LEVEL, ("own", "220100", None)),
        ("全市2025年地方政府一般债务余额情况表", OF_OWN_LEVEL, ("whole", "220100", None)),
        ("榆树市、德惠市2025年地方政府一般债务余额情况表", "", ("whole", "220100", None)),
    ],
)
def test_whose_debt_a_table_is(title: str, note: str, place: tuple[str, str | None, str | None]) -> None:
    found = facts(CITY, title, "单位：亿元", BALANCES, *([note] if note else []))
    assert {(f.scope, f.row_region_code, f.row_region_name) for f in found} == {place}


@pytest.mark.parametrize(("title", "stage"), [("长春市2026年预算草案", "budget"), (None, None)])
def test_what_is_not_said_to_be_planned_is_planned_in_a_budget_only(
    title: str | None, stage: str | None
) -> None:
    table = grid("地区|债务限额|债务余额", "全市|510.66|504.62")
    head = replace(CITY, title=title)
    limit, balance = facts(head, "2026年全市地方政府债务限额和余额情况表", "单位：亿元", table)
    assert (limit.stage, balance.stage) == ("budget", stage)


def test_what_was_issued_in_the_year_that_a_budget_reports_on_was_carried_out() -> None:
    table = grid("债券种类|发行量（亿元）", "新增专项债券|107", "再融资专项债券|23")
    found = facts(CITY, "2025年长春市地方政府债券分批次发行情况表", table)
    assert {(f.stage, f.amount_year, f.debt_measure) for f in found} == {("execution", 2025, "issued")}


def test_bonds_that_fall_due_are_repaid() -> None:
    table = grid("债券类型|2025年底余额|2026年", "新增债券|839|17", "再融资债券|129|26")
    found = facts(CITY, "长春市地方政府债券分年度偿还计划情况表", "单位：亿元", table)
    assert [f.debt_measure for f in found] == ["balance", "repaid"] * 2


def test_a_section_that_names_no_measure_ends_the_one_before() -> None:
    table = grid(
        "项目|金额",
        "二、2026年政府债务举借额|55",
        "三、2026年政府债务支出|50",
        "1.新增一般债券列入一般公共预算项目支出|30",
        "2.转贷市县政府债务支出|20",
        "政府一般债务发行费|1",
    )
    found = facts(CITY, "2026年市级政府债务收支计划表", "单位：亿元", table)
    assert [(f.debt_measure, f.measure) for f in found] == [("issued", "debt_issued")] + [(None, None)] * 4


def test_counties_together_are_not_the_own_level_above_them() -> None:
    table = grid("地区|新增债务限额", "合计|9", "市本级|4", "县、区小计|5")
    found = facts(CITY, "2026年提前下达新增债务限额安排情况表", "单位：亿元", table)
    assert [f.scope for f in found] == ["whole", "own", "region"]


def test_a_part_of_the_very_kind_of_its_whole_is_not_the_measure() -> None:
    table = grid(
        "地区|一般债务还本付息额|<|其中：一般债券还本付息额|<",
        "^|本金|利息|本金|利息",
        "全省|341|123|340|119",
        "长春市|41|16|40|15",
    )
    found = facts(PROVINCE, "2018年吉林省地方政府一般债务还本付息情况表", "单位：亿元", table)
    assert [f.measure for f in found if f.debt_measure == "repaid"] == ["general_debt_repaid", None] * 2


def test_all_counties_together_have_no_code() -> None:
    """The pages take an amount of a region's code for the whole of that region."""
    table = grid("项目|决算数", "一般公共预算收入|32", "税收收入|20", "增值税|8", "企业所得税|5")
    found = facts(PROVINCE, "2018年各市县一般公共预算收入决算表", "单位：亿元", table)
    assert {(f.scope, f.row_region_code) for f in found} == {("region", None)}


@pytest.mark.parametrize("column", ["本年债务还本支出", "本年以其他方式化解的债务本金", "年末债务余额"])
def test_what_became_of_debts_is_no_budget_unless_a_word_says_so(column: str) -> None:
    table = grid(f"单位名称|本年债务余额限额(预算数)|{column}", "德惠市|33|4")
    kind = replace(CITY, title="长春市2024年债务限额和余额", fiscal_year=2024)
    found = facts(kind, "2024年长春市政府债务限额和余额情况表", "单位：万元", table)
    assert [(f.stage, f.period) for f in found] == [("budget", "budget"), (None, None)]


@pytest.mark.parametrize(
    ("title", "stage"),
    [
        ("吉林省本级2018年新增地方政府债券安排情况表", "final"),
        ("吉林省本级2019年新增地方政府债券安排情况表", "budget"),
        ("吉林省本级2018年新增地方政府债券预算安排情况表", "budget"),
    ],
)
def test_bonds_that_the_accounts_of_their_year_list_were_issued(title: str, stage: str) -> None:
    table = grid("项目名称|债券性质|债券规模", "学生公寓建设项目|专项债券|0.37", "医院建设项目|专项债券|2.00")
    found = facts(PROVINCE, title, "单位：亿元", table)
    assert {(f.stage, f.debt_measure) for f in found} == {(stage, "issued")}
