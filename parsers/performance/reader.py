"""Reads the rows of a performance form one after the other.

Invariant: what is carried from row to row (project, levels, columns) is stated in one place, `FormReader`;
indicators leave it only when the table is at its end, with the project they belong to filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parsers.performance.layout import Group, Layout, fits, is_label_of_levels, layout_of, relocated, terms
from parsers.performance.project import Project, amount_of, begins_head, named, read_head, unit_in
from parsers.values.amounts import is_blank, printed_number
from parsers.values.lexicon import lexicon_of
from parsers.values.results import BudgetTable, Indicator
from parsers.values.text import fold

_L = lexicon_of(__name__)
_POINTS = _L.text("points")

FULL_WEIGHT = 100  # more is several weights in one cell


@dataclass(slots=True)
class _Levels:
    level1: str | None = None
    level2: str | None = None


class FormReader:
    """State of one form, or of several tables that are one form on successive pages."""

    def __init__(self) -> None:
        self._project = Project()
        self._nameless = False  # a block of rows began whose project is named further down
        self._in_head = False
        self._layout: Layout | None = None
        self._layouts: dict[int, Layout] = {}  # those of the tables so far, by their width
        self._width = 0
        self._moved = False
        self._levels: list[_Levels] = []
        self._page: int | None = None
        self._unit: Decimal | None = None
        self._table_no = 0
        self._found: list[Indicator] = []
        self._from = 0  # first indicator of the current project

    def begin(self, table: BudgetTable) -> None:
        """The next table. Columns of the one before hold on where the width is the same, else until the
        first row that shows how they moved."""
        width = len((table.header or table.grid or ((),))[0])
        self._moved = width != self._width
        self._width = width
        self._table_no = table.table_no
        self._unit = table.unit_yuan or self._unit
        self._from = 0

    def end(self) -> list[Indicator]:
        """The indicators of the table, each with its project."""
        self._close_project()
        found, self._found = self._found, []
        return found

    def read(self, above: Sequence[Sequence[str]], row: Sequence[str], page: int | None) -> None:
        """One row; `above` ends with it, its spanning texts repeated."""
        printed = [text for text in row if text.strip()]
        new_page, self._page = page != self._page, page
        if not printed:
            return
        if layout := layout_of(above, len(above) - 1):
            self._use(layout)
        elif self._layout is None or begins_head(printed):
            self._read_head(printed)
        elif not self._moved:
            self._read_targets(self._layout, row, page, new_page)
        elif (layout := self._layouts.get(self._width)) and fits(layout, row):
            self._use(layout)
            self._read_targets(layout, row, page, new_page)
        elif layout := relocated(self._layout, row):
            levels = self._levels[:1]
            if self._layout.project and not layout.project:
                self._begin_project(Project())  # whose rows these are stood in the columns that were lost
            self._use(layout)
            self._levels = levels
            self._read_targets(layout, row, page, new_page)

    def _use(self, layout: Layout) -> None:
        self._layout, self._in_head, self._moved = layout, False, False
        self._layouts[self._width] = layout
        self._levels = [_Levels() for _ in layout.groups]

    def _read_head(self, printed: Sequence[str]) -> None:
        """A row of labels and values; the first one after targets, or of all, opens a form."""
        if not self._in_head:
            self._begin_project(Project())
            self._layout, self._in_head = None, True
        self._unit = unit_in(printed) or self._unit
        self._project = read_head(self._project, printed, self._unit)

    def _read_targets(self, layout: Layout, row: Sequence[str], page: int | None, new_page: bool) -> None:
        """A level printed once holds for the rows below; the first one also for rows above it that had
        none."""
        if terms().furniture.match(fold(next(text for text in row if text.strip()))):
            return
        if layout.project:
            self._read_project_columns(layout, row, new_page)
        taken: list[Indicator] = []
        if not layout.groups and (goal := layout.cell(row, layout.project.get("goal"))):
            taken.append(Indicator(self._table_no, target=goal, page=page))
        for group, levels in zip(layout.groups, self._levels, strict=True):
            before = levels.level1
            _carry(levels, group, layout, row)
            if before is None and levels.level1:
                self._fill_above(levels.level1)
            target = _target(group, levels, layout, row)
            if target is not None and not _repeats(taken, target):
                taken.append(replace(target, table_no=self._table_no, page=page))
        self._found.extend(taken)

    def _read_project_columns(self, layout: Layout, row: Sequence[str], new_page: bool) -> None:
        """A name begins a block of rows. A merged cell printed at a page break may hold the name below the
        first rows of its block: a goal (绩效目标) without a name announces one, and so may its amount."""
        name = layout.cell(row, layout.project.get("project_name"))
        goal = layout.cell(row, layout.project.get("goal"))
        amount = amount_of(layout.cell(row, layout.project.get("project_amount")), self._unit)
        if name and not printed_number(name):
            if not self._nameless:
                self._begin_project(Project())
            self._nameless = False
            self._project = _from_columns(self._project, name, layout, row, amount)
        elif goal and self._is_next(amount, new_page, "project_name" in layout.project):
            self._begin_project(Project(amount=amount))
            self._nameless = True

    def _is_next(self, amount: Decimal | None, new_page: bool, has_names: bool) -> bool:
        """Whether a goal without a name is another project's: what a page break cut is printed twice."""
        if amount is not None and amount != self._project.amount:
            return True
        return has_names and not new_page

    def _fill_above(self, level1: str) -> None:
        """A merged first level cut by a page break may be printed beside its lower rows only."""
        for i in range(self._from, len(self._found)):
            if self._found[i].level1 is None:
                self._found[i] = replace(self._found[i], level1=level1)

    def _begin_project(self, project: Project) -> None:
        self._close_project()
        self._project, self._nameless = project, False
        self._levels = [_Levels() for _ in self._levels]

    def _close_project(self) -> None:
        """Gives the project to the indicators read since it began."""
        project = self._project
        for i in range(self._from, len(self._found)):
            self._found[i] = replace(
                self._found[i],
                project_name=project.name,
                project_code=project.code,
                project_amount=project.amount,
            )
        self._from = len(self._found)


