"""What the columns and rows of governments' tables are: amounts of a year, changes, rates, codes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parsers.government.tables import government_tables
from parsers.values.document import Grid
from parsers.values.results import Fact, Headline
from parsers.values.vocabulary import BodyLevel, DocumentKind
from tests.parsers.builders import grid, reading

COUNTY = Headline(
    body_name="临河区",
    body_level=BodyLevel.GOVERNMENT,
    region_code="150802",
    fiscal_year=2026,
    document_kind=DocumentKind.BUDGET,
)
TITLE = "2026年全区一般公共预算收入预算表"


def facts(*blocks: Grid | str) -> list[Fact]:
    return [fact for table in government_tables(reading(*blocks), COUNTY, None) for fact in table.facts]


@pytest.mark.parametrize(
    "header",
    [
        "比2025年预算数增减",
        "较上年增减额",
        "增长额",
        "比上年增、减金额",
        "2026年预算数比2025年执行数",
        "增减（+、-）",
        "预算比上年执行±",
        "超收数",
    ],
)
def test_a_column_of_changes_is_no_amount_of_a_year(header: str) -> None:
    table = grid(
        f"项目|2025年执行数|2026年预算数|{header}",
        "增值税|5200|5400|200",
        "企业所得税|3100|3000|-100",
        "印花税|700|760|60",
    )
    found = [f for f in facts(TITLE, "单位：万元", table) if f.column_path == header]
    assert [(f.period, f.stage, f.measure, f.amount_year) for f in found] == [
        ("change", None, None, 2026)
    ] * 3


def test_a_change_may_be_named_above_how_it_is_counted() -> None:
    table = grid(
        "项目|2025年执行数|2026年预算数|比上年增减|<",
        "^|^|^|金额|%",
        "增值税|5200|5400|200|3.8",
        "印花税|700|760|60|8.6",
    )
    found = facts(TITLE, "单位：万元", table)
    assert {(f.column_path, f.period) for f in found} == {
        ("2025年执行数", "prior_year"),
        ("2026年预算数", "budget"),
        ("比上年增减 / 金额", "change"),
    }


def test_a_comparison_in_hundredths_is_no_money() -> None:
    table = grid(
        "项目|2025年执行数|2026年预算数|比上年增长|预算比执行",
        "增值税|5200|5400|3.8|103.8",
        "企业所得税|3100|3000|-3.2|96.8",
        "印花税|700|760|8.6|108.6",
        "契税|500|450|-10.0|90.0",
    )
    assert {f.col_no for f in facts(TITLE, "单位：万元", table)} == {1, 2}


def test_an_adjustment_leads_from_the_first_budget_to_the_adjusted_one() -> None:
    table = grid(
        "项目|年初预算数|本次调整数|第二次调整数|调整后预算数",
        "增值税|5200|200|300|5700",
        "印花税|700|60|20|780",
    )
    found = facts("2026年全区一般公共预算收入调整表", "单位：万元", table)
    assert [(f.stage, f.period) for f in found[:4]] == [
        ("budget", "budget"),
        (None, "change"),
        (None, "change"),
        ("adjusted", "adjusted"),
    ]


def test_rates_above_the_names_of_debts_are_no_money() -> None:
    table = grid(
        "地区|政府债务余额|<|债务平均利率（%）|<|债务平均年限（年）|<",
        "^|一般债务|专项债务|一般债务|专项债务|一般债务|专项债务",
        "全区|40.5|20.1|3.1|2.8|12.8|17.6",
    )
    found = facts("2025年全区地方政府债务余额情况表", "单位：亿元", table)
    assert [(f.debt_kind, f.amount_text) for f in found] == [("general", "40.5"), ("special", "20.1")]


def test_a_column_of_region_codes_is_no_money() -> None:
    table = grid(
        "|地区|2025年债务限额",
        "1508|巴彦淖尔市|290.57",
        "150800|巴彦淖尔市本级|100.07",
        "150802|临河区|190.50",
    )
    found = facts("巴彦淖尔市2025年地方政府债务限额情况表", "单位：亿元", table)
    assert {f.column_path for f in found} == {"2025年债务限额"} and len(found) == 3


def test_a_column_of_functional_codes_with_a_sum_among_them_is_no_money() -> None:
    table = grid("科目||金额", "合计||57550", "2013812|药品事务|9", "2110302|水体|52110")
    assert len(facts("2026年全区专项转移支付收入预算明细表", "单位：万元", table)) == 3


def test_rows_of_rates_and_changes_are_no_amounts_of_the_year() -> None:
    table = grid(
        "项目|2025年执行数|2026年预算数",
        "一般公共预算收入|5200|5400",
        "比上年增长（%）|3.1|3.8",
        "比上年增减额|156|200",
        "增值税（50%）|1000|1100",
    )
    found = facts(TITLE, "单位：万元", table)
    assert [(f.row_label, f.period) for f in found[1::2]] == [
        ("一般公共预算收入", "budget"),
        ("比上年增减额", "change"),
        ("增值税（50%）", "budget"),
    ]


def test_projects_below_a_region_are_its_parts_and_no_measure() -> None:
    table = grid(
        "地区|合计|新增一般债务限额|其中：外贷|新增专项债务限额",
        "全区合计|895|80|0|815",
        "区本级|91.8|18.7|0|73.1",
        "中心医院扩建工程|10|0|0|10",
        "某某污水处理厂及管网二期工程|23|0|0|23",
        "临河区实验小学教学楼|58.8|18.7|0|40.1",
    )
    found = facts("2025年全区新增债务限额安排情况表", "单位：万元", table)
    said = {(f.row_label, f.scope, f.measure) for f in found if f.column_path == "合计"}
    assert ("全区合计", "whole", "new_debt_limit") in said and ("区本级", "own", "new_debt_limit") in said
    assert [f.measure for f in found if f.row_no > 1 or f.column_path == "其中：外贷"] == [None] * 14


def test_a_detail_of_a_section_and_a_deficit_are_no_measure() -> None:
    table = grid(
        "项目|预算数|执行数",
        "一、2025年末地方政府一般债务余额预计执行数||4805.18",
        "二、2025年地方政府一般债务发行额||549.49",
        "中央转贷地方的国际金融组织和外国政府贷款||1.61",
        "2025年地方政府一般债券发行额||547.88",
        "三、2026年地方财政赤字|185.00|",
    )
    found = facts("2025年地方政府一般债务余额情况表", "单位：亿元", table)
    assert [(f.measure, f.stage) for f in found] == [
        ("general_debt_balance", "estimated"),
        ("general_debt_issued", "execution"),
        (None, "execution"),
        (None, "execution"),
        (None, "next"),
    ]


def test_a_basin_fund_is_no_account_and_principal_with_interest_is_neither() -> None:
    funds = grid("项目|决算数", "八、大中型水库库区基金收入|1340", "政府性基金收入合计|21340")
    found = facts("2025年全区政府性基金收入决算表", "单位：万元", funds)
    assert [f.measure for f in found] == [None, "fund_revenue"]
    service = grid("地区|专项债券还本付息额|<|<", "^|小计|还本|付息", "临河区|12750|8000|4750")
    found = facts("2025年专项债务还本付息情况表", "单位：万元", service)
    assert [f.debt_measure for f in found] == ["service", "repaid", "interest"]


def test_an_abbreviated_county_and_what_is_not_assigned_belong_to_no_other() -> None:
    city = Headline(
        body_name="朝阳市", body_level=BodyLevel.GOVERNMENT, region_code="211300", fiscal_year=2025,
        document_kind=DocumentKind.BUDGET,
    )  # fmt: skip
    rows = ("全市|900", "市本级|200", "建平县|300", "喀左县|150", "北票市|200", "未分配|50")
    blocks = ("全市2025年分地区一般公共预算收入表", "单位：万元", grid("地区|完成数", *rows))
    found = [f for table in government_tables(reading(*blocks), city, None) for f in table.facts]
    assert [(f.scope, f.row_region_code) for f in found[3:]] == [
        ("region", "211324"),
        ("region", "211381"),
        ("region", None),
    ]


def test_the_sum_of_several_accounts_is_of_none() -> None:
    table = grid(
        "项目|合计|一般公共预算|政府性基金预算|社会保障基金预算",
        "201一般公共服务支出|574|574||",
        "合计|11,630|6,370|672|4,588",
    )
    found = facts("2026年区本级支出功能分类预算表", "单位：万元", table)
    total = [(f.column_path, f.fund, f.measure) for f in found if f.is_total]
    assert total == [
        ("合计", "all", None),
        ("一般公共预算", "general_budget", "general_expenditure"),
        ("政府性基金预算", "government_fund", "fund_expenditure"),
        ("社会保障基金预算", "social_insurance", None),
    ]


def test_the_name_of_an_account_is_not_the_stage_of_a_column() -> None:
    table = grid(
        "地区|2025年执行数|<|2026年预算数",
        "^|一般公共预算收入|其中：税收收入|一般公共预算收入",
        "区本级|52|40|54",
    )
    found = facts("2026年全区一般公共预算收入执行和预算情况表", "单位：万元", table)
    assert [(f.stage, f.measure) for f in found] == [
        ("prior", "general_revenue"), ("prior", "tax_revenue"), ("budget", "general_revenue"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "title", ["2026年全区一般公共预算收入调整表", "2026年全区一般公共预算收入预算调整方案表"]
)
def test_a_bare_column_of_a_scheme_of_adjustment_is_of_no_stage(title: str) -> None:
    scheme = replace(COUNTY, document_kind=DocumentKind.ADJUSTMENT)
    blocks = reading(title, "单位：万元", grid("项目|金额", "税收收入|100", "收入合计|150"))
    found = [fact for table in government_tables(blocks, scheme, None) for fact in table.facts]
    assert {(fact.stage, fact.measure) for fact in found} == {(None, None)}


def test_an_adjusted_budget_is_a_change_only_beside_the_budget_after_it() -> None:
    alone = grid("项目|调整预算|执行数", "增值税|52|54", "印花税|7|6")
    assert {f.stage for f in facts(TITLE, "单位：万元", alone)} == {"adjusted", "execution"}
    beside = grid("项目|年初预算|调整预算|调整后预算", "增值税|52|2|54", "印花税|7|1|8")
    assert [f.period for f in facts(TITLE, "单位：万元", beside)][:3] == ["budget", "change", "adjusted"]


@pytest.mark.parametrize(
    ("header", "scope"), [("区级支出", "own"), ("乡镇支出", "region"), ("所属地区", "region")]
)
def test_a_level_is_the_publishers_own_or_below(header: str, scope: str) -> None:
    table = grid(f"科目|合计|{header}", "教育支出|52|40", "农林水支出|7|5")
    found = facts("2026年全区一般公共预算支出预算表", "单位：万元", table)
    own = COUNTY.region_code if scope == "own" else None
    assert {(f.scope, f.row_region_code) for f in found if f.column_path == header} == {(scope, own)}


def test_insurances_by_row_have_the_flows_of_their_columns() -> None:
    table = grid(
        "险种|上年结余|本年收入|本年支出|年末滚存结余",
        "失业保险基金|9|5|4|10",
        "工伤保险基金|3|2|1|4",
    )
    found = facts("2026年区级社会保险基金预算表", "单位：万元", table)
    assert [f.flow for f in found][:4] == ["carried_in", "revenue", "expenditure", "carried_out"]


def test_a_row_that_is_the_sum_of_another_account_is_of_that_account() -> None:
    table = grid("项目|2026年预算数", "一般公共预算收入|90", "其中：税收收入|60", "政府性基金预算收入|40")
    found = facts("2026年区级预算收入表", "单位：万元", table)
    assert [(f.fund, f.measure) for f in found] == [
        ("general_budget", "general_revenue"), ("general_budget", "tax_revenue"),
        ("government_fund", "fund_revenue"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "stage", "year"),
    [
        ("变动后预算", "changed", 2026),
        ("决算快报数", "execution", 2026),
        ("2026年 / 上年完成数", "prior", 2025),
        ("上年快报数", "prior", 2025),
        ("上年预计完成数", "prior", 2025),
        ("上级转移支付安排", "budget", 2026),
    ],
)
def test_a_header_says_stage_and_year(header: str, stage: str, year: int) -> None:
    *above, lowest = header.split(" / ")
    rows = [f"项目|{above[0]}", f"^|{lowest}"] if above else [f"项目|{lowest}"]
    found = facts(TITLE, "单位：万元", grid(*rows, "增值税|5200", "印花税|760"))
    assert {(fact.stage, fact.amount_year) for fact in found} == {(stage, year)}


@pytest.mark.parametrize(
    ("headers", "parts"),
    [
        ("合计|基本支出|项目支出", [1, 2]),
        ("合计|资金来源：本级财力|资金来源：上级专项", [1, 2]),
        ("资本性支出|费用性支出|合计", [0, 1]),
        ("决算数|其中：本级财力安排|专项转移支付安排", [1, 2]),
        ("全区|其中：区本级", []),
        ("2025年执行数|2026年预算数", []),
    ],
)
def test_columns_of_parts_have_no_measure(headers: str, parts: list[int]) -> None:
    width = headers.count("|") + 1
    rows = (
        "|".join(["教育支出", "90", "80", "70"][: width + 1]),
        "|".join(["支出合计", "30", "20", "10"][: width + 1]),
    )
    found = facts("2026年全区一般公共预算支出表", "单位：万元", grid(f"项目|{headers}", *rows))
    sums = [fact for fact in found if fact.row_label == "支出合计"]
    assert [n for n, fact in enumerate(sums) if fact.measure is None] == parts
    assert all(fact.measure in (None, "general_expenditure") for fact in sums)


def test_a_part_has_the_stage_of_the_amount_before_it() -> None:
    table = grid(
        "项目|年初预算|调整预算数|其中：人员经费|公用经费", "教育支出|90|95|60|35", "国防支出|9|9|6|3"
    )
    found = facts(TITLE.replace("收入", "支出"), "单位：万元", table)
    assert [fact.stage for fact in found[:4]] == ["budget", "adjusted", "adjusted", "adjusted"]


def test_a_bare_change_is_money_where_the_cells_are_differences() -> None:
    rows = ("增值税|5200|200|5400", "契税|3100|-100|3000", "印花税|700|60|760")
    found = facts(TITLE, "单位：万元", grid("项目|年初预算数|增减|调整后预算数", *rows))
    assert [fact.period for fact in found[:3]] == ["budget", "change", "adjusted"]
    rates = ("增值税|5200|3.8|5400", "契税|3100|-3.2|3000", "印花税|700|8.6|760")
    found = facts(TITLE, "单位：万元", grid("项目|2025年执行数|增减|2026年预算数", *rates))
    assert [fact.column_path for fact in found[:2]] == ["2025年执行数", "2026年预算数"]


def test_codes_of_the_other_economic_classification_are_told_by_their_first_digit() -> None:
    table = grid("经济分类科目|决算数", "501机关工资福利支出|90", "50101工资奖金津补贴|90")
    found = facts("2026年全区一般公共预算基本支出决算表", "单位：万元", table)
    assert [fact.gov_economic_code for fact in found] == ["501", "50101"]


def test_a_grand_total_may_stand_first() -> None:
    table = grid(
        "收入|执行数|支出|执行数",
        "总计|9600|总计|9600",
        "一、本级收入|2600|一、本级支出|7600",
        "二、转移性收入|7000|二、转移性支出|2000",
        "上级补助收入|6000|上解支出|1500",
        "上年结转|1000|结转下年支出|500",
    )
    found = facts("2026年全区一般公共预算收支平衡表", "单位：万元", table)
    assert [fact.measure for fact in found if fact.row_no < 2] == [
        "total_revenue", "total_expenditure", "general_revenue", "general_expenditure",
    ]  # fmt: skip


def test_what_leaves_a_zone_out_is_not_the_whole() -> None:
    table = grid(
        "项目|2026年预算数", "一般公共预算收入|100", "一般公共预算收入（不含高新区）|90", "税收收入|60"
    )
    found = facts(TITLE, "单位：万元", table)
    assert [fact.measure for fact in found] == ["general_revenue", None, "tax_revenue"]


def test_the_shares_of_levels_above_are_not_the_districts() -> None:
    table = grid("项目|执行数|<|<|<", "^|中央级|市级|区级|合计", "增值税|39|13|25|77")
    found = facts(TITLE, "单位：万元", table)
    assert [fact.scope for fact in found] == ["region", "region", "own", "whole"]


def test_small_amounts_below_a_header_that_ends_like_a_code_are_money() -> None:
    table = grid(
        "科目编码|科目名称|决算数|其中：上级专款",
        "|合计|857|498",
        "201|一般公共服务支出|326|326",
        "205|教育支出|531|172",
    )
    found = facts("2026年全区一般公共预算支出决算表", "单位：万元", table)
    assert [f.amount_text for f in found if "专款" in f.column_path] == ["498", "326", "172"]
