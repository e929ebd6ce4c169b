"""What a run reports of sites and platforms that were well before."""

from __future__ import annotations

from datetime import UTC, datetime

from archive.warc.captures import Capture, Run, VisitedSite
from crawler.history.alarms import Measures, Watch, measures

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Visits = dict[str, tuple[str, str, dict[str, int]]]


def told(visits: Visits) -> tuple[list[VisitedSite], list[Capture]]:
    """Rows and captures of a run: by site, its outcome, platform and answers."""
    rows = [
        VisitedSite(site_id, last_outcome=outcome, platform=platform)
        for site_id, (outcome, platform, _) in visits.items()
    ]
    captures = [
        Capture("c", "r", site_id, "http://x/", NOON, 200, outcome)
        for site_id, (_, _, answers) in visits.items()
        for outcome, count in answers.items()
        for _ in range(count)
    ]
    return rows, captures


def alarms(before: Visits, now: Visits, finished: bool = True) -> list[tuple[str, str]]:
    watch = Watch()
    rows, captures = told(before)
    watch.add(Run("first", NOON, "t", "0", NOON if finished else None, sites=tuple(rows)), captures)
    return [(alarm.rule, alarm.about) for alarm in watch.alarms(measures("second", *told(now)))]


def test_a_site_that_was_well_and_is_not() -> None:
    well: Visits = {"a": ("content", "trs", {"content": 5})}
    assert alarms(well, {"a": ("blocked", "trs", {"blocked": 1})}) == [("lost", "a")]
    assert alarms(well, well) == []
    assert alarms(well, {"a": ("not_run", "trs", {})}) == []
    assert alarms(well, {"b": ("blocked", "trs", {})}) == []  # its first visit
    assert alarms({"a": ("blocked", "trs", {})}, {"a": ("dns", "trs", {})}) == []  # no news
    assert alarms(well, {"a": ("blocked", "trs", {})}, finished=False) == []


def test_a_site_whose_answers_got_worse() -> None:
    before: Visits = {"a": ("content", "trs", {"content": 18, "timeout": 2})}
    assert alarms(before, {"a": ("content", "trs", {"unchanged": 6, "timeout": 4})}) == [("worse", "a")]
    assert alarms(before, {"a": ("content", "trs", {"unchanged": 8, "timeout": 2})}) == []
    assert alarms(before, {"a": ("content", "trs", {"unchanged": 2, "timeout": 3})}) == []  # too few to say


def test_a_platform_that_changed_takes_its_sites_along() -> None:
    before: Visits = {name: ("content", "ucap" if name < "e" else "trs", {}) for name in "abcdef"}
    now: Visits = {name: ("listing_changed" if name < "d" else "content", "", {}) for name in "abcdef"}
    assert alarms(before, now) == [("platform", "platform ucap"), ("lost", "a"), ("lost", "b"), ("lost", "c")]


def test_lists_that_show_much_less_than_they_did() -> None:
    watch = Watch()
    watch.add(Run("first", NOON, "t", "0", NOON, sites=()), [])

    def now(**lists: tuple[int, int]) -> list[tuple[str, str]]:
        found = {
            name: Measures("second", "content", "ucap", listed=listed, listed_before=before)
            for name, (listed, before) in lists.items()
        }
        rows = [VisitedSite(name, last_outcome="content", platform="ucap") for name in lists]
        watch.add(Run("first", NOON, "t", "0", NOON, sites=tuple(rows)), [])
        return [(alarm.rule, alarm.about) for alarm in watch.alarms(found)]

    assert now(a=(9, 20)) == [("shrunk", "a")]
    assert now(a=(10, 20), b=(2, 9), c=(30, 20)) == []
    many = now(a=(3, 20), b=(0, 20), c=(9, 40), d=(20, 20))
    assert many == [("shrunk", "platform ucap"), ("shrunk", "a"), ("shrunk", "b"), ("shrunk", "c")]
