"""A folder of Parquet per table, for programs that open a folder as a dataset (R, pandas, Spark).

Invariant: a folder holds the rows of the snapshot and nothing else, in today's columns; a table without rows
is a file without rows. (In the store, the files of all snapshots lie side by side, and some lack a newer
column: there, take the list of the snapshot.)
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from archive.dataset.datafiles import ROW_GROUP
from archive.export.rows import EXPORTED, Exported, replacing


def write(exported: Exported, folder: Path) -> None:
    """Write `<table>/part-0.parquet` for every table."""
    for name, schema in EXPORTED.items():
        with (
            replacing(folder / name / "part-0.parquet") as part,
            pq.ParquetWriter(part, schema.arrow, compression="zstd") as writer,
        ):
            for batch in exported.batches(name, ROW_GROUP):
                writer.write_batch(batch.cast(schema.arrow))
