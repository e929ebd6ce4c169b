"""Lists: what is a group, what a total closes, where it may stand, and where a list of codes runs on."""

from __future__ import annotations

from parsers.accounting import check
from parsers.accounting.kinds.hierarchy.branches import Rows, sound
from parsers.tables import budget_tables
from parsers.values.document import Grid
from parsers.values.results import Check
from tests.parsers.builders import grid, reading

UNIT = "单位：万元"


def failing(*blocks: Grid | str) -> list[tuple[str, str]]:
    found: tuple[Check, ...] = check(budget_tables(reading(*blocks)))[1]
    return [(one.rule, one.severity) for one in found if one.status == "fails" and one.severity != "info"]


def test_a_project_as_large_as_the_next_two_does_not_group_them() -> None:
    """A body fills one column, its projects two; the list is too long to be searched through."""
    amounts = [10_000 * yuan for yuan in (100, 15, 7, 8, *[3] * 130)]
    body = sum(amounts)
    rows = Rows(
        [(2 * body,), (body,), *((yuan,) for yuan in amounts), (body,), *((yuan,) for yuan in amounts)],
        [(0, 0), (1, 0), *[(1, 1)] * len(amounts), (1, 0), *[(1, 1)] * len(amounts)],
        0,
    )
    tree = sound(rows)
    assert tree is not None
    assert [len(part.parts) for part in tree.parts] == [len(amounts)] * 2
    assert not any(part.parts for one in tree.parts for part in one.parts)


SUMMARY = (
    "项目|预算数|项目|预算数",
    "一、财政拨款|30.00|一、教育支出|10.00",
    "二、其他收入|0.00|二、卫生健康支出|20.00",
)


def test_a_total_may_stand_on_a_page_that_repeats_the_title() -> None:
    last = grid("项目|预算数|项目|预算数", "本年收入合计|30.00|本年支出合计|30.00")
    assert ("TOTAL", "warning") not in failing("收支总表", UNIT, grid(*SUMMARY), "收支总表", UNIT, last)


def test_a_side_without_its_grand_total_is_noticed_beside_one_that_has_it() -> None:
    lines = ("本年收入合计|30.00|本年支出合计|30.00", "上级补助收入||上缴上级支出|")
    head = ("收入|<|支出|<", *SUMMARY, *lines)
    assert not failing("收支总表", UNIT, grid(*head, "收入总计|30.00|支出总计|30.00"))
    assert failing("收支总表", UNIT, grid(*head, "||支出总计|30.00")) == [("TOTAL", "warning")]


BODY = "某市工业和信息化局（本级）"


def _projects(*amounts: str) -> tuple[Grid | str, ...]:
    expenditure = grid(
        "预算单位|科目编码|科目名称|支出总计|基本支出|项目支出",
        f"{BODY}|||90.00|30.00|60.00",
        "|205|教育支出|90.00|30.00|60.00",
        "|20501|教育管理事务|90.00|30.00|60.00",
    )
    listed = [f"项目{number}|{amount}|{amount}" for number, amount in enumerate(amounts)]
    projects = grid("支出项目类别|总计|一般公共预算拨款", f"{BODY}|60.00|60.00", *listed)
    return "支出总表", UNIT, expenditure, "项目支出总表", UNIT, projects


def test_a_body_s_row_that_another_table_prints_again_closes_its_projects() -> None:
    assert not failing(*_projects("10.00", "20.00", "30.00"))
    assert {rule for rule, _ in failing(*_projects("10.00", "20.00"))} == {"P1"}


def test_a_class_may_have_its_other_parts_in_the_block_beside_it() -> None:
    """公开06表 of the accounts: 302 begins in the middle and runs on to the right."""
    title = "公开06表 一般公共预算财政拨款基本支出决算表"
    head = ("人员经费|<|<|公用经费|<|<|<|<|<", "|".join(["科目编码|科目名称|决算数"] * 3))
    lines = (
        "301|工资福利支出|30.00|302|商品和服务支出|{}|30217|公务接待费|5.00",
        "30101|基本工资|30.00|30201|办公费|3.00|310|资本性支出|2.00",
        "|||30211|差旅费|2.00|31002|办公设备购置|2.00",
        "人员经费合计|<|30.00|公用经费合计|<|<|<|<|12.00",
    )
    assert not failing(title, UNIT, grid(*head, *_with(lines, "10.00")))
    wrong = failing(title, UNIT, grid(*head, *_with(lines, "11.00")))
    assert ("I10", "error") in wrong


def _with(lines: tuple[str, ...], amount: str) -> list[str]:
    return [line.format(amount) for line in lines]


def test_a_misprinted_class_does_not_add_a_class_to_the_total() -> None:
    lines = ("208|||社会保障和就业支出|7.00", "208|05||行政事业单位养老支出|7.00")
    health = ("210|||卫生健康支出|3.00", "210|11||行政事业单位医疗|3.00", "7|11|02|事业单位医疗|3.00")
    head = ("科目编码|<|<|科目名称|合计", "类|款|项|^|^")
    assert not failing("支出总表", UNIT, grid(*head, *lines, *health, "合计|<|<|<|10.00"))


