"""Codes of the classifications: printed, unknown, or found by name below the code above."""

from __future__ import annotations

import pytest

from parsers.reference.codes import FILES, classification, economic_pairs, name_key
from parsers.tables import budget_tables
from parsers.tables.codes import codes_by_name
from parsers.values.results import BudgetTable
from tests.parsers.builders import grid, reading


def table(title: str, *lines: str, fiscal_year: int | None = 2024) -> BudgetTable:
    (found,) = budget_tables(reading(title, "单位：万元", grid(*lines)), fiscal_year)
    return found


@pytest.mark.parametrize("system", FILES)
def test_every_line_stands_below_its_parent(system: str) -> None:
    book = classification(system)
    for line in book:
        assert line.code.startswith(line.parent)
        assert len(line.code) == 2 * line.level + 1
        assert not line.parent or book.find(line.parent) is not None, line.code


def test_a_name_that_changed_is_read_by_year() -> None:
    book = classification("functional")
    names = {year: line.name for year in (2018, 2024) if (line := book.find("210", year))}
    assert names == {2018: "医疗卫生与计划生育支出", 2024: "卫生健康支出"}
    by_old_name = book.child_named("", "九、医疗卫生与计划生育支出", 2018)
    assert by_old_name is not None and by_old_name.code == "210"


def test_names_compare_without_ordinals_punctuation_and_the_final_word() -> None:
    assert name_key("（八）社会保障和就业") == name_key("八、社会保障和就业支出")
    assert name_key("对个人和家庭补助") == name_key("对个人和家庭的补助")
    assert name_key("维修(护)费") == name_key("维修（护）费")
    assert name_key("工资和福利支出") == name_key("工资福利支出")
    assert name_key("其他支出") != name_key("其他交通费用")


def test_a_name_gives_the_code_only_below_the_code_above() -> None:
    labels = ["医疗保障管理事务", "行政运行", "一般行政管理事务", "住房保障支出", "住房公积金"]
    printed = ["21015", None, None, None, None]
    found = codes_by_name(labels, printed, "functional", 2024)
    assert found == [None, "2101501", "2101502", "221", None]  # 住房公积金 stands below 22102, not below 221


def test_after_an_unknown_row_only_classes_and_groups_are_certain() -> None:
    labels = ["医疗保障管理事务", "某项事务", "行政运行", "卫生健康支出"]
    found = codes_by_name(labels, ["21015", None, None, None], "functional", 2024)
    assert found == [None, None, None, "210"]
    labels = ["公共安全支出", "某项事务", "行政运行", "司法", "行政运行"]
    found = codes_by_name(labels, [None] * 5, "functional", 2024)
    assert found == ["204", None, None, "20406", "2040601"]


def test_a_section_is_not_meant_below_itself_but_a_class_may_have_two_names() -> None:
    repeated = codes_by_name(["其他公共安全支出"] * 2, ["20499", None], "functional", 2024)
    assert repeated[1] != "20499"
    renamed = ["八、社会保障和就业支出", "九、医疗卫生与计划生育支出", "十、卫生健康支出"]
    assert codes_by_name(renamed, [None] * 3, "functional", 2023) == ["208", "210", "210"]


def test_general_names_alone_are_no_list_of_classes() -> None:
    assert codes_by_name(["基本支出", "其他支出"], [None, None], "functional", 2024) == [None, None]
    assert codes_by_name(["教育支出", "其他支出"], [None, None], "functional", 2024) == ["205", "229"]


def test_codes_say_how_they_are_known() -> None:
    found = table(
        "支出总表",
        "科目编码|科目名称|合计",
        "210|卫生健康支出|3.00",
        "21077|星际卫生|1.00",
        "21015|医疗保障管理事务|2.00",
        "|行政运行|2.00",
    )
    assert [(f.functional_code, f.code_basis) for f in found.facts] == [
        ("210", "printed"),
        ("21077", "unverified"),
        ("21015", "printed"),
        ("2101501", "name"),
    ]
    assert found.rows[3].codes == {"functional": "2101501"}
    assert found.facts[3].level == 3


def test_a_group_may_be_printed_by_its_own_two_digits() -> None:
    lines = ["201|一般公共服务支出", "10|星际资源事务", "2011007|博士后经费"]
    lines += ["205|教育支出", "03|职业教育", "2050303|技校教育"]
    found = table("支出总表", "科目编码|科目名称|合计", *(f"{line}|1.00" for line in lines))
    assert [f.functional_code for f in found.facts] == ["201", "20110", "2011007", "205", "20503", "2050303"]


def test_two_digits_below_two_digits_are_no_group() -> None:
    lines = ["208|社会保障和就业支出", "05|行政事业单位养老支出", "99|其他支出"]
    found = table("支出总表", "科目编码|科目名称|合计", *(f"{line}|1.00" for line in lines))
    assert found.facts[2].code_basis != "printed"


def test_summary_rows_name_classes() -> None:
    found = table(
        "收支总表",
        "收入|<|支出|<",
        "项目|金额|项目|金额",
        "一、财政拨款收入|5.00|（一）一般公共服务|1.00",
        "||（八）社会保障和就业|4.00",
        "||支出总计|5.00",
    )
    spent = [f for f in found.facts if f.block == 1]
    assert [(f.functional_code, f.functional_name, f.level) for f in spent] == [
        ("201", "一般公共服务支出", 1),
        ("208", "社会保障和就业支出", 1),
        (None, None, 0),
    ]


