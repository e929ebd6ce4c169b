"""The commands that take the dataset to others: as files, in a catalog, as pages, as alerts.

Invariant: none of them changes the dataset; each shows one snapshot of it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from archive.dataset import finding
from archive.rendering.texts import t
from crawler.cli.base import (
    DONE,
    FORMAT,
    NEEDS_A_PERSON,
    At,
    Form,
    Out,
    Region,
    Year,
    command,
    flag,
    give,
    group,
    option,
    session,
)
from crawler.reports.progress import log

app = group()

SITE_OR_ID = "Folder to write the pages to as files, for a bucket; with --wacz: a site_id"


@command(app, "export", "A snapshot for people without SQL, as files, pages or a web archive.")
def export(
    ctx: typer.Context,
    form: Annotated[Literal["csv", "xlsx", "datapackage", "sqlite", "parquet"] | None, FORMAT] = None,
    wacz: Annotated[bool, flag("--wacz", "A web archive, with all personal data in it")] = False,
    site: Annotated[str | None, option("--site", "DIR|ID", SITE_OR_ID)] = None,
    disclosure: Annotated[str | None, option("--disclosure", "ID", "With --wacz: a disclosure_id")] = None,
    region: Region = None,
    year: Year = None,
    at: At = "latest",
    out: Annotated[Path | None, option("--out", "DIR|FILE", "Folder or file to write")] = None,
) -> int:
    """`gongkai export`: one form of output a call."""
    from crawler.jobs import publishing

    pages = bool(site) and not wacz
    if (
        bool(form) + wacz + pages != 1
        or (wacz and bool(site) == bool(disclosure))
        or (disclosure and not wacz)
    ):
        raise typer.BadParameter(t("give --format, --site DIR, or --wacz with --site ID or --disclosure ID"))
    if (region or year) and not pages:
        raise typer.BadParameter(t("--region and --year go with --site DIR"))
    store = session(ctx).store()
    if site and pages:
        publishing.write_pages(store, Path(site), at, region, year)
    elif form:
        publishing.write_form(store, at, form, out)
    else:
        publishing.write_web_archive(store, at, site, disclosure, out)
    return DONE


@command(app, "publish", "Register a snapshot in an Iceberg catalog, by metadata alone.")
def publish(
    ctx: typer.Context,
    catalog: Annotated[str, option("--iceberg", "CATALOG", "Catalog in the configuration of PyIceberg")],
    at: At = "latest",
    form: Form = "table",
    out: Out = None,
) -> int:
    """`gongkai publish`."""
    try:
        from archive.export import iceberg
    except ModuleNotFoundError as error:
        raise typer.BadParameter(t("this needs: pip install 'gongkai[iceberg]'")) from error
    store = session(ctx).store()
    give(iceberg.published(store, finding.load(store, at), catalog), form, out)
    return DONE


@command(app, "serve", "The dataset as web pages and JSON, read-only.")
def serve(
    ctx: typer.Context,
    host: Annotated[str, option("--host", "HOST", "Address to listen on")] = "127.0.0.1",
    port: Annotated[int, option("--port", "N", "Port to listen on", min=0, max=65535)] = 8000,
    at: At = "latest",
) -> int:
    """`gongkai serve`: until it is stopped."""
    from crawler.jobs.serving import serve_pages

    serve_pages(session(ctx).store(), at, host, port)
    return DONE


@command(
    app, "alerts", "What happened: published, late, missing, altered, taken down, disputed, sites broken."
)
def alerts(
    ctx: typer.Context,
    channels: Annotated[
        Path | None,
        option("--channels", "FILE", "Send these channels what is new to them", exists=True, dir_okay=False),
    ] = None,
    region: Region = None,
    form: Annotated[Literal["table", "csv", "json", "atom", "rss", "ics"], FORMAT] = "table",
    out: Out = None,
) -> int:
    """`gongkai alerts`: printed, or sent to channels, each of which gets what is new to it."""
    from archive.alerts import feeds
    from archive.rendering import formats
    from crawler.jobs import publishing

    store, now = session(ctx).store(), datetime.now(UTC)
    if channels:
        sent, failed = publishing.send_to_channels(store, channels, now)
        give(sent, "table", None)
        return NEEDS_A_PERSON if failed else DONE
    wanted = publishing.found_in(store, region, now)
    with formats.opened(out) as stream:
        feeds.write(wanted, form, stream, now)
    if not wanted:
        log.info(t("no rows"))
    return DONE
