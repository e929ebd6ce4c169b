"""The words of performance forms (`reference/performance_terms.yaml`), and which column holds what.

Invariant: patterns are matched against folded text only. A row is a heading only when it names at least one
level and one more level or the value (一级指标 | 二级指标 | … | 指标值), or, in a list of projects that
promise a goal (绩效目标) and nothing else, name, amount and goal; every column has at most one role in one
group.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from parsers.values.lexicon import lexicon_of
from parsers.values.load import Knowledge, knowledge
from parsers.values.text import fold

Pattern = re.Pattern[str]
_L = lexicon_of(__name__)
_INDICATORS = _L.pattern("indicators")
_LEVELS = ("level1", "level2", "level3")
_TARGET_ROLES = (*_LEVELS, "value", "sign", "measure", "weight")
_PROJECT_ROLES = ("project_name", "project_code", "project_amount", "goal")


class Labels(Knowledge):
    """What stands beside a project's name, its code and its money, the most fitting first."""

    project_name: Pattern
    project_code: Pattern
    project_amount: tuple[Pattern, ...]


class SumLabels(Knowledge):
    """The labels of a form's sums."""

    whole: Pattern
    fiscal: Pattern
    other: Pattern
    closing: Pattern


class FormTerms(Knowledge):
    """`headings` maps a column's role to its patterns, best first; `families` a first level to the words of
    second levels that belong to it."""

    headings: dict[str, tuple[Pattern, ...]]
    labels: Labels
    sums: SumLabels
    head: tuple[Pattern, ...]
    furniture: Pattern
    template: Pattern
    coded_name: Pattern
    code: Pattern
    families: dict[str, tuple[str, ...]]
    first_levels: Pattern
    second_levels: Pattern
    unprinted_signs: frozenset[str]

    @cached_property
    def combined(self) -> Pattern:
        """All three levels in one cell."""
        first, second = self.first_levels.pattern, self.second_levels.pattern
        return re.compile(rf"^(?P<first>(?:{first}))(?P<second>(?:{second}))(?P<third>.+)$")

    def family(self, level2: str | None) -> str | None:
        """The first level a second level belongs to; None where its words leave that open."""
        compact = fold(level2 or "")
        return next((first for first, words in self.families.items() if compact.startswith(words)), None)


def terms() -> FormTerms:
    """The words of performance forms, read once."""
    return knowledge("parsers.reference", "performance_terms.yaml", FormTerms)


@dataclass(frozen=True, slots=True)
class Group:
    """One run of target columns: role → column. `first` is the level a heading above the run names
    (产出指标 over 三级指标 | 指标值), where the run has no column for it."""

    columns: dict[str, int]
    first: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """`project` maps project_name, project_code, project_amount and goal to their columns, where the table
    has them; `starts` are the columns where a printed heading cell begins, so that a cell of the body that
    starts a column too far right still finds its heading."""

    groups: tuple[Group, ...]
    project: dict[str, int]
    starts: tuple[int, ...]

    def cell(self, row: Sequence[str], column: int | None) -> str:
        """The texts between this heading and the next, as one: spans may begin anywhere inside."""
        if column is None:
            return ""
        after = (start for start in self.starts if start > column)
        return " ".join(filter(None, row[column : next(after, len(row))]))


def layout_of(rows: Sequence[Sequence[str]], at: int) -> Layout | None:
    """The layout row `at` announces, or None. `rows` repeat spanning texts, so that the bottom row of a
    header of several rows names every column."""
    bottom = [fold(text) for text in rows[at]]
    roles = [_role(text) for text in bottom]
    _leave_best_level3(bottom, roles)
    named = {role for role in roles if role in _LEVELS}
    starts = tuple(c for c, text in enumerate(bottom) if text and (c == 0 or text != bottom[c - 1]))
    if not named and {"project_name", "project_amount", "goal"} <= set(roles) and roles.count("goal") == 1:
        return Layout((), {role: c for c in reversed(starts) if (role := roles[c])}, starts)
    if not named or not (len(named) >= 2 or "value" in roles):
        return None
    target_columns = [(c, role) for c in starts if (role := roles[c]) in _TARGET_ROLES]
    project = {role: c for c in reversed(starts) if (role := roles[c]) in _PROJECT_ROLES}
    groups = tuple(_group(columns, rows[:at]) for columns in _runs(target_columns))
    return Layout(_sharing_levels(groups), project, starts)


