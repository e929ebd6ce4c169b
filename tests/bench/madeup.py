"""Made-up documents, shaped like a county department's budget: 200 facts in 4 tables, 2 checks for 3 facts.

Invariant: the same numbers give the same rows. Documents come in order of province and year, as crawls of one
province after another bring them; another *version* of a document is another file, with an id and amounts of
its own; another *reading* has other amounts in the same file.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from archive.dataset.schema import arrow_schema

TABLES_OF_A_DOCUMENT = 4
ROWS_OF_A_TABLE = 50
FACTS_OF_A_DOCUMENT = TABLES_OF_A_DOCUMENT * ROWS_OF_A_TABLE
CHECKS_OF_A_TABLE = 33
PROVINCES = [f"{code}0100" for code in (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47),
                                        *range(50, 55), *range(61, 66))]  # fmt: skip
YEARS = range(2015, 2027)
LABELS = [f"{number:07d} 行政运行和其他支出" for number in range(2010101, 2010101 + ROWS_OF_A_TABLE)]
STATEMENT = "《一般公共预算支出明细表》“{0}”行：合计=基本支出+项目支出 | table {1}, row “{0}”: total = sum"
MESSAGE = "《一般公共预算支出明细表》“{0}”行合计为{1} 万元，基本支出与项目支出之和为{1} 万元，相符"


def together(documents: int, count: int) -> list[int]:
    """Neighbours: documents of few provinces and years."""
    start = documents // 3
    return list(range(start, start + count))


def scattered(documents: int, count: int) -> list[int]:
    """Documents chosen at random, always the same: the worst case."""
    return sorted(random.Random(7).sample(range(documents), count))


NAMES = ("documents", "tables", "facts", "checks")


def rows_of(
    chosen: Sequence[int],
    documents: int,
    version: int = 0,
    reading: int = 0,
    tables: Sequence[str] = NAMES,
) -> dict[str, pa.Table]:
    """The rows of chosen documents, of so many there are, by table."""
    made = _Made(chosen, documents, version, reading)
    return {name: getattr(made, name)() for name in tables}


def superseded(chosen: Sequence[int], documents: int, version: int) -> pa.Table:
    """The first versions' rows of `documents`, once another version is there."""
    rows = _Made(chosen, documents, 0, 0).documents()
    later = pa.array([identity(number, version) for number in chosen])
    place = rows.schema.get_field_index("superseded_by")
    return rows.set_column(place, rows.schema.field(place), later)


def identity(number: int, version: int = 0) -> str:
    return sha256(f"{number}.{version}".encode()).hexdigest()


