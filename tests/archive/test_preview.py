"""What `gongkai parse` shows of a file, for the eye."""

from __future__ import annotations

from pathlib import Path

from archive.preview import for_screen, preview
from parsers.claims import measured
from tests.season.documents import budget


def test_a_failing_check_stands_beside_the_precision_of_its_rule(tmp_path: Path) -> None:
    file = tmp_path / "wrong.xlsx"
    file.write_bytes(budget("勉县教育局", "勉县", "610725", 2026, altered=True))
    rows = preview(file)
    failing = [row for row in rows["checks"].to_pylist() if row["status"] == "fails"]
    others = [row for row in rows["checks"].to_pylist() if row["status"] != "fails"]
    assert failing and others
    assert all((row["rule_judged"], row["rule_right"]) == (None, None) for row in others)
    for row in failing:
        known = measured(row["rule"])
        assert (row["rule_judged"], row["rule_right"]) == (known.judged, known.right)
    shown = {row["rule"]: row["precision"] for row in for_screen(rows)["checks that fail"].to_pylist()}
    for rule, precision in shown.items():
        known = measured(rule)
        told = f"{known.right} of {known.judged} right" if known.judged else "not judged yet"
        assert precision == told
