"""The alerts of real snapshots that follow one another."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from archive.alerts import Alert, Channel, detect
from archive.alerts.delivery import unsent
from archive.alerts.detection import AlertKind, everything
from archive.alerts.feeds import MOST, atom, ics, rss
from archive.alerts.outbox import Outbox
from archive.dataset.schema import build_table
from archive.dataset.snapshots import Change, commit, load
from archive.stores import Store
from archive.warc.captures import RUN, Run, journal_key, run_to_json

ATOM = "http://www.w3.org/2005/Atom"
DAY = date(2026, 6, 1)
SEEN = datetime(2024, 5, 20, 4, tzinfo=UTC)
OLD, NEW = "a" * 64, "b" * 64
SITE = {"site_id": "610725", "region_code": "610725", "name": "勉县", "url": "http://e.org/"}
DISCLOSURE = {
    "disclosure_id": "d1",
    "site_id": "610725",
    "region_code": "610725",
    "url": "http://e.org/1",
    "title": "勉县水利局2024年部门预算",
    "published_on": date(2024, 5, 20),
    "first_seen": SEEN,
    "last_seen": SEEN,
    "state": "live",
    "document_ids": [OLD],
}


def document(identity: str) -> dict[str, Any]:
    return {
        "document_id": identity,
        "title": "水利局",
        "region_code": "610725",
        "body_name": "勉县水利局",
        "body_level": "department",
        "fiscal_year": 2024,
        "document_kind": "budget",
        "outcome": "parsed",
        "parser_version": "1",
    }


def fact(status: str) -> dict[str, Any]:
    return {
        "fact_id": "f1",
        "document_id": OLD,
        "table_id": "t1",
        "row_no": 0,
        "col_no": 0,
        "is_total": False,
        "amount_yuan": Decimal(1),
        "amount_text": "1",
        "status": status,
    }


def failing() -> dict[str, Any]:
    """A failing check of the fact above."""
    return {
        "check_id": "c1",
        "document_id": OLD,
        "rule": "I3",
        "status": "fails",
        "severity": "error",
        "fault": "publisher",
        "fact_ids": ["f1"],
    }


def change(number: int, kind: str, disclosure: str = "d1") -> dict[str, Any]:
    return {
        "change_id": f"c{number}",
        "disclosure_id": disclosure,
        "url": "http://e.org/1",
        "seen_at": SEEN,
        "kind": kind,
        "old_document_id": OLD,
        "new_document_id": NEW,
    }


def put(store: Store, **tables: list[dict[str, Any]]) -> None:
    changes = [Change(name, build_table(name, rows)) for name, rows in tables.items()]
    commit(store, changes, message="day", run_id=None, now=SEEN)


def told(store: Store, as_of: date = date(2024, 6, 1)) -> dict[str, Alert]:
    return {alert.kind: alert for alert in detect(store, load(store), as_of)}


@pytest.fixture
def published(local_store: Store) -> Store:
    put(
        local_store,
        sites=[SITE | {"last_outcome": "content"}],
        documents=[document(OLD)],
        disclosures=[DISCLOSURE],
        facts=[fact("proved")],
    )
    return local_store


def test_a_late_publication(published: Store) -> None:
    found = told(published)
    assert set(found) == {"new", "late"}
    assert (found["new"].alert_id, found["new"].url) == ("new:d1", "http://e.org/1")
    assert found["late"].about == "10 days after the presumed last day: 勉县水利局, 2024 budget"
    assert found["late"].day == date(2024, 5, 20)


def test_a_government_that_is_late_with_its_debt_too(local_store: Store) -> None:
    own = {"body_level": "government", "body_name": "勉县", "measures": ["debt_limit"]}
    title = {"title": "勉县2024年政府预算"}
    put(local_store, documents=[document(OLD) | own | title], disclosures=[DISCLOSURE | title])
    late = [
        alert for alert in detect(local_store, load(local_store), date(2024, 6, 1)) if alert.kind == "late"
    ]
    about = {alert.about.partition(" (")[0] for alert in late}
    assert {text.partition(": ")[2] for text in about} == {
        "勉县, 2024 budget",
        "勉县, 2024 debt with the budget",
    }


def test_nothing_is_missing_before_a_complete_crawl_says_so(published: Store) -> None:
    day = date(2025, 6, 1)
    assert "missing" not in told(published, day)
    started = datetime(2025, 5, 31, 2, tzinfo=UTC)
    run = Run("20250531T020000Z-00000a", started, "run", "0", started, complete_sites=("610725",))
    published.create(journal_key(run.run_id, RUN), run_to_json(run))
    assert "missing" not in told(published, day), "its list shows nothing of that year"
    other = {"body_name": "勉县林业局", "fiscal_year": 2025}
    line = {"disclosure_id": "d2", "url": "http://e.org/2", "document_ids": [NEW]}
    put(published, documents=[document(NEW) | other], disclosures=[DISCLOSURE | line])
    found = detect(published, load(published), day)
    missing = {alert.alert_id.split(":", 2)[2]: alert for alert in found if alert.kind == "missing"}
    assert set(missing) == {"2025:budget"}
    assert missing["2025:budget"].day == date(2025, 5, 12)


def test_what_is_altered(published: Store) -> None:
    put(published, documents=[document(NEW)], changes=[change(1, "cosmetic")])
    assert "altered" not in told(published), "the tables are the same"
    put(published, changes=[change(1, "altered"), change(2, "removed"), change(3, "text")])
    assert told(published)["altered"].about == "Altered, 2 amounts: 勉县水利局2024年部门预算"
    put(published, changes=[change(1, "text")])
    assert told(published)["altered"].about == "Altered, text only: 勉县水利局2024年部门预算"


def test_what_is_gone_and_gone_again(published: Store) -> None:
    put(published, disclosures=[DISCLOSURE | {"state": "gone"}])
    first = told(published)["gone"]
    put(published, disclosures=[DISCLOSURE])
    assert "gone" not in told(published)
    put(
        published,
        disclosures=[DISCLOSURE | {"state": "gone", "last_seen": datetime(2024, 5, 25, tzinfo=UTC)}],
    )
    again = told(published)["gone"]
    assert first.alert_id != again.alert_id and first.about == again.about


def test_what_is_disputed(published: Store) -> None:
    put(published, facts=[fact("disputed")], checks=[failing()])
    found = told(published)["disputed"]
    assert (found.about, found.url) == ("Sums do not hold, 1 amounts: 水利局", "http://e.org/1")


DOUBTS: list[dict[str, Any]] = [
    {"severity": "warning"},
    {"fault": "reading"},
    {"status": "rounding"},
    {"fact_ids": []},
]


@pytest.mark.parametrize("doubt", DOUBTS, ids=str)
def test_doubts_raise_no_alert(published: Store, doubt: dict[str, Any]) -> None:
    """What a rule without measured precision says, or what may have been misread."""
    put(published, facts=[fact("disputed")], checks=[failing() | doubt])
    assert "disputed" not in told(published)


def test_a_site_that_broke_is_one_alert_until_it_was_crawled_again(published: Store) -> None:
    put(published, sites=[SITE | {"last_outcome": "timeout"}])
    first = told(published)["broken"]
    assert first.about == "Site broken, timeout: 勉县"
    put(published, sites=[SITE | {"last_outcome": "error_page"}])
    assert told(published)["broken"].alert_id == first.alert_id
    started = datetime(2024, 5, 25, 2, tzinfo=UTC)
    run = Run("20240525T020000Z-00000a", started, "run", "0", started, complete_sites=("610725",))
    published.create(journal_key(run.run_id, RUN), run_to_json(run))
    assert told(published)["broken"].alert_id != first.alert_id


EVIL = Alert("new:x", AlertKind.NEW, date(2024, 5, 1), "Published: <b>&\x00\n;,", url="http://e.org/?a=1&b=2")


def test_feeds_keep_ids_and_hold_any_text() -> None:
    now = datetime(2024, 6, 1, tzinfo=UTC)
    feed = ElementTree.fromstring(atom([EVIL], now, "https://g.example/a.xml"))
    [entry] = feed.findall(f"{{{ATOM}}}entry")
    assert entry.findtext(f"{{{ATOM}}}title") == "Published: <b>&\n;,"
    [item] = ElementTree.fromstring(rss([EVIL], now)).iter("item")
    assert item.findtext("guid") == entry.findtext(f"{{{ATOM}}}id")
    assert item.findtext("pubDate") == "Wed, 01 May 2024 12:00:00 +0800"
    [event] = Calendar.from_ical(ics([EVIL], now)).walk("VEVENT")
    assert event["summary"] == "Published: <b>&\n;,"
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2024, 5, 1), date(2024, 5, 2))


def test_feeds_show_the_newest() -> None:
    many = [
        Alert(f"new:{n:04}", AlertKind.NEW, date(2024, 1, 1), f"Published: {n}") for n in range(MOST + 50)
    ]
    feed = ElementTree.fromstring(atom(many, SEEN))
    titles = [entry.findtext(f"{{{ATOM}}}title") for entry in feed.findall(f"{{{ATOM}}}entry")]
    assert len(titles) == MOST and titles[0] == f"Published: {MOST + 49}"


def test_an_announcement_at_a_new_address_is_no_news(published: Store) -> None:
    """A site that changed its system publishes the same files under the same title elsewhere."""
    later = {
        "first_seen": datetime(2024, 5, 25, tzinfo=UTC),
        "disclosure_id": "d2",
        "url": "http://e.org/n/2",
    }
    put(published, disclosures=[DISCLOSURE, DISCLOSURE | later])
    new = [
        alert.alert_id
        for alert in detect(published, load(published), date(2024, 6, 1))
        if alert.kind == "new"
    ]
    assert new == ["new:d1"]
    put(published, disclosures=[DISCLOSURE, DISCLOSURE | later | {"title": "勉县水利局2023年部门决算"}])
    new = [
        alert.alert_id
        for alert in detect(published, load(published), date(2024, 6, 1))
        if alert.kind == "new"
    ]
    assert new == ["new:d1", "new:d2"]


@pytest.mark.parametrize("seed", range(4))
def test_alerts_asked_for_are_those_of_all(local_store: Store, seed: int) -> None:
    """Whatever was sent before: the others are found as if it had not been."""
    chance = random.Random(seed)
    documents = [document(f"{number:064d}") | {"content": f"{number % 5}"} for number in range(12)]
    rows = [
        DISCLOSURE
        | {
            "disclosure_id": f"d{number:02d}",
            "url": f"http://e.org/{number}",
            "title": chance.choice(["部门预算", "部门 预算", "部门决算", None]),
            "site_id": chance.choice(["610725", "x", None]),
            "region_code": chance.choice(["610725", "610726", None]),
            "first_seen": SEEN + timedelta(hours=chance.randrange(48)),
            "state": chance.choice(["live", "moved", "gone", "changed"]),
            "moved_to": chance.choice([None, f"d{chance.randrange(30):02d}"]),
            "document_ids": [chance.choice(documents)["document_id"] for _ in range(chance.randrange(3))],
        }
        for number in range(30)
    ]
    altered = [
        change(number, chance.choice(["altered", "cosmetic"]), f"d{number:02d}") for number in range(9)
    ]
    broken = {"site_id": "x", "name": "x", "url": "http://x.org/", "last_outcome": "dns"}
    put(local_store, documents=documents, disclosures=rows, changes=altered, sites=[SITE, broken])
    day, snapshot = date(2026, 6, 1), load(local_store)
    whole = detect(local_store, snapshot, day)
    assert len({alert.kind for alert in whole}) > 3
    Outbox(local_store, "c").start((one.alert_id for one in whole if chance.random() < 0.7), SEEN)
    channel = Channel(
        "c",
        "webhook",
        "http://c/",
        kinds=(AlertKind.NEW, AlertKind.GONE, AlertKind.MISSING, AlertKind.BROKEN),
        regions=("6107",),
    )
    queued = Outbox(local_store, "c").queued()
    wanted = [alert for alert in whole if channel.wants(alert) and alert.alert_id not in queued]
    assert detect(local_store, snapshot, day, asked=unsent(local_store, [channel])) == wanted != []
    other = Channel("d", "webhook", "http://d/")
    assert detect(local_store, snapshot, day, asked=unsent(local_store, [channel, other])) == whole
    Outbox(local_store, "e").start((one.alert_id for one in whole), SEEN)
    silent = Channel("e", "webhook", "http://e/")
    assert detect(local_store, snapshot, day, asked=unsent(local_store, [silent])) == []


@pytest.mark.parametrize("seed", [0, 2])
def test_alerts_since_a_snapshot_are_those_that_it_did_not_have(local_store: Store, seed: int) -> None:
    """Day after day: what a channel is sent is what it would be sent if everything was looked through."""
    chance = random.Random(seed)
    identities = [f"{number:064d}" for number in range(8)]
    channel, before = Channel("c", "webhook", "http://c/"), None
    Outbox(local_store, "c").start((), SEEN)
    found_later = set[str]()
    for day in range(6):
        some = chance.sample(range(8), 3)
        put(
            local_store,
            documents=[document(identities[n]) | {"content": f"{chance.randrange(3)}"} for n in some],
            disclosures=[
                DISCLOSURE
                | {
                    "disclosure_id": f"d{number}",
                    "url": f"http://e.org/{number}",
                    "title": chance.choice(["部门预算", "部门 预算"]),
                    "region_code": chance.choice(["610725", "610726"]),
                    "last_seen": SEEN + timedelta(days=day),
                    "state": chance.choice(["live", "moved", "gone"]),
                    "moved_to": chance.choice([None, f"d{chance.randrange(8)}"]),
                    "document_ids": chance.sample(identities, chance.randrange(3)),
                }
                for number in chance.sample(range(8), 4)
            ],
            facts=[
                fact(chance.choice(["proved", "disputed"]))
                | {"fact_id": f"f{n}", "document_id": identities[n]}
                for n in some
            ],
            checks=[
                failing()
                | {"check_id": f"c{n}", "document_id": identities[n], "fact_ids": [f"f{n}"]}
                | {"severity": chance.choice(["error", "warning"])}
                for n in some
            ],
            changes=[
                change(day, chance.choice(["altered", "cosmetic"]), f"d{some[0]}")
                | {"new_document_id": identities[some[1]]}
            ],
        )
        snapshot, asked = load(local_store), unsent(local_store, [channel])
        whole = detect(local_store, snapshot, DAY, asked=asked)
        assert detect(local_store, snapshot, DAY, asked=asked, since=before) == whole
        found_later |= {alert.kind for alert in whole} if before else set()
        Outbox(local_store, "c").add(whole, SEEN)
        before = snapshot
    assert found_later >= {"new", "altered", "gone", "disputed"}
    assert detect(local_store, snapshot, DAY, asked=everything, since=snapshot) == [
        alert for alert in detect(local_store, snapshot, DAY) if alert.kind in ("late", "missing")
    ], "nothing came since"
