"""The first question of the cookbook against what real documents print: each yuan once in any layout.

`python -m tests.accuracy.cookbook` (two minutes), with the reference documents in `../shared`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from parsers.readers import read
from parsers.readers.limits import Limits
from parsers.tables import budget_tables
from parsers.values.errors import DocumentError
from parsers.values.results import BudgetTable, Fact
from parsers.values.text import fold
from tests.parsers.tables.test_facts import CORPUS, GRAND

COOKBOOK = Path(__file__).parents[2] / "docs" / "cookbook.md"
OWN = ("current", "total", "final")
COLUMNS = ("level", "is_total", "nature", "object", "period", "functional_code", "amount_yuan")
# Where the items do not add up to the total, and why.
KNOWN = {
    "bj-yiliaobaozhangju-na-budget-2eda08.pdf": "the published table lacks rows",
    "025-yantai_tuiyijunrenshiwuju-bmys26_423af5.html": "a section (20809) is printed without its items",
}
OTHERS = {
    "document_id": "",
    "region_code": None,
    "body_name": "",
    "fiscal_year": 2026,
    "document_kind": "",
    "status": "single",
}


def first_question() -> str:
    found = re.search(r"^## 1\. .*?^```sql\n(.*?)^```", COOKBOOK.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def answered(tables: Sequence[BudgetTable]) -> tuple[Decimal, Decimal | None]:
    """What the cookbook's first question answers for one document: what adds up, and the printed total."""
    facts = [
        {name: getattr(fact, name) for name in COLUMNS}
        | {"table_type": table.table_type, "table_id": table.table_no}
        | OTHERS
        for table in tables
        for fact in table.facts
    ]
    with duckdb.connect() as connection:
        connection.register("rows", pa.Table.from_pylist(facts))
        connection.execute("CREATE SCHEMA current; CREATE TABLE current.facts AS FROM rows")
        answer = connection.execute(f"SELECT added_up, printed_total FROM ({first_question()})").fetchone()
    return answer or (Decimal(0), None)


def printed(tables: Sequence[BudgetTable]) -> tuple[Decimal, Decimal] | None:
    """The 合计 of the general budget's table and how far rounding may take a sum of its rows; None where
    no table of it prints one."""
    for table in tables:
        whole = [fact for fact in table.facts if is_whole(fact)]
        totals = [fact for fact in whole if fact.is_total and fold(fact.row_label).rstrip(":") in GRAND]
        if table.table_type == "general_expenditure" and totals and totals[0].amount_yuan is not None:
            step = (table.unit_yuan or Decimal(1)) / 100
            return totals[0].amount_yuan, step / 2 * (sum(not fact.is_total for fact in whole) + 1)
    return None


def is_whole(fact: Fact) -> bool:
    return fact.nature == "all" and fact.object == "all" and fact.period in OWN


def tables_of(path: Path) -> tuple[BudgetTable, ...]:
    try:
        return budget_tables(read(path.read_bytes(), Limits(ocr=False)))
    except DocumentError:
        return ()  # pages and files without tables


def main(shared: Path) -> int:
    """Print of every document with a total whether the question gives it; 1 if an unknown one differs."""
    paths = [shared / "corpus" / "docs" / name for name in CORPUS]
    # The question is one about departments; governments' own budgets are read by other words.
    others = (path for path in (shared / "real").glob("*/*") if path.parent.name != "gov")
    paths += sorted(path for path in others if "-scan-" not in path.name)
    wrong = []
    for path in paths:
        tables = tables_of(path)
        if expected := printed(tables):
            added_up, total = answered(tables)
            agrees = total == expected[0] and abs((added_up or 0) - expected[0]) <= expected[1]
            said = "agrees" if agrees else f"{added_up} for {expected[0]}"
            print(path.name, said, KNOWN.get(path.name, ""))
            wrong += [] if agrees else [path.name]
    return int(not set(wrong) <= KNOWN.keys())


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[3] / "shared"))
