"""What a run saw of documents: which bytes, under which name, announced by which article.

Invariant: a sighting leads to bytes in the archive; an attachment that could not be had is reported as such.
What a run saw follows from its journals and those of earlier runs, never from the order of their reading.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from archive.history.archived import Known
from archive.ids import is_front_page
from archive.vocabulary import CHALLENGED, GONE, GOOD, CaptureOutcome, State
from archive.warc.captures import Article, Capture, Run
from archive.warc.writer import Location
from parsers.values.media import HTML
from parsers.values.results import Hints

_FEW = 2
"""So many pages of one host may be taken down on one day."""
_MORE = 4
"""Or fewer than one for so many that are there: of more, a part of the host is broken."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """Archived bytes that may be a document, and the address they were found at. A `page` counts as one only
    if it holds budget tables or, where it is `alone` and leads to no file, states the budget in its text."""

    location: Location
    url: str
    hints: Hints
    page: bool = False
    alone: bool = False

    @property
    def name(self) -> str | None:
        """What the file is called: as its announcement or the answer called it, else as its address ends."""
        return self.hints.file_name or _name(self.url) or None


@dataclass(frozen=True, slots=True)
class Announcement:
    """An article as one run saw it: its capture, the files it leads to in its order, and what is missing.

    `missing` are (url, outcome) of attachments of which no version is archived; `withdrawn` the captures that
    show the first attachment to be gone that is (see `archive.history.archived`).
    """

    article: Article
    capture: Capture | None
    region_code: str | None
    sightings: tuple[Sighting, ...]
    missing: tuple[tuple[str, str], ...]
    withdrawn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lost:
    """An address that did not show what it did. `target` is where it redirects to, if it moved; `changed` is
    one that is gone while its files are there."""

    state: State
    capture: Capture
    evidence: tuple[str, ...]
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything one run saw. `lost` are addresses that answered badly or redirect, by address, `with_files`
    pages of which a file answered well. A run of the dataset has no `captures`: a million would be held."""

    run: Run
    captures: tuple[Capture, ...]
    announcements: tuple[Announcement, ...]
    local_files: tuple[Sighting, ...]
    lost: Mapping[str, Lost]
    with_files: frozenset[str]

    def of(self, groups: Container[str]) -> Seen:
        """What it saw of some announcements, by address, and local files, by hash."""
        return replace(
            self,
            announcements=tuple(one for one in self.announcements if one.article.url in groups),
            local_files=tuple(one for one in self.local_files if one.location.sha256 in groups),
            lost={url: lost for url, lost in self.lost.items() if url in groups},
        )

    def groups(self) -> list[tuple[str, Sequence[Sighting]]]:
        """The files as they are looked at: those of an article together, by its address; local ones alone."""
        announced = [(found.article.url, found.sightings) for found in self.announcements]
        return [*announced, *((found.location.sha256, (found,)) for found in self.local_files)]

    def sightings(self) -> Iterator[Sighting]:
        """All of them, in the order in which they are read."""
        return (sighting for _, group in self.groups() for sighting in group)


def seen_by(
    run: Run,
    captures: Sequence[Capture],
    articles: Sequence[Article],
    known: Known,
    find: Callable[[str], Capture | None],
) -> Seen:
    """What a run saw. `known` must hold all earlier runs; the captures of this one are added to it.

    `find` gives the captures of earlier runs by id: a run that goes on where a killed one stopped does not
    ask again for what that one archived.
    """
    for capture in captures:
        known.add(capture)
    own = {capture.capture_id: capture for capture in captures}
    failing = _failing_hosts(articles, known)
    regions = {site.site_id: site.region_code for site in run.sites}

    def announcement(article: Article) -> Announcement:
        capture = own.get(article.capture_id or "") or (
            find(article.capture_id) if article.capture_id else None
        )
        region = article.region_code or regions.get(article.site_id or "")
        sightings, lacking = _sightings(article, capture, region, known, failing)
        missing = tuple((url, known.trouble(known.end(url)) or CaptureOutcome.NOT_RUN) for url in lacking)
        absences = (known.absence(url) for url, _ in article.attachments if _host(url) not in failing)
        withdrawn = next((absence.evidence for absence in absences if absence), ())
        return Announcement(article, capture, region, sightings, missing, withdrawn)

    def strayed(article: Article) -> bool:
        """Is this a front page, taken for an article that redirects there?"""
        referrer = own[article.capture_id].referrer if article.capture_id in own else None
        return is_front_page(article.url) and referrer is not None and known.end(referrer) != referrer

    files = (c for c in captures if c.url.startswith("file:///") and c.sha256 is not None)
    with_files = _with_files(captures)
    return Seen(
        run=run,
        captures=tuple(captures),
        announcements=tuple(announcement(one) for one in _once(articles) if not strayed(one)),
        local_files=tuple(_local(capture, known) for capture in files),
        lost=dict(_lost(captures, known, with_files, _silent_hosts(articles, captures, known))),
        with_files=with_files,
    )


