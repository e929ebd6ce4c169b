"""SQL sees one snapshot, and nothing else of the machine."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from archive import IntegrityError, QueryError
from archive.dataset.query.connection import connect, run_sql, select
from archive.dataset.schema import TABLES, arrow_schema, build_table
from archive.dataset.snapshots import Change, Snapshot, commit, latest, load
from archive.stores import LocalStore, Store
from parsers.values.messages import Message, message
from tests.archive.samples import NOON, Sample, changes

MIAN = Sample("勉县", ("10.50", "20.25"))
YANBIAN = Sample("延边州", ("1.00",), year=2023, region="222400")


@pytest.fixture
def snapshot(store: Store) -> Snapshot:
    first = commit(store, changes([MIAN]), message="first", run_id=None, now=NOON)
    second = commit(store, changes([YANBIAN]), message="second", run_id=None, now=NOON)
    assert first and second
    return second


def test_tables_are_views_of_the_whole_snapshot(store: Store, snapshot: Snapshot) -> None:
    answer = run_sql(
        store, snapshot, "SELECT region_code, sum(amount_yuan) AS yuan FROM facts GROUP BY 1 ORDER BY 1"
    )
    assert answer.to_pylist() == [
        {"region_code": "222400", "yuan": Decimal("1.00")},
        {"region_code": "610725", "yuan": Decimal("30.75")},
    ]
    joined = run_sql(
        store,
        snapshot,
        "SELECT t.grid[2][2] AS cell FROM tables t JOIN documents d USING (document_id) "
        "WHERE d.title = '勉县'",
    )
    assert joined.to_pylist() == [{"cell": "20.25"}]


def test_what_a_later_version_replaced_does_not_count_twice(store: Store) -> None:
    later = replace(MIAN, name="勉县（更正）", amounts=("10.50", "99.00"))
    old, *others = changes([MIAN])
    superseded = build_table("documents", [MIAN.document() | {"superseded_by": later.document_id}])
    commit(store, [replace(old, rows=superseded), *others], message="", run_id=None, now=NOON)
    made = commit(store, changes([later, YANBIAN]), message="", run_id=None, now=NOON)
    assert made
    total = "SELECT sum(amount_yuan) AS yuan, count(DISTINCT document_id) AS documents FROM "
    assert run_sql(store, made, total + "facts").to_pylist() == [{"yuan": Decimal("141.25"), "documents": 3}]
    answer = run_sql(store, made, total + "current.facts").to_pylist()
    assert answer == [{"yuan": Decimal("110.50"), "documents": 2}]
    assert len(run_sql(store, made, "SELECT * FROM current.documents")) == 2


def test_a_question_about_a_year_leaves_the_files_of_others_closed(store: Store, snapshot: Snapshot) -> None:
    asked = "SELECT sum(amount_yuan) AS yuan FROM {} WHERE fiscal_year = 2023"
    for view in ("facts", "current.facts"):
        assert run_sql(store, snapshot, asked.format(view)).to_pylist() == [{"yuan": Decimal("1.00")}]
    with connect(store, snapshot) as connection:
        (_, plan), *_ = connection.execute(f"EXPLAIN ANALYZE {asked.format('facts')}").fetchall()
    assert len(snapshot.files("facts")) == 2
    assert "Total Files Read: 1" in plan


def test_files_that_hold_several_years_or_none_lie_in_no_years_folder(store: Store) -> None:
    unknown = Sample("unknown", ("7.00",), year=None, region=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("archive.dataset.compaction.MOST_SMALL", 1)
        made = commit(store, changes([MIAN, YANBIAN, unknown]), message="", run_id=None, now=NOON)
    assert made
    assert [file.group for file in made.files("facts")] == ["mixed"]
    found = run_sql(store, made, "SELECT fiscal_year AS year, sum(amount_yuan) AS yuan FROM facts GROUP BY 1")
    assert {(row["year"], row["yuan"]) for row in found.to_pylist()} == {
        (2024, Decimal("30.75")),
        (2023, Decimal("1.00")),
        (None, Decimal("7.00")),
    }


def test_an_older_snapshot_answers_as_it_did(store: Store, snapshot: Snapshot) -> None:
    count = "SELECT count(*) AS n FROM documents"
    assert run_sql(store, load(store, 1), count).to_pylist() == [{"n": 1}]
    assert run_sql(store, snapshot, count).to_pylist() == [{"n": 2}]


def test_views_have_the_declared_columns_even_without_rows(store: Store, snapshot: Snapshot) -> None:
    with connect(store, snapshot) as connection:
        for name in TABLES:
            answer = select(connection, f"SELECT * FROM {name} LIMIT 0")
            assert answer.schema.names == arrow_schema(name).names
            assert answer.schema.types == arrow_schema(name).types, name


def test_a_column_younger_than_a_file_is_null(local_store: Store) -> None:
    old = commit(local_store, changes([MIAN]), message="", run_id=None, now=NOON)
    assert old and isinstance(local_store, LocalStore)
    file = old.files("documents")[0]
    rows = pq.read_table(local_store.path(file.key)).drop_columns(["notes", "outcome_detail"])
    pq.write_table(rows, local_store.path(file.key + ".older"))
    older = replace(file, key=file.key + ".older", columns=tuple(rows.column_names))
    both = replace(old, tables={**old.tables, "documents": (file, older)})
    answer = run_sql(local_store, both, "SELECT title, notes FROM documents")
    assert answer.to_pylist() == [{"title": "勉县", "notes": None}] * 2
    assert answer.schema.field("notes").type == arrow_schema("documents").field("notes").type


def test_instants_are_utc(store: Store) -> None:
    rows = build_table("runs", [{"run_id": "r", "started_at": NOON}])
    made = commit(store, [Change("runs", rows)], message="", run_id="r", now=NOON)
    assert made
    assert run_sql(store, made, "SELECT started_at FROM runs").to_pylist() == [{"started_at": NOON}]


FORBIDDEN = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM read_parquet('https://example.org/x.parquet')",
    "SELECT * FROM read_parquet('s3://gongkai-tests/other.parquet')",
    "COPY (SELECT 1) TO '{scratch}/out.csv'",
    "COPY (SELECT 1) TO '{file}' (FORMAT parquet, USE_TMP_FILE false)",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{file}' (FORMAT parquet, USE_TMP_FILE false)",
    "EXPORT DATABASE '{scratch}/out'",
    "ATTACH '{scratch}/x.db'",
    "INSTALL spatial",
    "LOAD '{scratch}/x.duckdb_extension'",
    "SET enable_external_access = true",
    "SET allowed_paths = ['/etc/passwd']",
    "RESET lock_configuration",
    "PRAGMA enable_profiling='json'",
    "CREATE SECRET (TYPE s3)",
    "CREATE OR REPLACE VIEW facts AS SELECT 1",
    "DROP VIEW facts",
    "SELECT 1; DROP VIEW facts",
    "SELECT * FROM secret_of_the_program",
    "SELEC 1",
    "",
]


def test_a_query_can_only_read_the_snapshot(store: Store, snapshot: Snapshot, tmp_path: Path) -> None:
    secret_of_the_program = build_table("sites", [{"site_id": "x", "url": "http://x/"}])
    file = snapshot.files("facts")[0]
    before = store.read(file.key)
    name = str(store.path(file.key)) if isinstance(store, LocalStore) else f"{store.uri}/{file.key}"
    answered = []
    with connect(store, snapshot) as connection:
        for sql in FORBIDDEN:
            with suppress(QueryError):
                select(connection, sql.format(scratch=tmp_path, file=name))
                answered.append(sql)
        assert answered == []
        assert len(select(connection, "SELECT * FROM facts")) == 3
    assert store.read(file.key) == before
    assert not list(tmp_path.glob("out*"))
    assert len(secret_of_the_program) == 1


def test_other_objects_of_the_store_cannot_be_read(store: Store, snapshot: Snapshot) -> None:
    file = snapshot.files("facts")[0]
    other = file.key.replace(file.sha256, "other")
    store.create(other, store.read(file.key))
    name = str(store.path(other)) if isinstance(store, LocalStore) else f"{store.uri}/{other}"
    with pytest.raises(QueryError, match="Permission"):
        run_sql(store, snapshot, f"SELECT * FROM read_parquet('{name}')")


def test_the_message_is_the_database_s(local_store: Store) -> None:
    made = commit(local_store, changes([MIAN]), message="", run_id=None, now=NOON)
    assert made
    with pytest.raises(QueryError, match="amount_yuam"):
        run_sql(local_store, made, "SELECT amount_yuam FROM facts")


def test_a_snapshot_with_a_lost_file_says_so(local_store: Store) -> None:
    commit(local_store, changes([MIAN]), message="", run_id=None, now=NOON)
    made = latest(local_store)
    assert made
    local_store.delete(made.files("facts")[0].key)
    with pytest.raises(IntegrityError, match="snapshot 1 cannot be opened"):
        run_sql(local_store, made, "SELECT 1")


def test_a_message_is_said_in_either_language(store: Store) -> None:
    lost = message("required_table_lacking", name="收|支")
    noted = [str(Message("hidden_sheet", (("detail", "底稿"), ("page", None)))), "as written before"]
    row = MIAN.document() | {"notes": noted, "outcome_detail": str(lost)}
    snapshot = commit(
        store, [Change("documents", build_table("documents", [row]))], message="m", run_id=None, now=NOON
    )
    assert snapshot
    sql = """
        SELECT sentence(outcome_detail, 'en') AS en, sentence(outcome_detail, 'zh') AS zh,
               outcome_detail->>'code' AS code, sentence(NULL, 'zh') AS nothing,
               list_transform(notes, lambda one: sentence(one, 'zh')) AS notes
        FROM documents
    """
    assert run_sql(store, snapshot, sql).to_pylist() == [
        {
            "en": "收|支 is missing",
            "zh": "收|支缺失",
            "code": "required_table_lacking",
            "nothing": None,
            "notes": ["隐藏的工作表：底稿", "as written before"],
        }
    ]
    with pytest.raises(QueryError, match="'en' or 'zh'"):
        run_sql(store, snapshot, "SELECT sentence(outcome_detail, 'fr') FROM documents")
