"""The sites that are visited and the runs that visited them: health, gaps, history, and what probes propose.

Invariant: everything on these pages follows from captures, gaps and runs of the snapshot shown, and from what
was decided about a site; one that was never visited says so. The pages change nothing: each proposal names
the command that does.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.responses import Response

from archive.dataset.rows.crawl import GapRow
from archive.monitoring.verdicts import region_prefixes
from archive.rendering.messages import sentence
from archive.warc.gaps import words_of
from archive.web.data import queries
from archive.web.data.registry import ADVICE, SET_ASIDE, SetAside
from archive.web.data.results import ListedRun, ListedSite, SiteVisited
from archive.web.view.templating import page
from archive.web.view.visit import Visit

ROWS = 50
MOST_RUNS = 100
MOST_VISITS = 30
STATES = ("unread", "gaps", "named", "complete", "never", *SET_ASIDE)
"""Of the last visit: `named` left aside only what its gaps name, `complete` nothing."""
_SITES = """
    WITH visits AS (
        SELECT site_id, max(run_id) AS run_id, max(fetched_at) AS last_visit,
               max(fetched_at) FILTER (outcome IN ('content', 'unchanged')) AS last_success
        FROM {captures} WHERE site_id IS NOT NULL GROUP BY site_id),
    gaps AS (SELECT site_id, run_id, count(*) AS gaps FROM {gaps} GROUP BY ALL),
    complete AS (SELECT run_id, unnest(complete_sites) AS site_id, true AS complete FROM {runs}),
    found AS (
        SELECT site_id, count(*) AS disclosures, max(published_on) AS newest
        FROM {disclosures} WHERE site_id IS NOT NULL AND state <> 'moved' GROUP BY site_id),
    listed AS (
        SELECT s.*, v.run_id, f.newest,
               coalesce(g.gaps, 0) AS gaps, coalesce(f.disclosures, 0) AS disclosures,
               strftime(v.last_visit AT TIME ZONE 'Asia/Shanghai', '%Y-%m-%d %H:%M +08:00') AS last_visit,
               strftime(v.last_success AT TIME ZONE 'Asia/Shanghai', '%Y-%m-%d %H:%M +08:00') AS last_success,
               CASE WHEN v.run_id IS NULL THEN 'never' WHEN s.last_outcome NOT IN ('content', 'unchanged')
               THEN 'unread' WHEN c.complete IS NULL THEN 'gaps' WHEN g.gaps > 0 THEN 'named'
               ELSE 'complete' END AS state
        FROM {sites} s LEFT JOIN visits v USING (site_id)
        LEFT JOIN gaps g ON g.site_id = s.site_id AND g.run_id = v.run_id
        LEFT JOIN complete c ON c.site_id = s.site_id AND c.run_id = v.run_id
        LEFT JOIN found f ON f.site_id = s.site_id)
    SELECT * FROM listed WHERE
"""
_ORDER = " ORDER BY region_code, site_id"
_VISITS = """
    SELECT run_id, count(*) AS requests,
           strftime(min(fetched_at) AT TIME ZONE 'Asia/Shanghai', '%Y-%m-%d %H:%M +08:00') AS began,
           count(*) FILTER (outcome NOT IN ('content', 'unchanged', 'redirect')) AS other,
           CASE WHEN run_id NOT IN (SELECT run_id FROM {runs} WHERE list_contains(complete_sites, ?))
           THEN 'gaps' WHEN run_id IN (SELECT run_id FROM {gaps} WHERE site_id = ?)
           THEN 'named' ELSE 'complete' END AS state
    FROM {captures} WHERE site_id = ? GROUP BY run_id ORDER BY run_id DESC LIMIT ?
"""
_OUTCOMES = """
    SELECT outcome, count(*) AS n FROM {captures} WHERE site_id = ? AND run_id = ?
    GROUP BY outcome ORDER BY n DESC, outcome
"""
_GAPS = "SELECT * FROM {gaps} WHERE site_id = ? AND run_id = ? ORDER BY gap_id LIMIT 200"
_RUNS = """
    WITH ended AS (SELECT run_id, unnest(complete_sites) AS site_id FROM {runs}),
    whole AS (
        SELECT run_id, count(*) AS n FROM ended ANTI JOIN {gaps} USING (run_id, site_id) GROUP BY run_id)
    SELECT run_id, command, version, outcomes, errors, coalesce(n, 0) AS complete,
           strftime(started_at AT TIME ZONE 'Asia/Shanghai', '%Y-%m-%d %H:%M +08:00') AS began,
           strftime(finished_at AT TIME ZONE 'Asia/Shanghai', '%Y-%m-%d %H:%M +08:00') AS ended,
           (SELECT count(*) FROM {gaps} g WHERE g.run_id = r.run_id) AS gaps
    FROM {runs} r LEFT JOIN whole USING (run_id) ORDER BY run_id DESC LIMIT ?
