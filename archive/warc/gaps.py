"""What a crawl saw and did not follow.

Invariant: every kind of gap is declared with what it may hide (`GapKind`), and nothing that could hold a
disclosure is left out of a crawl without one. A gap is of one run: what stands between a body and the verdict
*missing* are the gaps of the last visit to the sites where its documents belong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from archive.vocabulary import GapKind, Hides
from parsers.values.messages import Message, Seen, message, seen_of


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing seen and not followed: the columns of `gaps` but for the run.

    `url` is what was not followed (the page itself if that is all there is), `via` the page it was seen on,
    `evidence` what was seen there, as a message or as it stood; `outcome` that of a request for it, if there
    was one. `title` is what its link says, or the list that it belongs to; `body_name`, `fiscal_year` and
    `document_kind` are what that title says: all that it may hide, but for the kind where it hides anything
    of a list, for 部门决算 may hold budgets, too. A gap of several bodies names them with 、 between.
    `asked_on` is the day in China of the earlier look that the visit rests on; what came later may be hidden.
    """

    site_id: str
    kind: GapKind
    url: str
    via: str | None = None
    evidence: Seen | None = None
    outcome: str | None = None
    title: str | None = None
    body_name: str | None = None
    fiscal_year: int | None = None
    document_kind: str | None = None
    asked_on: date | None = None

    @property
    def hides(self) -> Hides:
        """What may be behind it."""
        return self.kind.hides

    @property
    def hides_all(self) -> bool:
        """May it hide an announcement of anybody? What stands in the place of one body's announcements hides
        that body's."""
        return self.hides == "site" and not self.body_name

    @property
    def sentence(self) -> Message:
        """What it is, what was seen, where."""
        what = words_of(self.kind)
        seen: tuple[Seen, ...] = tuple(one for one in (self.outcome, self.evidence) if one)
        if seen:
            return message("gap_seen", what=what, seen=seen, url=self.url)
        return message("gap_at", what=what, url=self.url)


def words_of(kind: GapKind) -> Message:
    """What kind of gap it is."""
    return Message(f"gap_{kind}")


def plain(gap: Gap) -> dict[str, Any]:
    """The gap as a journal writes it: a message as its text."""
    return asdict(gap) | {"evidence": str(gap.evidence) if gap.evidence else None}


def gap_of(values: Mapping[str, Any]) -> Gap:
    """The gap that a journal holds as JSON."""
    return _adapter().validate_python({**values, "evidence": seen_of(values.get("evidence"))})


@cache
def _adapter() -> TypeAdapter[Gap]:
    return TypeAdapter(Gap)
