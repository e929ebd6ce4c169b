"""What an operator decides about sites is kept in the store, and holds for every command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer import BadParameter

from archive.stores import LocalStore
from crawler.cli.decisions import written
from crawler.jobs.probing import PROBE_SETTINGS
from crawler.jobs.proposals import Advice, Proposal, Proposals, apply, as_table
from crawler.jobs.proposing import propose
from crawler.reports.results import Column, SiteReport
from crawler.sites import OWN, AlreadyRegistered, RegistryError, Site, UnknownSites, load, select
from crawler.sites.decisions import (
    active,
    add,
    add_new,
    all_decisions,
    decide,
    entries,
    expected,
    history,
)
from crawler.sites.edit import read_sites
from parsers.values.errors import UsageError
from tests.crawler.jobs.test_probing import gongkai
from tests.crawler.loopback import Web, serve
from tests.crawler.spiders.crawling import ROOT
from tests.crawler.spiders.test_discovery_crawl import home

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
MIAN = Site("610725", "610725", "勉县", "http://www.mianxian.gov.cn/")


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


def ids(sites: tuple[Site, ...]) -> set[str]:
    return {site.site_id for site in sites}


def test_without_decisions_the_built_in_registry_holds(store: LocalStore) -> None:
    assert active(store) == expected(store) == load()


def test_a_site_of_ones_own_has_an_id_that_no_built_in_site_has(store: LocalStore) -> None:
    first = add(store, Site("610725", "610725", "勉县", "http://a.example/"), "found")
    second = add(store, Site("610725", "610725", "勉县", "http://b.example/"), "found, too")
    assert (first.site_id, second.site_id) == ("own-610725", "own-610725-2")
    assert not any(site.site_id.startswith(OWN) for site in load())
    assert {first, second} <= set(active(store))
    assert select("own", active(store)) == (first, second)
    with pytest.raises(AlreadyRegistered):
        add(store, Site("x", "610725", "勉县", "http://a.example/"), "again")


def test_disabled_sites_are_expected_but_not_visited_and_retired_ones_neither(store: LocalStore) -> None:
    decide(store, "disable", "610725", "captcha since May")
    decide(store, "retire", "610724", "merged")
    assert not {"610725", "610724"} & ids(active(store))
    assert "610725" in ids(expected(store)) and "610724" not in ids(expected(store))
    decide(store, "enable", "610725", "captcha gone")
    assert "610725" in ids(active(store))
    assert [one.action for one in history(store, "610725")] == ["disable", "enable"]


def test_a_replaced_address_leaves_the_id_and_the_package_alone(store: LocalStore) -> None:
    before = load()
    decide(store, "replace", "610725", "moved", url="https://new.example/czyjs/")
    (site,) = (site for site in active(store) if site.site_id == "610725")
    assert site.url == "https://new.example/czyjs/" and load() == before


def test_a_decision_about_no_site_is_refused(store: LocalStore) -> None:
    with pytest.raises(UnknownSites):
        decide(store, "disable", "999999", "?")
    assert all_decisions(store) == ()


def test_a_broken_decision_names_its_object(store: LocalStore) -> None:
    store.create("registry/decisions/20260101T000000000000Z-0.json", b'{"action": "burn"}')
    with pytest.raises(RegistryError, match="20260101T000000000000Z-0"):
        entries(store)


def test_a_file_is_imported_whole_or_not_at_all(store: LocalStore, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("region_code,url,notes\n610725,http://a.example/,n\n610724,ftp://b/,\n", "utf-8")
    with pytest.raises(UsageError, match="line 3"):
        read_sites(path)
    path.write_text(
        'region_code,url,name\n610725,"http://a.example/,n\n610724,http://b.example/,m\n', "utf-8"
    )
    with pytest.raises(UsageError, match=r"line 2: .*quote"):
        read_sites(path)
    path.write_bytes("region_code,url,name\n619999,http://a.example/,无此县\n".encode("gb18030"))
    with pytest.raises(UsageError, match="619999 is not in"):
        read_sites(path)
    path.write_text("region_code,url\n610725,http://a.example/\n610724,http://b.example/\n", "utf-8")
    made = add_new(store, read_sites(path), "a list of ours")
    assert [(site.site_id, site.name) for site in made] == [("own-610725", "勉县"), ("own-610724", "西乡县")]
    path.write_text("region_code,url\n610725,http://a.example/\n" + 2 * "610723,http://c.example/\n", "utf-8")
    assert [site.site_id for site in add_new(store, read_sites(path), "grown")] == ["own-610723"]
    decide(store, "replace", "own-610723", "moved", url="http://d.example/")
    assert add_new(store, read_sites(path), "it was registered under its old address") == ()
    assert len(all_decisions(store)) == 4


def seen(*columns: Column, outcome: str = "content") -> SiteReport:
    landed = columns[0].way[0] if columns else ""
    return SiteReport(MIAN, outcome, "", True, "trs", 1, 3, 0, 0, (), columns=columns, landed=landed)


def column(url: str, entries: int, newest: date | None) -> Column:
    return Column(url, "预决算公开", "trs", entries, newest, ("http://www.mianxian.gov.cn/", url))


def test_a_living_list_elsewhere_is_proposed_and_applied(store: LocalStore) -> None:
    found = propose(seen(column("http://www.mianxian.gov.cn/czyjs/", 12, date(2026, 10, 1))), NOW)
    assert (found.advice, found.confidence, found.entries) == ("replace", "high", 12)
    store.create(f"registry/probes/610725/{NOW:%Y%m%dT%H%M%S%f}Z.json", found.model_dump_json().encode())
    assert Proposals(store).standing([MIAN]) == (found,)
    (made,) = apply(store, [MIAN])
    assert made.url == "http://www.mianxian.gov.cn/czyjs/" and "12 entries" in made.reason
    assert apply(store, [site for site in active(store) if site.site_id == "610725"]) == ()  # done already
    assert Proposals(store).standing(active(store)) == (), "it was about the address of before"


def test_an_address_that_redirects_is_replaced_by_where_it_leads() -> None:
    there = "https://new.mianxian.gov.cn/czyjs/"
    found = propose(replace(seen(column(there, 12, date(2026, 10, 1))), landed=there), NOW)
    assert (found.advice, found.proposed_url) == ("replace", there)
    secure = replace(seen(), landed="https://www.mianxian.gov.cn/", columns=(
        column("https://www.mianxian.gov.cn/", 12, date(2026, 10, 1)),
        column("https://www.mianxian.gov.cn/b/", 12, date(2026, 10, 1)),
    ))  # fmt: skip
    assert propose(secure, NOW).advice == "keep", "a change to https alone is not a move"


@pytest.mark.parametrize(
    ("report", "advice"),
    [
        (seen(outcome="timeout"), "look"),
        (seen(column("http://www.mianxian.gov.cn/old/", 40, date(2019, 5, 1))), "look"),
        (seen(column("http://www.mianxian.gov.cn/a/", 2, None)), "look"),
    ],
)
def test_what_is_not_a_living_list_needs_a_person(report: SiteReport, advice: str) -> None:
    assert propose(report, NOW).advice == advice


def test_proposals_that_need_a_person_come_first() -> None:
    advised: tuple[tuple[str, Advice], ...] = (("1", "keep"), ("2", "replace"), ("3", "look"))
    made = [
        Proposal(site_id=site, name="", url=None, probed_at=NOW, outcome="content", detail="", advice=advice)
        for site, advice in advised
    ]
    shown = as_table(made)
    assert shown.column("site_id").to_pylist() == ["3", "2", "1"]
    assert shown.column("why").to_pylist() == ["no list of disclosures was found", "", ""]


def interrupted(web: Web, held: str, *args: str) -> None:
    """A command that is interrupted while a page is under way."""
    answer = web.held[held] = threading.Event()
    heeding = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(
        [sys.executable, ROOT / "gongkai.py", *args], start_new_session=True, preexec_fn=heeding
    ) as running:
        while held not in web.paths and running.poll() is None:
            time.sleep(0.01)
        os.killpg(running.pid, signal.SIGINT)
        answer.set()
        assert running.wait(60) == 4


def test_probe_proposals_apply_and_list_through_the_front_door(tmp_path: Path) -> None:
    assert PROBE_SETTINGS["GONGKAI_MAX_ARTICLES"] == 0
    store, own = tmp_path / "store", tmp_path / "own.csv"
    with serve(home()) as web:
        own.write_text(f"region_code,url\n610725,{web.url}/\n", "utf-8")
        imported = gongkai("sites", "import", own, "--store", store)
        assert imported.returncode == 0, imported.stderr
        interrupted(web, "/zwgk/fdzdgknr/czxx/", "sites", "probe", "own-610725", "--store", str(store))
        probed = gongkai("sites", "probe", "own-610725", "--store", store)
        assert [path for path, count in Counter(web.paths).items() if count > 1] in ([], list(web.held))
        again = gongkai("sites", "probe", "own-610725", "--store", store)
        shown = gongkai("sites", "proposals", "own-610725", "--format", "csv", "--store", store)
        applied = gongkai("sites", "apply", "own-610725", "--confidence", "low", "--store", store)
        disabled = gongkai("sites", "disable", "own-610725", "--reason", "test", "--store", store)
        listed = gongkai("sites", "list", "own-610725", "--format", "csv", "--store", store)
        lines = gongkai("sites", "list", "5116", "--store", store).stdout.splitlines()
        story = gongkai("sites", "history", "own-610725", "--format", "csv", "--store", store)
    assert len(lines) > 2 and max(map(cell_len, lines)) <= 120
    assert "probed: 1;" in probed.stderr
    assert "probed: 0;" in again.stderr and "probed in the last 30 days: 1" in again.stderr
    assert f"{web.url}/zwgk/fdzdgknr/czxx/czyjs/" in shown.stdout
    assert applied.returncode == disabled.returncode == 0, applied.stderr
    with pytest.raises(BadParameter, match="a reason is needed"):
        written(" ")
    assert "disabled" in listed.stdout
    assert story.stdout.splitlines()[1].split(",")[1] == "add"
