"""Lists of units within a department's budget (下设预算单位), in the forms they are printed."""

from __future__ import annotations

import pytest

from parsers.cover.subordinate_units import listed_units
from parsers.values.document import Grid
from parsers.values.results import Headline
from parsers.values.vocabulary import BodyLevel
from tests.parsers.builders import grid, reading

BUREAU = Headline(body_name="勉县教育局", body_level=BodyLevel.DEPARTMENT)


@pytest.mark.parametrize(
    "lines",
    [
        ["本部门内设5个股室。下设二级预算单位2个，分别是：勉县第一中学、勉县教学研究室。"],
        ["部门预算为汇总预算，下属单位具体包括：勉县第一中学、勉县教学研究室。"],
        [
            "纳入本部门2026年部门预算编制范围的预算单位共计3家，具体包括：勉县教育局（本级），"
            "勉县第一中学，勉县教学研究室。"
        ],
        [
            "纳入勉县教育局2026年部门预算编制范围的二级预算单位包括：",
            "1.勉县教育局",
            "2.勉县第一中学",
            "3.勉县教学研究室",
        ],
        [
            "纳入2026年部门预算编制范围的单位包括：",
            grid(
                "序号|单位名称|备注",
                "1|勉县教育局（本级）|",
                "2|勉县第一中学\\n（下属事业单位）|",
                "3|勉县教学\\n研究室|",
            ),
        ],
        [
            "二、部门预算单位构成",
            "列入预算编制范围的单位详细情况见下表：",
            grid("序号|单位名称", "1|勉县第一中学"),
            "- 3 -",
            grid("2|勉县教学研究室"),
        ],
    ],
)
def test_units_are_named_without_the_department_itself(lines: list[str | Grid]) -> None:
    assert listed_units(reading(*lines), BUREAU) == ("勉县第一中学", "勉县教学研究室")


@pytest.mark.parametrize(
    "lines",
    [
        ["本部门无下属预算单位，部门预算为本级预算。"],
        ["下设二级预算单位3个，分别是：勉县第一中学、勉县教学"],  # cut off: not as many as promised
        ["下属单位具体包括：负责全县教育督导、落实各项资助政策。"],
        ["二、收入总表", grid("单位名称|合计", "勉县第一中学|120.00")],
    ],
)
def test_what_is_no_whole_list_is_left_out(lines: list[str | Grid]) -> None:
    assert listed_units(reading(*lines), BUREAU) == ()


def test_names_in_brackets_are_one_name() -> None:
    text = "下属单位具体包括：勉县慈善服务中心（勉县救助站、勉县慈善医院）、勉县福利院。"
    assert listed_units(reading(text), BUREAU) == ("勉县慈善服务中心(勉县救助站、勉县慈善医院)", "勉县福利院")


def test_a_unit_has_no_units() -> None:
    text = "下设二级预算单位1个，分别是：勉县第一中学。"
    assert listed_units(reading(text), Headline(body_name="勉县教育局", body_level=BodyLevel.UNIT)) == ()
