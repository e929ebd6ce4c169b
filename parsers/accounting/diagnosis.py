"""Which cells explain the sums that fail: the smallest change that mends most and breaks least.

Invariant: an explanation is named only where no other change mends as much; where several do, all their
cells are suspects. Nothing is corrected: amounts stay as printed.

A change is scored by the equations it mends minus those it breaks, minus how far-fetched it is (`slips`),
and less where another table prints the amount again. The best is taken, its equations are settled, and the
rest is explained in turn.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from parsers.accounting.book import ZERO, Book
from parsers.accounting.equation import Verdict
from parsers.accounting.selection import corroborated
from parsers.accounting.slips import DOUBLED, ROW, SHIFT, SWAP, Change, Explanation, Slip, likeliest, slip
from parsers.values.results import CellRef, Fact
from parsers.values.vocabulary import CheckStatus

_WIDEST_SHIFT = 20  # cells of a row; the shifts to try grow with their number
_MAX_ROUNDS = 60
_MAX_PAIRS = 400
_MANY = 60
_ELSEWHERE = 0.2  # an amount that another table prints again is the less likely one to be wrong


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Explanations by verdict position; more than one means that they are equally likely."""

    by_verdict: dict[int, tuple[Explanation, ...]]

    def suspects(self, position: int) -> frozenset[CellRef]:
        """The cells the evidence points at for one failing verdict; empty where it points nowhere."""
        return frozenset(cell for e in self.by_verdict.get(position, ()) for cell in e.cells)


def diagnose(verdicts: Sequence[Verdict], book: Book) -> Diagnosis:
    """Explain the failing verdicts, all others being evidence."""
    return Diagnosis(_Case(verdicts, book).explain())


