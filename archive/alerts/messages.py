"""A message in the words and the form each kind of receiver understands.

Invariant: what a web page says stays text: it cannot mention people, forge links or start a header, and a
message never exceeds what its receiver takes; what does not fit is counted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote_plus, urlsplit

from archive.alerts.channels import Channel
from archive.alerts.outbox import Message
from archive.rendering.texts import t

LIMITS = {"feishu": 18_000, "dingtalk": 18_000, "wecom": 4_000}
"""Bytes of text; the receivers refuse more than 20 KB, 20 KB and 4,096 bytes."""

INERT = str.maketrans("<>[]()*`#_~|\\", "＜＞［］（）＊｀＃＿～｜＼")
"""Marks of Markdown and of mentions, and wide ones that mean nothing to a receiver."""


@dataclass(frozen=True, slots=True)
class Request:
    """A POST. `refusal` names the field of a JSON answer that is not 0 where the receiver did not take it."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    refusal: tuple[str, ...] = ()


def request(channel: Channel, message: Message, now: datetime, *, repeated: bool = False) -> Request:
    """The request for a channel other than e-mail."""
    forms = {"webhook": _webhook, "feishu": _feishu, "dingtalk": _dingtalk, "wecom": _wecom}
    return forms[channel.to](channel, message, now, repeated)


def email(channel: Channel, message: Message, now: datetime, *, repeated: bool = False) -> EmailMessage:
    """The e-mail for a channel that is one; `Message-ID` is that of the delivery."""
    mail = EmailMessage()
    mail["Subject"] = heading(message, repeated)
    mail["From"] = channel.sender
    mail["To"] = ", ".join(channel.recipients)
    mail["Date"] = now
    mail["Message-ID"] = f"<{message.delivery_id}@gongkai.invalid>"
    mail["Auto-Submitted"] = "auto-generated"
    lines = [f"- {_plain(alert.about)}\n  {_address(alert.url)}".rstrip() for alert in message.alerts]
    mail.set_content("\n".join([heading(message, repeated), "", *lines, ""]))
    return mail


def heading(message: Message, repeated: bool) -> str:
    """One line that says what it is."""
    text = t("Budget disclosures: {count} alerts", count=len(message.alerts))
    return text + (t(" (may repeat an earlier message)") if repeated else "")


def _webhook(channel: Channel, message: Message, now: datetime, repeated: bool) -> Request:
    """The id lets the receiver drop a repetition; the signature covers the body exactly as sent."""
    content = {
        "delivery_id": message.delivery_id,
        "channel": channel.name,
        "created_at": message.created_at.isoformat(),
        "may_repeat": repeated,
        "alerts": [
            {
                "id": alert.alert_id,
                "kind": alert.kind,
                "day": alert.day.isoformat(),
                "text": alert.about,
                "region_code": alert.region_code,
                "url": alert.url,
            }
            for alert in message.alerts
        ],
    }
    body = _json(content)
    headers = {"Idempotency-Key": message.delivery_id}
    if channel.secret:
        digest = hmac.new(channel.secret.encode(), body, hashlib.sha256).hexdigest()
        headers["X-Gongkai-Signature"] = f"sha256={digest}"
    return Request(channel.url, body, headers)


def _feishu(channel: Channel, message: Message, now: datetime, repeated: bool) -> Request:
    """飞书自定义机器人: text, signed with the key over an empty message."""
    content: dict[str, Any] = {"msg_type": "text", "content": {"text": _lines(channel, message, repeated)}}
    if channel.secret:
        stamp = str(int(now.timestamp()))
        content |= {"timestamp": stamp, "sign": _signature(f"{stamp}\n{channel.secret}", "")}
    return Request(channel.url, _json(content), refusal=("code", "StatusCode"))


def _dingtalk(channel: Channel, message: Message, now: datetime, repeated: bool) -> Request:
    """钉钉自定义机器人: Markdown, the signature in the address."""
    text = _lines(channel, message, repeated, start="- ", gap="\n\n")
    content = {"msgtype": "markdown", "markdown": {"title": heading(message, repeated), "text": text}}
    url = channel.url
    if channel.secret:
        stamp = str(int(now.timestamp() * 1000))
        sign = quote_plus(_signature(channel.secret, f"{stamp}\n{channel.secret}"))
        url += f"{'&' if urlsplit(url).query else '?'}timestamp={stamp}&sign={sign}"
    return Request(url, _json(content), refusal=("errcode",))


def _wecom(channel: Channel, message: Message, now: datetime, repeated: bool) -> Request:
    """企业微信群机器人: Markdown."""
    content = {"msgtype": "markdown", "markdown": {"content": _lines(channel, message, repeated)}}
    return Request(channel.url, _json(content), refusal=("errcode",))


def _lines(channel: Channel, message: Message, repeated: bool, start: str = "· ", gap: str = "\n") -> str:
    """The heading and a line per alert, as many as fit."""
    limit = LIMITS[channel.to]
    text = heading(message, repeated)
    for number, alert in enumerate(message.alerts):
        line = f"{gap}{start}{_plain(alert.about).translate(INERT)} {_address(alert.url)}".rstrip()
        left = gap + t("… and {count} more", count=len(message.alerts) - number)
        if len((text + line + left).encode()) > limit and number < len(message.alerts):
            return text + left
        text += line
    return text


def _plain(text: str) -> str:
    return " ".join(text.split())


def _address(url: str | None) -> str:
    """An address, if it is http or https."""
    if url is None or urlsplit(url).scheme not in ("http", "https"):
        return ""
    return "".join(
        quote_plus(mark) if mark in "<>()[]*`\\| " or not mark.isprintable() else mark for mark in url
    )


def _signature(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()
