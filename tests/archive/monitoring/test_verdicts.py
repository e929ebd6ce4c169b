"""The board of deadlines from a real store: a snapshot, and the journals of the runs that led to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.dataset.schema import build_table
from archive.dataset.snapshots import Change, commit, commit_onto, load
from archive.history.runs import run_row
from archive.monitoring import anew
from archive.monitoring.anew import judged_by_region
from archive.monitoring.bodies import (
    NOTHING_REGISTERED,
    Approvals,
    Listed,
    MonitoredDocument,
    Registered,
)
from archive.monitoring.carried import standing
from archive.monitoring.judging import judge, last_complete_crawls, runs_before, without_news
from archive.monitoring.verdicts import UnknownRegion, board, for_screen, region_prefixes, status_counts
from archive.rendering import texts
from archive.stores import Store, open_store
from archive.vocabulary import GapKind
from archive.warc.captures import RUN, Run, journal_key, run_to_json
from archive.warc.gaps import Gap
from parsers.values.vocabulary import BodyLevel

LISTED = Registered(listed=[Listed("610725", "勉县档案馆", "registry", site_id="610725")])
WATER, SCHOOLS, WOODS = "勉县水利局", "许昌市教育局", "勉县林业局"
BUDGET = (WATER, 2025, "budget")


def run(day: str, *complete: str) -> Run:
    started = datetime.fromisoformat(f"{day}T02:00:00+00:00")
    return Run(f"{started:%Y%m%dT%H%M%SZ}-00000a", started, "run", "0", started, complete_sites=complete)


@pytest.fixture
def seen(tmp_path: Path) -> Store:
    """Two departments with a budget for 2024; only the first one's site was crawled to the end. It shows
    another one's budget for 2025."""
    store = open_store(str(tmp_path))
    documents, disclosures = [], []
    for place, (name, code, published) in enumerate(
        [
            (WATER, "610725", date(2024, 2, 20)),
            (SCHOOLS, "411000", date(2024, 6, 20)),
            (WOODS, "610725", date(2025, 2, 20)),
        ]
    ):
        identity = f"{place:064x}"
        documents.append(
            {
                "document_id": identity,
                "region_code": code,
                "body_name": name,
                "body_level": "department",
                "fiscal_year": published.year,
                "document_kind": "budget",
                "outcome": "parsed",
                "parser_version": "1",
            }
        )
        disclosures.append(
            {
                "disclosure_id": f"{place:016x}",
                "site_id": code,
                "url": f"http://example.org/{place}",
                "document_ids": [identity],
                "published_on": published,
                "first_seen": datetime(published.year, 7 if published.year == 2024 else 3, 1, tzinfo=UTC),
            }
        )
    sites = [{"site_id": code, "url": f"http://example.org/{code}"} for code in ("610725", "411000")]
    changes = [
        Change(name, build_table(name, rows))
        for name, rows in (("sites", sites), ("documents", documents), ("disclosures", disclosures))
    ]
    commit(store, changes, message="test", run_id=None, now=datetime(2024, 7, 1, tzinfo=UTC))
    for finished in (run("2024-07-01", "610725", "411000"), run("2025-06-01", "610725")):
        store.create(journal_key(finished.run_id, RUN), run_to_json(finished))
    return store


def judged(store: Store) -> None:
    """Commit the runs, bodies and deadlines, as an ingest does."""
    runs = Change(
        "runs", build_table("runs", [asdict(run_row(one)) for one in runs_before(store, load(store))])
    )
    found = standing(store, load(store), date(2025, 6, 2), NOTHING_REGISTERED)
    now = datetime(2025, 6, 2, tzinfo=UTC)
    base = load(store)
    commit_onto(store, base, [runs, *found.changes], message="", run_id=None, now=now, judged=found.judged)


def test_the_board_puts_what_is_urgent_first(seen: Store) -> None:
    rows = board(seen, load(seen), date(2025, 6, 2)).to_pylist()
    told = [
        (row["name"], row["fiscal_year"], row["document_kind"], row["status"], row["days_late"])
        for row in rows
    ]
    assert told == [
        (WATER, 2025, "budget", "missing", 21),
        (SCHOOLS, 2024, "budget", "late", 41),
        (SCHOOLS, 2025, "budget", "unknown", None),
        (SCHOOLS, 2024, "accounts", "pending", None),
        (WATER, 2024, "accounts", "pending", None),
        (WATER, 2024, "budget", "on_time", None),
        (WOODS, 2025, "budget", "on_time", None),
    ]
    assert "2024-07-01" in rows[2]["note"], "the note names the last complete crawl"


