"""Rates and shares: what is made to fit, what stands behind a list, and numbers that are none."""

from __future__ import annotations

import pytest

from parsers.prose.vocabulary import terms
from tests.parsers.prose.prose_reading import failures

_LIST = "其中：社会保障349.50万元，占30.54%；卫生745.38万元，占65.13%；住房49.64万元，占{}%。"
_PARTS = "收入110.00万元，其中：基本支出90.00万元、项目支出20.00万元，较上年增加10.00万元，增长{}%。"


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        # as printed the shares make 100 %: the last digit was made to fit, an observation
        (("支出1144.52万元。", _LIST.format("4.33")), [("I15-share", "info")]),
        (("支出1144.52万元。", _LIST.format("4.32")), [("I15-share", "error")]),
        # the rate of completion in a sentence of its own
        (("年初预算为8.88万元，支出决算为8.88万元。完成年初预算的100%。",), []),
        (("年初预算为0.88万元，支出决算为8.88万元。完成年初预算的100%。",), [("I15-completion", "error")]),
        # the rate behind a list is that of the whole, as the change is
        ((_PARTS.format("10"),), []),
        ((_PARTS.format("30"),), [("I15-percent", "error")]),
        # 36.06 % may be rounded to tens
        (("收入110.00万元，较上年增加29.15万元，增长40%。",), [("I15-percent", "warning")]),
        # the rate of another, in brackets behind the amount's own
        (("收入110.00万元，较上年增加10.00万元，增长10%，比平均水平（7.9%）增长快。",), []),
        # a change too small to be printed has a rate all the same
        (("公务接待费0.21万元，比上年减少0.00万元，下降0.9%。",), []),
        (("公务接待费9.21万元，比上年减少0.00万元，下降9%。",), [("I15-direction", "error")]),
        # a rate behind another comparison is of that one
        (
            (
                "“三公”经费全年预算数309.30万元，决算数249.29万元，"
                "比预算数减少60.01万元，较上年决算数下降25.3%，减少84.25万元。",
            ),
            [],
        ),
        # shares that several amounts have respectively
        (("支出90.00万元，其中：基本支出50.00万元、项目支出40.00万元，分别占支出的55.56%、44.44%。",), []),
        (("支出90.00万元，基本、项目支出分别为50.00万元、40.00万元，占支出的55.56%、44.44%。",), []),
        # of a plan and its outcome, the outcome is the part
        (
            (
                "“三公”经费预算9.00万元，支出决算5.00万元，其中：",
                "因公出国（境）费用预算0.00万元，决算0.00万元，公务接待费预算5.00万元，决算2.00万元，"
                "公务用车购置及运行维护费预算4.00万元，决算3.00万元。",
            ),
            [],
        ),
        # parts of another fund do not make up the whole
        (
            (
                "支出预算94.59万元，基本支出40.21万元（占42.51%），项目支出54.38万元（占57.49%）。",
                "一般公共预算支出68.08万元。其中：基本支出40.21万元，项目支出27.87万元。",
            ),
            [],
        ),
        # a list that adds up to what another share of it is of: 9.00 elsewhere would give 5.6%
        (("经费9.00万元。", "其中：甲支出0.50万元，占5%；乙支出9.50万元，占95%。"), []),
        (
            ("收入10.00万元。", "奖金9.00万元。", "其中：甲支出0.50万元，占5.6%；乙支出9.50万元，占95%。"),
            [("I15-share", "error")],
        ),
        # the other share is near one of an amount beside it, too: 123.61 of 5753.07 would be 2.1% as well
        (("其中：拨款收入5753.07万元，占97.9%；其他收入123.61万元，占2.1%。",), []),
        (
            ("其中：拨款收入5753.07万元，占99.9%；其他收入123.61万元，占2.1%。",),
            [("I15-share", "error")],
        ),
        # a digit in a long list, beside what rounding left; not in a list that may lack as little
        (("某站预算87.03万元，包括甲类21.00万元、乙类32.01万元、丙类38.01万元。",), [("I15-sum", "error")]),
        (("某站预算95.03万元，包括甲类21.00万元、乙类32.01万元、丙类38.01万元。",), []),
        # what is compared with may be named again: the parts are not its
        (
            (
                "2024年“三公”经费9.00万元，比2023年“三公”经费预算8.00万元增加1.00万元。其中：",
                "接待费9.00万元。",
            ),
            [],
        ),
        (
            ("2024年“三公”经费9.00万元，比2023年“三公”经费预算8.00万元增加3.00万元。",),
            [("I15-change", "warning")],
        ),
        # a number with two points is a misprint, and no amount
        (("人员经费1541.50.00万元，较上年增加493.27万元。",), []),
    ],
)
def test_what_a_rate_or_share_says(sentences: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert failures(*sentences) == expected


def test_lists_of_a_project_say_nothing_of_the_body() -> None:
    """Changes of a list of classes need not add up, and behind a list within a list no change is tested."""
    text = (
        "2.口岸管理业务400.00万元，主要包括：口岸管养工作380.00万元；莲塘项目上年结转6.67万元，用于莲塘口岸。"
        "较2025年年初预算增加56.96万元，增幅1.4%。"
    )
    assert not failures(text)


def test_the_name_of_a_class_or_of_a_part_is_not_the_whole() -> None:
    named = "城市基础设施配套费安排的支出", "财政拨款安排的支出", "国有资本经营预算支出"
    assert [terms().subject(name) for name in named] == [None, "支出总计", "国有资本经营"]
    assert terms().subject("预留给小型和微型企业的政府采购项目") is None
