"""The declaration of the dataset is complete, consistent, and the only way rows get in."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from archive import SchemaError
from archive.dataset.schema import TABLES, arrow_schema, build_table, empty_table
from archive.dataset.schema.declaration import table_schema_type
from archive.warc.captures import Capture
from parsers.values.results import Fact
from parsers.values.vocabulary import DocumentOutcome

# DESIGN.md §6: what users and checks rely on.
PROMISED = {
    "sites": "site_id region_code province city county name url platform last_outcome",
    "runs": "run_id started_at finished_at command version outcomes errors",
    "gaps": "gap_id run_id site_id kind url via evidence outcome title body_name fiscal_year document_kind",
    "captures": "capture_id run_id site_id url fetched_at status outcome media_type bytes sha256 warc_path "
    "warc_offset warc_length etag last_modified referrer",
    "disclosures": "disclosure_id site_id region_code url title published_on published_basis first_seen "
    "last_seen state body_name fiscal_year document_kind document_ids",
    "documents": "document_id parent_id media_type pages text_layer title body_name body_code body_level "
    "region_code province city county fiscal_year document_kind outcome parser_version tables facts "
    "proved_share",
    "tables": "table_id document_id table_no printed_no title table_type unit_text unit_yuan pages header "
    "grid empty empty_reason confidence",
    "facts": "fact_id document_id table_id row_no col_no page x0 y0 x1 y1 region_code province city county "
    "body_name body_code body_level fiscal_year document_kind table_type row_label column_path flow fund "
    "nature object period functional_code functional_name economic_code economic_name gov_economic_code "
    "gov_economic_name level is_total project_name subject amount_yuan amount_text unit_text unit_yuan "
    "source proofs disputes status",
    "indicators": "document_id table_id project_name project_code project_amount level1 level2 level3 target "
    "weight page",
    "statements": "document_id page sentence subject amount_yuan change_yuan change_percent direction reason",
    "checks": "check_id document_id rule table_ids statement left_yuan right_yuan difference_yuan "
    "tolerance_yuan status severity message fact_ids",
    "bodies": "body_id region_code name code level parent first_year last_year source",
    "deadlines": "body_id fiscal_year document_kind trigger trigger_basis due_strict due_rolled published_on "
    "first_seen status days_late disclosure_id",
    "versions": "disclosure_id url document_id first_seen last_seen",
    "changes": "change_id disclosure_id url seen_at kind old_document_id new_document_id old_yuan new_yuan "
    "old_page new_page difference_yuan",
}
FACT = {
    "fact_id": "f",
    "document_id": "d",
    "table_id": "t",
    "row_no": 0,
    "col_no": 0,
    "is_total": False,
    "amount_yuan": Decimal("1.10"),
    "amount_text": "1.10",
}


@pytest.mark.parametrize("name", PROMISED)
def test_every_promised_column_is_there(name: str) -> None:
    assert set(PROMISED[name].split()) <= set(arrow_schema(name).names)


def test_every_table_is_promised() -> None:
    assert set(TABLES) == set(PROMISED)


@pytest.mark.parametrize("schema", TABLES.values(), ids=TABLES)
def test_every_column_is_described_and_every_key_exists(schema) -> None:  # type: ignore[no-untyped-def]
    names = schema.arrow.names
    assert len(set(names)) == len(names)
    for column in schema.columns:
        assert column.description, column.name
        assert schema.arrow.field(column.name).metadata[b"description"].decode() == column.description
    for name in (*schema.primary_key, schema.replace_key):
        assert not schema.arrow.field(name).nullable
    assert schema.arrow.field(schema.replace_key).type == pa.string()
    for key in schema.foreign_keys:
        have, want = schema.arrow.field(key.column).type, TABLES[key.table].arrow.field(key.target).type
        assert want in (have, getattr(have, "value_type", None))
        assert TABLES[key.table].primary_key == (key.target,)


def test_types_are_those_of_the_contract() -> None:
    facts = arrow_schema("facts")
    assert facts.field("amount_yuan").type == pa.decimal128(20, 2)
    assert arrow_schema("captures").field("fetched_at").type == pa.timestamp("us", tz="UTC")
    assert arrow_schema("disclosures").field("published_on").type == pa.date32()
    assert arrow_schema("tables").field("grid").type == pa.list_(pa.list_(pa.string()))


def test_columns_have_the_names_of_the_values_they_keep() -> None:
    kept_otherwise = {"box", "block"}  # as x0 … y1, and not at all
    fact = {field.name for field in fields(Fact)} - kept_otherwise
    assert fact <= set(arrow_schema("facts").names)
    assert set(arrow_schema("captures").names) <= {field.name for field in fields(Capture)}
    outcome = next(column for column in TABLES["documents"].columns if column.name == "outcome")
    assert set(outcome.values) == set(DocumentOutcome)


def test_rows_become_a_table_of_exactly_the_declared_schema() -> None:
    table = build_table("facts", [FACT | {"proofs": ("I1", "I3")}, FACT | {"fact_id": "g", "proofs": []}])
    assert table.schema.equals(arrow_schema("facts"), check_metadata=True)
    assert table.column("proofs").to_pylist() == [["I1", "I3"], []]
    assert table.column("page").null_count == 2
    assert build_table("facts", []).equals(empty_table("facts"))


def test_money_is_exact() -> None:
    amounts = ["0.01", "-123456789012345678.90", "99999999999999.99"]
    rows = [FACT | {"fact_id": text, "amount_yuan": Decimal(text)} for text in amounts]
    assert [str(amount) for amount in build_table("facts", rows).column("amount_yuan").to_pylist()] == amounts


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amuont": 1}, "no column amuont"),
        ({"amount_text": None}, "amount_text must have a value"),
        ({"amount_yuan": Decimal("1.005")}, "amount_yuan"),
        ({"amount_yuan": "1.00"}, "amount_yuan"),
        ({"row_no": "first"}, "row_no"),
        ({"row_no": 2**40}, "row_no"),
        ({"flow": "income"}, r"flow does not allow \['income'\]"),
        ({"proofs": "I1"}, "proofs: a list"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        build_table("facts", [FACT, FACT | change])


def test_a_naive_time_is_refused_and_others_become_utc() -> None:
    moment = datetime.fromisoformat("2026-11-22T18:00:00+08:00")
    table = build_table("runs", [{"run_id": "r", "started_at": moment}])
    assert table.column("started_at").to_pylist() == [datetime(2026, 11, 22, 10, tzinfo=UTC)]
    with pytest.raises(SchemaError, match="started_at"):
        build_table("runs", [{"run_id": "r", "started_at": datetime(2026, 11, 22)}])


def test_the_field_dictionary_says_what_arrow_cannot() -> None:
    entry = next(column for column in TABLES["checks"].columns if column.name == "status").dictionary_entry()
    assert entry == {
        "name": "status",
        "type": "string",
        "description": "Result",
        "arrowType": "string",
        "constraints": {"required": True, "enum": ["holds", "rounding", "fails", "untestable"]},
    }
    assert table_schema_type(pa.date32()) == "date"
    with pytest.raises(ValueError, match="no Table Schema type"):
        table_schema_type(pa.binary())
    assert build_table("disclosures", [{"disclosure_id": "d", "url": "u", "published_on": date(2026, 2, 1)}])
