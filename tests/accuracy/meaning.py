"""What the parsers say an amount means, cell by cell, against the truth of the corpus.

Invariant: only cells whose amount, row and table were found are compared; each counts once, and is right only
where everything the truth says of it is right. Codes and column paths are the corpus's own truth; what a
column means was judged by hand (`column_paths.csv` of the parsers' tests) and is compared where rows do not
narrow it (not in summary tables).
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from parsers.values.text import fold, unnumbered

CODES = ("functional_code", "economic_code", "gov_economic_code")
DIMENSIONS = ("flow", "fund", "nature", "object", "period")
NARROWED_BY_ROWS = frozenset({"summary", "appropriation_summary", "gov_fund", "state_capital"})
JUDGED = Path(__file__).parents[1] / "parsers" / "tables" / "column_paths.csv"

Row = Mapping[str, str]
Column = tuple[str, str, str]  # document, table type, folded column path


@dataclass(frozen=True, slots=True)
class Truth:
    """Printed cells by document, and by document, table type and path what a column means."""

    cells: Mapping[str, Sequence[Row]]
    columns: Mapping[Column, Row]

    @classmethod
    def of(cls, corpus: Path) -> Truth:
        cells: defaultdict[str, list[Row]] = defaultdict(list)
        with (corpus / "truth" / "amounts.csv").open(encoding="utf-8-sig") as lines:
            for row in csv.DictReader(lines):
                cells[row["doc_id"]].append(row)
        with JUDGED.open(encoding="utf-8") as lines:
            judged = {
                (row["table"].split(" ")[0], row["table_type"], fold(row["column_path"])): row
                for row in csv.DictReader(lines)
            }
        return cls(cells, judged)


def meaning_of(facts: Iterable[Row], cells: Sequence[Row], truth: Truth) -> dict[str, Any]:
    """`meaning`: the share of compared cells that are wholly right; `compared`: how many; `wrong_meanings`:
    (column, ours, truth) with their number, the commonest first."""
    found: defaultdict[tuple[object, ...], list[Row]] = defaultdict(list)
    for fact in facts:
        if fact["amount_yuan"]:
            found[_key(fact)].append(fact)
    compared = right = 0
    wrong: Counter[tuple[str, str, str]] = Counter()
    for cell in cells:
        candidates = found[_key(cell)]
        if not candidates:
            continue
        column = truth.columns.get((cell["doc_id"], cell["table_type"], fold(cell["column_path"])))
        faults = [_faults(fact, cell, column) for fact in candidates]
        best = min(range(len(faults)), key=lambda index: len(faults[index]))
        candidates.pop(best)
        compared += 1
        right += not faults[best]
        wrong.update(faults[best])
    share = right / compared if compared else 0.0
    return {"meaning": share, "compared": compared, "wrong_meanings": wrong.most_common()}


def _key(row: Row) -> tuple[object, ...]:
    """What makes a printed cell and a fact the same: table type, label without its code, amount."""
    label = unnumbered(row["row_label"]).strip("[]").lstrip("0123456789-—_")
    return row["table_type"], label, Decimal(row["amount_yuan"])


def _faults(fact: Row, cell: Row, column: Row | None) -> list[tuple[str, str, str]]:
    """(column, ours, truth) of everything that differs. A code that the document does not print may be given
    by its name; 三公 is named by the table as a whole."""
    pairs = [("column_path", fold(fact["column_path"]), fold(cell["column_path"]))]
    pairs += [(name, fact[name], cell[name]) for name in CODES if cell[name]]
    if column is not None and cell["table_type"] not in NARROWED_BY_ROWS:
        pairs += [(name, fact[name], column[name]) for name in DIMENSIONS]
        pairs += [("subject", fact["subject"], column["subject"])] if column["subject"] else []
    return [(name, ours, theirs) for name, ours, theirs in pairs if ours != theirs]