def _from_columns(
    project: Project, name: str, layout: Layout, row: Sequence[str], amount: Decimal | None
) -> Project:
    project = named(project, name)
    code = fold(layout.cell(row, layout.project.get("project_code")))
    amount = project.amount if amount is None else amount
    return replace(project, code=code or project.code, amount=amount, rank=0)


def _carry(levels: _Levels, group: Group, layout: Layout, row: Sequence[str]) -> None:
    """Takes the levels the row prints; a new first level ends the second."""
    first = layout.cell(row, group.columns.get("level1"))
    second = layout.cell(row, group.columns.get("level2"))
    if first and not is_label_of_levels(first) and first != levels.level1:
        levels.level1, levels.level2 = first, None
    if second:
        levels.level2 = second


def _target(group: Group, levels: _Levels, layout: Layout, row: Sequence[str]) -> Indicator | None:
    """The target one group of columns prints; None for a template's row left blank."""
    third = layout.cell(row, group.columns.get("level3"))
    target = _printed_target(group, layout, row)
    if terms().template.match(fold(third)):
        third = "" if target is None else third
    if not third and (target is None or is_blank(target)):
        return None
    first, second = group.first or levels.level1, levels.level2
    if "level1" not in group.columns and not group.first and (parts := terms().combined.match(fold(third))):
        first, second, third = parts["first"], parts["second"], parts["third"]
    if not (first or second or target):
        return None  # words under a heading, but no promise
    weight = printed_number(fold(layout.cell(row, group.columns.get("weight"))).rstrip(_POINTS))
    return Indicator(
        0,
        level1=first or terms().family(second),
        level2=second,
        level3=third or None,
        target=target,
        weight=weight if weight is None or weight <= FULL_WEIGHT else None,
    )


def _printed_target(group: Group, layout: Layout, row: Sequence[str]) -> str | None:
    """Sign, value and measure as one text: ≥ | 98 | % gives ≥98%."""
    sign, value, measure = (layout.cell(row, group.columns.get(r)) for r in ("sign", "value", "measure"))
    if not value:
        return None
    return ("" if fold(sign) in terms().unprinted_signs else sign) + value + measure


def _repeats(taken: Sequence[Indicator], target: Indicator) -> bool:
    """The same promise for another period in the same row (实施期 | 年度), perhaps cut short."""
    name = fold(target.level3 or "")
    return any(
        other.target == target.target
        and (fold(other.level3 or "").startswith(name) or name.startswith(fold(other.level3 or "")))
        for other in taken
    )