def test_a_public_expense_is_held_against_its_code_only_where_the_row_names_it() -> None:
    abroad = grid("合计|因公出国（境）费|公务接待费", "6.00|0.00|6.00")

    def basic(name: str) -> tuple[Grid | str, ...]:
        listed = grid(
            "科目编码|科目名称|合计", "302|商品和服务支出|7.00", f"30212|{name}|7.00", "合计|<|7.00"
        )
        return "一般公共预算基本支出表", UNIT, listed, "“三公”经费预算表", UNIT, abroad

    assert not failing(*basic("退休人员活动费"))
    assert ("I11.link", "warning") in failing(*basic("因公出国（境）费用"))


def test_codes_of_bodies_say_which_contains_which() -> None:
    """No one column is filled in all rows: 153003 has nothing of last year."""
    units = ("153001|公安局本级|3.00|2.00", "153002|训练支队|4.00|1.00", "153003|侦查支队||5.00")
    head = ("单位编码|单位名称|上年|本年", "合计|<|7.00|8.00", "153|公安局|7.00|8.00")
    title = "“三公”经费预算表"
    assert not failing(title, UNIT, grid(*head, *units))
    assert "P1" in {rule for rule, _ in failing(title, UNIT, grid(*head, *units[:1], *units[2:]))}


def test_a_column_that_stops_at_the_class_leaves_its_parts_open() -> None:
    head = (
        "科目编码|科目名称|合计|基本支出|项目支出",
        "213|农林水支出|100.00|60.00|40.00",
        "21303|水利|100.00||",
    )
    items = ("2130301|行政运行|60.00||", "2130305|水利工程建设|40.00||")
    assert not failing("支出总表", UNIT, grid(*head, *items, "合计|<|100.00|60.00|40.00"))
    goes_on = ("2130301|行政运行|60.00|60.00|", items[1])
    assert "I3" in {rule for rule, _ in failing("支出总表", UNIT, grid(*head, *goes_on))}


def test_a_serial_number_is_no_code() -> None:
    head = (
        "序号|科目编码|科目名称|合计",
        "1|208|社会保障和就业支出|9.00",
        "2|20805|行政事业单位养老支出|9.00",
    )
    assert ("CODE.blank", "warning") in failing("支出总表", UNIT, grid(*head, "3||行政单位离退休|9.00"))
    parts = ("类|款|项|科目名称|合计", "210|||卫生健康支出|3.00", "210|11||行政事业单位医疗|3.00")
    assert not failing("支出总表", UNIT, grid(*parts, "7|11|02|事业单位医疗|3.00"))


def test_a_side_that_begins_with_its_whole_needs_no_total() -> None:
    lines = (
        "项目|预算数",
        "一、收入|30.00",
        "（一）财政拨款|30.00",
        "二、支出|30.00",
        "（一）教育支出|30.00",
    )
    assert not failing("收支总表", UNIT, grid(*lines))


def test_a_list_of_some_projects_is_not_compared_with_all() -> None:
    whole = grid(
        "科目编码|科目名称|合计|基本支出|项目支出",
        "|合计|50.00|20.00|30.00",
        "205|教育支出|50.00|20.00|30.00",
    )
    some = grid("项目名称|金额", "合计|10.00", "校舍维修|4.00", "道路养护|6.00")
    assert not failing("支出总表", UNIT, whole, "重点项目预算表", UNIT, some)
    assert ("I12", "error") in failing("支出总表", UNIT, whole, "项目支出表", UNIT, some)


def test_a_class_runs_on_in_a_block_with_one_code() -> None:
    head = "人员经费|<|<|公用经费|<|<|<|<|<", "科目编码|科目名称|决算数" + "|科目编码|科目名称|决算数" * 2
    rows = (
        "301|工资福利支出|3.00|302|商品和服务支出|6.00|30299|其他商品和服务支出|4.00",
        "30101|基本工资|1.00|30201|办公费|1.00|||", "30102|津贴补贴|1.00|30202|印刷费|1.00|||",
        "30103|奖金|1.00||||||", "人员经费合计|<|3.00|公用经费合计|<|<|<|<|6.00",
    )  # fmt: skip
    assert not failing("一般公共预算财政拨款基本支出决算明细表", UNIT, grid(*head, *rows))


def test_zeros_do_not_show_how_exact_a_table_is() -> None:
    head = "采购品目|金额|<|<", "采购品目|合计|财政拨款|其他资金"
    rows = "合计|290.3|220.8|69.4", "货物|69.4|0.00|69.4", "服务|220.9|220.8|0.00"
    assert not failing("政府采购预算表", UNIT, grid(*head, *rows))


def test_a_total_below_groups_that_begin_with_their_sums_is_that_of_all() -> None:
    goods = ("货物|小计|13.00", "货物|多功能一体机|2.00", "货物|台式计算机|6.00", "货物|便携式计算机|5.00")
    services = ("服务|小计|7.00", "服务|系统集成服务|4.00", "服务|车辆加油服务|3.00")

    def found(total: str) -> list[str]:
        table = grid("采购类别|采购目录|预算金额", *goods, *services, f"合计||{total}")
        checks = check(budget_tables(reading("政府采购预算表", "单位：万元", table)))[1]
        return sorted(c.status for c in checks if c.rule == "P1")

    assert found("20.00") == ["holds"] * 3
    assert found("21.00") == ["fails", "holds", "holds"]
