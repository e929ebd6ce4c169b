"""`make accuracy`: scores the parsers on `../shared` and prints a line per file; JSON beside it.

Invariant: every figure printed here was measured in this run. Truth and scorer are the corpus's own
(`corpus/truth/amounts.csv`, `corpus/score.py`).
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import subprocess
import sys
import tempfile
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from tests.accuracy.meaning import Truth, meaning_of
from tests.accuracy.measure import FACT_COLUMNS, Measured, measure

WRONG_LISTED = 8  # of the kinds of wrong meanings of a file
HEADLINE = {
    "body_name": "entity",
    "body_level": "budget_scope",
    "region_code": "region_code",
    "fiscal_year": "fiscal_year",
    "document_kind": "document_kind",
}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[3] / "shared")
    arguments.add_argument("--json", type=Path, default=Path("build/accuracy.json"))
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--no-ocr", action="store_true", help="leave scans unread")
    arguments.add_argument("--only", default="", help="files whose name contains this")
    options = arguments.parse_args()
    if not options.shared.is_dir():
        print(f"no reference documents at {options.shared}: nothing measured", file=sys.stderr)
        return 3
    corpus = _measured(options.shared / "corpus" / "docs", options)
    real = _measured(options.shared / "real" / "docs", options)
    scores = _scores(options.shared / "corpus", corpus)
    truth = Truth.of(options.shared / "corpus")
    for item in corpus:
        scores[item.file] |= meaning_of(item.facts, truth.cells[scores[item.file]["doc_id"]], truth)
    _print_corpus(options.shared / "corpus", corpus, scores)
    _print_wrong_meanings(scores)
    _print_real(real)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    results = [{k: v for k, v in asdict(m).items() if k != "facts"} for m in (*corpus, *real)]
    options.json.write_text(json.dumps({"files": results, "scores": scores}, ensure_ascii=False, indent=1))
    print(f"\nwritten: {options.json}")
    return 0


def _measured(folder: Path, options: argparse.Namespace) -> list[Measured]:
    """One fresh process per file, so that peak memory is that file's own."""
    paths = sorted(p for p in folder.iterdir() if p.suffix != ".csv" and options.only in p.name)
    # ProcessPoolExecutor with max_tasks_per_child may wait for ever in Python 3.11.
    with multiprocessing.get_context("spawn").Pool(options.workers, maxtasksperchild=1) as pool:
        return pool.map(partial(measure, ocr=not options.no_ocr), paths, chunksize=1)


def _scores(corpus: Path, measured: list[Measured]) -> dict[str, dict[str, Any]]:
    """file → recall, precision, table_type_accuracy, by the corpus's own scorer."""
    with tempfile.TemporaryDirectory() as folder:
        predictions, out = Path(folder, "predictions.csv"), Path(folder, "scores.json")
        with predictions.open("w", newline="") as file:
            writer = csv.DictWriter(file, ("file", *FACT_COLUMNS))
            writer.writeheader()
            for item in measured:
                writer.writerows(item.facts)
        command = [sys.executable, str(corpus / "score.py"), "--pred", str(predictions), "--json", str(out)]
        command += [
            "--truth",
            str(corpus / "truth" / "amounts.csv"),
            "--index",
            str(corpus / "docs" / "index.csv"),
        ]
        subprocess.run(command, check=True, capture_output=True)
        wanted = {item.file for item in measured}
        rows = [row for row in json.loads(out.read_text()) if row["file"] in wanted]
        return {row["file"]: {k: v for k, v in row.items() if k != "misses"} for row in rows}


def _headline_errors(corpus: Path, item: Measured, doc_id: str) -> list[str]:
    truth = json.loads((corpus / "truth" / f"{doc_id}.json").read_text(encoding="utf-8"))
    return [
        f"{ours}={item.headline[ours]}"
        for ours, theirs in HEADLINE.items()
        if item.headline[ours] != truth[theirs]
    ]


def _print_corpus(corpus: Path, measured: list[Measured], scores: dict[str, dict[str, Any]]) -> None:
    print("\ncorpus file                     recall   prec.    type meaning  proved    p/s   MiB  headline")
    for item in measured:
        score = scores[item.file]
        errors = _headline_errors(corpus, item, score["doc_id"])
        print(
            f"{item.file:30} {score['recall']:7.4f} {score['precision']:7.4f} "
            f"{score['table_type_accuracy']:7.4f} {score['meaning']:7.4f} "
            f"{_share(item.proved, item.amounts):>7} "
            f"{_speed(item):>6} {item.peak_mib:5.0f}  {'WRONG ' + ', '.join(errors) if errors else 'right'}"
        )


def _print_wrong_meanings(scores: dict[str, dict[str, Any]]) -> None:
    """The cells whose meaning is not what the truth says: what of it, ours, the truth, and how often."""
    print("\nwrong meanings (file, column, ours, truth, cells)")
    for file, score in scores.items():
        for (name, ours, theirs), count in score["wrong_meanings"][:WRONG_LISTED]:
            print(f"{file:30} {name:16} {ours or '-'} | {theirs or '-'} | {count}")


def _print_real(measured: list[Measured]) -> None:
    print(
        "\nreal document                                outcome    layer  tables  facts   I3 ok  proved",
        end="",
    )
    print(" meaning    p/s   MiB  announced, not found")
    for item in measured:
        print(
            f"{item.file[:44]:44} {item.outcome:10} {item.text_layer:6} {sum(item.tables.values()):6} "
            f"{len(item.facts):6} {_share(*_i3(item)):>7} {_share(item.proved, item.amounts):>7} "
            f"{_share(item.understood, len(item.facts)):>7} {_speed(item):>6} {item.peak_mib:5.0f}  "
            f"{' '.join(item.missing)}"
        )
    text = [item for item in measured if item.text_layer == "text" and item.facts]
    held, tested = map(sum, zip(*(_i3(item) for item in text), strict=True)) if text else (0, 0)
    complete = sum(not item.missing for item in text)
    share = _share(complete, len(text))
    print(f"text-layer documents with every announced standard table: {share} of {len(text)}")
    print(f"I3 sums that hold: {_share(held, tested)} of {tested}")
    proved, amounts = sum(i.proved for i in text), sum(i.amounts for i in text)
    print(f"non-zero amounts proved: {_share(proved, amounts)} of {amounts}")


def _i3(item: Measured) -> tuple[int, int]:
    held = item.checks.get("I3 holds", 0) + item.checks.get("I3 rounding", 0)
    return held, held + item.checks.get("I3 fails", 0)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def _speed(item: Measured) -> str:
    return f"{item.pages / item.seconds:.1f}" if item.pages else "-"


if __name__ == "__main__":
    raise SystemExit(main())
