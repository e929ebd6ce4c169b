"""A part of `make torture`: few writers through a network that lies, and death at some of the steps."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.archive import seaweed
from tests.archive.conftest import BUCKET
from tests.torture.proxy import Faults, faulty
from tests.torture.writers import contest

ROOT = Path(__file__).parents[2]


def test_writers_through_a_network_that_lies_lose_nothing(s3_server: seaweed.Server, s3_uri: str) -> None:
    faults = Faults(share=0.1)
    with faulty(s3_server.endpoint, faults) as proxy:
        result = contest(s3_uri, 3, 2, s3_server.environment | {"AWS_ENDPOINT_URL": proxy})
    assert result.wrong == () and result.snapshots == result.commits == 6
    assert s3_uri.startswith(f"s3://{BUCKET}/") and faults.counts.total() > faults.counts["none"] > 0


def test_death_at_a_step_leaves_what_an_undisturbed_run_leaves(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from tests.torture.steps import torture; "
        "result = torture(pathlib.Path(sys.argv[1]), 67); "
        "print(sum(result.deaths.values()), result.merged, *result.wrong)"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], cwd=ROOT, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    deaths, merged, *wrong = done.stdout.split(maxsplit=2)
    assert not wrong and int(deaths) >= 4 and int(merged) > 0, done.stdout + done.stderr
