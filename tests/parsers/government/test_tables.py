from __future__ import annotations

from decimal import Decimal

import pytest

from parsers.government.names.titles import is_title, scope_of, table_type
from parsers.government.tables import government_tables
from parsers.values.document import Grid
from parsers.values.results import Fact, Headline
from parsers.values.vocabulary import BodyLevel, DocumentKind
from tests.parsers.builders import grid, reading

CITY = Headline(
    title="长春市2026年预算草案",
    body_name="长春市",
    body_level=BodyLevel.GOVERNMENT,
    region_code="220100",
    fiscal_year=2026,
    document_kind=DocumentKind.BUDGET,
)
PROVINCE = Headline(
    body_name="吉林省",
    body_level=BodyLevel.GOVERNMENT,
    region_code="220000",
    fiscal_year=2018,
    document_kind=DocumentKind.ACCOUNTS,
)


def facts(head: Headline, *blocks: Grid | str) -> list[Fact]:
    return [fact for table in government_tables(reading(*blocks), head, None) for fact in table.facts]


def of(found: list[Fact], label: str, column: str) -> Fact:
    (fact,) = [f for f in found if f.row_label == label and f.column_path == column]
    return fact


@pytest.mark.parametrize(
    ("title", "kind", "scope"),
    [
        ("二○二五年全市一般公共预算收入执行情况表", "gov_general_revenue", "whole"),
        ("2026年省本级一般公共预算支出安排情况表", "gov_general_expenditure", "own"),
        ("2025年市级国有资本经营预算收支总表", "gov_balance", "own"),
        ("2026年州本级一般公共预算基本支出情况表", "gov_general_basic_economic", "own"),
        ("2023年区级对市县税收返还和转移支付决算表", "gov_general_transfers", "own"),
        ("2.13 2022年黑龙江省政府性基金转移支付分项目分地区决算表", "gov_fund_transfers", None),
        ("吉林省2018年地方政府债务限额及余额决算情况表", "debt_limit_balance", None),
        ("2018年地方政府债务发行及还本付息情况表", "debt_movement", None),
        ("2020年地方政府债券使用情况表", "bond_use", None),
        ("2025年市本级社会保险基金收入预算表", "social_insurance_revenue", "own"),
        ("2024年各市县一般公共预算收入决算表", "gov_general_revenue", "region"),
        ("2022年海南省一般公共预算上级补助收入情况表", "gov_general_transfers", None),
        ("2022年省级政府性基金预算上级补助收入预算表", "gov_fund_transfers", "own"),
        ("2024年省本级新增债务限额资金安排表", "bond_projects", "own"),
        ("国有资本经营预算转移性支付决算分地区表", "state_capital_transfers", None),
        ("政府性基金预算转移性收支决算表", "gov_fund_transfers", None),
        ("2022年12月政府债券余额汇总表", "debt_limit_balance", None),
        ("政府专项债务十年到期情况表", "debt_repayment_plan", None),
        ("附表3：2021年西宁市政府债务余额情况表", "debt_limit_balance", None),
        ("2022年末及2023年河池市政府债务还本付息决算数", "debt_service", None),
    ],
)
def test_a_title_names_the_table_and_its_scope(title: str, kind: str, scope: str | None) -> None:
    assert (table_type(title), scope_of(title)) == (kind, scope)
    assert is_title(title)


def test_an_outcome_of_an_earlier_year_is_prior_and_percentages_are_no_amounts() -> None:
    table = grid(
        "收入项目|2024年决算数|2025年执行数|增减%|比上年增减额",
        "一、税收收入|3344728|3253453|-2.7|-91275",
        "增值税|1216411|1269225|4.3|52814",
        "一般公共预算收入合计|5262059|5377716|2.2|115657",
    )
    found = facts(CITY, "二○二五年全市一般公共预算收入执行情况表", "单位：万元", table)
    total = of(found, "一般公共预算收入合计", "2025年执行数")
    assert (total.measure, total.stage, total.amount_year, total.scope) == (
        "general_revenue",
        "execution",
        2025,
        "whole",
    )
    assert (total.row_region_code, total.fund, total.is_total) == ("220100", "general_budget", True)
    assert total.amount_yuan == Decimal(53_777_160_000)
    before = of(found, "增值税", "2024年决算数")
    assert (before.stage, before.amount_year, before.period) == ("prior", 2024, "prior_year")
    assert (before.revenue_code, before.level) == ("10101", 2)
    assert {f.column_path for f in found} == {"2024年决算数", "2025年执行数", "比上年增减额"}
    change = of(found, "一般公共预算收入合计", "比上年增减额")
    assert (change.period, change.measure, change.stage) == ("change", None, None)


