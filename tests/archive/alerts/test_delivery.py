"""Messages reach real receivers once, whatever breaks on the way."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from archive.alerts import Alert, Channel, Delivery, deliver
from archive.alerts.delivery import PAUSES, seen_by
from archive.alerts.detection import AlertKind
from archive.alerts.messages import LIMITS
from archive.dataset.manifest import Snapshot
from archive.dataset.schema import build_table
from archive.dataset.snapshots import Change, commit
from archive.stores import LocalStore, Store
from tests.archive.alerts.receivers import Hook, Mailbox, hooked, mailed

NOW = datetime(2026, 3, 1, 1, tzinfo=UTC)
OLD = Alert("new:1", AlertKind.NEW, date(2026, 2, 1), "Published: 旧", "610725", "http://example.org/1")
LATE = Alert("late:2", AlertKind.LATE, date(2026, 3, 1), "Late: 勉县水利局", "610725", None)
GONE = Alert("gone:3", AlertKind.GONE, date(2026, 3, 1), "Taken down: x", "411000", "http://example.org/3")


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooked() as found:
        yield found


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mailed() as found:
        yield found


class Clock:
    """Sleeps without waiting, and counts."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


def tell(
    store: Store, channel: Channel, *alerts: Alert, now: datetime = NOW, sleep: Clock | None = None
) -> Delivery:
    process = f"process {id(object())} {now}"
    [done] = deliver(store, [channel], alerts, now, process=process, sleep=sleep or Clock())
    return done


def started(store: Store, channel: Channel) -> None:
    assert tell(store, channel, OLD).started


def ids_sent(hook: Hook) -> list[list[str]]:
    return [[alert["id"] for alert in content["alerts"]] for content in hook.contents]


def test_what_was_there_at_the_start_is_no_news(store: Store, hook: Hook) -> None:
    channel = Channel("hook", "webhook", hook.url)
    started(store, channel)
    assert tell(store, channel, OLD) == Delivery("hook")
    assert tell(store, channel, OLD, LATE, GONE) == Delivery("hook", 1, 2)
    assert tell(store, channel, OLD, LATE, GONE) == Delivery("hook")
    assert ids_sent(hook) == [["late:2", "gone:3"]]


def test_a_channel_gets_what_it_wants(local_store: Store, hook: Hook) -> None:
    channel = Channel("hook", "webhook", hook.url, kinds=(AlertKind.GONE, AlertKind.LATE), regions=("61",))
    started(local_store, channel)
    new = Alert("new:9", AlertKind.NEW, date(2026, 3, 1), "Published: x", "610725")
    tell(local_store, channel, OLD, LATE, GONE, new)
    assert ids_sent(hook) == [["late:2"]]


def test_a_daily_channel_gets_one_message_a_day_in_china(local_store: Store, hook: Hook) -> None:
    channel = Channel("hook", "webhook", hook.url, pace="daily")
    started(local_store, channel)
    tell(local_store, channel, LATE, now=NOW)
    tell(local_store, channel, LATE, GONE, now=NOW + timedelta(hours=14))  # 23:00 in China
    assert ids_sent(hook) == [["late:2"]]
    tell(local_store, channel, LATE, GONE, now=NOW + timedelta(hours=16))  # the next day there
    assert ids_sent(hook) == [["late:2"], ["gone:3"]]


def test_the_same_id_and_a_signature_go_with_every_try(local_store: Store, hook: Hook) -> None:
    channel = Channel("hook", "webhook", hook.url, secret="s3cret")
    started(local_store, channel)
    hook.answers = [(503, b""), (429, b"")]
    clock = Clock()
    assert tell(local_store, channel, LATE, sleep=clock) == Delivery("hook", 1, 1)
    assert clock.slept == [0.0, *PAUSES[:2]]
    assert len({headers["idempotency-key"] for headers in hook.headers}) == 1
    assert [content["may_repeat"] for content in hook.contents] == [False] * 3, "503 says it was not taken"
    expected = hmac.new(b"s3cret", hook.bodies[0], hashlib.sha256).hexdigest()
    assert hook.headers[0]["x-gongkai-signature"] == f"sha256={expected}"


def test_a_receiver_that_is_down_is_tried_again_by_the_next_run(local_store: Store, hook: Hook) -> None:
    channel = Channel("hook", "webhook", hook.url)
    started(local_store, channel)
    hook.answers = [(500, b"")] * (len(PAUSES) + 1)
    assert tell(local_store, channel, LATE).problem == "HTTP 500"
    assert tell(local_store, channel, LATE, GONE) == Delivery("hook", 2, 2)
    assert ids_sent(hook)[-2:] == [["late:2"], ["gone:3"]]


