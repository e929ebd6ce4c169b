"""Rules on small tables, one behaviour each; and the rule file itself."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from parsers.accounting import check
from parsers.accounting.kinds.registry import KINDS
from parsers.accounting.rulebook import rules
from parsers.performance import indicators
from parsers.tables import budget_tables
from parsers.values.document import Grid
from parsers.values.results import Check
from tests.parsers.accounting.checks_page import page_of_checks
from tests.parsers.builders import grid, reading
from tests.wording import both


def checked(*blocks: Grid | str) -> tuple[Check, ...]:
    tables = budget_tables(reading(*blocks))
    return check(tables, indicators(tables))[1]


def outcome(checks: tuple[Check, ...], rule: str) -> Counter[str]:
    return Counter(c.status for c in checks if c.rule == rule)


def test_every_rule_has_a_kind_and_says_itself_in_both_languages() -> None:
    for rule in rules().values():
        assert rule.kind in KINDS
        assert rule.zh and rule.en
        assert rule.severity in ("info", "warning", "error")


def test_the_page_of_checks_is_current() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "checks.md"
    assert page.read_text(encoding="utf-8") == page_of_checks(), "run: make docs"


def test_the_page_of_checks_covers_every_rule_file() -> None:
    """A new rule file must be described: any file of rules has `severity` in each entry."""
    page = page_of_checks()
    folder = Path(__file__).resolve().parents[3] / "parsers" / "reference"
    for path in sorted(folder.glob("*.yaml")):
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(entries, dict):
            continue
        if all(isinstance(entry, dict) and "severity" in entry for entry in entries.values()):
            for name in entries:
                assert f"## {name}\n" in page or f"| {name} |" in page, f"{path.name}: {name}"


def test_a_subtotal_column_is_the_sum_of_its_group() -> None:
    checks = checked(
        "收入总表",
        "单位：万元",
        grid(
            "单位|合计|财政拨款|<|<|其他收入",
            "^|^|小计|一般公共预算|政府性基金|^",
            "某局|9.00|7.00|4.00|3.00|2.00",
            "某站|5.00|4.50|4.00|1.00|0.50",
        ),
    )
    assert outcome(checks, "C1") == {"holds": 3, "fails": 1}
    (failed,) = (c for c in checks if c.status == "fails")
    assert "“某站”行“财政拨款 / 小计”列为4.50 万元" in both(failed.message)


def test_rows_without_codes_nest_by_their_sums() -> None:
    projects = grid(
        "单位（项目）名称|项目金额", "合计|60.00", "某局|60.00", "通用项目|40.00", "培训|15.00", "会议|25.00",
        "专用项目|20.00", "修缮|20.00",
    )  # fmt: skip
    assert outcome(checked("项目支出表", "单位：万元", projects), "P1") == {"holds": 4}


def test_an_item_left_blank_above_its_parts_is_told_from_a_wrong_total() -> None:
    checks = checked(
        "收支总表",
        "单位：万元",
        grid(
            "收入|<|支出|<",
            "项目|预算数|项目|预算数",
            "一、财政拨款|10.00|一、基本支出|",
            "||（一）人员经费|6.00",
            "||（二）公用经费|1.00",
            "||二、项目支出|3.00",
            "收入总计|10.00|支出总计|10.00",
        ),
    )
    assert outcome(checks, "BLANK2") == {"fails": 1}
    assert outcome(checks, "S1") == {"holds": 2}
    (failed,) = (c for c in checks if c.status == "fails")
    assert "应为7.00 万元（漏填金额）" in both(failed.message)


def test_a_caption_without_peers_is_no_blank_amount() -> None:
    """一、部门预算 heads all rows of its side; 1、财政拨款 stands beside rows that print amounts."""
    rows = ("一、部门预算|", "1、财政拨款|", "（1）一般公共预算|9.00", "2、事业收入|1.00", "收入总计|10.00")
    checks = checked("收支总表", "单位：万元", grid("项目|预算数", *rows))
    assert [both(c.message)[:30] for c in checks if c.rule == "BLANK2"] == [
        "《收支总表》“1、财政拨款”行“预算数”列为空，所列各项之和"
    ]


def test_the_total_of_revenue_includes_what_stands_below_the_years() -> None:
    """福建 ends in 收入合计; 上级补助收入 (山东), 未安排的实户资金 (陕西) stand below 本年合计."""
    summary = grid(
        "收入|<|支出|<",
        "项目|预算数|项目|预算数",
        "一、财政拨款收入|9.00|一、农林水支出|10.00",
        "本年收入合计|9.00|本年支出合计|10.00",
        "上级补助收入|1.00|结转下年|0.00",
        "上年结转|2.00|未安排支出的实户资金|2.00",
        "收入合计|12.00|支出合计|12.00",
    )
    revenue = grid("单位名称|合计|一般公共预算拨款收入|上年结转", "合计|12.00|10.00|2.00")
    checks = checked("收支总表", "单位：万元", summary, "收入总表", "单位：万元", revenue)
    assert outcome(checks, "I2") == {"holds": 2}
    assert outcome(checks, "I6.total") == {"holds": 1}


def test_the_three_public_expenses_as_columns_and_as_rows() -> None:
    columns = grid(
        "合计|因公出国（境）费|公务用车购置及运行费|<|<|公务接待费",
        "^|^|小计|公务用车购置费|公务用车运行费|^",
        "9.00|1.00|6.00|4.00|2.00|2.00",
    )
    rows = grid(
        "项目|预算数", "合计|9.00", "1、因公出国（境）费|1.00", "2、公务接待费|2.00",
        "3、公务用车购置及运行费|6.00",
        "其中：（1）公务用车购置费|4.00", "（2）公务用车运行费|3.00",
    )  # fmt: skip
    assert outcome(checked("“三公”经费支出表", "单位：万元", columns), "I11") == {"holds": 2}
    assert outcome(checked("“三公”经费支出表", "单位：万元", rows), "I11") == {"holds": 1, "fails": 1}


@pytest.mark.parametrize(("amount", "status"), [("5.00", ["holds"]), ("6.00", ["fails"]), ("50000.00", [])])
def test_a_form_says_its_projects_amount_and_a_slip_of_the_unit_is_said_once(
    amount: str, status: list[str]
) -> None:
    projects = grid("项目名称|合计", "合计|17.00", "邮寄费|5.00", "评审费|12.00")
    form = grid(
        "项目名称|邮寄费|<|<",
        f"项目资金（万元）|年度资金总额|<|{amount}",
        "绩效指标|一级指标|二级指标|指标值",
        "|产出指标|数量指标|≥5份",
    )
    checks = checked("项目支出表", "单位：万元", projects, "项目支出绩效目标表", form)
    assert [c.status for c in checks if c.rule == "I13"] == status  # the slip is I13-unit's, of the forms
    checks = checked("项目支出表（当年预算安排）", "单位：万元", projects, "项目支出绩效目标表", form)
    assert "fails" not in [c.status for c in checks if c.rule == "I13"]  # the rest may be carried over


FORM_ROWS = ("绩效指标|一级指标|二级指标|指标值", "|产出指标|数量指标|≥5份")


@pytest.mark.parametrize(("amount", "status"), [("5.00", ["holds"]), ("7.00", [])])
def test_a_form_of_several_projects_with_one_name_accuses_none_of_them(
    amount: str, status: list[str]
) -> None:
    """Every body of 公安局 has a 业务费, one form is of all of them."""
    bodies = (
        "单位（项目）名称|项目金额",
        "合计|7.50",
        "甲分局|5.00",
        "业务费|5.00",
        "乙分局|2.50",
        "业务费|2.50",
    )
    form = grid(
        "项目名称|业务费|<|<",
        f"项目资金（万元）|年度资金总额|<|{amount}",
        "绩效指标|一级指标|二级指标|指标值",
        "|产出指标|数量指标|≥5份",
    )
    checks = checked("项目支出表", "单位：万元", grid(*bodies), "项目支出绩效目标表", form)
    assert [c.status for c in checks if c.rule == "I13"] == status
    other = grid("项目名称|业务费|<|<", "项目资金（万元）|年度资金总额|<|2.00", *FORM_ROWS)
    listed = grid("项目名称|合计", "合计|9.00", "业务费|2.00", "评审费|7.00")
    title = "项目支出绩效目标表"
    checks = checked("项目支出表", "单位：万元", listed, title, form, title, other)
    assert "fails" not in [c.status for c in checks if c.rule == "I13"]
    carried = ("单位（项目）名称|项目金额", "合计|7.50", "甲分局|7.50", "业务费|5.00", "业务费（结转）|2.50")
    checks = checked("项目支出表", "单位：万元", grid(*carried), "项目支出绩效目标表", form)
    assert [c.status for c in checks if c.rule == "I13"] == status


def test_amounts_without_a_unit_are_reported_and_not_tested() -> None:
    checks = checked("支出总表", grid("科目编码|科目名称|合计", "201|一般公共服务支出|3.00", "|合计|4.00"))
    assert [(c.rule, c.status, c.severity) for c in checks] == [("unit_missing", "untestable", "warning")]


@pytest.mark.parametrize(("gone", "words"), [("21303", "21303未列出"), ("2130301", "21303之下未列")])
def test_a_level_left_out_is_found_though_all_sums_hold(gone: str, words: str) -> None:
    lines = [
        "科目编码|科目名称|合计", "|合计|9.00",
        "213|农林水支出|3.00", "21303|水利|3.00", "2130301|行政运行|3.00",
        "221|住房保障支出|4.00", "22102|住房改革支出|4.00", "2210201|住房公积金|4.00",
        "224|灾害防治及应急管理支出|2.00", "22401|应急管理事务|2.00", "2240101|行政运行|2.00",
    ]  # fmt: skip
    kept = [line for line in lines if not line.startswith(f"{gone}|")]
    checks = checked("支出总表", "单位：万元", grid(*kept))
    assert outcome(checks, "I3")["fails"] == 0
    (found,) = (c for c in checks if c.rule == "LEVEL")
    assert words in both(found.message)


def test_an_item_in_the_column_of_another_level_has_the_wrong_code() -> None:
    """99 printed under 项 instead of 款: by its place 2101699, by its name 21099."""
    checks = checked("支出总表", "单位：万元", grid(
        "科目编码|<|<|科目名称|合计", "类|款|项|^|^", "|||合计|9.00", "210|||卫生健康支出|9.00",
        "|16||老龄卫生健康事务|5.00", "||01|老龄卫生健康事务|5.00", "||99|其他卫生健康支出|4.00",
    ))  # fmt: skip
    (found,) = (c for c in checks if c.rule == "CODE.name")
    assert "2101699" in both(found.message) and "21099" in both(found.message)


def test_two_tables_that_print_one_list_agree_row_by_row() -> None:
    """The table types are not those any rule names; a swap keeps every sum and shows only here."""

    def lists(*amounts: str) -> list[str]:
        names = ("|合计", "302|商品和服务支出", "30201|办公费", "30205|水费", "30206|电费", "30207|邮电费",
                 "30211|差旅费")  # fmt: skip
        tables = [
            ["科目编码|科目名称|金额", *(f"{name}|{amount}" for name, amount in zip(names, row, strict=True))]
            for row in (("15.00", "15.00", "1.00", "2.00", "3.00", "4.00", "5.00"), amounts)
        ]
        checks = checked(
            "一般公共预算基本支出预算表", "单位：万元", grid(*tables[0]),
            "机关运行经费支出预算表", "单位：万元", grid(*tables[1]),
        )  # fmt: skip
        assert not [c for c in checks if c.severity == "error" and c.rule == "ECHO"]
        return [c.status for c in checks if c.rule == "ECHO"]

    assert set(lists("15.00", "15.00", "1.00", "2.00", "3.00", "4.00", "5.00")) == {"holds"}
    assert lists("15.00", "15.00", "1.00", "2.00", "3.00", "4.00", "6.00").count("fails") == 1
    # Three rows that differ are another list; so is one that no agreeing total contains.
    assert lists("15.00", "15.00", "2.00", "3.00", "1.00", "4.00", "5.00") == []
    assert "fails" not in lists("16.00", "15.00", "1.00", "2.00", "3.00", "4.00", "5.00")


def test_a_group_left_out_of_a_list_is_missed_though_all_sums_hold() -> None:
    def found(*gone: int) -> list[str]:
        lines = [
            "单位|项目|合计", "合计||21.00",
            "甲中心||6.00", "|甲一|2.00", "|甲二|4.00",
            "乙中心||8.00", "|乙一|3.00", "|乙二|5.00",
            "丙中心||3.00", "|丙一|1.00", "|丙二|2.00",
            "丁中心||4.00", "|丁一|1.50", "|丁二|2.50",
        ]  # fmt: skip
        kept = [line for number, line in enumerate(lines) if number not in gone]
        checks = checked("项目支出表", "单位：万元", grid(*kept))
        assert outcome(checks, "P1")["fails"] == 0
        return [both(c.message) for c in checks if c.rule == "LEVEL.list"]

    assert not found()
    (lost,) = found(5)
    assert "上级行未列出" in lost
    (bare,) = found(6, 7)
    assert "其下未列明细" in bare


def test_sums_over_two_levels_are_reported_for_their_rounding_only() -> None:
    table = (
        "科目编码|科目名称|合计", "|合计|10.00", "213|农林水支出|10.00",
        "21303|水利|3.33", "2130301|行政运行|1.66", "2130305|水利工程建设|1.66",
        "21305|巩固脱贫|6.67", "2130501|行政运行|3.33", "2130504|基础设施|3.33",
    )  # fmt: skip
    checks = checked("支出总表", "单位：万元", grid(*table))
    assert outcome(checks, "I3.deep") == {"rounding": 2}  # 合计 and 213 against their items
    wrong = checked("支出总表", "单位：万元", grid(*table[:4], "2130301|行政运行|1.16", *table[5:]))
    assert outcome(wrong, "I3.deep") == {} and outcome(wrong, "I3")["fails"] == 1


def test_a_carry_over_after_the_current_total_wants_a_grand_total() -> None:
    lines = [
        "收入|<|支出|<", "项目|预算数|项目|预算数",
        "一、一般公共预算|4.00|一、教育支出|3.00", "二、政府性基金预算||二、住房保障支出|1.00",
        "本年收入合计|4.00|本年支出合计|4.00", "上年结转||年终结转|", "收入总计|4.00|支出总计|4.00",
    ]  # fmt: skip
    whole, cut = (checked("收支总表", "单位：万元", grid(*rows)) for rows in (lines, lines[:-1]))
    assert not [c for c in whole if c.rule == "TOTAL"]
    assert {c.status for c in cut if c.rule == "TOTAL"} == {"fails"}


def test_personnel_and_public_costs_close_the_classes_above_them() -> None:
    """Final accounts print the three classes side by side; 公用经费合计 closes the second and third block."""

    def status(last: str) -> list[str]:
        checks = checked("一般公共预算财政拨款基本支出决算表", "单位：万元", grid(
            "科目编码|科目名称|决算数|科目编码|科目名称|决算数|科目编码|科目名称|决算数",
            "301|工资福利支出|5.00|302|商品和服务支出|3.00|310|资本性支出|1.00",
            "30101|基本工资|5.00|30201|办公费|3.00|31002|办公设备购置|1.00",
            f"人员经费合计|<|5.00|公用经费合计|<|<|<|<|{last}",
        ))  # fmt: skip
        return [c.status for c in checks if c.rule == "I10" and "经费合计" in both(c.statement)]

    assert status("4.00") == ["holds", "holds"]
    assert status("4.50") == ["holds", "fails"]


def test_running_numbers_leave_none_out() -> None:
    def found(*numbers: str) -> list[str]:
        rows = [f"{number}|项目{i}|{i + 1}.00" for i, number in enumerate(numbers)]
        checks = checked("项目支出表", "单位：万元", grid("序号|项目名称|金额", *rows))
        return [
            both(c.statement).partition("：")[0] for c in checks if (c.rule, c.status) == ("SERIAL", "fails")
        ]

    assert found("1", "2", "3", "4") == found("1", "2", "1", "2") == []
    assert found("1", "2", "4", "5") == ["《项目支出表》序号4"]
    assert found("2", "3", "4") == ["《项目支出表》序号2"]
    assert found("1", "5", "9", "14") == []


def test_tables_by_body_list_the_department_above_its_parts() -> None:
    def found(*second: str) -> list[str]:
        head, rows = "单位编码|单位名称|合计", ("|合计|9.00", "601|某局|9.00", "601001|某局机关|9.00")
        tables = [("部门收入总表", rows), ("部门支出总表", rows), ("三公经费表", second)]
        blocks = [block for title, lines in tables for block in (title, "单位：万元", grid(head, *lines))]
        return [both(c.message) for c in checked(*blocks) if (c.rule, c.status) == ("ROSTER", "fails")]

    assert found("|合计|2.00", "601|某局|2.00", "601001|某局机关|2.00") == []
    assert "“601”行未列出" in found("|合计|2.00", "601001|某局机关|2.00")[0]
    assert "“合计”行未列出" in found("601|某局|2.00", "601001|某局机关|2.00")[0]
    assert found() == []


def test_a_row_that_one_of_two_equal_lists_lacks_is_missed() -> None:
    rows = (
        "合计|20.00", "科学技术支出|8.00", "基础研究|8.00", "机构运行|8.00",
        "教育支出|12.00", "普通教育|12.00", "小学教育|5.00", "初中教育|7.00",
    )  # fmt: skip

    def found(*second: str) -> list[str]:
        head = "功能分类科目名称|合计"
        checks = checked(
            "部门支出总表", "单位：万元", grid(head, *rows),
            "一般公共预算支出表", "单位：万元", grid(head, *second),
        )  # fmt: skip
        return [both(c.message) for c in checks if (c.rule, c.status) == ("ECHO.row", "fails")]

    assert found(*rows) == []
    assert "“20502 普通教育”行未列出" in found(*rows[:5], *rows[6:])[0]
    assert found(*rows[:2], rows[4]) == []


def test_a_change_is_this_year_less_the_last() -> None:
    def columns(change: str) -> Counter[str]:
        head, rows = "项目|上年|当年|增减变化情况", ("培训费|4.00|3.00|-1.00", f"会议费|2.00|5.00|{change}")
        return outcome(checked("支出情况表", "单位：万元", grid(head, *rows)), "CHANGE")

    def rows(change: str) -> Counter[str]:
        lines = ("某局|2025年|4.00|1.00", "|2026年|3.00|1.50", f"|增减变化金额|{change}|0.50")
        table = grid("预算单位|年度|公务接待费|公务用车购置及运行维护费", *lines)
        return outcome(checked("“三公”经费支出表", "单位：万元", table), "CHANGE")

    assert columns("3.00") == rows("-1.00") == rows("1.00") == {"holds": 2}
    assert columns("8.00") == rows("-7.00") == {"holds": 1, "fails": 1}


def test_bodies_without_their_total_are_missed() -> None:
    def found(*rows: str) -> bool:
        table = grid("单位名称|合计|财政拨款", *rows)
        checks = checked("部门收入总表", "单位：万元", table)
        return any(c.rule == "TOTAL" and c.status == "fails" for c in checks)

    bodies = ("甲站|50.00|50.00", "乙站|3.00|3.00", "丙站|2.00|2.00", "丁站|4.00|4.00")
    assert found(*bodies)
    assert not found("某局|59.00|59.00", *bodies)
    assert not found("合计|59.00|59.00", *bodies)


def test_a_list_that_begins_with_two_lacks_its_first_item() -> None:
    def found(*labels: str) -> list[str]:
        rows = [*(f"{label}|1.00" for label in labels), f"收入总计|{len(labels)}.00"]
        checks = checked("收支总表", "单位：万元", grid("收入|<", "项目|预算数", *rows))
        return [both(c.message) for c in checks if (c.rule, c.status) == ("NUMBER", "fails")]

    assert found("一、财政拨款收入", "二、事业收入", "三、其他收入") == []
    assert "“二、事业收入”行的编号不是从一起" in found("二、事业收入", "三、其他收入")[0]
    assert found("四、事业收入", "五、其他收入") == []


def test_classes_that_keep_their_number_while_empty_ones_are_left_out_are_no_gaps() -> None:
    def fails(*labels: str) -> int:
        rows = [*(f"{label}|1.00" for label in labels), f"支出总计|{len(labels)}.00"]
        checks = checked("收支总表", "单位：万元", grid("支出|<", "项目|预算数", *rows))
        return sum((c.rule, c.status) == ("NUMBER", "fails") for c in checks)

    classes = ("一、一般公共服务支出", "五、教育支出", "八、社会保障和就业支出", "十二、农林水支出")
    assert fails(*classes) == 0
    assert fails("一、一般公共服务支出", "二、外交支出", "三、国防支出", "五、教育支出") == 1