def test_a_balance_tells_what_is_neither_revenue_nor_expenditure_of_the_year() -> None:
    table = grid(
        "预算科目|2026年预算数|预算科目|2026年预算数",
        "一、税收收入|93|一、教育支出|150",
        "二、非税收入|97|二、卫生健康支出|50",
        "一般公共预算收入小计|190|一般公共预算支出小计|200",
        "专项转移支付收入|10|上解上级支出|4",
        "债务转贷收入|6|债务还本支出|5",
        "上年结转收入|3|年终结余|1",
        "调入资金|2|调出资金|1",
        "收入总计|211|支出总计|211",
    )
    found = facts(CITY, "2026年全市一般公共预算收支草案", "单位：亿元", table)
    flows = {f.row_label: f.flow for f in found}
    assert flows["专项转移支付收入"] == "transfers_received"
    assert (flows["债务转贷收入"], flows["债务还本支出"]) == ("debt_received", "debt_repaid")
    assert (flows["上年结转收入"], flows["年终结余"]) == ("carried_in", "carried_out")
    assert (flows["调入资金"], flows["调出资金"]) == ("moved_in", "moved_out")
    assert flows["上解上级支出"] == "transfers_paid"
    measures = {f.row_label: f.measure for f in found}
    assert measures["一般公共预算收入小计"] == "general_revenue"
    assert (measures["收入总计"], measures["支出总计"]) == ("total_revenue", "total_expenditure")
    assert measures["一、税收收入"] == "tax_revenue"
    assert {f.functional_code for f in found if f.row_label == "一、教育支出"} == {"205"}


def test_a_table_by_region_belongs_to_the_regions_of_its_rows() -> None:
    table = grid(
        "地 区|2018年债务限额|<|<|2018年债务余额（决算数）|<|<",
        "^||一般债务|专项债务||一般债务|专项债务",
        "公 式|A=B+C|B|C|D=E+F|E|F",
        "吉林省|30.00|20.00|10.00|25.00|18.00|7.00",
        "吉林省本级|10.00|8.00|2.00|9.00|7.00|2.00",
        "长春市|12.00|7.00|5.00|9.00|6.00|3.00",
        "长春市本级|11.00|6.00|5.00|8.00|5.00|3.00",
        "朝阳区|1.00|1.00|0.00|1.00|1.00|0.00",
        "长白山管委会|8.00|5.00|3.00|7.00|5.00|2.00",
    )
    found = facts(PROVINCE, "22 吉林省2018年地方政府债务限额及余额决算情况表", "单位：亿元", table)
    limit = of(found, "长春市", "2018年债务限额 / 一般债务")
    assert (limit.measure, limit.row_region_code, limit.scope) == ("general_debt_limit", "220100", "region")
    whole = of(found, "吉林省", "2018年债务余额（决算数）")
    assert (whole.measure, whole.row_region_code, whole.scope) == ("debt_balance", "220000", "whole")
    own = of(found, "长春市本级", "2018年债务余额（决算数） / 专项债务")
    assert (own.row_region_code, own.scope, own.debt_kind) == ("220100", "own", "special")
    assert {f.row_region_code for f in found if f.row_label == "朝阳区"} == {"220104"}  # of Changchun
    assert {(f.row_region_code, f.row_region_name) for f in found if "管委会" in f.row_label} == {
        (None, "长白山管委会")
    }


def test_rows_of_a_debt_table_give_year_measure_and_kind() -> None:
    table = grid(
        "项目|本地区|本级",
        "一、2017年末地方政府债务余额|31.60|7.11",
        "其中：一般债务|23.46|6.94",
        "专项债务|8.14|0.17",
        "二、2018年地方政府债务发行决算数|7.36|1.42",
        "新增一般债券发行额|2.69|1.00",
        "再融资一般债券发行额|4.67|0.42",
        "三、2018年地方政府债务还本决算数|3.78|0.65",
        "一般债务|2.54|0.65",
    )
    found = facts(PROVINCE, "2018年地方政府债务发行及还本付息情况表", "单位：亿元", table)
    opening = of(found, "其中：一般债务", "本地区")
    assert (opening.measure, opening.amount_year, opening.period) == ("general_debt_balance", 2017, "opening")
    own = of(found, "专项债务", "本级")
    assert (own.measure, own.scope) == ("special_debt_balance", "own")
    bond = of(found, "再融资一般债券发行额", "本地区")
    assert (bond.debt_measure, bond.debt_kind, bond.debt_bond) == ("issued", "general", "refinancing")
    assert bond.measure is None
    repaid = of(found, "一般债务", "本地区")
    assert (repaid.measure, repaid.amount_year) == ("general_debt_repaid", 2018)


