"""The command line: options, progress, exit codes; no logic of its own.

Invariant: results go to standard output and everything else to standard error, so that every command can
stand in a pipe; and every way to end has its exit code: 0 done, 1 done with things a person must look at,
2 usage, 3 store or configuration unusable, 4 interrupted and resumable.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Annotated, Any, Literal

import pyarrow as pa
import typer
from rich.console import Console
from typer.core import TyperGroup

from archive import present, snapshots, texts
from archive.bodies import approvals_by_year
from archive.deadlines import CHINA
from archive.errors import AlreadyExists, QueryError, SnapshotNotFound
from archive.icalendar import feed
from archive.monitor import SCREEN_COLUMNS, UnknownRegion, board, status_counts
from archive.query import run_sql
from archive.stores import Store, open_store
from archive.texts import t
from crawler import sites as registry
from parsers.errors import GongkaiError

DONE, NEEDS_A_PERSON, USAGE, UNUSABLE, INTERRUPTED = range(5)
USAGE_ERRORS = (SnapshotNotFound, AlreadyExists, QueryError, UnknownRegion, registry.UnknownSites)
SIGINT_EXIT = 130
ANYWHERE = ("--store", "--lang", "--log-format")

err = Console(stderr=True, highlight=False)


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
        if word.startswith("--lang"):
            return word.partition("=")[2] or "".join(front[place + 1 : place + 2])
    return os.environ.get("GONGKAI_LANG", "en")


texts.use(language(sys.argv[1:]))


class Commands(TyperGroup):
    """The commands, and how they end: a command returns its exit code, an error on purpose has one."""

    def invoke(self, ctx: Any) -> Any:
        try:
            code = super().invoke(ctx)
        except KeyboardInterrupt:
            err.print(t("Interrupted. What was archived is kept; the same command goes on from there."))
            code = INTERRUPTED
        except GongkaiError as error:
            err.print(f"[red]{t('Error')}:[/red]", str(error), markup=True)
            code = USAGE if isinstance(error, USAGE_ERRORS) else UNUSABLE
        raise typer.Exit(code or DONE)


@dataclass(frozen=True, slots=True)
class Session:
    """What the options of the whole program say."""

    uri: str
    log_format: str

    def store(self) -> Store:
        return open_store(self.uri)


EPILOG = t("Everywhere: --store, --lang, --log-format; see gongkai --help.")
SELECTOR = t("all, a name (陕西), a code prefix (6107), a site id, a URL, or several with commas")
AT = t("Number, tag, date or latest")
FORM = t("Form of the output")

Sites = Annotated[str, typer.Option("--sites", metavar="SEL", help=SELECTOR)]
Year = Annotated[int | None, typer.Option("--year", metavar="Y", help=t("Fiscal year"))]
Region = Annotated[str | None, typer.Option("--region", metavar="R", help=t("Region code or name"))]
At = Annotated[str, typer.Option("--at", metavar="SNAPSHOT", help=AT)]
Out = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help=t("File to write"))]
Form = Annotated[Literal["table", "csv", "json", "xlsx", "parquet"], typer.Option("--format", help=FORM)]
DeadlineForm = Annotated[Literal["table", "csv", "ics", "json"], typer.Option("--format", help=FORM)]

app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
sites_app = typer.Typer(no_args_is_help=True, help=t("The registry of sites."))
app.add_typer(sites_app, name="sites")


@contextmanager
def opened(out: Path | None) -> Iterator[IO[bytes]]:
    """The file to write, or standard output."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.flush()
    else:
        with out.open("wb") as file:
            yield file


def emit(rows: pa.Table, form: str, out: Path | None = None) -> None:
    """Give rows out; a table is fitted to the screen only if there is one."""
    on_terminal = out is None and sys.stdout.isatty()
    if on_terminal and form in present.BINARY:
        raise typer.BadParameter(t("{form} is not for a terminal: give --out FILE", form=form))
    if on_terminal and form == "table":
        Console().print(present.screen_table(rows))
        return
    with opened(out) as stream:
        present.write(rows, form, stream)


def print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"gongkai {version('gongkai')}")
        raise typer.Exit


