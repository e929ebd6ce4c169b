"""Verdicts and findings as messages for a reporter, and what they say of each amount.

Invariant: amounts are given in the unit the table prints. A statement names place and rule but no amount, so
that it is stable from version to version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from parsers.accounting.book import Book
from parsers.accounting.diagnosis import Diagnosis
from parsers.accounting.equation import Equation, Finding, Gap, Verdict
from parsers.accounting.rulebook import Rule
from parsers.accounting.slips import DOUBLED, SHIFT, Change, Explanation
from parsers.accounting.wording import cell_name, form_place, printed, row_of
from parsers.values.copies import changed
from parsers.values.messages import Message, message, sentences
from parsers.values.results import BudgetTable, CellRef, Check, Fact
from parsers.values.vocabulary import CheckStatus, FactStatus, Fault, Severity

_NAMED = 3  # suspects a message lists by name


UNCERTAIN_ROWS = message("rows_inferred")
SAME_SLIP = message("same_slip")


def check_of(
    verdict: Verdict, explanations: Sequence[Explanation], book: Book, excused: Message | None = None
) -> Check:
    """The check of one equation. `excused` says why a failure is only reported, not held against the
    publisher (again)."""
    equation, rule = verdict.equation, verdict.equation.rule
    terms = (*equation.left, *equation.right)
    says = _says(verdict, book)
    fault: Fault | None = None
    if verdict.status == CheckStatus.FAILS:
        says = sentences(says, _explained(explanations, book))
        fault = Fault.PUBLISHER if len(explanations) == 1 else Fault.UNCLEAR
    if excused is not None:
        says = sentences(says, excused)
        fault = Fault.READING if excused is UNCERTAIN_ROWS else Fault.UNCLEAR
    return Check(
        rule=rule.id,
        table_nos=tuple(dict.fromkeys(term.ref.table_no for term in terms)),
        statement=_statement(equation),
        status=verdict.status,
        severity=rule.severity if verdict.status == CheckStatus.FAILS and excused is None else Severity.INFO,
        message=says,
        left_yuan=verdict.left,
        right_yuan=verdict.right,
        difference_yuan=verdict.difference,
        tolerance_yuan=verdict.tolerance,
        facts=tuple(dict.fromkeys(term.ref for term in terms if term.fact is not None)),
        fault=fault,
    )


def _statement(equation: Equation) -> Message:
    """The place (or both places) and the rule; no amount, so that the words identify the check."""
    place, other, rule = equation.place, equation.against, equation.rule.id
    if other:
        return message("rule_between", place=place, other=other, rule=rule)
    return message("rule_at", place=place, rule=rule)


def _says(verdict: Verdict, book: Book) -> Message:
    """Both sums in the printed unit, and the result."""
    equation, rule = verdict.equation, verdict.equation.rule
    table = book.sheets[equation.left[0].ref.table_no].table
    left = printed(verdict.left, table) if equation.left[0].fact is not None else message("blank")
    whole = equation.against or message("sum_of_rule", rule=rule.id)
    right = printed(verdict.right, table)
    sides = message("both_sides", place=equation.place, left=left, whole=whole, right=right)
    if verdict.status == CheckStatus.UNTESTABLE and equation.unread:
        cells = tuple(
            message(
                "cell_with_text",
                cell=cell_name(term, book.sheets[term.ref.table_no].table),
                text=term.fact.amount_text,
            )
            for term in equation.unread[:_NAMED]
            if term.fact is not None
        )
        return message("cells_not_read", place=equation.place, cells=cells)
    if verdict.status == CheckStatus.UNTESTABLE and rule.untestable:
        return message("sides_not_tested", sides=sides, rule=rule.id)
    if verdict.status == CheckStatus.UNTESTABLE:
        return message("sides_refuted", sides=sides)
    if not verdict.difference:
        return message("sides_agree", sides=sides)
    gap = printed(verdict.difference, table)
    return message(
        "sides_round" if verdict.status == CheckStatus.ROUNDING else "sides_differ", sides=sides, gap=gap
    )


def _explained(explanations: Sequence[Explanation], book: Book) -> Message:
    if not explanations:
        return message("cause_unknown")
    if len(explanations) == 1:
        return message("cause", cause=_one(explanations[0], book))
    named = tuple(_one(explanation, book) for explanation in explanations[:_NAMED])
    if more := len(explanations) - len(named):
        return message("causes_and_more", n=len(explanations), causes=named, more=more)
    return message("causes", n=len(explanations), causes=named)


def _one(explanation: Explanation, book: Book) -> Message:
    """The cells at fault and what they should print."""
    changes = explanation.changes
    if changes[0].right is None:
        name = _name(changes[0].cell, book)
        table = _table(changes[0].cell, book)
        lacking = tuple(printed(change.printed, table) for change in changes)
        return message("row_lacking", row=name, amounts=lacking)
    if explanation.slip is DOUBLED:
        name = row_of(changes[0].cell, book.sheets[changes[0].cell.table_no])
        return message("row_slip", row=name, slip=explanation.slip.said)
    shown = changes if explanation.slip is not SHIFT else changes[:1]
    cells = tuple(_asked(change, book) for change in shown)
    return message("cells_slip", cells=cells, slip=explanation.slip.said)


def _asked(change: Change, book: Book) -> Message:
    name, table = _name(change.cell, book), _table(change.cell, book)
    if not change.right:
        return message("cell_should_be_blank", cell=name)
    return message("cell_should_print", cell=name, amount=printed(change.right, table))


def _table(cell: CellRef, book: Book) -> BudgetTable:
    return next(table for table in book.tables if table.table_no == cell.table_no)


def _name(cell: CellRef, book: Book) -> Message:
    if cell.row_no < 0:
        return form_place(book, -1 - cell.row_no)
    sheet = book.sheets[cell.table_no]
    return cell_name(sheet.term(cell.row_no, cell.col_no), sheet.table)


def check_of_gap(gap: Gap) -> Check:
    """The check of a rule that applies and cannot be tested."""
    statement = message("rule_at", place=gap.place, rule=gap.rule.id)
    why = message("not_tested", place=gap.place, why=gap.why)
    return Check(gap.rule.id, (gap.table_no,), statement, CheckStatus.UNTESTABLE, Severity.INFO, why)


def check_of_finding(finding: Finding, excused: Message | None = None) -> Check:
    """The check of a finding without a sum; `excused` as for one with a sum."""
    rule = finding.rule
    return Check(
        rule=rule.id,
        table_nos=finding.table_nos,
        statement=message("rule_at", place=finding.place, rule=rule.id),
        status=finding.status,
        severity=rule.severity
        if finding.status in (CheckStatus.FAILS, CheckStatus.UNTESTABLE) and not excused
        else Severity.INFO,
        message=sentences(finding.says, excused),
        facts=finding.refs,
        fault=Fault.UNCLEAR if finding.status == CheckStatus.FAILS else None,
    )


def judged(
    tables: Sequence[BudgetTable],
    verdicts: Sequence[Verdict],
    diagnosis: Diagnosis,
    excused: frozenset[int] = frozenset(),
) -> tuple[BudgetTable, ...]:
    """The tables with proofs, disputes and status of each fact; `excused` verdicts (positions) dispute none.

    A failing equation disputes the cells the evidence points at; where it points nowhere, all its cells, of
    a mere warning those that nothing else proves. Where it points at blank cells of the table only, the sum
    that lacks them stays `single`, whatever else proves it.
    """
    proofs: defaultdict[CellRef, dict[str, None]] = defaultdict(dict)
    disputes: defaultdict[CellRef, dict[str, None]] = defaultdict(dict)
    failing: list[tuple[frozenset[CellRef], tuple[CellRef, ...], Rule]] = []
    unproved: set[CellRef] = set()
    for position, verdict in enumerate(verdicts):
        rule = verdict.equation.rule
        cells = {term.ref: None for term in (*verdict.equation.left, *verdict.equation.right)}
        if verdict.status in (CheckStatus.HOLDS, CheckStatus.ROUNDING):
            for cell in cells:
                proofs[cell][rule.id] = None
        elif verdict.status == CheckStatus.FAILS and position not in excused:
            failing.append((diagnosis.suspects(position), tuple(cells), rule))
    printed = {CellRef(t.table_no, f.row_no, f.col_no) for t in tables for f in t.facts} if failing else set()
    for suspects, summed, rule in failing:
        if suspects and not suspects & printed and _in_one_table((*summed, *suspects)):
            unproved.add(summed[0])
        for cell in suspects or summed:
            if suspects or rule.severity == Severity.ERROR or cell not in proofs:
                disputes[cell][rule.id] = None
    for cell in unproved:
        proofs.pop(cell, None)
    return tuple(
        changed(table, facts=tuple(_with_status(table, fact, proofs, disputes) for fact in table.facts))
        if table.facts
        else table
        for table in tables
    )


def _in_one_table(cells: Sequence[CellRef]) -> bool:
    """Whether the cells are of one table, and none of a form."""
    return len({cell.table_no for cell in cells}) == 1 and all(cell.row_no >= 0 for cell in cells)


def _with_status(
    table: BudgetTable,
    fact: Fact,
    proofs: dict[CellRef, dict[str, None]],
    disputes: dict[CellRef, dict[str, None]],
) -> Fact:
    cell = CellRef(table.table_no, fact.row_no, fact.col_no)
    # What a sum holds without is not proved by it.
    held = () if fact.is_unread else tuple(proofs.get(cell, ()))
    failed = tuple(disputes.get(cell, ()))
    # Most facts are in no equation: they are passed on, not copied.
    if (held, failed) == (fact.proofs, fact.disputes) == ((), ()) and fact.status == FactStatus.SINGLE:
        return fact
    return changed(
        fact,
        proofs=held,
        disputes=failed,
        status=FactStatus.DISPUTED if failed else FactStatus.PROVED if held else FactStatus.SINGLE,
    )
