"""What each channel was sent, in the store: `alerts/<channel>/`.

Invariant: an alert is in one message of a channel at most, and a message is created before it is sent. All
keys are created once and never changed:

    alerts/<channel>/<number>.json         a message; number 0 is the baseline, what was there at the start
    alerts/<channel>/<number>.sending-<k>  the k-th attempt of a process to send it
    alerts/<channel>/<number>.failed-<k>   in that attempt the receiver surely did not take it
    alerts/<channel>/<number>.sent         the receiver took it
    alerts/<channel>/seen-<snapshot>-<hash>  what the channel wants (the hash is that of its kinds and
                                           regions) of the snapshot is in messages: only the last is kept

So after a crash: no message, and the alerts go into the next one; a message without `sent`, and it is sent
again under the same id. Only if the crash fell between the receiver's answer and `sent` (a `sending` without
an end) may the receiver get it twice; then the id shows it, and the message is marked as a possible
repetition.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from archive import AlreadyExists
from archive.alerts.detection import Alert, AlertKind
from archive.stores import Store

ROOT = "alerts/"


@dataclass(frozen=True, slots=True)
class Message:
    """A message to one channel. Number 0 is the baseline, which is never sent: it holds only `ids`."""

    channel: str
    number: int
    created_at: datetime
    alerts: tuple[Alert, ...] = ()
    ids: tuple[str, ...] = ()

    @property
    def delivery_id(self) -> str:
        """The same each time it is sent: for `Idempotency-Key` and `Message-ID`."""
        return f"{self.channel}-{self.number:06d}-{self.created_at:%Y%m%dT%H%M%S%f}"


class Outbox:
    """The messages of one channel."""

    def __init__(self, store: Store, channel: str) -> None:
        self._store, self._channel = store, channel
        self._folder = f"{ROOT}{channel}/"
        self._keys = {found.key.removeprefix(self._folder) for found in store.list(self._folder)}
        names = sorted(name for name in self._keys if name.endswith(".json"))
        self.messages = [self._read(name) for name in names]

    @property
    def started(self) -> bool:
        """Whether the channel has a baseline."""
        return bool(self.messages)

    def queued(self) -> set[str]:
        """Ids of the alerts that are in a message."""
        found = {alert.alert_id for message in self.messages for alert in message.alerts}
        return found.union(*(message.ids for message in self.messages))

    def waiting(self) -> list[Message]:
        """The messages that are not sent yet, oldest first."""
        return [message for message in self.messages[1:] if f"{message.number:06d}.sent" not in self._keys]

    def add(self, alerts: Iterable[Alert], now: datetime) -> Message:
        """Put alerts into a new message. Raises AlreadyExists if another process was first."""
        return self._create(Message(self._channel, self.messages[-1].number + 1, now, tuple(alerts)))

    def start(self, ids: Iterable[str], now: datetime) -> None:
        """Take these alerts as known: the baseline. Raises AlreadyExists if another process was first."""
        self._create(Message(self._channel, 0, now, ids=tuple(ids)))

    def claim(self, message: Message, process: str) -> tuple[int, bool] | None:
        """Start to send: the number of the attempt, and whether an earlier one may have arrived; None if
        another process is at it."""
        tries = self._tries(message, "sending")
        doubtful = bool(tries - self._tries(message, "failed"))
        number = max(tries, default=0) + 1
        try:
            self._note(f"{message.number:06d}.sending-{number:03d}", process)
        except AlreadyExists:
            return None
        return number, doubtful

    def seen(self, wants: str) -> int:
        """The last snapshot of which all that the channel `wants` is in a message; 0 for none."""
        marks = (_SEEN.fullmatch(name) for name in self._keys)
        return max((int(mark[1]) for mark in marks if mark and mark[2] == _short_hash(wants)), default=0)

    def note_seen(self, wants: str, snapshot: int) -> None:
        """All that the channel `wants` of a snapshot is in a message. Earlier marks go."""
        if snapshot > self.seen(wants):
            before = [name for name in self._keys if _SEEN.fullmatch(name)]
            self._note(f"seen-{snapshot:08d}-{_short_hash(wants)}", "")
            for name in before:
                self._store.delete(self._folder + name)
                self._keys.discard(name)

    def failed(self, message: Message, number: int, reason: str) -> None:
        """In that attempt it surely did not arrive."""
        self._note(f"{message.number:06d}.failed-{number:03d}", reason)

    def sent(self, message: Message, process: str) -> None:
        """It arrived."""
        self._note(f"{message.number:06d}.sent", process)

    def _create(self, message: Message) -> Message:
        alerts = [_to_json(alert) for alert in message.alerts]
        content = {"created_at": message.created_at.isoformat(), "alerts": alerts, "ids": message.ids}
        data = json.dumps(content, ensure_ascii=False).encode()
        self._store.create(f"{self._folder}{message.number:06d}.json", data)
        self.messages.append(message)
        return message

    def _tries(self, message: Message, what: str) -> set[int]:
        start = f"{message.number:06d}.{what}-"
        return {int(name.removeprefix(start)) for name in self._keys if name.startswith(start)}

    def _note(self, name: str, text: str) -> None:
        self._store.create(self._folder + name, text.encode())
        self._keys.add(name)

    def _read(self, name: str) -> Message:
        content = json.loads(self._store.read(self._folder + name))
        moment = datetime.fromisoformat(content["created_at"])
        alerts = tuple(_from_json(entry) for entry in content["alerts"])
        number = int(name.removesuffix(".json"))
        return Message(self._channel, number, moment, alerts, tuple(content["ids"]))


_SEEN = re.compile(r"seen-([0-9]{8,})-([0-9a-f]{16})")


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _to_json(alert: Alert) -> dict[str, object]:
    return {**asdict(alert), "day": alert.day.isoformat()}


def _from_json(entry: dict[str, Any]) -> Alert:
    return Alert(**{**entry, "kind": AlertKind(entry["kind"]), "day": date.fromisoformat(entry["day"])})
