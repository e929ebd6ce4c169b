"""Which files of a snapshot a question may leave closed, by what the manifest says of each.

Invariant: a file that is left out holds no row that the question could take from its table. What a question
asks of a table is read from the plan that DuckDB makes of it over tables without rows, without statistics:
filters that every row must pass, whichever rows there are, and the documents to which alone it is joined. A
filter of another shape than those below leaves all files; so does a table that is scanned without one
anywhere in the plan.

What can be left out: files of other documents or bodies (`archive.dataset.bloom`), also where the body is
that of documents joined to the rows, and of other provinces (their group). Files of other years DuckDB
leaves closed itself, by their folder. A code stands in nearly every file: nothing leaves its files out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import duckdb

from archive.dataset.datafiles import FILTERED, MIXED
from archive.dataset.manifest import DataFile, Snapshot
from archive.dataset.query.views import add_sentences, current_views, sql_type
from archive.dataset.schema import TABLES
from archive.dataset.selecting import StoredRows, Wanted
from archive.stores import Store

FEW = 32
"""Files of a snapshot that are opened sooner than a plan is made."""

MOST = 1_000
"""Documents of one question that files are looked through for."""

_COMPUTED = re.compile(r"\b(measures|government_\w+)\b", re.IGNORECASE)
"""Views whose scans no filter of a question reaches; to plan them costs more than other questions do."""
_TEXT = "'([^']+)'"  # DuckDB doubles a quote within a text: such a value is of no shape below
_EQUAL = re.compile(rf"(?:optional: )?(\w+)={_TEXT}(?: OR \1={_TEXT})*")
_AMONG = re.compile(rf"(?:optional: )?(\w+) IN \({_TEXT}(?:, {_TEXT})*\)")
_BETWEEN = re.compile(rf"(\w+)>={_TEXT} AND \1<=?{_TEXT}")
_TEXTS = re.compile(_TEXT)

Test = Callable[[DataFile], bool]


@dataclass(frozen=True, slots=True)
class _Scan:
    """A scan of a table in a plan, its filters, and those of each scan of documents that its rows are joined
    to by their document."""

    table: str
    filters: tuple[str, ...]
    documents: tuple[tuple[str, ...], ...]


def pruned(snapshot: Snapshot, sql: str, store: Store | None = None) -> Snapshot:
    """The snapshot without the files that the answer to a question can have no row of. Without a store,
    documents are not looked up."""
    if sum(map(len, snapshot.tables.values())) <= FEW or _COMPUTED.search(sql):
        return snapshot
    asked: dict[str, list[list[Test]]] = {}
    for scan in _scans(sql):
        tests = [_test(one, placed=TABLES[scan.table].has_place) for one in scan.filters]
        if store:
            tests += [_of_documents(store, snapshot, filters) for filters in scan.documents]
        asked.setdefault(scan.table, []).append([test for test in tests if test])
    tables = {
        name: tuple(
            file
            for file in files
            if name not in asked or any(all(test(file) for test in scan) for scan in asked[name])
        )
        for name, files in snapshot.tables.items()
    }
    return replace(snapshot, tables=tables)


def _scans(sql: str) -> Iterator[_Scan]:
    """The scans in the plan of a question; none of anything but a SELECT."""
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
            ((tree,),) = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()
        except duckdb.Error:  # run_sql raises the message when it asks the question
            return
    renamed = _is_renamed(json.loads(tree))
    for scan in _scans_in({"children": json.loads(plan)}):
        yield replace(scan, documents=()) if renamed else scan


def _is_renamed(tree: object, key: str = "") -> bool:
    """Whether a question may call something else `document_id`: its plan shows both alike.
    The tree of its syntax names columns that it asks for, or joins by, under two keys."""
    if isinstance(tree, dict):
        return bool(tree.get("error")) or any(_is_renamed(one, name) for name, one in tree.items())
    if isinstance(tree, list):
        return any(_is_renamed(one, key) for one in tree)
    if isinstance(tree, str):
        return tree.lower() == "document_id" and key not in ("column_names", "using_columns")
    return key == "columns" and tree is True  # COLUMNS(…) AS …


def _scans_in(node: dict[str, Any], documents: tuple[tuple[str, ...], ...] = ()) -> Iterator[_Scan]:
    """The scans below a node whose rows are joined to these documents."""
    about, children = node.get("extra_info", {}), node["children"]
    joined: list[tuple[tuple[str, ...], ...]] = [()] * len(children)
    if "Table" in about:
        yield _Scan(_table(about), _listed(about.get("Filters")), documents)
    elif node.get("name") == "HASH_JOIN" and (kind := about.get("Join Type")) in ("INNER", "SEMI"):
        left, right = ([found] if (found := _by_document(about, one)) else [] for one in children)
        joined = [
            (*(documents if kind == "SEMI" else ()), *right),  # has the columns of its left side alone
            tuple(left) if kind == "INNER" else (),
        ]
    for child, its in zip(children, joined, strict=True):
        yield from _scans_in(child, its)


def _by_document(join: dict[str, Any], side: dict[str, Any]) -> tuple[str, ...] | None:
    """The filters of documents that one side of a join scans, where it joins them by their id."""
    about = side.get("extra_info", {})
    if "Table" not in about or _table(about) != "documents":
        return None
    ids = {"document_id = document_id"}
    if _listed(about.get("Projections")) == ("document_id",):
        ids.add("document_id = #0")
    return _listed(about.get("Filters")) if ids.intersection(_listed(join.get("Conditions"))) else None


def _table(about: dict[str, Any]) -> str:
    return str(about["Table"]).rpartition(".")[2].strip('"')  # tables is a word of SQL


def _listed(found: str | list[str] | None) -> tuple[str, ...]:
    return () if found is None else (found,) if isinstance(found, str) else tuple(found)


def _of_documents(store: Store, snapshot: Snapshot, filters: Iterable[str]) -> Test | None:
    """Whether a file may hold rows of the documents that pass some filters; None where these say little."""
    for condition in filters:
        match = _EQUAL.fullmatch(condition) or _AMONG.fullmatch(condition)
        if match and match[1] in FILTERED:
            known = StoredRows(store, snapshot, "documents")
            found = known.where(match[1], _TEXTS.findall(condition), ["document_id"]).column(0).to_pylist()
            return partial(Wanted(found).may_be_in_file, column="document_id") if len(found) <= MOST else None
    return None


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
