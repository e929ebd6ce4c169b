"""Amounts of a text against those that its tables print."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from parsers.prose import read_prose
from parsers.tables import budget_tables
from parsers.values.document import Reading, TextBlock
from parsers.values.vocabulary import DocumentKind
from tests.parsers.builders import grid, reading
from tests.parsers.prose.prose_reading import EXPENDITURE, HEAD, failures, read
from tests.wording import both


def test_a_text_may_be_more_exact_than_its_table() -> None:
    head = "科目编码|科目名称|合计|基本支出|项目支出", "208|社会保障和就业支出|4,077.4|0.00|4,077.4"
    assert not failures("支出总表", "单位：万元", grid(*head), "社会保障和就业支出4077.43万元。")
    assert failures("支出总表", "单位：万元", grid(*head), "社会保障和就业支出4077.53万元。") == [
        ("I15", "error")
    ]


def test_what_one_fund_prints_may_be_less_than_the_text_says_of_all() -> None:
    head = (
        "科目编码|科目名称|合计|人员经费|公用经费",
        "|合计|80.00|60.00|20.00",
        "302|商品和服务支出|20.00||20.00",
    )
    basic = "一般公共预算基本支出表", "单位：万元", grid(*head)
    own = "收入总表", "单位：万元", grid("单位名称|合计|一般公共预算|事业收入", "合计|90.00|80.00|10.00")
    assert not failures(*basic, *own, "支出预算90万元，其中：公用经费25万元。")
    assert failures(*basic, "支出预算80万元，其中：公用经费25万元。") == [("I15", "error")]


def test_what_is_of_this_year_alone_may_be_less_than_its_table() -> None:
    paid = "一般公共预算支出表", "单位：万元", grid("科目编码|科目名称|合计", "210|卫生健康支出|80.00")
    carried = "收入总表", "单位：万元", grid("单位名称|合计|本年收入|上年结转", "合计|90.00|78.00|12.00")
    for heading, expected in (("四、一般公共预算当年拨款结构", []), ("四、支出结构", [("I15", "error")])):
        assert failures(*paid, *carried, heading, "卫生健康支出70.01万元。") == expected


@pytest.mark.parametrize(("said", "expected"), [("1.62", []), ("3.62", [("I15", "error")])])
def test_costs_of_training_are_compared_with_their_column(said: str, expected: list[tuple[str, str]]) -> None:
    rows = "“三公”经费合计|公务接待费|会议费|培训费", "0.50|0.50|0.00|1.62"
    table = "一般公共预算“三公”经费、会议费、培训费支出预算表", "单位：万元", grid(*rows)
    assert failures(*table, f"2024年度一般公共预算拨款安排的培训费预算支出{said}万元。") == expected


def test_what_the_region_spends_is_not_what_the_tables_print() -> None:
    assert not failures(*EXPENDITURE, "2024年全县使用财政拨款安排的支出预算1,145.52万元。")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("2024年支出预算1,144.52万元，其中：基本支出636.85万元，项目支出507.67万元。", []),
        ("2024年支出预算1,144.52元。", [("I15-unit", "error")]),
        ("2024年支出预算1,145.52万元。", [("I15", "error")]),
        ("2023年支出预算1,045.52万元。", []),  # another year: the tables say nothing about it
        ("社会保障和就业支出（类）349.60万元。", [("I15", "error")]),
        ("卫生健康支出（210）795.02万元。", []),
        ("人员经费556.99万元。", []),  # no table prints it
        ("（1）卫生健康支出（类）。2023年执行数700.00万元，2024年预算795.02万元。", []),
        ("（1）卫生健康支出（类）。2023年执行数700.00万元，2024年预算805.02万元。", [("I15", "error")]),
        ("（1）卫生健康支出（210类）495.02万元。", [("I15", "error")]),
        ("涉及金额795.02元。", [("I15-unit", "warning")]),  # no subject, but the digits of a row
        ("支出预算1144.52万元，基本支出636.85万元，占支出预算的55.64%。", []),
        ("支出预算1144.52万元，基本支出636.85万元，占支出预算的56.64%。", [("I15-share", "error")]),
    ],
)
def test_text_against_tables(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert failures(*EXPENDITURE, sentence) == expected


def test_a_part_that_is_all_of_the_amount_does_not_say_how_the_whole_changed() -> None:
    whole = "公务用车购置及运行维护费2024年预算数6.00万元，其中："
    parts = (
        "公务用车购置费2024年预算数0.00万元，较上年减少12.00万元；",
        "公务用车运行维护费2024年预算数6.00万元，较上年增加0.50万元。",
    )
    assert not failures(whole, *parts)
    stated = "公务用车购置及运行维护费2024年预算数6.00万元，较上年增加0.50万元，其中："
    assert failures(stated, *parts) == [("I15-change-sum", "warning")]


IN_YUAN = (
    "支出总表",
    "单位：元",
    grid("科目编码|科目名称|合计", "|合计|11,445,234.56", "201|一般公共服务支出|11,445,234.56"),
)


@pytest.mark.parametrize(
    ("printed", "status"),
    [
        ("11445234.56元", ["holds"]),
        ("11445200元", ["rounding"]),
        ("1144.520000万元", ["rounding"]),
        ("1144.52万元", ["holds"]),
        ("11445100元", ["fails"]),
        ("11445230元", ["fails"]),  # no whole hundreds: its last digits are meant
        ("1144.510000万元", ["fails"]),
    ],
)
def test_the_digits_of_a_text_say_what_it_is_rounded_to(printed: str, status: list[str]) -> None:
    _, found = read(*IN_YUAN, f"2024年支出预算{printed}。")
    assert [check.status for check in found] == status


def test_a_text_may_be_more_exact_than_a_table_of_whole_numbers() -> None:
    """Another table of the document prints decimals."""
    whole = grid("科目编码|科目名称|合计|基本支出", "|合计|4,799|4,798", "205|教育支出|4,799|4,798")
    for printed, status in (("4797.95", "holds"), ("4790.95", "fails")):
        tables = ("一般公共预算支出表", "单位：万元", whole, *EXPENDITURE[:3])
        _, found = read(*tables, f"2024年一般公共预算基本支出{printed}万元。")
        assert status in [check.status for check in found]


def test_a_budget_is_not_compared_with_accounts() -> None:
    document = reading(*EXPENDITURE, "卫生健康支出（类）全年预算为805.02万元，支出决算为795.02万元。")
    for kind, status in ((DocumentKind.ACCOUNTS, "untestable"), (DocumentKind.BUDGET, "fails")):
        _, checks = read_prose(document, budget_tables(document, 2024), replace(HEAD, document_kind=kind))
        assert status in {c.status for c in checks if c.rule == "I15"}


def test_an_amount_printed_under_other_words_is_untestable() -> None:
    _, checks = read(*EXPENDITURE, "2024年支出预算349.50万元。")
    assert [(c.rule, c.status) for c in checks] == [("I15", "untestable")]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("公务接待费2.00万元，比上年减少1.00万元。", []),
        ("公务接待费2.00万元，比上年增加1.00万元。", [("I15-change", "warning")]),
        ("公务接待费2.00万元，与上年持平。", [("I15-change", "warning")]),
        ("因公出国（境）费5.00万元，与上年持平。", []),
    ],
)
def test_changes_against_the_two_years_of_a_table(sentence: str, expected: list[tuple[str, str]]) -> None:
    table = grid(
        "2023年预算数|<|<|2024年预算数|<|<",
        "合计|因公出国（境）费|公务接待费|合计|因公出国（境）费|公务接待费",
        "8.00|5.00|3.00|7.00|5.00|2.00",
    )
    assert failures("“三公”经费支出表", "单位：万元", table, sentence) == expected


def test_the_year_before_of_a_table_has_no_year_before_it() -> None:
    table = grid("年度|合计|公务接待费", "2023年|8.00|2.00", "2024年|7.00|2.00")
    assert not failures("“三公”经费支出表", "单位：万元", table, "公务接待费2.00万元，与上年持平。")


def test_checks_say_both_sides_in_two_languages_and_the_page() -> None:
    document = Reading(
        "application/pdf",
        (
            *reading(*EXPENDITURE).blocks,
            TextBlock("2024年支出预算1,144.52元。", page=7),
        ),
    )
    _, (check,) = read_prose(document, budget_tables(document, 2024), HEAD)
    assert (check.left_yuan, check.right_yuan) == (Decimal("1144.52"), Decimal("11445200.00"))
    assert (
        "第7页" in both(check.message)
        and "page 7" in both(check.message)
        and "ten thousand" in both(check.message)
    )
    assert check.facts


GENERAL = (
    "一般公共预算支出表",
    "单位：万元",
    grid(
        "科目编码|科目名称|合计|基本支出|项目支出",
        "|合计|1,131.63|623.96|507.67",
        "210|卫生健康支出|1,131.63|623.96|507.67",
    ),
)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("一般公共预算财政拨款基本支出623.96万元。", [("holds", "info")]),
        ("一般公共预算财政拨款基本支出636.85万元。", [("fails", "warning")]),  # what the whole body spends
        ("一般公共预算财政拨款基本支出632.96万元。", [("fails", "error")]),  # what no table prints
        ("基本支出636.85万元。", [("holds", "info")]),
        ("基本支出623.96万元。", [("holds", "info")]),
        ("政府性基金安排的基本支出636.85万元。", []),  # no table of that fund
        ("一般公共预算和政府性基金安排的基本支出636.85万元。", [("holds", "info")]),  # no one fund
    ],
)
def test_a_figure_that_names_a_fund_is_compared_with_its_tables(
    sentence: str, expected: list[tuple[str, str]]
) -> None:
    _, checks = read(*EXPENDITURE, *GENERAL, sentence)
    assert [(c.status, c.severity) for c in checks if c.rule == "I15"] == expected


def test_parts_are_of_the_fund_of_their_whole() -> None:
    _, checks = read(
        *EXPENDITURE,
        *GENERAL,
        "一般公共预算财政拨款支出1131.63万元，其中：基本支出636.85万元、项目支出507.67万元。",
    )
    assert [c.status for c in checks if c.rule == "I15"] == ["holds", "fails", "holds"]


def test_an_item_of_a_list_does_not_go_on_with_the_list_inside_the_one_before() -> None:
    """深圳: 项目支出 lists projects, a project its own parts; the next project is not part of the first."""
    blocks = (
        "（一）项目支出60.00万元，具体包括：",
        "1.综合管理40.00万元，主要包括：职工食堂物资38.00万元，物业维修2.00万元。较上年增加3.00万元，增长8.1%。",
        "2.林业管理20.00万元，主要包括：古树名木复壮20.00万元。",
    )
    found, checks = read(*blocks)
    assert not [c for c in checks if c.status == "fails"]
    assert [(s.amount_yuan, s.change_yuan) for s in found if s.change_yuan] in (
        [], [(Decimal("400000.00"), Decimal("30000.00"))],
    )  # fmt: skip


def test_economic_classes_may_be_those_of_basic_expenditure() -> None:
    rows = ("|合计|100.00", "301|工资福利支出|60.00", "303|对个人和家庭的补助|40.00")
    table = grid("科目编码|科目名称|合计", *rows)
    blocks = ("一般公共预算支出表（按经济分类）", "单位：万元", table)
    assert failures(*blocks, "对个人和家庭的补助支出35.71万元，主要是离退休人员经费。") == []


def test_goods_are_compared_with_rows_or_columns_of_goods_alone() -> None:
    rows = "空调机|22.60", "房屋修缮|57.70", "打印设备|35.30", "合计|115.60"
    listed = "政府采购预算表", "单位：万元", grid("采购品目|金额", *rows)
    sentence = "政府采购预算总额115.60万元，其中，货物类采购预算57.90万元，工程类采购预算57.70万元。"
    assert not failures(*listed, sentence)
    by_kind = grid("采购品目|金额", "货物类|57.80", "工程类|57.70", "合计|115.50")
    assert failures("政府采购预算表", "单位：万元", by_kind, sentence)


def test_a_table_by_bodies_prints_an_amount_in_parts() -> None:
    rows = "某局|2013801|行政运行|60.00|60.00|", "某中心|2013801|行政运行|30.00|30.00|"
    by_body = grid("单位名称|科目编码|科目名称|合计|基本支出|项目支出", *rows)
    whole = grid("科目编码|科目名称|合计", "2013801|行政运行|95.00")
    tables = ("支出总表", "单位：万元", whole, "一般公共预算支出表", "单位：万元", by_body)
    assert not failures(*tables, "行政运行（2013801）90.00万元。")
    assert failures(*tables, "行政运行（2013801）91.00万元。")


def test_a_project_gives_its_name_to_no_class() -> None:
    head = "单位名称|项目名称|功能科目编码|经济科目编码|合计"
    rows = ("某局|对个人和家庭的补助|2010801|30305|4.00", "某局|行政人员工资|2010801|30101|629.00")
    basic = "部门基本支出预算表", "单位：万元", grid(head, *rows)
    general = "支出总表", "单位：万元", grid("科目编码|科目名称|合计", "2010801|行政运行|640.00")
    assert not failures(*basic, *general, "对个人和家庭的补助262.72万元。")
