"""A diff names every row that came, went or changed between two snapshots, and no other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pyarrow as pa

from archive.dataset.schema import build_table
from archive.dataset.snapshots import Change, Snapshot, commit
from archive.dataset.versions.changes import LEVELS, RowChange, diff
from archive.stores import Store
from tests.archive.samples import NOON, Sample, changes, removal

MIAN = Sample("勉县", ("10.50", "20.25", "0.00"))
XUCHANG = Sample("许昌市", region="411000")
YANBIAN = Sample("延边州", ("1.00",), year=2023, region="222400")


def committed(store: Store, listed: list[Change]) -> Snapshot:
    snapshot = commit(store, listed, message="", run_id=None, now=NOON)
    assert snapshot
    return snapshot


def kinds(changes: tuple[RowChange, ...]) -> list[tuple[str, str]]:
    return [(change.kind, change.key) for change in changes]


def test_an_added_document_brings_its_tables_and_facts(store: Store) -> None:
    a = committed(store, changes([MIAN]))
    b = committed(store, changes([YANBIAN]))
    difference = diff(store, a, b)
    assert kinds(difference.tables["documents"]) == [("added", YANBIAN.document_id)]
    assert kinds(difference.tables["tables"]) == [("added", YANBIAN.table_id)]
    assert kinds(difference.tables["facts"]) == [("added", f"{YANBIAN.table_id}-r0-c1")]
    assert (difference.older, difference.newer, bool(difference)) == (1, 2, True)


def test_a_removed_document_is_the_same_seen_from_the_other_side(store: Store) -> None:
    a = committed(store, changes([MIAN, YANBIAN]))
    b = committed(store, removal(YANBIAN))
    forth, back = diff(store, a, b), diff(store, b, a)
    for table in LEVELS:
        assert forth.count(table, "removed") == back.count(table, "added")
    assert (forth.count("facts", "removed"), forth.count("facts", "added")) == (1, 0)


def test_a_document_read_anew_changes_facts_in_their_place(store: Store) -> None:
    a = committed(store, changes([MIAN, XUCHANG]))
    b = committed(store, changes([replace(MIAN, amounts=("10.50", "2025.00"), parser="2")]))
    facts = diff(store, a, b).tables["facts"]
    assert kinds(facts) == [
        ("removed", f"{MIAN.table_id}-r2-c1"),
        ("changed", f"{MIAN.table_id}-r1-c1"),
    ]
    assert facts[1].columns == ("amount_yuan", "amount_text")
    assert facts[1].before["amount_yuan"] == Decimal("20.25")
    assert facts[1].after["amount_yuan"] == Decimal("2025.00")


def test_a_fact_whose_neighbours_moved_to_another_file_is_no_change(store: Store) -> None:
    a, _, _, d = [
        committed(store, changes([Sample(f"{turn}.{number}") for number in range(10)])) for turn in range(4)
    ]
    assert len(d.files("facts")) == 1, "the new file has merged the old ones"
    assert {change.kind for change in diff(store, a, d).tables["facts"]} == {"added"}
    assert diff(store, a, d).count("facts", "added") == 60


def test_values_that_appear_and_vanish_are_changes(store: Store) -> None:
    def disclosure(**columns: object) -> pa.Table:
        row = {"disclosure_id": "d", "url": "http://www.example.gov.cn/1.html", **columns}
        return build_table("disclosures", [row])

    a = committed(store, [Change("disclosures", disclosure(title="预算", document_ids=["1"]))])
    b = committed(store, [Change("disclosures", disclosure(state="gone", document_ids=["1", "2"]))])
    (change,) = diff(store, a, b).tables["disclosures"]
    assert change.columns == ("title", "state", "document_ids")
    assert [(row["column"], row["old"], row["new"]) for row in diff(store, a, b).rows()] == [
        ("title", "预算", None),
        ("state", None, "gone"),
        ("document_ids", ["1"], ["1", "2"]),
    ]


def test_a_snapshot_does_not_differ_from_itself(store: Store) -> None:
    a = committed(store, changes([MIAN]))
    assert not diff(store, a, a)
    assert not list(diff(store, a, a).rows())


def test_flat_rows_say_where_to_look(local_store: Store) -> None:
    a = committed(local_store, changes([MIAN]))
    b = committed(local_store, changes([replace(MIAN, amounts=("10.50", "20.25", "7.00"))]))
    rows = [row for row in diff(local_store, a, b).rows() if row["table"] == "facts"]
    assert rows[0] == {
        "table": "facts",
        "change": "changed",
        "key": f"{MIAN.table_id}-r2-c1",
        "document_id": MIAN.document_id,
        "page": 1,
        "label": "第2行 | 金额",
        "column": "amount_yuan",
        "old": Decimal("0.00"),
        "new": Decimal("7.00"),
    }
