"""I3: 类 = Σ款, 款 = Σ项, 合计 = Σ类, in every amount column of every table that prints codes.

Invariant: a row's parent is the nearest row above whose code is a proper prefix of its own; rows are never
matched by name. A row without a code among coded ones makes the sums around it untestable.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from parsers.accounting.evaluate import Term, evaluate, untestable
from parsers.results import BudgetTable, Check, Fact, TableRow
from parsers.text import unnumbered

_GRAND_TOTALS = frozenset(
    {"合计", "总计", "支出合计", "收入合计", "本年支出合计", "本年收入合计", "部门合计", "单位合计"}
)
# Their rows are nested by project, body or purchase; the codes beside them repeat on every level.
_BY_OTHER_KEYS = frozenset(
    {"projects", "project_summary", "carryover_projects", "procurement", "outsourced_services"}
)


@dataclass(slots=True)
class _Node:
    """A coded row; `gap` says that a row without a code stands among its parts."""

    code: str
    row: TableRow
    children: list[_Node] = field(default_factory=list)
    gap: bool = False


def check_hierarchy(table: BudgetTable) -> Iterator[Check]:
    """All sums of one table; nothing for tables without codes."""
    if table.table_type in _BY_OTHER_KEYS:
        return
    for block in sorted({row.block for row in table.rows}):
        yield from _check_block(table, block)


def _check_block(table: BudgetTable, block: int) -> Iterator[Check]:
    rows = [row for row in table.rows if row.block == block]
    system = _code_system(rows)
    if system is None:
        return
    root = _tree(rows, system)
    columns: defaultdict[int, dict[int, Fact]] = defaultdict(dict)
    for fact in table.facts:
        if fact.block == block:
            columns[fact.col_no][fact.row_no] = fact
    for node in _parents(root):
        if node.gap:
            yield untestable(
                "I3", table, f"{node.code} {node.row.label}: a row without a code stands among its parts"
            )
            continue
        for by_row in columns.values():
            if node.row.row_no in by_row:
                yield _sum(table, by_row, node.row, node.children, f"{node.code} {node.row.label}")
    yield from _grand_total(table, rows, columns, root)


def _code_system(rows: Sequence[TableRow]) -> str | None:
    """The classification most rows follow."""
    counts = Counter(system for row in rows for system in row.codes)
    return counts.most_common(1)[0][0] if counts else None


def _tree(rows: Sequence[TableRow], system: str) -> _Node:
    """The coded rows as a tree below a root without a code, parts in printed order."""
    coded = [row for row in rows if not row.is_total and (row.has_amounts or system in row.codes)]
    root = _Node("", TableRow(-1, 0, "", {}, True, False))
    path = [root]
    for position, row in enumerate(coded):
        code = row.codes.get(system, "")
        if not code:
            for node in path:
                node.gap = True
            continue
        following = next((r.codes[system] for r in coded[position + 1 :] if system in r.codes), "")
        while not code.startswith(path[-1].code) or len(code) <= len(path[-1].code):
            if _is_intruder(code, path[-1].code, following):
                break
            path.pop()
        node = _Node(code, row)
        path[-1].children.append(node)
        path.append(node)
    return root


def _is_intruder(code: str, parent: str, following: str) -> bool:
    """A misprinted code (30301 between 301 and 30107): the next row goes on with the parts of `parent`."""
    return len(code) > len(parent) and len(following) > len(parent) > 0 and following.startswith(parent)


def _parents(node: _Node) -> Iterator[_Node]:
    for child in node.children:
        if child.children:
            yield child
            yield from _parents(child)


def _sum(
    table: BudgetTable, by_row: dict[int, Fact], whole: TableRow, parts: list[_Node], what: str
) -> Check:
    left = by_row[whole.row_no]
    right = [Term(table, by_row[part.row.row_no]) for part in parts if part.row.row_no in by_row]
    return evaluate("I3", Term(table, left), right, f"{what} [{left.column_path}]")


def _grand_total(
    table: BudgetTable, rows: Sequence[TableRow], columns: dict[int, dict[int, Fact]], root: _Node
) -> Iterator[Check]:
    """合计 = Σ of the rows no other row contains."""
    totals = [
        row for row in rows if row.is_total and row.has_amounts and unnumbered(row.label) in _GRAND_TOTALS
    ]
    if not totals:
        return
    if len(totals) > 1 or root.gap:
        yield untestable("I3", table, "several totals, or rows without a code, stand among the coded rows")
        return
    for by_row in columns.values():
        if totals[0].row_no in by_row:
            yield _sum(table, by_row, totals[0], root.children, "合计")