def relocated(layout: Layout, row: Sequence[str]) -> Layout | None:
    """The layout of a continuation whose columns moved (a blank one lost, a span parted on another page): the
    row must print a known first level with a known second one beside it, or begin with the second; the
    columns right of them keep the order they had."""
    printed = [c for c, text in enumerate(row) if text.strip()]
    if printed and printed[0] and terms().second_levels.fullmatch(fold(row[printed[0]])):
        printed = [printed[0] - 1, *printed]
        at: int | None = 0
    else:
        at = next((i for i, (a, b) in enumerate(pairwise(printed)) if _are_levels(row[a], row[b])), None)
    known = layout.groups[0].columns if layout.groups else {}
    if at is None or not known.keys() >= {"level1", "level2"}:
        return None
    order = sorted((c, role) for role, c in known.items() if role not in ("level1", "level2"))
    columns = dict(zip(("level1", "level2", *(role for _, role in order)), printed[at:], strict=False))
    moved = columns["level1"] - known["level1"]
    project = {role: c + moved for role, c in layout.project.items() if c + moved >= 0}
    return Layout((Group(columns),), project, tuple(sorted({*columns.values(), *project.values()})))


def fits(layout: Layout, row: Sequence[str]) -> bool:
    """Whether a row prints a known first level where the layout has it."""
    column = layout.groups[0].columns.get("level1") if layout.groups else None
    return bool(terms().first_levels.fullmatch(fold(layout.cell(row, column))))


def _are_levels(first: str, second: str) -> bool:
    return bool(terms().first_levels.fullmatch(fold(first)) and terms().second_levels.fullmatch(fold(second)))


@lru_cache(maxsize=4096)
def _role(text: str) -> str | None:
    return next(
        (role for role, found in terms().headings.items() if any(p.fullmatch(text) for p in found)), None
    )


def _leave_best_level3(texts: Sequence[str], roles: list[str | None]) -> None:
    """Of 三级指标 and 指标内容 in one heading only the better name keeps the role."""
    patterns = terms().headings["level3"]
    ranks = {
        c: next(i for i, p in enumerate(patterns) if p.fullmatch(texts[c]))
        for c, role in enumerate(roles)
        if role == "level3"
    }
    for c, rank in ranks.items():
        if rank > min(ranks.values()):
            roles[c] = None


def _runs(columns: Sequence[tuple[int, str]]) -> list[dict[str, int]]:
    """Roles from left to right; a role that comes again begins the next run."""
    runs: list[dict[str, int]] = [{}]
    for c, role in columns:
        if role in runs[-1]:
            runs.append({})
        runs[-1][role] = c
    return [run for run in runs if run.keys() & {"level2", "level3", "value"}]


def _group(columns: dict[str, int], above: Sequence[Sequence[str]]) -> Group:
    """The run with the first level its own headings name."""
    if "level1" in columns:
        return Group(columns)
    leftmost = min(columns.values())
    stack = (row[leftmost] for row in reversed(above) if leftmost < len(row))
    first = next((text for text in stack if terms().first_levels.fullmatch(fold(text))), None)
    return Group(columns, first)


def _sharing_levels(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Runs for other periods (实施期 | 年度) print the upper levels once, at the left."""
    shared = {role: groups[0].columns[role] for role in _LEVELS[:2] if groups and role in groups[0].columns}
    return (*groups[:1], *(Group({**shared, **group.columns}, group.first) for group in groups[1:]))


def is_label_of_levels(text: str) -> bool:
    """绩效指标 and the like: the caption beside the targets, not a target."""
    return bool(_INDICATORS.fullmatch(fold(text)))
