"""The file of channels: read with secrets of the environment, or refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.alerts import KINDS, Channel, ConfigurationError, read_channels
from archive.alerts.detection import AlertKind

GOOD = """
channels:
  - {name: newsroom, to: webhook, url: "https://example.org/${TOKEN}", kinds: [late, gone], regions: [61]}
  - name: mail
    to: email
    url: smtps://user:pass@mail.example.org
    sender: gongkai@example.org
    recipients: [a@example.org]
    pace: daily
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "channels.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_channels_are_read(tmp_path: Path) -> None:
    first, second = read_channels(written(tmp_path, GOOD), {"TOKEN": "t0"})
    assert first == Channel(
        "newsroom",
        "webhook",
        "https://example.org/t0",
        kinds=(AlertKind.LATE, AlertKind.GONE),
        regions=("61",),
    )
    assert (second.pace, second.kinds, second.recipients) == ("daily", KINDS, ("a@example.org",))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (GOOD, "TOKEN is not in the environment"),
        ("[]", "not a list of `channels`"),
        ("channels: [{name: x}", "not a list of `channels`"),
        ("channels: [{name: x, to: webhook}]", "channel x:"),
        ("channels: [{name: x, to: fax, url: 'http://a'}]", "`to` is one of"),
        ("channels: [{name: 'x/../y', to: webhook, url: 'http://a'}]", "a name is made of"),
        ("channels: [{name: x, to: webhook, url: 'file:///etc/passwd'}]", "`url` begins with"),
        ("channels: [{name: x, to: email, url: 'smtp://a'}]", "needs a `sender`"),
        ("channels: [{name: x, to: webhook, url: 'http://a', kinds: [lost]}]", "no kind lost"),
        ("channels: [{name: x, to: webhook, url: 'http://a', pace: weekly}]", "`pace` is one of"),
        ("channels: [{name: x, to: webhook, url: 'http://a', colour: red}]", "there is no colour"),
        (
            "channels: [{name: x, to: webhook, url: 'http://a'}, {name: x, to: wecom, url: 'http://a'}]",
            "one name",
        ),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        read_channels(written(tmp_path, text), {})
