"""What is known from the captures that bear on some addresses is what is known from all of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

import archive.dataset.datafiles
from archive.dataset import index_files
from archive.dataset.schema import build_table
from archive.dataset.snapshots import Change, commit, latest
from archive.history.archived import Known
from archive.history.lookup import CaptureLookup
from archive.stores import LocalStore
from archive.vocabulary import GOOD, CaptureOutcome
from archive.warc.captures import Capture

START = datetime(2026, 1, 1, tzinfo=UTC)
HOSTS = ("a.gov.cn", "b.gov.cn", "a.gov.cn:8080")
URLS = [f"http://{host}/{name}" for host in HOSTS for name in ("", "1.html", "2.html", "3.pdf", "4.pdf")]
SITES = (None, "a", "b", "c")
OUTCOMES = [CaptureOutcome.CONTENT] * 4 + [
    CaptureOutcome.UNCHANGED, CaptureOutcome.REDIRECT, CaptureOutcome.REDIRECT, CaptureOutcome.MISSING,
    CaptureOutcome.DNS, CaptureOutcome.TIMEOUT, CaptureOutcome.BLOCKED, CaptureOutcome.ERROR_PAGE, "unjudged",
]  # fmt: skip
ANSWERS = ("by_digest", "by_sha256")
QUESTIONS = ("previous", "version", "archived", "end", "absence", "departed", "trouble")


def history(seed: int, count: int) -> list[Capture]:
    """Captures of a run a day: what it archives again is a revisit of the first record."""
    chance = random.Random(seed)
    first: dict[str, Capture] = {}
    made = []
    for number in range(count):
        moment = START + timedelta(hours=6 * number)
        run = f"{moment:%Y%m%dT}000000Z-abcdef"
        outcome = chance.choice(OUTCOMES)
        one = Capture(
            f"{run}-{number:06d}", run, chance.choice(SITES), chance.choice(URLS), moment, outcome=outcome,
            referrer=chance.choice([None, *URLS]),
        )  # fmt: skip
        if outcome not in (CaptureOutcome.DNS, CaptureOutcome.TIMEOUT):
            body = sha256(f"{one.url} {chance.randrange(3)}".encode()).hexdigest()
            place = {"warc_path": f"warc/{run}.warc.gz", "warc_offset": number, "warc_length": 9}
            original = first.get(body)
            held = {
                "payload_path": original.warc_path if original else place["warc_path"],
                "payload_offset": original.warc_offset if original else number,
                "payload_length": 9,
            }
            status = {"missing": 404, "redirect": 302, "unchanged": 304}.get(outcome, 200)
            one = replace(one, status=status, sha256=body, digest=body, bytes=9, **place, **held)  # type: ignore[arg-type]
            first.setdefault(body, one)
        made.append(one)
    return made


def lookup(root: Path, captures: Sequence[Capture]) -> CaptureLookup:
    """A store with these captures, in several files."""
    store = LocalStore(root)
    for part in (captures[: len(captures) // 2], captures[len(captures) // 2 :]):
        rows = build_table("captures", [asdict(one) for one in part])
        commit(store, [Change("captures", rows)], message="", run_id=None, now=START)
    return CaptureLookup(store, latest(store))


def said(known: Known, questions: Sequence[str], of: str) -> list[object]:
    return [getattr(known, question)(of) for question in questions]


@pytest.mark.parametrize("seed", range(12))
def test_what_bears_on_an_address_says_what_all_captures_say(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive.dataset.datafiles, "LOOKUP_ROW_GROUP", 50)
    captures = history(seed, 240)
    if seed % 2:  # a store of an older version, which indexed no sites
        write = index_files._write
        monkeypatch.setattr(
            index_files,
            "_write",
            lambda store, kind, entries: write(store, kind, entries.drop_columns("site")),
        )
    found, whole = lookup(tmp_path, captures), Known(captures)
    for url in URLS:
        bearing = found.touching([url], [])
        assert bearing == [one for one in captures if one in bearing], "oldest first"
        narrow = Known(bearing)
        assert [getattr(narrow, one)(url) for one in QUESTIONS] == [
            getattr(whole, one)(url) for one in QUESTIONS
        ]
    for body in {one.sha256 for one in captures if one.sha256}:
        narrow = Known(found.touching([], [body]))
        assert [getattr(narrow, one)(body) for one in ANSWERS] == [
            getattr(whole, one)(body) for one in ANSWERS
        ]
    quiet = set(URLS) - found.troubled(URLS)
    assert all(whole.departed(url) == () and whole.trouble(url) is None for url in quiet)


def test_captures_by_run_digest_and_trouble(tmp_path: Path) -> None:
    captures = history(1, 60)
    found = lookup(tmp_path, captures)
    runs = sorted({one.run_id for one in captures})
    assert found.of_runs(runs[1:3]) == [one for one in captures if one.run_id in runs[1:3]]
    [digest, *_] = (one.digest for one in captures if one.digest)
    assert found.with_digests([digest]) == [one for one in captures if one.digest == digest]
    assert found.troubled(URLS) == {one.url for one in captures if one.outcome not in GOOD}
    first = found.first_runs({one.sha256 for one in captures if one.sha256})
    for one in captures:
        assert one.sha256 is None or first[one.sha256] <= one.run_id
    assert set(first.values()) <= set(runs)


def test_without_a_snapshot_nothing_is_known(tmp_path: Path) -> None:
    found = CaptureLookup(LocalStore(tmp_path), None)
    assert found.touching(URLS, []) == found.of_runs(["x"]) == [] and found.troubled(URLS) == set()
