"""Alerts to subscribe to: Atom, RSS and iCalendar.

Invariant: an entry keeps its id for good, so a reader shows it once; the newest come first, and no more than
readers take.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import IO
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import pyarrow as pa

from archive.alerts.detection import Alert
from archive.clock import CHINA
from archive.rendering import formats
from archive.rendering.icalendar import calendar, event
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
ATOM = "http://www.w3.org/2005/Atom"
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
    feed = Element("feed", xmlns=ATOM)
    SubElement(feed, "id").text = address or NAMESPACE.urn
    SubElement(feed, "title").text = t("Budget disclosures: alerts")
    SubElement(feed, "updated").text = now.astimezone(UTC).isoformat(timespec="seconds")
    SubElement(SubElement(feed, "author"), "name").text = "gongkai"
    if address:
        SubElement(feed, "link", rel="self", href=address)
    for alert in newest(alerts):
        entry = SubElement(feed, "entry")
        SubElement(entry, "id").text = entry_id(alert).urn
        SubElement(entry, "title").text = legal(alert.about)
        SubElement(entry, "updated").text = noon(alert.day).isoformat()
        SubElement(entry, "category", term=alert.kind)
        if alert.url:
            SubElement(entry, "link", href=legal(alert.url))
        SubElement(entry, "content", type="text").text = legal(alert.about)
    return _document(feed)


def rss(alerts: Sequence[Alert], now: datetime, address: str = "") -> bytes:
    """An RSS 2.0 feed."""
    feed = Element("rss", version="2.0")
    channel = SubElement(feed, "channel")
    SubElement(channel, "title").text = t("Budget disclosures: alerts")
    SubElement(channel, "link").text = address
    SubElement(channel, "description").text = t("Published, late, missing, altered, taken down, disputed")
    SubElement(channel, "lastBuildDate").text = format_datetime(now.astimezone(UTC))
    for alert in newest(alerts):
        item = SubElement(channel, "item")
        SubElement(item, "title").text = legal(alert.about)
        if alert.url:
            SubElement(item, "link").text = legal(alert.url)
        SubElement(item, "guid", isPermaLink="false").text = entry_id(alert).urn
        SubElement(item, "pubDate").text = format_datetime(noon(alert.day))
        SubElement(item, "category").text = alert.kind
    return _document(feed)


def ics(alerts: Sequence[Alert], now: datetime) -> bytes:
    """An iCalendar feed (RFC 5545): an all-day event on the day of each alert."""
    lines: list[str] = []
    for alert in newest(alerts):
        end = alert.day + timedelta(days=1)
        uid = f"{entry_id(alert)}@gongkai"
        lines += event(uid, now, alert.day, end, legal(alert.about), legal(alert.url or ""))
    return calendar(lines).encode()


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


def _document(root: Element) -> bytes:
    indent(root)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document