def test_several_amounts_run_together_in_one_cell_are_no_amount() -> None:
    """Lists of labels and amounts of one length are divided into rows; others are not read."""
    listed = grid("项目|预算数", "一、教育支出\\n二、卫生健康支出|8360187\\n3308167", "合计|11668354")
    found = facts(CITY, "2026年全市一般公共预算支出预算表", "单位：万元", listed)
    assert [f.amount_text for f in found] == ["8360187", "3308167", "11668354"]
    broken = grid("项目|预算数", "一、教育支出|8360187\\n3308167\\n55123", "合计|11668354")
    found = facts(CITY, "2026年全市一般公共预算支出预算表", "单位：万元", broken)
    assert [f.amount_yuan for f in found] == [None, Decimal(116_683_540_000)]


def test_projects_say_nothing_of_the_debt_by_their_names_and_years() -> None:
    table = grid(
        "项目名称|债券性质|债券规模",
        "2016年一般公路项目|专项债券|19.93",
        "易地扶贫搬迁还本项目|一般债券|1.30",
    )
    found = facts(PROVINCE, "2018年地方政府债券使用情况表", "单位：亿元", table)
    assert {(f.amount_year, f.stage, f.debt_measure) for f in found} == {(2018, "final", "issued")}
    assert [f.debt_kind for f in found] == ["special", "general"]


@pytest.mark.parametrize(
    ("title", "label", "flow"),
    [
        ("2026年中央补助我省税收返还和转移支付表", "返还性收入", "transfers_received"),
        ("2026年省对市县税收返还和转移支付表", "返还性支出", "transfers_paid"),
        ("2026年税收返还和转移支付表", "一般性转移支付收入", "transfers_received"),
    ],
)
def test_transfers_come_from_above_or_go_down(title: str, label: str, flow: str) -> None:
    table = grid("项目|预算数", f"{label}|31525", f"其中：{label}|20000")
    assert {f.flow for f in facts(CITY, title, "单位：万元", table)} == {flow}


def test_revenue_of_projects_paid_by_bonds_is_no_debt() -> None:
    table = grid("项目|预算数", "专项债务对应项目专项收入|347939", "国有土地使用权出让收入|1152531")
    found = facts(CITY, "2026年全市政府性基金预算收入表", "单位：万元", table)
    assert {f.flow for f in found} == {"revenue"}
    assert {f.measure for f in found} == {None, "land_revenue"}


def test_the_own_level_of_a_city_in_a_province_is_that_citys() -> None:
    table = grid(
        "地区|合计|农业补助",
        "市县合计|18|9",
        "长春市合计|12|6",
        "市本级|7|4",
        "榆树市|5|2",
        "吉林市合计|6|3",
        "市本级|6|3",
    )
    found = facts(PROVINCE, "2018年吉林省专项转移支付分地区决算表", "单位：万元", table)
    own = [(f.row_region_code, f.scope) for f in found if f.row_label == "市本级" and f.column_path == "合计"]
    assert own == [("220100", "own"), ("220200", "own")]


def test_a_table_of_indicators_has_the_year_of_its_title() -> None:
    table = grid("地级市|GDP|一般公共预算收入", "长春市|7632.19|537.77", "吉林市|1800.10|118.33")
    found = facts(PROVINCE, "表2 2017年吉林省地级市经济财政指标情况（单位：亿元）", "单位：亿元", table)
    revenue = of(found, "长春市", "一般公共预算收入")
    assert (revenue.measure, revenue.amount_year, revenue.row_region_code) == (
        "general_revenue",
        2017,
        "220100",
    )


def test_columns_behind_the_last_header_are_no_money() -> None:
    table = grid(
        "项目名称|债券性质|债券规模|发行时间||",
        "供热中心维修|一般债券|19.93|2017-07|502434999|434",
        "图书馆|一般债券|19.93|2017-07|357002|357",
    )
    found = facts(PROVINCE, "2018年地方政府债券使用情况表", "单位：亿元", table)
    assert [f.amount_text for f in found] == ["19.93", "19.93"]