"""
CONFIDENCES = ("high", "medium", "low")


def sites_page(visit: Visit) -> Response:
    """The registered sites that runs were to visit, in the order of STATES."""
    start, state, region = visit.start, visit.parameter("state"), visit.parameter("region")
    prefixes = region_prefixes(region)
    where = queries.starting("coalesce(region_code, '')", prefixes)
    listed = visit.version.ask(ListedSite, _SITES + where + _ORDER, *prefixes)
    aside = visit.registry.set_aside()
    never = {one: row for one, row in aside.items() if (row.region_code or "").startswith(prefixes)}
    for row in listed:
        never.pop(row.site_id, None)
    rows = [replace(row, state=aside[row.site_id].status) if row.site_id in aside else row for row in listed]
    rows += map(_unvisited, never.values())
    counts = Counter(row.state for row in rows)
    if state in STATES:
        rows = [row for row in rows if row.state == state]
    rows.sort(key=lambda row: STATES.index(row.state))
    return page(
        visit,
        "sites.html",
        rows=rows[start : start + ROWS],
        total=len(rows),
        start=start,
        step=ROWS,
        state=state if state in STATES else "",
        states={one: counts[one] for one in STATES},
        region=region,
        aside=aside,
        proposed=len(visit.registry.proposed()),
    )


def _unvisited(site: SetAside) -> ListedSite:
    return ListedSite(
        site_id=site.site_id, region_code=site.region_code, name=site.name, url=site.url or "", platform=None,
        last_outcome=None, run_id=None, newest=None, gaps=0, disclosures=0, last_visit=None,
        last_success=None, state=site.status,
    )  # fmt: skip


def site_page(visit: Visit) -> Response:
    """One site: what was decided about it, its last visit, what that left aside, and the visits before."""
    site_id = visit.request.path_params["site_id"]
    aside = visit.registry.set_aside().get(site_id)
    site = visit.version.first(ListedSite, _SITES + "site_id = ?", site_id)
    if site is None and aside is not None:
        site = _unvisited(aside)
    if site is None:
        raise HTTPException(404, visit.t("No such site."))
    return page(
        visit,
        "site.html",
        site=site,
        aside=aside,
        decisions=visit.registry.decisions(site_id),
        gaps=_gaps(visit, site),
        outcomes=visit.version.pairs(_OUTCOMES, site_id, site.run_id),
        visits=visit.version.ask(SiteVisited, _VISITS, site_id, site_id, site_id, MOST_VISITS),
    )


def _gaps(visit: Visit, site: ListedSite) -> list[tuple[GapRow, str]]:
    rows = visit.version.ask(GapRow, _GAPS, site.site_id, site.run_id)
    return [(row, sentence(words_of(row.kind), visit.language)) for row in rows]


def runs_page(visit: Visit) -> Response:
    """The runs, the newest first, with what they left aside."""
    rows = visit.version.ask(ListedRun, _RUNS, MOST_RUNS)
    return page(visit, "runs.html", rows=rows)


def proposals_page(visit: Visit) -> Response:
    """What is proposed for the sites of a region: first what a command can apply, then what a person must
    look at, then what can stay."""
    start, region = visit.start, visit.parameter("region")
    advice, confidence = visit.parameter("advice"), visit.parameter("confidence")
    prefixes = region_prefixes(region)
    rows = [row for row in visit.registry.proposed() if (row.region_code or "").startswith(prefixes)]
    counts = Counter(row.advice for row in rows)
    if advice in ADVICE:
        rows = [row for row in rows if row.advice == advice]
    if confidence in CONFIDENCES:
        rows = [row for row in rows if row.confidence == confidence]
    rows = sorted(rows, key=lambda row: (ADVICE.index(row.advice), CONFIDENCES.index(row.confidence)))
    return page(
        visit,
        "proposals.html",
        rows=rows[start : start + ROWS],
        total=len(rows),
        counts={one: counts[one] for one in ADVICE},
        start=start,
        step=ROWS,
        advice=advice,
        confidence=confidence,
        confidences=CONFIDENCES,
        region=region,
    )
