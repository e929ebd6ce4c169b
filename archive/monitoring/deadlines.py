"""When each document was due by law, and where each body stands.

Invariant: a verdict never rests on a silent guess. Every deadline says how its starting day is known
(`stated`, `derived` from an earlier act, or `presumed`); a body is not *late* before the deadline moved to a
working day has passed, nor *missing* unless a complete crawl of the place where the document belongs ran
after it and left nothing aside that could hold the document, and a list of the body was found that is in use
(`archive.monitoring.lists`). A body whose announcement is on record without a
document that could be read is *announced*. Whatever cannot be judged is *unknown*, and the note says what is
missing to know. A date that a site claims is believed unless our captures contradict it (`backdated`); then
only what they prove counts.

Days are calendar days in China.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from archive import CHINA
from archive.dataset.rows.monitoring import DeadlineRow
from archive.monitoring.statutes import Due, NotDue, due_by_law
from archive.vocabulary import DeadlineStatus, DueKind
from parsers.values.messages import Message, message
from parsers.values.vocabulary import BodyLevel

Judgement = tuple[DeadlineStatus, int | None, list[Message]]


@dataclass(frozen=True, slots=True)
class Expectation:
    """A document that a body must publish. `approvals` maps acts (keys of `triggers` in `statutes.yaml`)
    to the days they are known to have happened."""

    body_id: str
    body_level: BodyLevel | None
    region_code: str | None
    fiscal_year: int
    document_kind: DueKind
    approvals: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Publication:
    """A document found. `published_on` is the day the site claims, `first_seen` our first capture (aware);
    a document given as a local file has neither. `absent_on` is the day of the last complete crawl of its
    site that began after the claimed day, ended before `first_seen`, and did not have it."""

    body_id: str
    fiscal_year: int
    document_kind: DueKind
    published_on: date | None = None
    first_seen: datetime | None = None
    disclosure_id: str | None = None
    absent_on: date | None = None

    @property
    def earliest(self) -> date | None:
        """The first day it can have appeared on, as far as is known."""
        return self.absent_on or self.published_on or _china_day(self.first_seen)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a document that was not found may be there all the same. `announced` is the announcement that names
    body, year and kind, if there is one: the document's status is then *announced*."""

    reason: Message
    announced: Publication | None = None


Obstacles = Callable[[Expectation], Obstacle | None]


def due(expectation: Expectation) -> Due | NotDue:
    """The due date of one expectation, or the reason for its absence."""
    return due_by_law(
        expectation.document_kind,
        expectation.body_level,
        expectation.fiscal_year,
        tuple(sorted(expectation.approvals.items())),
    )


def assess(
    expectations: Iterable[Expectation],
    publications: Iterable[Publication],
    as_of: date,
    crawl_complete: Mapping[str, date],
    obstacles: Obstacles = lambda expected: None,
) -> list[DeadlineRow]:
    """One verdict for each expectation, as things stood at the end of `as_of`.

    `crawl_complete` maps a body_id to the day of the last complete crawl of the place where its documents
    belong; a body that is not in it was never crawled completely. `obstacles` is asked about what was not
    found.
    """
    found: dict[tuple[str, int, DueKind], list[Publication]] = defaultdict(list)
    for publication in publications:
        if _was_known(publication, as_of):
            key = (publication.body_id, publication.fiscal_year, publication.document_kind)
            found[key].append(publication)
    verdicts = []
    for expected in expectations:
        key = (expected.body_id, expected.fiscal_year, expected.document_kind)
        first = min(found.get(key, ()), key=_earliest, default=None)
        obstacle = obstacles(expected) if first is None else None
        verdicts.append(_verdict(expected, first, as_of, crawl_complete.get(expected.body_id), obstacle))
    return verdicts


