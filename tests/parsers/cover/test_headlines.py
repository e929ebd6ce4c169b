from __future__ import annotations

from dataclasses import replace

import pytest

from parsers.cover.headlines import headline, region_of_body
from parsers.tables import budget_tables
from parsers.values.results import Hints
from tests.parsers.builders import grid, reading

TABLE = grid("科目编码|科目名称|合计", "221|住房保障支出|4.00")


@pytest.mark.parametrize(
    ("cover", "body", "level", "year", "kind"),
    [
        ("2026年勉县水利局部门预算", "勉县水利局", "department", 2026, "budget"),
        ("2026 年度/福州市公安局治安/支队/单位预算", "福州市公安局治安支队", "unit", 2026, "budget"),
        ("西安市卫生健康委（汇总）/2022年度部门决算", "西安市卫生健康委", "department", 2022, "accounts"),
        ("2026年深圳市水务局（本级）部门预算", "深圳市水务局", "unit", 2026, "budget"),
        ("普陀区2026年区级部门预算/预算主管部门：普陀区司法局", "普陀区司法局", "department", 2026, "budget"),
        ("上海市2026年市级单位预算/预算单位：上海市审计局", "上海市审计局", "unit", 2026, "budget"),
    ],
)
def test_a_cover_says_who_when_what(cover: str, body: str, level: str, year: int, kind: str) -> None:
    head = headline(reading(*cover.split("/"), "目  录", TABLE), (), Hints())
    assert (head.body_name, head.body_level) == (body, level)
    assert (head.fiscal_year, head.document_kind) == (year, kind)
    assert set(head.sources.values()) == {"document"}


@pytest.mark.parametrize(
    ("title", "body", "year", "kind"),
    [
        # 一般公共预算 is a fund, not the kind of the document
        ("某县林业局2024年度一般公共预算财政拨款“三公”经费支出决算情况说明", "某县林业局", 2024, "accounts"),
        ("关于某县林业局2025年财政拨款“三公”经费预算情况的说明", "某县林业局", 2025, "budget"),
        ("奉贤区南桥镇人民政府2024年决算公开", "奉贤区南桥镇人民政府", 2024, "accounts"),
        ("2024年度政府采购决算公开情况说明", None, 2024, "accounts"),
        ("2024年县本级“三公”经费决算", None, 2024, "accounts"),
        ("2025年一般公共预算支出表", None, 2025, "budget"),
        # a report on last year's execution announces this year's draft
        ("关于某市2024年预算执行情况和2025年预算草案的报告", None, 2025, "budget"),
        ("关于某县2024年财政决算和2025年上半年预算执行情况的报告", None, 2024, "accounts"),
        ("关于某县2025年县本级预算调整方案的报告", None, 2025, "adjustment"),
    ],
)
def test_an_article_says_who_when_what(title: str, body: str | None, year: int, kind: str) -> None:
    head = headline(reading(TABLE), (), Hints(article_title=title))
    assert (head.fiscal_year, head.document_kind) == (year, kind)
    assert head.body_name == body


def test_the_title_of_a_page_that_reads_like_that_of_a_table() -> None:
    made = replace(
        reading("2025年“三公”经费预算表", TABLE),
        media_type="text/html",
        title="某县林业局2025年“三公”经费预算情况",
    )
    assert headline(made, (), Hints()).body_name == "某县林业局"


def test_without_a_cover_captions_and_table_titles_speak() -> None:
    made = reading("2023年支出预算表", "部门名称：稷山县水利局\t单位：万元", TABLE)
    head = headline(made, budget_tables(made), Hints(fiscal_year=2020, file_name="2019年某局单位决算.pdf"))
    assert (head.body_name, head.fiscal_year, head.document_kind) == ("稷山县水利局", 2023, "budget")
    assert (head.body_level, head.region_code) == ("department", "140824")


def test_a_sheet_with_one_text_a_row_is_a_cover() -> None:
    text = grid("某县林业局2024年部门预算", "目录", "一、收支情况")
    assert headline(reading(text, TABLE), (), Hints()).fiscal_year == 2024
    assert headline(reading(TABLE, text), (), Hints()).fiscal_year is None


def test_a_level_is_not_a_body() -> None:
    assert headline(reading("某市某区2026年区级部门预算", "目录", TABLE), (), Hints()).body_name is None


def test_a_form_names_the_department_beside_its_caption() -> None:
    form = grid("部门名称|<|某市统计局|<|<", "总体资金|<|9.00|5.00|4.00")
    bodies = grid("单位名称|合计|项目", "某市统计局|1.00|2.00")  # a column's header is not a caption
    head = headline(reading("收支总表", TABLE, bodies, "部门整体支出绩效目标表", form), (), Hints())
    assert (head.body_name, head.body_level) == ("某市统计局", "department")
    assert headline(reading("收支总表", TABLE, bodies), (), Hints()).body_name is None


def test_a_word_for_departments_ends_no_name() -> None:
    head = headline(reading("某市教育委员会部门2026年度部门预算信息公开", "目  录", TABLE), (), Hints())
    assert head.body_name == "某市教育委员会"


def test_bodies_named_in_passing_own_no_document() -> None:
    lines = ("责任内容", "单位：市公安局、市交通运输局", "主管部门：省卫生健康委）")
    assert headline(reading(*lines, TABLE), (), Hints()).body_name is None


def test_a_code_is_no_year() -> None:
    made = reading("支出总表", grid("科目编码|类款项如20402|2024年预算数", "204|公共安全支出|4.00"))
    assert headline(made, budget_tables(made), Hints()).fiscal_year == 2024


def test_what_the_document_leaves_out_comes_from_article_then_file_then_site() -> None:
    made = reading("支出表", TABLE)
    title = "勉县水利局2025年部门预算公开"
    hints = Hints(file_name="2024年某局部门决算.pdf", article_title=title, region_code="610700")
    head = headline(made, budget_tables(made), hints)
    assert (head.body_name, head.fiscal_year, head.document_kind) == ("勉县水利局", 2025, "budget")
    assert head.sources["fiscal_year"] == "article"
    assert head.region_code == "610725"


def test_nothing_known_is_none() -> None:
    head = headline(reading(TABLE), (), Hints())
    assert (head.body_name, head.fiscal_year) == (None, None)
    assert (head.document_kind, head.region_code) == (None, None)
    assert head.sources == {}


@pytest.mark.parametrize(
    ("name", "within", "code"),
    [
        ("枣庄市市中区医疗保障局", None, "370402"),
        ("延边朝鲜族自治州医疗保障局", None, "222400"),
        ("中共重庆市委宣传部", None, "500000"),
        ("市中区水利局", None, None),
        ("市中区水利局", "370400", "370402"),
        ("水利局", None, None),
    ],
)
def test_the_region_a_name_begins_with(name: str, within: str | None, code: str | None) -> None:
    assert region_of_body(name, within) == code


def test_headings_of_parts_say_year_and_kind_where_the_cover_is_a_picture() -> None:
    parts = ("第一部分 2026 年度部门预算情况说明", "一、部门情况说明", "第二部分 2026 年度部门预算报表")
    found = headline(reading("目录", *parts), [], Hints())
    assert (found.fiscal_year, found.document_kind, found.body_name) == (2026, "budget", None)
    assert found.sources["fiscal_year"] == "document"
    mixed = headline(reading("目录", *parts, "第三部分 2025年度部门决算"), [], Hints())
    assert (mixed.fiscal_year, mixed.document_kind) == (None, None)
