"""A difference between snapshots on three levels: announcements and files, their tables, their amounts.

Invariant: the counts add up to all that `changes` found; named one by one are only what a person would
want to read: every announcement and file that came, went or changed, every table of what was there before,
and every amount that is printed otherwise than before, with its page. What came as a whole is counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from archive.dataset.snapshots import Snapshot, read_table
from archive.dataset.versions.changes import Difference, Kind, RowChange
from archive.rendering.console import for_eyes
from archive.rendering.formats import texts_of
from archive.rendering.texts import t
from archive.stores import Store

Row = Mapping[str, Any]

KINDS: tuple[Kind, ...] = ("added", "removed", "changed", "gone")
LINE = ("table", "change", "key", "document_id", "page", "label", "column", "old", "new")

SHOWN = ("title", "state", "published_on", "body_name", "fiscal_year", "document_kind", "url", "moved_to")
"""What is reported of an announcement that changed; a later last sight is not a change."""
FILE_SHOWN = ("body_name", "region_code", "fiscal_year", "document_kind", "outcome", "superseded_by")
AMOUNT = ("amount_yuan", "amount_text")
PLACE = ("document_id", "page")

LEVELS = {
    "announcements and files": (
        "change", "what", "published_on", "documents", "tables", "amounts", "details",
    ),
    "tables of files that were there before": (
        "what", "table", "added", "removed", "altered", "otherwise",
    ),
    "amounts printed otherwise": ("what", "table", "label", "page", "old", "new"),
}  # fmt: skip
NUMBERS = frozenset({"documents", "tables", "page", "added", "removed", "altered"})


def levels(store: Store, a: Snapshot, b: Snapshot, difference: Difference) -> dict[str, pa.Table]:
    """The three levels by name; a level without rows is left out."""
    names = _Names(store, a, b)
    rows = (_first(difference, names), _second(difference, names), _third(difference, names))
    views = {
        level: _table(columns, found) for (level, columns), found in zip(LEVELS.items(), rows, strict=True)
    }
    return {level: view for level, view in views.items() if len(view)}


def lines(difference: Difference) -> pa.Table:
    """A line per row that came or went and per value that changed, as texts."""
    rows = texts_of(difference.rows(), LINE)
    place = LINE.index("page")
    return rows.set_column(place, "page", rows.column(place).cast(pa.int32()))


def counts(difference: Difference, table: str) -> str:
    """How many rows of a table came, went and changed, in words."""
    found = ((difference.count(table, kind), kind) for kind in KINDS)
    return ", ".join(f"{count} {t(kind)}" for count, kind in found if count or kind != "gone")


class _Names:
    """What documents are called, and the announcement each belongs to: as the newer snapshot says, else as
    the older one does."""

    def __init__(self, store: Store, a: Snapshot, b: Snapshot) -> None:
        self.announcements: dict[str, Row] = {}
        self._files: dict[str, str] = {}
        self.announced: dict[str, str] = {}
        for snapshot in (a, b):
            columns = ["document_id", "name", "title"]
            for row in read_table(store, snapshot, "documents", columns).to_pylist():
                self._files[row["document_id"]] = row["name"] or row["title"] or row["document_id"][:16]
            columns = ["disclosure_id", "title", "published_on", "document_ids", "url"]
            for row in read_table(store, snapshot, "disclosures", columns).to_pylist():
                self.announcements[row["disclosure_id"]] = row
                for document in row["document_ids"] or ():
                    self.announced[document] = row["disclosure_id"]

    def of_file(self, document_id: str) -> str:
        return self._files.get(document_id, document_id[:16])

    def of_group(self, key: str) -> str:
        row = self.announcements.get(key)
        return (row["title"] or row["url"]) if row else self.of_file(key)


def _first(difference: Difference, names: _Names) -> Iterator[Row]:
    """A row per announcement, or per file that none announces, with all that happened to it."""
    groups: defaultdict[str, defaultdict[str, list[RowChange]]] = defaultdict(lambda: defaultdict(list))
    for table, changes in difference.tables.items():
        for change in changes:
            key = change.key if table == "disclosures" else names.announced.get(_document(change))
            groups[key or _document(change)][table].append(change)
    for key, found in groups.items():
        own = found["disclosures"] or ([] if key in names.announced else found["documents"])
        details = [line for change in own for line in _details(change)]
        counted = any(found[table] for table in ("documents", "tables", "facts"))
        if not (counted or details or any(change.kind != "changed" for change in own)):
            continue  # it was seen again, as it was
        day = names.announcements.get(key, {}).get("published_on")
        yield {
            "change": own[0].kind if own else "changed",
            "what": names.of_group(key),
            "published_on": for_eyes(day),
            "documents": len(found["documents"]) or None,
            "tables": len(found["tables"]) or None,
            "amounts": _counts(found["facts"]),
            "details": "; ".join(details),
        }


def _second(difference: Difference, names: _Names) -> Iterator[Row]:
    """A row per table of a document that was there before, or that came in the place of one."""
    titles = {change.key: change.after or change.before for change in difference.tables["tables"]}
    groups: defaultdict[str, list[RowChange]] = defaultdict(list)
    for change in _of_old_files(difference):
        groups[change.key.rpartition("-r")[0]].append(change)
    for key, changes in groups.items():
        kinds = Counter("altered" if _is_altered(change) else change.kind for change in changes)
        others = Counter(name for change in changes if change.kind == "changed" for name in change.columns)
        yield {
            "what": names.of_file(_document(changes[0])),
            "table": _table_name(titles.get(key), changes[0]),
            "added": kinds["added"] or None,
            "removed": kinds["removed"] or None,
            "altered": kinds["altered"] or None,
            "otherwise": ", ".join(
                f"{name} {count}" for name, count in others.items() if name not in (*AMOUNT, *PLACE)
            ),
        }


def _third(difference: Difference, names: _Names) -> Iterator[Row]:
    """A row per amount that is another one, and of a new version also per amount that is new or gone."""
    titles = {change.key: change.after or change.before for change in difference.tables["tables"]}
    for change in _of_old_files(difference):
        if not (_is_altered(change) or _document(change) in difference.versions):
            continue
        row = change.after or change.before
        yield {
            "what": names.of_file(_document(change)),
            "table": _table_name(titles.get(change.key.rpartition("-r")[0]), change),
            "label": " | ".join(row[name] for name in ("row_label", "column_path") if row.get(name)),
            "page": row.get("page"),
            "old": _amount(change.before),
            "new": _amount(change.after),
        }


def _of_old_files(difference: Difference) -> Iterator[RowChange]:
    """The facts that differ, but for those of files that came or went as a whole."""
    whole = {change.key for change in difference.tables["documents"] if change.kind in ("added", "removed")}
    for change in difference.tables["facts"]:
        if _document(change) not in whole - difference.versions:
            yield change


def _document(change: RowChange) -> str:
    row = change.after or change.before
    return str(row.get("document_id", change.key))


def _is_altered(change: RowChange) -> bool:
    return change.kind == "changed" and any(name in AMOUNT for name in change.columns)


def _amount(row: Row) -> str:
    return for_eyes(row.get("amount_text") if row.get("amount_yuan") is None else row["amount_yuan"])


def _details(change: RowChange) -> Iterator[str]:
    if change.kind in ("changed", "gone"):
        shown = SHOWN if change.table == "disclosures" else FILE_SHOWN
        for name in (name for name in shown if name in change.columns):
            yield f"{name}: {for_eyes(change.before.get(name))} → {for_eyes(change.after.get(name))}"


def _counts(changes: Iterable[RowChange]) -> str:
    kinds: Counter[str] = Counter(change.kind for change in changes)
    signs = {"added": "+", "changed": "~", "removed": "-"}
    return " ".join(f"{sign}{kinds[kind]:,}" for kind, sign in signs.items() if kinds[kind])


def _table_name(row: Row | None, change: RowChange) -> str:
    kind = (change.after or change.before).get("table_type") or ""
    return (row and row.get("title")) or kind


def _table(columns: tuple[str, ...], rows: Iterable[Row]) -> pa.Table:
    types = [(name, pa.int32() if name in NUMBERS else pa.string()) for name in columns]
    return pa.Table.from_pylist(list(rows), pa.schema(types))
