"""Sums over facts: totals, subtotals and parts never count money twice. The recipe is in `docs/sums.md`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from parsers.readers import read
from parsers.readers.containers import members
from parsers.readers.limits import Limits
from parsers.tables import budget_tables
from parsers.tables.nesting import subtotals
from parsers.values.errors import DocumentError
from parsers.values.media import sniff
from parsers.values.results import BudgetTable, Fact
from parsers.values.text import fold
from tests.parsers.builders import grid, reading

ROUNDING = Decimal(300)  # yuan; the largest tail of the corpus is 0.02 万元
GRAND = {
    *("合计", "总计", "部门合计", "收入总计", "收入合计"),
    *("支出总计", "支出合计", "本年支出合计", "本年收入合计"),
}
SYSTEMS = ("functional_code", "economic_code", "gov_economic_code")
SUMMARIES = ("summary", "appropriation_summary", "gov_fund", "state_capital")
CORPUS = (
    "jishan-2023.xls", "jishan-2023_workbook.pdf", "mianxian-2024.docx", "mianxian-2024_article.html",
    "mianxian-2024_word.pdf", "shizhong-2024.ofd", "shizhong-2024.pdf", "xuchang-2023.docx",
    "xuchang-2023_article.html", "yanbian-2024.doc", "yanbian-2024.xlsx", "yanbian-2024_report.pdf",
)  # fmt: skip


def meaning(fact: Fact) -> tuple[str | None, ...]:
    return fact.flow, fact.fund, fact.nature, fact.object, fact.period


def yuan(facts: Sequence[Fact]) -> Decimal:
    return sum((fact.amount_yuan or Decimal(0) for fact in facts), Decimal(0))


def grand(facts: Sequence[Fact]) -> list[Fact]:
    return [f for f in facts if f.is_total and fold(f.row_label).rstrip(":") in GRAND]


def wrong_sums(table: BudgetTable) -> Iterator[str]:
    """Each amount column (by meaning) of a table whose sum, taken by the recipe, is not its printed total."""
    if table.table_type in SUMMARIES:
        yield from wrong_summary(table)
        return
    levels = {f.level for f in table.facts}
    deepest = max(levels, default=0) if table.table_type not in ("projects", "three_public") else 0
    columns: defaultdict[tuple[str | None, ...], list[Fact]] = defaultdict(list)
    for fact in table.facts:
        columns[meaning(fact)].append(fact)
    for said, facts in columns.items():
        totals = grand(facts)
        if None in said or len(totals) != 1:
            continue
        parts = [f for f in facts if not f.is_total and (not deepest or f.level == deepest)]
        if abs(yuan(parts) - yuan(totals)) > ROUNDING:
            yield f"{table.table_no} {table.table_type} {said}: {yuan(parts)} ≠ {yuan(totals)}"


def wrong_summary(table: BudgetTable) -> Iterator[str]:
    for col in {f.col_no for f in table.facts}:
        column = [f for f in table.facts if f.col_no == col]
        systems = [system for system in SYSTEMS if any(getattr(f, system) for f in column)]
        parts = [f for f in column if not f.is_total and f.flow == "revenue" and f.fund]
        if systems:
            parts = [f for f in column if not f.is_total and f.level == 1 and getattr(f, systems[0])]
        if not any(abs(yuan(parts) - yuan([total])) <= ROUNDING for total in grand(column)):
            yield f"{table.table_no} {table.table_type} column {col}: {yuan(parts)}"


def tables_of(path: Path) -> tuple[BudgetTable, ...]:
    try:
        return budget_tables(read(path.read_bytes(), Limits(ocr=False)))
    except DocumentError as error:
        pytest.skip(f"{path.name}: {error.outcome}")


@pytest.mark.parametrize("name", CORPUS)
def test_sums_by_the_recipe_are_the_printed_totals(shared: Path, name: str) -> None:
    tables = tables_of(shared / "corpus" / "docs" / name)
    assert sum(bool(table.facts) for table in tables) >= 5
    assert [wrong for table in tables for wrong in wrong_sums(table)] == []


def test_sums_hold_in_every_member_of_an_archive(shared: Path) -> None:
    data = (shared / "corpus" / "docs" / "shizhong-2024.zip").read_bytes()
    for member in members(data, sniff(data), Limits()):
        tables = budget_tables(read(member.data, Limits(ocr=False)))
        assert [wrong for table in tables for wrong in wrong_sums(table)] == []


def test_one_level_of_a_functional_table_is_its_total() -> None:
    (table,) = budget_tables(
        reading(
            "支出总表",
            "单位：万元",
            grid(
                "科目编码|科目名称|合计|基本支出|项目支出",
                "|合计|6.00|1.00|5.00",
                "213|农林水支出|6.00|1.00|5.00",
                "21303|水利|6.00|1.00|5.00",
                "2130301|行政运行|1.00|1.00|",
                "2130305|水利工程建设|5.00||5.00",
            ),
        )
    )
    assert list(wrong_sums(table)) == []
    assert len({meaning(f) for f in table.facts}) == 3


def test_subtotals_of_bodies_and_categories_are_totals() -> None:
    (table,) = budget_tables(
        reading(
            "专项业务经费支出表",
            "单位：元",
            grid(
                "单位编码|单位（项目）名称|项目金额|项目简介",
                "|合计|6,314.00|",
                "613|某局|6,314.00|",
                "613004|某中心|6,314.00|",
                "|医疗保障专项|6,250.00|",
                "|城乡医疗救助|6,250.00|救助",
                "|专项业务费|64.00|",
                "|基金管理|64.00|管理",
            ),
        )
    )
    assert [f.row_label for f in table.facts if not f.is_total] == ["城乡医疗救助", "基金管理"]


@pytest.mark.parametrize(
    ("amounts", "total", "heads"),
    [
        ((18, 30, 5), 53, set()),  # plain parts
        ((9, 9, 4, 5), 9, {0, 1}),  # a body, its unit, two projects
        ((10, 4, 6, 7, 7), 17, {0, 3}),
        ((5, 5), 10, set()),  # two equal parts are not a sum and its part
        ((5, 5), 5, {0}),
        ((10, 4, 6, 7, 7), None, {0, 3}),  # no grand total: all rows in groups
        ((5, 5, 3), None, set()),
        ((18, 30, 5), 99, set()),  # does not add up: nothing is called a subtotal
    ],
)
def test_subtotals_only_where_the_whole_table_adds_up(
    amounts: tuple[int, ...], total: int | None, heads: set[int]
) -> None:
    found = subtotals([Decimal(a) for a in amounts], None if total is None else Decimal(total))
    assert found == heads


def test_a_first_row_that_looks_unlike_the_second_may_be_its_sum() -> None:
    amounts = [Decimal(a) for a in (9, 9, 4, 5)]
    assert subtotals(amounts, None) == set()
    assert subtotals(amounts, None, shapes=["类型", "项目", "项目", "项目"]) == {0, 1}


def test_an_amount_broken_by_a_narrow_column_is_put_together() -> None:
    (table,) = budget_tables(reading("支出总表", "单位：万元", grid("科目|合计", "教育支出|350,034.4\\n2")))
    assert [fact.amount_text for fact in table.facts] == ["350,034.42"]


def test_a_row_is_named_by_whatever_column_prints_words() -> None:
    (table,) = budget_tables(
        reading(
            "政府采购预算明细表",
            "单位：万元",
            grid("采购类别|金额", "A-货物|12.50", "C-服务|1.50", "合 计|14.00"),
        )
    )
    assert [(f.row_label, f.is_total) for f in table.facts] == [
        ("A-货物", False), ("C-服务", False), ("合 计", True),
    ]  # fmt: skip


def test_subtotals_hold_within_rounding() -> None:
    amounts = [Decimal(text) for text in ("3.00", "1.004", "1.999", "5.01", "2.00", "3.00")]
    assert subtotals(amounts, Decimal("8.01"), step=Decimal("0.01")) == {0, 3}
    assert subtotals(amounts, Decimal("9.01"), step=Decimal("0.01")) == set()


def test_classes_of_a_projects_table_are_sums_of_their_parts() -> None:
    (table,) = budget_tables(
        reading(
            "一般公共预算项目支出表", "单位：万元",
            grid(
                "部门预算支出经济科目|预算", "合计|6.00",
                "[301]工资福利支出|3.00", "[30199]其他工资福利支出|3.00",
                "[302]商品和服务支出|3.00", "[30201]办公费|1.00", "[30202]印刷费|2.00",
            ),
        )
    )  # fmt: skip
    assert [f.is_total for f in table.facts] == [True, True, False, True, False, False]


def test_projects_below_their_units_are_named_by_their_labels() -> None:
    title = "部门项目支出预算表"
    lines = (
        "资金使用单位（项目）|总计",
        "合计|6.00",
        "某局|3.00",
        "宣传经费|1.00",
        "维修经费|2.00",
        "某站|3.00",
        "救助经费|3.00",
    )
    header = lines[0].replace("资金使用单位（项目）", "支出项目类别（资金使用单位）")
    (table,) = budget_tables(reading(title, "单位：万元", grid(header, *lines[1:])))
    named = [f.project_name for f in table.facts if not f.is_total]
    assert named == ["宣传经费", "维修经费", "救助经费"]
