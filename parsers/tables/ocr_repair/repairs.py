"""Slips of recognition in scanned tables, repaired where knowledge proves the repair.

Invariant: a cell changes only when exactly one reading is proved, by the code ↔ name table, by the pattern
the table's amounts follow, or by a sum; the reading before it is recorded in a note. Anything else stays as
read, and cells that were not recognised in an image are never touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from parsers.tables.layout.assembly import Draft
from parsers.tables.layout.columns import Column
from parsers.tables.layout.rows import Row
from parsers.tables.ocr_repair.amounts import Candidate, Pattern, Place, Sums, candidates, pattern_of
from parsers.tables.ocr_repair.codes import code_slips
from parsers.values.amounts import printed_number
from parsers.values.document import Cell, Note
from parsers.values.messages import Message, message
from parsers.values.vocabulary import AmountSource


@dataclass(frozen=True, slots=True)
class Repair:
    """What a cell of the body prints in truth, and what proves it."""

    row: int
    col: int
    text: str
    proof: Message


def repaired(
    draft: Draft, columns: Sequence[Column], table_no: int, scanned: Collection[int | None]
) -> tuple[Draft, tuple[Note, ...]]:
    """The draft with its slips repaired and a note on each; `scanned` are the pages that are images."""
    if draft.source != AmountSource.SCAN:
        return draft, ()
    body, notes = draft.body, list[Note]()
    for step in (_of_codes, _of_patterns, _of_sums):
        found = [repair for repair in step(body, columns) if body[repair.row][0].page in scanned]
        notes += [_note(repair, body, table_no) for repair in found]
        body = _applied(body, found)
    return replace(draft, body=body), tuple(notes)


def _of_codes(body: Sequence[Row], columns: Sequence[Column]) -> Iterator[Repair]:
    """Codes proved by the name beside them, and names by their code."""
    for place, text, proof in code_slips(body, columns):
        yield Repair(*place, text, proof)


def _of_patterns(body: Sequence[Row], columns: Sequence[Column]) -> Iterator[Repair]:
    """Amounts with one reading that fits what the table prints."""
    doubtful, pattern = _doubtful(body, columns)
    sums = Sums(body, columns, set(doubtful))
    for (row, col), found in doubtful.items():
        read = printed_number(body[row][col].own_text)
        kept = read is not None and read != found[0].value and sums.hold((row, col), read)
        if pattern is not None and found[0].certain and not kept:
            yield Repair(row, col, found[0].text, message("proved_by_pattern", pattern=pattern.shape))


def _of_sums(body: Sequence[Row], columns: Sequence[Column]) -> Iterator[Repair]:
    """Amounts with several readings, or one that needs proof, of which one makes a sum hold."""
    doubtful, _ = _doubtful(body, columns)
    sums = Sums(body, columns, set(doubtful))
    for place, found in doubtful.items():
        read = printed_number(body[place[0]][place[1]].own_text)
        proved = [candidate for candidate in found if sums.hold(place, candidate.value)]
        if len(proved) == 1 and not (read is not None and sums.hold(place, read)):
            yield Repair(*place, proved[0].text, message("proved_by_sum"))


def _doubtful(
    body: Sequence[Row], columns: Sequence[Column]
) -> tuple[dict[Place, list[Candidate]], Pattern | None]:
    """The amounts that look unlike their table, with their readings, and how the table prints."""
    money = [column.index for column in columns if column.role == "money"]
    places = [(r, c) for r, row in enumerate(body) for c in money if row[c].own_text.strip()]
    pattern = pattern_of([body[r][c].own_text for r, c in places])
    readings = {(r, c): candidates(body[r][c].own_text, pattern) for r, c in places}
    return {place: found for place, found in readings.items() if found}, pattern


def _note(repair: Repair, body: Sequence[Row], table_no: int) -> Note:
    slot = body[repair.row][repair.col]
    place = message("cell_of_body", table=table_no, row=repair.row, column=repair.col)
    detail = message("reading_repaired", cell=place, read=slot.text, text=repair.text, proof=repair.proof)
    return Note("ocr_repair", detail, slot.page)


def _applied(body: list[Row], repairs: Sequence[Repair]) -> list[Row]:
    """The body with the repaired cells, over the whole span of each."""
    texts = {id(body[repair.row][repair.col].cell): repair.text for repair in repairs}

    def mended(cell: Cell | None) -> Cell | None:
        return replace(cell, text=texts[id(cell)]) if cell is not None and id(cell) in texts else cell

    if not texts:
        return body
    made: dict[int, Cell | None] = {}
    return [
        tuple(slot._replace(cell=made.setdefault(id(slot.cell), mended(slot.cell))) for slot in row)
        for row in body
    ]
