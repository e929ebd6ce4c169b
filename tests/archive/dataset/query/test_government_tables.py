"""The tables that a government must publish: found, not found, or unknown with the reason; and its scores."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from archive.dataset.query.connection import run_sql
from archive.dataset.query.government_tables import completeness_sql, wanted_tables
from archive.dataset.schema import build_table
from archive.dataset.snapshots import ALL, Change, commit, load
from archive.monitoring.bodies import body_id
from archive.monitoring.scores.rates import LEVELS
from archive.monitoring.scores.scoring import scores
from archive.stores import Store, open_store
from parsers.values.messages import message

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PLACE, NAME = "610725", "勉县"
MAIN = ("gov_general_revenue", "gov_general_expenditure")


def document(number: int, outcome: str = "parsed", tables: int = 2, **more: Any) -> dict[str, Any]:
    given = {
        "document_id": f"{number:064x}", "region_code": PLACE, "body_name": NAME, "body_level": "government",
        "fiscal_year": 2024, "document_kind": "budget", "outcome": outcome, "parser_version": "1",
        "tables": tables, "measures": ["debt_limit"], "media_type": "application/pdf",
    }  # fmt: skip
    return given | more


def tables_of(number: int, *kinds: str | tuple[str, str]) -> list[dict[str, Any]]:
    rows = []
    for no, kind in enumerate(kinds, 1):
        kind, title = (kind, None) if isinstance(kind, str) else kind
        rows.append({"table_id": f"{number:016x}-t{no:03d}", "document_id": f"{number:064x}", "table_no": no,
                     "table_type": kind, "title": title, "empty": False})  # fmt: skip
    return rows


def fact(number: int, table: int, **meaning: Any) -> dict[str, Any]:
    given = {
        "fact_id": f"{number:016x}-t{table:03d}-r0-c1", "document_id": f"{number:064x}",
        "table_id": f"{number:016x}-t{table:03d}", "row_no": 0, "col_no": 1, "amount_text": "1",
        "status": "single", "is_total": False,
    }  # fmt: skip
    return given | meaning


def stored(folder: Path, **rows: list[dict[str, Any]]) -> Store:
    store = open_store(str(folder))
    carried = [{"disclosure_id": "c" * 16, "url": "http://x.cn/", "document_ids": [one["document_id"]
                for one in rows["documents"]]}]  # fmt: skip
    rows = {"disclosures": carried} | rows
    changes = [Change(name, build_table(name, found), ALL) for name, found in rows.items()]
    commit(store, changes, message="test", run_id=None, now=NOW)
    return store


def states(store: Store) -> dict[str, tuple[str, str | None]]:
    rows = run_sql(
        store, load(store), "SELECT item, state, reason FROM current.government_tables"
    ).to_pylist()
    return {row["item"]: (row["state"], row["reason"]) for row in rows}


def test_what_the_main_tables_stand_beside_is_found_or_not(tmp_path: Path) -> None:
    found = states(stored(tmp_path, documents=[document(1)], tables=tables_of(1, *MAIN)))
    assert found["general_revenue"] == found["general_expenditure"] == ("found", None)
    assert found["fund_revenue"] == ("not_found", None) and set(found) == set(wanted_tables())


def test_own_level_and_kind_of_debt_are_read_from_amounts_or_the_title(tmp_path: Path) -> None:
    tables = tables_of(1, *MAIN, "debt_limit_balance", ("gov_fund_expenditure", "县本级政府性基金支出表"))
    facts = [fact(1, 2, scope="own"), fact(1, 3, debt_kind="special")]
    found = states(stored(tmp_path, documents=[document(1)], tables=tables, facts=facts))
    for item in ("general_expenditure_own", "special_debt", "fund_expenditure_own"):
        assert found[item][0] == "found", item
    assert found["general_debt"][0] == "not_found"


def test_tables_of_several_documents_are_one_disclosure(tmp_path: Path) -> None:
    more = tables_of(2, "gov_fund_revenue")
    documents = [document(1), document(2, tables=1)]
    found = states(stored(tmp_path, documents=documents, tables=tables_of(1, *MAIN) + more))
    assert found["fund_revenue"][0] == "found"


@pytest.mark.parametrize(
    ("documents", "tables", "reason"),
    [
        ([document(1), document(2, "needs_ocr")], tables_of(1, *MAIN), "table_in_unread_document"),
        ([document(1, tables=0)], [], "only_text_found"),
        ([document(1)], tables_of(1, "debt_limit_balance"), "main_tables_elsewhere"),
        ([document(1)], tables_of(1, *MAIN, ("other", "政府性基金收支表")), "unrecognised_table"),
    ],
)
def test_nothing_is_not_found_where_it_may_be(
    tmp_path: Path, documents: list[Any], tables: list[Any], reason: str
) -> None:
    state, why = states(stored(tmp_path, documents=documents, tables=tables))["fund_revenue"]
    assert (state, why) == ("unknown", str(message(reason)))


def test_a_file_of_the_announcement_that_was_left_aside_may_hold_it(tmp_path: Path) -> None:
    url = "http://x.cn/1.html"
    disclosure = {"disclosure_id": "1" * 16, "url": url, "document_ids": [document(1)["document_id"]]}
    gap = {"gap_id": "r-1", "run_id": "r", "site_id": PLACE, "kind": "file", "url": "http://x.cn/2.pdf"}
    store = stored(
        tmp_path,
        documents=[document(1)],
        tables=tables_of(1, *MAIN),
        disclosures=[disclosure],
        gaps=[gap | {"via": url}],
    )
    assert states(store)["fund_revenue"] == ("unknown", str(message("announcement_not_followed")))


def test_files_given_by_hand_do_not_show_what_else_was_announced(tmp_path: Path) -> None:
    store = stored(tmp_path, documents=[document(1)], tables=tables_of(1, *MAIN), disclosures=[])
    state, why = states(store)["fund_revenue"]
    assert (state, why) == ("unknown", str(message("given_as_files")))


def test_governments_have_scores_of_their_own(tmp_path: Path) -> None:
    office = document(3, body_name="勉县水利局", body_level="department", measures=None)
    due = [
        {"body_id": body_id(PLACE, name), "fiscal_year": 2024, "document_kind": kind, "status": status}
        for name, kind, status in (
            (NAME, "budget", "on_time"),
            (NAME, "debt_budget", "on_time"),
            (NAME, "debt_accounts", "missing"),
            ("勉县水利局", "budget", "late"),
        )
    ]
    store = stored(tmp_path, documents=[document(1), office], tables=tables_of(1, *MAIN), deadlines=due)

    def rates(level: Any) -> dict[tuple[str, str], tuple[int, int]]:
        found: pa.Table = scores(store, load(store), level=level)
        return {
            (row["name"], row["measure"]): (int(row["numerator"]), int(row["denominator"]))
            for row in found.to_pylist()
        }

    own = rates("government")
    assert own[NAME, "publication"] == (2, 3) and own[NAME, "timeliness"] == (2, 2)
    assert own[NAME, "catalogue"] == (2, 13)
    assert {name for name, _ in own} == {NAME}
    assert {name for name, _ in rates("body")} == {"勉县水利局"}
    assert rates("county")[NAME, "timeliness"] == (0, 1)
    assert set(LEVELS) > {"government"}


def test_the_sql_names_nothing_that_a_title_could_break() -> None:
    sql = completeness_sql("facts", "tables", "documents", "disclosures", "gaps")
    assert all("'" not in one.words for one in wanted_tables().values()) and sql.count("VALUES") == 1
