"""The head of a performance form: project (项目名称), its code and what it costs.

Invariant: an amount is yuan only where its unit is printed, in the label, in the cell, or over the table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parsers.performance.layout import terms
from parsers.values.amounts import printed_number, to_yuan
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold, one_line
from parsers.values.units import YUAN_PER_UNIT, bracketed_unit

_L = lexicon_of(__name__)
_IN_MONEY = _L.pattern("in_money")

_WITH_UNIT = re.compile(rf"^(.+?)({'|'.join(sorted(YUAN_PER_UNIT, key=len, reverse=True))})$")


@dataclass(frozen=True, slots=True)
class Project:
    """`rank` says how well the label of `amount` fits (0 is best)."""

    name: str | None = None
    code: str | None = None
    amount: Decimal | None = None
    rank: int | None = None


def read_head(project: Project, printed: Sequence[str], unit: Decimal | None) -> Project:
    """The project with what one row of the form's head says. `printed` are the row's texts from left to
    right, labels and values in turn; `unit` is yuan per printed unit."""
    for position, text in enumerate(printed):
        label, inline = _label(text)
        value = inline or next(iter(printed[position + 1 : position + 2]), "")
        if not value or (not inline and _is_label(value)):
            continue
        if terms().labels.project_name.fullmatch(label):
            project = named(project, value)
        elif terms().labels.project_code.fullmatch(label):
            project = replace(project, code=fold(value))
        else:
            project = _with_amount(project, label, value, unit)
    return project


def begins_head(printed: Sequence[str]) -> bool:
    """Whether a row belongs to the head of a form by its first label: 项目名称, 主管部门, 年度目标."""
    label = _label(printed[0])[0]
    return _is_label(label) or any(words.fullmatch(label) for words in terms().head)


def named(project: Project, text: str) -> Project:
    """The project with its name, and the code many forms print in front of it."""
    line = one_line(text)
    compact = re.sub(r"(?<=[0-9A-Z])\s+(?=[0-9A-Z])", "", line)
    if coded := terms().coded_name.match(compact):
        return replace(project, name=coded["name"], code=coded["code"])
    return replace(project, name=line)


def amount_of(text: str, unit: Decimal | None) -> Decimal | None:
    """`44.47` with the form's unit or `44.47万元` with its own, in yuan."""
    compact = fold(text)
    number = printed_number(compact)
    if own := _WITH_UNIT.match(compact):
        number, unit = printed_number(own[1]), YUAN_PER_UNIT[own[2]]
    return None if number is None or unit is None else to_yuan(number, unit)


def unit_in(printed: Sequence[str]) -> Decimal | None:
    """The unit a row of the head states in brackets: 项目资金（万元）."""
    found = next(filter(None, map(bracketed_unit, printed)), None)
    return found.yuan if found else None


def _label(text: str) -> tuple[str, str]:
    """The label without its unit and colon, and the value printed behind the colon."""
    compact = fold(text)
    head, colon, rest = compact.partition(":")
    if colon and rest and _is_label(head):
        return _bare(head), text[_after_colon(text) :].strip()
    return _bare(compact.rstrip(":")), ""


def _after_colon(text: str) -> int:
    return min(i for i in (text.find(":"), text.find("：")) if i >= 0) + 1


def _bare(label: str) -> str:
    return _IN_MONEY.sub("", label)


def _is_label(text: str) -> bool:
    bare = _bare(fold(text).rstrip(":"))
    known = (terms().labels.project_name, terms().labels.project_code, *terms().labels.project_amount)
    return any(pattern.fullmatch(bare) for pattern in known)


def _with_amount(project: Project, label: str, value: str, unit: Decimal | None) -> Project:
    rank = next((i for i, p in enumerate(terms().labels.project_amount) if p.fullmatch(label)), None)
    if rank is None or (project.rank is not None and rank >= project.rank):
        return project
    amount = amount_of(value, unit)
    return project if amount is None else replace(project, amount=amount, rank=rank)
