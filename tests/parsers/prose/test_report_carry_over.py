"""What an amount of a report takes over from the words before it: scope, stage, base of a change."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parsers.prose import read_prose
from parsers.values.results import Headline, Statement
from parsers.values.vocabulary import BodyLevel, DocumentKind
from tests.parsers.builders import reading

EXECUTED = "一、2021年预算执行情况"


def read(*lines: str, region: str = "640500", kind: DocumentKind | None = None) -> tuple[Statement, ...]:
    title = "关于甲市2021年预算执行情况和2022年预算草案的报告" if kind is None else "关于甲市2021年决算的报告"
    year = None if kind is None else 2021
    head = Headline(
        title=title, body_level=BodyLevel.GOVERNMENT, region_code=region, document_kind=kind, fiscal_year=year
    )
    return read_prose(reading(*lines), (), head)[0]


def test_a_part_gives_its_scope_to_no_sentence_behind_it() -> None:
    found = read(
        EXECUTED, "全市一般公共预算收入22亿元。其中：市级一般公共预算收入11亿元。一般公共预算支出172亿元。"
    )
    assert [(s.measure, s.scope) for s in found] == [
        ("general_revenue", "whole"),
        ("general_revenue", "own"),
        ("general_expenditure", None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2021年一般公共预算收入117亿元，为预期的106.3%，加上上级补助收入9亿元，收入合计230亿元。",
        "根据汇编决算，2021年一般公共预算收入413亿元，为年度预算的100.58%。",
    ],
)
def test_a_report_on_final_accounts_prints_final_amounts(text: str) -> None:
    found = read("一、一般公共预算执行情况", text, kind=DocumentKind.ACCOUNTS)
    assert {s.stage for s in found} == {"final"}


def test_parts_of_an_expected_amount_are_expected() -> None:
    text = "市本级一般公共预算收入预计完成8亿元，为预算的103%。其中：税收收入4亿元，为预算的84%。"
    assert [s.stage for s in read(EXECUTED, text)] == ["estimated", "estimated"]


@pytest.mark.parametrize(
    ("text", "change", "percent"),
    [
        ("2021年一般公共预算收入28亿元，较预算调整数增加3亿元，增长14.3%。", None, None),
        ("2021年一般公共预算收入28亿元，剔除一次性收入，比上年增加3亿元，增长6.6%。", None, None),
        ("2021年一般公共预算收入28亿元，完成年初预算161%同比增收3亿元，增长6.6%。", 3, "6.6"),
        ("2021年一般公共预算收入28亿元，比上年预算增加3亿元，增长6.6%。", 3, "6.6"),
    ],
)
def test_a_change_is_against_the_year_before(text: str, change: int | None, percent: str | None) -> None:
    (found,) = (s for s in read(EXECUTED, text) if s.amount_yuan == 28 * 10**8)
    assert found.change_yuan == (None if change is None else change * 10**8)
    assert found.change_percent == (None if percent is None else Decimal(percent))


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("中卫市第一小学建设项目1亿元", None),  # a project bears the place's name
        ("沙坡头区一般公共预算收入1亿元", "region"),
        ("中卫市2021年末政府债务限额1亿元", "whole"),
        ("镇级支出1亿元", "region"),
    ],
)
def test_a_place_is_a_scope_where_money_is_said_of_it(text: str, scope: str | None) -> None:
    assert [s.scope for s in read(EXECUTED, text)] == [scope]


def test_a_revenue_that_its_items_show_to_hold_transfers_is_not_the_revenue() -> None:
    items = "(1)本级收入4亿元，下降24.8%。", "(2)转移性收入43亿元，增长18.8%。"
    (whole, part, _) = read(
        "一、一般公共预算收入决算", "2021年全市一般公共预算收入完成57亿元。具体分项情况：", *items
    )
    assert (whole.measure, part.measure) == (None, "general_revenue")
    (alone, *_) = read(
        "一、一般公共预算收入决算", "2021年全市一般公共预算收入完成44亿元。具体分项情况：", *items
    )
    assert alone.measure == "general_revenue"


def test_taxes_by_structure_are_those_of_what_the_paragraph_began_with() -> None:
    text = (
        "全市财政收入完成63亿元。分级次：一般公共预算收入40亿元；上划中央收入23亿元。分结构：税收收入44亿元。"
    )
    assert [s.measure for s in read(EXECUTED, text)] == [None, "general_revenue", None, None]


def test_what_is_called_the_budget_is_the_adjusted_one() -> None:
    first = "全市一般公共预算收入37亿元，完成调整预算（以下简称“预算”）的95%。"
    second = "全市一般公共预算支出34亿元，完成预算36亿元的93%。"
    assert [s.stage for s in read(EXECUTED, first, second)] == ["execution", "adjusted", "execution"]


def test_what_an_amount_is_a_share_of_is_no_budget() -> None:
    text = "全市民生相关支出13亿元，占一般公共预算支出16亿元的84%。"
    assert [(s.measure, s.stage, s.subject) for s in read(EXECUTED, text)][1] == (
        None,
        None,
        "占一般公共预算支出",
    )


def test_the_kinds_of_an_expected_balance_are_expected() -> None:
    text = "全市政府债务余额预计执行数4亿元，其中一般债务3亿元，专项债务1亿元。"
    assert [s.stage for s in read(EXECUTED, text)] == ["estimated"] * 3


def test_what_is_called_expected_below_was_not_carried_out_yet() -> None:
    text = "全市一般公共预算收入29亿元（预计数，下同），增长6%。全市一般公共预算支出27亿元。"
    assert [s.stage for s in read(EXECUTED, text)] == ["estimated", "estimated"]


def test_what_is_handed_to_districts_is_not_their_expenditure_and_a_grants_name_no_level() -> None:
    found = read(EXECUTED, "全市一般公共预算支出99亿元，加上债务还本支出5亿元及转贷区级支出14亿元。")
    assert [s.measure for s in found] == ["general_expenditure", "debt_repaid", None]
    (grant,) = read(EXECUTED, "全县收到县级基本财力保障机制奖补资金3亿元。", region="141124")
    assert grant.scope == "whole"


def test_what_is_summed_up_over_all_levels_is_no_budget_and_what_all_collect_no_tax_revenue() -> None:
    text = "汇总市级和县区情况，全市一般公共预算收入300亿元。"
    (account,) = read("一、一般公共预算收支决算情况", text, kind=DocumentKind.ACCOUNTS)
    assert account.stage == "final"
    assert [s.measure for s in read(EXECUTED, "全口径税收收入完成7亿元。地方税收收入完成4亿元。")] == [
        None,
        "tax_revenue",
    ]


def test_the_name_of_a_place_before_its_own_level_is_that_level() -> None:
    found = read(EXECUTED, "2021年勉县本级一般公共预算支出45亿元。", region="610725")
    assert [(s.measure, s.scope) for s in found] == [("general_expenditure", "own")]


def test_the_budget_of_what_all_levels_collect_is_no_local_revenue() -> None:
    text = (
        "一般公共预算收入32亿元，为调整预算31亿元的103%，其中：地方一般公共预算收入20亿元，上划收入12亿元。"
    )
    assert [s.measure for s in read(EXECUTED, text)] == [None, None, "general_revenue", None]


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        (
            "2021年全市一般公共预算收入为10亿元，经市人大常委会批准，调整为11亿元，实际完成12亿元。",
            ["budget", "adjusted", "execution"],
        ),
        ("2021年一般公共预算支出为9亿元，执行中因减税降费，调整为8亿元。", ["budget", "adjusted"]),
        ("2021年一般公共预算支出完成9亿元，执行中压减了一般性支出。", ["execution"]),
    ],
)
def test_what_was_changed_later_is_the_budget(text: str, stages: list[str]) -> None:
    assert [s.stage for s in read(EXECUTED, text)] == stages


def test_the_year_that_a_reply_settles_is_not_the_amounts() -> None:
    text = "根据省财政对我县2020年预算结算批复，上年结余数由年初预算2亿元调整为5亿元。"
    found = read("二、2021年一般公共预算调整方案", text)
    assert {(s.measure, s.fiscal_year) for s in found} == {("carried_in", 2021)}
