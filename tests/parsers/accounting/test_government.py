from __future__ import annotations

from decimal import Decimal

from parsers.accounting import check
from parsers.accounting.kinds.government.tables import sums_in_order
from parsers.government.tables import government_tables
from parsers.values.results import BudgetTable, Check, Headline
from parsers.values.vocabulary import BodyLevel, DocumentKind
from tests.parsers.builders import grid, reading

CITY = Headline(
    body_name="长春市",
    body_level=BodyLevel.GOVERNMENT,
    region_code="220100",
    fiscal_year=2026,
    document_kind=DocumentKind.BUDGET,
)
UNIT = Decimal(1)


def sums(*lines: tuple[str, int]) -> list[tuple[int, tuple[int, ...]]]:
    values = [Decimal(amount) for _, amount in lines]
    return sorted(sums_in_order(values, ["合计" in label for label, _ in lines], UNIT))


def checked(*blocks: object) -> tuple[tuple[BudgetTable, ...], list[Check]]:
    tables, checks = check(
        government_tables(reading(*blocks), CITY, None),  # type: ignore[arg-type]
        publisher=BodyLevel.GOVERNMENT,
    )
    return tables, list(checks)


def test_parts_stand_below_their_whole_as_deep_as_the_column_prints() -> None:
    found = sums(("教育", 900), ("管理", 400), ("运行", 150), ("事务", 250), ("普通", 500), ("卫生", 120))
    assert found == [(0, (1, 4)), (1, (2, 3))]


def test_a_total_below_closes_what_no_other_row_contains() -> None:
    found = sums(("税收", 300), ("增值", 120), ("契税", 180), ("非税", 77), ("合计", 377))
    assert found == [(0, (1, 2)), (4, (0, 3))]


def test_a_section_without_parts_is_no_sum_of_the_next_sections() -> None:
    """A column that stops at 款: what follows is another 款, not its parts."""
    assert sums(("管理", 400), ("普通", 500), ("职业", 130)) == []


def test_a_plain_list_has_no_sums_but_its_totals() -> None:
    values = [Decimal(n) for n in (10881, 10881, 500, 300, 200)]
    assert sums_in_order(values, [False] * 5, UNIT, listed=True) == []


def test_a_class_does_not_contain_another_class_of_the_same_amount() -> None:
    table = grid("项目|2026年预算数", "教育支出|54321", "卫生健康支出|54321", "农林水支出|777")
    tables, checks = checked("2026年全市一般公共预算支出预算表", "单位：万元", table)
    assert checks == [] and {fact.status for fact in tables[0].facts} == {"single"}


def test_small_amounts_prove_nothing_by_chance() -> None:
    assert sums(("甲", 30), ("乙", 20), ("丙", 10)) == []
    assert sums(("甲", 77), ("乙", 77)) == []


def test_whole_scope_and_own_level_accuse_nobody() -> None:
    whole = grid("项目|2026年预算数", "一、税收收入|300", "二、非税收入|80", "收入合计|380")
    own = grid("项目|2026年预算数", "一、税收收入|200", "二、非税收入|50", "收入合计|250")
    tables, checks = checked(
        "2026年全市一般公共预算收入预算表", "单位：万元", whole,
        "2026年市本级一般公共预算收入预算表", "单位：万元", own,
    )  # fmt: skip
    assert {one.status for one in checks} == {"holds"}
    assert {fact.status for table in tables for fact in table.facts} == {"proved"}


def test_a_measure_is_proved_by_the_same_measure_in_another_table() -> None:
    revenue = grid("项目|2026年预算数", "一、税收收入|300", "二、非税收入|61", "收入合计|382")
    balance = grid("收入|2026年预算数|支出|2026年预算数", "一般公共预算收入|382|一般公共预算支出|500",
                   "上级补助收入|150|上解支出|32", "收入总计|532|支出总计|532")  # fmt: skip
    tables, checks = checked(
        "2026年全市一般公共预算收入预算表", "单位：万元", revenue,
        "2026年全市一般公共预算收支平衡表", "单位：万元", balance,
    )  # fmt: skip
    (total,) = [f for f in tables[0].facts if f.row_label == "收入合计"]
    assert (total.measure, total.proofs) == ("general_revenue", ("G9",))
    assert {one.rule for one in checks if one.status == "holds"} == {"G1", "G2", "G9"}


def test_sides_that_differ_are_a_warning_and_no_error() -> None:
    balance = grid("收入|2026年预算数|支出|2026年预算数", "一般公共预算收入|382|一般公共预算支出|500",
                   "上级补助收入|150|上解支出|32", "收入总计|532|支出总计|540")  # fmt: skip
    _, checks = checked("2026年全市一般公共预算收支平衡表", "单位：万元", balance)
    (failing,) = [one for one in checks if one.status == "fails"]
    assert (failing.rule, failing.severity) == ("G1", "warning")


def test_the_columns_of_a_debt_table_add_up() -> None:
    table = grid("地区|2025年债务限额|<|<", "^||一般债务|专项债务", "长春市|30.00|20.00|10.00")
    tables, _ = checked("长春市2025年地方政府债务限额情况表", "单位：亿元", table)
    assert {fact.proofs for fact in tables[0].facts} == {("G6.column",)}
