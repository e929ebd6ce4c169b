"""Everything that is kept: captured bytes, and the dataset in versions.

Invariant: imports go one way, so that the archive knows `parsers`, and neither the crawler nor the command
line; and a day is taken from a moment only in the zone of the disclosures, while moments stay in UTC.
"""

from __future__ import annotations

from datetime import timedelta, timezone

CHINA = timezone(timedelta(hours=8))
"""China Standard Time (中国标准时间), one zone for the whole country, without summer time since 1991."""
