"""The same bytes give the same rows in every process: nothing depends on the order of a set."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.typeset import typeset

ROOT = Path(__file__).parents[2]
READ = """
import sys
from archive.ingest.reading.rows import document_rows
from parsers import parse_document
rows = document_rows(parse_document(open(sys.argv[1], "rb").read()), None)
print({name: table.to_pylist() for name, table in rows.items()})
"""


@pytest.mark.parametrize("disclosure", ["shizhong-2024", "mianxian-2024"])
def test_a_document_reads_the_same_in_every_process(tmp_path: Path, disclosure: str) -> None:
    path = tmp_path / "budget.xlsx"
    path.write_bytes(typeset(disclosure, "xlsx"))
    digests = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", READ, str(path)]
        said = subprocess.run(command, env=environment, capture_output=True, check=True).stdout
        digests.add(hashlib.sha256(said).hexdigest())
    assert len(digests) == 1
