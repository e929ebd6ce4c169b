"""Scores against counts made by hand, from a real snapshot."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from archive.dataset.schema import build_table
from archive.dataset.snapshots import ALL, Change, commit, load
from archive.monitoring.bodies import body_id
from archive.monitoring.scores.rates import Share, score_rates, total
from archive.monitoring.scores.scoring import for_screen, scores
from archive.stores import Store
from parsers.values.messages import Message, message
from tests.archive.samples import NOON

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WATER, SCHOOLS, CITY = "勉县水利局", "勉县教育局", "汉中市财政局"
PLACES = {WATER: "610725", SCHOOLS: "610725", CITY: "610700"}


def document(identity: str, name: str, media_type: str = "application/pdf") -> dict[str, Any]:
    return {
        "document_id": identity,
        "media_type": media_type,
        "region_code": PLACES[name],
        "body_name": name,
        "body_level": "department",
        "fiscal_year": 2024,
        "document_kind": "budget",
        "outcome": "parsed",
        "parser_version": "1",
    }


def disclosure(identity: str, state: str, *documents: str) -> dict[str, Any]:
    return {
        "disclosure_id": identity,
        "url": f"http://example.org/{identity}",
        "state": state,
        "document_ids": list(documents),
    }


def deadline(name: str, status: str, kind: str = "budget", basis: str | None = "presumed") -> dict[str, Any]:
    return {
        "body_id": body_id(PLACES[name], name),
        "fiscal_year": 2024,
        "document_kind": kind,
        "trigger_basis": basis,
        "due_strict": date(2024, 5, 10),
        "status": status,
    }


def required(code: str, name: str) -> str:
    """The statement of a check on something that every disclosure must have."""
    return str(message("on_page", what=Message(code, (("name", name),)), page=None))


def check(rule: str, status: str, statement: str = "", document_id: str = "a") -> dict[str, Any]:
    return {
        "check_id": f"{document_id}-{rule}-{statement}-{status}",
        "document_id": document_id,
        "rule": rule,
        "statement": statement,
        "status": status,
        "severity": "warning" if status == "fails" else "info",
    }


def fact(number: int, code: str, yuan: str, *, economic: bool = False, **values: Any) -> dict[str, Any]:
    kind = "economic_code" if economic else "functional_code"
    return {
        "fact_id": f"f{number}-{economic}-{values}",
        "document_id": "a",
        "table_id": "e" if economic else "t",
        "row_no": number,
        "col_no": 1,
        "table_type": "general_basic_economic" if economic else "general_expenditure",
        "nature": "all",
        "object": "all",
        "period": "total",
        kind: code,
        "is_total": False,
        "amount_yuan": Decimal(yuan),
        "amount_text": yuan,
    } | values


ROWS: dict[str, list[dict[str, Any]]] = {
    # The water bureau published twice over: the PDF, and the same as a workbook.
    "documents": [
        document("a", WATER),
        document("b", WATER, XLSX),
        document("c", CITY),
        document("z", WATER) | {"superseded_by": "a"},  # an earlier version, whose faults were mended
    ],
    "disclosures": [
        disclosure("1", "live", "a", "b"),
        disclosure("2", "gone", "a"),
        disclosure("3", "blocked", "a"),  # whether it is still there is not known
        disclosure("4", "changed", "c"),
    ],
    "deadlines": [
        deadline(WATER, "on_time", basis="stated"),
        deadline(WATER, "pending", "accounts"),  # not due yet
        deadline(SCHOOLS, "missing"),
        deadline(SCHOOLS, "unknown", "accounts"),  # not looked at
        deadline(CITY, "late"),
    ],
    "checks": [
        check("complete-table", "holds", "收支总表"),  # as written before there were messages
        check("complete-table", "fails", required("required_table_lacking", "收入总表")),
        check("complete-text", "fails", required("required_text_lacking", "绩效")),
        check("complete-text", "holds", required("required_text", "绩效"), "b"),  # the other file has it
        check("complete-vehicles", "holds", "购置和运行"),
        check("complete-empty", "holds", "一"),
        check("complete-empty", "fails", "二"),
        check("complete-empty", "untestable", "三"),
        check("I3", "holds", "x"),
        check("I3", "rounding", "y"),
        check("A1", "fails", "z"),
        check("I4", "untestable", "v"),
        check("I15", "holds", "w"),
        check("I3", "fails", "old", "z"),
        check("I3", "fails", "may be misread") | {"severity": "info", "fault": "reading"},
        check("complete-blank", "fails", "no identity"),
    ],
    "facts": [
        fact(0, "205", "100", is_total=True),
        fact(1, "208", "100"),
        fact(2, "20805", "100"),
        fact(3, "2080505", "60"),  # 40 yuan stay at 款
        fact(4, "2080505", "999", nature="basic", col_no=2),
        fact(1, "301", "50", economic=True),
        fact(2, "30101", "50", economic=True),
    ],
}


@pytest.fixture
def scored(local_store: Store) -> Store:
    def changes(rows: dict[str, list[dict[str, Any]]]) -> list[Change]:
        return [Change(name, build_table(name, listed), ALL) for name, listed in rows.items()]

    bodies = [
        {"body_id": body_id(code, name), "region_code": code, "name": name} for name, code in PLACES.items()
    ]
    commit(local_store, changes(ROWS | {"bodies": bodies}), message="1", run_id=None, now=NOON)
    missing = [row | {"status": "missing"} for row in ROWS["deadlines"]]
    commit(local_store, changes({"deadlines": missing}), message="2", run_id=None, now=NOON)
    return local_store


def shares(store: Store, name: str, at: str = "1", **asked: Any) -> dict[str, tuple[int, int]]:
    rows = scores(store, load(store, at), **asked).to_pylist()
    return {
        row["measure"]: (int(row["numerator"]), int(row["denominator"]))
        for row in rows
        if row["name"] == name and row["measure"] != "total"
    }


WATER_SHARES = {
    "publication": (1, 1),
    "timeliness": (1, 1),
    "completeness": (2, 3),
    "functional_detail": (60, 100),
    "economic_detail": (50, 50),
    "three_public": (1, 1),
    "empty_explained": (1, 2),
    "consistency": (3, 4),
    "machine_readable": (1, 1),
    "link_survival": (1, 2),
}


def test_each_measure_of_a_body_counts_what_it_says(scored: Store) -> None:
    assert set(WATER_SHARES) == {name for name, one in score_rates().items() if one.of("body")}
    assert shares(scored, WATER) == WATER_SHARES
    assert shares(scored, SCHOOLS) == {"publication": (0, 1)}, "what is not known counts against nobody"
    assert shares(scored, CITY)["timeliness"] == (0, 1)


def test_a_region_sums_its_bodies(scored: Store) -> None:
    assert shares(scored, "勉县", level="county") == WATER_SHARES | {"publication": (1, 2)}
    city = shares(scored, "汉中市", level="city")
    assert (city["publication"], city["timeliness"]) == ((2, 3), (1, 2))
    assert (city["machine_readable"], city["link_survival"]) == ((1, 2), (2, 3))
    assert shares(scored, "陕西省", level="province") == city
    names = scores(scored, load(scored, "1"), level="county").column("name").to_pylist()
    assert set(names) == {"勉县"}, "a city's bureau belongs to no county"


def test_presumed_dates_are_told_apart(scored: Store) -> None:
    rows = scores(scored, load(scored, "1"), level="county").to_pylist()
    presumed = {row["measure"]: row["presumed_share"] for row in rows}
    assert (presumed["publication"], presumed["timeliness"], presumed["consistency"]) == (0.5, 0.0, None)


def test_an_older_snapshot_keeps_its_scores(scored: Store) -> None:
    assert shares(scored, WATER, "1") == WATER_SHARES
    assert "timeliness" not in shares(scored, WATER, "2")
    assert shares(scored, WATER, "2")["publication"] == (1, 2), "the accounts are missing by then"
    assert scores(scored, load(scored, "1")).equals(scores(scored, load(scored, "1")))


def test_scores_of_one_region_and_year(scored: Store) -> None:
    newest = load(scored)
    assert scores(scored, newest, prefixes=("41",)).num_rows == 0
    assert scores(scored, newest, year=2023).num_rows == 0
    assert scores(scored, newest, prefixes=("6107",), year=2024).num_rows > 0
    assert scores(scored, newest, level="city", prefixes=("6107",)).num_rows > 0
    assert scores(scored, newest, level="city", prefixes=("610725",)).num_rows == 0, "a part is no city"


def test_amounts_beyond_belief_are_summed(scored: Store) -> None:
    most = [fact(number, "2080505", "9" * 18, col_no=7) for number in range(10, 20)]
    commit(scored, [Change("facts", build_table("facts", most), ALL)], message="3", run_id=None, now=NOON)
    assert shares(scored, WATER, "3")["functional_detail"] == (int("9" * 18) * 10, int("9" * 18) * 10)


def test_the_total_is_of_what_could_be_measured() -> None:
    half = Share(Decimal(1), Decimal(2), Decimal(2))
    found = total(
        {"publication": half, "consistency": Share(Decimal(3), Decimal(4)), "three_public": Share()}
    )
    assert (found.numerator, found.denominator) == (Decimal("16.2500"), 35)  # (25 + 10 × ¾) × ½
    assert found.rate == pytest.approx(16.25 / 35)
    assert found.presumed_share == pytest.approx(25 / 35)
    assert total({}).rate is None


def test_all_weights_make_a_hundred() -> None:
    for level in ("body", "government"):
        assert sum(measure.of(level) for measure in score_rates().values()) == 100


def test_a_screen_shows_a_line_per_place_and_year(scored: Store) -> None:
    [line] = for_screen(scores(scored, load(scored, "1"), level="county")).to_pylist()
    assert (line["name"], line["year"]) == ("勉县", "2024")
    assert (line["publication 公开率"], line["consistency 一致率"]) == ("50.0", "75.0")