def _once(articles: Iterable[Article]) -> Iterator[Article]:
    """Each article once, as it was announced last, with the files of every time: what a run saw of an address
    is one sight."""
    found: dict[str, Article] = {}
    for one in articles:
        earlier = found.get(one.url)
        files = {} if earlier is None else dict(earlier.attachments)
        found[one.url] = replace(one, attachments=tuple((files | dict(one.attachments)).items()))
    yield from found.values()


def missing_of(runs: Iterable[Seen]) -> dict[str, set[tuple[str, str]]]:
    """The attachments that the last sight of an article lacks, with their outcomes, by its address. What an
    interrupted run has not asked for does not count: the next one asks."""
    last = {one.article.url: (run.run, one) for run in runs for one in run.announcements}
    return {
        address: {
            (url, outcome)
            for url, outcome in one.missing
            if run.finished_at or outcome != CaptureOutcome.NOT_RUN
        }
        for address, (run, one) in last.items()
    }


def _failing_hosts(articles: Sequence[Article], known: Known) -> frozenset[str]:
    """The hosts that have lost the files of several announcements that link them still: the service that
    gives them out has moved or is down, and nothing of it was withdrawn."""
    lost = Counter[str]()
    for article in articles:
        held = (url for url, _ in article.attachments if known.archived(url))
        lost.update({_host(url) for url in held if known.trouble(known.end(url)) in GONE})
    return frozenset(host for host, count in lost.items() if count > 1)


def _silent_hosts(articles: Sequence[Article], captures: Sequence[Capture], known: Known) -> frozenset[str]:
    """The hosts that had none of several pages that were there before, for some that they have."""
    read = {article.url for article in articles}
    gone = {one.url: one for one in captures if one.outcome in GONE and known.version(one.url)}
    lost = Counter(_host(url) for url, one in gone.items() if one.referrer not in gone.keys() | read)
    there = Counter(map(_host, read))
    return frozenset(host for host, count in lost.items() if count > max(_FEW, there[host] // _MORE))


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _sightings(
    article: Article, capture: Capture | None, region: str | None, known: Known, failing: Container[str]
) -> tuple[tuple[Sighting, ...], list[str]]:
    """The archived files of an article, its page first, and the addresses of those that are not archived. A
    file that is known to be gone is not a sight, though the archive has it, unless its host is failing."""
    hints = Hints(article_title=article.title, body_name=article.body_name, region_code=region)
    found: dict[str, Sighting] = {}
    # A list that links the file itself stands in for the article; it is not one of its pages.
    if capture and known.end(article.url) == known.end(capture.url):
        page = known.archived(capture.url)
        if page:
            is_page = capture.media_type in (None, HTML)
            name = None if is_page else _name(article.url)
            alone = is_page and not article.attachments
            found[page.sha256] = Sighting(page, article.url, replace(hints, file_name=name), is_page, alone)
    lacking = []
    for url, name in article.attachments:
        location = known.archived(url)
        if location is None:
            lacking.append(url)
        elif _host(url) in failing or known.absence(url) is None:
            found.setdefault(
                location.sha256, Sighting(location, url, replace(hints, file_name=name or _name(url)))
            )
    return tuple(found.values()), lacking


def _local(capture: Capture, known: Known) -> Sighting:
    assert capture.sha256 is not None
    location = known.by_sha256(capture.sha256)
    assert location is not None, "a local file is a payload of its own or a known one"
    return Sighting(location, capture.url, Hints(file_name=_name(capture.url)))


def _name(url: str) -> str:
    return unquote(urlsplit(url).path).rpartition("/")[2]


def _with_files(captures: Sequence[Capture]) -> frozenset[str]:
    """The pages whose files answered well: files are asked for with their page as the referrer."""
    files = (one for one in captures if one.outcome in GOOD and one.media_type != HTML)
    return frozenset(one.referrer for one in files if one.referrer)


def _lost(
    captures: Sequence[Capture], known: Known, with_files: frozenset[str], silent: Container[str]
) -> Iterator[tuple[str, Lost]]:
    files_gone = {one.referrer for one in captures if one.outcome in GONE}
    for capture in captures:
        url, end = capture.url, known.end(capture.url)
        if capture.outcome in CHALLENGED:
            yield url, Lost(State.BLOCKED, capture, (capture.capture_id,))
        elif capture.outcome in GONE or capture.outcome == CaptureOutcome.REDIRECT:
            absence = known.absence(url) if _host(url) not in silent else None
            if absence and url in with_files:
                yield url, Lost(State.CHANGED, capture, absence.evidence)
            elif absence and (end == url or url in files_gone):
                # Where another page stands in its place, only its files show that it is gone.
                yield url, Lost(absence.state, capture, absence.evidence)
            elif end != url and known.version(end) and known.trouble(end) is None:
                yield url, Lost(State.MOVED, capture, (capture.capture_id,), end)
