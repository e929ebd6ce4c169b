"""The command line: options, exit codes, and who is asked for what; no logic of its own.

Invariant: results go to standard output and everything else to standard error, so that every command can
stand in a pipe; and every way to end has its exit code: 0 done, 1 done with things a person must look at,
2 usage, 3 store or configuration unusable, 4 interrupted and resumable.
"""

from __future__ import annotations

import os
import shlex
import sys
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

import pyarrow as pa
import typer
from rich.console import Console
from typer.core import TyperGroup

from archive import differences, monitor, present, preview, snapshots, stamps, texts
from archive import scores as scoring
from archive.alerts import deliver, detect, feeds, read_channels
from archive.changes import diff
from archive.deadlines import CHINA
from archive.errors import AlreadyExists, QueryError, SnapshotNotFound, StoreUnusable
from archive.expiry import Policy, expire
from archive.export import Format, default_name
from archive.export import export as write_export
from archive.icalendar import feed
from archive.ingest import archive_files
from archive.lock import locked
from archive.query import run_sql
from archive.stores import Store, open_store
from archive.texts import t
from archive.verify import verify as verify_store
from crawler import demo, health, job, summary
from crawler import sites as registry
from crawler.progress import LogFormat, Teller, log, log_to
from crawler.recorder import spool_of
from crawler.reportfiles import tell
from crawler.settings import VERSION
from crawler.sites import decisions
from crawler.turns import turn
from parsers.errors import GongkaiError

DONE, NEEDS_A_PERSON, USAGE, UNUSABLE, INTERRUPTED = range(5)
USAGE_ERRORS = (
    AlreadyExists,
    QueryError,
    SnapshotNotFound,
    monitor.UnknownRegion,
    present.CannotWrite,
    present.NotForTerminal,
    registry.AlreadyRegistered,
    registry.NoRegion,
    registry.UnknownSites,
)
DEFAULT_STORE = "gongkai-data"
OWN_PACKAGES = ("archive", "crawler", "parsers", demo.PACKAGE)
STAMP_COMMAND = "GONGKAI_STAMP_COMMAND"
ANYWHERE = ("--store", "--lang", "--log-format")
COUNTED = ("disclosures", "documents", "tables", "facts", "checks")
SITE = ("site_id", "region_code", "name", "page_type", "url", "notes")


