"""Performance forms against the projects table, the text and their own sums; by row they are identity I13.

Invariant: a form is compared only with rows of its own name; a row of another name is its project only where
both print the same amount and nothing else in the document does. Sums (资金总额 of its sources, 金额合计 of
the tasks above it) are compared as printed, whatever the unit, only where the form prints all parts, and
within half a step of the last place for each.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parsers.performance.layout import terms
from parsers.prose.paragraph import plain_text
from parsers.reference.text_rules import performance_rules
from parsers.values.amounts import printed_number
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import Message, message
from parsers.values.results import BudgetTable, CellRef, Check, Indicator, Statement
from parsers.values.table_types import WITHOUT_FACTS, TableType
from parsers.values.text import fold
from parsers.values.vocabulary import CheckStatus, Fault, NamedRule, Severity

_L = lexicon_of(__name__)
_TOTAL_OF = _L.text("total_of")
_SUM_OF = _L.text("sum_of")
_TOTAL = _L.text("total")

_HALF_CENT = Decimal("0.005")
Texts = Sequence[str]
UNIT_SLIP = Decimal(10_000)
FEW = 3  # weights that make a form's
FULL = (Decimal(100), Decimal(90), Decimal(1))
HALF_STEP = Decimal(50)  # half of 0.01万元, the usual last place of a projects table
_WITH_GOALS = _L.pattern("with_goals")
Printed = tuple[CellRef, Decimal]
Rows = dict[str, list[Printed]]
Forms = dict[tuple[int, str], Decimal]


@dataclass(frozen=True, slots=True)
class FormSum:
    """A printed whole and the sum of its printed parts, both in the form's unit; `label` names the whole."""

    label: str
    whole: Decimal
    parts: Decimal
    count: int

    @property
    def holds(self) -> bool:
        """Whether whole and parts agree within rounding."""
        return abs(self.whole - self.parts) <= _HALF_CENT * (self.count + 1)


def form_sums(table: BudgetTable) -> Iterator[FormSum]:
    """All sums of one form."""
    rows = [tuple(fold(text).rstrip(":") for text in row) for row in (*table.header, *table.grid)]
    for position, row in enumerate(rows):
        for column, text in enumerate(row):
            if terms().sums.whole.fullmatch(text):
                yield from _by_source(rows[position:], column)
    heads = [
        i for i, row in enumerate(rows) if _TOTAL in row and any(map(terms().sums.fiscal.fullmatch, row))
    ]
    for head in heads[-1:]:
        yield from _of_tasks(rows[head], rows[head + 1 :])


def _by_source(rows: Sequence[Texts], column: int) -> Iterator[FormSum]:
    """资金总额 over 其中：财政拨款 and 其他资金, one below the other."""
    whole, *parts = (_value(row, column) for row in rows[:3])
    if len(parts) < 2 or whole is None or all(part is None for part in parts):
        return
    fiscal, other = (row[column] if column < len(row) else "" for row in rows[1:3])
    if terms().sums.fiscal.fullmatch(fiscal) and terms().sums.other.fullmatch(other):
        yield FormSum(rows[0][column], whole, sum((part or Decimal(0) for part in parts), Decimal(0)), 2)


def _value(row: Texts, column: int) -> Decimal | None:
    """The first number right of a label."""
    return next((number for text in row[column + 1 :] if (number := printed_number(text)) is not None), None)


