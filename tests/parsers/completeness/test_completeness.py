"""What a disclosure must hold, and what must not be left in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from archive.rendering.messages import sentence
from parsers.completeness import check_completeness
from parsers.tables import budget_tables
from parsers.values.document import Grid
from parsers.values.results import Check, Headline
from parsers.values.vocabulary import DocumentKind
from tests.parsers.builders import grid, reading

HEAD = Headline(
    body_name="稷山县医疗保障局", region_code="140824", fiscal_year=2024, document_kind=DocumentKind.BUDGET
)
UNIT = "单位：万元"
CONTENTS = (
    "目录",
    "第一部分 概况",
    "一、收支总表",
    "二、收入总表",
    "三、支出总表",
    "四、财政拨款收支总表",
    "五、政府性基金预算支出表",
    "第一部分 概况",
)
BALANCE = grid("收入|预算数|支出|预算数", "一、收入|8.00|一、支出|8.00", "收入总计|8.00|支出总计|8.00")
SUMMARY = ("收支总表", UNIT, BALANCE)
REVENUE = ("收入总表", UNIT, grid("项目|合计|财政拨款", "合计|8.00|8.00"))
EXPENDITURE = (
    "支出总表",
    UNIT,
    grid("科目编码|科目名称|合计|基本支出", "|合计|8.00|8.00", "201|一般公共服务支出|8.00|8.00"),
)
APPROPRIATION = ("财政拨款收支总表", UNIT, BALANCE)
FUND = ("政府性基金预算支出表", UNIT, grid("科目编码|科目名称|合计", "||"))
TABLES = (*SUMMARY, *REVENUE, *EXPENDITURE, *APPROPRIATION)
TEXT = tuple(f"{n}、本部门收入8.00万元，支出8.00万元，比上年增加1.00万元。" for n in range(1, 5))


def checks(*blocks: Grid | str) -> list[Check]:
    document = reading(*blocks)
    return list(check_completeness(document, budget_tables(document, 2024), HEAD))


def failing(rule: str, *blocks: Grid | str) -> list[str]:
    return [sentence(c.statement, "zh") for c in checks(*blocks) if c.rule == rule and c.status == "fails"]


def test_declared_tables_are_there_or_absent() -> None:
    assert not failing("complete-declared", *CONTENTS, *TABLES, *FUND)
    assert failing("complete-declared", *CONTENTS, *TABLES) == ["目录所列“政府性基金预算支出表”未见于正文"]


def test_a_contents_table_declares_too() -> None:
    names = ("收支总表", "收入总表", "支出总表", "财政拨款收支总表")
    rows = [f"表{i}|{name}|否|" for i, name in enumerate(names, 1)]
    contents = grid("报表|报表名称|是否空表|公开空表理由", *rows, "表5|政府性基金预算支出表|是|不涉及")
    assert failing("complete-declared", "目录", contents, *TABLES) == [
        "目录所列“政府性基金预算支出表”未见于正文"
    ]
    held = [c for c in checks("目录", contents, *TABLES, *FUND) if c.rule == "complete-empty"]
    assert [c.status for c in held] == ["holds"]  # the contents say why


def test_a_table_under_another_name_is_there() -> None:
    other = ("2024年部门政府性基金支出预算表", *FUND[1:])
    assert not failing("complete-declared", *CONTENTS, *TABLES, *other)
    assert len(failing("complete-title", *CONTENTS, *TABLES, *other)) == 1


def test_empty_tables_need_a_note() -> None:
    def status(*blocks: Grid | str) -> list[str]:
        return [c.status for c in checks(*TABLES, *blocks) if c.rule == "complete-empty"]

    assert status(*FUND) == ["untestable"]  # the text was published apart
    assert status(*FUND, *TEXT) == ["fails"]
    assert status(*FUND, "注：本部门无政府性基金预算，故本表无数据。", *TEXT) == ["holds"]
    assert status(*FUND, *TEXT, "本部门没有使用政府性基金安排的支出。") == ["holds"]


def test_mandatory_tables_and_texts_only_of_complete_disclosures() -> None:
    assert not failing("complete-table", *TABLES) and not failing("complete-text", *TABLES)
    assert "国有资本经营预算支出表缺失" in failing("complete-table", *TABLES, *TEXT)
    assert "绩效说明缺失" in failing("complete-text", *TABLES, *TEXT)
    assert "绩效说明缺失" not in failing("complete-text", *TABLES, *TEXT, "十、绩效管理情况")


@pytest.mark.parametrize(
    ("year", "kind", "due"),
    [
        (2019, "budget", False),
        (2020, "budget", False),
        (2021, "budget", True),
        (2019, "accounts", False),
        (2020, "accounts", True),
        (None, "budget", False),
    ],
)
def test_a_table_is_missed_only_where_it_was_due(year: int | None, kind: DocumentKind, due: bool) -> None:
    """财预〔2016〕143号 asks for eight tables, without 国有资本经营."""
    document = reading(*TABLES, *TEXT)
    head = replace(HEAD, fiscal_year=year, document_kind=kind)
    found = check_completeness(document, budget_tables(document, year), head)
    missed = [
        sentence(c.statement, "zh") for c in found if c.rule == "complete-table" and c.status == "fails"
    ]
    assert ("国有资本经营预算支出表缺失" in missed) is due
    assert "“三公”经费支出表缺失" in missed


def test_promised_tables() -> None:
    said = "本单位当年无政府采购预算，并已公开空表。"
    assert len(failing("complete-promise", *TABLES, *TEXT, said)) == 1
    amount = "2024年政府采购预算总额7.7万元。"
    (found,) = [c for c in checks(*TABLES, *TEXT, amount) if c.rule == "complete-amount-table"]
    assert (found.status, found.severity) == ("fails", "info")


def test_vehicles_are_split() -> None:
    head = "项目|预算数"
    split = grid(head, "合计|3.00", "公务用车购置及运行费|3.00", "公务用车购置费|0.00", "公务用车运行费|3.00")
    merged = grid(head, "合计|3.00", "公务用车购置及运行费|3.00", "公务接待费|0.00")
    title = "“三公”经费支出表"
    assert not failing("complete-vehicles", *TABLES, title, UNIT, split)
    assert len(failing("complete-vehicles", *TABLES, title, UNIT, merged)) == 1


def test_codes_go_down_to_items() -> None:
    def table(*rows: str) -> tuple[Grid | str, ...]:
        return ("一般公共预算支出表", UNIT, grid("科目编码|科目名称|合计", "|合计|8.00", *rows))

    deep = table("201|一般公共服务支出|8.00", "20103|政府办公厅|8.00", "2010301|行政运行|8.00")
    assert not failing("complete-functional-depth", *deep)
    flat = table("201|一般公共服务支出|8.00", "20103|政府办公厅|8.00")
    assert "20103政府办公厅" in failing("complete-functional-depth", *flat)[0]
    compared = table("201|一般公共服务支出|8.00")  # by class alone, beside a table down to the item
    assert not failing("complete-functional-depth", *deep, "一般公共预算支出预决算对比表", *compared[1:])
    nothing_below = table("219|援助其他地区支出|8.00", "21908|住房保障|8.00")
    assert not failing("complete-functional-depth", *nothing_below)


def test_blank_rows_above_filled_ones() -> None:
    def table(*rows: str) -> tuple[Grid | str, ...]:
        return ("一般公共预算支出表", UNIT, grid("科目编码|科目名称|合计", "|合计|8.00", *rows))

    rows = ("301|工资福利支出|3.00", "30101|基本工资|3.00", "303|对个人和家庭的补助|{}", "30307|医疗费|5.00")
    blank = table(*(row.format("") for row in rows))
    assert "303对个人和家庭的补助" in failing("complete-blank", *blank)[0]
    assert not failing("complete-blank", *table(*(row.format("5.00") for row in rows)))
    captions = table(
        "301|工资福利支出|", "30101|基本工资|3.00", "303|对个人和家庭的补助|", "30307|医疗费|5.00"
    )
    assert not failing("complete-blank", *captions)  # a form whose classes never carry amounts


def test_marks_of_templates() -> None:
    for text in (
        "XX局2024年部门预算",
        "没有的应公开空表，不得删除。",
        "<p>目标1：提高效率</p>",
        "20XX年支出",
        "因公出国（境）费0万元，占 %，比上年减少 万元。",
        "公务接待费3.00万元，比上年增长%，主要原因是接待增加。",
    ):
        assert failing("complete-placeholder", *TABLES, text), text
    for text in (
        "参加XXL培训",
        "iPhone XX1",
        "本部门预算支出8.00万元。",
        "建设5×8米的展台",
        "增加元素，占比80%，",
    ):
        assert not failing("complete-placeholder", *TABLES, text), text


def test_of_a_text_without_tables_only_what_was_left_in_it_is_told() -> None:
    text = "公务接待费3.00万元，比上年增长%。"
    found = check_completeness(reading(text), (), HEAD)
    assert [check.rule for check in found] == ["complete-placeholder"]


def test_the_level_of_the_template() -> None:
    text = "“三公”经费：指省直部门用财政拨款安排的因公出国（境）费。"
    assert len(failing("complete-template-level", *TABLES, text)) == 1
    assert not failing("complete-template-level", *TABLES, text.replace("省直", "县级"))


def test_headings_follow_each_other() -> None:
    def text(*numbers: str) -> list[str]:
        return [f"{number}、关于某事的说明" for number in numbers]

    assert not failing("complete-numbering", *TABLES, *text("一", "二", "三", "一", "二"))
    assert "四、" in failing("complete-numbering", *TABLES, *text("一", "二", "四", "五", "六"))[0]
    assert len(failing("complete-numbering", *TABLES, *text("一", "二", "二", "三", "四"))) == 1
    assert not failing("complete-numbering", *TABLES, *text("一", "三", "五", "九"))  # no sequence at all


def test_tables_numbered_lower_than_their_place() -> None:
    def tables(*numbers: str) -> tuple[Grid | str, ...]:
        bodies: tuple[Any, ...] = (SUMMARY, REVENUE, EXPENDITURE, APPROPRIATION)
        return tuple(
            block
            for number, (title, *rest) in zip(numbers, bodies, strict=True)
            for block in (f"{title}（预算表{number}）", *rest)
        )

    assert not failing("complete-numbering", *tables("1", "2", "3", "4"))
    assert not failing("complete-numbering", *tables("1", "2", "4", "5"))  # one may be missing
    assert "实为第4张" in failing("complete-numbering", *tables("1", "2", "7", "3"))[0]


@pytest.mark.parametrize(
    "duties", ["一、主要职责：拟订本县规划；组织实施。", "本局是主管部门，负责规划，履行职责。"]
)
def test_a_line_of_several_sentences_is_behind_the_contents(duties: str) -> None:
    assert not any("职责" in said for said in failing("complete-text", "目录", duties, *TABLES, *TEXT))


@pytest.mark.parametrize("page", ["....................1", " 12"])
def test_contents_with_pages_end_where_lines_print_none(page: str) -> None:
    entries = (f"{entry}{page}" for entry in ("一、概况", "二、预算表", "三、说明"))
    lines = ("目录", *entries, "部门概况", "主要职能", "规划和管理。", "机构设置", "一个单位。")
    assert not any("职责" in said for said in failing("complete-text", *lines, *TABLES, *TEXT))


def test_sections_called_otherwise_in_the_contents() -> None:
    contents = ("目录", "第一部分 概况", "一、主要职责", "二、绩效目标说明", "第一部分 概况")
    assert not failing("complete-heading", *contents, *TABLES, "一、主要职责", "二、绩效目标说明")
    renamed = failing("complete-heading", *contents, *TABLES, "一、主要职责", "二、绩效目标情况说明")
    assert renamed == ["目录为“二、绩效目标说明”，正文为“二、绩效目标情况说明”"]


def test_names_that_are_nearly_those_of_the_classification() -> None:
    def table(name: str) -> tuple[Grid | str, ...]:
        rows = ("208|社会保障和就业支出|8.00", "20805|行政事业单位养老支出|8.00", f"2080505|{name}|8.00")
        return ("一般公共预算支出表", UNIT, grid("科目编码|科目名称|合计", "|合计|8.00", *rows))

    right = "机关事业单位基本养老保险缴费支出"
    assert not failing("complete-name", *TABLES, *table(right))
    assert len(failing("complete-name", *TABLES, *table(right.replace("养老保险", "养老")))) == 1
    assert not failing("complete-name", *TABLES, *table("某项目的其他开支"))  # not like the name at all
    said = "主要用于：机关是因为单位基本养老保险缴费、其他开支。"
    assert "机关是因为单位" in failing("complete-name", *TABLES, *table(right), said)[0]
    assert not failing("complete-name", *TABLES, *table(right), said.replace("是因为", "事业"))
    described = "主要用于机关事业单位缴纳的基本养老保险缴费支出。"
    assert not failing("complete-name", *TABLES, *table(right), described)


def test_words_printed_twice() -> None:
    assert len(failing("complete-doubled", *TABLES, "2024年中央财政财政医疗救助资金8.00万元。")) == 1
    assert not failing("complete-doubled", *TABLES, "2024年中央财政医疗救助资金8.00万元。")


def test_headings_of_another_year() -> None:
    assert len(failing("complete-year", *TABLES, "三、2023年支出预算情况说明")) == 1
    for right in ("三、2024年支出预算情况说明", "三、2023年预算执行情况", "三、2023年绩效评价情况说明"):
        assert not failing("complete-year", *TABLES, right), right


def test_sentences_about_another_body() -> None:
    own = [f"稷山县医疗保障局2024年{what}8.00万元。" for what in ("收入预算", "支出预算")]
    other = "新绛县教育局2024年支出预算8.00万元。"
    assert len(failing("complete-body", *TABLES, *own, other)) == 1
    assert not failing("complete-body", *TABLES, *own, other, "新绛县教育局为下属单位。")
    assert not failing("complete-body", *TABLES, *own)
    assert not failing("complete-body", *TABLES, *own, other.replace("新绛县教育局", "第三部分县医保局"))


def test_goals_of_another_year() -> None:
    def form(goal: str) -> tuple[Grid | str, ...]:
        return ("项目绩效目标表", grid("项目名称|2024年经费", f"总体目标|{goal}", "一级指标|二级指标|指标值"))

    assert len(failing("complete-year", *TABLES, *form("目标1：保证2023年财内网正常运行"))) == 1
    assert not failing("complete-year", *TABLES, *form("目标1：保证2024年财内网正常运行"))
