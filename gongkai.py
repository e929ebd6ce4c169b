"""The command line: options, exit codes, and who is asked for what; no logic of its own.

Invariant: a command loads what it needs when it runs, and nothing else does: `--help` and `--version` answer
before any library of the crawler, the dataset or the parsers is there. How commands end is in
`crawler.cli.base`; what they do is in `crawler.jobs` and `archive`.
"""

from __future__ import annotations

import gc
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from archive.dataset import finding
from archive.rendering.texts import t
from crawler.cli import publishing, registry, versions
from crawler.cli.base import (
    COMMAND_LINE,
    DEFAULT_STORE,
    DONE,
    FORMAT,
    NEEDS_A_PERSON,
    At,
    Cluster,
    Commands,
    Form,
    Out,
    Region,
    Selector,
    Session,
    Share,
    Year,
    answer,
    command,
    day_of,
    file_args,
    flag,
    group,
    hoisted,
    language,
    option,
    session,
)
from crawler.jobs import demo
from crawler.reports.progress import log, log_to

if TYPE_CHECKING:
    from crawler.jobs.reports import JobReport

__all__ = ["app", "hoisted", "language", "main"]

OBJECTS_BETWEEN_COLLECTIONS = 50_000

app = group(cls=Commands)
app.add_typer(registry.app, name="sites")


def print_version(asked: bool) -> None:
    if asked:
        from crawler.settings import VERSION

        typer.echo(f"gongkai {VERSION}")
        raise typer.Exit


