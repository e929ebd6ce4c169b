"""The measures of governments: one amount a measure, and all of them where sources contradict each other."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
import pytest
from pydantic import ValidationError

from archive.dataset.query.governments import (
    CONTRADICTORY,
    GovernmentMeasure,
    account_of,
    definition,
    figures_sql,
)

FACTS = """CREATE TABLE facts (document_id VARCHAR, fact_id VARCHAR, region_code VARCHAR, scope VARCHAR,
    row_region_code VARCHAR, row_region_name VARCHAR, measure VARCHAR, fund VARCHAR, amount_year INTEGER,
    stage VARCHAR, amount_yuan DECIMAL(20, 2), status VARCHAR, page INTEGER)"""
STATEMENTS = """CREATE TABLE statements (document_id VARCHAR, statement_no INTEGER, scope VARCHAR,
    row_region_code VARCHAR, measure VARCHAR, fund VARCHAR, fiscal_year INTEGER, stage VARCHAR,
    amount_yuan DECIMAL(20, 2), page INTEGER)"""


def fact(amount: str, stage: str | None = "final", **more: Any) -> dict[str, Any]:
    number = more.pop("number", 1)
    given = {
        "document_id": "d1", "fact_id": f"d1-{measure_no(more)}-{stage}-{number}", "region_code": "222400",
        "scope": "whole", "row_region_code": None, "measure": "general_revenue", "fund": "general_budget",
        "amount_year": 2024, "stage": stage, "amount_yuan": amount, "status": "single", "page": 1,
    }  # fmt: skip
    return given | more


def measure_no(row: dict[str, Any]) -> str:
    return f"{row.get('measure', 'general_revenue')}-{row.get('document_id', 'd1')}"


def said(amount: str, stage: str = "final", **more: Any) -> dict[str, Any]:
    given = {
        "document_id": "d1", "statement_no": 7, "scope": "whole", "row_region_code": None,
        "measure": "general_revenue", "fund": "general_budget", "fiscal_year": 2024, "stage": stage,
        "amount_yuan": amount, "page": 3,
    }  # fmt: skip
    return given | more


def figures(
    facts: list[dict[str, Any]], statements: list[dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        connection.execute(FACTS)
        connection.execute(STATEMENTS)
        connection.execute(
            "CREATE TABLE documents (document_id VARCHAR, region_code VARCHAR, fiscal_year INTEGER, "
            "superseded_by VARCHAR)"
        )
        connection.execute("INSERT INTO documents VALUES ('d1', '222400', 2025, NULL), "
                           "('d2', '222400', 2024, NULL), ('old', '222400', 2024, 'd1')")  # fmt: skip
        for table, rows in (("facts", facts), ("statements", statements or [])):
            for row in rows:
                marks = ", ".join("?" * len(row))
                names = ", ".join(row)
                connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))
        found = connection.execute(figures_sql("facts", "statements", "documents")).to_arrow_table()
        rows_found: list[dict[str, Any]] = found.to_pylist()
        return rows_found


def one(
    facts: list[dict[str, Any]], statements: list[dict[str, Any]] | None = None, **wanted: Any
) -> dict[str, Any]:
    wanted = {"measure": "general_revenue"} | wanted
    rows = figures(facts, statements)
    (found,) = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return found


def test_an_outcome_stands_before_a_plan_and_a_table_before_prose() -> None:
    found = one([fact("90", "budget"), fact("100"), fact("99", "execution")], [said("100.4")])
    assert (found["amount_yuan"], found["stage"], found["basis"]) == (Decimal(100), "final", "table")
    assert found["outcome"] and found["fact_ids"] == ["d1-general_revenue-d1-final-1"]


def test_a_sentence_is_named_where_no_table_prints_the_amount() -> None:
    found = one([fact("90", "budget")], [said("153.9", statement_no=12)])
    assert (found["basis"], found["statement_no"], found["fact_ids"], found["page"]) == ("prose", 12, [], 3)


def test_prose_that_rounds_agrees_and_another_amount_contradicts() -> None:
    assert one([], [said("153.9"), said("153.87", statement_no=8)])["amount_yuan"] is not None
    found = one([fact("100"), fact("120", document_id="d2")])
    assert (found["amount_yuan"], found["sources"], found["reason"]) == (Decimal(120), 2, CONTRADICTORY)
    assert found["others"] == ["100.00 · 1 · d1 · d1-general_revenue-d1-final-1"]


def test_of_contradictory_amounts_a_proved_one_stands_first_then_the_first_printed() -> None:
    rows = [fact("100", page=2, number=1), fact("120", page=9, number=2), fact("130", page=9, number=3)]
    assert one(rows)["amount_yuan"] == Decimal(100)
    found = one([*rows[:2], rows[2] | {"status": "proved"}])
    assert (found["amount_yuan"], found["document_id"], found["page"]) == (Decimal(130), "d1", 9)
    assert [other.split(" · ")[:2] for other in found["others"]] == [["100.00", "2"], ["120.00", "9"]]


def test_a_rate_is_of_amounts_that_nothing_contradicts() -> None:
    spent = fact("200", measure="general_expenditure")
    assert one([fact("100"), spent], measure="self_sufficiency")["rate"] == 0.5
    rows = figures([fact("100"), fact("120", number=2), spent])
    assert "self_sufficiency" not in {row["measure"] for row in rows}


def test_what_is_disputed_superseded_or_without_a_place_counts_for_nothing() -> None:
    rows = [
        fact("1", status="disputed"),
        fact("2", document_id="old"),
        fact("3", scope="region", row_region_code=None),
        fact("4", stage=None),
    ]
    assert figures(rows) == []


def test_a_row_of_a_table_by_region_belongs_to_the_region_it_names() -> None:
    found = one([fact("5", scope="region", row_region_code="222401")])
    assert (found["region_code"], found["scope"]) == ("222401", "whole")


def test_the_own_level_of_a_region_below_is_not_the_publishers() -> None:
    rows = [
        fact("5", scope="own", row_region_code=code, number=n) for n, code in enumerate(("222401", "222400"))
    ]
    rows.append(fact("9", scope="own", row_region_name="长白山管委会本级", number=9))  # of no known code
    said_of = {"scope": "own", "row_region_code": "222402"}
    found = figures(rows, [said("3", **said_of), said("2", scope="own", fiscal_year=2023)])
    own = {
        (row["region_code"], row["fiscal_year"]): row["amount_yuan"] for row in found if row["scope"] == "own"
    }
    assert own == {
        ("222401", 2024): Decimal(5),
        ("222400", 2024): Decimal(5),
        ("222402", 2024): Decimal(3),
        ("222400", 2023): Decimal(2),
    }


def test_accounts_have_amounts_of_their_own() -> None:
    rows = [
        fact("7", measure="transfers_received"),
        fact("2", measure="transfers_received", fund="government_fund", number=2),
    ]
    found = {row["account"]: row["amount_yuan"] for row in figures(rows)}
    assert found == {"general_budget": Decimal(7), "government_fund": Decimal(2)}
    assert account_of("transfers_received") == account_of("tax_share") == "general_budget"
    assert account_of("debt_use") == "all"


def test_a_rate_is_of_two_outcomes_or_of_two_plans() -> None:
    spent, planned = (
        fact("200", measure="general_expenditure"),
        fact("200", "budget", measure="general_expenditure"),
    )
    found = one([fact("50"), spent], measure="self_sufficiency")
    assert (found["rate"], found["amount_yuan"], len(found["fact_ids"])) == (0.25, None, 2)
    assert not [row for row in figures([fact("50"), planned]) if row["measure"] == "self_sufficiency"]
    assert not [row for row in figures([fact("50")]) if row["rate"] is not None]


def test_a_balance_is_compared_with_a_limit_of_any_stage() -> None:
    rows = [
        fact("90", measure="debt_balance", fund="all"),
        fact("100", "budget", measure="debt_limit", fund="all"),
    ]
    assert one(rows, measure="debt_use")["rate"] == 0.9


def test_the_weaker_basis_is_that_of_a_rate() -> None:
    found = one([fact("200", measure="general_expenditure")], [said("50")], measure="self_sufficiency")
    assert (found["basis"], found["statement_no"]) == ("prose", 7)


def test_the_definition_holds_every_measure_and_stage_once() -> None:
    given = definition().model_dump()
    for change in (
        {"measures": given["measures"] | {"all": given["measures"]["all"][1:]}},
        {"stages": given["stages"] | {"plan": ("budget",)}},
        {"ranked": ("no_such_measure",)},
    ):
        with pytest.raises(ValidationError):
            GovernmentMeasure.model_validate(given | change)
