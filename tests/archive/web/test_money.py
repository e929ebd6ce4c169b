"""A measure is read from its own table, and from the summary where that is not printed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from archive.dataset.query.connection import connect
from archive.dataset.schema import build_table
from archive.dataset.snapshots import Change, commit
from archive.stores import open_store
from archive.web.data.dataset import Opened
from archive.web.data.homes import homes_of
from archive.web.pages.money import figures_of, ranked
from tests.archive.samples import NOON, Sample

OWN, SUMMARY_ALONE = Sample("own table", ()), Sample("summary alone", ())
PRINTED = {
    OWN: (("summary", "90.00"), ("expenditure", "70.00"), ("expenditure", "80.00")),
    SUMMARY_ALONE: (("summary", "60.00"), ("summary", "50.00")),
}


def total(sample: Sample, number: int, table_type: str, yuan: str) -> dict[str, object]:
    """A total of expenditure as it stands in a summary or in a table of its own."""
    whole = dict.fromkeys(("fund", "nature", "object"), "all")
    meaning = {"flow": "expenditure", "period": "total", "is_total": True, "table_type": table_type}
    whose = {
        "body_name": sample.name,
        "document_kind": "budget",
        "fact_id": f"{sample.table_id}-r{number}-c1",
    }
    [fact] = replace(sample, amounts=(yuan,)).facts()
    return fact | whole | meaning | whose | {"row_no": number}


def test_the_summary_speaks_where_a_table_is_not_printed(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    facts = [total(one, n, *amount) for one, found in PRINTED.items() for n, amount in enumerate(found)]
    documents = [one.document() | {"body_name": one.name} for one in PRINTED]
    rows = {"documents": documents, "facts": facts}
    made = [Change(name, build_table(name, listed)) for name, listed in rows.items()]
    snapshot = commit(store, made, message="", run_id=None, now=NOON)
    assert snapshot
    own, alone = OWN.document_id, SUMMARY_ALONE.document_id
    with connect(store, snapshot) as connection:
        version = Opened(store, snapshot, connection, homes_of(store, snapshot, connection))
        shown = figures_of(version, [own, alone]).measures
        listed = ranked(version, "expenditure", 2024, "budget", "", 10)
    assert {one: shown[one]["expenditure"].amount for one in shown} == {
        own: Decimal("80.00"), alone: Decimal("60.00"),
    }  # fmt: skip
    assert [(row.body_name, row.amount, row.fact_id[-5:]) for row in listed] == [
        ("own table", Decimal("80.00"), "r2-c1"), ("summary alone", Decimal("60.00"), "r0-c1"),
    ]  # fmt: skip
