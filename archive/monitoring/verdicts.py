"""Where every body stands, judged from a snapshot and the runs behind it.

Invariant: a verdict is computed from what is stored, for any day asked about; the same snapshot, runs and day
give the same verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial, reduce

import pyarrow as pa
import pyarrow.compute as pc

from archive.dataset.rows.monitoring import DeadlineRow
from archive.dataset.rows.typed import row_of
from archive.dataset.schema import TABLES
from archive.dataset.snapshots import Snapshot
from archive.monitoring.bodies import NOTHING_REGISTERED, Registered
from archive.monitoring.carried import standing
from archive.rendering.messages import word
from archive.rendering.texts import language, t
from archive.stores import Store
from archive.vocabulary import DeadlineStatus, TriggerBasis
from parsers.reference import regions
from parsers.values.errors import UsageError
from parsers.values.vocabulary import BodyLevel

BODY_COLUMNS = ("region_code", "name", "level")
SCREEN_COLUMNS = (
    "status",
    "days_late",
    "name",
    "fiscal_year",
    "document_kind",
    "due_rolled",
    "published_on",
    "trigger_basis",
    "note",
)
"""What of the board fits on a screen."""
# The board lists what needs a person first.
URGENCY = (
    DeadlineStatus.MISSING,
    DeadlineStatus.LATE,
    DeadlineStatus.ANNOUNCED,
    DeadlineStatus.UNKNOWN,
    DeadlineStatus.GREY,
    DeadlineStatus.PENDING,
    DeadlineStatus.ON_TIME,
)


def for_screen(rows: pa.Table) -> pa.Table:
    """What of the board fits on a screen: in Chinese in its words, in English in those of the dataset."""
    shown = rows.select(SCREEN_COLUMNS)
    if language() == "zh":
        says: dict[str, Callable[[str], str]] = {
            "status": t, "document_kind": word, "trigger_basis": partial(t, context="basis")
        }  # fmt: skip
        for name, say in says.items():
            words = pa.array([value and say(value) for value in shown.column(name).to_pylist()], pa.string())
            shown = shown.set_column(SCREEN_COLUMNS.index(name), name, words)
    return shown.rename_columns([t(name, context="board") for name in SCREEN_COLUMNS])


@row_of("deadlines", "bodies")
@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow(DeadlineRow):
    """A line of the board: a deadline, and whose it is."""

    region_code: str | None
    name: str
    level: BodyLevel | None


class UnknownRegion(UsageError):
    """A selector that is neither a region code nor the name of a region."""


def board(
    store: Store,
    snapshot: Snapshot,
    as_of: date,
    registered: Registered = NOTHING_REGISTERED,
    *,
    region: str | None = None,
    year: int | None = None,
    statuses: Sequence[DeadlineStatus] | None = None,
) -> pa.Table:
    """The deadlines as of a day with the names of the bodies, the urgent ones first.

    `region` is a code, a prefix of one, or a name (陕西, 汉中市). Raises UnknownRegion.
    """
    found = standing(store, snapshot, as_of, registered, region_prefixes(region or ""))
    bodies = found.bodies.sort_by([(name, "ascending") for name in ("region_code", "name", "body_id")])
    # Null comes last where Arrow sorts; a body without a region comes first here.
    nowhere = pc.is_null(bodies.column("region_code"))
    bodies = pa.concat_tables([bodies.filter(nowhere), bodies.filter(pc.invert(nowhere))])
    deadlines = found.deadlines
    if year is not None:
        deadlines = deadlines.filter(pc.equal(deadlines.column("fiscal_year"), year))
    if statuses is not None:
        asked = pa.array([one.value for one in statuses])
        deadlines = deadlines.filter(pc.is_in(deadlines.column("status"), asked))
    bodies = within(bodies, region or "")
    place = pc.index_in(deadlines.column("body_id"), bodies.column("body_id").combine_chunks())
    deadlines, place = deadlines.filter(pc.is_valid(place)), pc.drop_null(place)
    order = _by_urgency(deadlines, place)
    who = bodies.select(BODY_COLUMNS).take(place.take(order))
    return pa.Table.from_arrays([*who.columns, *deadlines.take(order).columns], schema=board_schema())


def board_schema() -> pa.Schema:
    """The columns of the board: who, and the columns of `deadlines`."""
    who = [TABLES["bodies"].arrow.field(name) for name in BODY_COLUMNS]
    return pa.schema([*who, *TABLES["deadlines"].arrow])


def region_prefixes(selector: str) -> tuple[str, ...]:
    """The code prefixes a selector stands for, "" for no selector; raises UnknownRegion."""
    if not selector:
        return ("",)
    if selector.isascii() and selector.isdecimal() and regions.begins_a_code(selector):
        return (regions.prefix(selector) if regions.region(selector) else selector,)
    found = regions.find(selector)
    if not found:
        raise UnknownRegion("no region is called '{name}', and no code begins so", name=selector)
    return tuple(regions.prefix(region.code) for region in found)


def within(rows: pa.Table, region: str) -> pa.Table:
    """The rows with a `region_code` in a region, all if none is named; raises UnknownRegion."""
    return rows.filter(lie_in(rows.column("region_code"), region_prefixes(region))) if region else rows


def lie_in(regions: pa.ChunkedArray, prefixes: Iterable[str]) -> pa.ChunkedArray:
    """Which of these regions begin with one of these codes; one that is not known begins with none."""
    codes = pc.fill_null(regions, "")
    return reduce(pc.or_, (pc.starts_with(codes, one) for one in prefixes))


def one_region(selector: str) -> str:
    """The code of the one region that a code or a name (汉中市, 枣庄市市中区) means; raises UnknownRegion."""
    found = [region] if (region := regions.region(selector)) else list(regions.find(selector))
    if len(found) != 1:
        meant = ", ".join(f"{one.code} {one.province}{one.name}" for one in found) or "nothing"
        raise UnknownRegion(f"one region is needed, and {selector!r} means {meant}")
    return found[0].code


def status_counts(rows: pa.Table) -> dict[str, int]:
    """How many deadlines have each status, the urgent ones first; statuses without deadlines are left out."""
    counted = pc.value_counts(rows.column("status")).to_pylist()
    counts = {one["values"]: one["counts"] for one in counted}
    return {status.value: counts[status] for status in URGENCY if status in counts}


def presumed(rows: pa.Table) -> int:
    """How many deadlines rest on a day of approval that is presumed, not known."""
    return int(pc.sum(pc.equal(rows.column("trigger_basis"), TriggerBasis.PRESUMED.value)).as_py() or 0)


def _by_urgency(deadlines: pa.Table, bodies: pa.ChunkedArray) -> pa.Array:
    """The places of the rows in the order of the board; `bodies` are the places of their bodies in order."""
    kinds = deadlines.column("document_kind")
    columns = {
        "rank": pc.index_in(deadlines.column("status"), pa.array([status.value for status in URGENCY])),
        "due": pc.fill_null(deadlines.column("due_rolled"), pa.scalar(date.max, pa.date32())),
        "body": bodies,
        "kind": pc.index_in(kinds, pc.unique(kinds).sort()),
        "year": deadlines.column("fiscal_year"),
    }
    return pc.sort_indices(pa.table(columns), [(name, "ascending") for name in columns])
