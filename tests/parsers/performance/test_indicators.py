"""Forms of nine cities, typed off as they are printed, with the targets counted by hand."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from parsers.performance import indicators
from parsers.tables import budget_tables
from parsers.values.document import Cell, Grid
from parsers.values.results import Indicator
from tests.parsers.builders import grid, reading


def read(*blocks: Grid | str) -> tuple[Indicator, ...]:
    return indicators(budget_tables(reading(*blocks)))


FUZHOU = grid(
    "项目名称|警务辅助人员经费|<|<|<",
    "主管部门|福州市公安局|<|实施单位|福州市公安局治安管理支队",
    "专项资金情况（万元）|资金总额|<|44.47|<",
    "^|财政拨款|<|44.47|<",
    "年度目标|治安10人，工资3406元/人.|<|<|<",
    "绩效目标指标|一级指标|二级指标|三级指标|指标值",
    "^|成本指标|经济成本指标|总支出成本控制情况|≤44.47万元",
    "^|产出指标|数量指标|聘用人员数量|≤10人",
    "^|^|质量指标|资金结算准确率|≥90%",
    "^|满意度指标|服务对象满意度指标|诉求件数|≤10件",
    "备注||||",
)


def test_form_with_head_and_merged_levels() -> None:
    found = read("警务辅助人员经费项目绩效目标表", FUZHOU)
    assert [(i.level1, i.level2, i.target) for i in found] == [
        ("成本指标", "经济成本指标", "≤44.47万元"),
        ("产出指标", "数量指标", "≤10人"),
        ("产出指标", "质量指标", "≥90%"),
        ("满意度指标", "服务对象满意度指标", "≤10件"),
    ]
    assert {(i.project_name, i.project_amount) for i in found} == {("警务辅助人员经费", Decimal("444700.00"))}


def test_second_form_of_the_same_width_starts_anew() -> None:
    other = grid(
        "项目名称|乙项目|<|<|<",
        "专项资金情况（元）|资金总额|<|100.00|<",
        "绩效目标指标|一级指标|二级指标|三级指标|指标值",
        "^|效益指标|社会效益指标|知晓率|≥80%",
    )
    found = read("项目绩效目标表", FUZHOU, "项目绩效目标表", other)
    assert len(found) == 5
    assert (found[4].project_name, found[4].project_amount) == ("乙项目", Decimal("100.00"))


BEIJING_HEAD = "项目名称|项目总额|绩效目标|一级指标|二级指标|三级指标|指标性质|本年绩效指标值|绩效度量单位"


def test_projects_in_row_blocks_with_sign_value_and_measure() -> None:
    found = read(
        "项目支出绩效目标表 单位：万元",
        grid(
            BEIJING_HEAD,
            "11000022T000000455794-评审工作经费|839.000000|完成评审|产出指标|质量指标|合格率|≥|98|%",
            "|||效益指标|社会效益指标|提高效益|定性|优|",
            "11000022T000000456408-决算服务|67.700000|完成决算|成本指标|经济成本指标|单价|≤|800|元/天",
        ),
    )
    assert [(i.project_code, i.project_name, i.target) for i in found] == [
        ("11000022T000000455794", "评审工作经费", "≥98%"),
        ("11000022T000000455794", "评审工作经费", "优"),
        ("11000022T000000456408", "决算服务", "≤800元/天"),
    ]
    assert found[2].project_amount == Decimal("677000.00")


def test_name_printed_below_the_first_rows_of_its_block() -> None:
    """A merged name cell cut by a page break is printed on the second page."""
    found = read(
        "项目支出绩效目标表 单位：万元",
        grid(
            BEIJING_HEAD,
            "甲|1.00|目标甲|产出指标|质量指标|合格率|≥|98|%",
            "||目标乙|产出指标|数量指标|份数|＝|1|份",
            page=1,
            edges=tuple(range(10)),
        ),
        grid("乙|2.00|下半|产出指标|时效指标|期限|≤|12|月", page=2, edges=tuple(range(10))),
    )
    assert [(i.project_name, i.page) for i in found] == [("甲", 1), ("乙", 1), ("乙", 2)]


def test_continuation_that_lost_a_blank_column() -> None:
    found = read(
        "项目支出绩效目标表 单位：万元",
        grid(BEIJING_HEAD, "甲|1.00|目标甲|产出指标|质量指标|合格率|≥|98|%", page=1),
        "其他说明",
        grid("|目标乙|产出指标|数量指标|份数|＝|1|份", "|x|产出指标|时效指标|期限|≤|12|月", page=2),
    )
    assert [(i.level3, i.target) for i in found] == [("合格率", "≥98%"), ("份数", "＝1份"), ("期限", "≤12月")]


def test_first_level_in_the_heading_above_the_columns() -> None:
    found = read(
        "预算项目绩效目标表 单位：万元",
        grid(
            "单位编码（项目编码）|项目单位（项目名称）|项目金额（万元）|绩效目标|<|<|<",
            "^|^|资金总额|产出指标|<|效益指标|<",
            "^|^|^|三级指标|指标值|三级指标|指标值",
            "507001|许昌市医疗保障局|50.00||||",
            "411000230000000311|能力提升|50.00|验收合格率|≥90%|知晓率|≥85%",
            "|||正常运行率|≥99%||",
        ),
    )
    assert [(i.project_name, i.project_code, i.level1, i.level3) for i in found] == [
        ("能力提升", "411000230000000311", "产出指标", "验收合格率"),
        ("能力提升", "411000230000000311", "效益指标", "知晓率"),
        ("能力提升", "411000230000000311", "产出指标", "正常运行率"),
    ]


def test_periods_side_by_side_state_one_promise_once() -> None:
    found = read(
        "项目支出绩效目标申报表",
        grid(
            "项目名称|居民医保配套|<|<|<|<|<",
            "项目资金 (元)|实施期资金总额:|30,208,000|<|年度资金总额:|20,000|<",
            "绩效指标|一级指标|二级指标|三级指标|指标值|三级指标|指标值",
            "^|产出指标|数量指标|参保人数|≥25万人|参保人数|≥25万人",
            "^|^|质量指标|统筹率|100%|统筹率|90%",
            "^|效益指标|经济效益指标||||",
        ),
    )
    assert [(i.level2, i.target) for i in found] == [
        ("数量指标", "≥25万人"), ("质量指标", "100%"), ("质量指标", "90%"),
    ]  # fmt: skip
    assert {i.project_amount for i in found} == {Decimal("20000.00")}  # the year's money, not the period's


def test_blank_template_gives_nothing() -> None:
    assert not read(
        "专项资金绩效目标表",
        grid(
            "项目名称|<|",
            "绩效指标|一级指标|二级指标|指标内容|指标值",
            "^|产出指标|数量指标|指标1:|",
            "^|^|^|指标2:|",
        ),
    )


def test_weights_and_forms_without_first_levels() -> None:
    found = read(
        "部门整体绩效目标表",
        grid("绩效指标|指标名称|指标性质|指标值|计量单位|指标权重(%)", "^|可用率|≥|99.5|%|5"),
    )
    assert [(i.level3, i.target, i.weight) for i in found] == [("可用率", "≥99.5%", Decimal(5))]


def test_lists_of_projects_with_a_goal_and_nothing_else() -> None:
    found = read(
        "项目支出绩效目标表 单位：万元",
        grid("单位名称|项目名称|预算数（万元）|绩效目标", "甲局|监督管理|6.10|完成监督", "|合计|6.10|"),
    )
    assert [(i.project_name, i.project_amount, i.level1, i.target) for i in found] == [
        ("监督管理", Decimal("61000.00"), None, "完成监督")
    ]


def test_columns_come_back_where_the_width_does() -> None:
    """A page that lost its project columns between two that have them: its project is not known."""
    found = read(
        "项目支出绩效目标表 单位：万元",
        grid(BEIJING_HEAD, "甲|1.00|目标甲|产出指标|质量指标|合格率|≥|98|%", page=1),
        "其他说明",
        grid("产出指标|数量指标|份数|＝|1|份", "产出指标|时效指标|期限|≤|12|月", page=2),
        "其他说明",
        grid("乙|2.00|目标乙|产出指标|质量指标|合格率|≥|97|%", page=3),
    )
    assert [(i.project_name, i.level3) for i in found] == [
        ("甲", "合格率"), (None, "份数"), (None, "期限"), ("乙", "合格率"),
    ]  # fmt: skip


def test_projects_whose_names_are_left_blank_keep_their_amounts() -> None:
    found = read(
        "项目支出绩效目标表 单位：万元",
        grid(
            BEIJING_HEAD,
            "|65.57|目标甲|产出指标|质量指标|合格率|≥|98|%",
            "|||产出指标|数量指标|份数|＝|1|份",
            "|29.74|目标乙|产出指标|时效指标|期限|≤|12|月",
        ),
    )
    assert [str(i.project_amount) for i in found] == ["655700.00", "655700.00", "297400.00"]


# Targets of the corpus forms, counted by hand in the published documents (table index → targets).
COUNTED = {
    "mianxian-2024": {10: 15, 11: 8, 12: 14, 13: 0},
    "shizhong-2024": {13: 7, 14: 7, 15: 7},
    "xuchang-2023": {9: 37, 10: 22},
    "yanbian-2024": {12: 5, 13: 7, 14: 11},
    "jishan-2023": {14: 6, 15: 5},
}


@pytest.mark.parametrize("name", sorted(COUNTED))
def test_corpus_forms_by_hand_count(shared: Path, name: str) -> None:
    truth = json.loads((shared / "corpus" / "truth" / f"{name}.json").read_text(encoding="utf-8"))
    forms = {s["index"]: s for s in truth["sections"] if s["kind"] == "table"}
    counts = {}
    for index in COUNTED[name]:
        form = forms[index]
        counts[index] = len(read(form["title"], *form["caption"], _grid(form)))
    assert counts == COUNTED[name]


def _grid(form: dict[str, object]) -> Grid:
    """The form's grid with its merges; a table with a header of its own puts the header above."""
    cells: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    header: list[list[dict[str, object]]] = form["header"]  # type: ignore[assignment]
    for r, row in enumerate(header):
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            rows, cols = int(str(cell["rowspan"])), int(str(cell["colspan"]))
            cells.append(Cell(r, c, str(cell["text"]), rows, cols))
            taken |= {(r + i, c + j) for i in range(rows) for j in range(cols)}
    body: list[list[str]] = form["body"]  # type: ignore[assignment]
    spans = {(m[0], m[1]): (m[2], m[3]) for m in form["body_merges"]}  # type: ignore[attr-defined]
    covered = {
        (r + i, c + j) for (r, c), (h, w) in spans.items() for i in range(h) for j in range(w) if i or j
    }
    for r, texts in enumerate(body):
        for c, text in enumerate(texts):
            if (r, c) not in covered:
                cells.append(Cell(len(header) + r, c, text, *spans.get((r, c), (1, 1))))
    cells.sort(key=lambda cell: (cell.row, cell.col))
    return Grid(tuple(cells), len(header) + len(body), max(map(len, body)))


def test_a_form_below_one_that_begins_with_a_number_keeps_its_head() -> None:
    """A code of digits alone makes the first form all rows and no header; the next has one, of its own."""

    def form(code: str, name: str, cost: str) -> tuple[str, ...]:
        head = (f"项目编码|{code}|项目名称|{name}", "一级指标|二级指标|三级指标|指标值")
        return (*head, f"成本指标|经济成本指标|补助金额|{cost}", "产出指标|数量指标|人数|90人")

    first = grid(*form("370402241809040600014", "医疗救助资金", "18万元"), page=1)
    second = grid(*form("37040224181204060001U", "财政代缴资金", "70万元"), page=2)
    found = read("项目绩效目标表", first, second)
    assert [(i.project_name, i.target) for i in found if i.level1 == "成本指标"] == [
        ("医疗救助资金", "18万元"),
        ("财政代缴资金", "70万元"),
    ]
