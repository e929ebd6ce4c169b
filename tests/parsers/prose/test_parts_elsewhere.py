"""Parts of parts, and parts that the text names elsewhere, are not errors of the sum before them."""

from __future__ import annotations

import pytest

from parsers.prose import read_prose
from parsers.tables import budget_tables
from parsers.values.document import TextBlock
from parsers.values.results import Headline
from parsers.values.vocabulary import DocumentKind
from tests.parsers.builders import grid, reading
from tests.wording import both

HEAD = Headline(body_name="某市水利局", fiscal_year=2025, document_kind=DocumentKind.BUDGET)
TABLES = (
    "一般公共预算支出表",
    "单位：万元",
    grid(
        "科目编码|科目名称|合计|基本支出|项目支出",
        "|合计|115.88|60.00|55.88",
        "208|社会保障和就业支出|61.11|40.00|21.11",
        "213|农林水支出|54.77|20.00|34.77",
    ),
    "一般公共预算基本支出表",
    "单位：万元",
    grid(
        "科目编码|科目名称|合计|人员经费|公用经费",
        "|合计|60.00|50.00|10.00",
        "301|工资福利支出|50.00|50.00|",
        "302|商品和服务支出|10.00||10.00",
    ),
    "收入总表",
    "单位：万元",
    grid("单位名称|合计|一般公共预算|上年结转", "合计|115.88|103.21|12.67"),
)
LIST = "2025年支出预算110万元，其中：基本支出60万元，项目支出40万元。"


def _accusations(*text: str | TextBlock) -> list[tuple[str, str]]:
    document = reading(*TABLES, *text)
    checks = read_prose(document, budget_tables(document, 2025), HEAD)[1]
    return [(c.rule, both(c.message)) for c in checks if c.status == "fails" and c.severity != "info"]


@pytest.mark.parametrize(
    "text",
    [
        ("机关商品和服务支出（502类）10万元，其中：人员经费3万元，公用经费7万元。",),
        ("社会保障和就业支出61.11万元，其中：人员经费35万元。",),
        ("2.机关商品和服务支出10万元。", "其中：人员经费3万元。"),
        ("基本支出60万元（含502机关商品和服务支出中的人员经费2万元）。",),
        ("项目支出55.88万元，其中：公用经费2万元。",),
    ],
)
def test_a_part_of_a_part_is_not_that_of_the_body(text: tuple[str, ...]) -> None:
    assert not _accusations(*text)


def test_a_part_of_the_body_is_compared() -> None:
    assert [rule for rule, _ in _accusations("基本支出60万元，其中：人员经费52万元。")] == ["I15"]


@pytest.mark.parametrize(
    "text",
    [
        (f"{LIST}单位预留机动经费10万元。",),
        (LIST, "单位预留机动经费10万元。"),
        (TextBlock(LIST, page=5), TextBlock("单位预留机动经费10万元。", page=6)),
        ("一、支出预算情况", LIST, "二、其他情况说明", "单位预留机动经费10万元。"),
        (f"{LIST}支出预算中包括单位预留机动经费。",),
        (LIST, "事业单位经营支出10万元。"),
    ],
)
def test_a_part_named_behind_the_list_completes_it(text: tuple[str | TextBlock, ...]) -> None:
    assert "I15-sum" not in [rule for rule, _ in _accusations(*text)]


def test_a_list_that_nothing_completes_fails() -> None:
    assert [rule for rule, _ in _accusations(LIST)] == ["I15-sum"]


@pytest.mark.parametrize(("amount", "rules"), [("43.21", []), ("44.21", ["I15"])])
def test_an_amount_without_what_was_carried_over(amount: str, rules: list[str]) -> None:
    assert [rule for rule, _ in _accusations(f"项目支出{amount}万元。")] == rules


def test_a_part_inside_the_list_that_is_taken_for_something_else_completes_it() -> None:
    """Shenzhen: 培训经费 is not a part of 信访专项 for the reader, and the list lacked just its amount."""
    items = ("信访工作经费216.40万元，主要用于劝返", "信访专项经费81.90万元，主要用于宣传")
    last = "信访备用金85.00万元；信访政务运行管理83.09万元，主要用于网站。"
    training = "综合业务培训经费20.00万元，主要用于业务培训"
    whole = "3.信访专项486.39万元，主要包括："
    assert not _accusations(whole + "；".join((*items, training, last)))
    assert [rule for rule, _ in _accusations(whole + "；".join((*items, last)))] == ["I15-sum"]


@pytest.mark.parametrize(("amount", "rules"), [("45.88", []), ("44.88", ["I15"])])
def test_projects_without_the_one_that_is_a_reserve(amount: str, rules: list[str]) -> None:
    """A list of projects names the reserve as one of them; the text gives the others, and it apart."""
    listed = grid("项目名称|合计", "单位预留机动经费|10.00", "水库加固|45.88", "合计|55.88")
    projects = ("项目支出表", "单位：万元", listed)
    document = reading(*TABLES, *projects, f"项目支出{amount}万元。另安排单位预留机动经费10万元。")
    checks = read_prose(document, budget_tables(document, 2025), HEAD)[1]
    assert [c.rule for c in checks if c.status == "fails" and c.severity != "info"] == rules
