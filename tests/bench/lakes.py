"""The peers of `tests.bench.archive`: Delta Lake (delta-rs) and DuckLake, with the same rows and partitions.

Each writes as its manual advises: rows that are only added are appended, others merged within partitions by
year and province. DuckLake keeps its catalogue in a DuckDB file beside the data, and commits all tables in
one transaction, as we do; Delta Lake commits each by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from tests.bench.madeup import PROVINCES, YEARS

PLACE = (YEARS[5], PROVINCES[12][:2])
"""The year and province that are asked for."""
KEYS = {"documents": "document_id", "tables": "table_id", "facts": "fact_id", "checks": "check_id"}


# -- Delta Lake --------------------------------------------------------------------------------------------


def delta_write(folder: Path, rows: Mapping[str, pa.Table], add: bool) -> None:
    """Append what is only added; else merge within the partitions, as its manual advises."""
    from deltalake import DeltaTable, write_deltalake

    places = _places(rows)
    for name, table in rows.items():
        uri, placed = str(folder / name), _placed(table, places)
        known = DeltaTable.is_deltatable(uri)
        if not known or (add and name != "documents"):
            write_deltalake(uri, placed, mode="append", partition_by=["p_year", "p_code"])
            continue
        same = " AND ".join(f"t.{column} = s.{column}" for column in ("p_year", "p_code", KEYS[name]))
        merge = DeltaTable(uri).merge(placed, same, source_alias="s", target_alias="t")
        merge.when_matched_update_all().when_not_matched_insert_all().execute()


def delta_open(folder: Path) -> str:
    from deltalake import DeltaTable

    rows = DeltaTable(str(folder / "documents")).to_pyarrow_table(columns=["superseded_by"])
    for name in KEYS:
        DeltaTable(str(folder / name))
    return f"{rows.column(0).null_count} documents in force"


def delta_ask(folder: Path) -> str:
    from deltalake import DeltaTable

    place = [("p_year", "=", str(PLACE[0])), ("p_code", "=", PLACE[1])]
    table = DeltaTable(str(folder / "facts"))
    pc.sum(table.to_pyarrow_table(filters=place, columns=["amount_yuan"]).column(0))
    return f"facts in {len(table.file_uris(file_pruning_predicate=place))} of {len(table.file_uris())} files"


def delta_live(folder: Path) -> Iterable[int]:
    from deltalake import DeltaTable

    for name in KEYS:
        yield from pa.table(DeltaTable(str(folder / name)).get_add_actions()).column("size_bytes").to_pylist()


# -- DuckLake ----------------------------------------------------------------------------------------------

_FILES_READ = re.compile(r"Total Files Read: (\d+)")


@contextmanager
def _lake(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    from duckdb_extensions import import_extension

    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        import_extension("ducklake", con=connection)
        connection.execute(f"ATTACH 'ducklake:{folder}/catalogue' AS lake (DATA_PATH '{folder}/data/')")
        connection.execute("USE lake")
        yield connection


def duck_write(folder: Path, rows: Mapping[str, pa.Table], add: bool) -> None:
    """One transaction: old rows of the same keys go, unless all are new."""
    places = _places(rows)
    with _lake(folder) as lake:
        known = {name for (name,) in lake.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        lake.execute("BEGIN")
        for name, table in rows.items():
            lake.register("placed", _placed(table, places))
            if name not in known:
                lake.execute(f"CREATE TABLE {name} AS FROM placed LIMIT 0")
                lake.execute(f"ALTER TABLE {name} SET PARTITIONED BY (p_year, p_code)")
            elif not add or name == "documents":
                same = " AND ".join(
                    f"old.{column} = new.{column}" for column in ("p_year", "p_code", KEYS[name])
                )
                lake.execute(f"DELETE FROM {name} AS old USING placed AS new WHERE {same}")
            lake.execute(f"INSERT INTO {name} FROM placed")
        lake.execute("COMMIT")


def duck_open(folder: Path) -> str:
    with _lake(folder) as lake:
        found = lake.execute("SELECT count(*) FROM documents WHERE superseded_by IS NULL").fetchone()
    return f"{found and found[0]} documents in force"


def duck_ask(folder: Path) -> str:
    where = f"p_year = '{PLACE[0]}' AND p_code = '{PLACE[1]}'"
    with _lake(folder) as lake:
        (_, plan), *_ = lake.execute(
            f"EXPLAIN ANALYZE SELECT sum(amount_yuan) FROM facts WHERE {where}"
        ).fetchall()
        files = lake.execute("SELECT count(*) FROM ducklake_list_files('lake', 'facts')").fetchone()
    return f"facts in {sum(map(int, _FILES_READ.findall(plan)))} of {files and files[0]} files"


def duck_live(folder: Path) -> Iterable[int]:
    with _lake(folder) as lake:
        for name in KEYS:
            listed = lake.execute(f"SELECT data_file_size_bytes FROM ducklake_list_files('lake', '{name}')")
            yield from (size for (size,) in listed.fetchall())


# -- both --------------------------------------------------------------------------------------------------


def _places(rows: Mapping[str, pa.Table]) -> pa.Table:
    """Year and province of every document, from its facts."""
    table = rows["facts"].select(["document_id", "fiscal_year", "region_code"])
    if "documents" in rows:
        table = pa.concat_tables([table, rows["documents"].select(table.column_names)])
    return table.group_by(table.column_names).aggregate([])


def _placed(rows: pa.Table, places: pa.Table) -> pa.Table:
    at = pc.index_in(rows.column("document_id"), places.column("document_id").combine_chunks())
    found = places.take(at.combine_chunks())
    year = pc.cast(found.column("fiscal_year"), pa.string())
    province = pc.utf8_slice_codeunits(found.column("region_code"), 0, 2)
    return rows.append_column("p_year", year).append_column("p_code", province)
