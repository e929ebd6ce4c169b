"""When a host is left alone, and when it is asked again."""

from __future__ import annotations

import pytest

from crawler.http.hosts import Hosts, Patience

HOST = "a.gov.cn"


def failing(hosts: Hosts, times: int, now: float = 0, outcome: str = "timeout", kind: str = "") -> None:
    for _ in range(times):
        assert hosts.why_not(HOST, now) is None
        hosts.note_answer(HOST, outcome, kind, 0, now)


def test_a_host_that_keeps_failing_is_left_alone_and_then_tried_once() -> None:
    hosts = Hosts(Patience(failures=3, rest=60))
    failing(hosts, 3)
    assert "3 times in a row" in (hosts.why_not(HOST, 59) or "")
    assert hosts.why_not("b.gov.cn", 0) is None
    assert hosts.why_not(HOST, 60) is None  # this one finds out
    assert hosts.why_not(HOST, 61)
    hosts.note_answer(HOST, "timeout", "", 0, 61)
    assert hosts.why_not(HOST, 119) and hosts.why_not(HOST, 121) is None
    hosts.note_answer(HOST, "content", "", 10, 122)
    failing(hosts, 2, 123)
    assert hosts.why_not(HOST, 124) is None


def test_an_answer_in_between_starts_the_count_again() -> None:
    hosts = Hosts(Patience(failures=3))
    failing(hosts, 2)
    hosts.note_answer(HOST, "missing", "http", 0, 0)
    failing(hosts, 2)
    assert hosts.why_not(HOST, 0) is None


@pytest.mark.parametrize(
    ("outcome", "kind", "counts"),
    [
        ("error_page", "server", True),
        ("error_page", "not_the_file", False),
        ("blocked", "412", True),
        ("refused", "", True),
        ("missing", "http", False),
        ("unchanged", "304", False),
    ],
)
def test_what_counts_as_a_failure_of_the_host(outcome: str, kind: str, counts: bool) -> None:
    hosts = Hosts(Patience(failures=2))
    failing(hosts, 2, outcome=outcome, kind=kind)
    assert bool(hosts.why_not(HOST, 0)) is counts


def test_what_was_not_asked_says_nothing_about_the_host() -> None:
    hosts = Hosts(Patience(failures=2))
    failing(hosts, 2)
    hosts.note_answer(HOST, "given_up", "", 0, 1)
    assert hosts.why_not(HOST, 1)


def test_a_host_has_a_budget_of_requests_and_of_bytes() -> None:
    hosts = Hosts(Patience(requests=2))
    assert [bool(hosts.why_not(HOST, 0)) for _ in range(3)] == [False, False, True]
    hosts = Hosts(Patience(bytes=100))
    hosts.note_answer(HOST, "content", "", 100, 0)
    assert "100 bytes" in (hosts.why_not(HOST, 0) or "")
