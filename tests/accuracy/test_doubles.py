"""Sums by the recipe of `docs/sums.md` against printed totals."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from parsers import parse_document
from parsers.readers.limits import Limits
from parsers.tables import budget_tables
from parsers.values.results import BudgetTable, Hints
from tests.accuracy.doubles import columns
from tests.parsers.builders import grid, reading

SHARED = Path(__file__).resolve().parents[3] / "shared"
READ_QUICKLY = (
    "corpus/docs/jishan-2023.xls",
    "corpus/docs/jishan-2023_workbook.pdf",
    "corpus/docs/mianxian-2024.docx",
    "corpus/docs/mianxian-2024_word.pdf",
    "corpus/docs/shizhong-2024.ofd",
    "corpus/docs/shizhong-2024.pdf",
    "corpus/docs/xuchang-2023_article.html",
    "corpus/docs/yanbian-2024.xlsx",
    "corpus/docs/yanbian-2024_report.pdf",
    "real/docs/cq-chongqingshiweixuanchuanbu-2026-budget-a63e31.pdf",
    "real/docs/fj-fuzhou-fuzhoushigonganju-2026-budget-e1ceb3.pdf",
    "real/docs/gd-guangzhou-guangzhoushiqixiangju-2026-budget-232c31.pdf",
    "real/docs/js-wuxi-wuxishitongjiju-2026-budget-2ed60e.pdf",
    "real/docs/sh-putuo-shangwuwei-2025-dept-budget.pdf",
    "real/docs/zj-hangzhou-hangzhoushiqixiangju-2026-budget-7b5fe2.pdf",
)
"""About a second each; `python -m tests.accuracy.doubles` reads all."""
PURCHASES = (
    "采购品目大类|专项名称|采购品目名称|金额",
    "合计|||9.00",
    "货物|||4.00",
    "|办公设备购置||4.00",
    "||台式计算机|3.00",
    "||打印机|1.00",
    "服务|||5.00",
    "|物业管理费||5.00",
    "||物业管理服务|5.00",
)
BY_BODY = "单位名称|总计", "合计|9.00", "某局|9.00", "某局（本级）|6.00", "某中心|3.00"
BY_CODE = (
    "科目编码|科目名称|合计",
    "201|一般公共服务支出|9.00",
    "20113|商贸事务|9.00",
    "2011301|行政运行|9.00",
    "|合计|9.00",
)


def _table(title: str, *rows: str) -> BudgetTable:
    (table,) = budget_tables(reading(title, "单位：万元", grid(*rows)))
    return table


@pytest.mark.parametrize(
    ("title", "rows", "sums"),
    [("政府采购预算表", PURCHASES, 1), ("收入总表", BY_BODY, 1), ("支出总表", BY_CODE, 3)],
)
def test_no_level_of_a_table_exceeds_its_total(title: str, rows: tuple[str, ...], sums: int) -> None:
    found = list(columns(_table(title, *rows)))
    assert [(column.added_up, column.exceeds) for column in found] == [(Decimal(90_000), False)] * sums


def test_a_part_over_its_total_is_listed() -> None:
    (found,) = columns(_table("收入总表", "单位名称|总计", "合计|9.00", "甲局|7.00", "乙局|4.00"))
    assert found.exceeds and found.printed == 90_000


@pytest.mark.parametrize("name", READ_QUICKLY)
def test_no_table_of_a_reference_document_exceeds_its_total(name: str) -> None:
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"no reference documents at {SHARED}")
    document = parse_document(path.read_bytes(), Hints(file_name=path.name), Limits(ocr=False))
    found = [column for table in document.tables for column in columns(table)]
    assert len(found) > 20
    assert not [column for column in found if column.exceeds]


def test_amounts_are_known_to_their_last_printed_place() -> None:
    """A sheet's general format prints ten digits: 480544221.6 beside 18941962.57."""
    rows = ("单位名称|总计", "合计|480544221.6", "某局|18941962.57", "某中心|461602259.1")
    (found,) = (column for column in columns(_table("收入总表", *rows)))
    assert (found.added_up - found.printed, found.exceeds) == (Decimal("700.00"), False)
    rows = ("单位名称|总计", "合计|480544221.60", "某局|18941962.57", "某中心|461602259.10")
    (found,) = (column for column in columns(_table("收入总表", *rows)))
    assert found.exceeds
