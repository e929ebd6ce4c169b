"""What a run leaves beside its WARC files: its captures, the articles it found, and the run itself.

Invariant: a value written to a journal reads back equal, and every exchange of a run is in exactly one
journal, whether an answer came or not.

In the store, under `cdx/`:

- `<run>.cdxj`: the exchanges a replay tool can show, in the form of `archive.warc.cdxj`;
- `<run>.unreplayed.jsonl`: the others: requests without an answer (no address, timeout, robots.txt)
  have no WARC record, and of a 304 a replay tool would show an empty page;
- `<run>.articles.jsonl`: the announcements found;
- `<run>.run.json`: the run. It is written last: a run whose `run.json` is there is there as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any

from archive import CHINA
from archive.vocabulary import CaptureOutcome, State
from archive.warc import cdxj
from archive.warc.gaps import Gap, gap_of, plain

CDXJ = ".cdxj"
UNREPLAYED = ".unreplayed.jsonl"
ARTICLES = ".articles.jsonl"
RUN = ".run.json"


def journal_key(run_id: str, suffix: str) -> str:
    """The key of one journal of a run in the store."""
    return f"cdx/{run_id}{suffix}"


@dataclass(frozen=True, slots=True)
class Capture:
    """One exchange: the columns of `captures`, and where its payload is.

    `warc_…` is the record of this exchange, null if no answer came. `payload_…` is the record that holds the
    payload: another one for a revisit. `digest` is the SHA-256 of the body as received (hex), `sha256` of the
    payload (see `archive.warc.records`).
    """

    capture_id: str
    run_id: str
    site_id: str | None
    url: str
    fetched_at: datetime
    status: int | None = None
    outcome: str | None = None
    media_type: str | None = None
    bytes: int | None = None
    sha256: str | None = None
    warc_path: str | None = None
    warc_offset: int | None = None
    warc_length: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    referrer: str | None = None
    digest: str | None = None
    payload_path: str | None = None
    payload_offset: int | None = None
    payload_length: int | None = None

    @property
    def replayable(self) -> bool:
        """True if a replay tool can show it."""
        return self.warc_path is not None and self.status != HTTPStatus.NOT_MODIFIED

    @property
    def revisit(self) -> bool:
        """True if the payload is in another record."""
        return (self.payload_path, self.payload_offset) != (self.warc_path, self.warc_offset)


_NAMES = tuple(item.name for item in fields(Capture))


ARTICLE_DAYS = ("published_on", "approved_on")


@dataclass(frozen=True, slots=True)
class Article:
    """An announcement as the crawler saw it. `attachments` are (url, name) in the order of the page.

    `capture_id` is the capture of the article page; `state` what the visit found, see `disclosures.state`.
    `approved_…` is what the page decides, if it is a decision (决议) that says so; see
    `parsers.cover.approvals`.
    `body_name`, `fiscal_year` and `document_kind` are what title and list say, None where they are silent;
    `list_heading` is what that list is about.
    """

    site_id: str | None
    url: str
    title: str | None
    capture_id: str | None
    published_on: date | None = None
    published_basis: str | None = None
    attachments: tuple[tuple[str, str | None], ...] = ()
    body_name: str | None = None
    region_code: str | None = None
    state: State = State.LIVE
    approved_act: str | None = None
    approved_year: int | None = None
    approved_on: date | None = None
    fiscal_year: int | None = None
    document_kind: str | None = None
    list_heading: str | None = None


@dataclass(frozen=True, slots=True)
class VisitedSite:
    """A site of a run: the columns of `sites`, with the outcome of the run."""

    site_id: str
    region_code: str | None = None
    province: str | None = None
    city: str | None = None
    county: str | None = None
    name: str | None = None
    url: str = ""
    platform: str | None = None
    last_outcome: str | None = None

    @property
    def visited(self) -> bool:
        """Whether the run reached it."""
        return self.last_outcome != CaptureOutcome.NOT_RUN


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `sites` are those it was to visit, with its outcome in `last_outcome`; `complete_sites`
    are the ids of those it visited to the end, the only ones where something can be found *missing*. `stated`
    is what the operator says of every document of the run: headline fields that overrule all others.
    `gaps` are what it saw on its sites and did not follow."""

    run_id: str
    started_at: datetime
    command: str
    version: str
    finished_at: datetime | None = None
    outcomes: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    sites: tuple[VisitedSite, ...] = ()
    complete_sites: tuple[str, ...] = ()
    stated: Mapping[str, Any] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()

    def finished(self, moment: datetime) -> Run:
        """The same run at its end."""
        return replace(self, finished_at=moment)

    def of(self, sites: Container[str | None]) -> Run:
        """The run as if it had visited these sites alone."""
        return replace(
            self,
            sites=tuple(one for one in self.sites if one.site_id in sites),
            complete_sites=tuple(one for one in self.complete_sites if one in sites),
            gaps=tuple(one for one in self.gaps if one.site_id in sites),
        )

    def complete_days(self) -> dict[str, date]:
        """Of each complete visit, the day in China as of which it knows the site: that on which the run
        began, or an earlier one if some of its lists were asked for only then."""
        days = dict.fromkeys(self.complete_sites, self.started_at.astimezone(CHINA).date())
        for gap in self.gaps:
            if gap.asked_on and gap.site_id in days:
                days[gap.site_id] = min(days[gap.site_id], gap.asked_on)
        return days


