"""The score of meaning separates wrong codes, paths, dimensions and subjects from right ones."""

from __future__ import annotations

import pytest

from tests.accuracy.meaning import Truth, meaning_of

FACT = {
    "table_type": "three_public", "row_label": "", "amount_yuan": "300.00",
    "column_path": "2024年预算数 / 公务接待费",
    "functional_code": "", "economic_code": "30217", "gov_economic_code": "", "flow": "expenditure",
    "fund": "general_budget", "nature": "all", "object": "all", "period": "total", "subject": "公务接待费",
}  # fmt: skip
CELL = {**FACT, "doc_id": "a", "column_path": "2024 年预算数 / 公务接待费"}
COLUMN = ("a", "three_public", "2024年预算数/公务接待费")


@pytest.mark.parametrize(
    "wrong",
    [
        {"period": "prior_year"},
        {"fund": ""},
        {"economic_code": ""},
        {"column_path": "合计"},
        {"subject": "会议费"},
    ],
)
def test_a_wrong_meaning_is_counted(wrong: dict[str, str]) -> None:
    truth = Truth({"a": [CELL]}, {COLUMN: FACT})
    assert meaning_of([FACT], [CELL], truth)["meaning"] == 1
    scored = meaning_of([FACT | wrong], [CELL], truth)
    assert (scored["meaning"], scored["compared"]) == (0, 1)
    assert [one[0][0] for one in scored["wrong_meanings"]] == list(wrong)
