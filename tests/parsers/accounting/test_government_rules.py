"""The identities of governments' tables: what they prove, and what they do not say."""

from __future__ import annotations

from parsers import accounting
from parsers.government.tables import government_tables
from parsers.values.document import Grid
from parsers.values.results import Check, Fact, Headline
from parsers.values.vocabulary import BodyLevel, DocumentKind
from tests.parsers.builders import grid, reading

CITY = Headline(
    body_name="长春市",
    body_level=BodyLevel.GOVERNMENT,
    region_code="220100",
    fiscal_year=2026,
    document_kind=DocumentKind.BUDGET,
)


def examined(*blocks: Grid | str) -> tuple[list[Fact], list[Check]]:
    tables = government_tables(reading(*blocks), CITY, None)
    judged, checks = accounting.check(tables, publisher=BodyLevel.GOVERNMENT)
    return [fact for table in judged for fact in table.facts], list(checks)


def proofs(facts: list[Fact], label: str, column: str = "") -> tuple[str, ...]:
    return next(f.proofs for f in facts if f.row_label == label and f.column_path.startswith(column))


def failing(checks: list[Check]) -> list[str]:
    return [check.rule for check in checks if check.status == "fails"]


def test_codes_prove_each_other_also_where_a_class_prints_only_some_of_its_parts() -> None:
    found, checks = examined(
        "2026年长春市本级一般公共预算支出表",
        "单位：万元",
        grid(
            "科目编码|科目名称|预算数",
            "|支出合计|1900",
            "201|一般公共服务支出|1000",
            "20101|人大事务|700",
            "2010101|行政运行|700",
            "2010103|机关服务|0",
            "204|公共安全支出|900",
            "20402|公安|500",
        ),
    )
    assert "G3.codes" in proofs(found, "支出合计")
    assert "G3.codes" in proofs(found, "机关服务")
    assert proofs(found, "公安") == () and failing(checks) == []


def test_a_column_of_changes_proves_the_columns_it_compares() -> None:
    found, _ = examined(
        "2026年全市一般公共预算收入表",
        "单位：万元",
        grid(
            "项目|2025年执行数|2026年预算数|比上年增减额",
            "增值税|731|754|23",
            "企业所得税|419|400|-19",
            "个人所得税|205|216|11",
            "印花税|40|44|4",
            "房产税|88|91|30",
        ),
    )
    assert "G3.change" in proofs(found, "增值税", "2026") and "G3.change" in proofs(found, "增值税", "比上年")
    assert "G3.change" not in proofs(found, "房产税", "比上年")


def test_the_whole_is_its_own_level_and_what_lies_below() -> None:
    tables = [
        (title, grid("项目|决算数", f"国防支出|{amount}"))
        for title, amount in (
            ("2025年全市一般公共预算支出决算表", "1019"),
            ("2025年市本级一般公共预算支出决算表", "237"),
            ("2025年各县区一般公共预算支出决算表", "782"),
        )
    ]
    found, _ = examined(*(part for title, rows in tables for part in (title, "单位：万元", rows)))
    assert [f.scope for f in found] == ["whole", "own", "region"]
    assert all("G4" in fact.proofs for fact in found)


def test_a_city_is_its_own_level_and_its_counties() -> None:
    found, _ = examined(
        "2025年长春市对下转移支付分地区表",
        "单位：万元",
        grid("地区|金额", "合计|26", "南关区|16", "榆树市|10"),
    )
    assert "G4.regions" in proofs(found, "合计")


def test_details_of_a_total_are_those_of_the_funds() -> None:
    found, _ = examined(
        "2026年全市社会保险基金收入预算表",
        "单位：万元",
        grid(
            "项目|预算数",
            "失业保险基金|500",
            "其中：保险费收入|300",
            "利息收入|70",
            "工伤保险基金|400",
            "其中：保险费收入|250",
            "利息收入|20",
            "社会保险基金收入合计|900",
            "其中：保险费收入|550",
            "利息收入|90",
        ),
    )
    assert all("G8.details" in fact.proofs for fact in found)


def test_a_balance_above_its_limit_is_said_and_is_no_error() -> None:
    title, rows = "2025年长春市政府债务限额及余额情况表", "地区|2025年债务限额|2025年债务余额"
    _, checks = examined(
        title, "单位：亿元", grid(rows, "长春市|22.21|22.91", "南关区|9.00|8.70", "榆树市|13.21|14.21")
    )
    said = [(c.status, c.severity) for c in checks if c.rule == "G6.limit"]
    assert sorted(said) == [("fails", "warning"), ("fails", "warning"), ("holds", "info")]


