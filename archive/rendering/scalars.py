"""Single values in the forms of CSV and JSON.

Invariant: no digit and no leading zero is lost, and no text leaves as a formula.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

DANGEROUS = re.compile(r"[=+@\t\r]|-(?!\d[\d,.]*$)")


def plain(value: object) -> object:
    """A value as CSV and JSON carry it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Sequence | Mapping) and not isinstance(value, str | bytes):
        return json.dumps(value, ensure_ascii=False, default=plain)
    if isinstance(value, bytes):
        return value.hex()
    return value


def as_json(value: Any) -> str:
    """JSON with exact amounts (as strings), ISO 8601 dates and times, and Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=plain)


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if DANGEROUS.match(text) else text