def _verdict(
    expected: Expectation,
    publication: Publication | None,
    as_of: date,
    crawled_on: date | None,
    obstacle: Obstacle | None,
) -> DeadlineRow:
    """An announcement whose documents could not be read counts as the publication (*announced*)."""
    deadline = due(expected)
    if obstacle and obstacle.announced and _was_known(obstacle.announced, as_of):
        publication = obstacle.announced
        status, days, notes = DeadlineStatus.ANNOUNCED, None, [obstacle.reason]
    elif isinstance(deadline, NotDue):
        status, days, notes = DeadlineStatus.UNKNOWN, None, [deadline.reason]
    elif publication is None:
        status, days, notes = _judge_absence(deadline, as_of, crawled_on, obstacle)
    else:
        status, days, notes = _judge_publication(deadline, publication)
    known = deadline if isinstance(deadline, Due) else None
    if known and not known.calendar_known:
        notes = [*notes, message("holidays_not_announced", year=known.rolled.year)]
    return DeadlineRow(
        body_id=expected.body_id,
        fiscal_year=expected.fiscal_year,
        document_kind=expected.document_kind,
        trigger=known.trigger if known else None,
        trigger_basis=known.basis if known else None,
        due_strict=known.strict if known else None,
        due_rolled=known.rolled if known else None,
        published_on=publication.published_on if publication else None,
        first_seen=publication.first_seen if publication else None,
        backdated=publication.absent_on is not None if publication and publication.published_on else None,
        status=status,
        days_late=days,
        disclosure_id=publication.disclosure_id if publication else None,
        note=_note(notes),
    )


def _note(parts: Sequence[Message]) -> str | None:
    """Several reasons as one message, as the dataset keeps it."""
    if not parts:
        return None
    return str(message("clauses", parts=tuple(parts)) if len(parts) > 1 else parts[0])


def _judge_publication(deadline: Due, publication: Publication) -> Judgement:
    day = publication.published_on
    if day is None:
        # Our first capture is an upper bound of the day it appeared: it can prove a body on time, never late.
        seen = _china_day(publication.first_seen)
        if seen is not None and seen <= deadline.strict:
            return DeadlineStatus.ON_TIME, None, [message("captured_before_deadline")]
        return DeadlineStatus.UNKNOWN, None, [message("published_day_not_known")]
    if publication.absent_on is not None:
        return _judge_backdated(deadline, publication, publication.absent_on)
    if day <= deadline.strict:
        return DeadlineStatus.ON_TIME, None, []
    if day <= deadline.rolled:
        return DeadlineStatus.GREY, None, []
    return DeadlineStatus.LATE, (day - deadline.rolled).days, []


def _judge_backdated(deadline: Due, publication: Publication, absent_on: date) -> Judgement:
    """It appeared between the crawl that did not have it and the one that did."""
    seen = _china_day(publication.first_seen) or date.max
    claimed, crawl = str(publication.published_on), str(absent_on)
    note = message("claims_day", day=claimed, crawl=crawl)
    if absent_on > deadline.rolled:
        return DeadlineStatus.LATE, (absent_on - deadline.rolled).days, [note]
    if seen <= deadline.strict:
        return DeadlineStatus.ON_TIME, None, [note]
    if absent_on > deadline.strict and seen <= deadline.rolled:
        return DeadlineStatus.GREY, None, [note]
    note = message("claims_day_around_deadline", day=claimed, crawl=crawl)
    return DeadlineStatus.UNKNOWN, None, [note]


def _judge_absence(
    deadline: Due, as_of: date, crawled_on: date | None, obstacle: Obstacle | None
) -> Judgement:
    if as_of <= deadline.rolled:
        return DeadlineStatus.PENDING, None, []
    if obstacle:
        return DeadlineStatus.UNKNOWN, None, [message("may_be_there"), obstacle.reason]
    if crawled_on is None:
        return DeadlineStatus.UNKNOWN, None, [message("never_crawled_completely")]
    if not deadline.rolled < crawled_on <= as_of:
        reason = message("no_crawl_after_deadline", day=str(crawled_on))
        return DeadlineStatus.UNKNOWN, None, [reason]
    return DeadlineStatus.MISSING, (as_of - deadline.rolled).days, []


def _was_known(publication: Publication, as_of: date) -> bool:
    """Whether it had appeared by the end of `as_of`: by its own date, else by our first sight of it."""
    day = publication.earliest if publication.absent_on is None else _china_day(publication.first_seen)
    return day is None or day <= as_of


def _earliest(publication: Publication) -> tuple[date, str]:
    return publication.earliest or date.max, publication.disclosure_id or ""


def _china_day(moment: datetime | None) -> date | None:
    return moment.astimezone(CHINA).date() if moment else None