def hoisted(args: Sequence[str]) -> list[str]:
    """The arguments with the options of the whole program, which may stand anywhere, moved to the front."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(args)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in ANYWHERE:
            front += [word, *(value for value in [next(words, None)] if value is not None)]
        elif word.partition("=")[0] in ANYWHERE:
            front.append(word)
        else:
            rest.append(word)
    return front + rest


def language(args: Sequence[str]) -> str:
    """Asked for by `--lang`, else by GONGKAI_LANG. Needed before the commands are declared: help texts are
    part of the declarations."""
    front = hoisted(args)
    for place, word in enumerate(front):
        if word.partition("=")[0] == "--lang":
            return word.partition("=")[2] or "".join(front[place + 1 : place + 2])
    return os.environ.get("GONGKAI_LANG", "en")


COMMAND_LINE = (
    shlex.join(["gongkai", *sys.argv[1:]]).encode(errors="surrogateescape").decode(errors="replace")
)
texts.use(language(sys.argv[1:]))
err = Console(stderr=True, highlight=False)


class Commands(TyperGroup):
    """The commands, and how they end: a command returns its exit code, an error on purpose has one."""

    def invoke(self, ctx: Any) -> Any:
        try:
            code = super().invoke(ctx)
        except KeyboardInterrupt as stopped:
            if isinstance(stopped, job.Interrupted):
                told(ctx.obj, stopped.done)
            log.error(t("Interrupted. What was archived is kept; the same command goes on from there."))
            code = INTERRUPTED
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on: head, a pager
            code = DONE
        except GongkaiError as error:
            log.error(str(error))
            code = USAGE if isinstance(error, USAGE_ERRORS) else UNUSABLE
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] in OWN_PACKAGES:
                raise
            log.error(t("this command needs the package {name}, which is not installed", name=error.name))
            code = UNUSABLE
        except OSError as error:
            log.error(f"{error.filename2 or error.filename}: {error.strerror}" if error.filename else error)
            code = UNUSABLE
        raise typer.Exit(code or DONE)


@dataclass(slots=True)
class Session:
    """What the options of the whole program say, and where a command keeps things and wants its report."""

    uri: str | None
    log_format: LogFormat
    default: str = DEFAULT_STORE
    report: Path | None = None

    def store(self) -> Store:
        return open_store(self.uri or self.default)

    def teller(self) -> Teller:
        return Teller(err, self.log_format)


def option(name: str, metavar: str | None, text: str, **more: Any) -> Any:
    return typer.Option(name, metavar=metavar, help=t(text), **more)


def files(metavar: str, text: str) -> Any:
    return typer.Argument(metavar=metavar, help=t(text), exists=True, dir_okay=False, readable=True)


def flag(name: str, text: str, **more: Any) -> Any:
    return option(name, "", text, **more)


def day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(t("{given} is not a date like 2026-05-31", given=repr(text))) from error


def web_address(text: str) -> str:
    if urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname:
        raise typer.BadParameter(
            t("{given} is not an address like http://www.example.gov.cn/", given=repr(text))
        )
    return text


def answer(rows: pa.Table, form: str, out: Path | None) -> None:
    """Print or write the rows that a question has; say so if there are none."""
    present.give(rows, form, out)
    if not len(rows):
        log.info(t("no rows"))


def existing(store: Store) -> Store:
    """The store; StoreUnusable if nothing is in it: a mistyped path must not pass for a sound store."""
    if next(iter(store.list("")), None) is None:
        raise StoreUnusable(t("nothing is stored in {uri}; is --store right?", uri=store.uri))
    return store


SEL = "all, a name (陕西), a code prefix (6107), a site id, a URL, or several with commas"
AT = "Number, tag, date or latest"
FORMAT = option("--format", None, "Form of the output")

Selector = Annotated[str, option("--sites", "SEL", SEL)]
Year = Annotated[int | None, option("--year", "Y", "Fiscal year")]
Region = Annotated[str | None, option("--region", "R", "Region code, its beginning, or name: 6107, 汉中")]
At = Annotated[str, option("--at", "SNAPSHOT", AT)]
Out = Annotated[Path | None, option("--out", "FILE", "File to write", dir_okay=False)]
Form = Annotated[Literal["table", "csv", "json", "xlsx", "parquet"], FORMAT]

app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
sites_app = typer.Typer(no_args_is_help=True, help=t("The registry of sites."))
app.add_typer(sites_app, name="sites")


Function = TypeVar("Function", bound=Callable[..., int])


def command(name: str, text: str, group: typer.Typer = app) -> Callable[[Function], Function]:
    """Declare a command."""
    epilog = t("Everywhere: --store, --lang, --log-format; see gongkai --help.")
    return group.command(name, help=t(text), epilog=epilog)


def print_version(asked: bool) -> None:
    if asked:
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
        Literal["text", "json"], option("--log-format", None, "How progress is told on standard error")
    ] = "text",
    version: Annotated[
        bool, flag("--version", "Print the version", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    log_to(err, log_format)
    ctx.obj = Session(store, log_format)


# -- the main job and its halves ---------------------------------------------------------------------------


def told(session: Session, done: job.JobReport) -> int:
    """Print the report of a job; its exit code."""
    typer.echo(tell(session.store(), done, session.report, datetime.now(UTC)), nl=False)
    return NEEDS_A_PERSON if summary.to_look_at(done) else DONE


def attested(store: Store, command: str | None, form: str = "", out: Path | None = None) -> int:
    """Have what is new stamped, and say so; the exit code."""
    done = list(stamps.stamp(store, command))
    for problem in {one.problem for one in done if one.problem}:
        log.warning(problem)
    if form:
        rows = [asdict(one) | {"proofs": ", ".join(one.proofs)} for one in done]
        present.give(pa.Table.from_pylist(rows), form, out)
    return NEEDS_A_PERSON if any(one.problem for one in done) else DONE


def finished(session: Session, done: job.JobReport) -> int:
    """Print the report of a job, and have its files stamped where that is asked for; the exit code."""
    code, service = told(session, done), os.environ.get(STAMP_COMMAND)
    return max(code, attested(session.store(), service)) if service else code


@command("run", "The main job: crawl, archive, read, check, commit one snapshot, report.")
def run(
    ctx: typer.Context,
    sites: Selector = "all",
    year: Year = None,
    report: Annotated[
        Path | None,
        option("--report", "DIR", "Also write the report: HTML, JSON, Prometheus", file_okay=False),
    ] = None,
) -> int:
    store = ctx.obj.store()
    chosen = registry.select(sites, decisions.active(store))
    ctx.obj.report = report
    with turn(store, chosen), ctx.obj.teller() as teller:
        half = job.crawl_sites(store, chosen, teller, command=COMMAND_LINE, year=year)
        done = job.read_archive(store, teller, crawled=half.crawled)
    return finished(ctx.obj, done)


@command("crawl", "The first half of run: crawl and archive; nothing is read.")
def crawl(
    ctx: typer.Context,
    warcs: Annotated[
        list[Path] | None, files("WARC", "WARC files to crawl in place of the network; with --replay")
    ] = None,
    sites: Selector = "all",
    year: Year = None,
    replay: Annotated[bool, flag("--replay", "Crawl these WARC files, not the network")] = False,
) -> int:
    if replay != bool(warcs):
        raise typer.BadParameter(t("--replay and WARC files go together"))
    store, settings = ctx.obj.store(), None
    chosen: Sequence[registry.Site] = registry.select(sites, decisions.active(store))
    if warcs:
        from crawler import replay as replaying

        chosen, settings = replaying.sites_in(warcs, chosen), replaying.settings(warcs)
        if not chosen:
            log.warning(t("None of these sites was crawled into these files."))
            return NEEDS_A_PERSON
    with turn(store, chosen), ctx.obj.teller() as teller:
        done = job.crawl_sites(store, chosen, teller, command=COMMAND_LINE, year=year, settings=settings)
    return finished(ctx.obj, done)


@command("ingest", "The other half of run: read what is archived, or local files, and commit.")
def ingest(
    ctx: typer.Context,
    paths: Annotated[
        list[Path] | None,
        files("FILES", "Documents and archives of any supported format; without any: what is archived"),
    ] = None,
    pending: Annotated[bool, flag("--pending", "Runs not read yet (the default)")] = False,
    reparse: Annotated[bool, flag("--reparse", "Read the whole archive again")] = False,
    region: Region = None,
    body: Annotated[str | None, option("--body", "NAME", "Body that publishes")] = None,
    year: Year = None,
) -> int:
    code = monitor.one_region(region) if region else None
    given = {"region_code": code, "body_name": body, "fiscal_year": year}
    stated = {name: value for name, value in given.items() if value is not None}
    if bool(paths) + pending + reparse > 1 or (stated and not paths):
        raise typer.BadParameter(t("give FILES, --pending or --reparse; the other options go with FILES"))
    store, handed_over = ctx.obj.store(), None
    if paths:
        handed_over = archive_files(
            store, paths, spool=spool_of(store), now=datetime.now(UTC), command=COMMAND_LINE, version=VERSION,
            stated=stated,
        )  # fmt: skip
    with ctx.obj.teller() as teller:
        done = job.read_archive(store, teller, handed_over=handed_over, reparse=reparse)
    return finished(ctx.obj, done)


@command("demo", "The main job against the bundled replica site, on this machine alone.")
def run_demo(
    ctx: typer.Context, port: Annotated[int, option("--port", "N", "Port of the replica site")] = demo.PORT
) -> int:
    ctx.obj.default = demo.STORE
    store, replica = ctx.obj.store(), demo.replica()
    log.info(t("Typesetting the documents of the replica site …"))
    with replica.serve(port) as site, ctx.obj.teller() as teller:
        log.info(t("The replica site is at {url}", url=site.url))
        chosen = [registry.Site(**entry) for entry in replica.demo_sites(site.url)]
        half = job.crawl_sites(store, chosen, teller, command=COMMAND_LINE, settings=demo.SETTINGS)
        done = job.read_archive(store, teller, crawled=half.crawled)
    code = told(ctx.obj, done)
    typer.echo(demo.next_steps(ctx.obj.uri or demo.STORE))
    return code


@command("parse", "Read one document and print what it says; nothing is stored.")
def parse(
    file: Annotated[Path, files("FILE", "Document or archive of any supported format")],
    form: Form = "table",
    out: Out = None,
) -> int:
    rows = preview.preview(file)
    on_screen = present.form_of(form, out) == "table"
    present.give(preview.for_screen(rows) if on_screen else rows, form, out, main="facts")
    log.info(preview.tally(rows))
    outcomes = rows["documents"].column("outcome").to_pylist()
    return DONE if preview.READABLE.issuperset(outcomes) else NEEDS_A_PERSON


# -- the registry ------------------------------------------------------------------------------------------


def chosen_entries(store: Store, selector: str) -> list[decisions.Entry]:
    """The registered sites a selector names, with what was decided about them."""
    entries = decisions.entries(store)
    names = {site.site_id for site in registry.select(selector, [entry.site for entry in entries])}
    return [entry for entry in entries if entry.site.site_id in names]


def site_rows(entries: Sequence[decisions.Entry]) -> pa.Table:
    columns: dict[str, list[Any]] = {
        column: [getattr(entry.site, column) for entry in entries] for column in SITE
    }
    columns["status"] = [t(entry.status, context="site") for entry in entries]
    columns["reason"] = [entry.reason for entry in entries]
    return pa.table(columns)


@command("list", "The registered sites, with what was decided about them.", sites_app)
def sites_list(
    ctx: typer.Context,
    selector: Annotated[str, typer.Argument(metavar="SEL", help=t(SEL))] = "all",
    form: Form = "table",
    out: Out = None,
) -> int:
    present.give(site_rows(chosen_entries(ctx.obj.store(), selector)), form, out)
    return DONE


@command("add", "Look at an address, name its platform, find its column, and register it.", sites_app)
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
    from crawler import probe
    from crawler.sites import edit

    code = monitor.one_region(region) if region else None
    store = ctx.obj.store()
    known = registry.load(folder) if folder else [entry.site for entry in decisions.entries(store)]
    with ctx.obj.teller() as teller:
        settings = demo.SETTINGS if demo.is_loopback(url) else None
        found = probe.probe(
            url, region=code, name=name, known=known, progress=teller.crawled, settings=settings
        )
    present.give(probe.columns_of(found), "table", None)
    log.info(t("{url}: {outcome}, platform {platform}", **probe.told(found)))
    if found.column is None:
        log.warning(t("No list of disclosures was found; nothing is written."))
        return NEEDS_A_PERSON
    if look:
        typer.echo(edit.line_of(found.site))
    elif folder:
        typer.echo(edit.line_of(found.site))
        log.info(t("Written to {path}", path=edit.add(found.site, folder)))
    else:
        own = decisions.add(store, found.site, f"sites add {url}")
        typer.echo(edit.line_of(own))
        log.info(t("Registered as {site} in {path}", site=own.site_id, path=store.uri))
    return DONE


@command("import", "Register the sites of a CSV file of your own: region_code, url, and more.", sites_app)
def sites_import(
    ctx: typer.Context, file: Annotated[Path, files("FILE", "CSV with the columns of the registry")]
) -> int:
    from crawler.sites import importing

    own = importing.import_sites(ctx.obj.store(), importing.read_sites(file), f"sites import {file.name}")
    log.info(t("{count} sites are registered", count=len(own)))
    return DONE


@command("probe", "Look at many registered addresses, and propose what to do; go on where it was.", sites_app)
def sites_probe(
    ctx: typer.Context,
    selector: Annotated[str, typer.Argument(metavar="SEL", help=t(SEL))] = "all",
    again: Annotated[bool, flag("--again", "Also those probed within the last 30 days")] = False,
) -> int:
    from crawler import proposals

    store = ctx.obj.store()
    sites = registry.select(selector, decisions.active(store))
    loopback = all(demo.is_loopback(site.url) for site in sites if site.url)
    found = []
    for one in proposals.probe_sites(store, sites, again=again, settings=demo.SETTINGS if loopback else None):
        told = t(one.outcome, context="answer"), t(one.advice, context="advice")
        log.info(f"{one.site_id} {one.name}: {', '.join(told)}")
        found.append(one)
    log.info(t("{count} sites were probed; see them with: gongkai sites proposals", count=len(found)))
    return DONE if proposals.answered(found) else NEEDS_A_PERSON


@command("proposals", "What the probes propose, those that need a person first.", sites_app)
def sites_proposals(
    ctx: typer.Context,
    selector: Annotated[str, typer.Argument(metavar="SEL", help=t(SEL))] = "all",
    form: Form = "table",
    out: Out = None,
) -> int:
    from crawler import proposals

    store = ctx.obj.store()
    names = {entry.site.site_id for entry in chosen_entries(store, selector)}
    answer(proposals.as_table(one for one in proposals.proposals(store) if one.site_id in names), form, out)
    return DONE


@command("apply", "Replace the addresses for which a probe found better ones.", sites_app)
def sites_apply(
    ctx: typer.Context,
    selector: Annotated[str, typer.Argument(metavar="SEL", help=t(SEL))],
    least: Annotated[
        Literal["high", "medium", "low"], option("--confidence", None, "The least confidence to act on")
    ] = "high",
) -> int:
    from crawler import proposals

    store = ctx.obj.store()
    made = proposals.apply(store, registry.select(selector, decisions.active(store)), least)
    for one in made:
        typer.echo(f"{one.site_id} {one.url}")
    log.info(t("{count} addresses are replaced", count=len(made)))
    return DONE


Reason = Annotated[str, option("--reason", "WHY", "Why, for the record")]
SiteId = Annotated[str, typer.Argument(metavar="SITE", help=t("A site id"))]


def decided(ctx: typer.Context, action: decisions.Action, site: str, reason: str, **more: Any) -> int:
    store = ctx.obj.store()
    for entry in chosen_entries(store, site):
        decisions.decide(store, action, entry.site.site_id, reason, **more)
        log.info(f"{entry.site.site_id} {entry.site.name}: {t(action, context='decision')}")
    return DONE


@command("replace", "Give a site another address.", sites_app)
def sites_replace(
    ctx: typer.Context,
    site: SiteId,
    url: Annotated[str, typer.Argument(metavar="URL", help=t("The new address"), parser=web_address)],
    reason: Reason,
) -> int:
    if len(chosen_entries(ctx.obj.store(), site)) != 1:
        raise typer.BadParameter(t("{given} names several sites", given=repr(site)))
    return decided(ctx, "replace", site, reason, url=url)


@command("disable", "Visit these sites no more until they are enabled; their verdict is unknown.", sites_app)
def sites_disable(ctx: typer.Context, site: SiteId, reason: Reason) -> int:
    return decided(ctx, "disable", site, reason)


@command("enable", "Visit these sites again.", sites_app)
def sites_enable(ctx: typer.Context, site: SiteId, reason: Reason) -> int:
    return decided(ctx, "enable", site, reason)


@command("retire", "These sites are no more (a merged county): not visited, not expected.", sites_app)
def sites_retire(ctx: typer.Context, site: SiteId, reason: Reason) -> int:
    return decided(ctx, "retire", site, reason)


@command("history", "What was decided about a site, the oldest first.", sites_app)
def sites_history(ctx: typer.Context, site: SiteId, form: Form = "table", out: Out = None) -> int:
    rows = [
        {"decided_at": one.decided_at, "decision": t(one.action, context="decision"), "url": one.url}
        | {"reason": one.reason}
        for one in decisions.history(ctx.obj.store(), site)
    ]
    names = ("decided_at", "decision", "url", "reason")
    answer(pa.table({name: [row[name] for row in rows] for name in names}), form, out)
    return DONE


@command("check", "How the sites are: last success, entries, newest date, days silent.", sites_app)
def sites_check(
    ctx: typer.Context,
    selector: Annotated[str | None, typer.Argument(metavar="SEL", help=t(SEL))] = None,
    form: Form = "table",
    out: Out = None,
) -> int:
    store, today = ctx.obj.store(), datetime.now(CHINA).date()
    rows = health.health(store, [entry.site for entry in chosen_entries(store, selector or "all")], today)
    shown = rows if selector else health.worth_showing(rows)
    present.give(shown, form, out)
    troubled = sum(map(health.needs_a_person, shown.to_pylist()))
    log.info(t("{all} sites, {troubled} need a person", all=len(rows), troubled=troubled))
    return NEEDS_A_PERSON if troubled else DONE


# -- versions of the dataset -------------------------------------------------------------------------------


@command("snapshots", "The versions of the dataset, the newest first.")
def list_snapshots(ctx: typer.Context, form: Form = "table", out: Out = None) -> int:
    store = ctx.obj.store()
    names: dict[int, list[str]] = defaultdict(list)
    for name, number in snapshots.tags(store).items():
        names[number].append(name)
    rows = [
        {"snapshot": one.number, "created_at": one.created_at, "tags": names[one.number]}
        | {table: one.rows(table) for table in COUNTED}
        | {"message": one.message}
        for one in snapshots.history(store)
    ]
    if not rows:
        raise SnapshotNotFound(t("{uri} has no snapshot yet", uri=store.uri))
    present.give(pa.Table.from_pylist(rows), form, out)
    return DONE


@command("tag", "Give a snapshot a name, for good.")
def tag(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=t("Name, kept for good"))],
    snapshot: Annotated[str, typer.Argument(metavar="SNAPSHOT", help=t(AT))] = "latest",
) -> int:
    store = ctx.obj.store()
    number = snapshots.load(store, snapshot).number
    try:
        snapshots.create_tag(store, name, number, now=datetime.now(UTC))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    log.info(t("{name} is snapshot {number}", name=name, number=number))
    return DONE


@command("diff", "What happened from snapshot A to snapshot B.")
def diff_snapshots(
    ctx: typer.Context,
    a: Annotated[str, typer.Argument(metavar="A", help=t(AT))],
    b: Annotated[str, typer.Argument(metavar="B", help=t(AT))] = "latest",
    whole: Annotated[
        bool, flag("--all", "A line per row and value that differs, as in all formats but table")
    ] = False,
    form: Form = "table",
    out: Out = None,
) -> int:
    store = ctx.obj.store()
    older, newer = snapshots.load(store, a), snapshots.load(store, b)
    difference = diff(store, older, newer)
    if present.form_of(form, out) == "table" and not whole:
        present.give(differences.levels(store, older, newer, difference), form, out)
    else:
        present.give(differences.lines(difference), form, out)
    for table in difference.tables:
        log.info(f"{table}: {differences.counts(difference, table)}")
    return DONE


@command("verify", "Check every hash, key and reference of everything stored.")
def verify(ctx: typer.Context, form: Form = "table", out: Out = None) -> int:
    findings = verify_store(existing(ctx.obj.store()))
    if findings:
        present.give(pa.Table.from_pylist([asdict(finding) for finding in findings]), form, out)
    errors = sum(finding.severity == "error" for finding in findings)
    log.info(t("{errors} errors, {notes} notes", errors=errors, notes=len(findings) - errors))
    return NEEDS_A_PERSON if errors else DONE


@command("stamp", "Write the hash lists of runs and snapshots, and have a service attest them.")
def stamp(
    ctx: typer.Context,
    service: Annotated[
        str | None,
        option("--command", "CMD", "Program that is given each list without a proof", envvar=STAMP_COMMAND),
    ] = None,
    form: Form = "table",
    out: Out = None,
) -> int:
    return attested(existing(ctx.obj.store()), service, form, out)


@command(
    "expire", "Remove old snapshots, and files that no snapshot lists; what is younger than --grace stays."
)
def expire_snapshots(
    ctx: typer.Context,
    count: Annotated[
        int, option("--keep", "N", "Keep the newest N, whatever their age", min=1)
    ] = Policy().count,
    days: Annotated[
        int, option("--days", "D", "Keep those of the last D days, however many", min=0)
    ] = Policy().age.days,
    grace: Annotated[
        int,
        option(
            "--grace",
            "D",
            "Keep what is younger than D days whatever else is said: somebody may be at it",
            min=1,
        ),
    ] = Policy().grace.days,
    dry_run: Annotated[bool, flag("--dry-run", "Only say what would go")] = False,
) -> int:
    policy = Policy(count, timedelta(days=days), timedelta(days=grace))
    gone = expire(existing(ctx.obj.store()), policy, now=datetime.now(UTC), dry_run=dry_run)
    for number in gone.snapshots:
        typer.echo(number)
    log.info(
        t(
            "{snapshots} snapshots, {files} files, {bytes} bytes; what has a tag or is young stays",
            snapshots=len(gone.snapshots),
            files=len(gone.files),
            bytes=gone.bytes,
        )
    )
    return DONE


@command("restore-check", "Rebuild a snapshot from the archive elsewhere, and compare row by row.")
def check_restoring(
    ctx: typer.Context,
    at: At = "latest",
    scratch: Annotated[
        Path | None, option("--scratch", "DIR", "Empty directory to rebuild in; a temporary one if not given")
    ] = None,
    form: Form = "table",
    out: Out = None,
) -> int:
    from archive.restore import restore_check

    store = ctx.obj.store()
    with TemporaryDirectory(prefix="gongkai-") as folder, ctx.obj.teller() as teller:
        found = restore_check(
            store,
            snapshots.load(store, at),
            scratch or Path(folder),
            registered=job.registered(store),
            progress=teller.parsed,
        )
    if found:
        present.give(pa.Table.from_pylist([asdict(mismatch) for mismatch in found]), form, out)
    log.info(t("{count} rows differ", count=len(found)))
    return NEEDS_A_PERSON if found else DONE


# -- questions ---------------------------------------------------------------------------------------------


@command("query", "Ask SQL (DuckDB, read-only) of a snapshot: facts, tables, documents, checks …")
def query(
    ctx: typer.Context,
    sql: Annotated[str, typer.Argument(metavar="SQL", help=t("One SELECT statement"))],
    at: At = "latest",
    form: Form = "table",
    out: Out = None,
) -> int:
    store = ctx.obj.store()
    answer(run_sql(store, snapshots.load(store, at), sql), form, out)
    return DONE


@command("deadlines", "Who was on time, who is late, who is missing.")
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
    store = ctx.obj.store()
    snapshot = snapshots.load(store, at)
    moment = datetime.now(CHINA) if at == "latest" else snapshot.created_at.astimezone(CHINA)
    day = as_of or moment.date()
    rows = monitor.board(store, snapshot, day, job.registered(store), region=region, year=year)
    if form == "ics":
        with present.opened(out) as stream:
            stream.write(feed(rows.to_pylist(), day).encode())
    else:
        on_screen = present.form_of(form, out) == "table"
        answer(rows.select(monitor.SCREEN_COLUMNS) if on_screen else rows, form, out)
    log.info(summary.standing(monitor.status_counts(rows), monitor.presumed(rows)))
    return DONE


@command("scores", "How open each body, government, county, city or province is: rates and a total.")
def scores(
    ctx: typer.Context,
    level: Annotated[scoring.Level, option("--level", None, "Whose scores")] = "body",
    region: Region = None,
    year: Year = None,
    at: At = "latest",
    form: Form = "table",
    out: Out = None,
) -> int:
    store = ctx.obj.store()
    prefixes = monitor.region_prefixes(region) if region else ("",)
    rows = scoring.scores(store, snapshots.load(store, at), level=level, prefixes=prefixes, year=year)
    on_screen = present.form_of(form, out) == "table"
    answer(scoring.for_screen(rows) if on_screen else rows, form, out)
    return DONE


TOLD_EVERY = 25
SITE_OR_ID = "Folder to write the pages to as files, for a bucket; with --wacz: a site_id"


@command("export", "A snapshot for people without SQL, as files, pages or a web archive.")
def export(
    ctx: typer.Context,
    form: Annotated[Format | None, FORMAT] = None,
    wacz: Annotated[bool, flag("--wacz", "A web archive, with all personal data in it")] = False,
    site: Annotated[str | None, option("--site", "DIR|ID", SITE_OR_ID)] = None,
    disclosure: Annotated[str | None, option("--disclosure", "ID", "With --wacz: a disclosure_id")] = None,
    region: Region = None,
    year: Year = None,
    at: At = "latest",
    out: Annotated[Path | None, option("--out", "DIR|FILE", "Folder or file to write")] = None,
) -> int:
    pages = bool(site) and not wacz
    if (
        bool(form) + wacz + pages != 1
        or (wacz and bool(site) == bool(disclosure))
        or (disclosure and not wacz)
    ):
        raise typer.BadParameter(t("give --format, --site DIR, or --wacz with --site ID or --disclosure ID"))
    if (region or year) and not pages:
        raise typer.BadParameter(t("--region and --year go with --site DIR"))
    store = ctx.obj.store()
    if site and pages:
        return export_site(store, Path(site), at, region, year)
    snapshot = snapshots.load(store, at)
    if form is None:
        from archive.export.wacz import export_wacz

        target = out or Path(f"{site or disclosure}.wacz")
        later = at == "latest"
        count = export_wacz(store, snapshot, target, site=site, disclosure=disclosure, later=later)
        log.info(t("{count} exchanges are in {path}", count=count, path=target))
        return DONE
    target = out or default_name(snapshot, form)
    write_export(store, snapshot, form, target)
    log.info(t("Snapshot {number} is in {path}", number=snapshot.number, path=target))
    return DONE


def export_site(store: Store, folder: Path, at: str, region: str | None, year: int | None) -> int:
    """The web pages as files."""
    from archive.web.site import Bounds, write_site

    registered = job.registered(store)

    def told(done: int, total: int) -> None:
        if done % TOLD_EVERY == 0 or done == total:
            log.info(t("{done} of {total} documents", done=done, total=total))

    count = write_site(
        store,
        lambda snapshot, day: monitor.board(store, snapshot, day, registered),
        folder,
        at=at,
        bounds=Bounds.of(region, year),
        language=texts.language(),
        told=told,
    )
    log.info(t("{count} pages are in {path}", count=count, path=folder))
    return DONE


@command("publish", "Register a snapshot in an Iceberg catalog, by metadata alone.")
def publish(
    ctx: typer.Context,
    catalog: Annotated[str, option("--iceberg", "CATALOG", "Catalog in the configuration of PyIceberg")],
    at: At = "latest",
    form: Form = "table",
    out: Out = None,
) -> int:
    try:
        from archive import iceberg
    except ModuleNotFoundError as error:
        raise typer.BadParameter(t("this needs: pip install 'gongkai[iceberg]'")) from error
    store = ctx.obj.store()
    snapshot = snapshots.load(store, at)
    done = [asdict(one) for one in iceberg.publish(store, snapshot, iceberg.open_catalog(catalog, store))]
    present.give(pa.Table.from_pylist(done), form, out)
    return DONE


@command("serve", "The dataset as web pages and JSON, read-only.")
def serve(
    ctx: typer.Context,
    host: Annotated[str, option("--host", "HOST", "Address to listen on")] = "127.0.0.1",
    port: Annotated[int, option("--port", "N", "Port to listen on", min=1, max=65535)] = 8000,
    at: At = "latest",
) -> int:
    import uvicorn  # a second to load: only who serves waits

    from archive.web.app import create_app

    store = ctx.obj.store()
    registered = job.registered(store)
    snapshots.load(store, at)
    pages = create_app(store, lambda snapshot, day: monitor.board(store, snapshot, day, registered), at)
    log.info(t("The pages are at {url}", url=f"http://{host}:{port}/"))
    uvicorn.run(pages, host=host, port=port, log_level="warning", server_header=False)
    return DONE


@command("alerts", "What happened: published, late, missing, altered, taken down, disputed, sites broken.")
def alerts(
    ctx: typer.Context,
    channels: Annotated[
        Path | None,
        option("--channels", "FILE", "Tell these channels what is new to them", exists=True, dir_okay=False),
    ] = None,
    region: Region = None,
    form: Annotated[Literal["table", "csv", "json", "atom", "rss", "ics"], FORMAT] = "table",
    out: Out = None,
) -> int:
    receivers = read_channels(channels) if channels else []
    store, now = ctx.obj.store(), datetime.now(UTC)
    today = now.astimezone(CHINA).date()
    found = detect(store, snapshots.load(store), today, job.registered(store))
    if channels:
        with locked(store, "alerts"):
            sent = deliver(store, receivers, found, now, process=uuid.uuid4().hex)
        present.give(pa.Table.from_pylist([asdict(one) for one in sent]), "table", None)
        return NEEDS_A_PERSON if any(one.problem for one in sent) else DONE
    prefixes = monitor.region_prefixes(region) if region else ("",)
    wanted = [alert for alert in found if (alert.region_code or "").startswith(prefixes)]
    with present.opened(out) as stream:
        feeds.write(wanted, form, stream, now)
    if not wanted:
        log.info(t("no rows"))
    return DONE


def main() -> None:
    app(hoisted(sys.argv[1:]), prog_name="gongkai")


if __name__ == "__main__":
    main()
