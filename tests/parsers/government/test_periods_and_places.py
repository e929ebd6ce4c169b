"""Governments' tables of a part of a year, of short names, and of a scope that only the document says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parsers.government.documents import headline_of, recognised
from parsers.government.names.territory import PublisherRegion, read_all
from parsers.government.tables import government_tables
from parsers.values.results import Headline, Hints
from parsers.values.vocabulary import BodyLevel, DocumentKind
from tests.parsers.builders import grid, reading
from tests.parsers.government.test_tables import CITY, PROVINCE, facts

COUNTY = Headline(
    body_name="湄潭县",
    body_level=BodyLevel.GOVERNMENT,
    region_code="520328",
    fiscal_year=2023,
    document_kind=DocumentKind.ACCOUNTS,
)
MONTHS = grid("地区|年初预算数|累计完成数", "全市|90|40", "市本级|40|20", "南关区|50|20")


@pytest.mark.parametrize(
    "title",
    [
        "2026年1-6月长春市一般公共预算收入完成情况表",
        "2026年上半年长春市各县区一般公共预算收入完成情况表",
        "长春市2026年6月一般公共预算收入完成情况表",
        "2026年前三季度长春市一般公共预算收入完成情况表",
    ],
)
def test_what_came_in_by_a_month_is_not_the_years(title: str) -> None:
    found = facts(CITY, title, "单位：万元", MONTHS)
    assert {f.measure for f in found if f.column_path == "年初预算数"} == {"general_revenue"}
    assert {(f.measure, f.stage) for f in found if f.column_path == "累计完成数"} == {(None, None)}


@pytest.mark.parametrize(
    "title",
    [
        "2026年1-12月长春市各区一般公共预算收入完成情况表",
        "长春市2026年一般公共预算收入完成情况表（2026年3月）",
    ],
)
def test_twelve_months_and_the_day_of_print_are_no_part_of_a_year(title: str) -> None:
    found = facts(CITY, title, "单位：万元", MONTHS)
    assert {f.measure for f in found} == {"general_revenue"}


def test_a_column_of_one_month_stands_beside_one_of_the_year() -> None:
    table = grid("项目|本月数|全年执行数", "一般公共预算收入合计|9|90")
    found = facts(CITY, "2025年全市一般公共预算收入执行情况表", "单位：万元", table)
    assert [f.measure for f in found] == [None, "general_revenue"]


def test_a_limit_handed_down_in_advance_is_a_new_one() -> None:
    rows = ("一、2025年地方政府债务限额|90", "二、提前下达的2026年地方政府债务限额|9", "其中：一般债务限额|4")
    title = "长春市2026年地方政府债务限额提前下达情况表"
    found = facts(CITY, title, "单位：亿元", grid("项目|本地区", *rows))
    assert [f.measure for f in found] == ["debt_limit", "new_debt_limit", "new_general_debt_limit"]


def test_a_section_under_a_formula_says_nothing_of_its_parts() -> None:
    rows = ("一、2024年地方政府债务A限=额B+C|90", "其中：一般债务限额|40", "二、2025年地方政府债务限额|99")
    found = facts(CITY, "长春市2025年地方政府债务限额情况表", "单位：亿元", grid("项目|本地区", *rows))
    assert [f.measure for f in found] == [None, None, "debt_limit"]


def test_short_names_in_a_provinces_list_are_its_cities() -> None:
    found = read_all(["九江", "南昌", "吉安", "南昌县"], PublisherRegion("360000"))
    assert [m and m.code for m in found] == ["360400", "360100", "360800", "360121"]
    (own,) = read_all(["自治区级"], PublisherRegion("450000"))
    assert own is not None and own.scope == "own"
    (named,) = read_all(["含山县"], PublisherRegion("340500"))  # 含 begins its name here
    assert named is not None and named.code == "340522"


def test_the_only_region_spelled_out_in_the_rows_is_not_the_publisher() -> None:
    rows = (
        "市别|一般债务限额|专项债务限额",
        "省本级|16|10",
        "长春|98|12",
        "吉林|40|30",
        "延边朝鲜族自治州|9|8",
    )
    read = reading(grid("2021年吉林省地方政府债务限额表||", *rows))
    government = recognised(read, Hints())
    assert government is not None
    assert headline_of(government, Headline(), read, Hints()).region_code == "220000"


def scopes(head: Headline, *titles: str) -> list[str | None]:
    table = grid("项目|决算数", "税收收入|60", "非税收入|30", "一般公共预算收入合计|90")
    blocks = [block for title in titles for block in (title, "单位：万元", table)]
    tables = government_tables(reading(*blocks), head, None)
    return [fact.scope for one in tables for fact in one.facts if fact.measure == "general_revenue"]


def test_an_account_without_a_place_is_whole_beside_the_own_level_or_of_a_county() -> None:
    plain, own, whole = (f"2023年度{of}一般公共预算收入决算表" for of in ("", "本级", "全县"))
    assert scopes(COUNTY, plain) == ["whole"]
    assert scopes(COUNTY, plain, own) == ["whole", "own"]
    assert scopes(COUNTY, plain, whole) == [None, "whole"]  # then it may be of the own level
    assert scopes(PROVINCE, plain) == [None]
    assert scopes(PROVINCE, plain, own) == ["whole", "own"]


def test_rows_of_years_are_of_their_years_and_columns_are_the_items() -> None:
    rows = ("2021年|9|20", "2022年|10|21", "合计|19|41")
    table = grid("年度|一般公共预算收入|一般公共预算支出", *rows)
    found = facts(CITY, "长春市2021—2022年财政收支情况表", "单位：亿元", table)
    assert [(f.amount_year, f.measure) for f in found[:4]] == [
        (2021, "general_revenue"),
        (2021, "general_expenditure"),
        (2022, "general_revenue"),
        (2022, "general_expenditure"),
    ]
    assert {f.measure for f in found[4:]} == {None}


def test_the_sum_of_basic_expenditure_is_not_that_of_the_account() -> None:
    table = grid("科目编码|科目名称|预算数", "|合计|9", "501|机关工资福利支出|9")
    title = "2026年长春市本级一般公共预算基本支出表（按政府预算支出经济分类）"
    assert {f.measure for f in facts(CITY, title, "单位：万元", table)} == {None}


@pytest.mark.parametrize("title", ["长春市{}表", "2026年长春市上级{}表"])
def test_grants_from_above_are_received(title: str) -> None:
    table = grid("项目|决算数", "合计|9", "一、税收返还|3", "二、一般性转移支付|6")
    found = facts(CITY, title.format("税收返还和转移支付补助收入决算"), "单位：万元", table)
    assert {f.flow for f in found} == {"transfers_received"}


def test_columns_of_prefectures_and_counties_are_of_regions() -> None:
    table = grid("项目|全区|自治区级|地州县级", "一般公共预算收入合计|9|3|6")
    found = facts(replace(CITY, region_code="650000"), "2026年全区一般公共预算收入表", "单位：亿元", table)
    assert [f.scope for f in found] == ["whole", "own", "region"]


def test_a_subtotal_below_the_taxes_is_of_the_taxes() -> None:
    header = ("地区|收入合计|税收收入|<|非税收入", "^|^|小计|增值税|^")
    table = grid(*header, "全市|9|6|6|3", "市本级|4|3|3|1", "南关区|5|3|3|2")
    found = facts(CITY, "长春市2026年分县区一般公共预算收入表", "单位：万元", table)
    assert [f.measure for f in found[:4]] == ["general_revenue", "tax_revenue", None, "nontax_revenue"]


def test_the_whole_of_a_prefecture_is_named_by_its_kind() -> None:
    labels = ["全地区", "地区本级", "札达县"]
    found = read_all(labels, PublisherRegion("542500"))
    assert [m and m.scope for m in found] == ["whole", "own", "region"]


def test_a_row_that_is_a_level_alone_has_its_scope_whatever_the_title_says() -> None:
    items = ("一般公共预算收入合计|9", "一、税收收入|7", "二、非税收入|2")
    table = grid("项目|完成数", *items, "其中：市本级|4", "县（市、区）级|5")
    found = facts(CITY, "2026年长春市全市一般公共预算收入完成情况表", "单位：亿元", table)
    assert [f.scope for f in found] == ["whole", "whole", "whole", "own", "region"]
    assert [f.measure for f in found[3:]] == [None, None]


def test_accounts_in_rows_have_revenue_and_expenditure_of_the_year_in_columns() -> None:
    table = grid("预算类别|本年收入|本年支出", "一般公共预算|9|8", "政府性基金预算|5|4")
    found = facts(CITY, "2026年长春市“四本预算”收支汇总表", "单位：亿元", table)
    measures = ["general_revenue", "general_expenditure", "fund_revenue", "fund_expenditure"]
    assert [f.measure for f in found] == measures


def test_a_kind_of_debt_beside_the_whole_has_its_own_measure() -> None:
    table = grid("地区|债务余额|其中：一般债务|其中：外债", "全市|9|4|1", "市本级|5|2|1", "南关区|4|2|0")
    found = facts(CITY, "2026年长春市政府债务余额情况表", "单位：亿元", table)
    assert [f.measure for f in found[:3]] == ["debt_balance", "general_debt_balance", None]


def test_a_table_by_level_has_the_own_level_of_a_city_and_those_below() -> None:
    table = grid("预算科目|决算数|<|<|<", "^|合计|地级|县级|乡级", "本年收入合计|9|4|3|2")
    found = facts(CITY, "2026年度长春市一般公共预算收入决算分级表", "单位：万元", table)
    assert [f.scope for f in found] == ["whole", "own", "region", "region"]


def test_places_in_a_column_of_their_own_are_those_of_the_kinds_beside_them() -> None:
    rows = ("市本级|合计|9.40|8.20", "^|一般债务|4.30|3.10", "^|专项债务|5.10|5.10")
    table = grid("地区|债务种类|2026年限额|2026年余额", *rows, "南关区|合计|3.20|2.20", "|一般债务|3.20|2.20")
    found = facts(CITY, "长春市2026年地方政府债务限额和余额情况表", "单位：亿元", table)
    assert [(f.scope, f.row_region_code) for f in found] == [("own", "220100")] * 6 + [
        ("region", "220102")
    ] * 4
    kinds = ["debt_limit", "debt_balance", "general_debt_limit", "general_debt_balance"]
    assert [f.measure for f in found[:4]] == kinds


def test_items_beside_places_are_no_sums_of_the_account() -> None:
    rows = ("市本级|税收收入|1,009", "^|非税收入|1,004", "南关区|税收收入|1,003", "^|非税收入|1,002")
    table = grid("地区|项目|执行数", *rows)
    found = facts(CITY, "2026年长春市分地区一般公共预算收入执行情况表", "单位：万元", table)
    assert [f.scope for f in found] == ["own", "own", "region", "region"]
    assert {f.measure for f in found} == {None}


def test_what_is_moved_and_left_over_is_no_transfer_between_levels() -> None:
    table = grid(
        "收入项目|决算数|支出项目|决算数",
        "上级补助收入|9.10|上解上级支出|8.20",
        "调入资金|2.30|年终结余|3.40",
    )
    found = facts(CITY, "2026年长春市本级一般公共预算转移性收支决算表", "单位：亿元", table)
    assert [f.flow for f in found] == ["transfers_received", "transfers_paid", "moved_in", "carried_out"]
