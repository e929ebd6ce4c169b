"""小计 and 合计 whose characters stand in cells of their own, amounts whose digits do, labels overleaf."""

from __future__ import annotations

import pytest

from parsers import accounting
from parsers.tables import budget_tables
from parsers.values.results import BudgetTable
from tests.parsers.builders import grid, reading

BY_PARTS = (
    "科目编码|<|<|科目名称|合计",
    "类|款|项|^|^",
    "208|||社会保障和就业支出|6.00",
    "|05||行政事业单位养老支出|6.00",
    "||05|机关事业单位基本养老保险缴费支出|6.00",
    "小|||计|6.00",
    "213|||农林水支出|4.00",
    "|03||水利|4.00",
    "||01|行政运行|4.00",
    "小||计||4.00",
    "合||计||10.00",
)
PROJECTS = "单位名称|项目名称|合计", "|合计|10.00", "甲单位|项目一|6.00", "乙单位|项目二|4.00"
OVER_TWO_ROWS = (
    "单位名称|项目名称|合计",
    "|合|10.00",
    "|计|",
    "甲单位|小|6.00",
    "|计|",
    "|项目一|4.00",
    "|项目二|2.00",
    "乙单位|小|",
    "|计|4.00",
    "|项目三|3.00",
    "|项目四|1.00",
)


def _table(title: str, rows: tuple[str, ...]) -> BudgetTable:
    (table,) = budget_tables(reading(title, "单位：万元", grid(*rows)), 2025)
    return table


@pytest.mark.parametrize(("title", "rows"), [("支出总表", BY_PARTS), ("项目支出表", OVER_TWO_ROWS)])
def test_a_broken_word_is_a_total_and_no_part(title: str, rows: tuple[str, ...]) -> None:
    table = _table(title, rows)
    sums = [(row.label, row.is_total) for row in table.rows if row.label in ("小计", "合计")]
    assert sums == [(label, True) for label, _ in sums] and len(sums) == 3
    assert not [c for c in accounting.check([table])[1] if c.status == "fails"]


def test_single_characters_that_are_no_total_stay() -> None:
    labels = [row.label for row in _table("项目支出表", (*PROJECTS, "甲|水|1.00")).rows]
    assert labels == ["合计", "项目一", "项目二", "水"]


SIX = (
    "单位名称|合计|基本支出",
    "合计|110,289.99|110,289.99",
    "|7259|7259",
    "市某局|110,289.997259|110,289.997259",
)
TWO = "单位名称|合计|基本支出", "合计|2,587.|0.00", "|02|", "市某|2,587.|0.00", "局|02|"
WHOLE = "单位名称|合计|基本支出", "合计|1920|-", "市某局|1920|-"


@pytest.mark.parametrize(("rows", "text"), [(SIX, "110,289.997259"), (TWO, "2,587.02"), (WHOLE, "1920")])
def test_an_amount_over_two_rows_is_one_and_no_header(rows: tuple[str, ...], text: str) -> None:
    table = _table("收入总表", rows)
    assert [row.label for row in table.rows] == ["合计", "市某局"]
    assert {fact.amount_text for fact in table.facts if fact.col_no == 1} == {text}


def test_digits_below_a_whole_amount_stay_a_row() -> None:
    rows = "单位名称|合计|基本支出", "合计|20.00|10.00", "市某局|10.00|10.00", "|10|"
    assert len(_table("收入总表", rows).rows) == 3
    weights = "单位名称|合计|基本支出", "合计|12.00|6.00", "市某局|12.5|6.5", "市某中心|6|3", "某站|1.00|1.00"
    assert len(_table("收入总表", weights).rows) == 4


def test_amounts_whose_label_stands_overleaf_are_one_row_with_it() -> None:
    edges = (50.0, 90.0, 130.0, 170.0)
    above = (
        "科目|合计|基本支出",
        "[210]卫生健康支出|7.00|7.00",
        "[21015]医疗保障管理事务|7.00|7.00",
        "|7.00|7.00",
    )
    below = ("[2101501]\n行政运行||", "[221]住房保障支出|2.00|2.00")
    (table,) = budget_tables(
        reading(
            "支出总表", "单位：万元", grid(*above, page=1, edges=edges), grid(*below, page=2, edges=edges)
        )
    )
    assert [f.functional_code for f in table.facts] == [
        code for code in ("210", "21015", "2101501", "221") for _ in range(2)
    ]


CUT = (
    "科目编码|单位编码|单位名称（科目）|合计|基本支出",
    "302|171001|办公费|11.51|11.51",
    "303|171|医疗|72.5|72.5",
    "|001|费补助|5|5",
    "301|171|奖金|121.|121.",
    "|001||48|48",
)


def test_rows_that_pages_cut_inside_their_amounts_are_whole() -> None:
    """Each page ends inside a row whose cells break their amounts; on one page, words over words are rows."""
    pages = [grid(*CUT[:3], page=1), grid(*CUT[3:5], page=2), grid(CUT[5], page=3)]
    (table,) = budget_tables(reading("财政拨款支出预算表", "单位：万元", *pages), 2025)
    found = [(f.row_label, f.amount_text) for f in table.facts if f.col_no == 3]
    assert found == [("办公费", "11.51"), ("医疗费补助", "72.55"), ("奖金", "121.48")]
    (one,) = budget_tables(reading("财政拨款支出预算表", "单位：万元", grid(*CUT[:4])), 2025)
    assert "5" in [f.amount_text for f in one.facts]


@pytest.mark.parametrize(("whole", "is_total"), [("9.00", True), ("8.00", False)])
def test_the_body_whose_table_it_is_is_the_total_of_its_codes(whole: str, is_total: bool) -> None:
    lines = (
        "预算单位|科目编码|科目名称|支出总计|基本支出|项目支出",
        f"市某局（本级）|||{whole}|5.00|4.00",
        "|205|教育支出|4.00||4.00",
        "|20508|进修及培训|4.00||4.00",
        "|208|社会保障和就业支出|5.00|5.00|",
    )
    rows = _table("支出总表", lines).rows
    assert [row.is_total for row in rows] == [is_total, False, False, False]


@pytest.mark.parametrize(("second", "totals"), [("3.00", [0, 1, 4]), ("2.00", [0])])
def test_bodies_with_codes_below_them_are_totals_where_all_add_up(second: str, totals: list[int]) -> None:
    lines = (
        "支出项目类别（资金使用单位）|总计|其他资金",
        "合计|9.00|0.00",
        "某局（本级）|6.00|0.00",
        "工资福利支出|4.00|0.00",
        "商品和服务支出|2.00|0.00",
        f"某中心|{second}|0.00",
        "工资福利支出|3.00|0.00",
    )
    rows = _table("部门预算基本支出预算表", lines).rows
    assert [row.row_no for row in rows if row.is_total] == totals


def test_a_code_that_a_page_breaks_is_whole() -> None:
    above = grid(
        "科目编码及名称|合计", "229其他支出|5.00", "22960彩票公益金安排的支出|5.00", "229609|5.00", page=1
    )
    rest = grid("9用于其他社会公益事业的彩票公益金支出|", "合计|5.00", page=2)
    (table,) = budget_tables(reading("支出总表", "单位：万元", above, rest), 2025)
    codes = [fact.functional_code for fact in table.facts]
    assert codes == ["229", "22960", "2296099", None]
