"""Verdicts and findings in words a reporter understands, and what they say of each amount.

Invariant: a check says the same thing twice, in Chinese and in English, with the amounts in the unit the
table prints. Its statement names place and rule but no amount, so that it is stable from version to version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from parsers.accounting.book import Book
from parsers.accounting.diagnosis import Change, Diagnosis, Explanation
from parsers.accounting.equation import Equation, Finding, Gap, Phrase
from parsers.accounting.evaluate import Verdict
from parsers.accounting.rulebook import Rule
from parsers.accounting.slips import DOUBLED, SHIFT
from parsers.accounting.wording import cell_name, form_place, printed, row_of
from parsers.values.results import BudgetTable, CellRef, Check, Fact, Fault

_NAMED = 3  # suspects a message lists by name


UNCERTAIN_ROWS = Phrase(
    "各行的层次系由金额推断，未必如此。",
    "How the rows belong together was inferred from the amounts; it may differ.",
)
SAME_SLIP = Phrase("与另一项检验为同一处差错。", "Another check reports the same slip.")


def check_of(
    verdict: Verdict, explanations: Sequence[Explanation], book: Book, excused: Phrase | None = None
) -> Check:
    """The check of one equation. `excused` says why a failure is only reported, not held against the
    publisher (again)."""
    equation, rule = verdict.equation, verdict.equation.rule
    terms = (*equation.left, *equation.right)
    says = _says(verdict, book)
    fault: Fault | None = None
    if verdict.status == "fails":
        says = _add(says, _explained(explanations, book))
        fault = _fault(explanations, verdict, book)
    if excused is not None:
        doubtful = excused is UNCERTAIN_ROWS or fault == "reading"
        says, fault = _add(says, excused), "reading" if doubtful else "unclear"
    return Check(
        rule=rule.id,
        table_nos=tuple(dict.fromkeys(term.ref.table_no for term in terms)),
        statement=_statement(equation),
        status=verdict.status,
        severity=rule.severity if verdict.status == "fails" and excused is None else "info",
        message=f"{says.zh} | {says.en}",
        left_yuan=verdict.left,
        right_yuan=verdict.right,
        difference_yuan=verdict.difference,
        tolerance_yuan=verdict.tolerance,
        facts=tuple(dict.fromkeys(term.ref for term in terms if term.fact is not None)),
        fault=fault,
    )


def _statement(equation: Equation) -> str:
    """The place (or both places) and the rule; no amount, so that the words identify the check."""
    place, other, rule = equation.place, equation.against, equation.rule
    zh = f"{place.zh}与{other.zh}" if other else place.zh
    en = f"{place.en} against {other.en}" if other else place.en
    return f"{zh}：{rule.zh} | {en}: {rule.en}"


def _says(verdict: Verdict, book: Book) -> Phrase:
    """Both sums in the printed unit, and the result."""
    equation, rule = verdict.equation, verdict.equation.rule
    table = book.sheets[equation.left[0].ref.table_no].table
    blank = equation.left[0].fact is None
    left = Phrase("空", "left blank") if blank else Phrase(*[printed(verdict.left, table)] * 2)
    sums = equation.against or Phrase(rule.sum_zh, rule.sum_en)
    right = printed(verdict.right, table)
    zh = f"{equation.place.zh}为{left.zh}，{sums.zh}为{right}"
    en = f"{equation.place.en}: {left.en}; {sums.en} is {right}"
    if verdict.status == "untestable" and equation.unread:
        cells = [cell_name(term, book.sheets[term.ref.table_no].table) for term in equation.unread[:_NAMED]]
        texts = [term.fact.amount_text for term in equation.unread[:_NAMED] if term.fact is not None]
        zh = "、".join(f"{cell.zh}“{text}”" for cell, text in zip(cells, texts, strict=True))
        en = ", ".join(f"{cell.en} “{text}”" for cell, text in zip(cells, texts, strict=True))
        return Phrase(
            f"{equation.place.zh}：未能检验，无法识读{zh}",
            f"{equation.place.en}: not tested, a cell cannot be read: {en}",
        )
    if verdict.status == "untestable":
        return Phrase(f"{zh}：未能检验", f"{en}: not tested, {rule.untestable or 'most rows refute it'}")
    if not verdict.difference:
        return Phrase(f"{zh}，相符。", f"{en}; they agree.")
    gap = printed(verdict.difference, table)
    if verdict.status == "rounding":
        return Phrase(f"{zh}，相差{gap}，属四舍五入尾差。", f"{en}; the difference of {gap} is rounding.")
    return Phrase(f"{zh}，相差{gap}。", f"{en}; they differ by {gap}.")


def _add(first: Phrase, second: Phrase) -> Phrase:
    return Phrase(first.zh + second.zh, f"{first.en} {second.en}")


def _explained(explanations: Sequence[Explanation], book: Book) -> Phrase:
    if not explanations:
        return Phrase("现有数字不能判断是哪一处有误。", "The figures do not show which amount is wrong.")
    if len(explanations) == 1:
        likely = _one(explanations[0], book)
        return Phrase(f"最可能：{likely.zh}。", f"Most likely {likely.en}.")
    named = [_one(explanation, book) for explanation in explanations[:_NAMED]]
    more = len(explanations) - len(named)
    return Phrase(
        f"可能有{len(explanations)}种原因：" + "；或".join(p.zh for p in named) + ("等。" if more else "。"),
        f"There are {len(explanations)} possible causes: "
        + "; or ".join(p.en for p in named)
        + (f"; and {more} more." if more else "."),
    )


def _one(explanation: Explanation, book: Book) -> Phrase:
    """The cells at fault and what they should print."""
    changes = explanation.changes
    if changes[0].right is None:
        name = _name(changes[0].cell, book)
        table = _table(changes[0].cell, book)
        lacking = "、".join(printed(change.printed, table) for change in changes)
        return Phrase(
            f"{name.zh}之下缺一行，金额为{lacking}",
            f"a row is missing below {name.en}, of {lacking}",
        )
    if explanation.slip is DOUBLED:
        name = row_of(changes[0].cell, book.sheets[changes[0].cell.table_no])
        return Phrase(f"{name.zh}{explanation.slip.zh}", f"{name.en}: {explanation.slip.en}")
    shown = changes if explanation.slip is not SHIFT else changes[:1]
    parts = [_asked(change, book) for change in shown]
    return Phrase(
        f"{'，'.join(p.zh for p in parts)}（{explanation.slip.zh}）",
        f"{' and '.join(p.en for p in parts)} ({explanation.slip.en})",
    )


def _asked(change: Change, book: Book) -> Phrase:
    name, table = _name(change.cell, book), _table(change.cell, book)
    right = printed(change.right, table) if change.right else None
    return Phrase(
        f"{name.zh}应为{right or '空'}",
        f"{name.en} should print {right}" if right else f"{name.en} should be blank",
    )


def _table(cell: CellRef, book: Book) -> BudgetTable:
    return next(table for table in book.tables if table.table_no == cell.table_no)


def _name(cell: CellRef, book: Book) -> Phrase:
    if cell.row_no < 0:
        return form_place(book, -1 - cell.row_no)
    sheet = book.sheets[cell.table_no]
    return cell_name(sheet.term(cell.row_no, cell.col_no), sheet.table)


def _fault(explanations: Sequence[Explanation], verdict: Verdict, book: Book) -> Fault:
    """The publisher's where the document's own text leaves one explanation; a scan may have been misread."""
    terms = (*verdict.equation.left, *verdict.equation.right)
    cells = (term.ref for term in terms) if len(explanations) != 1 else explanations[0].cells
    tables = [_table(cell, book) for cell in cells]
    if any(fact.source == "scan" for table in tables for fact in table.facts[:1]):
        return "reading"
    return "publisher" if len(explanations) == 1 else "unclear"


def check_of_gap(gap: Gap) -> Check:
    """The check of a rule that applies and cannot be tested."""
    statement = f"{gap.place.zh}：{gap.rule.zh} | {gap.place.en}: {gap.rule.en}"
    message = f"{gap.place.zh}：未能检验，{gap.why.zh}。 | {gap.place.en}: not tested, {gap.why.en}."
    return Check(gap.rule.id, (gap.table_no,), statement, "untestable", "info", message)


def check_of_finding(finding: Finding, excused: Phrase | None = None) -> Check:
    """The check of a finding without a sum; `excused` as for one with a sum."""
    rule, says = finding.rule, _add(finding.says, excused) if excused else finding.says
    return Check(
        rule=rule.id,
        table_nos=finding.table_nos,
        statement=f"{finding.place.zh}：{rule.zh} | {finding.place.en}: {rule.en}",
        status=finding.status,
        severity=rule.severity if finding.status in ("fails", "untestable") and not excused else "info",
        message=f"{says.zh} | {says.en}",
        facts=finding.refs,
        fault="unclear" if finding.status == "fails" else None,
    )


def judged(
    tables: Sequence[BudgetTable],
    verdicts: Sequence[Verdict],
    diagnosis: Diagnosis,
    excused: frozenset[int] = frozenset(),
) -> tuple[BudgetTable, ...]:
    """The tables with proofs, disputes and status of each fact; `excused` verdicts (positions) dispute none.

    A failing equation disputes the cells the evidence points at; where it points nowhere, all its cells, of
    a mere warning those that nothing else proves.
    """
    proofs: defaultdict[CellRef, dict[str, None]] = defaultdict(dict)
    disputes: defaultdict[CellRef, dict[str, None]] = defaultdict(dict)
    failing: list[tuple[frozenset[CellRef], dict[CellRef, None], Rule]] = []
    for position, verdict in enumerate(verdicts):
        rule = verdict.equation.rule
        cells = {term.ref: None for term in (*verdict.equation.left, *verdict.equation.right)}
        if verdict.status in ("holds", "rounding"):
            for cell in cells:
                proofs[cell][rule.id] = None
        elif verdict.status == "fails" and position not in excused:
            failing.append((diagnosis.suspects(position), cells, rule))
    for suspects, cells, rule in failing:
        for cell in suspects or cells:
            if suspects or rule.severity == "error" or cell not in proofs:
                disputes[cell][rule.id] = None
    return tuple(
        replace(table, facts=tuple(_with_status(table, fact, proofs, disputes) for fact in table.facts))
        if table.facts
        else table
        for table in tables
    )


def _with_status(
    table: BudgetTable,
    fact: Fact,
    proofs: dict[CellRef, dict[str, None]],
    disputes: dict[CellRef, dict[str, None]],
) -> Fact:
    cell = CellRef(table.table_no, fact.row_no, fact.col_no)
    held, failed = tuple(proofs.get(cell, ())), tuple(disputes.get(cell, ()))
    return replace(
        fact, proofs=held, disputes=failed, status="disputed" if failed else "proved" if held else "single"
    )
