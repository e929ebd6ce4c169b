"""Measures: one definition for pages and SQL; parts add up, what is doubtful is left out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from archive.dataset.query.connection import run_sql
from archive.dataset.query.measures import Definition, body_measures
from archive.dataset.schema import build_table
from archive.dataset.snapshots import Change, commit
from archive.stores import open_store
from tests.archive.samples import NOON, Sample

WHOLE: dict[str, Any] = {
    "flow": "expenditure", "fund": "all", "nature": "all", "object": "all", "period": "total",
    "is_total": True, "row_label": "合计", "column_path": "合计", "table_type": "expenditure",
}  # fmt: skip
ABROAD, CARS, RECEPTION = "因公出国（境）费", "公务用车购置及运行维护费", "公务接待费"
Known = dict[str, tuple[Decimal | None, str, str | None]]


def item(subject: str, yuan: str, **said: object) -> dict[str, Any]:
    place = {"table_type": "three_public", "subject": subject, "column_path": subject}
    return {"yuan": yuan, "fund": "appropriation", **place, **said}


def known(folder: Path, *amounts: dict[str, Any]) -> Known:
    """What the view says of a document that prints these amounts."""
    sample = Sample("a document", ())
    rows = []
    for number, said in enumerate(amounts):
        [fact] = replace(sample, amounts=(said["yuan"],)).facts()
        own = {"fact_id": f"{sample.table_id}-r{number}-c1", "row_no": number, "document_kind": "budget"}
        rows.append(fact | WHOLE | own | {key: value for key, value in said.items() if key != "yuan"})
    tables = {"documents": [sample.document()], "facts": rows}
    store = open_store(str(folder))
    made = [Change(name, build_table(name, listed)) for name, listed in tables.items()]
    snapshot = commit(store, made, message="", run_id=None, now=NOON)
    assert snapshot
    answer = run_sql(store, snapshot, "SELECT measure, amount_yuan, basis, reason FROM current.measures")
    return {one["measure"]: (one["amount_yuan"], one["basis"], one["reason"]) for one in answer.to_pylist()}


def test_every_measure_has_both_names_and_a_place_to_look() -> None:
    assert all(one.english and one.chinese and (one.ways or one.sum) for one in body_measures().values())


@pytest.mark.parametrize(
    "broken",
    [
        {"sum": ("nowhere",)},
        {"sum": ("a",)},
        {"ways": [{"basis": "guess", "where": "true"}]},
        {"colour": "red"},
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(broken: dict[str, object]) -> None:
    line = {"id": "a", "english": "A", "chinese": "甲", "ways": [{"basis": "row", "where": "true"}]}
    with pytest.raises(ValidationError):
        Definition.model_validate({"measures": [line | broken]})


def test_three_public_is_the_sum_of_its_parts_and_no_grand_total(tmp_path: Path) -> None:
    found = known(
        tmp_path,
        item("三公经费", "6.00"),
        item(ABROAD, "1.00"), item(CARS, "2.00"), item(RECEPTION, "3.00"),
        item(RECEPTION, "90.00", period="prior_year"),
        item(RECEPTION, "80.00", period="change"),
        {"yuan": "60.00", "table_type": "three_public", "fund": "appropriation"},
    )  # fmt: skip
    assert found["three_public"] == (Decimal("6.00"), "column", None)
    assert found["reception"][0] == Decimal("3.00")


def test_what_is_not_printed_is_added_from_its_parts(tmp_path: Path) -> None:
    found = known(tmp_path, item("公务用车运行维护费", "2.00"), item(RECEPTION, "3.00"))
    assert found["vehicles"] == (Decimal("2.00"), "parts", None)
    assert found["three_public"] == (Decimal("5.00"), "parts", None)


def test_a_whole_that_is_not_the_sum_of_its_parts_is_left_out(tmp_path: Path) -> None:
    found = known(tmp_path, item("三公经费", "900.00"), item(RECEPTION, "3.00"))
    assert found["three_public"] == (None, "column", "whole differs from its parts")
    assert found["reception"] == (Decimal("3.00"), "column", None)


def test_basic_and_project_stand_in_rows_where_no_column_prints_them(tmp_path: Path) -> None:
    row = {"table_type": "summary", "is_total": False, "column_path": "预算数"}
    found = known(
        tmp_path,
        {"yuan": "900.00"},
        {"yuan": "600.00", "nature": "basic", "row_label": "一、基本支出", **row},
        {"yuan": "300.00", "nature": "project", "row_label": "二、项目支出", **row},
    )
    assert found["basic"] == (Decimal("600.00"), "row", None)
    assert found["project"] == (Decimal("300.00"), "row", None)


def test_parts_that_are_not_the_whole_are_left_out(tmp_path: Path) -> None:
    found = known(
        tmp_path,
        {"yuan": "900.00"},
        {"yuan": "600.00", "nature": "basic"},
        {"yuan": "100.00", "nature": "project"},
    )
    assert found["expenditure"][0] == Decimal("900.00")
    assert found["project"] == (None, "column", "whole differs from its parts")
