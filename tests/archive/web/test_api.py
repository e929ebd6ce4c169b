"""The API: the declared tables, filtered and paged, open to read from anywhere."""

from __future__ import annotations

import csv
import io

import pyarrow.parquet as pq
import pytest

from archive.dataset.schema import TABLES
from tests.archive.web.conftest import Served


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_there(served: Served, table: str) -> None:
    answer = served.client.get(f"/api/{table}?limit=2")
    assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == "*"
    found = answer.json()
    assert found["snapshot"] == 3 and len(found["data"]) == min(2, found["total"])
    said = {f"{column.name}_{language}" for column in TABLES[table].messages for language in ("en", "zh")}
    wanted = {column.name for column in TABLES[table].columns} | said
    assert all(set(row) == wanted for row in found["data"])


def test_pages_cover_everything_once(served: Served) -> None:
    address, seen = "/api/facts?limit=150&columns=fact_id", []
    while address:
        found = served.client.get(address).json()
        seen += [row["fact_id"] for row in found["data"]]
        address = found["next"]
    assert len(seen) == len(set(seen)) == found["total"] > 150


def test_filters_of_every_type(served: Served) -> None:
    def total(**wish: object) -> int:
        number: int = served.client.get("/api/facts", params={"limit": 0} | wish).json()["total"]
        return number

    everything = total()
    assert 0 < total(fiscal_year=2024, status="proved") < everything
    assert total(is_total="true") + total(is_total="false") == everything
    assert total(amount_yuan="11445200.00") > 0
    assert 0 < total(proofs="I3") < everything
    assert total(row_label="' OR 1=1 --") == 0


def test_amounts_are_exact_strings(served: Served) -> None:
    row = served.client.get(f"/api/facts/{served.pdf[:16]}-t003-r0-c3").json()
    assert row["amount_yuan"] == "11445200.00"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/facts?nothing=1", 400),
        ("/api/facts?columns=secret", 400),
        ('/api/facts?columns=1"; DROP TABLE facts', 400),
        ("/api/facts?fiscal_year=soon", 400),
        ("/api/facts?limit=1001", 400),
        ("/api/nothing", 404),
        ("/api/facts/nothing", 404),
        ("/api/deadlines/nothing", 404),
        ("/api/facts?at=99", 404),
    ],
)
def test_errors_are_json(served: Served, path: str, status: int) -> None:
    answer = served.client.get(path)
    assert answer.status_code == status and answer.json()["error"]


def test_openapi_describes_what_there_is(served: Served) -> None:
    said = served.client.get("/api/openapi.json").json()
    assert said["openapi"].startswith("3.1")
    for path, methods in said["paths"].items():
        assert set(methods) == {"get"}
        if "{" not in path:
            assert served.client.get(path).status_code == 200
    columns = said["components"]["schemas"]["facts"]["properties"]
    assert columns["status"]["enum"] == ["proved", "single", "disputed", None]


def test_the_board_is_the_same_in_every_form(served: Served) -> None:
    wish = {"year": 2024, "as_of": "2026-11-22"}
    found = served.client.get("/api/board", params=wish | {"limit": 1000}).json()
    lines = csv.DictReader(
        io.StringIO(served.client.get("/deadlines.csv", params=wish).text.lstrip("\ufeff"))
    )
    assert [row["body_id"] for row in found["data"]] == [line["body_id"] for line in lines]
    calendar = served.client.get("/deadlines.ics", params=wish)
    due = [row for row in found["data"] if row["due_rolled"]]
    assert due and calendar.text.count("BEGIN:VEVENT") == len(due)


def test_answers_to_sql_leave_as_files(served: Served) -> None:
    wish = {"q": "SELECT fact_id, amount_yuan FROM facts ORDER BY fact_id LIMIT 3"}
    table = pq.read_table(io.BytesIO(served.client.get("/sql.parquet", params=wish).content))
    assert table.column_names == ["fact_id", "amount_yuan"] and len(table) == 3
    lines = list(
        csv.DictReader(io.StringIO(served.client.get("/sql.csv", params=wish).text.lstrip("\ufeff")))
    )
    assert [line["fact_id"] for line in lines] == table["fact_id"].to_pylist()


def test_a_refusal_speaks_the_visitors_language(served: Served) -> None:
    asked = "/api/documents?nothing=1"
    english = served.client.get(asked, headers={"Accept-Language": "en"}).json()
    kind = {"code": "api_no_column", "parameters": {"table": "documents", "column": "nothing"}}
    assert english == {"error": "documents has no column “nothing”"} | kind
    in_chinese = served.client.get(asked, headers={"Accept-Language": "zh-CN"}).json()
    assert in_chinese == {"error": "documents 没有“nothing”这一列"} | kind