def test_a_code_without_a_printed_name_has_the_name_of_the_classification() -> None:
    found = table("项目支出表", "项目名称|功能科目编码|金额", "监管项目|2101501|2.00")
    assert found.facts[0].functional_code == "2101501"
    assert found.facts[0].project_name == "监管项目"


def test_pairs_of_economic_codes_carry_their_evidence() -> None:
    pair = economic_pairs()["30101", "50101"]
    assert (pair.verdict, pair.n_docs > 10) == ("normal", True)


def test_a_class_that_shares_its_name_with_a_part_of_another_is_the_class() -> None:
    numbered = ["19、援助其他地区", "20、住房保障", "21、粮油物资储备"]
    plain = ["援助其他地区支出", "住房保障支出"]
    assert codes_by_name(numbered, [None] * 3, "functional", 2024) == ["219", "221", "222"]
    assert codes_by_name(plain, [None] * 2, "functional", 2024) == ["219", "221"]
    inside = ["五、援助其他地区支出", "住房保障", "六、住房保障支出", "住房改革支出"]
    assert codes_by_name(inside, [None] * 4, "functional", 2024) == ["219", "21908", "221", "22102"]


def test_behind_a_row_that_is_not_known_an_item_only_one_group_has_is_placed() -> None:
    labels = ["公共安全支出", "司法", "行政运行", "某个新项目", "其他司法支出", "另一个新项目", "行政运行"]
    found = codes_by_name(labels, [None] * len(labels), "functional", 2026)
    assert found == ["204", "20406", "2040601", None, "2040699", None, None]  # every group has 行政运行


def test_a_name_that_moved_to_another_code_is_read_by_year() -> None:
    """其他社会保障缴费 was 30104 until the classification of 2018 (财预〔2017〕98号)."""
    for year, code in ((2017, "30104"), (2018, "30112"), (None, "30112")):
        line = classification("economic").child_named("301", "其他社会保障缴费", year)
        assert line is not None and line.code == code


def test_a_part_printed_as_a_number_gets_its_leading_zero_back() -> None:
    """Workbooks hold 类, 款, 项 as numbers: 301, 2 is 30102; 7, 11, 2 has no class, and its name a code."""
    lines = ("301||工资福利支出|3.00", "301|2|津贴补贴|3.00")
    found = table("基本支出表", "科目编码|<|科目名称|合计", "类|款|^|^", *lines)
    assert [(f.economic_code, f.code_basis) for f in found.facts] == [
        ("301", "printed"),
        ("30102", "printed"),
    ]
    slip = ("210|||卫生健康支出|3.00", "210|11||行政事业单位医疗|3.00", "7|11|2|事业单位医疗|3.00")
    found = table("支出总表", "科目编码|<|<|科目名称|合计", "类|款|项|^|^", *slip)
    assert [f.functional_code for f in found.facts] == ["210", "21011", "2101102"]
    assert found.facts[-1].code_basis == "name"


def test_codes_of_three_classifications_stand_beside_their_names() -> None:
    found = table(
        "支出总表",
        "支出功能分类科目|政府支出经济分类科目|部门支出经济分类科目|合计",
        "2050302-中等职业教育|50502-商品和服务支出|30228-工会经费|60.00",
    )
    codes = [(f.functional_code, f.gov_economic_code, f.economic_code) for f in found.facts]
    assert codes == [("2050302", "50502", "30228")]


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        (("205 教育支出", "20501 教育管理事务", "2050101 行政运行"), "functional_code"),
        (("301 工资福利支出", "30101 基本工资"), "economic_code"),
    ],
)
def test_a_code_before_its_name_is_of_the_system_its_first_digit_says(
    rows: tuple[str, ...], column: str
) -> None:
    """The title names economic classes, which may be those of the rows or of the columns."""
    lines = (f"{row}|5.00|4.00|1.00" for row in rows)
    header = "科目编码及名称|合计|工资福利支出|商品和服务支出"
    found = table("一般公共预算支出表（按经济科目）", header, *lines)
    codes = [getattr(fact, column) for fact in found.facts if fact.col_no == 1]
    others = {"functional_code", "economic_code", "gov_economic_code"} - {column}
    assert codes == [row.split()[0] for row in rows]
    assert not any(getattr(fact, other) for fact in found.facts for other in others)


def test_a_part_between_that_is_not_printed_leaves_a_row_without_a_code() -> None:
    """205, blank, 01 is not 20501."""
    rows = ["205|||教育支出|3.00", "205||01|行政运行|1.00", "205|01|01|行政运行|2.00"]
    found = table("支出总表", "科目编码|<|<|科目名称|合计", "类|款|项|^|^", *rows)
    assert [fact.functional_code for fact in found.facts] == ["205", None, "2050101"]


def test_a_code_in_brackets_behind_its_name_is_read() -> None:
    rows = ("支出功能分类科目（编码）|合计", "教育支出（205）|3.00", "学前教育（2050201）|3.00")
    found = [(fact.functional_code, fact.functional_name) for fact in table("支出总表", *rows).facts]
    assert found == [("205", "教育支出"), ("2050201", "学前教育")]
