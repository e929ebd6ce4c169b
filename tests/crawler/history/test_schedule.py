"""What is asked for again, and when: from journals alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive.warc.captures import Article, Capture, Run, VisitedSite
from crawler.history.looks import Rotation, Schedule
from crawler.history.schedule import History

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)  # in China
PAGE, FILE = "http://a.gov.cn/t1.html", "http://a.gov.cn/P1.pdf"
ARTICLE = Article("a", PAGE, "勉县教育局2026年部门预算", None, attachments=((FILE, "预算.pdf"),))


def capture(url: str, day: float = 0, outcome: str = "content", **rest: object) -> Capture:
    moment = NOON + timedelta(days=day)
    facts = {"sha256": "1", "bytes": 100, **rest} if outcome in ("content", "unchanged") else rest
    return Capture("c", "r", "a", url, moment, 200, outcome, **facts)  # type: ignore[arg-type]


def history(captures: Iterable[Capture], articles: Iterable[Article] = (ARTICLE,), least: int = 0) -> History:
    found = History(Schedule(least=least))
    run = Run("r", NOON, "test", "0", finished_at=NOON, sites=(VisitedSite("a"),), complete_sites=("a",))
    found.add_run(run, captures, articles)
    return found


def again(found: History, day: float) -> list[str]:
    looks = found.looks_again(["a"], NOON + timedelta(days=day), lambda article: True)
    return [url for _, parts in looks for url in parts]


def test_what_was_just_seen_is_left_alone() -> None:
    found = history([capture(PAGE), capture(FILE)])
    assert found.known(PAGE) and found.complete("a") and not found.complete("b")
    assert again(found, 1) == []
    assert again(found, 3) == [PAGE, FILE]  # min_days


def test_what_has_been_stable_is_asked_less_often_and_never_less_than_once_a_month() -> None:
    stable = [
        capture(url, day, "content" if not day else "unchanged") for day in (0, 20) for url in (PAGE, FILE)
    ]
    assert again(history(stable), 20 + 7) == [] and again(history(stable), 20 + 10) == [PAGE, FILE]
    old = [
        capture(url, day, "content" if not day else "unchanged") for day in (0, 900) for url in (PAGE, FILE)
    ]
    assert again(history(old), 900 + 22) == [] and again(history(old), 900 + 30) == [PAGE, FILE]


@pytest.mark.parametrize("outcome", ["timeout", "error_page", "blocked", "given_up"])
def test_what_answered_badly_is_asked_for_in_every_run(outcome: str) -> None:
    assert again(history([capture(PAGE), capture(FILE, 0, outcome)]), 0.01) == [FILE]
    assert again(history([capture(PAGE)]), 0.01) == [FILE]  # never asked for


def test_what_is_missing_is_asked_for_on_three_days_and_then_like_anything_else() -> None:
    days = [capture(PAGE), capture(FILE), capture(PAGE, 1, "missing")]
    assert again(history(days), 1.1) == []
    assert again(history(days), 2) == [PAGE]
    days += [capture(PAGE, 2, "missing"), capture(PAGE, 3, "soft_404"), capture(FILE, 3, "unchanged")]
    assert again(history(days), 4) == []
    assert PAGE in again(history(days), 3 + 10)


def test_some_are_looked_at_in_every_run_the_longest_unseen_first_as_long_as_it_is_cheap() -> None:
    articles = [replace(ARTICLE, url=f"http://a.gov.cn/t{n}.html", attachments=()) for n in range(300)]
    captures = [capture(one.url, n / 1000, etag='"1"') for n, one in enumerate(articles)]
    assert again(history(captures, articles, least=3), 1) == [one.url for one in articles[:3]]
    dear = [replace(one, etag=None) for one in captures]
    assert again(history(dear, articles, least=10), 1) == [
        one.url for one in articles[:3]
    ]  # one in a hundred
    assert again(history(dear[:50], articles[:50], least=10), 1) == []


def test_tokens_and_tracking_make_no_new_document() -> None:
    signed = FILE + "?Expires=1&Signature=abc"
    found = history([capture(PAGE), capture(signed)], [replace(ARTICLE, attachments=((signed, "预算.pdf"),))])
    later = FILE + "?Expires=2&Signature=xyz"
    assert not found.due(later, NOON) and found.archived_as(later) == signed
    assert found.name(later) == "预算.pdf"
    assert found.known(PAGE + "?utm_source=x&spm=1") and not found.known(PAGE + "?id=2")
    assert found.known(PAGE + ";jsessionid=0A1B2C") and not found.known(PAGE + ";id=2")


def dead(days: Iterable[float], outcome: str = "missing") -> list[Capture]:
    """A page that was there on the first day and was not on the others."""
    return [capture(PAGE), *(capture(PAGE, day, outcome) for day in days)]


@pytest.mark.parametrize("outcome", ["missing", "soft_404", "dns"])
def test_what_is_dead_is_asked_for_ever_less_often_and_never_less_than_once_a_month(outcome: str) -> None:
    alone, asked, day = [replace(ARTICLE, attachments=())], [1.0, 2.0, 3.0], 3.0
    pauses = []
    while day < 300:
        found = history(dead(asked, outcome), alone)
        day = next(day + n / 4 for n in range(1, 200) if PAGE in again(found, day + n / 4))
        pauses.append(day - asked[-1])
        asked.append(day)
    assert pauses == sorted(pauses) and pauses[0] <= 2 and pauses[-1] <= 30
    assert len(pauses) <= 16, "and not thirty, as every ten days"
    back = [*dead(asked, outcome), capture(PAGE, 301)]
    assert again(history(back, alone), 302) == [] and again(history(back, alone), 331.1) == [PAGE]


@pytest.mark.parametrize("outcome", ["timeout", "blocked", "captcha", "error_page", "tls"])
def test_what_cannot_be_had_on_three_days_is_asked_for_less_often_and_at_least_every_eight(
    outcome: str,
) -> None:
    alone, asked, day = [replace(ARTICLE, attachments=())], [1.0, 2.0, 3.0], 3.0
    assert history(dead(asked[:2], outcome), alone).dead(PAGE, NOON + timedelta(days=2)) is None
    pauses = []
    while day < 60:
        found = history(dead(asked, outcome), alone)
        assert found.dead(PAGE, NOON + timedelta(days=day + 0.5)) == outcome
        day = next(day + n / 4 for n in range(1, 200) if PAGE in again(found, day + n / 4))
        pauses.append(day - asked[-1])
        asked.append(day)
    assert pauses == sorted(pauses) and pauses[0] <= 2 and pauses[-1] <= 8
    back = history([*dead(asked, outcome), capture(PAGE, 61), capture(PAGE, 62, outcome)], alone)
    assert again(back, 62.1) == [PAGE], "what was there in between counts anew"


def test_a_host_without_an_address_is_not_asked_for_page_by_page() -> None:
    """Ten of its pages failed, and the host was left alone: the others stand with them."""
    captures = [capture(PAGE), capture(FILE)]
    for day in (1, 2, 3):
        captures += [capture(PAGE, day, "dns"), capture(FILE, day, "given_up")]
    captures = [replace(one, status=None) if one.outcome in ("dns", "given_up") else one for one in captures]
    found = history(captures)
    assert again(found, 4) == [] and again(found, 5.1) == [PAGE, FILE]
    assert found.dead(FILE, NOON + timedelta(days=4)) == "dns"
    captures.append(capture("http://a.gov.cn/", 3.5))  # the name resolves again
    assert again(history(captures), 4) == [FILE]


def lists(count: int, day: float = 0.0, via: str = "http://a.gov.cn/") -> list[Capture]:
    return [
        capture(f"http://a.gov.cn/{n}/", day + n / 10_000, referrer=via if n else None) for n in range(count)
    ]


def waiting(captures: Iterable[Capture], day: float, share: float = 0.1) -> set[str]:
    schedule = Schedule(rotation=Rotation(share=share, least=4))
    found = History(schedule)
    run = Run("r", NOON, "test", "0", finished_at=NOON, sites=(VisitedSite("a"),), complete_sites=("a",))
    captures = list(captures)
    found.add_run(run, captures, [ARTICLE])
    moment = NOON + timedelta(days=day)
    return {one.url for one in captures if found.waits("a", one.url, moment)}


def test_lists_take_turns_and_those_that_lead_to_others_are_always_asked() -> None:
    start = capture("http://a.gov.cn/", 0)
    some = [start, *lists(50), capture(PAGE), capture(FILE)]
    first = waiting(some, 1)
    assert start.url not in first and PAGE not in first and "http://a.gov.cn/0/" not in first
    assert 50 - len(first) == 1 + 4  # and one without a referrer, which may be a start
    hub = [replace(one, referrer="http://a.gov.cn/1/") if one.url.endswith("/7/") else one for one in some]
    assert "http://a.gov.cn/1/" not in waiting(hub, 1) and "http://a.gov.cn/1/" not in waiting(some, 1)
    turn, turns = list(some), []
    for day in range(1, 14):
        asked = [one for one in lists(50) if one.url not in waiting(turn, day)]
        turns += [one.url for one in asked[1:]]
        turn += [replace(one, fetched_at=one.fetched_at + timedelta(days=day)) for one in asked]
    assert set(turns) == {one.url for one in lists(50)[1:]}, "thirteen visits see all of them"


def test_a_list_waits_for_no_longer_than_a_month_and_not_where_lists_are_few_or_failed() -> None:
    assert waiting([*lists(50)], 31) == set()
    assert waiting([*lists(5)], 1) == set()
    assert waiting([*lists(50)], 1, share=1.0) == set()
    failed = [replace(one, outcome="timeout", status=None) for one in lists(50)]
    assert waiting(failed, 1) == set()
