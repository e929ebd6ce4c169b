"""Send each channel what it has not been sent yet, patiently.

Invariant: a message is tried again until its receiver takes it, by this run with growing pauses and then by
the next runs; one channel that is down does not hold up the others.
"""

from __future__ import annotations

import json
import smtplib
import ssl
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from http.client import HTTPException
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from archive import CHINA, AlreadyExists, SnapshotNotFound
from archive.alerts import messages
from archive.alerts.channels import Channel
from archive.alerts.detection import Alert, AlertKind, Asked
from archive.alerts.outbox import Message, Outbox
from archive.dataset.finding import load
from archive.dataset.manifest import Snapshot
from archive.monitoring.verdicts import lie_in
from archive.stores import Store

_PERMANENT = 500  # SMTP (RFC 5321): from here on, the same message is refused again
PAUSES = (2.0, 10.0, 30.0)
"""Seconds between tries; one more try than pauses."""

TIMEOUT = 20
LONGEST_ANSWER = 64 * 1024
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})

Sleep = Callable[[float], None]


class NotTaken(Exception):
    """The receiver surely did not take the message; `again`: it makes sense to try at once."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


class Doubtful(Exception):
    """The connection broke after the message was sent: it is not known whether the receiver took it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a channel: messages and alerts sent, and why the next message could not be."""

    channel: str
    messages: int = 0
    alerts: int = 0
    problem: str | None = None
    started: bool = False


def deliver(
    store: Store,
    channels: Iterable[Channel],
    alerts: Sequence[Alert],
    now: datetime,
    *,
    process: str,
    sleep: Sleep = time.sleep,
    of: Snapshot | None = None,
) -> list[Delivery]:
    """Send every channel what it has not been sent yet. A channel seen for the first time gets nothing: what
    is there is its baseline, and news are what comes after. `process` is unique to the caller, who holds the
    lock of the store's alerts (`archive.stores.lock`): two at a time would send alerts twice. `of` is the
    snapshot of which these are all alerts that are `unsent`."""
    return [_serve(store, channel, alerts, now, process, sleep, of) for channel in channels]


def seen_by(store: Store, channels: Sequence[Channel]) -> Snapshot | None:
    """The last snapshot of which every channel has all that it wants in its messages; None without one, or
    where it has expired."""
    number = min((Outbox(store, one.name).seen(_wants(one)) for one in channels), default=0)
    try:
        return load(store, number) if number else None
    except SnapshotNotFound:
        return None


def _wants(channel: Channel) -> str:
    return repr((sorted(channel.kinds), sorted(channel.regions)))


def unsent(store: Store, channels: Iterable[Channel]) -> Asked:
    """Asks for the alerts that a channel wants and has in no message."""
    queued: list[tuple[Channel, dict[str, list[str]]]] = [(one, defaultdict(list)) for one in channels]
    for channel, by_kind in queued:
        for one in Outbox(store, channel.name).queued():
            by_kind[one.partition(":")[0]].append(one)

    def asked(kind: AlertKind, ids: pa.ChunkedArray, regions: pa.ChunkedArray) -> pa.ChunkedArray:
        found = pc.is_null(ids)
        for channel, known in queued:
            if kind in channel.kinds and len(ids):
                fresh = pc.invert(pc.is_in(ids, pa.array(known[kind], pa.string())))
                found = pc.or_(found, pc.and_(fresh, lie_in(regions, channel.regions)))
        return found

    return asked


def _serve(
    store: Store,
    channel: Channel,
    alerts: Sequence[Alert],
    now: datetime,
    process: str,
    sleep: Sleep,
    of: Snapshot | None,
) -> Delivery:
    """Queue what is new, then send what waits. Keys of the outbox are created once, so that a second process
    at the same channel is noticed."""
    outbox = Outbox(store, channel.name)
    queued, started = outbox.queued(), outbox.started
    fresh = [alert for alert in alerts if channel.wants(alert) and alert.alert_id not in queued]
    try:
        if not started:
            outbox.start((alert.alert_id for alert in fresh), now)
        elif fresh and not _sent_today(channel, outbox, now):
            outbox.add(fresh, now)
        elif fresh:
            of = None  # they wait for another day
        if of:
            outbox.note_seen(_wants(channel), of.number)
        if not started:
            return Delivery(channel.name, started=True)
    except AlreadyExists:
        return Delivery(channel.name, problem="another process is at it")
    waiting, sent = outbox.waiting(), 0
    for number, message in enumerate(waiting):
        problem = _send(outbox, channel, message, process, sleep)
        if problem:
            return Delivery(channel.name, number, sent, problem)
        sent += len(message.alerts)
    return Delivery(channel.name, len(waiting), sent)


def _sent_today(channel: Channel, outbox: Outbox, now: datetime) -> bool:
    """A daily channel gets one message a day, by the calendar of China; the baseline does not count."""
    days = {message.created_at.astimezone(CHINA).date() for message in outbox.messages if message.number}
    return channel.pace == "daily" and now.astimezone(CHINA).date() in days


def _send(outbox: Outbox, channel: Channel, message: Message, process: str, sleep: Sleep) -> str | None:
    """Send one message; None, or why it could not be."""
    claimed = outbox.claim(message, process)
    if claimed is None:
        return "another process is at it"
    number, doubtful = claimed
    problem = ""
    for pause in (0.0, *PAUSES):
        sleep(pause)
        try:
            _post_or_mail(channel, message, doubtful)
        except Doubtful as error:
            problem, doubtful = str(error), True
        except NotTaken as error:
            problem = str(error)
            if not error.again:
                break
        else:
            outbox.sent(message, process)
            return None
    if not doubtful:
        outbox.failed(message, number, problem)
    return problem


def _post_or_mail(channel: Channel, message: Message, repeated: bool) -> None:
    now = datetime.now(UTC)
    if channel.to == "email":
        _mail(channel, messages.email(channel, message, now, repeated=repeated))
    else:
        _post(messages.request(channel, message, now, repeated=repeated))


def _post(wanted: messages.Request) -> None:
    """An answer that refuses says that the message was not taken; a connection that breaks says nothing."""
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "gongkai"} | dict(
        wanted.headers
    )
    request = urllib.request.Request(wanted.url, wanted.body, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            content = answer.read(LONGEST_ANSWER)
    except urllib.error.HTTPError as error:
        raise NotTaken(f"HTTP {error.code}", again=error.code in AGAIN) from error
    except urllib.error.URLError as error:
        raise _broken(error.reason) from error
    except (OSError, HTTPException) as error:
        raise Doubtful(f"no answer: {error!r}") from error
    for name in wanted.refusal:
        if code := _field(content, name):
            raise NotTaken(f"refused with {name} {code}: {content[:200]!r}", again=True)


def _broken(reason: object) -> Exception:
    """A connection that was never made carried nothing; one that timed out may have."""
    if isinstance(reason, TimeoutError | ConnectionResetError | BrokenPipeError):
        return Doubtful(f"no answer: {reason!r}")
    return NotTaken(f"not reached: {reason}", again=True)


def _field(content: bytes, name: str) -> object:
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found.get(name) if isinstance(found, dict) else None


def _mail(channel: Channel, mail: EmailMessage) -> None:
    """A server that was not reached took nothing; a connection that breaks leaves that open."""
    address = urlsplit(channel.url)
    host, secure = address.hostname or "", address.scheme == "smtps"
    context = ssl.create_default_context()
    try:
        server = (
            smtplib.SMTP_SSL(host, address.port or 465, timeout=TIMEOUT, context=context)
            if secure
            else smtplib.SMTP(host, address.port or 587, timeout=TIMEOUT)
        )
    except (OSError, smtplib.SMTPException) as error:
        raise NotTaken(f"not reached: {error}", again=True) from error
    with server:
        try:
            server.ehlo()
            if not secure and server.has_extn("starttls"):
                server.starttls(context=context)
            if address.username:
                server.login(unquote(address.username), unquote(address.password or ""))
            server.send_message(mail, to_addrs=list(channel.recipients))
        except smtplib.SMTPServerDisconnected as error:
            raise Doubtful(f"the connection broke: {error}") from error
        except smtplib.SMTPResponseException as error:
            raise NotTaken(
                f"SMTP {error.smtp_code}: {error.smtp_error!r}", again=error.smtp_code < _PERMANENT
            ) from error
        except smtplib.SMTPException as error:
            raise NotTaken(str(error), again=False) from error
