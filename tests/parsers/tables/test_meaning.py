"""What amounts mean: every header path of the corpus and of the real documents, judged by hand, and rows.

`column_paths.csv` has one line per column: the table it stands in, the path, and what the column means. A
line may be changed only by someone who has read the words and knows better; the code has to follow.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from parsers.tables import budget_tables
from parsers.tables.meaning import TableContext, column_meanings
from parsers.values.results import Fact
from parsers.values.table_types import TableType
from parsers.values.text import fold
from tests.parsers.builders import grid, reading

PATHS = Path(__file__).with_name("column_paths.csv")
MEANING = ("flow", "fund", "nature", "object", "period", "subject")


def judged() -> dict[str, list[dict[str, str]]]:
    tables: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    with PATHS.open(encoding="utf-8") as lines:
        for line in csv.DictReader(lines):
            tables[f"{line['table']} {line['table_type']} {line['title']}"].append(line)
    return dict(tables)


def facts(*lines: str, title: str, fiscal_year: int | None = None) -> tuple[Fact, ...]:
    (table,) = budget_tables(reading(title, "单位：万元", grid(*lines)), fiscal_year)
    return table.facts


@pytest.mark.parametrize("table", judged())
def test_every_column_means_what_it_was_judged_to_mean(table: str) -> None:
    lines = judged()[table]
    first = lines[0]
    year = int(first["fiscal_year"]) if first["fiscal_year"] else None
    paths = [tuple(line["column_path"].split(" / ")) for line in lines]
    context = TableContext.of(TableType(first["table_type"]), first["title"], paths, year)
    for block in sorted({line["block"] for line in lines}):
        columns = [line for line in lines if line["block"] == block]
        found = column_meanings([tuple(line["column_path"].split(" / ")) for line in columns], context)
        for line, meaning in zip(columns, found, strict=True):
            said = {name: getattr(meaning, name) or "" for name in MEANING}
            assert said == {name: line[name] for name in MEANING}, line["column_path"]
            assert meaning.is_total == (line["is_total"] == "yes"), line["column_path"]


def test_every_column_of_the_corpus_is_judged(shared: Path) -> None:
    with (shared / "corpus" / "truth" / "amounts.csv").open(encoding="utf-8-sig") as lines:
        printed = {
            (row["doc_id"], row["table_type"], fold(row["column_path"])) for row in csv.DictReader(lines)
        }
    known = {
        (line["table"].split(" ")[0], line["table_type"], fold(line["column_path"]))
        for lines in judged().values()
        for line in lines
    }
    assert printed - known == set()


def test_revenue_rows_name_funds_and_earlier_years() -> None:
    found = facts(
        "收入|<|支出|<",
        "项目|预算数|项目|预算数",
        "一、财政拨款收入|7.00|一、教育支出|9.50",
        "1.一般公共预算|5.00||",
        "2.政府性基金预算|2.00||",
        "二、事业收入|1.00||",
        "本年收入合计|8.00|本年支出合计|9.50",
        "使用非财政拨款结余|0.50||",
        "上年结转|1.50|结转下年|0.50",
        "其中：财政拨款结转|1.00||",
        "收入总计|10.00|支出总计|10.00",
        title="收支总表",
    )
    revenue = [(f.fund, f.period, f.is_total) for f in found if f.block == 0]
    assert revenue == [
        ("appropriation", "current", True),
        ("general_budget", "current", False),
        ("government_fund", "current", False),
        ("institution_revenue", "current", False),
        ("all", "current", True),
        ("nonfiscal_balance", "carryover", False),
        ("carryover", "carryover", False),
        ("appropriation", "carryover", False),
        ("all", "total", True),
    ]
    assert [(f.flow, f.period) for f in found if f.row_label == "结转下年"] == [("balance", "closing")]


def test_a_source_nobody_knows_has_no_fund() -> None:
    found = facts(
        "收入|<|支出|<",
        "项目|预算数|项目|预算数",
        "一、事业收入|1.00||",
        "二、云端收益|2.00||",
        title="收支总表",
    )
    assert [f.fund for f in found] == ["institution_revenue", None]


def test_a_part_of_a_fund_that_no_word_tells_apart_has_no_fund() -> None:
    found = facts(
        "收入|<|支出|<|<|<",
        "项目|金额|项目|合计|一般公共预算|<",
        "^|^|^|^|小计|其中：财政拨款",
        "一、一般公共预算|3.00|一、教育支出|3.00|3.00|3.00",
        "其中：财政拨款|3.00||||",
        title="财政拨款收支总表",
    )
    assert [f.fund for f in found] == ["general_budget", "appropriation", "general_budget", None, None]


def test_expenditure_rows_name_natures_and_hand_them_down() -> None:
    found = facts(
        "收入|<|支出|<",
        "项目|金额|部门预算支出经济科目|金额",
        "||一、部门预算|9.00",
        "||1、人员经费和公用经费支出|4.00",
        "||(1)工资福利支出|3.00",
        "||(2)商品和服务支出|1.00",
        "||2、专项业务经费支出|5.00",
        "||(1)商品和服务支出|5.00",
        title="部门综合预算收支总表",
    )
    assert [(f.nature, f.economic_code, f.is_total) for f in found] == [
        ("all", None, True),
        ("basic", None, True),
        ("basic", "301", False),
        ("basic", "302", False),
        ("special_business", None, True),
        ("special_business", "302", False),
    ]


def test_final_accounts_tell_the_stages_of_a_year_apart() -> None:
    found = facts(
        "收入|<|<|<|支出|<",
        "项目|年初预算数|全年预算数|决算数|项目|决算数",
        "一、一般公共预算财政拨款收入|1.00|2.00|3.00||",
        "年初结转和结余|||4.00|结余分配|5.00",
        title="2024年度收入支出决算总表",
        fiscal_year=2024,
    )
    assert [(f.flow, f.period) for f in found] == [
        ("revenue", "budget"),
        ("revenue", "adjusted"),
        ("revenue", "final"),
        ("balance", "opening"),
        ("balance", "final"),
    ]


def test_items_of_the_three_public_table_stand_in_rows() -> None:
    found = facts(
        "项目|2024年预算数",
        "合计|4.39",
        "1、因公出国（境）经费|0.00",
        "2、公务接待费|0.79",
        "3、公务用车费|3.60",
        "其中：（1）公务用车运行维护费|3.60",
        title="一般公共预算“三公”经费支出表",
        fiscal_year=2024,
    )
    assert [(f.subject, f.is_total) for f in found] == [
        ("三公经费", True),
        ("因公出国（境）费", False),
        ("公务接待费", False),
        ("公务用车购置及运行维护费", True),
        ("公务用车运行维护费", False),
    ]


def test_stages_may_stand_in_rows_and_items_in_columns() -> None:
    found = facts(
        "项目|合计|公务接待费|会议费",
        "预算数|3.00|1.00|2.00",
        "决算数|2.00|1.00|1.00",
        title="财政拨款“三公”经费及会议费支出决算表",
    )
    assert [(f.period, f.subject, f.is_total) for f in found[:4]] == [
        ("budget", None, True),
        ("budget", "公务接待费", False),
        ("budget", "会议费", False),
        ("final", None, True),
    ]


def test_the_sum_with_meetings_is_no_three_public_expense() -> None:
    found = facts(
        "单位名称|上年|<|<|<|当年|<|<|<|增减变化情况|<",
        "^|合计|三公经费|<|会议费|合计|三公经费|<|会议费|合计|会议费",
        "^|^|小计|公务接待费|^|^|小计|公务接待费|^|^|^",
        "合计|5.00|1.00|1.00|4.00|9.00|2.00|2.00|7.00|4.00|3.00",
        title="一般公共预算“三公”经费及会议费支出预算表",
    )
    sums = [(f.amount_text, f.subject, f.period) for f in found if f.subject in (None, "三公经费")]
    assert sums == [
        ("5.00", None, "prior_year"),
        ("1.00", "三公经费", "prior_year"),
        ("9.00", None, "current"),
        ("2.00", "三公经费", "current"),
        ("4.00", None, "change"),
    ]


def test_amounts_tell_which_items_a_sum_contains() -> None:
    lines = ("合计|因公出国（境）费|公务用车运行维护费|公务接待费|会议费", "{}|1.00|2.00|3.00|4.00")
    title = "“三公”经费、会议费支出表"
    three, everything = (facts(lines[0], lines[1].format(sum_), title=title) for sum_ in ("6.00", "10.00"))
    assert [three[0].subject, everything[0].subject] == ["三公经费", None]


def test_years_may_be_rows_and_one_name_speaks_for_all_of_them() -> None:
    found = facts(
        "预算单位|年度|总计|公务接待费",
        "某局|2025年|3.00|3.00",
        "|2026年|5.00|5.00",
        "|增减变化金额|2.00|2.00",
        "某局（本级）|2025年|2.00|2.00",
        "|2026年|4.00|4.00",
        "|增减变化金额|2.00|2.00",
        "某中心|2025年|1.00|1.00",
        "|2026年|1.00|1.00",
        "|增减变化金额|0.00|0.00",
        title="财政拨款“三公”经费支出表",
    )
    blank = facts(
        "预算单位|年度|总计|公务接待费",
        "某局（本级）|2025年||",
        "|2026年||",
        "某中心|2025年|1.00|1.00",
        "|2026年|1.00|1.00",
        title="财政拨款“三公”经费支出表",
    )
    assert [f.period for f in blank] == ["prior_year", "prior_year", "total", "total"]
    reception = [(f.row_label, f.period, f.is_total) for f in found if f.subject == "公务接待费"]
    periods = ("prior_year", "total", "change")
    assert reception[:6] == [
        *(("某局", period, True) for period in periods),
        *(("某局（本级）", period, False) for period in periods),
    ]


def test_a_title_of_an_earlier_year_gives_the_period() -> None:
    (found,) = facts("科目名称|合计", "教育支出|3.00", title="2025年支出总表", fiscal_year=2026)
    assert found.period == "prior_year"


def test_three_years_beside_each_other_are_three_periods() -> None:
    rows = ("科目名称|2024年决算数|2025年预算数|2026年预算数", "教育支出|1.00|2.00|3.00")
    found = facts(*rows, title="支出总表", fiscal_year=2026)
    assert [f.period for f in found] == ["earlier", "prior_year", "total"]


def test_a_column_that_compares_two_years_holds_a_change() -> None:
    """The form of the finance ministry since 2016: 2019年预算数比2018年执行数, 增减额 and 增减%."""
    found = facts(
        "科目编码|科目名称|2018年执行数|2019年预算数|2019年预算数比2018年执行数|<",
        "^|^|^|^|增减额|增减%",
        "205|教育支出|9.00|10.00|1.00|11.11%",
        title="一般公共预算支出表",
        fiscal_year=2019,
    )
    assert [(f.amount_text, f.period) for f in found] == [
        ("9.00", "prior_year"),
        ("10.00", "total"),
        ("1.00", "change"),
    ]


def test_sides_one_below_the_other_are_known_by_their_rows() -> None:
    table = grid(
        "项目|2025年预算数",
        "收入总计|9.00",
        "一、本年收入|7.00",
        "（一）一般公共预算拨款收入|7.00",
        "二、上年结转|2.00",
        "支出总计|9.00",
        "一、基本支出|5.00",
        "二、项目支出|4.00",
    )
    (found,) = budget_tables(reading("部门收支总表", "单位：万元", table), 2025)
    said = [(f.row_label, f.flow, f.period, f.nature) for f in found.facts]
    assert {flow for _, flow, *_ in said[:4]} == {"revenue"}
    assert {flow for _, flow, *_ in said[4:]} == {"expenditure"}
    assert said[3][2] == "carryover" and [nature for *_, nature in said[4:]] == ["all", "basic", "project"]


def test_a_line_over_the_whole_width_opens_the_body() -> None:
    lines = ("科目编码|科目名称|合计", "【101】某局|<|<", "2050201|学前教育|3.00", "2080505|养老保险|2.00")
    found = facts(*lines, title="支出总表")
    assert [(f.functional_code, f.column_path) for f in found] == [("2050201", "合计"), ("2080505", "合计")]


def test_sources_of_revenue_beside_several_bodies_narrow_the_whole() -> None:
    rows = ("一、一般公共预算|5.00|4.00|1.00", "二、事业收入|2.00||2.00", "三、上年结转|1.00|1.00|")
    found = facts("项目|合计|某局本级|某中心", *rows, title="收入总表")
    said = [(f.fund, f.period) for f in found if f.column_path == "合计"]
    current = [("general_budget", "current"), ("institution_revenue", "current")]
    assert said == [*current, ("carryover", "carryover")]


def test_accounts_of_one_fund_carry_receive_spend_and_leave() -> None:
    """本年收入 of a 收入支出决算表 is revenue, and what is left is a balance, whatever it is meant for."""
    title = "一般公共预算财政拨款收入支出决算表"
    tops = ("年初结转和结余", "本年收入", "本年支出", "年末结转和结余")
    paths = [(top, part) for top in tops for part in ("合计", "基本支出", "项目支出")]
    table = TableContext.of(TableType.GENERAL_EXPENDITURE, title, paths, 2024)
    means = [(m.flow, m.nature, m.period) for m in column_meanings(paths, table)]
    sides = (("balance", "opening"), ("revenue", "final"), ("expenditure", "final"), ("balance", "closing"))
    assert means == [
        (flow, nature, period) for flow, period in sides for nature in ("all", "basic", "project")
    ]
    assert {m.fund for m in column_meanings(paths, table)} == {"general_budget"}