def capture_to_cdxj(capture: Capture) -> str:
    """The replay line of an exchange that has a WARC record."""
    assert capture.warc_path is not None
    replay = replay_fields(capture, capture.warc_path.removeprefix(cdxj.WARC_ROOT), capture.warc_offset)
    ours = {
        name: value for name, value in _plain(capture).items() if name not in replay and value is not None
    }
    return cdxj.line(cdxj.surt(capture.url), capture.fetched_at, {**replay, **ours})


def replay_fields(capture: Capture, file_name: str, offset: int | None) -> dict[str, str]:
    """What a replay tool must know of an exchange whose record is in a file at an offset."""
    return {
        "url": capture.url,
        "mime": "warc/revisit" if capture.revisit else capture.media_type or "unk",
        "status": "-" if capture.status is None else str(capture.status),
        "digest": f"sha256:{capture.digest}",
        "length": str(capture.warc_length),
        "offset": str(offset),
        "filename": file_name,
    }


def capture_from_cdxj(text: str) -> Capture:
    """The capture of a line that `capture_to_cdxj` wrote."""
    values = cdxj.values(text)
    return _capture({**values, "digest": str(values["digest"]).removeprefix("sha256:")})


def capture_to_json(capture: Capture) -> str:
    """One line of JSON."""
    return _dump(_plain(capture))


def capture_from_json(text: str) -> Capture:
    """The capture of a line that `capture_to_json` wrote."""
    return _capture(json.loads(text))


def article_to_json(article: Article) -> str:
    """One line of JSON; attachments are objects with `url` and `name`."""
    values = asdict(article)
    for name in ARTICLE_DAYS:
        values[name] = values[name] and values[name].isoformat()
    values["attachments"] = [{"url": url, "name": name} for url, name in article.attachments]
    return _dump(values)


def article_from_json(text: str) -> Article:
    """The article of a line that `article_to_json` wrote."""
    values = json.loads(text)
    for name in ARTICLE_DAYS:
        day = values.get(name)
        values[name] = day and date.fromisoformat(day)
    values["attachments"] = tuple((found["url"], found["name"]) for found in values["attachments"])
    return Article(**values)


def run_to_json(run: Run) -> bytes:
    """The content of `run.json`."""
    values = asdict(run) | {"started_at": _instant(run.started_at), "finished_at": _instant(run.finished_at)}
    values["gaps"] = list(map(plain, run.gaps))
    text = json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True, default=date.isoformat)
    return (text + "\n").encode()


def run_from_json(data: bytes) -> Run:
    """The run that `run_to_json` wrote."""
    values = json.loads(data)
    for name in ("started_at", "finished_at"):
        values[name] = values[name] and datetime.fromisoformat(values[name])
    for name in ("errors", "complete_sites"):
        values[name] = tuple(values[name])
    values["sites"] = tuple(VisitedSite(**site) for site in values["sites"])
    values["gaps"] = tuple(map(gap_of, values.get("gaps", ())))
    return Run(**values)


def lines_of(data: bytes) -> Iterable[str]:
    """The whole lines of a journal; a line torn by a kill is not one."""
    return [line.decode() for line in data.split(b"\n")[:-1] if line]


def _capture(values: Mapping[str, Any]) -> Capture:
    found: dict[str, Any] = {name: values.get(name) for name in _NAMES}
    found["status"] = None if found["status"] in (None, "-") else int(found["status"])
    found["fetched_at"] = datetime.fromisoformat(values["fetched_at"])
    return Capture(**found)


def _plain(capture: Capture) -> dict[str, Any]:
    # Twice for every capture: `asdict` would copy deeply, though nothing is nested.
    return {name: getattr(capture, name) for name in _NAMES} | {"fetched_at": _instant(capture.fetched_at)}


def _instant(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None


def _dump(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)
