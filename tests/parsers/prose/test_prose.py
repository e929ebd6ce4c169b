"""Figures of the text: what they are about, how they changed, and what they contradict."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parsers.prose import publishes_budget
from parsers.prose.paragraph import paragraphs
from parsers.values.document import Box, TextBlock
from tests.parsers.builders import grid
from tests.parsers.prose.prose_reading import failures, read


def test_amount_change_percent_and_reason() -> None:
    (statement,), _ = read(
        "2024年机关运行经费预算79.86万元，比2023年预算增加3.24万元，增长4.23%，主要原因：人员的增加。"
    )
    assert statement.subject == "机关运行经费"
    assert (statement.amount_yuan, statement.change_yuan) == (Decimal("798600.00"), Decimal("32400.00"))
    assert (statement.change_percent, statement.direction) == (Decimal("4.23"), "increase")
    assert statement.reason == "人员的增加"


def test_decreases_are_negative_and_no_change_is_zero() -> None:
    found, _ = read("公务接待费0.29万元，与2022年相比，减少0.01万元，下降3.3%。会议费1万元，与上年持平。")
    assert [(s.change_yuan, s.change_percent, s.direction) for s in found] == [
        (Decimal("-100.00"), Decimal("-3.3"), "decrease"),
        (Decimal("0.00"), None, "unchanged"),
    ]


def test_a_change_behind_listed_parts_belongs_to_the_whole() -> None:
    found, _ = read("收入780.19万元，其中一般公共预算拨款780.19万元、政府性基金0万元，较上年增加580.60万元。")
    assert [(s.subject, s.change_yuan) for s in found] == [
        ("收入总计", Decimal("5806000.00")), ("一般公共预算", None), ("政府性基金", None),
    ]  # fmt: skip


YEAR_BEFORE_AND_BUDGET = [
    ("公务接待费4.00万元，同比减少1.00万元，下降20%。", [("公务接待费", 4, -1, -20)]),
    ("公务接待费4.00万元，按同口径比2023年下降20%。", [("公务接待费", 4, None, -20)]),
    (  # what is compared with stands before the change
        "“三公”经费30.00万元，较2023年的40.00万元减少10.00万元，下降25%。",
        [("三公经费", 30, -10, -25), ("三公经费上年数", 40, None, None)],
    ),
    (  # against the budget, and against the year before
        "“三公”经费支出9.00万元，较年初预算数减少1.00万元，下降10%，较上年支出数增加1.00万元，增长12.5%。",
        [("三公经费", 9, None, None), ("三公经费（比预算）", None, -1, -10), ("三公经费", None, 1, 12.5)],
    ),
    ("基本支出较上年增17.00万元，增幅5%。", [("基本支出", None, 17, 5)]),
    ("项目支出较上年（减少）6.00万元，减幅23%。", [("项目支出", None, -6, -23)]),
    ("培训费较上年增加（减少）6.00万元。", []),  # a template left undecided
    ("公务接待费决算数合计为4.50万，比上年增加1.00万。", [("公务接待费", 4.5, 1, None)]),
    ("全镇总人口4.50万，公务接待费3元。", [("公务接待费", 0.0003, None, None)]),
    (
        "公务接待费与因公出国（境）费分别为3.00万元和2.00万元。",
        [("公务接待费", 3, None, None), ("因公出国（境）费", 2, None, None)],
    ),
    (
        "“三公”经费6.00万元：其中公务接待费6.00万元，与上年相比，接待费下降9%。",
        [("三公经费", 6, None, None), ("公务接待费", 6, None, -9)],
    ),
    (  # behind the list a change is the whole's
        "“三公”经费8.00万元。其中：公务接待费2.00万元，公务用车运行维护费6.00万元。比上年减少2.00万元。",
        [("三公经费", 8, -2, None), ("公务接待费", 2, None, None), ("公务用车运行维护费", 6, None, None)],
    ),
    (
        "某镇人民政府2024年度一般公共预算财政拨款“三公”经费支出预算为8.00万元，支出决算为6.00万元。",
        [("三公经费", 8, None, None), ("三公经费", 6, None, None)],
    ),
    ("基本支出2024年预算90.00万元。", [("基本支出", 90, None, None)]),
    (  # the clause before names what changed
        "公务接待费支出决算比预算无增减变化，比去年增加0.50万元，增长50%。",
        [("公务接待费", None, 0.5, 50)],
    ),
    (
        "一般公共预算收入由30.00万元调整为40.00万元，调增10.00万元。",
        [("一般公共预算收入调整前", 30, None, None), ("一般公共预算", 40, 10, None)],
    ),
    ("与2023年相比，分别减少1.00万元、2.00万元。", []),  # nothing here says of what
    ("全县“三公”经费支出90.00万元，比上年减少10.00万元。", [("全县三公经费支出", 90, -10, None)]),
    (  # the same item a year before, and a change of the first
        "公务接待费2024年预算8.00万元，2023年预算12.50万元，对比减少4.50万元，减少率36%。",
        [("公务接待费", 8, -4.5, -36), ("公务接待费上年数", 12.5, None, None)],
    ),
    (
        "某局2024年安排的因公出国（境）费、公务接待费（简称“三公”经费）支出合计9.00万元。",
        [("三公经费", 9, None, None)],
    ),
    ("教育支出类科目9.00元，同比无变化。", [("教育支出", 0.0009, 0, None)]),
    ("法定债务限额90.00亿元。", [("法定债务限额", 900000, None, None)]),
    ("3.公务接待费支出情况。2024年接待9批次，支出2.00万元。", [("公务接待费", 2, None, None)]),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), YEAR_BEFORE_AND_BUDGET)
def test_what_figures_and_their_changes_are_about(
    sentence: str, expected: list[tuple[str, float | None, float | None, float | None]]
) -> None:
    found, _ = read(sentence)
    unit = Decimal(10_000)
    assert [
        (
            s.subject,
            None if s.amount_yuan is None else float(s.amount_yuan / unit),
            None if s.change_yuan is None else float(s.change_yuan / unit),
            None if s.change_percent is None else float(s.change_percent),
        )
        for s in found
    ] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("公务接待费4.00万元，比上年减少1.00万元。主要原因是：压减接待。", ["压减接待"]),
        ("公务接待费4.00万元，比上年减少1.00万元，由于压减接待所致。", ["压减接待所致"]),
        ("基本支出较上年增17.00万元。主要变动原因如下：", [None]),
        (  # the word in front of the reason says which change it explains
            "会议费增加2.00万元，培训费减少1.00万元，增加的原因是新增会议。",
            ["新增会议", None],
        ),
        (  # of changes both ways, behind their whole, the reason may be the whole's
            "支出较去年增加2.00万元，其中：基本支出增加3.00万元，项目支出减少1.00万元，主要是新增会议。",
            [None, None, None],
        ),
        # a budget and its outcome, which are not a list: the change is the outcome's
        (
            "会议费预算4.00万元，支出决算3.00万元。支出决算比上年增加1.00万元，原因是压减会议。",
            [None, "压减会议"],
        ),
    ],
)
def test_reasons_of_sentences_of_their_own_and_of_the_change_they_name(
    text: str, expected: list[str | None]
) -> None:
    assert [statement.reason for statement in read(text)[0]] == expected


def test_the_heading_names_what_the_sentence_leaves_open() -> None:
    found, _ = read("（二）公务接待费", "2024年预算安排2.00万元，与上年持平。")
    assert [(s.subject, s.amount_yuan) for s in found] == [("公务接待费", Decimal("20000.00"))]


def test_thresholds_and_glossaries_are_no_figures() -> None:
    assert not read("单位价值100万元（含）以上设备0台。", "第四部分 名词解释", "一、基本支出：指5万元。")[0]


def test_a_text_tells_a_budget_by_several_amounts_of_what_budgets_are_made_of() -> None:
    three = "“三公”经费6.00万元，其中：公务接待费2.00万元，公务用车运行维护费4.00万元。"
    assert publishes_budget(read(three)[0])
    assert not publishes_budget(read("“三公”经费6.00万元。修桥2.00万元，修路4.00万元，种树3.00万元。")[0])


def test_lines_of_a_page_are_joined_and_headings_cut() -> None:
    def line(text: str, y: float, right: float) -> TextBlock:
        return TextBlock(text, page=1, box=Box(90, y, right, y + 12), size=12)

    found = paragraphs(
        (
            line("一、收入预算情况说明", 100, 230),
            line("本部门二〇二四年收入预算二千七百九十六万元，比上年增加129.", 120, 500),
            line("07万元，增长4.84%。", 140, 250),
            line("二、支出预算情况说明", 160, 230),
        )
    )
    assert [(p.text[-22:], p.headings) for p in found] == [
        ("比上年增加129.07万元，增长4.84%。", ("一、收入预算情况说明",))
    ]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("“三公”经费1.30万元，较上年减少0.30万元（30%）。", [("I15-percent", "error")]),
        ("“三公”经费1.30万元，较上年减少0.30万元，下降18.75%。", []),
        ("机关运行经费35.70万元，比上年增加20.62万元，增加136%。", []),  # 136.7 %, cut off
        ("机关运行经费1000.00万元，比上年增加100.00万元，增长11.12%。", [("I15-percent", "warning")]),
        ("公务接待费3.00万元，比上年增加0.50万元，下降20%。", [("I15-direction", "error")]),
        ("公务接待费2.00万元，比上年增加5.00万元。", [("I15-direction", "error")]),
        ("公务接待费2.00万元，与上年持平，增长5%。", [("I15-direction", "error")]),
        ("公务接待费2.00万元，比上年增加0万元，增长0%。", []),
        ("公务接待费0.15万元，比上年增加0.15万元，原因是精简三公经费。", [("I15-reason", "warning")]),
        ("公务接待费0.15万元，比上年减少0.15万元，原因是精简三公经费。", []),
        ("委托业务费1.00万元，比上年减少0.15万元，主要原因是项目已完成，本年无新增项目。", []),
        ("委托业务费1.00万元，比上年减少0.15万元，主要原因是新增项目。", [("I15-reason", "warning")]),
        ("委托业务费1.00万元，比上年减少0.15万元，主要原因一是新增项目；二是压减支出。", []),
        # a reason that weighs one thing against another, or reports a move between codes or years
        ("车辆费用2万元，比上年减少0.15万元，主要原因是无购置需求及增加运行费预算。", []),
        ("公务用车购置费1.00万元，比上年减少0.15万元，主要原因是新增1辆，但与上年的车型不同。", []),
        ("公务用车运行维护费1.00万元，比上年减少0.15万元，主要原因是新能源车占比提高，低于燃油车。", []),
        (
            "购房补贴1.00万元，比上年减少0.15万元，主要原因是提租补贴调入住房改革支出（款）提租补贴（项）。",
            [],
        ),
        ("培训费1.00万元，比上年减少0.15万元，主要原因是未安排新增预算。", []),
        ("委托业务费1.00万元，比上年增加0.15万元，主要原因是水库竣工验收委托监测。", []),
        ("委托业务费1.00万元，比上年增加0.15万元，主要原因是水库竣工。", [("I15-reason", "warning")]),
        (
            "政府采购8.00万元，其中：货物预算3.00万元、工程预算0万元、服务预算4.00万元。",
            [("I15-sum", "error")],
        ),
        ("政府采购7.00万元，其中：货物预算3.00万元、工程预算0万元、服务预算4.00万元。", []),
        (
            "政府采购7.00万元：拟采购货物3.00万元、拟采购工程0万元、拟采购服务5.00万元。",
            [("I15-sum", "error")],
        ),
        # a list of unknown completeness: wrong only where one digit would make the sum come true
        ("支出2345.00万元，其中：甲事业1234.00万元、乙事业1121.00万元。", [("I15-sum", "error")]),
        ("支出2345.00万元，其中：甲事业1234.00万元、乙事业605.00万元。", []),
        ("收入增加9.00万元，其中：甲收入增加10.00万元，乙收入减少1.00万元。", []),
        (
            "收入增加1119.00万元，其中：甲收入增加1210.00万元，乙收入增加100.00万元。",
            [],
        ),
        (
            "收入增加1110.00万元，主要是基本支出增加1210.00万元，项目支出增加100.00万元。",
            [("I15-change-sum", "warning")],
        ),
        # what the parts leave is not one more part
        (
            "收入增加1110.00万元，主要是基本支出增加1210.00万元，项目支出减少100.00万元，"
            "增减相抵后增加1110.00万元。",
            [],
        ),
        (
            "收入增加1110.00万元，主要是基本支出增加1210.00万元，项目支出增加100.00万元，"
            "增减相抵后增加1110.00万元。",
            [("I15-change-sum", "warning")],
        ),
        (
            "收入增加1110.00万元，其中：甲收入增加1210.00万元，乙收入减少100.00万元，"
            "增减相抵后净增加1110.00万元。",
            [],
        ),
        ("收入总计110.00万元，支出总计110.00万元，与上年相比，收入增加10.00万元，增长10%。", []),
        (
            "收入总计110.00万元，支出总计110.00万元，与上年相比，收入增加10.00万元，增长12%。",
            [("I15-percent", "error")],
        ),
        ("2023年执行数为50.00万元，2024年预算60.00万元，比2023年执行数增加20%。", []),
        (
            "2023年执行数为50.00万元，2024年预算60.00万元，比2023年执行数增加25%。",
            [("I15-percent", "error")],
        ),
        ("年初预算为50.00万元，支出决算为40.00万元，完成年初预算的80%。", []),
        ("年初预算为50.00万元，支出决算为40.00万元，完成年初预算的85%。", [("I15-completion", "error")]),
        ("培训费3.00万元，比2024年预算增加1.00万元。", [("I15-year", "warning")]),
        # of the budget, not of the whole before it; and no budget but another amount stands before
        ("收入完成100.00万元，占预算的98%，其中税收收入60.00万元，占调整预算的101.6%。", []),
        ("收入完成43.00万元，占年初预算100.00万元的43%。", []),
        ("收入完成43.00万元，占年初预算100.00万元的53%。", [("I15-completion", "error")]),
        ("“三公”经费30.00万元，较2023年的40.00万元减少10.00万元。", []),
        ("“三公”经费30.00万元，较2023年的40.00万元减少20.00万元。", [("I15-change", "warning")]),
        # shares of two items together, and of a whole the text names without an amount
        ("其他收入90.00万元，经营收入9.00万元、上缴收入1.00万元，两项合计占10%。", []),
        ("基本支出84.00万元，占一般公共预算支出的84%；人员经费42.00万元，占基本支出的50%。", []),
        # a list that names more than the parts by definition
        (
            "“三公”经费10.00万元，其中：因公出国（境）费1.00万元、公务接待费2.00万元、"
            "公务用车购置及运行费3.00万元、会议费4.00万元。",
            [],
        ),
    ],
)
def test_what_a_text_proves_about_itself(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert failures(sentence) == expected


def test_a_rate_on_another_years_amount_of_the_same_is_no_failure() -> None:
    """The budget of 2024 is compared with the accounts of 2023, both printed; the change speaks of either."""
    amounts = ("公务接待费11.80万元。", "2023年公务接待费12.39万元。")
    assert not failures(*amounts, "公务接待费较上年同期减少0.58万元，减少4.68%。")
    assert failures(*amounts, "公务接待费较上年同期减少0.58万元，减少8.68%。") == [("I15-percent", "error")]


def test_changes_against_the_budget_are_not_those_of_two_years() -> None:
    table = grid("项目|2023年预算数|2024年预算数", "合计|3.00|2.00", "公务接待费|3.00|2.00")
    tables = ("“三公”经费支出表", "单位：万元", table)
    assert failures(*tables, "公务接待费2.00万元，比上年减少2.00万元。") == [("I15-change", "warning")]
    assert not failures(*tables, "公务接待费2.00万元，比年初预算减少2.00万元。")


def test_shares_that_make_up_the_whole_recompute_from_their_sum() -> None:
    text = "甲支出349.50万元，占30.54%；乙支出745.38万元，占65.13%；丙支出49.64万元，占4.33%。"
    assert failures(text) == [("I15-share", "info")]  # 4.34%, cut to make 100%
    wrong = text.replace("30.54", "31.54").replace("4.33", "3.33")
    assert failures(wrong) == [("I15-share", "error")] * 2  # the share between them shows the whole
    assert not failures(wrong.replace("65.13", "66.13"))  # none agrees: nothing says what they are of
    assert not failures(text.replace("4.33", "4.34"))


def test_changes_of_listed_classes_need_not_add_up() -> None:
    """A class of last year that this year has none of is in the change of the whole, and is not listed."""
    parts = (
        "（1）事业运行（2101550）100.00万元，较上年减少20.00万元。",
        "（2）行政运行（2101501）50.00万元，较上年增加{}万元。",
    )
    whole = "本单位一般公共预算支出150.00万元，较上年减少10.00万元，其中："
    assert not failures(whole, parts[0], parts[1].format("10.00"))
    assert not failures(whole, parts[0], parts[1].format("15.00"))