def _of_tasks(head: Texts, below: Sequence[Texts]) -> Iterator[FormSum]:
    """总额 | 财政拨款 | 其他资金 of every task (年度主要任务), and 金额合计 below them.

    Reports of what was done print them twice, for budget and accounts: there the columns are summed only."""
    whole = head.index(_TOTAL)
    parts = [
        i for i, t in enumerate(head) if terms().sums.fiscal.fullmatch(t) or terms().sums.other.fullmatch(t)
    ]
    end = next((i for i, row in enumerate(below) if any(map(terms().sums.closing.fullmatch, row))), None)
    if end is None:
        return
    columns = (whole, *parts)
    numbers = [{i: printed_number(row[i]) for i in columns if i < len(row)} for row in below[: end + 1]]
    for row, found in zip(below, numbers, strict=False):
        printed = [number for i in parts if (number := found.get(i)) is not None]
        if (total := found.get(whole)) is not None and printed and len(parts) == 2:
            label = next(filter(None, row), "")
            yield FormSum(_TOTAL_OF.format(label=label), total, sum(printed, Decimal(0)), len(printed))
    for i in columns:
        listed = [number for found in numbers[:-1] if (number := found.get(i)) is not None]
        if (total := numbers[-1].get(i)) is not None and listed:
            yield FormSum(_SUM_OF.format(label=head[i]), total, sum(listed, Decimal(0)), len(listed))


def check_forms(
    indicators: Sequence[Indicator], tables: Sequence[BudgetTable], statements: Sequence[Statement]
) -> tuple[Check, ...]:
    """Units, names, sums and weights of the forms."""
    forms: Forms = {
        (item.table_no, fold(item.project_name)): item.project_amount
        for item in indicators
        if item.project_name and item.project_amount is not None
    }
    rows = _rows(tables)
    slips = [
        (no, name, amount, *slip)
        for (no, name), amount in forms.items()
        if name in rows and (slip := _unit_slip(amount, rows[name]))
    ]
    text = () if slips else _text(forms, indicators, statements, _printed(tables))
    return (*_units(slips), *_names(forms, rows), *text, *_sums(tables), *_weights(indicators))


def _sums(tables: Sequence[BudgetTable]) -> Iterator[Check]:
    """The sums within each form, in the unit it prints."""
    for table in tables:
        for found in form_sums(table) if table.table_type in WITHOUT_FACTS else ():
            name = table.title or f"{table.table_no}"
            what = message("form_parts", form=name, label=found.label, whole=found.whole, parts=found.parts)
            status = CheckStatus.HOLDS if found.holds else CheckStatus.FAILS
            yield _check(NamedRule.I13_SUM, status, what, (table.table_no,))


def _weights(indicators: Sequence[Indicator]) -> Iterator[Check]:
    """The weights of a form make up 100, or 90 where ten are kept for how the money is spent (预算执行率)."""
    by_form: defaultdict[tuple[int, str | None], list[Decimal | None]] = defaultdict(list)
    by_name: defaultdict[str | None, list[Decimal | None]] = defaultdict(list)
    for item in indicators:
        by_form[item.table_no, item.project_name].append(item.weight)
        by_name[item.project_name].append(item.weight)
    for (number, name), weights in by_form.items():
        known = [weight for weight in weights if weight is not None]
        if len(known) < FEW or len(known) < len(weights):
            continue
        total = sum(known, Decimal(0))
        if len(by_name[name]) > len(weights) and sum(filter(None, by_name[name])) in FULL:
            continue  # one form on several pages
        what = message("form_weights", form=name or "", total=total.normalize())
        status = CheckStatus.HOLDS if total in FULL else CheckStatus.FAILS
        yield _check(NamedRule.WEIGHTS, status, what, (number,))


def _rows(tables: Sequence[BudgetTable]) -> Rows:
    """The amounts each project's rows print, by name."""
    rows: defaultdict[str, list[Printed]] = defaultdict(list)
    for table in tables:
        if table.table_type in (TableType.PROJECTS, TableType.CARRYOVER_PROJECTS):
            for fact in table.facts:
                if fact.project_name and fact.amount_yuan and not fact.is_total:
                    ref = CellRef(table.table_no, fact.row_no, fact.col_no)
                    rows[fold(fact.project_name)].append((ref, fact.amount_yuan))
    return dict(rows)


def _unit_slip(amount: Decimal, printed: Sequence[Printed]) -> Printed | None:
    """The row whose amount a form prints in yuan under a label that says 万元."""
    if any(abs(yuan - amount) <= HALF_STEP for _, yuan in printed):
        return None
    return next((item for item in printed if abs(item[1] * UNIT_SLIP - amount) <= HALF_STEP), None)


