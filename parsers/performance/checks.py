"""Performance forms against the projects table and the text; their amounts row by row are identity I13.

Invariant: a form is compared only with rows of its own name; a row of another name is its project only where
both print the same amount and nothing else in the document does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from parsers.performance.sums import form_sums
from parsers.prose.paragraph import plain_text
from parsers.reference.text_rules import performance_rules
from parsers.tables.facts import WITHOUT_FACTS
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import Message, message
from parsers.values.results import BudgetTable, CellRef, Check, Indicator, Statement
from parsers.values.text import fold
from parsers.values.vocabulary import CheckStatus, Fault, Severity

_L = lexicon_of(__name__)

UNIT_SLIP = Decimal(10_000)
FEW = 3  # weights that make a form's
FULL = (Decimal(100), Decimal(90), Decimal(1))
HALF_STEP = Decimal(50)  # half of 0.01万元, the usual last place of a projects table
_WITH_GOALS = _L.pattern("with_goals")

Printed = tuple[CellRef, Decimal]
Rows = dict[str, list[Printed]]
Forms = dict[tuple[int, str], Decimal]


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
            yield _check(
                "I13-sum", CheckStatus.HOLDS if found.holds else CheckStatus.FAILS, what, (table.table_no,)
            )


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
        yield _check("weights", CheckStatus.HOLDS if total in FULL else CheckStatus.FAILS, what, (number,))


def _rows(tables: Sequence[BudgetTable]) -> Rows:
    """The amounts each project's rows print, by name."""
    rows: defaultdict[str, list[Printed]] = defaultdict(list)
    for table in tables:
        if table.table_type in ("projects", "carryover_projects"):
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
    yield _check("I13-unit", CheckStatus.FAILS, what, tuple(tables), amount, right, refs)


def _names(forms: Forms, rows: Rows) -> Iterator[Check]:
    named = {name for _, name in forms}
    lone_forms = [(no, name, amount) for (no, name), amount in forms.items() if name not in rows and amount]
    lone_rows = {name: {yuan for _, yuan in printed} for name, printed in rows.items() if name not in named}
    amounts = Counter(amount for _, _, amount in lone_forms)
    for no, name, amount in lone_forms:
        same = [row for row, printed in lone_rows.items() if amount in printed]
        if len(same) == 1 and amounts[amount] == 1:
            what = message("form_named_otherwise", form=name, table=same[0], yuan=amount)
            yield _check("I13-name", CheckStatus.FAILS, what, (no,), amount, amount, rows[same[0]][0][:1])


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
        found = _check("I13-text", status, what, tuple(sorted(numbers)), statement.amount_yuan, total)
        yield replace(found, severity=Severity.INFO) if statement.amount_yuan in printed else found
        return


def _check(
    rule: str,
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
