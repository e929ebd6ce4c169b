"""Whose money an amount of a report is: a zone's own, the place of a project, a part; grand totals."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parsers.prose import read_prose
from parsers.values.results import Headline, Statement
from parsers.values.vocabulary import BodyLevel, DocumentKind
from tests.parsers.builders import reading


def read(*lines: str, name: str | None = None, region: str | None = "640300") -> tuple[Statement, ...]:
    head = Headline(
        title="关于甲市2021年预算执行情况和2022年预算草案的报告",
        body_level=BodyLevel.GOVERNMENT,
        body_name=name,
        region_code=region,
        document_kind=DocumentKind.BUDGET,
        fiscal_year=2022,
    )
    return read_prose(reading("一、2021年预算执行情况", *lines), (), head)[0]


@pytest.mark.parametrize(
    ("name", "code", "word"),
    [
        ("西咸新区", None, "新区"),
        ("重庆高新技术产业开发区", "500000", "高新区"),
        ("滨海新区", "120116", "新区"),
    ],
)
def test_a_zone_that_reports_is_no_part_of_a_region(name: str, code: str | None, word: str) -> None:
    (found,) = read(f"2021年{word}一般公共预算收入5亿元。", name=name, region=code)
    assert (found.scope, found.measure) == ("whole", "general_revenue")


def test_another_zone_is_a_part_of_the_zone_that_reports() -> None:
    (found,) = read("2021年示范区一般公共预算收入5亿元。", name="西咸新区", region=None)
    assert found.scope == "region"


def test_the_place_of_a_project_is_no_scope() -> None:
    found = read("市本级安排：养殖示范区基础设施建设2000万元；学校3000万元。高新区一般公共预算收入5亿元。")
    assert [s.scope for s in found] == ["own", "own", "region"]


def test_places_listed_as_parts_are_not_the_scope_of_the_next_sentence() -> None:
    found = read("全市新增债务限额5亿元，其中：市本级1亿元，利通区4亿元。下达再融资债券7亿元。")
    assert [s.scope for s in found] == ["whole", "own", "region", None]


def test_budget_adjusted_and_final_amounts_that_one_name_begins() -> None:
    text = "2021年一般公共预算本级支出年初预算数为8亿元，经人大常委会第二次会议审议通过的调整预算数为9亿元，"
    found = read(text + "决算数为7亿元，增长4%。")
    assert [(s.measure, s.stage) for s in found] == [
        ("general_expenditure", "budget"),
        ("general_expenditure", "adjusted"),
        ("general_expenditure", "final"),
    ]
    assert found[2].change_percent == 4


def test_less_is_a_change_even_as_one_character() -> None:
    (found,) = read("2021年全市累计完成地方一般公共预算收入6亿元，同比减952万元，减幅1.49%。")
    assert (found.measure, found.change_yuan, found.change_percent) == (
        "general_revenue",
        Decimal(-9_520_000),
        Decimal("-1.49"),
    )


def test_a_total_behind_the_sentence_that_adds_transfers_is_the_accounts() -> None:
    found = read(
        "2021年一般公共预算收入4亿元。加税收返还2亿元、调入资金1亿元，扣除上解1亿元。"
        "2021年一般公共预算总收入6亿元。"
    )
    assert found[-1].measure == "total_revenue"


def test_the_name_of_the_place_below_a_heading_of_its_own_level_is_of_either() -> None:
    found = read("二、市本级政府债务情况", "截至2021年底，吴忠市政府债务余额7亿元，市本级债务限额8亿元。")
    assert [s.scope for s in found] == [None, "own"]


def test_what_a_review_took_off_is_no_change_of_the_account() -> None:
    found = read("2021年全市一般公共预算收入6亿元。评审项目298个，审减2亿元。")
    assert [(s.change_yuan, s.amount_yuan) for s in found] == [(None, 600_000_000), (None, 200_000_000)]


def test_the_own_level_of_a_county_is_the_countys() -> None:
    found = read("2021年利通区一般公共预算收入9亿元（其中：利通区本级一般公共预算收入7亿元）；市本级8亿元。")
    assert [(s.scope, s.row_region_code) for s in found] == [
        ("region", "640302"),
        ("own", "640302"),
        ("own", None),
    ]


def test_what_lists_transfers_is_not_what_all_levels_collect() -> None:
    text = "2021年全市财政总收入9亿元，其中：一般公共预算收入4亿元，上级补助收入3亿元，上年结余收入2亿元。"
    assert [s.measure for s in read(text)] == [None, "general_revenue", "transfers_received", "carried_in"]


def test_limits_handed_down_in_advance_are_a_part_of_the_new_ones() -> None:
    found = read("2021年全市新增债务限额9亿元，其中：提前下达的新增债务限额4亿元已经批准。")
    assert [s.measure for s in found] == ["new_debt_limit", None]


def test_a_marked_caption_is_no_part_of_the_name() -> None:
    (found,) = read("【收支完成情况】2021年市本级一般公共预算收入5亿元。")
    assert (found.measure, found.scope) == ("general_revenue", "own")


def test_two_amounts_of_one_clause_have_their_places_and_its_stage() -> None:
    found = read("三、一般公共预算调整", "大会批准2022年全市和市级收入预算分别为9亿元和4亿元，未作调整。")
    assert [(s.scope, s.stage) for s in found] == [("whole", None), ("own", "budget")]


def test_an_account_is_no_part_of_what_all_accounts_spend() -> None:
    found = read(
        "2021年全市财政总支出9亿元，其中：一般公共预算支出7亿元。民生支出8亿元，其中：一般公共预算支出6亿元。"
    )
    assert [s.measure for s in found] == [None, "general_expenditure", None, None]
