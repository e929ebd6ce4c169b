"""Performance forms against the projects table and the text."""

from __future__ import annotations

from decimal import Decimal

from parsers.performance import indicators
from parsers.performance.checks import check_forms
from parsers.tables import budget_tables
from parsers.values.document import Grid
from parsers.values.results import Check, Statement
from tests.parsers.builders import grid, reading

PROJECTS = (
    "项目支出表",
    "单位：万元",
    grid("项目名称|合计|财政拨款", "合计|17.20|17.20", "专家评审费|12.20|12.20", "邮寄费|5.00|5.00"),
)


def form(name: str, amount: str, unit: str = "万元") -> tuple[str, Grid]:
    return (
        "项目支出绩效目标表",
        grid(
            f"项目名称|{name}|<|<",
            f"项目资金（{unit}）|年度资金总额|{amount}|<",
            "一级指标|二级指标|三级指标|指标值",
            "产出指标|数量指标|次数|≥2次",
        ),
    )


def checks(*blocks: Grid | str, statements: tuple[Statement, ...] = ()) -> list[Check]:
    tables = budget_tables(reading(*PROJECTS, *blocks), 2024)
    return list(check_forms(indicators(tables), tables, statements))


def test_yuan_under_a_label_that_says_ten_thousand_yuan() -> None:
    (found,) = checks(*form("邮寄费", "50000.00"))
    assert (found.rule, found.severity) == ("I13-unit", "error")
    assert (found.left_yuan, found.right_yuan) == (Decimal("500000000.00"), Decimal("50000.00"))
    assert not [c for c in checks(*form("邮寄费", "50000.00", "元")) if c.status == "fails"]


def test_one_project_under_two_names() -> None:
    (found,) = checks(*form("邮寄单据费", "5.00"))
    assert (found.rule, found.severity) == ("I13-name", "info")
    assert not checks(*form("邮寄单据费", "5.10"))


def test_the_sum_of_the_forms_against_the_text() -> None:
    def status(amount: str) -> list[tuple[str, str]]:
        said = Statement("2024年实行绩效目标管理的项目2个，涉及资金若干", amount_yuan=Decimal(amount))
        both = (*form("邮寄费", "5.00"), *form("专家评审费", "12.20"))
        return [(c.rule, c.status) for c in checks(*both, statements=(said,)) if c.rule == "I13-text"]

    assert status("172000.00") == [("I13-text", "holds")]
    assert status("180000.00") == [("I13-text", "fails")]


def test_weights_make_up_the_whole() -> None:
    def status(*weights: str) -> list[str]:
        rows = [f"产出指标|数量指标|次数{n}|≥2次|{weight}" for n, weight in enumerate(weights)]
        head = ("项目名称|邮寄费|<|<|<", "一级指标|二级指标|三级指标|指标值|分值")
        found = checks("项目支出绩效目标表", grid(*head, *rows))
        return [c.status for c in found if c.rule == "weights"]

    assert status("50", "30", "20") == status("50", "30", "10") == ["holds"]
    assert status("50", "26", "10") == ["fails"]
    assert status("50", "50") == status("50", "26", "") == []  # too few, or not all of them printed
