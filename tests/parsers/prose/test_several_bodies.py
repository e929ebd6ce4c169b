"""Several bodies in one file: the text of one is not held against the tables of another."""

from __future__ import annotations

import pytest

from parsers.values.document import Grid
from tests.parsers.builders import grid
from tests.parsers.prose.prose_reading import read

TEXT = "2024年度支出预算9,000.00万元，其中：项目支出507.00万元。"


def tables(personnel: str, project: str) -> tuple[Grid | str, ...]:
    """The revenue and expenditure of one body, in 万元."""
    total = f"{float(personnel) + float(project):.2f}"
    return (
        "收入总表",
        "单位：万元",
        grid(
            "科目编码|科目名称|合计|一般公共预算",
            f"|合计|{total}|{total}",
            f"208|社会保障和就业支出|{total}|{total}",
        ),
        "支出总表",
        "单位：万元",
        grid(
            "科目编码|科目名称|合计|基本支出|项目支出",
            f"|合计|{total}|{personnel}|{project}",
            f"208|社会保障和就业支出|{total}|{personnel}|{project}",
        ),
    )


@pytest.mark.parametrize(
    ("bodies", "fails"),
    [
        ((("636.85", "507.67"),), True),
        (
            (("636.85", "507.67"), ("636.85", "507.67")),
            True,
        ),  # the same tables again, as many files have them
        ((("636.85", "507.67"), ("100.00", "20.00")), False),
    ],
)
def test_an_amount_is_compared_where_all_tables_are_of_one_body(
    bodies: tuple[tuple[str, str], ...], fails: bool
) -> None:
    blocks = [block for body in bodies for block in tables(*body)]
    checks = [check for check in read(*blocks, TEXT)[1] if check.rule == "I15"]
    assert checks and any(check.status == "fails" for check in checks) == fails