def test_principal_is_repaid_and_interest_is_interest() -> None:
    table = grid("地区|2025年还本付息预算数|<", "^|本金|利息", "长春市|42.60|9.10", "吉林市|12.00|3.00")
    found = facts(PROVINCE, "地方政府一般债券发行及还本付息情况表", "单位：亿元", table)
    measures = {f.column_path.split(" / ")[-1]: f.debt_measure for f in found}
    assert measures == {"本金": "repaid", "利息": "interest"}


def test_a_table_without_a_unit_takes_that_of_the_others_of_its_kind() -> None:
    items = grid("科目|2026年预算数", "税收收入|9", "非税收入|1")
    debts = grid("地区|2026年债务限额", "长春市|5.5")
    book: list[Grid | str] = []
    for name in ("一般公共预算收入", "政府性基金收入", "国有资本经营收入"):
        book += [f"2026年长春市{name}预算表", "金额：万元", items]
    book += ["2026年长春市社会保险基金收入预算表", items, "2026年长春市政府债务限额表", debts]
    found = facts(CITY, *book)
    assert [f.amount_yuan for f in found] == [Decimal(90_000), Decimal(10_000)] * 4 + [None]
    assert [f.unit_basis for f in found] == ["printed"] * 6 + ["siblings"] * 2 + ["none"]


def test_years_above_regions_name_the_account_of_the_title() -> None:
    table = grid(
        "县区|2025年完成|2026年预算|增长%",
        "全市合计|600,000|630,000|5",
        "市本级|100,000|105,000|5",
        "南关区|120,000|126,000|5",
    )
    found = facts(CITY, "2026年全市各县区一般公共预算收入预算表", "单位：万元", table)
    said = [(f.scope, f.row_region_code, f.measure) for f in found if f.column_path == "2026年预算"]
    assert said == [
        ("whole", "220100", "general_revenue"),
        ("own", "220100", "general_revenue"),
        ("region", "220102", "general_revenue"),
    ]


@pytest.mark.parametrize(
    "label", ["市本级收入合计", "市级收入合计", "市级一般公共预算收入", "自治区级收入合计"]
)
def test_the_sum_of_the_own_level_is_the_accounts(label: str) -> None:
    table = grid("科目|2026年预算数", "税收收入|100", "非税收入|200", f"{label}|300")
    found = facts(CITY, "长春市2026年市本级一般公共预算收入表", "单位：万元", table)
    total = of(found, label, "2026年预算数")
    assert (total.measure, total.scope) == ("general_revenue", "own")


def test_towns_are_regions_of_a_county() -> None:
    head = Headline(
        body_name="勉县",
        body_level=BodyLevel.GOVERNMENT,
        region_code="610725",
        fiscal_year=2026,
        document_kind=DocumentKind.BUDGET,
    )
    table = grid("乡镇|合计|税收返还", "合计|3,000|100", "勉阳街道|1,000|40", "武侯镇|2,000|60")
    found = facts(head, "2026年勉县一般公共预算对下转移支付分乡镇预算表", "单位：万元", table)
    assert {f.scope for f in found if f.row_label == "武侯镇"} == {"region"}
    assert {f.row_region_name for f in found if f.row_label == "武侯镇"} == {"武侯镇"}


def test_what_levels_below_remit_to_an_insurance_is_revenue() -> None:
    rows = "保险费收入|90", "上级补助收入|3", "下级上解收入|7", "上解上级支出|2"
    found = facts(CITY, "2025年市级社会保险基金收支预算表", "单位：万元", grid("项目|预算数", *rows))
    flows = {f.row_label: f.flow for f in found}
    assert (flows["下级上解收入"], flows["上解上级支出"]) == ("revenue", "expenditure")


def test_what_a_grant_is_for_is_no_revenue_of_the_year() -> None:
    table = grid(
        "项目|决算数",
        "税收收入|500",
        "专项转移支付收入|60",
        "教育|20",
        "粮油物资储备|40",
        "上年结余|5",
        "其他收入|7",
    )
    found = facts(PROVINCE, "2018年吉林省一般公共预算收入决算表", "单位：万元", table)
    assert [f.flow for f in found] == [
        "revenue", "transfers_received", "transfers_received", "transfers_received", "carried_in", "revenue"
    ]  # fmt: skip
