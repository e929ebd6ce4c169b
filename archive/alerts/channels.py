"""Who gets which alerts, and how: the operator's channels, read from a YAML file.

Invariant: a mistake in the file is found before anything is sent, and its message names the channel; secrets
come from the environment (`${NAME}`), so that the file can be shared.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

import yaml

from archive.alerts.detection import KINDS, Alert, AlertKind
from parsers.values.errors import GongkaiError

Form = Literal["webhook", "feishu", "dingtalk", "wecom", "email"]
Pace = Literal["immediate", "daily"]
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
SCHEMES: Mapping[str, tuple[str, ...]] = {"email": ("smtp", "smtps")}
FIELDS = {"name", "to", "url", "secret", "pace", "kinds", "regions", "sender", "recipients"}


class ConfigurationError(GongkaiError):
    """The file of channels is wrong; the message says where."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One receiver. `url` is the address of the webhook, or `smtp://user:password@host:port` (STARTTLS where
    the server offers it) or `smtps://…`. `regions` are prefixes of region codes; none means all."""

    name: str
    to: Form
    url: str
    secret: str | None = None
    pace: Pace = "immediate"
    kinds: tuple[AlertKind, ...] = KINDS
    regions: tuple[str, ...] = ("",)
    sender: str = ""
    recipients: tuple[str, ...] = ()

    def wants(self, alert: Alert) -> bool:
        """Whether the channel wants this alert."""
        return alert.kind in self.kinds and (alert.region_code or "").startswith(self.regions)


def read_channels(path: Path, environment: Mapping[str, str] = os.environ) -> list[Channel]:
    """The channels of a file. Raises ConfigurationError, or OSError if it cannot be read."""
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))["channels"]
        channels = [_channel(_filled(entry, environment)) for entry in entries]
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"{path}: this is not a list of `channels` in YAML") from error
    if len({channel.name for channel in channels}) != len(channels):
        raise ConfigurationError(f"{path}: two channels have one name")
    return channels


def _channel(entry: dict[str, Any]) -> Channel:
    name = str(entry.get("name"))
    try:
        if strange := set(entry) - FIELDS:
            raise ValueError(f"there is no {', '.join(sorted(strange))}")
        lists: dict[str, Any] = {
            key: tuple(map(str, entry[key])) for key in ("kinds", "regions", "recipients") if key in entry
        }
        channel = Channel(**{**entry, **lists})
        _require_sense(channel)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"channel {name}: {error}") from error
    return channel


def _require_sense(channel: Channel) -> None:
    """Raises ValueError for what would fail only when the first alert is sent."""
    if not NAME.fullmatch(channel.name):
        raise ValueError("a name is made of a-z, 0-9 and -")
    if channel.to not in get_args(Form):
        raise ValueError(f"`to` is one of {', '.join(get_args(Form))}")
    if channel.pace not in get_args(Pace):
        raise ValueError(f"`pace` is one of {', '.join(get_args(Pace))}")
    if strange := set(channel.kinds) - set(KINDS):
        raise ValueError(f"there is no kind {', '.join(sorted(strange))}; there are {', '.join(KINDS)}")
    schemes = SCHEMES.get(channel.to, ("http", "https"))
    address = urlsplit(channel.url)
    if address.scheme not in schemes or not address.hostname:
        raise ValueError(f"`url` begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    if channel.to == "email" and not (channel.sender and channel.recipients):
        raise ValueError("an e-mail needs a `sender` and `recipients`")


def _filled(entry: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    def value(match: re.Match[str]) -> str:
        if match[1] not in environment:
            raise ConfigurationError(f"channel {entry.get('name')}: {match[1]} is not in the environment")
        return environment[match[1]]

    return {
        key: re.sub(r"\$\{(\w+)\}", value, text) if isinstance(text, str) else text
        for key, text in entry.items()
    }
