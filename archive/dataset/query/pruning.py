"""Which files of a snapshot a question may leave closed, by what the manifest says of each.

Invariant: a file that is left out holds no row that the question could take from its table. What a question
asks of a table is read from the plan that DuckDB makes of it over tables without rows, without statistics:
filters that every row must pass, whichever rows there are. A filter of another shape than those below leaves
all files; so does a table that is scanned without one anywhere in the plan, as where a question asks by a
column of a table joined to it.

What can be left out: files of other documents or bodies (`archive.dataset.bloom`), and of other provinces
(their group). Files of other years DuckDB leaves closed itself, by their folder. A code stands in nearly
every file: nothing leaves its files out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import duckdb

from archive.dataset.datafiles import FILTERED, MIXED
from archive.dataset.manifest import DataFile, Snapshot
from archive.dataset.query.views import add_sentences, current_views, sql_type
from archive.dataset.schema import TABLES
from archive.dataset.selecting import Wanted

FEW = 32
"""Files of a snapshot that are opened sooner than a plan is made."""

_COMPUTED = re.compile(r"\b(measures|government_\w+)\b", re.IGNORECASE)
"""Views whose scans no filter of a question reaches; to plan them costs more than other questions do."""
_TEXT = "'([^']+)'"  # DuckDB doubles a quote within a text: such a value is of no shape below
_EQUAL = re.compile(rf"(?:optional: )?(\w+)={_TEXT}(?: OR \1={_TEXT})*")
_AMONG = re.compile(rf"(?:optional: )?(\w+) IN \({_TEXT}(?:, {_TEXT})*\)")
_BETWEEN = re.compile(rf"(\w+)>={_TEXT} AND \1<=?{_TEXT}")
_TEXTS = re.compile(_TEXT)

Test = Callable[[DataFile], bool]


def pruned(snapshot: Snapshot, sql: str) -> Snapshot:
    """The snapshot without the files that the answer to a question can have no row of."""
    if sum(map(len, snapshot.tables.values())) <= FEW or _COMPUTED.search(sql):
        return snapshot
    asked: dict[str, list[list[Test]]] = {}
    for table, filters in _scans(sql):
        tests = (_test(one, placed=TABLES[table].has_place) for one in filters)
        asked.setdefault(table, []).append([test for test in tests if test])
    tables = {
        name: tuple(
            file
            for file in files
            if name not in asked or any(all(test(file) for test in scan) for scan in asked[name])
        )
        for name, files in snapshot.tables.items()
    }
    return replace(snapshot, tables=tables)


def _scans(sql: str) -> Iterator[tuple[str, list[str]]]:
    """Each scan of a table in the plan of a question, and its filters; none of anything but a SELECT."""
    with duckdb.connect() as connection:
        for schema in TABLES.values():
            columns = ", ".join(f'"{one.name}" {sql_type(one.type)}' for one in schema.columns)
            connection.execute(f"CREATE TABLE {schema.name} ({columns})")
        for statement in (*current_views(sql), "SET disabled_optimizers = 'statistics_propagation'",
                          "SET enable_external_access = false"):  # fmt: skip
            connection.execute(statement)
        add_sentences(connection)
        try:
            if [one.type for one in connection.extract_statements(sql)] != [duckdb.StatementType.SELECT]:
                return
            (_, plan), *_ = connection.execute(f"EXPLAIN (FORMAT json) {sql}").fetchall()
        except duckdb.Error:  # run_sql raises the message when it asks the question
            return
    yield from _scans_in({"children": json.loads(plan)})


def _scans_in(node: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    about = node.get("extra_info", {})
    if "Table" in about:
        filters = about.get("Filters", [])
        name = about["Table"].rpartition(".")[2].strip('"')  # tables is a word of SQL
        yield name, [filters] if isinstance(filters, str) else filters
    for child in node["children"]:
        yield from _scans_in(child)


def _test(condition: str, *, placed: bool) -> Test | None:
    """Whether a file may hold a row that passes a filter; None where a manifest cannot say. The group of a
    `placed` table's file is that of its rows, else that of their documents."""
    if match := _EQUAL.fullmatch(condition) or _AMONG.fullmatch(condition):
        column, values = match[1], _TEXTS.findall(condition)
        if column in FILTERED:
            wanted = Wanted(values)
            return lambda file: wanted.may_be_in_file(file, column)
        if column == "region_code" and placed:
            provinces = {value[:2] for value in values}
            return lambda file: not _of_one_province(file) or file.group[5:] in provinces
    elif match := _BETWEEN.fullmatch(condition):
        first, last = match[2][:2], match[3][:2]
        if match[1] == "region_code" and placed:
            return lambda file: not _of_one_province(file) or first <= file.group[5:] <= last
    return None


def _of_one_province(file: DataFile) -> bool:
    return file.group != MIXED and not file.group.endswith("/00")
