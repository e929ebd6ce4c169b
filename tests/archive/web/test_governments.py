"""Governments by their own budgets: one amount a measure, and none where sources contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from starlette.testclient import TestClient

from archive import monitor
from archive.ingest import archive_files, ingest
from archive.stores import open_store
from archive.web.app import create_app
from archive.web.governments import figures, share
from tests.site.typeset import typeset

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def row(amount: str, stage: str = "final", **more: Any) -> dict[str, Any]:
    given = {
        "place": "222400", "scope": "whole", "measure": "general_revenue", "year": 2024, "basis": "table",
        "document_id": "d1", "fact_id": None, "page": 1,
    }  # fmt: skip
    return given | {"amount": Decimal(amount), "stage": stage} | more


KEY = ("whole", "general_revenue", 2024)


def test_an_outcome_stands_before_a_plan_and_a_table_before_prose() -> None:
    rows = [
        row("90", "budget"),
        row("100.4", "final", basis="prose"),
        row("100", "final"),
        row("99", "execution"),
    ]
    found = figures(rows)[KEY]
    assert (found.amount, found.stage, found.basis) == (Decimal(100), "final", "table")


def test_prose_that_rounds_agrees_and_another_amount_contradicts() -> None:
    assert figures([row("153.9", basis="prose"), row("153.87", basis="prose")])[KEY].amount is not None
    found = figures([row("100"), row("120", document_id="d2")])[KEY]
    assert (found.amount, found.sources) == (None, 2)


def test_a_rate_is_of_two_outcomes_or_of_two_plans() -> None:
    spent = row("200", "final", measure="general_expenditure")
    planned = row("200", "budget", measure="general_expenditure")
    assert share(figures([row("50"), spent]), "self_sufficiency", "whole", 2024) == Decimal("0.25")
    assert share(figures([row("50"), planned]), "self_sufficiency", "whole", 2024) is None
    assert share(figures([row("50")]), "self_sufficiency", "whole", 2024) is None


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A prefecture's budget and accounts, with debt and transfers by county, as typeset for the demo."""
    folder = tmp_path_factory.mktemp("governments")
    store, paths = open_store(str(folder / "store")), []
    for name, form in (("yanbian-government-2024", "xlsx"), ("yanbian-government-2023", "pdf")):
        paths.append(folder / f"{name}.{form}")
        paths[-1].write_bytes(typeset(name, form))
    archive_files(store, paths, spool=folder / "spool", now=NOW, command="test", version="0")
    assert ingest(store, now=NOW).snapshot
    with TestClient(
        create_app(store, partial(monitor.board, store)), headers={"accept-language": "en"}
    ) as made:
        yield made


def test_a_government_shows_accounts_debt_and_the_counties_below(client: TestClient) -> None:
    page = client.get("/governments/222400").text
    assert "¥5,416.00m" in page and "¥5,242.70m" in page  # revenue, planned for 2024, and of 2023
    assert "¥29,966.10m" in page and "contradictory" not in page  # expenditure, not the sum of transfers
    assert "¥51,110.00m" in page and "¥50,021.00m" in page and "debt balance" in page
    county = client.get("/governments/222401").text
    assert "延吉市" in county and "¥4,251.00m" in county


def test_governments_are_ranked_by_one_measure(client: TestClient) -> None:
    page = client.get("/governments?measure=debt_balance").text
    names = ["延边朝鲜族自治州", "敦化市", "汪清县", "延吉市"]
    places = [page.index(f">{name}</a>") for name in names]
    assert places == sorted(places)
