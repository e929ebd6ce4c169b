"""CSV files that Excel opens as they are meant: one per table, and the data dictionary.

Invariant: UTF-8 with a byte order mark, and no cell that a spreadsheet would run as a formula: a text that
begins with one of `=+@`, a tab or a carriage return, or with a minus that starts no number, gets an
apostrophe in front. (The data package has the texts unchanged.)
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from archive.export.rows import DICTIONARY, EXPORTED, Exported, dictionary_rows, replacing
from archive.rendering.scalars import harmless


def write(exported: Exported, folder: Path) -> None:
    """Write `<table>.csv` for every table and `dictionary.csv`."""
    for name, schema in EXPORTED.items():
        header = [column.name for column in schema.columns]
        write_csv(folder / f"{name}.csv", header, exported.texts(name, harmless))
    rows = (tuple(map(harmless, row)) for row in dictionary_rows())
    write_csv(folder / "dictionary.csv", DICTIONARY, rows)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One such file of harmless cells."""
    with replacing(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
