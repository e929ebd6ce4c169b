"""The time zone of the disclosures: every day that counts is a day in China.

Invariant: a day is taken from a moment only in this zone; moments themselves stay in UTC.
"""

from __future__ import annotations

from datetime import timedelta, timezone

CHINA = timezone(timedelta(hours=8))
"""China Standard Time (中国标准时间), one zone for the whole country, without summer time since 1991."""
