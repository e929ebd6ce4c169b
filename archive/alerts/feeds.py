"""Alerts to subscribe to: Atom, RSS and iCalendar.

Invariant: an entry keeps its id for good, so a reader shows it once; the newest come first, and no more than
readers take.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from typing import IO

import pyarrow as pa
from feedgen.feed import FeedGenerator

from archive import CHINA
from archive.alerts.detection import Alert
from archive.rendering import formats
from archive.rendering.calendars import calendar, event
from archive.rendering.texts import t

MOST = 200
SCHEMA = pa.schema(
    [
        ("day", pa.date32()),
        ("kind", pa.string()),
        ("region_code", pa.string()),
        ("about", pa.string()),
        ("url", pa.string()),
        ("alert_id", pa.string()),
    ]
)
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "tag:gongkai,2026:alerts")
ILLEGAL = {code: None for code in range(32) if code not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}


def write(alerts: Sequence[Alert], form: str, out: IO[bytes], now: datetime) -> None:
    """Write alerts as `atom`, `rss`, `ics`, or as a table in one of the forms of
    `archive.rendering.formats`."""
    feeds: dict[str, Callable[[Sequence[Alert], datetime], bytes]] = {"atom": atom, "rss": rss, "ics": ics}
    if form in feeds:
        out.write(feeds[form](alerts, now))
    else:
        formats.write(pa.Table.from_pylist([asdict(alert) for alert in alerts], SCHEMA), form, out)


def atom(alerts: Sequence[Alert], now: datetime, address: str = "") -> bytes:
    """An Atom feed (RFC 4287); `address` is where it will be found."""
    document: bytes = _feed(alerts, now, address).atom_str(pretty=True)
    return document


def rss(alerts: Sequence[Alert], now: datetime, address: str = "") -> bytes:
    """An RSS 2.0 feed."""
    document: bytes = _feed(alerts, now, address).rss_str(pretty=True)
    return document


def ics(alerts: Sequence[Alert], now: datetime) -> bytes:
    """An iCalendar feed (RFC 5545): an all-day event on the day of each alert."""
    return calendar(
        event(f"{entry_id(alert)}@gongkai", now, alert.day, legal(alert.about), legal(alert.url or ""))
        for alert in newest(alerts)
    )


def _feed(alerts: Sequence[Alert], now: datetime, address: str) -> FeedGenerator:
    # Ids are names, not addresses: the same alert is one entry wherever its feed is served.
    feed = FeedGenerator()
    feed.id(address or NAMESPACE.urn)
    feed.title(t("Budget disclosures: alerts"))
    feed.description(t("Published, late, missing, altered, taken down, disputed"))
    feed.author(name="gongkai")
    feed.generator("gongkai")
    feed.link(href=address or NAMESPACE.urn, rel="self")
    feed.updated(now)
    for alert in newest(alerts):
        entry, day = feed.add_entry(order="append"), noon(alert.day)
        entry.id(entry_id(alert).urn)
        entry.guid(entry_id(alert).urn, permalink=False)
        entry.title(legal(alert.about))
        entry.updated(day)
        entry.published(day)
        entry.category(term=alert.kind)
        entry.content(legal(alert.about), type="text")
        if alert.url:
            entry.link(href=legal(alert.url))
    return feed


def newest(alerts: Sequence[Alert]) -> list[Alert]:
    """The latest alerts, the newest first."""
    return sorted(alerts, key=lambda alert: (alert.day, alert.alert_id), reverse=True)[:MOST]


def entry_id(alert: Alert) -> uuid.UUID:
    """The id of the alert's entry in every feed; it never changes."""
    return uuid.uuid5(NAMESPACE, alert.alert_id)


def noon(day: date) -> datetime:
    """A day as a moment: noon in China, the same day almost everywhere."""
    return datetime.combine(day, time(12), CHINA)


def legal(text: str) -> str:
    """A text that XML can hold."""
    return text.translate(ILLEGAL)
