"""What a crawl saw and did not follow.

Invariant: every kind of gap is declared in `gaps.yaml` with what it may hide, and nothing that could hold a
disclosure is left out of a crawl without one. A gap is of one run: what stands between a body and the verdict
*missing* are the gaps of the last visit to the sites where its documents belong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

from archive.rendering.messages import catalogue
from parsers.values.load import Knowledge, knowledge
from parsers.values.messages import Message, Seen, message, seen_of

Hides = Literal["site", "announcement", "other_years", "older", "later"]


@dataclass(frozen=True, slots=True)
class GapKind:
    """One word of the vocabulary: what may be hidden, and the sentence in both languages."""

    name: str
    hides: Hides
    about: str
    zh: str


class _Kind(Knowledge):
    hides: Hides


@cache
def gap_kinds() -> Mapping[str, GapKind]:
    """The vocabulary by name."""
    entries = knowledge("archive.warc", "gaps.yaml", dict[str, _Kind])
    texts = {name: catalogue()[f"gap_{name}"] for name in entries}
    return {name: GapKind(name, kind.hides, texts[name].en, texts[name].zh) for name, kind in entries.items()}


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing seen and not followed: the columns of `gaps` but for the run.

    `url` is what was not followed (the page itself if that is all there is), `via` the page it was seen on,
    `evidence` what was seen there, as a message or as it stood; `outcome` that of a request for it, if there
    was one. `title` is what its link says; `body_name`, `fiscal_year` and `document_kind` are what that title
    says. A gap of several bodies names them with 、 between.
    `asked_on` is the day in China of the earlier look that the visit rests on; what came later may be hidden.
    """

    site_id: str
    kind: str
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
        return gap_kinds()[self.kind].hides

    @property
    def sentence(self) -> Message:
        """What it is, what was seen, where."""
        what = Message(f"gap_{self.kind}")
        seen: tuple[Seen, ...] = tuple(one for one in (self.outcome, self.evidence) if one)
        if seen:
            return message("gap_seen", what=what, seen=seen, url=self.url)
        return message("gap_at", what=what, url=self.url)


def plain(gap: Gap) -> dict[str, Any]:
    """The gap as a journal writes it: a message as its text."""
    return asdict(gap) | {"evidence": str(gap.evidence) if gap.evidence else None}


def gap_of(values: Mapping[str, Any]) -> Gap:
    """The gap that a journal holds as JSON."""
    return _adapter().validate_python({**values, "evidence": seen_of(values.get("evidence"))})


@cache
def _adapter() -> TypeAdapter[Gap]:
    return TypeAdapter(Gap)