def _units(slips: Sequence[tuple[int, str, Decimal, CellRef, Decimal]]) -> Iterator[Check]:
    """One check however many forms share the label: a publisher fills all of them in alike."""
    if not slips:
        return
    parts = tuple(
        message("form_against_table", project=name, form=amount, table=right)
        for _, name, amount, _, right in slips
    )
    what = message("clauses", parts=parts)
    tables = dict.fromkeys((*(slip[0] for slip in slips), *(slip[3].table_no for slip in slips)))
    amount, right = sum((s[2] for s in slips), Decimal(0)), sum((s[4] for s in slips), Decimal(0))
    refs = [slip[3] for slip in slips]
    yield _check(NamedRule.I13_UNIT, CheckStatus.FAILS, what, tuple(tables), amount, right, refs)


def _names(forms: Forms, rows: Rows) -> Iterator[Check]:
    named = {name for _, name in forms}
    lone_forms = [(no, name, amount) for (no, name), amount in forms.items() if name not in rows and amount]
    lone_rows = {name: {yuan for _, yuan in printed} for name, printed in rows.items() if name not in named}
    amounts = Counter(amount for _, _, amount in lone_forms)
    for no, name, amount in lone_forms:
        same = [row for row, printed in lone_rows.items() if amount in printed]
        if len(same) == 1 and amounts[amount] == 1:
            what = message("form_named_otherwise", form=name, table=same[0], yuan=amount)
            refs = rows[same[0]][0][:1]
            yield _check(NamedRule.I13_NAME, CheckStatus.FAILS, what, (no,), amount, amount, refs)


def _printed(tables: Sequence[BudgetTable]) -> frozenset[Decimal]:
    """Every amount that the tables print."""
    return frozenset(fact.amount_yuan for table in tables for fact in table.facts if fact.amount_yuan)


def _text(
    forms: Forms,
    indicators: Sequence[Indicator],
    statements: Sequence[Statement],
    printed: frozenset[Decimal],
) -> Iterator[Check]:
    """绩效目标管理的项目9个，涉及4092.38万元: tested where as many forms are published. Where a table prints
    the amount it may be that of all projects, with and without goals: an observation."""
    numbers = {no for no, _ in forms}
    if len(numbers) != len({item.table_no for item in indicators if item.project_name}):
        return
    total = sum(forms.values(), Decimal(0))
    for statement in statements:
        match = _WITH_GOALS.search(plain_text(statement.sentence))
        if match is None or statement.amount_yuan is None:
            continue
        if int(match["count"] or match["before"]) != len(forms):
            continue
        holds = abs(statement.amount_yuan - total) <= HALF_STEP * (len(forms) + 1)
        what = message("forms_against_text", n=len(forms), printed=statement.amount_yuan, total=total)
        status: CheckStatus = CheckStatus.HOLDS if holds else CheckStatus.FAILS
        found = _check(NamedRule.I13_TEXT, status, what, tuple(sorted(numbers)), statement.amount_yuan, total)
        yield replace(found, severity=Severity.INFO) if statement.amount_yuan in printed else found
        return


def _check(
    rule: NamedRule,
    status: CheckStatus,
    what: Message,
    tables: tuple[int, ...],
    left: Decimal | None = None,
    right: Decimal | None = None,
    refs: Sequence[CellRef] = (),
) -> Check:
    entry = performance_rules()[rule]
    return Check(
        rule=rule,
        table_nos=tuple(dict.fromkeys((*tables, *(ref.table_no for ref in refs)))),
        statement=what,
        status=status,
        severity=entry.severity if status == CheckStatus.FAILS else Severity.INFO,
        message=message("finding_by_rule", rule=rule, page=None, what=what),
        left_yuan=left,
        right_yuan=right,
        difference_yuan=None if left is None or right is None else left - right,
        tolerance_yuan=None if left is None else HALF_STEP,
        facts=tuple(refs),
        # Targets are free text: the reading and the publisher are equally likely to be wrong.
        fault=Fault.UNCLEAR if status == CheckStatus.FAILS else None,
    )
