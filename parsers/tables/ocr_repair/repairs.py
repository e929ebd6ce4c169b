"""Slips of recognition in scanned tables, repaired where knowledge proves the repair.

Invariant: a cell changes only when exactly one reading is proved, by the code ↔ name table, by the pattern
the table's amounts follow, or by a sum; the reading before it is recorded in a note. Anything else stays as
read, and cells that were not recognised in an image are never touched. A known code beside another's name
is an error of the document, which is for the checks to find.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from parsers.reference.codes import FILES, classification, name_key
from parsers.tables.layout.assembly import Draft
from parsers.tables.layout.columns import PARTS, Column
from parsers.tables.layout.rows import Row
from parsers.tables.ocr_repair.amounts import (
    Candidate,
    Pattern,
    Place,
    Sums,
    candidates,
    confusions,
    pattern_of,
)
from parsers.tables.ocr_repair.words import ordinal_slips
from parsers.values.amounts import printed_number
from parsers.values.document import Cell, Note
from parsers.values.messages import Message, message
from parsers.values.text import fold


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
    """A scanned draft, its slips repaired, and a note on each; `scanned` are the pages that are images."""
    body, notes = draft.body, list[Note]()
    for step in (_of_codes, _of_patterns, _of_sums):
        found = [repair for repair in step(body, columns) if body[repair.row][0].page in scanned]
        notes += [_note(repair, body, table_no) for repair in found]
        body = _applied(body, found)
    return replace(draft, body=body), tuple(notes)


def _of_codes(body: Sequence[Row], columns: Sequence[Column]) -> Iterator[Repair]:
    """Codes proved by the name beside them, names by their code, and ordinals by those before and behind."""
    for place, text in ordinal_slips(body, columns):
        yield Repair(*place, text, message("proved_by_order"))
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


LEAST_NAME = 4  # characters; in shorter names one other character makes another name
_NAMES = frozenset({"item", "functional_name", "economic_name", "gov_economic_name"})
_CODE = re.compile(r"\d{3}(?:\d{2}){0,2}")
_CELL = re.compile(r"[\[(]?(?P<code>[^\u4e00-\u9fff()\[\]—_:：-]*)[\])]?[-—_:：]?(?P<name>.*)", re.DOTALL)
_BROKEN = re.compile(r"\d{3}[-.]\d{2}(?:[-.]\d{2})?")

Slip = tuple[Place, str, Message]  # where, the text repaired, what proves it


@dataclass(frozen=True, slots=True)
class _Field:
    """The columns that print one code (one, or 类, 款, 项), and the column that prints its name."""

    codes: tuple[int, ...]
    name: int


def code_slips(body: Sequence[Row], columns: Sequence[Column]) -> Iterator[Slip]:
    """Where a code or its name was misread, its text repaired, and the proof."""
    for field in _fields(columns):
        read = _of_parts if len(field.codes) > 1 else _of_whole
        yield from read(body, field)


def _fields(columns: Sequence[Column]) -> Iterator[_Field]:
    """Each code with the nearest name right of it; labels without a code column may print both."""
    codes: list[Column] = []
    for column in columns:
        if column.role == "code" or (column.role in PARTS and codes and codes[-1].role not in PARTS):
            codes = [column]
        elif column.role in PARTS:
            codes.append(column)
        elif column.role in _NAMES:
            yield _Field(tuple(c.index for c in codes) or (column.index,), column.index)
            codes = []
        elif column.role == "money":
            codes = []


def _of_whole(body: Sequence[Row], field: _Field) -> Iterator[Slip]:
    """Codes printed in one cell, alone or before their name."""
    (column,) = field.codes
    above = ""
    for r, row in enumerate(body):
        text = row[column].own_text
        match = _CELL.fullmatch(text)
        if match is None or not text.strip() or _BROKEN.search(text):
            continue
        seen, inside = fold(match["code"]), bool(match["name"].strip())
        name = match["name"] if inside else row[field.name].text if field.name != column else ""
        if _CODE.fullmatch(seen):
            above = seen
            place = (r, column if inside else field.name)
            if inside or row[field.name].anchor:
                yield from _of_name(place, name, seen, text[: match.start("name")] if inside else "")
        elif code := _code_named(name, seen, above):
            above = code
            start, end = match.span("code")
            yield (r, column), text[:start] + code + text[end:], _proof(name, code)


def _proof(name: str, code: str) -> Message:
    return message("proved_by_name", name=name_key(name), code=code)


def _code_named(name: str, seen: str, above: str) -> str | None:
    """The one code of this name that can be read as `seen`; of several the one under the code above."""
    found = [code for code in _codes_of().get(name_key(name), ()) if _explains(seen, code)]
    if len(found) > 1:
        found = [code for code in found if code[:-2] and above.startswith(code[:-2])]
    return found[0] if len(found) == 1 else None


def _explains(seen: str, code: str) -> bool:
    """Whether `seen` is `code` with letters for digits, one digit doubled, or one of three and more lost."""
    digits = confusions().digits_of(seen)
    if not (digits.isascii() and digits.isdigit()):
        return False
    if len(digits) == len(code) + 1:
        doubled = (i for i in range(len(code)) if digits[i] == digits[i + 1])
        return any(digits[:i] + digits[i + 1 :] == code for i in doubled)
    if len(digits) == len(code) - 1 and len(digits) >= 2 and len(code) > 2:
        return any(code[:i] + code[i + 1 :] == digits for i in range(len(code)))
    return digits == code


def _of_parts(body: Sequence[Row], field: _Field) -> Iterator[Slip]:
    """Codes printed in 类, 款, 项, each in every row or only where it changes."""
    current: list[str] = []
    for r, row in enumerate(body):
        seen = [fold(row[c].text) for c in field.codes]
        if not any(seen):
            continue
        deepest = max(i for i, part in enumerate(seen) if part)
        kept = [
            part or (current[i] if i < len(current) else "") for i, part in enumerate(seen[: deepest + 1])
        ]
        if all(part.isdigit() and len(part) == (2 if i else 3) for i, part in enumerate(kept)):
            current = kept
            name = row[field.name]
            yield from _of_name((r, field.name), name.text if name.anchor else "", "".join(kept), "")
            continue
        codes = _codes_of().get(name_key(row[field.name].text), ())
        found = [parts for code in codes if (parts := _parts_read(code, kept))]
        current = found[0] if len(found) == 1 else []
        for i, part in enumerate(current):
            if seen[i] and seen[i] != part and row[field.codes[i]].anchor:
                proof = _proof(row[field.name].text, "".join(current))
                yield (r, field.codes[i]), part, proof


def _parts_read(code: str, seen: Sequence[str]) -> list[str]:
    """类, 款, 项 of a code if they can be read as these, else nothing."""
    parts = [part for part in (code[:3], code[3:5], code[5:]) if part]
    fits = len(parts) == len(seen) and all(map(_explains, seen, parts))
    # A part that is legible as it stands is not a slip.
    legible = all(s == p for s, p in zip(seen, parts, strict=False) if s.isdigit() and len(s) == len(p))
    return parts if fits and legible else []


def _of_name(place: Place, name: str, code: str, before: str) -> Iterator[Slip]:
    """The name of a known code with one character misread; `before` is what its cell prints before it."""
    key = name_key(name)
    names = _names_of().get(code, frozenset())
    if len(key) < LEAST_NAME or key in _codes_of() or not names:
        return
    repaired = {text for known in names for text in _with_one_other(name, key, known)}
    if len(repaired) == 1:
        yield place, before + repaired.pop(), message("proved_by_code", code=code)


def _with_one_other(name: str, key: str, known: str) -> Iterator[str]:
    """`name` with the one character replaced in which its key differs from a known one."""
    different = [(a, b) for a, b in zip(key, known, strict=False) if a != b]
    if len(key) != len(known) or len(different) != 1 or frozenset(different[0]) in confusions().spellings:
        return
    ((wrong, right),) = different
    for at, char in enumerate(name):
        text = name[:at] + right + name[at + 1 :]
        if char == wrong and name_key(text) == known:
            yield text


@cache
def _codes_of() -> dict[str, frozenset[str]]:
    """Name, in any year's wording → the codes it stands for, in all classifications."""
    codes: defaultdict[str, set[str]] = defaultdict(set)
    for system in FILES:
        for line in classification(system):
            codes[name_key(line.name)].add(line.code)
    return {name: frozenset(found) for name, found in codes.items()}


@cache
def _names_of() -> dict[str, frozenset[str]]:
    """Code → the names it has had."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    for name, codes in _codes_of().items():
        for code in codes:
            names[code].add(name)
    return {code: frozenset(found) for code, found in names.items()}