class _Made:
    def __init__(self, chosen: Sequence[int], documents: int, version: int, reading: int) -> None:
        self.chosen = chosen
        self.ids = [identity(number, version) for number in chosen]
        places = [number * len(PROVINCES) * len(YEARS) // documents for number in chosen]
        self.regions = [PROVINCES[place // len(YEARS)] for place in places]
        self.years = [YEARS[place % len(YEARS)] for place in places]
        chance = np.random.default_rng([*chosen, version, reading])
        self.cents = chance.integers(10**9, size=len(chosen) * FACTS_OF_A_DOCUMENT)
        self.texts = [f"{cents / 100:,.2f}" for cents in self.cents.tolist()]
        self.table_ids = [f"{one[:16]}-t{number + 1:03d}" for one in self.ids
                          for number in range(TABLES_OF_A_DOCUMENT)]  # fmt: skip

    def documents(self) -> pa.Table:
        count = len(self.chosen)
        return _table("documents", count, {
            "document_id": self.ids,
            "content": [sha256(one.encode()).hexdigest() for one in self.ids],
            "title": [f"第{number % 97}县第{number % 1009}局部门预算" for number in self.chosen],
            "body_name": list(map(_body, self.chosen)),
            "region_code": self.regions,
            "fiscal_year": self.years,
            "media_type": "application/pdf", "pages": 20, "text_layer": "text", "body_level": "department",
            "document_kind": "budget", "outcome": "parsed", "parser_version": "1",
            "tables": TABLES_OF_A_DOCUMENT, "facts": FACTS_OF_A_DOCUMENT, "proved_share": 1.0,
        })  # fmt: skip

    def tables(self) -> pa.Table:
        count = len(self.table_ids)
        cells = pa.array([cell for row, text in enumerate(self.texts)
                          for cell in (LABELS[row % ROWS_OF_A_TABLE], text)])  # fmt: skip
        lines = pa.ListArray.from_arrays(np.arange(0, len(cells) + 1, 2, dtype=np.int32), cells)
        grid = pa.ListArray.from_arrays(np.arange(0, len(lines) + 1, ROWS_OF_A_TABLE, dtype=np.int32), lines)
        return _table("tables", count, {
            "table_id": self.table_ids,
            "document_id": _each(self.ids, TABLES_OF_A_DOCUMENT),
            "table_no": [number % TABLES_OF_A_DOCUMENT + 1 for number in range(count)],
            "title": "一般公共预算支出明细表", "table_type": "general_expenditure", "unit_text": "万元",
            "header": pa.array([[["功能科目", "合计"]]] * count), "grid": grid, "empty": False,
        })  # fmt: skip

    def facts(self) -> pa.Table:
        count = len(self.texts)
        rows = [number % ROWS_OF_A_TABLE for number in range(count)]
        labels = pa.array(LABELS).take(pa.array(rows))
        return _table("facts", count, {
            "fact_id": self._fact_ids(),
            "document_id": _each(self.ids, FACTS_OF_A_DOCUMENT),
            "table_id": _each(self.table_ids, ROWS_OF_A_TABLE),
            "row_no": rows, "col_no": 2, "page": 1, "x0": 10.0, "y0": [float(row) for row in rows],
            "region_code": _each(self.regions, FACTS_OF_A_DOCUMENT),
            "body_name": _each([_body(number) for number in self.chosen], FACTS_OF_A_DOCUMENT),
            "fiscal_year": _each(self.years, FACTS_OF_A_DOCUMENT),
            "document_kind": "budget", "table_type": "general_expenditure", "row_label": labels,
            "column_path": "合计", "flow": "expenditure", "unit_text": "万元", "source": "text",
            "functional_code": pc.utf8_slice_codeunits(labels, 0, 7), "is_total": False,
            "amount_yuan": self._yuan(), "amount_text": self.texts, "status": "proved",
        })  # fmt: skip

    def checks(self) -> pa.Table:
        """Of the first rows of each table: a sum that holds."""
        count = len(self.table_ids) * CHECKS_OF_A_TABLE
        tables = [number // CHECKS_OF_A_TABLE for number in range(count)]
        rows = [number % CHECKS_OF_A_TABLE for number in range(count)]
        places = [table * ROWS_OF_A_TABLE + row for table, row in zip(tables, rows, strict=True)]
        facts, yuan = self._fact_ids().take(pa.array(places)), self._yuan().take(pa.array(places))
        marks = [sha256(fact.encode()).hexdigest()[:10] for fact in facts.to_pylist()]
        return _table("checks", count, {
            "check_id": [f"{self.table_ids[table][:16]}-I2-{mark}"
                         for table, mark in zip(tables, marks, strict=True)],
            "document_id": _each(self.ids, TABLES_OF_A_DOCUMENT * CHECKS_OF_A_TABLE),
            "rule": "I2", "fact_ids": _lists(facts),
            "table_ids": _lists(_each(self.table_ids, CHECKS_OF_A_TABLE)),
            "statement": [STATEMENT.format(LABELS[row], table % TABLES_OF_A_DOCUMENT + 1)
                          for table, row in zip(tables, rows, strict=True)],
            "message": [MESSAGE.format(LABELS[row], self.texts[place])
                        for row, place in zip(rows, places, strict=True)],
            "left_yuan": yuan, "right_yuan": yuan, "difference_yuan": Decimal(0),
            "tolerance_yuan": Decimal(50), "status": "holds", "severity": "info",
        })  # fmt: skip

    def _fact_ids(self) -> pa.Array:
        rows = range(ROWS_OF_A_TABLE)
        return pa.array([f"{table}-r{row}-c2" for table in self.table_ids for row in rows])

    def _yuan(self) -> pa.Array:
        """So many 万元, in yuan: cents × 100."""
        whole = pa.array(self.cents * 100, pa.int64()).cast(pa.decimal128(19, 0))
        return whole.cast(pa.decimal128(21, 2)).cast(pa.decimal128(20, 2))


def _body(number: int) -> str:
    """The name of the body of a document."""
    return f"第{number % 97}县第{number % 1009}局"


def _each(values: Sequence[object], times: int) -> pa.Array:
    return pa.array(values).take(pa.array(np.repeat(np.arange(len(values)), times)))


def _lists(values: pa.Array) -> pa.Array:
    """Lists of one."""
    return pa.ListArray.from_arrays(np.arange(len(values) + 1, dtype=np.int32), values)


def _table(name: str, count: int, columns: Mapping[str, object]) -> pa.Table:
    """Columns of the declared schema: arrays, lists of values, or one value for all rows; else null."""
    schema = arrow_schema(name)
    arrays = []
    for field in schema:
        value = columns.get(field.name)
        if value is None:
            arrays.append(pa.nulls(count, field.type))
        elif isinstance(value, pa.Array | pa.ChunkedArray):
            arrays.append(value.cast(field.type))
        elif isinstance(value, list):
            arrays.append(pa.array(value, field.type))
        else:
            arrays.append(pa.repeat(pa.scalar(value, field.type), count))
    return pa.Table.from_arrays(arrays, schema=schema)