class _Case:
    """The equations around the failures, and the amounts as they would be after the changes so far."""

    def __init__(self, verdicts: Sequence[Verdict], book: Book) -> None:
        self.verdicts = verdicts
        self.book = book
        self.open = {i for i, v in enumerate(verdicts) if v.status == CheckStatus.FAILS}
        self.gap = {i: v.difference for i, v in enumerate(verdicts)}
        self.weights: dict[int, dict[CellRef, int]] = {}
        self.around: defaultdict[CellRef, list[int]] = defaultdict(list)
        self.yuan: dict[CellRef, Decimal] = {}
        self.blank: set[CellRef] = set()
        self.elsewhere: frozenset[CellRef] = frozenset()
        if self.open:
            self._index()
            self.elsewhere = corroborated(book)

    def _index(self) -> None:
        for i, verdict in enumerate(self.verdicts):
            if verdict.status == CheckStatus.UNTESTABLE:
                continue
            weights: defaultdict[CellRef, int] = defaultdict(int)
            for sign, terms in ((1, verdict.equation.left), (-1, verdict.equation.right)):
                for term in terms:
                    weights[term.ref] += sign
                    self.yuan[term.ref] = term.yuan
                    if term.fact is None:
                        self.blank.add(term.ref)
            self.weights[i] = dict(weights)
            for cell in weights:
                self.around[cell].append(i)

    def explain(self) -> dict[int, tuple[Explanation, ...]]:
        found: dict[int, tuple[Explanation, ...]] = {}
        for component in self._components():
            self.open = component
            for _ in range(_MAX_ROUNDS):
                best = self._best()
                if not best:
                    break
                for i in frozenset().union(*(e.mends for e in best)):
                    found[i] = best
                    self.open.discard(i)
                if len(best) == 1:
                    self._apply(best[0].changes)
        return found

    def _components(self) -> list[set[int]]:
        """The failing equations in groups that share cells, or that one equation joins (two rows swapped
        within a column leave the column's sum as it was); in documents with many failures the former only."""
        left, components, close = sorted(self.open), [], len(self.open) > _MANY
        while left:
            group, frontier = {left[0]}, [left[0]]
            while frontier:
                i = frontier.pop()
                near = {j for cell in self._reach(i, close) for j in self.around[cell] if j in self.open}
                near |= {j for j in left if self._whole_row(j) == self._whole_row(i)}
                near -= group
                group |= near
                frontier.extend(near)
            components.append(group)
            left = [i for i in left if i not in group]
        return components

    def _reach(self, i: int, close: bool) -> set[CellRef]:
        cells = set(self.weights[i])
        if not close:
            cells |= {cell for own in self.weights[i] for j in self.around[own] for cell in self.weights[j]}
        return cells

    def _whole_row(self, i: int) -> tuple[str, int, int]:
        """The row whose parts an equation adds up: its columns lack the same missing row."""
        equation = self.verdicts[i].equation
        whole = equation.left[0].ref
        return equation.rule.id, whole.table_no, whole.row_no

    def _best(self) -> tuple[Explanation, ...]:
        """The explanations with the highest score; nothing that breaks as much as it mends."""
        candidates = {frozenset(e.changes): e for e in self._candidates() if e.score > 0}
        if not candidates:
            return ()
        top = max(e.score for e in candidates.values())
        best = [e for e in candidates.values() if e.score > top - 0.05]
        settled = best[0].mends
        return tuple(e for e in best if e.mends & settled)

    def _candidates(self) -> Iterator[Explanation]:
        asked = self._asked()
        yield from self._singles(asked)
        yield from self._swaps(asked)
        yield from self._shifts()
        yield from self._missing_rows()
        yield from self._doubled_rows()

    def _asked(self) -> dict[CellRef, dict[Decimal, Decimal]]:
        """What the failing sums ask of each of their cells: the amount, and how far rounding may move it."""
        asked: defaultdict[CellRef, dict[Decimal, Decimal]] = defaultdict(dict)
        for i in sorted(self.open):
            for cell, weight in self.weights[i].items():
                if weight:
                    asked[cell][self.yuan[cell] - self.gap[i] / weight] = self.verdicts[i].tolerance
        return asked

    def _singles(self, asked: dict[CellRef, dict[Decimal, Decimal]]) -> Iterator[Explanation]:
        for cell, amounts in asked.items():
            printed, step, blank = self.yuan[cell], self._step(cell), cell in self.blank
            for asks, slack in amounts.items():
                right = likeliest(printed, asks, step, slack, blank=blank)
                yield self._judged(slip(printed, right, step, blank=blank), (Change(cell, printed, right),))

    def _open_around(self, cell: CellRef) -> Iterator[tuple[int, int]]:
        for i in self.around[cell]:
            if i in self.open and self.weights[i][cell]:
                yield i, self.weights[i][cell]

    def _swaps(self, asked: dict[CellRef, dict[Decimal, Decimal]]) -> Iterator[Explanation]:
        """Two cells of one table, one should print what the other prints: in its row or column, or the other
        way round, too."""
        printed: defaultdict[int, list[tuple[Decimal, CellRef]]] = defaultdict(list)
        tables = {cell.table_no for cell in asked}
        for cell, yuan in self.yuan.items():
            if cell.table_no in tables:
                printed[cell.table_no].append((yuan, cell))
        for amounts in printed.values():
            amounts.sort(key=lambda pair: (pair[0], _place(pair[1])))
        asking = [(cell, *amount) for cell, amounts in asked.items() for amount in amounts.items()]
        for cell, right, slack in asking[:_MAX_PAIRS]:
            own, amounts = self.yuan[cell], printed[cell.table_no]
            start = bisect_left(amounts, right - slack, key=_amount)
            end = bisect_right(amounts, right + slack, key=_amount)
            for theirs, other in amounts[start:end]:
                if other == cell or theirs == own or not (own or theirs):
                    continue
                near = other.row_no == cell.row_no or other.col_no == cell.col_no
                changes = (Change(cell, own, theirs), Change(other, theirs, own))
                if near or self._mends_both(changes):
                    yield self._judged(SWAP, tuple(sorted(changes, key=lambda c: _place(c.cell))))

    def _mends_both(self, changes: Sequence[Change]) -> bool:
        return all(any(True for _ in self._open_around(change.cell)) for change in changes)

    def _shifts(self) -> Iterator[Explanation]:
        """The amounts of a row, from one column on, moved back by one column."""
        for table_no, row_no in {(c.table_no, c.row_no) for i in self.open for c in self.weights[i]}:
            if table_no not in self.book.sheets:
                continue
            cells = [
                cell
                for column in self.book.sheets[table_no].columns
                if (cell := CellRef(table_no, row_no, column.number)) in self.yuan
            ]
            if len(cells) <= _WIDEST_SHIFT:
                yield from self._shifts_of(cells)

    def _shifts_of(self, cells: Sequence[CellRef]) -> Iterator[Explanation]:
        amounts = [self.yuan[cell] for cell in cells]
        for start in range(len(cells) - 2):
            for moved in ((*amounts[start + 1 :], ZERO), (ZERO, *amounts[start:-1])):
                changes = tuple(
                    Change(cell, self.yuan[cell], right)
                    for cell, right in zip(cells[start:], moved, strict=True)
                    if self.yuan[cell] != right
                )
                if len(changes) > 2:
                    yield self._judged(SHIFT, changes)

    def _missing_rows(self) -> Iterator[Explanation]:
        """Sums of one row that lack something in their columns: a part that is not printed. Of a class that
        another table does not list at all, its parts may stand there under a class of another name."""
        groups: defaultdict[tuple[str, int, int], list[int]] = defaultdict(list)
        for i in self.open:
            equation = self.verdicts[i].equation
            if equation.open_ended and equation.right and self.gap[i] > 0:
                groups[self._whole_row(i)].append(i)
        for members in groups.values():
            changes = tuple(
                Change(self.verdicts[i].equation.left[0].ref, self.gap[i], None) for i in sorted(members)
            )
            yield Explanation(ROW, changes, frozenset(members), len(members) - ROW.weight)

    def _doubled_rows(self) -> Iterator[Explanation]:
        """A row that says what the row above it says: without it the sums may hold."""
        for table_no in sorted({cell.table_no for i in self.open for cell in self.weights[i]}):
            if table_no not in self.book.sheets:
                continue
            rows = self.book.sheets[table_no].by_row
            for (row_no, block), facts in rows.items():
                above = rows.get((row_no - 1, block), [])
                if [_said(fact) for fact in facts] == [_said(fact) for fact in above]:
                    for twin in (row_no, row_no - 1):
                        cells = [CellRef(table_no, twin, fact.col_no) for fact in facts if fact.amount_yuan]
                        changes = [Change(c, self.yuan[c], ZERO) for c in cells if c in self.yuan]
                        if changes:
                            yield self._judged(DOUBLED, tuple(changes))

    def _judged(self, kind: Slip, changes: tuple[Change, ...]) -> Explanation:
        """The changes with the equations they mend; the score counts those they break against them."""
        moved: defaultdict[int, Decimal] = defaultdict(Decimal)
        for change in changes:
            for i in self.around[change.cell]:
                moved[i] += self.weights[i][change.cell] * ((change.right or ZERO) - change.printed)
        mended, broken = set(), 0
        for i, by in moved.items():
            holds = abs(self.gap[i] + by) <= self.verdicts[i].tolerance
            if holds and i in self.open:
                mended.add(i)
            elif not holds and by and abs(self.gap[i]) <= self.verdicts[i].tolerance:
                broken += 1
        extra = 0.2 * (len(changes) - 2) if len(changes) > 2 and kind is not DOUBLED else 0.0
        corroborated = all(change.cell in self.elsewhere for change in changes)
        doubt = _ELSEWHERE if corroborated and kind not in (SHIFT, DOUBLED) else 0.0
        score = len(mended) - broken - kind.weight - extra - doubt
        return Explanation(kind, changes, frozenset(mended), score)

    def _apply(self, changes: Iterable[Change]) -> None:
        for change in changes:
            if change.right is None:
                continue
            by = change.right - self.yuan[change.cell]
            self.yuan[change.cell] = change.right
            for i in self.around[change.cell]:
                self.gap[i] += self.weights[i][change.cell] * by

    def _step(self, cell: CellRef) -> Decimal:
        sheet = self.book.sheets.get(cell.table_no)
        return sheet.step if sheet is not None else Decimal(1)


def _said(fact: Fact) -> tuple[object, ...]:
    """The amount of a cell and those beside it."""
    return fact.col_no, fact.amount_yuan, fact.row_label, fact.functional_code, fact.economic_code


def _amount(pair: tuple[Decimal, CellRef]) -> Decimal:
    return pair[0]


def _place(cell: CellRef) -> tuple[int, int, int]:
    return cell.table_no, cell.row_no, cell.col_no
