"""Everything that is kept: captured bytes, and the dataset in versions; and what can go wrong with them.

Invariant: imports go one way, so that the archive knows `parsers`, and neither the crawler nor the command
line; a day is taken from a moment only in the zone of the disclosures, while moments stay in UTC; and every
error that a person can act on is a `StoreError` whose message says what to do about it.
"""

from __future__ import annotations

from datetime import timedelta, timezone

from parsers.values.errors import GongkaiError

CHINA = timezone(timedelta(hours=8))
"""China Standard Time (中国标准时间), one zone for the whole country, without summer time since 1991."""


class StoreError(GongkaiError):
    """Base of every error of the archive."""


class ObjectNotFound(StoreError):
    """The store holds no object under this key."""


class Conflict(StoreError):
    """Another process was first; what was read before is out of date."""


class AlreadyExists(Conflict):
    """A create-only write met an object of that key with other content."""


class Overtaken(Conflict):
    """Another writer committed a snapshot since the one that a commit was meant to stand on."""


class StoreUnusable(StoreError):
    """The store cannot be used at all: no bucket, wrong credentials, endpoint down, no create-only writes.

    The command line ends with exit code 3.
    """


class SnapshotNotFound(StoreError):
    """No snapshot has this number, tag or date."""


class IntegrityError(StoreError):
    """What is stored contradicts what the snapshot says about it."""


class SchemaError(StoreError):
    """Rows do not fit the declared schema: unknown column, missing value, value outside the allowed ones."""


class QueryError(StoreError):
    """A user's SQL failed; the message is DuckDB's."""
