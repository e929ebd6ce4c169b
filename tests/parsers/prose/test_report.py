"""A government's report: which measure, whose money, which year and stage each amount is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parsers.prose import read_prose
from parsers.prose.report.vocabulary import report_terms
from parsers.values.results import Headline, Statement
from parsers.values.vocabulary import BodyLevel, DocumentKind, Measure
from tests.parsers.builders import reading

TITLE = "关于甲市2025年预算执行情况和2026年预算草案的报告"
Said = tuple[str | None, str | None, int | None, str | None, str | None]


def read(*lines: str, region: str = "141100") -> tuple[Statement, ...]:
    head = Headline(title=TITLE, body_name="某地", body_level=BodyLevel.GOVERNMENT, region_code=region)
    return read_prose(reading(*lines), (), head)[0]


def said(statement: Statement) -> Said:
    amount = None if statement.amount_yuan is None else f"{statement.amount_yuan / 10**8:f}"
    return statement.measure, statement.scope, statement.fiscal_year, statement.stage, amount


def test_every_measure_of_the_words_is_a_value_of_the_dataset() -> None:
    assert report_terms().measures.keys() == {*Measure}


def test_whole_and_own_level_executed_and_planned() -> None:
    found = read(
        "一、2025年预算执行情况",
        "2025年全市一般公共预算收入完成278.26亿元，为调整预算的95.64%，下降16.25%。",
        "2025年市本级一般公共预算收入完成54.65亿元，为调整预算的99.29%，下降29.03%。",
        "二、2026年预算草案",
        "2026年全市政府性基金预算收入安排33.28亿元，增长53.9%。",
    )
    assert [said(s) for s in found] == [
        ("general_revenue", "whole", 2025, "execution", "278.26"),
        ("general_revenue", "own", 2025, "execution", "54.65"),
        ("fund_revenue", "whole", 2026, "budget", "33.28"),
    ]
    assert [s.change_percent for s in found] == [Decimal("-16.25"), Decimal("-29.03"), Decimal("53.9")]


def test_parts_of_a_debt_limit_belong_to_its_scope() -> None:
    found = read(
        "省财政厅核定我市2019年政府债务限额400.2亿元，其中：一般债务212.4亿元、专项债务187.8亿元。"
        "截至2019年底，县（市、区）政府债务余额263.5亿元，其中：一般债务144.3亿元，专项债务119.2亿元。"
    )
    assert [(s.measure, s.scope, s.fiscal_year) for s in found] == [
        ("debt_limit", "whole", 2019),
        ("general_debt_limit", "whole", 2019),
        ("special_debt_limit", "whole", 2019),
        ("debt_balance", "region", 2019),
        ("general_debt_balance", "region", 2019),
        ("special_debt_balance", "region", 2019),
    ]


def test_a_county_of_the_city_is_named_with_its_code() -> None:
    (statement,) = read("2025年孝义市一般公共预算收入完成30.1亿元。")
    assert (statement.measure, statement.scope) == ("general_revenue", "region")
    assert (statement.row_region_code, statement.row_region_name) == ("141181", "孝义市")


def test_budget_adjustment_and_outcome_of_one_sentence() -> None:
    found = read(
        "汇总2018年全市政府性基金预算收入年初预算合计172.3亿元，后经各级人大常委会批准调整为110.8亿元，"
        "实际完成184.7亿元，为调整预算的166.7%。"
    )
    assert [(s.measure, s.stage) for s in found] == [
        ("fund_revenue", "budget"), ("fund_revenue", "adjusted"), ("fund_revenue", "execution"),
    ]  # fmt: skip


def test_a_balance_lists_what_comes_in_by_flow() -> None:
    found = read(
        "一、2025年预算执行情况",
        "(一)一般公共预算",
        "全市收支平衡情况：一般公共预算收入77.2亿元，上级补助收入131亿元，债务转贷收入46亿元，上年结余46亿元，"
        "调入资金5.3亿元，动用预算稳定调节基金13.2亿元，收入总计318.7亿元。",
    )
    assert [s.measure for s in found] == [
        "general_revenue", "transfers_received", "debt_received", "carried_in", "moved_in",
        "stabilisation_used", "total_revenue",
    ]  # fmt: skip
    assert {s.fund for s in found} == {"general_budget"}


@pytest.mark.parametrize(
    "sentence",
    [
        "五年来，全市一般公共预算收入累计完成732.7亿元。",  # several years
        "全市一般公共预算收入首次突破600亿元。",  # a threshold
        "1-8月全市一般公共预算收入完成120亿元。",  # a part of a year
        "1月至9月全市一般公共预算收入完成120亿元。",
        "全市用于教育的一般公共预算支出完成97亿元。",  # a part of the expenditure
        "一般公共预算总收入完成165亿元。",  # with what goes to the centre: another measure
        "全市企业职工基本养老保险基金收入45.6亿元。",  # one insurance of several
        "兜牢“三保”底线支出200亿元，其中：一般公共预算支出132亿元。",
    ],
)
def test_what_is_not_the_measure_of_a_year_has_none(sentence: str) -> None:
    measures = {s.measure for s in read(f"2025年，{sentence}")}
    assert not measures & {"general_revenue", "general_expenditure", "social_insurance_revenue"}


def test_a_place_that_is_not_known_is_not_taken_for_the_whole() -> None:
    found = read(
        "2025年全市一般公共预算收入100亿元。某某工区一般公共预算收入1.2亿元，一般公共预算支出2亿元。"
    )
    assert [(s.measure, s.scope) for s in found] != [("general_revenue", "whole")] * 3
    assert found[2].scope != "whole"


def test_the_province_of_a_city_is_not_its_whole() -> None:
    (statement,) = read("2025年市本级收入总量居全省第三位，一般公共预算收入完成70.9亿元。")
    assert (statement.measure, statement.scope) == ("general_revenue", "own")


def test_a_change_belongs_to_the_amount_before_it() -> None:
    (statement,) = read("2025年全市一般公共预算收入完成153.9亿元，同比增长5.6%，增收8.2亿元。")
    assert (statement.change_yuan, statement.direction) == (Decimal("820000000"), "increase")


def test_a_year_in_a_reason_is_not_that_of_the_next_amount() -> None:
    found = read(
        "2025年全市一般公共预算收入完成153.9亿元，增收4.5亿元（主要原因是2024年留抵退税调库拉低基数影响）。"
        "一般公共预算支出完成513.5亿元。"
    )
    assert [(s.measure, s.fiscal_year) for s in found] == [
        ("general_revenue", 2025), ("general_expenditure", 2025),
    ]  # fmt: skip


def test_the_year_something_is_based_on_is_not_that_of_what_follows() -> None:
    found = read(
        "一、2025年预算执行情况",
        "全市一般性支出在2024年基础上压减10%以上。全市一般公共预算支出314.8亿元，列全省第3位。",
    )
    assert [said(s) for s in found] == [("general_expenditure", "whole", 2025, "execution", "314.8")]


def test_dashes_bare_years_and_levels_of_an_earlier_year_before_and_behind_a_name() -> None:
    found = read(
        "一、2025年预算执行情况",
        "——全市一般公共预算收入2285亿元，增长9.1%。其中，税收收入1543亿元，基本恢复到2019年水平；非税收入742亿元。",
        "2025全市政府性基金预算收入完成130.2亿元，完成年度预算的96.6%。",
    )
    assert [said(s) for s in found] == [
        ("general_revenue", "whole", 2025, "execution", "2285"),
        ("tax_revenue", "whole", 2025, "execution", "1543"),
        ("nontax_revenue", "whole", 2025, "execution", "742"),
        ("fund_revenue", "whole", 2025, "execution", "130.2"),
    ]


def test_a_section_on_a_part_of_a_year_gives_no_amounts_of_the_year() -> None:
    found = read(
        "一、2024年决算情况",
        "全市一般公共预算收入200亿元。",
        "二、2025年上半年预算执行情况",
        "全市一般公共预算收入完成110亿元。其中：税收收入80亿元。",
        "三、2025年4月财政收支情况",
        "全市一般公共预算支出完成70亿元。",
    )
    assert [(s.measure, s.fiscal_year) for s in found] == [("general_revenue", 2024), *[(None, None)] * 3]


def test_accounts_that_name_no_year_are_of_the_year_of_the_document() -> None:
    head = Headline(
        body_name="吕梁市", body_level=BodyLevel.GOVERNMENT, region_code="141100",
        fiscal_year=2023, document_kind=DocumentKind.ACCOUNTS,
    )  # fmt: skip
    lines = ("一、全市财政收支决算情况", "全市一般公共预算收入37.05亿元。")
    (only,) = read_prose(reading(*lines), (), head)[0]
    assert said(only) == ("general_revenue", "whole", 2023, "final", "37.05")


def test_a_year_that_a_trend_began_in_is_not_that_of_the_amounts_that_follow() -> None:
    found = read(
        "2023年全市一般公共预算地方收入23.6亿元，比上年增长31.7%，扭转自2018年以来连续下降势头。"
        "加上上级补助253亿元、上年结转43亿元，收入总量320亿元。"
    )
    assert [(s.measure, s.fiscal_year) for s in found] == [
        ("general_revenue", 2023), ("transfers_received", 2023), ("carried_in", 2023),
        ("total_revenue", 2023),
    ]  # fmt: skip


def test_what_is_added_up_keeps_its_measures_behind_an_unknown_item() -> None:
    found = read(
        "2023年全市一般公共预算收入28亿元，加上市与区财力结算6亿元，上年结转收入2亿元，调入资金1亿元，"
        "收入总计37亿元。全市一般公共预算支出30亿元，加上补充预算稳定调节基金2亿元、结转下年5亿元，支出总量37亿元。"
    )
    measures = [s.measure for s in found]
    assert measures == [
        "general_revenue", None, "carried_in", "moved_in", "total_revenue",
        "general_expenditure", "stabilisation_added", "carried_out", "total_expenditure",
    ]  # fmt: skip
    assert {s.stage for s in found if s.measure} == {None}  # 补充预算稳定调节基金 is not a budget


def test_the_level_above_a_county_is_not_its_own() -> None:
    sentence = "2023年全{0}一般公共预算收入15亿元，加上市级补助收入9亿元，收入总量24亿元。"
    assert [s.scope for s in read(sentence.format("县"), region="141124")] == ["whole"] * 3
    assert [s.scope for s in read(sentence.format("市"), region="141181")] == ["whole"] * 3


def test_a_limit_that_a_balance_is_kept_within_is_a_limit() -> None:
    found = read(
        "截至2024年底，全市政府债务余额预计执行数266亿元，债务余额严格控制在中央核定的限额275亿元以内。"
    )
    assert [(s.measure, s.stage) for s in found] == [("debt_balance", "estimated"), ("debt_limit", None)]


def test_a_scheme_of_adjustment_gives_both_amounts_and_its_own_year() -> None:
    head = Headline(
        title="关于2020年预算调整方案的报告", document_kind=DocumentKind.ADJUSTMENT, fiscal_year=2020,
        body_level=BodyLevel.GOVERNMENT, region_code="141124",
    )  # fmt: skip
    lines = "一般公共预算收入从36亿元调至42亿元，调增6亿元，其中：税收收入由27亿元调减为24亿元，调减3亿元。"
    found = read_prose(reading("一、收入目标调整说明", lines), (), head)[0]
    assert [said(s) for s in found] == [
        ("general_revenue", None, 2020, "budget", "36"),
        ("general_revenue", None, 2020, "adjusted", "42"),
        (None, None, None, None, "6"),
        ("tax_revenue", None, 2020, "budget", "27"),
        ("tax_revenue", None, 2020, "adjusted", "24"),
        (None, None, None, None, "3"),
    ]


def test_the_stage_goes_on_in_a_list() -> None:
    found = read(
        "一、2025年预算执行情况",
        "全市一般公共预算收入预计完成64亿元，其中：税收收入34亿元、非税收入30亿元。加上转移性收入48亿元，收入总计112亿元。",
        "年初预算为：一般公共预算收入76亿元（税收收入47亿元）；政府性基金预算收入80亿元。",
    )
    assert [s.stage for s in found if s.measure] == ["estimated"] * 4 + ["budget"] * 2


@pytest.mark.parametrize(
    ("heading", "sentence", "stage"),
    [
        ("一、2024年决算情况", "2024年全市一般公共预算收入完成20亿元，增长3%", "final"),
        ("一、2024年决算", "汇总各区决算，2024年全市一般公共预算收入20亿元，为调整预算的97%", "final"),
        ("一、2024年执行情况", "2024年全市一般公共预算收入预计完成20亿元，占调整预算的100%", "estimated"),
        ("（一）年初预算安排情况。", "2024年全市一般公共预算收入20亿元", "budget"),
        ("一、2025年预算安排", "全市一般公共预算收入50亿元，较上年完成数增长2%", "budget"),
    ],
)
def test_what_was_carried_out_is_final_in_accounts_and_estimated_where_expected(
    heading: str, sentence: str, stage: str
) -> None:
    assert [s.stage for s in read(heading, f"{sentence}。")] == [stage]


def test_what_something_was_left_out_of_is_another_amount() -> None:
    found = read("2025年市本级一般公共预算支出168亿元，剔除防控等一次性因素后，为165亿元，增长5.2%。")
    assert [s.measure for s in found] == ["general_expenditure", None]


def test_a_list_goes_on_behind_a_bracket_of_details() -> None:
    found = read(
        "2025年全市一般公共预算收入77亿元，加上债务转贷收入46亿元(其中新增债券6亿元、再融资债券40亿元)、"
        "动用预算稳定调节基金5亿元，收入总量128亿元。"
    )
    assert [s.measure for s in found] == [
        "general_revenue", "debt_received", None, None, "stabilisation_used", "total_revenue",
    ]  # fmt: skip


def test_the_title_says_the_stage_of_a_year_that_nothing_else_does() -> None:
    found = read("2025年全市一般公共预算收入20亿元。", "2026年全市一般公共预算收入21亿元。")
    assert [s.stage for s in found] == ["execution", "budget"]


def test_what_follows_a_part_of_a_year_is_of_that_part_until_a_year_is_named() -> None:
    found = read(
        "截至6月30日，全市一般公共预算收入完成45亿元；全市一般公共预算支出完成155亿元。"
        "2025年全市一般公共预算收入完成90亿元。"
    )
    assert [s.measure for s in found] == [None, None, "general_revenue"]


def test_what_an_account_is_left_with_is_not_the_balance_of_the_insurances() -> None:
    found = read(
        "全市一般公共预算支出完成425亿元，滚存结余25亿元。",
        "全市社会保险基金预算收入65亿元，滚存结余78亿元。",
    )
    assert [s.measure for s in found] == [
        "general_expenditure", None, "social_insurance_revenue", "social_insurance_balance",
    ]  # fmt: skip


def test_the_items_of_a_sum_are_of_its_account_whatever_they_were_moved_from() -> None:
    found = read(
        "2025年全市收支平衡情况：一般公共预算收入77亿元，从国有资本经营预算调入资金5亿元，"
        "动用预算稳定调节基金13亿元，收入总计95亿元。"
    )
    assert {s.fund for s in found if s.measure} == {"general_budget"}


def test_a_title_of_one_year_alone_says_no_stage() -> None:
    head = Headline(
        title="2018年预算执行情况", document_kind=DocumentKind.BUDGET, fiscal_year=2018,
        body_level=BodyLevel.GOVERNMENT, region_code="141100",
    )  # fmt: skip
    (found,) = read_prose(reading("2018年全市非税收入146.2亿元，下降0.8%。"), (), head)[0]
    assert (found.measure, found.fiscal_year, found.stage) == ("nontax_revenue", 2018, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "全市一般公共预算收入完成88亿元，增长6%；市本级完成21亿元，增长5%；县区级完成67亿元。",
            [("general_revenue", "whole"), ("general_revenue", "own"), ("general_revenue", "region")],
        ),
        (
            "全市政府债务余额969亿元。分性质看，一般债务511亿元，专项债务458亿元；分级次看，市本级397亿元。",
            [("debt_balance", "whole"), ("general_debt_balance", "whole"), ("special_debt_balance", "whole"),
             ("debt_balance", "own")],
        ),
        (
            "全市一般公共预算收入预算合计421亿元；收入完成420亿元。"
            "支出预算合计726亿元，执行中因上级补助增加等，支出预算调整为829亿元；支出完成723亿元。",
            [("general_revenue", "whole")] * 2 + [("general_expenditure", "whole")] * 3,
        ),
        (
            "全市一般公共预算收入完成88亿元。其中：税收收入60亿元；非税收入28亿元。分县区看，孝义市30亿元。",
            [("general_revenue", "whole"), ("tax_revenue", "whole"), ("nontax_revenue", "whole"),
             ("general_revenue", "region")],
        ),
        (  # taxes of all levels; a place that amounts are compared or spent in
            "全市财政收入126亿元，居全省七个县市区之首。其中：税收收入111亿元。一般公共预算支出170亿元，用于工业园区。"
            "加上年终结余3亿元。",
            [(None, "whole"), (None, "whole"), ("general_expenditure", "whole"), ("carried_out", "whole")],
        ),
        (  # the first is with transfers
            "全市一般公共预算收入完成80亿元，其中：（1）地方一般公共预算收入40亿元。",
            [(None, "whole"), ("general_revenue", "whole")],
        ),
        (
            "市本级一般公共预算总收入164亿元。其中：一般公共预算收入31亿元，转移性收入133亿元。",
            [("total_revenue", "own"), ("general_revenue", "own"), (None, "own")],
        ),
        (
            "全市一般公共预算收入完成9亿元（其中高新区2亿元），增长4%；一般公共预算支出完成31亿元。",
            [("general_revenue", "whole"), (None, "region"), ("general_expenditure", "whole")],
        ),
        (
            "全市地方财政收入（一般公共预算收入）完成33亿元。市直一般公共预算收入完成6亿元。",
            [("general_revenue", "whole"), ("general_revenue", "own")],
        ),
    ],
)  # fmt: skip
def test_a_sentence_may_go_on_with_what_was_said_before(
    text: str, expected: list[tuple[str | None, str]]
) -> None:
    assert [(s.measure, s.scope) for s in read("一、2025年预算执行情况", text)] == expected


@pytest.mark.parametrize(
    ("heading", "text", "expected"),
    [
        ("一、2025年市级决算草案", "市级上年结余收入4亿元。", ("carried_in", "own", "final")),
        (
            "一、2025年预算执行情况",
            "市本级一般公共预算收入22亿元，剔除甲高新区因素后同口径增长7%；加上转移性收入58亿元，收入合计81亿元。",
            ("total_revenue", "own", "execution"),
        ),
        (
            "一、2025年决算",
            "全市一般公共预算总收入41亿元，完成调整后预算的97%，其中地方一般公共预算收入27亿元。",
            ("general_revenue", "whole", "final"),
        ),
        (
            "一、2025年决算",
            "全市一般公共预算总支出40亿元，一般公共预算总收入41亿元。",
            ("total_revenue", "whole", "final"),
        ),
    ],
)
def test_the_last_amount_of_a_sentence(heading: str, text: str, expected: tuple[str, str, str]) -> None:
    last = read(heading, text)[-1]
    assert (last.measure, last.scope, last.stage) == expected


def test_growth_behind_the_budget_is_that_of_what_was_carried_out() -> None:
    found = read(
        "一、2025年预算执行情况", "全市一般公共预算收入完成27亿元，完成年初预算22亿元的122%，同比增长26%。"
    )
    assert {s.stage: s.change_percent for s in found} == {"budget": None, "execution": Decimal(26)}
