"""Rows of nested tables know what contains them, whose they are and of what kind; no level counts twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parsers.tables import budget_tables
from parsers.values.results import BudgetTable
from tests.accuracy.doubles import columns
from tests.parsers.builders import grid, reading

TREE = (
    "序号|单位编码|单位（项目）名称|项目金额|项目简介",
    "1||合计|30.00|",
    "2|1|全额|30.00|",
    "3|222001|某市交通运输局|21.00|",
    "4||专用项目|21.00|",
    "5||其他履职尽责专项业务费|21.00|",
    *(f"{number}||项目{number}|1.00|" for number in range(6, 27)),
    "27|222002|某市出租汽车管理处|9.00|",
    "28||通用项目|4.00|",
    "29||委托咨询业务|4.00|",
    "30||聘请法律顾问费用|4.00|",
    "31|-|专用项目|5.00|",
    "32||信息化运营维护|5.00|",
)
ONE_PART_THAT_DOES_NOT_ADD_UP = (
    "序号|单位编码|单位（项目）名称|项目金额",
    "1||合计|30.00",
    "2|222001|甲局|21.00",
    "3||专用项目|21.00",
    *(f"{number}||项目{number}|1.00" for number in range(4, 25)),
    "25|222002|乙处|9.00",
    "26||通用项目|4.00",
    "27||咨询|3.00",
    "28||专用项目|5.00",
    "29||运维|5.00",
)
A_BODY_NOT_SHOWN = (
    "单位名称|总计|财政拨款",
    "合计|9.00|8.00",
    "某局|9.00|8.00",
    "甲队|5.00|5.00",
    "乙队|3.00|2.00",
)
PURCHASES = (
    "采购类别|采购品目|金额",
    "A-货物|小计|4.00",
    "|A0201-计算机设备|3.00",
    "|A0202-打印机|1.00",
    "C-服务|小计|5.00",
    "|0208-咨询服务|5.00",
    "合计||9.00",
)
MANY_BODIES = (
    "支出项目类别（资金使用单位）|总计",
    "合计|450.00",
    *(f"第{number // 16}医院|15.00" if number % 16 == 0 else f"项目{number}|1.00" for number in range(480)),
)
KINDS_OVER_BODIES = (
    "采购品目大类|专项名称|采购品目名称|一般公共预算资金|其他资金|总计",
    "合计|||7.00|2.00|9.00",
    "货物|||4.00|2.00|6.00",
    "甲校|||4.00||4.00",
    "|人员定额|复印纸|3.00||3.00",
    "|人员定额|家具|1.00||1.00",
    "某电视台||||2.00|2.00",
    "|运转费用|摄像机||2.00|2.00",
    "服务|||3.00||3.00",
    "乙校|||3.00||3.00",
    "|公用经费定额|物业管理服务|3.00||3.00",
)
A_CODE_OVER_SOME_OF_ITS_PARTS = (
    "科目编码|科目名称|合计",
    "|合计|9.00",
    "201|一般公共服务支出|9.00",
    "20140|信访事务|9.00",
    "2014001|行政运行|1.00",
)
PROJECTS_BELOW_CODES = (
    "功能分类科目编码|功能分类科目名称|项目名称|预算数",
    "201|一般公共服务支出||9.00",
    "20113|商贸事务||9.00",
    "2011302|一般行政管理事务||9.00",
    "||产业发展专项|6.00",
    "||宣传专项|3.00",
    "|合计||9.00",
)


def _table(title: str, rows: tuple[str, ...]) -> BudgetTable:
    (table,) = budget_tables(reading(title, "单位：万元", grid(*rows)), 2025)
    return table


@pytest.mark.parametrize(
    ("title", "rows"),
    [
        ("项目支出表", TREE),
        ("项目支出表", MANY_BODIES),
        ("项目支出表", PROJECTS_BELOW_CODES),
        ("收入总表", A_BODY_NOT_SHOWN),
        ("政府采购预算表", PURCHASES),
        ("政府采购支出表", KINDS_OVER_BODIES),
        ("政府采购预算表", A_CODE_OVER_SOME_OF_ITS_PARTS),
    ],
)
def test_rows_that_are_no_sums_do_not_exceed_the_total(title: str, rows: tuple[str, ...]) -> None:
    found = list(columns(_table(title, rows)))
    assert found and not [column for column in found if column.exceeds]


def test_a_long_tree_without_indents_knows_its_parents() -> None:
    facts = {fact.row_label: fact for fact in _table("项目支出表", TREE).facts}
    last = facts["聘请法律顾问费用"]
    assert (last.project_name, last.row_body_name, last.category) == (
        "聘请法律顾问费用",
        "某市出租汽车管理处",
        "委托咨询业务",
    )
    assert facts["项目6"].parent_row == facts["其他履职尽责专项业务费"].row_no
    assert facts["项目6"].row_body_name == "某市交通运输局"
    assert facts["某市交通运输局"].parent_row == facts["全额"].row_no
    assert [facts[name].project_name for name in ("合计", "全额", "某市交通运输局")] == [None] * 3


def test_a_part_that_does_not_add_up_leaves_the_others() -> None:
    table = _table("项目支出表", ONE_PART_THAT_DOES_NOT_ADD_UP)
    assert [row.label for row in table.rows if row.is_total][:4] == ["合计", "甲局", "专用项目", "乙处"]


def test_purchases_have_their_kind_and_their_code() -> None:
    facts = [fact for fact in _table("政府采购预算表", PURCHASES).facts if not fact.is_total]
    assert [(fact.row_label, fact.item_code, fact.category) for fact in facts] == [
        ("A0201-计算机设备", "A0201", "A-货物"),
        ("A0202-打印机", "A0202", "A-货物"),
        ("0208-咨询服务", "0208", "C-服务"),
    ]
    assert sum(fact.amount_yuan or 0 for fact in facts) == Decimal(90_000)


def test_a_code_contains_the_codes_below_it() -> None:
    rows = "科目编码|科目名称|合计", "213|农林水支出|4.00", "21303|水利|4.00", "2130301|行政运行|4.00"
    assert [fact.parent_row for fact in _table("支出总表", rows).facts] == [None, 0, 1]


def test_a_body_among_the_kinds_of_purchases_is_no_kind() -> None:
    rows = (
        "采购品目大类|专项名称|采购品目名称|总计",
        "合计|||4.61",
        "服务|||4.61",
        "某市统计局（本级）|||2.00",
        "|公用经费定额|一般会议服务|2.00",
        "某市统计局普查中心|||2.61",
        "|网站运维项目|其他运行维护服务|2.61",
    )
    facts = [fact for fact in _table("政府采购支出表", rows).facts if not fact.is_total]
    assert [(fact.category, fact.row_body_name, fact.project_name) for fact in facts] == [
        ("服务", "某市统计局（本级）", "公用经费定额"),
        ("服务", "某市统计局普查中心", "网站运维项目"),
    ]
