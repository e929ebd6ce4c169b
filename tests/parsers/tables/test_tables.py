"""Grids to tables, on small documents in the shapes real ones have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from parsers.tables import budget_tables
from parsers.values.document import Grid
from parsers.values.results import BudgetTable, Fact
from parsers.values.vocabulary import AmountSource
from tests.parsers.builders import grid, reading


def one_table(*blocks: Grid | str, fiscal_year: int | None = None) -> BudgetTable:
    (table,) = budget_tables(reading(*blocks), fiscal_year)
    return table


def fact(table: BudgetTable, row: int, col: int) -> Fact:
    (found,) = (f for f in table.facts if (f.row_no, f.col_no) == (row, col))
    return found


def codes(table: BudgetTable) -> list[str | None]:
    return [f.functional_code for f in table.facts]


def test_side_by_side_blocks_have_labels_and_flows_of_their_own() -> None:
    table = one_table(
        "2024年部门收支总表",
        "部门名称：某县水利局\t单位：万元",
        grid(
            "收入|<|支出|<",
            "项目|预算数|项目|预算数",
            "一、财政拨款收入|10.00|一、一般公共服务支出|",
            "二、事业收入||二、农林水支出|10.50",
            "上年结转|0.50||",
            "收入总计|10.50|支出总计|10.50",
        ),
    )
    assert (table.table_type, table.unit_yuan, len(table.header)) == ("summary", Decimal(10_000), 2)
    assert [(f.row_label, f.flow, f.amount_yuan) for f in table.facts] == [
        ("一、财政拨款收入", "revenue", Decimal(100_000)),
        ("二、农林水支出", "expenditure", Decimal(105_000)),
        ("上年结转", "revenue", Decimal(5_000)),
        ("收入总计", "revenue", Decimal(105_000)),
        ("支出总计", "expenditure", Decimal(105_000)),
    ]
    assert fact(table, 2, 1).period == "carryover"
    assert fact(table, 3, 1).is_total


def test_codes_in_one_column() -> None:
    table = one_table(
        "支出总表",
        "单位：元",
        grid(
            "科目编码|科目名称|合计|基本支出|项目支出",
            "|合计|30.00|10.00|20.00",
            "213|农林水支出|30.00|10.00|20.00",
            "21303|水利|30.00|10.00|20.00",
            "2130301|行政运行|30.00|10.00|20.00",
        ),
    )
    assert codes(table) == [None] * 3 + ["213"] * 3 + ["21303"] * 3 + ["2130301"] * 3
    assert [f.level for f in table.facts[::3]] == [0, 1, 2, 3]
    assert (fact(table, 3, 3).nature, fact(table, 3, 4).nature) == ("basic", "project")
    assert fact(table, 3, 2).functional_name == "行政运行"


def test_codes_in_three_columns_filled_in_every_row() -> None:
    table = one_table(
        "支出预算表",
        "单位：万元",
        grid(
            "科目编码|<|<|科目名称|合计",
            "类|款|项|^|^",
            "|||合计|3",
            "213|03|01|行政运行|1",
            "213|03|05|水利工程建设|2",
        ),
    )
    assert codes(table) == [None, "2130301", "2130305"]


def test_codes_in_three_columns_filled_where_they_change() -> None:
    table = one_table(
        "支出总体情况表",
        "单位：万元",
        grid(
            "科目编码|<|<|科目名称|合计",
            "类|款|项|^|^",
            "合 计|<|<|<|7",
            "213|||农林水支出|3",
            "|03||水利|3",
            "||01|行政运行|3",
            "221|||住房保障支出|4",
            "|02||住房改革支出|4",
            "||01|住房公积金|4",
        ),
    )
    assert codes(table) == [None, "213", "21303", "2130301", "221", "22102", "2210201"]
    assert fact(table, 0, 4).row_label == "合 计"


def test_final_accounts_print_economic_classes_in_several_blocks() -> None:
    table = one_table(
        "一般公共预算财政拨款基本支出决算表",
        "金额单位：万元",
        grid(
            "科目编码|科目名称|决算数|科目编码|科目名称|决算数",
            "301|工资福利支出|5.00|302|商品和服务支出|2.00",
            "30101|基本工资|5.00|30201|办公费|2.00",
        ),
    )
    assert [f.economic_code for f in table.facts] == ["301", "302", "30101", "30201"]
    assert table.table_type == "general_basic_economic"


def test_a_table_over_pages_is_one_with_and_without_repeated_header() -> None:
    edges = (50.0, 90.0, 130.0, 170.0)
    header = "科目编码|科目名称|合计"
    for second in ([header, "22102|住房改革支出|4"], ["22102|住房改革支出|4"]):
        table = one_table(
            "支出总表",
            "单位：万元",
            grid(header, "221|住房保障支出|4", page=1, edges=edges),
            grid(*second, page=2, edges=edges),
        )
        assert table.pages == (1, 2)
        assert [row[0] for row in table.grid] == ["221", "22102"]


def test_a_header_repeated_with_a_character_misread_is_a_repeated_header() -> None:
    header = "科目编码|科目名称|合计|事业收入|事业单位经营收入|上级补助收入"
    pages = [
        grid(header, "221|住房保障支出|4|4||", page=1),
        grid(header.replace("经营收入", "经营收人"), "22102|住房改革支出|4|4||", page=2),
    ]
    scans = [replace(page, source=AmountSource.SCAN) for page in pages]
    table = one_table("收入总表", "单位：万元", *scans)
    assert (table.pages, [row[0] for row in table.grid]) == ((1, 2), ["221", "22102"])


def test_a_row_cut_by_the_page_break_is_one_row() -> None:
    edges = (50.0, 90.0, 130.0)
    table = one_table(
        "收支总表",
        "单位：万元",
        grid("项目|预算数", "七、教育支出|", "八、社会保障和就业|4.00", page=1, edges=edges),
        grid("支出|", "九、卫生健康支出|", page=2, edges=edges),
    )
    assert [row[0] for row in table.grid] == ["七、教育支出", "八、社会保障和就业支出", "九、卫生健康支出"]


def test_the_last_digit_of_a_broken_amount_belongs_to_it() -> None:
    edges, header = (50.0, 90.0, 130.0, 170.0), "单位名称|合计|事业收入"
    first = grid(header, "合计|20,000.36|12,437.36", "某驾驶员考试|14,549.64|12,437.3", page=1, edges=edges)
    second = grid(header, "服务中心||6", "某学校|5,450.72|", page=2, edges=edges)
    found = one_table("收入总表", "单位：万元", first, second)
    assert [f.amount_text for f in found.facts if f.row_no == 1] == ["14,549.64", "12,437.36"]
    assert [row.label for row in found.rows] == ["合计", "某驾驶员考试服务中心", "某学校"]


def test_a_label_without_amount_at_the_top_of_a_page_stays_a_row() -> None:
    edges = (50.0, 90.0, 130.0)
    table = one_table(
        "财政拨款“三公”经费支出表",
        "单位：万元",
        grid("项目|预算数", "因公出国（境）费|", "公务接待费|0.15", page=1, edges=edges),
        grid("公务用车购置及运行费|", page=2, edges=edges),
    )
    assert [row[0] for row in table.grid][-1] == "公务用车购置及运行费"


def test_a_header_that_the_page_break_cuts_stands_above_the_rows_overleaf() -> None:
    first = grid("项目|2023年|2024年", page=1, edges=(50.0, 90.0, 170.0, 250.0))
    second = grid(
        "|预算数|决算数|预算数|增减%",
        "教育支出|4.00|3.00|5.00|66.7",
        page=2,
        edges=(52.0, 92.0, 132.0, 172.0, 212.0, 252.0),
    )
    (table,) = budget_tables(reading("一般公共预算支出预算表", "单位：万元", first, second), 2024)
    assert table.pages == (1, 2)
    assert [fact.column_path for fact in table.facts] == [
        "2023年 / 预算数",
        "2023年 / 决算数",
        "2024年 / 预算数",
    ]


def test_the_last_row_of_a_header_may_stand_overleaf() -> None:
    edges = (50.0, 90.0, 170.0, 250.0, 330.0)
    first = grid("项目|合计|一般公共预算|单位资金和经营", page=1, edges=edges)
    second = grid("|||收入", "1|2|3|4", "教育支出|8.00|5.00|3.00", page=2, edges=edges)
    (table,) = budget_tables(reading("部门收入预算表", "单位：万元", first, second), 2024)
    assert [fact.column_path for fact in table.facts] == ["合计", "一般公共预算", "单位资金和经营 / 收入"]


def test_a_repeated_title_over_a_new_total_is_a_new_table() -> None:
    tables = budget_tables(
        reading(
            "支出总表",
            grid("科目编码|科目名称|合计", "|合计|4", "221|住房保障支出|4", page=1),
            "支出总表",
            grid("科目编码|科目名称|合计", "|合计|5", "221|住房保障支出|5", page=2),
        )
    )
    assert len(tables) == 2


def test_columns_printed_on_the_facing_page_are_put_beside() -> None:
    table = one_table(
        "收入总表",
        "单位：万元",
        grid("单位名称|合计", "合计|3.00", "某局|3.00", page=1, edges=(50.0, 90.0, 130.0)),
        grid("一般公共预算|事业收入", "1.00|2.00", "1.00|2.00", page=2, edges=(60.0, 90.0, 150.0)),
    )
    assert table.header == (("单位名称", "合计", "一般公共预算", "事业收入"),)
    assert table.grid[1] == ("某局", "3.00", "1.00", "2.00")


def test_a_header_over_all_columns_of_the_facing_page_is_no_caption() -> None:
    table = one_table(
        "收入总表",
        "单位：万元",
        grid("单位名称|合计", "合计|3.00", "某局|3.00", page=1, edges=(50.0, 90.0, 130.0)),
        grid("上年结转|<", "小计|一般公共预算", "1.00|1.00", "1.00|1.00", page=2, edges=(60.0, 90.0, 150.0)),
    )
    assert table.header[0] == ("单位名称", "合计", "上年结转", "上年结转")
    assert [fact(table, 0, column).period for column in (1, 2, 3)] == ["total", "carryover", "carryover"]


def test_a_header_of_several_columns_goes_on_over_the_facing_page() -> None:
    table = one_table(
        "收入总表",
        "单位：万元",
        grid("合计|本年收入|<", "^|小计|一般公共预算", "9.00|7.00|5.00", page=1, edges=(50.0, 90.0, 130.0)),
        grid("|上年结转", "其他收入|小计", "2.00|2.00", page=2, edges=(60.0, 90.0, 150.0)),
    )
    assert table.header[0] == ("合计", "本年收入", "本年收入", "本年收入", "上年结转")
    assert [f.period for f in table.facts] == ["total", "current", "current", "current", "carryover"]


def test_title_and_unit_inside_the_grid_are_no_rows_of_the_table() -> None:
    table = one_table(
        grid(
            "2023年支出预算表|<|<",
            "部门名称：某局||单位：万元",
            "科目编码|科目名称|合计",
            "221|住房保障支出|4.00",
            "备注：本表含上年结转|<|<",
        )
    )
    assert (table.title, table.unit_yuan) == ("2023年支出预算表", Decimal(10_000))
    assert table.grid == (("221", "住房保障支出", "4.00"),)


def test_two_tables_in_one_grid_are_two() -> None:
    tables = budget_tables(
        reading(
            grid(
                "收入总表|<",
                "项目|金额",
                "合计|1.00",
                "支出总表|<",
                "项目|金额",
                "合计|2.00",
            )
        )
    )
    assert [table.table_type for table in tables] == ["revenue", "expenditure"]


def test_row_numbers_counts_and_percentages_are_no_facts() -> None:
    table = one_table(
        "政府采购预算表",
        "单位：万元",
        grid("序号|采购项目|数量|预算金额|占比", "1|办公设备|5|20.00|100%"),
    )
    assert [(f.col_no, f.row_label) for f in table.facts] == [(3, "办公设备")]


def test_a_printed_zero_is_a_fact_and_a_blank_is_not() -> None:
    table = one_table(
        "财政拨款“三公”经费支出表",
        "单位：万元",
        grid("合计|因公出国（境）费|公务接待费", "0.30|0.00|"),
    )
    assert [f.amount_yuan for f in table.facts] == [Decimal(3_000), Decimal(0)]


def test_without_a_unit_the_amount_stays_unknown() -> None:
    table = one_table("支出总表", grid("科目编码|科目名称|合计", "221|住房保障支出|4.00"))
    assert [(f.amount_text, f.amount_yuan) for f in table.facts] == [("4.00", None)]


def test_an_empty_table_says_why() -> None:
    table = one_table(
        "政府性基金预算支出表",
        "单位：万元",
        grid("科目编码|科目名称|合计", "|合计|"),
        "注：本单位没有政府性基金预算安排的支出。",
    )
    assert table.empty
    assert table.empty_reason == "注：本单位没有政府性基金预算安排的支出。"


def test_columns_of_an_earlier_year_are_prior() -> None:
    table = one_table(
        "一般公共预算“三公”经费支出表",
        "单位：万元",
        grid("2023年预算数|<|2024年预算数|<", "合计|公务接待费|合计|公务接待费", "1.00|1.00|2.00|2.00"),
        fiscal_year=2024,
    )
    assert [f.period for f in table.facts] == ["prior_year", "prior_year", "total", "total"]


def test_a_body_s_row_stands_for_all_its_spending() -> None:
    table = one_table(
        "国有资本经营预算支出表",
        "单位：万元",
        grid("预算单位|科目编码|科目名称|支出总计|基本支出|项目支出", "某市统计局（本级）|||3.00|1.00|2.00"),
    )
    assert [f.nature for f in table.facts] == ["all", "basic", "project"]


def test_a_header_nobody_understands_leaves_the_meaning_null() -> None:
    table = one_table(
        "支出总表",
        "单位：万元",
        grid("科目编码|科目名称|合计|云端预留额度资金", "221|住房保障支出|4.00|1.00"),
    )
    known, unknown = table.facts
    assert (known.flow, known.fund, known.nature) == ("expenditure", "all", "all")
    assert (unknown.fund, unknown.nature, unknown.period) == (None, None, None)


def test_a_box_around_prose_is_no_table() -> None:
    assert budget_tables(reading("部门概况", grid("本部门主要职责是防汛抗旱。", "下设三个科室。"))) == ()


def test_a_total_at_the_foot_of_a_page_takes_in_no_row_from_overleaf() -> None:
    edges = (50.0, 90.0, 130.0, 170.0, 210.0)
    table = one_table(
        "2026年收支总表",
        "单位：万元",
        grid(
            "项目|预算数|项目|预算数",
            "一、财政拨款|9.00|一、教育支出|9.00",
            "本年收入合计|9.00|本年支出合计|9.00",
            page=1,
            edges=edges,
        ),
        grid("上年结转结余||年终结转结余|", "收入总计|9.00|支出总计|9.00", page=2, edges=edges),
    )
    assert [row[0] for row in table.grid] == ["一、财政拨款", "本年收入合计", "上年结转结余", "收入总计"]


def test_a_total_printed_again_on_the_next_page_is_the_same_row() -> None:
    first = grid("科目编码|科目名称|合计", "|合计|9.00", "205|教育支出|4.00", page=1)
    second = grid("科目编码|科目名称|合计", "|合计|9.00", "221|住房保障支出|5.00", page=2)
    table = one_table("支出决算表", "单位：万元", first, "支出决算表", "单位：万元", second)
    assert [row[1] for row in table.grid] == ["合计", "教育支出", "住房保障支出"]
    same = budget_tables(reading("支出决算表", "单位：万元", first, "支出决算表", "单位：万元", first))
    assert len(same) == 2


class TestPagesWithoutHeader:
    """Rows on the next page that repeat no header belong to the table before, if its columns are theirs."""

    EDGES = (50.0, 90.0, 130.0, 170.0)
    FIRST = ("科目编码|科目名称|合计", "|合计|9.50", "205|教育支出|4.25")
    REST = ("208|社会保障和就业支出|3.00", "221|住房保障支出|2.25")

    def tables(self, *rest: str, edges: tuple[float, ...] | None, before: Sequence[str] = ()) -> list[int]:
        first = grid(*self.FIRST, page=1, edges=self.EDGES)
        second = grid(*(rest or self.REST), page=2, edges=edges)
        found = budget_tables(reading("一般公共预算支出表", "单位：万元", first, *before, second))
        return [len(table.facts) for table in found]

    def test_set_farther_left_for_the_binding(self) -> None:
        assert self.tables(edges=(41.0, 81.0, 121.0, 161.0)) == [4]

    def test_columns_of_other_widths_that_hold_the_same(self) -> None:
        assert self.tables(edges=(50.0, 120.0, 200.0, 290.0)) == [4]

    def test_a_title_that_says_it_goes_on(self) -> None:
        assert self.tables(edges=self.EDGES, before=["一般公共预算支出表（续）"]) == [4]

    def test_other_things_in_the_columns(self) -> None:
        rest = ("社会保障和就业支出|208|3.00", "住房保障支出|221|2.25")
        assert len(self.tables(*rest, edges=(50.0, 120.0, 200.0, 290.0))) == 2

    def test_another_table_named_between(self) -> None:
        assert len(self.tables(edges=(50.0, 120.0, 200.0, 290.0), before=["政府性基金预算支出表"])) == 2
