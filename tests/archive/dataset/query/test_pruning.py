"""Files are left closed only where no row of theirs could be asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from archive.dataset.manifest import Snapshot, decode, encode
from archive.dataset.query import pruning
from archive.dataset.query.connection import connect, run_sql, select
from archive.dataset.query.pruning import pruned
from archive.dataset.schema import build_table
from archive.dataset.snapshots import Change, commit
from archive.stores import Store, open_store
from tests.archive.samples import NOON, Sample

ODD = "x' OR body_name='教育局"
BROKEN = "a\nregion_code='"
BODIES = {"教育局": "610725", "财政局": "610725", "卫健局": "222400", "O'Neill": "110000", ODD: "110000",
          BROKEN: "510000", "无处": None}  # fmt: skip
"""Bodies, each with a document in a file of its own."""


@pytest.fixture(autouse=True)
def _planned_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "FEW", 0)


@pytest.fixture
def snapshot(local_store: Store) -> Snapshot:
    return filled(local_store)


def filled(store: Store) -> Snapshot:
    made = None
    for number, (body, region) in enumerate(BODIES.items()):
        one = Sample(body, (f"{2**number}.00",), region=region)
        facts = [fact | {"body_name": body, "functional_code": "2050201"} for fact in one.facts()]
        rows = {"documents": [one.document() | {"body_name": body}], "tables": [one.table()], "facts": facts}
        listed = [Change(name, build_table(name, found)) for name, found in rows.items()]
        made = commit(store, listed, message="", run_id=None, now=NOON)
    assert made and len(made.files("facts")) == len(BODIES)
    return made


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


YUAN = "SELECT sum(amount_yuan) AS yuan FROM"
MIAN = Sample("教育局").document_id
LEFT = {
    f"{YUAN} facts WHERE body_name = '教育局'": 1,
    f"{YUAN} current.facts WHERE body_name = '教育局' AND amount_yuan > 0": 1,
    f"{YUAN} facts WHERE body_name IN ('教育局', '卫健局', '某局')": 2,
    f"{YUAN} facts WHERE body_name = '教育局' OR body_name = '卫健局'": 2,
    f"{YUAN} facts WHERE body_name = '某局'": 0,
    f"{YUAN} facts WHERE document_id = '{MIAN}'": 1,
    f"{YUAN} facts JOIN documents USING (document_id) WHERE document_id = '{MIAN}'": 1,
    f"{YUAN} facts WHERE region_code = '610725'": 3,  # and of the body of no region
    f"{YUAN} facts WHERE region_code LIKE '61%'": 3,
    f"{YUAN} facts WHERE region_code BETWEEN '110000' AND '299999' AND body_name <> ''": 4,
    f"{YUAN} facts WHERE region_code IN ('222400', '510000') AND body_name = '卫健局'": 1,
    f"{YUAN} facts JOIN documents USING (document_id) WHERE documents.body_name = '教育局'": 1,
    f"{YUAN} current.facts f JOIN current.documents d USING (document_id) WHERE d.body_name = '教育局'": 1,
    f"{YUAN} documents JOIN facts USING (document_id) WHERE documents.body_name = '财政局'": 1,
    f"{YUAN} documents JOIN facts USING (document_id) WHERE documents.body_name IN ('教育局', '财政局')": 7,
    f"{YUAN} facts WHERE document_id IN (SELECT document_id FROM documents WHERE body_name = '教育局')": 1,
    f"{YUAN} facts JOIN documents USING (document_id) WHERE documents.body_name = '某局'": 0,
    f"{YUAN} facts LEFT JOIN documents d ON facts.document_id = d.document_id AND d.body_name = '教育局'": 7,
    f"{YUAN} facts WHERE document_id NOT IN (SELECT document_id FROM documents "
    "WHERE body_name = '教育局')": 7,
    f"{YUAN} facts JOIN documents d ON facts.document_id = d.title WHERE d.body_name = '教育局'": 7,
    f"{YUAN} facts JOIN (SELECT title AS document_id FROM documents WHERE body_name = '教育局') "
    "USING (document_id)": 7,
    f"{YUAN} facts WHERE document_id IN (SELECT title FROM documents WHERE body_name = '教育局')": 7,
    f"{YUAN} facts JOIN (SELECT t.title AS document_id FROM tables t JOIN documents d "
    "USING (document_id) WHERE d.body_name = '教育局') USING (document_id)": 7,
    f"{YUAN} facts WHERE functional_code = '2050201'": 7,
    f"{YUAN} facts WHERE body_name LIKE '%育%'": 7,
    f"{YUAN} facts WHERE body_name = '教育局' OR region_code = '222400'": 7,
    f"{YUAN} facts WHERE NOT body_name = '教育局'": 7,
    f"{YUAN} facts WHERE body_name = '教育局' OR body_name IS NULL": 7,
    f"{YUAN} facts WHERE upper(body_name) = '教育局'": 7,
    f"{YUAN} facts": 7,
    "SELECT (SELECT count(*) FROM facts) AS many, f.body_name FROM facts f WHERE body_name = '教育局'": 7,
    f"{YUAN} (SELECT * FROM facts WHERE body_name = '教育局' UNION ALL "
    "SELECT * FROM facts WHERE body_name = '卫健局')": 2,
    f"{YUAN} facts JOIN tables USING (table_id) WHERE tables.table_no > 0 AND body_name = '教育局'": 1,
    "WITH f AS (SELECT * FROM facts) SELECT a.row_no, b.body_name AS other FROM f a LEFT JOIN f b "
    "ON a.row_no = b.row_no AND b.body_name = '卫健局' WHERE a.body_name = '教育局'": 2,
    f"{YUAN} facts f WHERE body_name = '教育局' AND NOT EXISTS "
    "(SELECT 1 FROM facts g WHERE g.body_name = '卫健局' AND g.row_no > f.row_no)": 2,
    f"{YUAN} facts WHERE body_name = {text(ODD)}": 7,
    f"{YUAN} facts WHERE body_name = {text(BROKEN)}": 7,
    f"{YUAN} facts WHERE body_name IN ({text(ODD)}, '教育局')": 7,
    f"{YUAN} facts WHERE body_name = 'O''Neill'": 7,
}
"""Files of facts that a question leaves open, of seven."""


@pytest.mark.parametrize("sql", LEFT)
def test_the_answer_is_that_of_all_files_and_few_are_opened(
    local_store: Store, snapshot: Snapshot, sql: str
) -> None:
    assert len(pruned(snapshot, sql, local_store).files("facts")) == LEFT[sql]
    with connect(local_store, snapshot) as connection:
        expected = select(connection, sql)
    assert run_sql(local_store, snapshot, sql).to_pylist() == expected.to_pylist()


def test_in_s3_the_answer_is_the_same_and_duckdb_opens_no_other_file(s3_uri: str) -> None:
    store = open_store(s3_uri)
    snapshot = filled(store)
    for sql, left in LEFT.items():
        if left < len(BODIES) and sql.startswith(f"{YUAN} facts WHERE") and "documents" not in sql:
            with connect(store, snapshot, of=sql) as connection:
                expected = select(connection, sql)
            assert run_sql(store, snapshot, sql).to_pylist() == expected.to_pylist()
            with connect(store, pruned(snapshot, sql, store), of=sql) as connection:
                ((_, plan),) = connection.execute(f"EXPLAIN ANALYZE {sql}").fetchall()
            assert sum(map(int, re.findall(r"Total Files Read: (\d+)", plan))) <= left


@pytest.mark.parametrize(
    "sql", ["SELECT nothing FROM facts", "DROP TABLE facts", "SELECT 1; SELECT 2", "what", ""]
)
def test_what_is_no_question_excludes_nothing(snapshot: Snapshot, sql: str) -> None:
    assert pruned(snapshot, sql) == snapshot


def test_a_manifest_keeps_what_its_files_may_hold(snapshot: Snapshot) -> None:
    again = decode(encode(snapshot))
    assert again.tables == snapshot.tables
    assert {name for file in again.files("facts") for name, _ in file.blooms} == {"document_id", "body_name"}
    assert not any(file.blooms for file in again.files("runs"))


def test_files_of_older_versions_are_opened(snapshot: Snapshot) -> None:
    old = decode(_without_blooms(encode(snapshot)))
    assert pruned(old, f"{YUAN} facts WHERE body_name = '教育局'").files("facts") == old.files("facts")


def _without_blooms(manifest: bytes) -> bytes:
    package = json.loads(manifest)
    for resource in package["resources"]:
        resource.pop("bloom", None)
    return json.dumps(package).encode()


def test_a_small_snapshot_is_not_planned(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    def unused(sql: str) -> Iterator[object]:
        raise AssertionError(sql)

    monkeypatch.setattr(pruning, "FEW", 1000)
    monkeypatch.setattr(pruning, "_scans", unused)
    assert pruned(snapshot, f"{YUAN} facts WHERE body_name = '教育局'") == snapshot
