"""The command: reads all documents, two at a time, and prints the figures that the contract asks for.

Invariant: it runs to its end whatever a document does. With `--cache DIR`, which keeps every reading, a run
that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from tests.accuracy.government.quality import report_quality, share
from tests.accuracy.government.truth import Truth, amounts_of, equals, is_right, missed, truths
from tests.accuracy.government.work import Outcome, outcomes

FOLDER = Path("../shared/real/gov")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.government")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--cache", type=Path, help="a folder that keeps the readings between runs")
    parser.add_argument("--only", default="", help="part of a file's name")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--site", default="=", help="PART=CODE: files with PART in their name are of that region"
    )
    parser.add_argument("--misses", action="store_true", help="list every row that is not right")
    options = parser.parse_args(arguments)
    if not options.folder.is_dir():
        print(f"{options.folder} is not here: nothing to measure", file=sys.stderr)
        return 3
    paths = [p for p in options.folder.iterdir() if p.suffix != ".csv" and options.only in p.name]
    found: list[Outcome] = []
    for outcome in outcomes(paths, options.cache, options.workers, options.site):
        found.append(outcome)
        print(f"{len(found)} of {len(paths)}: {outcome.name}", file=sys.stderr, flush=True)
    found.sort(key=lambda outcome: outcome.name)
    report(found, truths(options.folder), misses=options.misses)
    return 0


def report(found: Sequence[Outcome], rows: Sequence[Truth], *, misses: bool) -> None:
    """Print all figures."""
    by_file: defaultdict[str, list[Truth]] = defaultdict(list)
    for row in rows:
        by_file[row.file].append(row)
    report_truth(found, by_file, misses=misses)
    report_bodies(found, by_file)
    report_quality([outcome.document for outcome in found if outcome.document])


def report_truth(found: Sequence[Outcome], by_file: dict[str, list[Truth]], *, misses: bool) -> None:
    """Print how many rows are right, by where their value stands, and what the others lack."""
    tallies: dict[str, Counter[bool]] = {"table": Counter(), "prose": Counter(), "nowhere": Counter()}
    reasons: Counter[tuple[str, str]] = Counter()
    for outcome in found:
        facts, statements = amounts_of(outcome.document) if outcome.document else ([], [])
        for truth in by_file.get(outcome.name, ()):
            printed = any(equals(amount, truth) for amount in facts)
            said = any(equals(amount, truth) for amount in statements)
            where = "table" if printed else "prose" if said else "nowhere"
            right = any(is_right(amount, truth) for amount in (*facts, *statements))
            tallies[where][right] += 1
            if not right:
                reason = missed(facts if where == "table" else statements, truth)
                reasons[where, reason] += 1
                if misses:
                    print("miss", where, reason, truth)
    for where, counts in tallies.items():
        print(f"value in {where:17} right {share(counts[True], counts.total())}")
    for (where, reason), count in reasons.most_common(30):
        print(f"  {where:8} {reason:30} {count}")


def report_bodies(found: Sequence[Outcome], by_file: dict[str, list[Truth]]) -> None:
    """Print how many documents are a government's with a place, the one of their rows where they have some;
    then the others, and those that could not be read."""
    documents = [outcome for outcome in found if outcome.document]
    wrong = []
    for outcome in documents:
        assert outcome.document is not None
        head = outcome.document.headline
        codes = {truth.code for truth in by_file.get(outcome.name, ())}
        elsewhere = len(codes) == 1 and not _within(codes, head.region_code)
        if head.body_level != "government" or head.region_code is None or elsewhere:
            wrong.append(f"{outcome.name}: {head.body_name} {head.region_code} {head.body_level}")
    print(f"bodies right               {share(len(documents) - len(wrong), len(documents))}")
    unread = [f"not read: {o.name}: {o.unread}" for o in found if o.unread]
    crashed = [f"CRASHED: {o.name}: {o.crash}" for o in found if o.crash]
    for line in (*wrong, *unread, *crashed):
        print("  ", line)


def _within(codes: set[str], publisher: str | None) -> bool:
    """A city's rows may stand in its province's document."""
    return any(publisher in (code, f"{code[:4]}00", f"{code[:2]}0000") for code in codes)


if __name__ == "__main__":
    sys.exit(main())
