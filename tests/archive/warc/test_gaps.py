"""The vocabulary of what a crawl did not follow, and the way of a gap into a run and its rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from archive.history.runs import gap_rows
from archive.rendering.messages import sentence
from archive.vocabulary import GapKind, Hides
from archive.warc.captures import Run, run_from_json, run_to_json
from archive.warc.gaps import Gap, words_of
from parsers.values.messages import message

GAPS = (
    Gap("610725", GapKind.PAGER, "http://x.cn/list", evidence="共 21 页"),
    Gap("610725", GapKind.PAGER, "http://x.cn/list2", evidence=message("seen_pages_of", n=1, all=3)),
    Gap("610725", GapKind.FILE, "http://x.cn/1.zip", via="http://x.cn/1.html", outcome="dns", title="预算"),
)


def test_a_run_reads_back_with_its_gaps() -> None:
    run = Run("r", datetime(2026, 6, 1, tzinfo=UTC), "t", "0", gaps=GAPS)
    assert run_from_json(run_to_json(run)) == run
    assert [(row.gap_id, row.kind, row.via) for row in gap_rows(run)] == [
        ("r-00001", "pager", None), ("r-00002", "pager", None), ("r-00003", "file", "http://x.cn/1.html"),
    ]  # fmt: skip
    assert run_from_json(run_to_json(replace(run, gaps=()))).gaps == ()


@pytest.mark.parametrize("kind", GapKind)
def test_every_kind_says_what_it_hides_and_is_said_in_chinese(kind: GapKind) -> None:
    assert kind.hides in get_args(Hides)
    gap = Gap("610725", kind, "http://x.cn/", evidence="21")
    assert sentence(gap.sentence, "zh") == f"{sentence(words_of(kind), 'zh')}（21）：http://x.cn/"


def test_the_method_explains_every_kind() -> None:
    method = (Path(__file__).parents[3] / "docs" / "methodology.md").read_text(encoding="utf-8")
    assert all(
        f"| `{kind}` {sentence(words_of(kind), 'zh')} | {sentence(words_of(kind), 'en')} | {kind.hides} |"
        in method
        for kind in GapKind
    )
