"""What people want to be told of: published, late, missing, altered, gone, disputed, and sites that broke.

Invariant: an alert is told once to each channel. `detect` says what there is to tell, always all of it, with
ids that do not change; `outbox` remembers in the store what a channel was told; `deliver` sends the rest.
"""

from __future__ import annotations

from archive.alerts.channels import Channel, ConfigurationError, read_channels
from archive.alerts.delivery import Delivery, deliver
from archive.alerts.detection import KINDS, Alert, detect

__all__ = [
    "KINDS",
    "Alert",
    "Channel",
    "ConfigurationError",
    "Delivery",
    "deliver",
    "detect",
    "read_channels",
]