def test_a_screen_has_the_words_of_its_language(seen: Store) -> None:
    rows = board(seen, load(seen), date(2025, 6, 2))
    english, whole = for_screen(rows).to_pylist(), rows.to_pylist()
    assert english == [{name: row[name] for name in english[0]} for row in whole]
    texts.use("zh")
    try:
        first = for_screen(rows).to_pylist()[0]
    finally:
        texts.use("en")
    assert not [name for name in first if name.isascii()]
    assert (first["状态"], first["单位"], first["文件类别"]) == ("未公开", WATER, "预算")


def test_the_board_of_an_earlier_day(seen: Store) -> None:
    rows = board(seen, load(seen), date(2024, 5, 1))
    assert status_counts(rows) == {"pending": 2, "on_time": 1}


def test_the_board_of_one_region_and_year(seen: Store) -> None:
    rows = board(seen, load(seen), date(2025, 6, 2), region="陕西", year=2025).to_pylist()
    assert [(row["name"], row["fiscal_year"]) for row in rows] == [(WATER, 2025), (WOODS, 2025)]


@pytest.mark.parametrize("registered", [NOTHING_REGISTERED, LISTED], ids=["the same", "another"])
@pytest.mark.parametrize("day", [date(2024, 5, 1), date(2025, 6, 20), date(2026, 6, 20)])
def test_a_region_asked_for_alone_is_judged_alone_and_as_among_all(
    seen: Store, day: date, registered: Registered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether verdicts of the snapshot can be carried over to the day, or are made anew."""
    judged(seen)
    whole = [
        row for row in board(seen, load(seen), day, registered).to_pylist() if row["region_code"] == "610725"
    ]
    asked: set[str | None] = set()

    def noted(documents: Iterable[MonitoredDocument], *more: Any) -> Any:
        found = list(documents)
        asked.update(one.region_code for one in found)
        return judge(found, *more)

    monkeypatch.setattr(anew, "judge", noted)
    assert board(seen, load(seen), day, registered, region="勉县").to_pylist() == whole != []
    assert asked <= {"610725"}


def test_another_registry_has_the_bodies_of_its_province_judged_again_and_no_other(
    seen: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(seen)
    day = date(2025, 6, 3)
    expected = judged_by_region(seen, load(seen), without_news(seen, load(seen)), day, LISTED)
    asked: list[str | None] = []

    def noted(documents: Iterable[MonitoredDocument], *more: Any) -> Any:
        found = list(documents)
        asked.extend(one.region_code for one in found)
        return judge(found, *more)

    monkeypatch.setattr(anew, "judge", noted)
    found = standing(seen, load(seen), day, LISTED)
    assert {*asked} == {"610725"}
    assert found.judged == expected.judged != load(seen).judged
    for mine, whole in ((found.bodies, expected.bodies), (found.deadlines, expected.deadlines)):
        assert sorted(mine.to_pylist(), key=repr) == sorted(whole.to_pylist(), key=repr)


def test_registered_approvals_turn_presumed_into_derived(seen: Store) -> None:
    approvals: Approvals = {("411000", 2024): {"congress": date(2024, 2, 1)}}
    rows = board(seen, load(seen), date(2024, 5, 1), Registered(approvals), region="4110").to_pylist()
    assert (rows[0]["trigger_basis"], rows[0]["due_strict"]) == ("derived", date(2024, 3, 12))


def test_a_crawl_counts_from_its_start_and_only_up_to_the_day_asked_about() -> None:
    runs = [run("2024-07-01", "a", "b"), run("2024-08-01", "a"), run("2024-09-01", "b")]
    assert last_complete_crawls(runs, date(2024, 8, 31)) == {"a": date(2024, 8, 1), "b": date(2024, 7, 1)}


@pytest.mark.parametrize(
    ("selector", "prefixes"),
    [
        ("6107", ("6107",)),
        ("610000", ("61",)),
        ("陕西", ("61",)),
        ("汉中市", ("6107",)),
        ("勉县", ("610725",)),
    ],
)
def test_regions_by_code_and_name(selector: str, prefixes: tuple[str, ...]) -> None:
    assert region_prefixes(selector) == prefixes


def test_an_unknown_region_is_said_to_be_one() -> None:
    with pytest.raises(UnknownRegion, match="亚特兰蒂斯"):
        region_prefixes("亚特兰蒂斯")


def test_a_registered_body_is_expected_though_nothing_of_it_was_seen(seen: Store) -> None:
    listed = [Listed("610725", "勉县档案馆", "registry", level=BodyLevel.UNIT, site_id="610725")]
    rows = board(seen, load(seen), date(2025, 6, 2), Registered(listed=listed), region="勉县").to_pylist()
    archive = [row for row in rows if row["name"] == "勉县档案馆"]
    told = [(row["fiscal_year"], row["document_kind"], row["status"]) for row in archive]
    assert told == [(2025, "budget", "unknown"), (2024, "accounts", "pending")]
    assert archive[0]["note"] and "no_list_of_body" in archive[0]["note"]


def test_a_claim_that_a_complete_crawl_contradicts_is_flagged(seen: Store) -> None:
    """Claimed for 20 February, and the crawl of 20 May did not have it."""
    finished = replace(run("2024-05-20", "610725"), finished_at=datetime(2024, 5, 20, 3, tzinfo=UTC))
    seen.create(journal_key(finished.run_id, RUN), run_to_json(finished))
    rows = board(seen, load(seen), date(2024, 8, 1), region="勉县", year=2024).to_pylist()
    [row] = [row for row in rows if row["document_kind"] == "budget"]
    assert (row["published_on"], row["first_seen"].date()) == (date(2024, 2, 20), date(2024, 7, 1))
    assert (row["backdated"], row["status"], row["days_late"]) == (True, "late", 10)
    assert "2024-05-20" in row["note"]


def gaps_seen(store: Store, *gaps: Gap, complete: tuple[str, ...] = ("610725",)) -> list[dict[str, object]]:
    """What the board says of the water bureau's budget for 2025 after a visit with these gaps."""
    visit = replace(run("2025-06-01", *complete), run_id="20250601T080000Z-00000b", gaps=gaps)
    store.create(
        journal_key(visit.run_id, RUN),
        run_to_json(replace(visit, started_at=datetime(2025, 6, 1, 8, tzinfo=UTC))),
    )
    rows = board(store, load(store), date(2025, 6, 2), region="610725").to_pylist()
    return [one for one in rows if (one["name"], one["fiscal_year"], one["document_kind"]) == BUDGET]


@pytest.mark.parametrize(
    "gap",
    [
        Gap("610725", GapKind.PAGER, "http://example.org/list"),
        Gap(
            "610725",
            GapKind.DEAD_LINK,
            "http://example.org/1",
            title="水利局2025年部门预算",
            body_name="水利局",
        ),
        Gap("610725", GapKind.BODIES, "http://example.org/", body_name="教育局、县水利局"),
        Gap("610725", GapKind.FILE, "http://example.org/1.zip", title="2025年部门预算公开", fiscal_year=2025),
        Gap("610725", GapKind.OTHER_YEARS, "http://example.org/", fiscal_year=2024),
        Gap("610725", GapKind.LIST_END, "http://example.org/list", fiscal_year=2026, document_kind="budget"),
        Gap("610725", GapKind.LIST_END, "http://example.org/list"),
        Gap("610725", GapKind.PAGER, "http://example.org/list", document_kind="budget"),
        Gap("610725", GapKind.BLOCKED, "http://example.org/b", fiscal_year=2026, document_kind="budget"),
        Gap("610725", GapKind.SHELL, "http://example.org/1", body_name="水利局"),
        # A column of accounts may hold budgets, and what is older than accounts, too.
        Gap("610725", GapKind.PAGER, "http://example.org/list", document_kind="accounts"),
        Gap("610725", GapKind.DEAD_COLUMN, "http://example.org/list", title="部门决算", fiscal_year=2024),
        Gap("610725", GapKind.LIST_END, "http://example.org/l", document_kind="accounts", fiscal_year=2024),
    ],
)
def test_what_was_not_followed_leaves_a_body_unjudged_and_is_its_reason(seen: Store, gap: Gap) -> None:
    [row] = gaps_seen(seen, gap, complete=() if gap.hides == "site" else ("610725",))
    assert row["status"] == "unknown" and gap.url in str(row["note"])


@pytest.mark.parametrize(
    "gap",
    [
        Gap(
            "610725",
            GapKind.DEAD_LINK,
            "http://example.org/1",
            title="教育局2025年部门预算",
            body_name="教育局",
        ),
        Gap("610725", GapKind.FILE, "http://example.org/1", title="2024年部门决算", fiscal_year=2024),
        Gap("610725", GapKind.FILE, "http://example.org/1", title="勉县2025年财政预算草案的报告"),
        Gap("610725", GapKind.OTHER_YEARS, "http://example.org/", fiscal_year=2025),
        Gap("610725", GapKind.LIST_END, "http://example.org/list", fiscal_year=2024),
        Gap("610725", GapKind.LIST_END, "http://example.org/l", document_kind="accounts", fiscal_year=2023),
        Gap("411000", GapKind.PAGER, "http://example.org/list"),
        Gap("610725", GapKind.BODIES, "http://example.org/", body_name="教育局、林业局"),
        Gap("610725", GapKind.BLOCKED, "http://example.org/b", fiscal_year=2022, document_kind="budget"),
        Gap("610725", GapKind.SHELL, "http://example.org/1", body_name="教育局", document_kind="budget"),
    ],
)
def test_what_concerns_others_does_not(seen: Store, gap: Gap) -> None:
    [row] = gaps_seen(seen, gap, complete=() if gap.hides == "site" and not gap.hides_all else ("610725",))
    assert row["status"] == "missing"


def announced(store: Store, **said: object) -> dict[str, object]:
    row = {
        "disclosure_id": "f" * 16, "site_id": "610725", "region_code": "610725", "document_kind": "budget",
        "url": "http://example.org/9.html", "title": "勉县水利局2025年部门预算", "body_name": "勉县水利局",
        "fiscal_year": 2025, "document_ids": [], "published_on": date(2025, 3, 1),
        "first_seen": datetime(2025, 6, 1, tzinfo=UTC), **said,
    }  # fmt: skip
    rows = [Change("disclosures", build_table("disclosures", [row]))]
    commit(store, rows, message="test", run_id=None, now=datetime(2025, 6, 1, tzinfo=UTC))
    found = board(store, load(store), date(2025, 6, 2), region="610725").to_pylist()
    return next(one for one in found if (one["name"], one["fiscal_year"], one["document_kind"]) == BUDGET)


def test_a_body_with_an_announcement_and_no_document_is_announced(seen: Store) -> None:
    row = announced(seen, body_name="水利局")
    assert (row["status"], row["published_on"], row["days_late"]) == ("announced", date(2025, 3, 1), None)
    assert "http://example.org/9.html" in str(row["note"]) and row["disclosure_id"] == "f" * 16


def test_a_body_that_only_an_announcement_names_is_announced(seen: Store) -> None:
    name = "勉县审计局"
    said = {"title": "勉县审计局2025年部门预算", "body_name": name}
    announced(seen, **said)
    for day in (date(2025, 6, 2), date(2026, 12, 1)):  # and it owes nothing
        found = board(seen, load(seen), day, region="610725").to_pylist()
        [row] = [one for one in found if one["name"] == name]
        assert (row["status"], row["disclosure_id"]) == ("announced", "f" * 16)


@pytest.mark.parametrize(
    "said",
    [
        {"title": "水利局2025年部门预算", "body_name": "水利局"},  # which documents name in full
        {"title": "勉县水务局2025年部门预算", "body_name": "勉县水务局", "document_kind": None},
        {"title": "勉县教育局等部门2025年部门预算", "body_name": "勉县教育局"},
        {"title": "勉县财政局2025年部门预算", "body_name": "勉县财政局"},
        {"title": "林业局2025年部门预算", "body_name": "勉县林局"},  # in short
    ],
)
def test_an_announcement_names_no_body_that_may_be_another(seen: Store, said: dict[str, object]) -> None:
    announced(seen, **said)
    found = board(seen, load(seen), date(2025, 6, 2), region="610725").to_pylist()
    assert {one["name"] for one in found} == {WATER, WOODS}


def test_an_announcement_with_the_files_of_another_body_is_announced(seen: Store) -> None:
    row = announced(seen, document_ids=[f"{2:064x}"])
    assert row["status"] == "announced" and WOODS in str(row["note"])


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (
            {"fiscal_year": 2024, "title": "勉县水利局2024年部门预算", "published_on": date(2024, 3, 1)},
            "missing",
        ),
        ({"fiscal_year": 2024, "title": "勉县水利局2024年部门预算"}, "unknown"),  # once more, a year later
        ({"fiscal_year": 2024}, "unknown"),  # its title says 2025
        ({"document_kind": "accounts"}, "missing"),
        ({"title": "勉县教育局2025年部门预算", "body_name": "勉县教育局"}, "missing"),
        ({"title": "2025年部门预算公开", "body_name": None}, "unknown"),
        ({"title": "水利局2025年部门预算", "document_ids": ["0" * 64]}, "unknown"),
    ],
)
def test_an_announcement_counts_for_whom_it_may_be(seen: Store, said: dict[str, object], status: str) -> None:
    assert announced(seen, **said)["status"] == status