@app.callback(help=t("Archive China's local budget disclosures, read every table, and watch who is late."))
def program(
    ctx: typer.Context,
    store: Annotated[
        str | None,
        option(
            "--store",
            "DIR|s3://BUCKET/PREFIX",
            "Where everything is kept",
            envvar="GONGKAI_STORE",
            show_default=DEFAULT_STORE,
        ),
    ] = None,
    lang: Annotated[
        Literal["en", "zh"], option("--lang", None, "Language of the interface", envvar="GONGKAI_LANG")
    ] = "en",
    log_format: Annotated[
        Literal["text", "json"], option("--log-format", None, "How progress is reported on standard error")
    ] = "text",
    version: Annotated[
        bool, flag("--version", "Print the version", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    log_to(log_format)
    ctx.obj = Session(store, log_format)


def ended(ctx: typer.Context, done: JobReport) -> int:
    """Print the report of a job and have its files stamped; the exit code."""
    from crawler.jobs.endings import finished

    return NEEDS_A_PERSON if finished(session(ctx).store(), done, session(ctx).report) else DONE


# -- the main job and its halves ---------------------------------------------------------------------------


@command(app, "run", "The main job: crawl, archive, read, check, commit one snapshot, report.")
def run(
    ctx: typer.Context,
    sites: Selector = "all",
    year: Year = None,
    shard: Share = None,
    cluster: Cluster = None,
    report: Annotated[
        Path | None,
        option("--report", "DIR", "Also write the report: HTML, JSON, Prometheus", file_okay=False),
    ] = None,
) -> int:
    from crawler.jobs import main as job
    from crawler.jobs.shards import WHOLE, Shard

    part = Shard.parsed(shard) if shard else WHOLE
    store = session(ctx).writable_store()
    session(ctx).report = report
    with session(ctx).reporter() as reporter:
        done = job.run(store, sites, reporter, command=COMMAND_LINE, year=year, shard=part, cluster=cluster)
    return ended(ctx, done)


@command(app, "crawl", "The first half of run: crawl and archive; nothing is read.")
def crawl(
    ctx: typer.Context,
    warcs: Annotated[
        list[Path] | None,
        file_args("WARC", "WARC files to crawl in place of the network; with --replay"),
    ] = None,
    sites: Selector = "all",
    year: Year = None,
    shard: Share = None,
    replay: Annotated[bool, flag("--replay", "Crawl these WARC files, not the network")] = False,
) -> int:
    from crawler.jobs import main as job
    from crawler.jobs.shards import WHOLE, Shard

    if replay != bool(warcs):
        raise typer.BadParameter(t("--replay and WARC files go together"))
    part = Shard.parsed(shard) if shard else WHOLE
    store = session(ctx).writable_store()
    with session(ctx).reporter() as reporter:
        files = warcs or ()
        done = job.crawl(store, sites, reporter, command=COMMAND_LINE, year=year, shard=part, warcs=files)
    return ended(ctx, done) if done else NEEDS_A_PERSON


@command(app, "ingest", "The other half of run: read what is archived, or local files, and commit.")
def ingest(
    ctx: typer.Context,
    paths: Annotated[
        list[Path] | None,
        file_args("FILES", "Documents and archives of any supported format; without any: what is archived"),
    ] = None,
    pending: Annotated[bool, flag("--pending", "Runs not read yet (the default)")] = False,
    reparse: Annotated[bool, flag("--reparse", "Read the archive again, all or what --sites gave")] = False,
    sites: Selector = "all",
    region: Region = None,
    body: Annotated[str | None, option("--body", "NAME", "Body that publishes")] = None,
    year: Year = None,
    cluster: Cluster = None,
) -> int:
    from archive.monitoring.verdicts import one_region
    from crawler.jobs import main as job

    code = one_region(region) if region else None
    given = {"region_code": code, "body_name": body, "fiscal_year": year}
    stated = {name: value for name, value in given.items() if value is not None}
    if bool(paths) + pending + reparse > 1 or (stated and not paths):
        raise typer.BadParameter(t("give FILES, --pending or --reparse; the other options go with FILES"))
    if sites != "all" and not reparse:
        raise typer.BadParameter(t("--sites goes with --reparse"))
    engine = job.engine_at(cluster)
    store = session(ctx).writable_store()
    handed_over = job.hand_over(store, paths, COMMAND_LINE, stated) if paths else None
    with session(ctx).reporter() as reporter:
        again = sites if reparse else None
        done = job.read_archive(store, reporter, handed_over=handed_over, reparse=again, engine=engine)
    return ended(ctx, done)


@command(app, "demo", "The main job against the bundled replica site, on this machine alone.")
def run_demo(
    ctx: typer.Context, port: Annotated[int, option("--port", "N", "Port of the replica site")] = demo.PORT
) -> int:
    from crawler.jobs import main as job
    from crawler.jobs.endings import reported

    session(ctx).default = demo.STORE
    store, replica = session(ctx).writable_store(), demo.replica()
    log.info(t("Typesetting the documents of the replica site …"))
    with replica.serve(port) as site, session(ctx).reporter() as reporter:
        log.info(t("The replica site is at {url}", url=site.url))
        done = job.visit_replica(store, replica.demo_sites(site.url), reporter, command=COMMAND_LINE)
    troubled = reported(store, done, None)
    typer.echo(demo.next_steps(session(ctx).uri or demo.STORE))
    return NEEDS_A_PERSON if troubled else DONE


@command(app, "parse", "Read one document and print what it says; nothing is stored.")
def parse(
    file: Annotated[Path, file_args("FILE", "Document or archive of any supported format")],
    form: Form = "table",
    out: Out = None,
) -> int:
    from archive.ingest.reading import one_file
    from archive.rendering import formats

    documents = one_file.parsed(file)
    rows = one_file.rows_of(file, documents)
    on_screen = formats.form_of(form, out) == "table"
    formats.give(one_file.for_screen(rows) if on_screen else rows, form, out, main="facts")
    log.info(one_file.tally(rows))
    if line := one_file.recognition(documents):
        log.info(line)
    outcomes = rows["documents"].column("outcome").to_pylist()
    return DONE if one_file.READABLE.issuperset(outcomes) else NEEDS_A_PERSON


# -- questions ---------------------------------------------------------------------------------------------


@command(app, "query", "Ask SQL (DuckDB, read-only) of a snapshot: facts, tables, documents, checks …")
def query(
    ctx: typer.Context,
    sql: Annotated[str, typer.Argument(metavar="SQL", help=t("One SELECT statement"))],
    at: At = "latest",
    form: Form = "table",
    out: Out = None,
) -> int:
    from archive.dataset.query.connection import run_sql

    store = session(ctx).store()
    answer(run_sql(store, finding.load(store, at), sql), form, out)
    return DONE


@command(app, "deadlines", "Who was on time, who is late, who is missing.")
def deadlines(
    ctx: typer.Context,
    as_of: Annotated[
        date | None,
        option("--as-of", "DATE", "Day to judge; today, or with --at that of the snapshot", parser=day_of),
    ] = None,
    region: Region = None,
    year: Year = None,
    at: At = "latest",
    form: Annotated[Literal["table", "csv", "ics", "json"], FORMAT] = "table",
    out: Out = None,
) -> int:
    from archive.dataset.rows.typed import rows_of
    from archive.export.due_days import feed
    from archive.monitoring import verdicts
    from archive.monitoring.verdicts import BoardRow
    from archive.rendering import formats
    from crawler.jobs.registry import deadlines_of
    from crawler.jobs.summary import standing

    day, rows = deadlines_of(session(ctx).store(), at, as_of, region, year)
    if form == "ics":
        with formats.opened(out) as stream:
            stream.write(feed(rows_of(rows, BoardRow), day))
    else:
        on_screen = formats.form_of(form, out) == "table"
        answer(verdicts.for_screen(rows) if on_screen else rows, form, out)
    log.info(standing(verdicts.status_counts(rows), verdicts.presumed(rows)))
    return DONE


@command(app, "scores", "How open each body, government, county, city or province is: rates and a total.")
def scores(
    ctx: typer.Context,
    level: Annotated[
        Literal["government", "body", "county", "city", "province"], option("--level", None, "Whose scores")
    ] = "body",
    region: Region = None,
    year: Year = None,
    at: At = "latest",
    form: Form = "table",
    out: Out = None,
) -> int:
    from archive.monitoring import verdicts
    from archive.monitoring.scores import scoring as scoring
    from archive.rendering import formats

    store = session(ctx).store()
    prefixes = verdicts.region_prefixes(region or "")
    rows = scoring.scores(store, finding.load(store, at), level=level, prefixes=prefixes, year=year)
    on_screen = formats.form_of(form, out) == "table"
    answer(scoring.for_screen(rows) if on_screen else rows, form, out)
    return DONE


app.add_typer(publishing.app)
app.add_typer(versions.app)


def main() -> None:
    """The console script `gongkai`."""
    # What commands load stays until they end: to go through it for garbage takes a tenth of a short one.
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    app(hoisted(sys.argv[1:]), prog_name="gongkai")


if __name__ == "__main__":
    main()