def test_what_can_only_be_refused_is_not_tried_at_once(local_store: Store, hook: Hook) -> None:
    channel = Channel("hook", "webhook", hook.url)
    started(local_store, channel)
    hook.answers = [(403, b"")]
    assert tell(local_store, channel, LATE).problem == "HTTP 403"
    assert len(hook.bodies) == 1


def test_a_channel_that_is_down_keeps_no_other_waiting(local_store: Store, hook: Hook) -> None:
    channels = [Channel("dead", "webhook", "http://127.0.0.1:1/"), Channel("hook", "webhook", hook.url)]
    for alerts in ([OLD], [OLD, LATE]):
        done = deliver(local_store, channels, alerts, NOW, process=str(len(alerts)), sleep=Clock())
    assert done[0].problem and done[0].problem.startswith("not reached")
    assert done[1] == Delivery("hook", 1, 1)


def test_an_answer_that_got_lost_makes_a_marked_repetition(local_store: Store, hook: Hook) -> None:
    channel = Channel("hook", "webhook", hook.url)
    started(local_store, channel)
    hook.answers = [(0, b"")]
    assert tell(local_store, channel, LATE) == Delivery("hook", 1, 1)
    assert [content["may_repeat"] for content in hook.contents] == [False, True]
    assert len({content["delivery_id"] for content in hook.contents}) == 1


class Crashing(LocalStore):
    """A store whose process dies right before or right after it creates its n-th object."""

    def __init__(self, root: Path, after: int, *, written: bool) -> None:
        super().__init__(root)
        self._left, self._written = after, written

    def create(self, key: str, data: bytes) -> None:
        self._left -= 1
        if self._left or self._written:
            super().create(key, data)
        if not self._left:
            raise KeyboardInterrupt


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_crash_neither_loses_nor_doubles(tmp_path: Path, hook: Hook, after: int, written: bool) -> None:
    """A message takes three objects: itself, `sending`, `sent`."""
    channel = Channel("hook", "webhook", hook.url)
    started(LocalStore(tmp_path), channel)
    with pytest.raises(KeyboardInterrupt):
        tell(Crashing(tmp_path, after, written=written), channel, OLD, LATE)
    tell(LocalStore(tmp_path), channel, OLD, LATE, GONE, now=NOW + timedelta(minutes=1))
    tell(LocalStore(tmp_path), channel, OLD, LATE, GONE, now=NOW + timedelta(minutes=2))
    taken = {content["delivery_id"]: ids for content, ids in zip(hook.contents, ids_sent(hook), strict=True)}
    assert sorted(alert for ids in taken.values() for alert in ids) == ["gone:3", "late:2"]
    repeated = [content["may_repeat"] for content in hook.contents].count(True)
    doubled = len(hook.contents) - len(taken)
    assert doubled == (1 if (after, written) == (3, False) else 0)
    assert doubled <= repeated <= 1, "a repetition says that it may be one"


def test_feishu(local_store: Store, hook: Hook) -> None:
    channel = Channel("feishu", "feishu", hook.url, secret="key")
    started(local_store, channel)
    hook.answers = [(200, b'{"code": 9499, "msg": "too many"}')]
    assert tell(local_store, channel, GONE) == Delivery("feishu", 1, 1)
    content = hook.contents[-1]
    assert (
        content["msg_type"] == "text" and "Taken down: x http://example.org/3" in content["content"]["text"]
    )
    digest = hmac.new(f"{content['timestamp']}\nkey".encode(), b"", hashlib.sha256).digest()
    assert content["sign"] == base64.b64encode(digest).decode()
    assert len(hook.contents) == 2, "200 with a code is a refusal"


def test_dingtalk(local_store: Store, hook: Hook) -> None:
    channel = Channel("ding", "dingtalk", hook.url + "?access_token=t", secret="SECkey")
    started(local_store, channel)
    assert tell(local_store, channel, GONE) == Delivery("ding", 1, 1)
    asked = parse_qs(urlsplit(hook.paths[0]).query)
    assert asked["access_token"] == ["t"]
    text = f"{asked['timestamp'][0]}\nSECkey".encode()
    assert asked["sign"] == [base64.b64encode(hmac.new(b"SECkey", text, hashlib.sha256).digest()).decode()]
    assert "Taken down: x" in hook.contents[0]["markdown"]["text"]


def test_wecom_takes_what_fits_and_counts_the_rest(local_store: Store, hook: Hook) -> None:
    channel = Channel("wecom", "wecom", hook.url)
    started(local_store, channel)
    many = [
        Alert(f"new:{n}", AlertKind.NEW, date(2026, 3, 1), f"Published: 第{n}号文件", "61")
        for n in range(2, 302)
    ]
    assert tell(local_store, channel, *many) == Delivery("wecom", 1, 300)
    text = hook.contents[0]["markdown"]["content"]
    shown = text.count("Published")
    assert len(text.encode()) <= LIMITS["wecom"]
    assert text.endswith(f"… and {300 - shown} more") and shown > 50


