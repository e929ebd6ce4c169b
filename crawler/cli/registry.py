"""`gongkai sites …`: the registry of sites, what was decided about them, and how they are.

Invariant: a command that only looks writes nothing. What an operator decides: `crawler.cli.decisions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from archive.rendering.texts import t
from crawler.cli import decisions
from crawler.cli.base import (
    DONE,
    NEEDS_A_PERSON,
    SEL,
    Form,
    Out,
    Region,
    answer,
    command,
    file_args,
    flag,
    give,
    group,
    option,
    session,
    web_address,
)
from crawler.reports.progress import log

if TYPE_CHECKING:
    import pyarrow as pa

    from crawler.sites.decisions import SiteEntry

SITE = ("site_id", "region_code", "name", "page_type", "url", "notes")

LONGEST_URL = 59
"""Characters: with an id, a name and a status beside it, a line of 120 columns."""

app = group(help=t("The registry of sites."))


def site_rows(entries: Sequence[SiteEntry], whole: bool = True) -> pa.Table:
    """The sites with their status and reason, as a table in the language in use; without `whole` as much of
    it as fits on a line, long addresses cut."""
    import pyarrow as pa

    columns: dict[str, list[Any]] = {
        column: [getattr(entry.site, column) for entry in entries] for column in SITE
    }
    columns["status"] = [t(entry.status, context="site") for entry in entries]
    columns["reason"] = [entry.reason for entry in entries]
    if not whole:
        columns = {name: columns[name] for name in ("site_id", "name", "status", "url")}
        columns["url"] = [shorten(url or "") for url in columns["url"]]
    return pa.table(columns)


def shorten(url: str) -> str:
    """An address as long as a line has room for beside what else is said of a site."""
    return url if len(url) <= LONGEST_URL else f"{url[: LONGEST_URL - 1]}…"


@command(app, "list", "The registered sites, with what was decided about them.")
def sites_list(
    ctx: typer.Context,
    selector: Annotated[str, typer.Argument(metavar="SEL", help=t(SEL))] = "all",
    whole: Annotated[bool, flag("--long", "Every column, whole addresses and notes")] = False,
    form: Form = "table",
    out: Out = None,
) -> int:
    """`gongkai sites list`."""
    whole = whole or out is not None or form != "table"
    give(site_rows(decisions.chosen_entries(session(ctx).store(), selector), whole), form, out)
    return DONE


@command(app, "add", "Look at an address, name its platform, find its column, and register it.")
def sites_add(
    ctx: typer.Context,
    url: Annotated[
        str,
        typer.Argument(
            metavar="URL", help=t("Page of a government that lists its budgets"), parser=web_address
        ),
    ],
    region: Region = None,
    name: Annotated[str | None, option("--name", "NAME", "What the government is called")] = None,
    folder: Annotated[
        Path | None,
        option(
            "--registry", "DIR", "Write into a folder of registry files, not into the store",
            file_okay=False, envvar="GONGKAI_REGISTRY",
        ),
    ] = None,
    look: Annotated[bool, flag("--dry-run", "Look, and write nothing")] = False,
) -> int:  # fmt: skip
    """`gongkai sites add`."""
    from archive.monitoring.verdicts import one_region
    from crawler import sites as registry
    from crawler.jobs import demo, probing
    from crawler.sites import decisions as decided
    from crawler.sites import edit

    code = one_region(region) if region else None
    store = session(ctx).store()
    known = registry.load(folder) if folder else [entry.site for entry in decided.entries(store)]
    with session(ctx).reporter() as reporter:
        settings = demo.SETTINGS if demo.is_loopback(url) else None
        found = probing.probe(
            url, region=code, name=name, known=known, progress=reporter.crawled, settings=settings
        )
    if found.report.columns:
        give(probing.columns_of(found), "table", None)
    log.info(t("{url}: {outcome}, platform {platform}", **probing.answer_words(found)))
    for line in probing.not_followed(found):
        log.info(line)
    if found.column is None:
        log.warning(t("No list of disclosures was found; nothing is written."))
        log.info(t("Give the address of a page that shows the list without a script, if there is one."))
        return NEEDS_A_PERSON
    if look:
        site = found.site if folder else replace(found.site, site_id=decided.own_id(found.site, known))
        log.info(t("Nothing is written; its line in the registry would be:"))
        typer.echo(edit.line_of(site))
    elif folder:
        typer.echo(edit.line_of(found.site))
        log.info(t("Written to {path}", path=edit.add(found.site, folder)))
    else:
        own = decided.add(store, found.site, f"sites add {url}")
        typer.echo(edit.line_of(own))
        log.info(t("Registered as {site} in {path}", site=own.site_id, path=store.uri))
    return DONE


@command(app, "import", "Register the sites of a CSV file of your own: region_code, url, and more.")
def sites_import(
    ctx: typer.Context, file: Annotated[Path, file_args("FILE", "CSV with the columns of the registry")]
) -> int:
    """`gongkai sites import`."""
    from crawler.sites import decisions as decided
    from crawler.sites import edit

    given = edit.read_sites(file)
    own = decided.add_new(session(ctx).store(), given, f"sites import {file.name}")
    for site in own:
        log.info(f"{site.site_id} {site.name} {site.url}")
    log.info(t("registered: {count}; already there: {known}", count=len(own), known=len(given) - len(own)))
    return DONE


@command(app, "probe", "Look at many registered addresses, and propose what to do; go on where it was.")
def sites_probe(
    ctx: typer.Context,
    selector: Annotated[str, typer.Argument(metavar="SEL", help=t(SEL))] = "all",
    again: Annotated[bool, flag("--again", "Also those probed within the last 30 days")] = False,
) -> int:
    """`gongkai sites probe`: it only proposes; `sites apply` replaces addresses."""
    from crawler import sites as registry
    from crawler.jobs import demo, proposing
    from crawler.sites import decisions as decided

    store = session(ctx).store()
    sites = registry.select(selector, decided.active(store))
    loopback = all(demo.is_loopback(site.url) for site in sites if site.url)
    found = []
    for one in proposing.probe_sites(store, sites, again=again, settings=demo.SETTINGS if loopback else None):
        words = t(one.outcome, context="answer"), t(one.advice, context="advice")
        log.info(f"{one.site_id} {one.name}: {', '.join(words)}")
        found.append(one)
    log.info(t("probed: {count}; see them with: gongkai sites proposals", count=len(found)))
    if recent := len(sites) - len(found):
        log.info(t("probed in the last 30 days: {count}; --again probes them, too", count=recent))
    return DONE if proposing.answered(found) else NEEDS_A_PERSON


@command(app, "proposals", "What the probes propose, those that need a person first.")
def sites_proposals(
    ctx: typer.Context,
    selector: Annotated[str, typer.Argument(metavar="SEL", help=t(SEL))] = "all",
    form: Form = "table",
    out: Out = None,
) -> int:
    """`gongkai sites proposals`."""
    from crawler.jobs.proposals import Proposals, as_table

    store = session(ctx).store()
    sites = [entry.site for entry in decisions.chosen_entries(store, selector) if entry.status == "active"]
    answer(as_table(Proposals(store).standing(sites)), form, out)
    return DONE


@command(app, "apply", "Replace the addresses for which a probe found better ones.")
def sites_apply(
    ctx: typer.Context,
    selector: Annotated[str, typer.Argument(metavar="SEL", help=t(SEL))],
    least: Annotated[
        Literal["high", "medium", "low"], option("--confidence", None, "The least confidence to act on")
    ] = "high",
) -> int:
    """`gongkai sites apply`: each replacement is a decision with its reason."""
    from crawler import sites as registry
    from crawler.jobs import proposals
    from crawler.sites import decisions as decided

    store = session(ctx).store()
    sites = registry.select(selector, decided.active(store))
    made = proposals.apply(store, sites, least)
    for one in made:
        typer.echo(f"{one.site_id} {one.url}")
    log.info(t("addresses replaced: {count}", count=len(made)))
    left = proposals.undecided(store, sites, {one.site_id for one in made})
    if left:
        log.info(
            t("proposals that wait for you: {count}; see them with: gongkai sites proposals", count=left)
        )
    return DONE


@command(app, "check", "How the sites are: last success, entries, newest date, days silent.")
def sites_check(
    ctx: typer.Context,
    selector: Annotated[str | None, typer.Argument(metavar="SEL", help=t(SEL))] = None,
    form: Form = "table",
    out: Out = None,
) -> int:
    """`gongkai sites check`."""
    from archive import CHINA
    from archive.dataset.rows.typed import rows_of
    from crawler.reports import site_health

    store, today = session(ctx).store(), datetime.now(CHINA).date()
    chosen = decisions.chosen_entries(store, selector or "all")
    rows = site_health.health(store, [one.site for one in chosen if one.status == "active"], today)
    shown = rows if selector else site_health.worth_showing(rows)
    give(shown, form, out)
    troubled = sum(map(site_health.needs_a_person, rows_of(shown, site_health.SiteHealth)))
    log.info(t("sites {all}, in need of a person {troubled}", all=len(rows), troubled=troubled))
    if aside := len(chosen) - len(rows):
        log.info(t("disabled or retired: {count}; see them with: gongkai sites list", count=aside))
    return NEEDS_A_PERSON if troubled else DONE


app.add_typer(decisions.app)
