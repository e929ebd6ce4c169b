"""When a site counts as visited to its end."""

from __future__ import annotations

from datetime import date

import pytest

from archive.warc.captures import Run
from crawler.pages.outcomes import Outcome
from crawler.reports.results import SiteReport
from crawler.reports.totals import Tally
from crawler.sites import Site
from tests.crawler.http.test_recorder import NOON

SITE = Site("610725", "610725", "勉县", "http://www.mianxian.gov.cn/")
RUN = Run("20261122T120000Z-0000aa", NOON, "test", "0")


def reported(
    *answers: tuple[str, bool], interrupted: bool = False, open_requests: int = 0, known: int = 1
) -> SiteReport:
    tally = Tally([SITE])
    site = tally.sites["610725"]
    site.outcome, site.entries, site.known = Outcome("unchanged"), 3, known
    site.open = len(answers) + open_requests
    for number, (outcome, file) in enumerate(answers):
        site.answered(f"http://x/{number}", Outcome(outcome), file)
    return tally.report(RUN, interrupted).sites[0]


@pytest.mark.parametrize("outcome", ["content", "unchanged", "redirect", "missing", "soft_404", "too_large"])
def test_settled_answers_leave_a_site_complete(outcome: str) -> None:
    assert reported((outcome, False)).complete


@pytest.mark.parametrize("outcome", ["blocked", "captcha", "timeout", "error_page", "robots", "dns", "error"])
def test_a_page_without_an_answer_does_not_and_a_file_does(outcome: str) -> None:
    assert not reported((outcome, False)).complete
    file = reported((outcome, True))
    [gap] = file.gaps
    assert file.complete and (gap.kind, gap.url, gap.outcome) == ("file", "http://x/0", outcome)


def test_a_site_that_shows_no_disclosure_is_not_complete_however_much_else_it_shows() -> None:
    empty = reported(("content", False), known=0)
    assert (empty.outcome, empty.complete, empty.entries) == ("listing_empty", False, 3)


def test_an_ending_before_the_end_does_not() -> None:
    assert not reported(("content", False), interrupted=True).complete
    assert not reported(("content", False), open_requests=1).complete


def test_the_state_of_a_site_is_the_same_however_often_it_is_seen() -> None:
    assert reported().outcome == "content"
    assert reported().row.last_outcome == "content" and reported().row.city == "汉中市"


def test_sites_that_share_a_page_share_its_result() -> None:
    other = Site("610726", "610726", "宁强县", SITE.url)
    tally = Tally([SITE, other])
    tally.share([SITE, other])
    tally.sites["610725"].outcome = Outcome("blocked", evidence="412")
    report = tally.report(RUN, interrupted=False)
    assert [(site.site.site_id, site.outcome) for site in report.sites] == [
        ("610725", "blocked"), ("610726", "blocked"),
    ]  # fmt: skip
    assert report.troubled == report.sites


@pytest.mark.parametrize(
    ("announced", "unseen"),
    [(("budget",), {"accounts"}), (("budget", "accounts"), set()), ((None,), set()), ((), set())],
)
def test_a_site_without_any_accounts_has_a_list_that_was_not_found(
    announced: tuple[str | None, ...], unseen: set[str]
) -> None:
    tally = Tally([SITE]).sites["610725"]
    for kind in announced:
        tally.announced(kind, None)
    tally.unseen_kinds(date(2026, 11, 30))
    assert {gap.document_kind for gap in tally.gaps.values() if gap.kind == "no_kind"} == unseen