def test_a_limit_printed_to_tenths_may_be_what_a_balance_to_hundredths_keeps() -> None:
    title, rows = "2019年全区政府债务限额及余额情况表", "地区|2019年债务限额|2019年债务余额"
    _, checks = examined(
        title, "单位：亿元", grid(rows, "灵武市|14.4|14.45", "隆德县|4.8|4.86", "中宁县|12.9|12.84")
    )
    said = [c.status for c in checks if c.rule == "G6.limit"]
    assert sorted(said) == ["fails", "holds", "holds"]


def test_money_moved_between_accounts_is_the_same_on_both_sides() -> None:
    general = grid("项目|预算数", "税收收入|900", "从政府性基金预算调入|58", "收入总计|958")
    funds = grid("项目|预算数", "城乡社区支出|400", "调出资金|58")
    found, checks = examined(
        "2026年全市一般公共预算收入表", "单位：万元", general,
        "2026年全市政府性基金预算支出表", "单位：万元", funds,
    )  # fmt: skip
    assert "G7" in proofs(found, "调出资金") and "G7" in proofs(found, "从政府性基金预算调入")
    assert failing(checks) == []


def test_the_size_of_a_bond_proves_itself_only_where_it_is_repeated() -> None:
    def listed(sizes: list[str]) -> list[Fact]:
        rows = [f"项目{chr(0x4E00 + at)}|一般债券|{size}|2026-03" for at, size in enumerate(sizes)]
        table = grid("项目名称|债券性质|债券规模|发行时间（年/月）", *rows)
        found, _ = examined("2026年地方政府债券使用情况表", "单位：亿元", table)
        return [fact for fact in found if "G6.bond" in fact.proofs]

    assert len(listed(["75.49"] * 14 + ["25.16"] * 10 + ["3.27"])) == 24
    assert listed(["75.49"] * 8) == []  # a short list says nothing
    assert listed([f"{at}.50" for at in range(1, 25)] + ["1.50"]) == []  # amounts of the projects


def test_insurance_revenue_less_expenditure_is_the_balance_of_the_year() -> None:
    found, _ = examined(
        "2026年市本级社会保险基金预算收支表",
        "单位：万元",
        grid(
            "项目|合计|失业保险基金",
            "一、收入|900|300",
            "其中：保险费收入|700|200",
            "二、支出|650|260",
            "三、本年收支结余|250|40",
            "四、年末滚存结余|1250|140",
        ),
    )
    assert "G8.balance" in proofs(found, "三、本年收支结余", "合计")
    assert "G8.balance" in proofs(found, "二、支出", "失业")
    assert "G8.balance" not in proofs(found, "四、年末滚存结余", "合计")


def test_an_item_of_one_level_only_is_the_same_in_the_whole() -> None:
    tables = [
        (title, grid("项目|决算数", *rows))
        for title, rows in (
            ("2025年全市一般公共预算支出决算表", ("知识产权事务|267", "国防支出|1019", "其他支出|3")),
            ("2025年市本级一般公共预算支出决算表", ("知识产权事务|267", "国防支出|1000", "其他支出|3")),
        )
    ]
    found, checks = examined(*(part for title, rows in tables for part in (title, "单位：万元", rows)))
    assert proofs(found, "知识产权事务") == ("G4",) and failing(checks) == []
    assert proofs(found, "国防支出") == () and proofs(found, "其他支出") == ()


def test_totals_of_two_sides_in_one_row_prove_each_other() -> None:
    found, _ = examined(
        "2026年市级国有资本经营预算收支草案",
        "单位：万元",
        grid(
            "收入项目|预算数|支出项目|预算数",
            "利润收入|29000|资本金注入|1225",
            "股利、股息收入||调出资金|28000",
            "收入合计|29826|支出合计|29826",
        ),
    )
    assert "G1" in proofs(found, "收入合计") and "G1" in proofs(found, "支出合计")


def test_a_single_part_is_the_total_where_the_others_are_blank() -> None:
    found, _ = examined(
        "2026年市级社会保险基金预算收入表",
        "单位：万元",
        grid(
            "项目|合计|失业保险基金|工伤保险基金",
            "转移收入|531||531",
            "利息收入|600|200|400",
        ),
    )
    assert "G6.column" in proofs(found, "转移收入", "合计")
