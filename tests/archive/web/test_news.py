"""What the front page says of the last snapshots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.dataset.schema import build_table
from archive.dataset.snapshots import Change, commit, latest
from archive.dataset.versions.expiry import Policy, expire
from archive.stores import Store, open_store
from archive.web.data.news import ITEMS, Edition, NewsKind, editions
from tests.archive.samples import Sample, changes

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def announcement(
    name: str, files: Sequence[str], state: str = "live", day: int = 1, title: str = ""
) -> dict[str, object]:
    return {
        "disclosure_id": name,
        "site_id": "610725",
        "url": f"http://www.county.gov.cn/{name}.html",
        "title": title or name,
        "published_on": NOW.date().replace(day=day),
        "first_seen": NOW,
        "last_seen": NOW,
        "state": state,
        "document_ids": [Sample(file).document_id for file in files],
    }


def alteration(number: int, kind: str) -> dict[str, object]:
    return {
        "change_id": f"altered-{number}",
        "disclosure_id": "altered",
        "url": "http://www.county.gov.cn/altered.html",
        "kind": kind,
        "old_document_id": Sample("old").document_id,
        "new_document_id": Sample("new").document_id,
    }


def bring(store: Store, rows: Mapping[str, Sequence[dict[str, object]]], now: datetime = NOW) -> None:
    """Commit rows in place of those of the same announcements."""
    made = [
        Change(name, build_table(name, list(listed)), frozenset(str(row["disclosure_id"]) for row in listed))
        for name, listed in rows.items()
    ]
    assert commit(store, made, message="", run_id=None, now=now)


def told(store: Store) -> list[Edition]:
    snapshot = latest(store)
    assert snapshot
    return editions(store, snapshot)


def kinds(edition: Edition) -> list[tuple[str, str]]:
    return [(item.announcement.disclosure_id, item.kind) for item in edition.items]


def test_new_altered_and_gone(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    first = [announcement(name, ["old"]) for name in ("altered", "gone", "moved", "retitled")]
    bring(store, {"disclosures": [*first, announcement("empty", [])]})
    (only,) = told(store)
    assert only.number == 1 and only.counts == {"gone": 0, "altered": 0, "new": 4}
    assert ("empty", "new") not in kinds(only), "nothing was disclosed"

    second = [
        announcement("altered", ["new"]),
        announcement("gone", ["old"], "stub"),
        announcement("moved", ["old"], "moved"),
        announcement("retitled", ["old"], title="of another name"),
        announcement("fresh", ["fresh"]),
    ]
    printed = [alteration(n, kind) for n, kind in enumerate(("altered", "removed", "text", "cosmetic"))]
    bring(store, {"disclosures": second, "changes": printed})
    newest, before = told(store)
    assert kinds(newest) == [("gone", "gone"), ("altered", "altered"), ("fresh", "new")]
    assert [item.amounts for item in newest.items] == [0, 2, 0], "words are no amounts"
    assert (newest.number, before.number) == (2, 1) and before == only


def test_a_snapshot_without_news_is_passed_over(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    bring(store, {"disclosures": [announcement("a", ["old"])]})
    commit(store, changes([Sample("of a document")]), message="", run_id=None, now=NOW)
    assert [edition.number for edition in told(store)] == [1]


def test_what_was_gone_before_is_not_told_again(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    bring(store, {"disclosures": [announcement("a", ["old"])]})
    bring(store, {"disclosures": [announcement("a", ["old"], "stub")]})
    bring(store, {"disclosures": [announcement("a", ["old"], "gone")]})
    assert [edition.number for edition in told(store)] == [2, 1]


def test_the_latest_come_first_and_all_are_counted(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    bring(store, {"disclosures": [announcement(f"a{day:02d}", ["old"], day=day) for day in range(1, 21)]})
    (edition,) = told(store)
    assert edition.counts[NewsKind.NEW] == 20 and len(edition.items) == ITEMS
    assert kinds(edition)[0] == ("a20", "new")


def test_nothing_is_new_only_because_the_snapshot_before_has_expired(tmp_path: Path) -> None:
    store, later = open_store(str(tmp_path)), NOW + timedelta(days=400)
    bring(store, {"disclosures": [announcement("a", ["old"])]})
    bring(store, {"disclosures": [announcement("b", ["old"])]}, now=later)
    assert [edition.number for edition in told(store)] == [2, 1]
    expire(store, Policy(count=1), now=later)
    assert told(store) == []
