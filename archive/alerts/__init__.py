"""What people want to learn: published, late, missing, altered, gone, disputed, and sites that broke.

Invariant: each channel gets an alert once. `detect` finds the alerts of a snapshot, always all that are asked
for, with ids that do not change; `outbox` remembers in the store what a channel was sent; `deliver` sends the
rest.
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