@app.callback(help=t("Archive China's local budget disclosures, read every table, and watch who is late."))
def program(
    ctx: typer.Context,
    store: Annotated[
        str,
        typer.Option(
            "--store",
            envvar="GONGKAI_STORE",
            metavar="DIR|s3://BUCKET/PREFIX",
            help=t("Where everything is kept"),
        ),
    ] = "gongkai-data",
    lang: Annotated[
        Literal["en", "zh"],
        typer.Option("--lang", envvar="GONGKAI_LANG", help=t("Language of the interface")),
    ] = "en",
    log_format: Annotated[
        Literal["text", "json"],
        typer.Option("--log-format", help=t("How progress is told on standard error")),
    ] = "text",
    show_version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help=t("Print the version"))
    ] = False,
) -> None:
    ctx.obj = Session(store, log_format)


def site_rows(sites: Sequence[registry.Site]) -> pa.Table:
    columns = ("site_id", "region_code", "name", "page_type", "url", "notes")
    return pa.table({column: [getattr(site, column) for site in sites] for column in columns})


@sites_app.command("list", help=t("The registered sites."), epilog=EPILOG)
def sites_list(
    selector: Annotated[str, typer.Argument(metavar="SEL", help=SELECTOR)] = "all",
    form: Form = "table",
    out: Out = None,
) -> int:
    emit(site_rows(registry.select(selector)), form, out)
    return DONE


@sites_app.command(
    "check", help=t("Read the registry back; list the entries that need a person."), epilog=EPILOG
)
def sites_check() -> int:
    sites = registry.load()
    open_questions = [site for site in sites if site.url is None or site.region_code is None]
    if open_questions:
        emit(site_rows(open_questions), "table", None)
    err.print(
        t(
            "{count} sites; {open} need a person: no address or no region code",
            count=len(sites),
            open=len(open_questions),
        )
    )
    return NEEDS_A_PERSON if open_questions else DONE


@app.command("snapshots", help=t("The versions of the dataset, the newest first."), epilog=EPILOG)
def list_snapshots(ctx: typer.Context, form: Form = "table", out: Out = None) -> int:
    store = ctx.obj.store()
    names: dict[int, list[str]] = defaultdict(list)
    for name, number in snapshots.tags(store).items():
        names[number].append(name)
    rows = [
        {
            "snapshot": snapshot.number,
            "created_at": snapshot.created_at,
            "tags": " ".join(names[snapshot.number]),
        }
        | {table: snapshot.rows(table) for table in ("disclosures", "documents", "tables", "facts", "checks")}
        | {"message": snapshot.message}
        for snapshot in snapshots.history(store)
    ]
    emit(pa.Table.from_pylist(rows), form, out)
    return DONE


@app.command(help=t("Give a snapshot a name, for good."), epilog=EPILOG)
def tag(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    snapshot: Annotated[str, typer.Argument(metavar="SNAPSHOT", help=AT)] = "latest",
) -> int:
    store = ctx.obj.store()
    number = snapshots.load(store, snapshot).number
    snapshots.create_tag(store, name, number, now=datetime.now(UTC))
    err.print(t("{name} is snapshot {number}", name=name, number=number))
    return DONE


@app.command(help=t("Who was on time, who is late, who is missing."), epilog=EPILOG)
def deadlines(
    ctx: typer.Context,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help=t("The day to judge; today if not given")),
    ] = None,
    region: Region = None,
    year: Year = None,
    at: At = "latest",
    form: DeadlineForm = "table",
    out: Out = None,
) -> int:
    store = ctx.obj.store()
    day = as_of.date() if as_of else datetime.now(CHINA).date()
    lines = ((site.region_code, site.budget_approved, site.accounts_approved) for site in registry.load())
    rows = board(store, snapshots.load(store, at), day, approvals_by_year(lines), region=region, year=year)
    if form == "ics":
        with opened(out) as stream:
            stream.write(feed(rows.to_pylist(), day).encode())
    else:
        emit(rows.select(SCREEN_COLUMNS) if form == "table" else rows, form, out)
    err.print(", ".join(f"{count} {t(status)}" for status, count in status_counts(rows).items()))
    return DONE


@app.command(
    help=t("Ask SQL (DuckDB, read-only) of a snapshot: facts, tables, documents, checks …"), epilog=EPILOG
)
def query(
    ctx: typer.Context,
    sql: Annotated[str, typer.Argument(metavar="SQL")],
    at: At = "latest",
    form: Form = "table",
    out: Out = None,
) -> int:
    store = ctx.obj.store()
    emit(run_sql(store, snapshots.load(store, at), sql), form, out)
    return DONE


def main() -> None:
    app(hoisted(sys.argv[1:]), prog_name="gongkai")


if __name__ == "__main__":
    main()