def test_a_title_cannot_mention_people_or_forge_links(local_store: Store, hook: Hook) -> None:
    evil = '<at user_id="all">\n[click](http://evil.example) **now**'
    channel = Channel("feishu", "feishu", hook.url)
    started(local_store, channel)
    tell(
        local_store, channel, Alert("new:e", AlertKind.NEW, date(2026, 3, 1), evil, url="javascript:alert(1)")
    )
    text = hook.contents[0]["content"]["text"]
    assert not set("<>[]()*") & set(text) and "javascript" not in text
    assert len(text.splitlines()) == 2


def test_e_mail(local_store: Store, mailbox: Mailbox) -> None:
    channel = Channel(
        "mail",
        "email",
        f"smtp://127.0.0.1:{mailbox.port}",
        sender="g@example.org",
        recipients=("a@b.cn", "c@d.cn"),
    )
    started(local_store, channel)
    evil = Alert(
        "new:e", AlertKind.NEW, date(2026, 3, 1), "Published: x\r\nBcc: all@example.org", url="http://e.org/1"
    )
    mailbox.refusals = ["451 later"]
    assert tell(local_store, channel, LATE, evil) == Delivery("mail", 1, 2)
    [mail] = mailbox.mails
    assert mailbox.recipients == [["a@b.cn", "c@d.cn"]]
    assert (mail["From"], mail["To"], mail["Bcc"]) == ("g@example.org", "a@b.cn, c@d.cn", None)
    assert mail["Subject"] == "Budget disclosures: 2 alerts"
    assert "Late: 勉县水利局" in mail.get_content() and "http://e.org/1" in mail.get_content()
    assert mail["Message-ID"].startswith("<mail-000001-")


def test_a_mail_server_that_refuses_for_good_is_left_alone(local_store: Store, mailbox: Mailbox) -> None:
    channel = Channel(
        "mail", "email", f"smtp://127.0.0.1:{mailbox.port}", sender="g@example.org", recipients=("a@b.cn",)
    )
    started(local_store, channel)
    mailbox.refusals = ["554 no"]
    clock = Clock()
    assert "554" in str(tell(local_store, channel, LATE, sleep=clock).problem)
    assert clock.slept == [0.0]
    assert tell(local_store, channel, LATE) == Delivery("mail", 1, 1)


def test_what_is_kept_tells_it_all(local_store: Store, hook: Hook) -> None:
    channel = Channel("hook", "webhook", hook.url)
    started(local_store, channel)
    hook.answers = [(403, b"")]
    for _ in range(2):
        tell(local_store, channel, LATE)
    keys = [found.key for found in local_store.list("alerts/")]
    assert keys == [
        f"alerts/hook/{name}"
        for name in (
            "000000.json", "000001.failed-001", "000001.json", "000001.sending-001", "000001.sending-002",
            "000001.sent",
        )
    ]  # fmt: skip
    assert json.loads(local_store.read("alerts/hook/000000.json"))["ids"] == ["new:1"]


def test_a_snapshot_is_seen_once_all_of_it_is_in_messages(local_store: Store, hook: Hook) -> None:
    """What waits for another day is looked for again, and so is all where a channel wants something else."""
    found = commit(
        local_store,
        [Change("sites", build_table("sites", [{"site_id": "a", "url": "http://a.gov.cn/"}]))],
        message="",
        run_id=None,
        now=NOW,
    )
    assert found is not None
    daily = Channel("daily", "webhook", hook.url, pace="daily")

    def given(*alerts: Alert, now: datetime = NOW) -> Snapshot | None:
        deliver(local_store, [daily], alerts, now, process=f"{alerts}{now}", sleep=Clock(), of=found)
        return seen_by(local_store, [daily])

    assert seen_by(local_store, [daily]) is None
    assert given(OLD) == found
    local_store.delete(next(one.key for one in local_store.list("alerts/daily/seen-")))
    assert given(OLD, LATE) == found, "sent"
    local_store.delete(next(one.key for one in local_store.list("alerts/daily/seen-")))
    assert given(OLD, LATE, GONE) is None, "it waits for tomorrow"
    assert given(OLD, LATE, GONE, now=NOW + timedelta(days=1)) == found
    assert ids_sent(hook) == [["late:2"], ["gone:3"]]
    assert seen_by(local_store, [daily, replace(daily, name="other")]) is None
    assert seen_by(local_store, [replace(daily, kinds=(AlertKind.NEW,))]) is None
