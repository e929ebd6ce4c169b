"""The commands about versions of the dataset: listed, named, compared, verified, stamped, expired, rebuilt.

Invariant: none of them changes a row of a snapshot.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from archive import SnapshotNotFound
from archive.dataset import finding
from archive.dataset.versions.expiry import Policy
from archive.rendering.console import Listing
from archive.rendering.texts import t
from crawler.cli.base import (
    AT,
    DONE,
    NEEDS_A_PERSON,
    At,
    Form,
    Out,
    command,
    existing,
    flag,
    give,
    group,
    option,
    session,
)
from crawler.reports.progress import log
from parsers.values.vocabulary import Severity

COUNTED = ("disclosures", "documents", "tables", "facts", "checks")
STAMP_COMMAND = "GONGKAI_STAMP_COMMAND"


app = group()


@command(app, "snapshots", "The versions of the dataset, the newest first.")
def list_snapshots(ctx: typer.Context, form: Form = "table", out: Out = None) -> int:
    """`gongkai snapshots`."""
    store = session(ctx).store()
    names: dict[int, list[str]] = defaultdict(list)
    for name, number in finding.tags(store).items():
        names[number].append(name)
    rows = tuple(
        (one.number, one.created_at, names[one.number], *map(one.rows, COUNTED), one.message)
        for one in finding.history(store)
    )
    if not rows:
        raise SnapshotNotFound("{store} has no snapshot yet", store=store.uri)
    give(Listing(("snapshot", "created_at", "tags", *COUNTED, "message"), rows), form, out)
    return DONE


@command(app, "tag", "Give a snapshot a name, for good.")
def tag(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=t("Name, kept for good"))],
    snapshot: Annotated[str, typer.Argument(metavar="SNAPSHOT", help=t(AT))] = "latest",
) -> int:
    """`gongkai tag`: a name never moves to another snapshot."""
    store = session(ctx).store()
    number = finding.load(store, snapshot).number
    try:
        finding.create_tag(store, name, number, now=datetime.now(UTC))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    log.info(t("{name} is snapshot {number}", name=name, number=number))
    return DONE


@command(app, "diff", "What happened from snapshot A to snapshot B.")
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
    """`gongkai diff`."""
    from archive.dataset.versions import differences
    from archive.dataset.versions.changes import diff
    from archive.rendering import formats

    store = session(ctx).store()
    older, newer = finding.load(store, a), finding.load(store, b)
    difference = diff(store, older, newer)
    if formats.form_of(form, out) == "table" and not whole:
        give(differences.levels(store, older, newer, difference), form, out)
    else:
        give(differences.lines(difference), form, out)
    for table in difference.tables:
        log.info(f"{table}: {differences.counts(difference, table)}")
    return DONE


@command(app, "verify", "Check every hash, key and reference of everything stored.")
def verify(
    ctx: typer.Context,
    run: Annotated[str | None, option("--run", "ID", "Only what one run left, and what it refers to")] = None,
    form: Form = "table",
    out: Out = None,
) -> int:
    """`gongkai verify`: exit code NEEDS_A_PERSON if anything stored is wrong."""
    from archive.evidence.archived import Looked, verify_run
    from archive.evidence.verification import verify as verify_store

    store, looked = existing(session(ctx).store()), Looked()
    findings = list(verify_run(store, run, looked)) if run else verify_store(store, looked)
    if findings:
        rows = tuple((one.severity, one.kind, one.key, str(one.message)) for one in findings)
        give(Listing(("severity", "kind", "key", "message"), rows), form, out)
    errors = sum(finding.severity == Severity.ERROR for finding in findings)
    log.info(
        t(
            "Checked: {snapshots} snapshots, {files} data files with {rows} rows; "
            "{warcs} WARC files with {records} records, of {captures} captures",
            **asdict(looked),
        )
    )
    log.info(t("errors {errors}, notes {notes}", errors=errors, notes=len(findings) - errors))
    return NEEDS_A_PERSON if errors else DONE


@command(app, "reindex", "Make the indexes anew, as a snapshot with the same rows.")
def reindex(ctx: typer.Context) -> int:
    """`gongkai reindex`."""
    from archive.dataset.snapshots import reindex as made_anew

    store = session(ctx).store()
    snapshot = made_anew(store, now=datetime.now(UTC))
    if snapshot is None:
        raise SnapshotNotFound("{store} has no snapshot yet", store=store.uri)
    log.info(
        t(
            "Snapshot {number}: {files} files of index",
            number=snapshot.number,
            files=len(snapshot.index_files),
        )
    )
    return DONE


@command(app, "stamp", "Write the hash lists of runs and snapshots, and have a service attest them.")
def stamp(
    ctx: typer.Context,
    service: Annotated[
        str | None,
        option("--command", "CMD", "Program that is given each list without a proof", envvar=STAMP_COMMAND),
    ] = None,
    form: Form = "table",
    out: Out = None,
) -> int:
    """`gongkai stamp`."""
    from crawler.jobs.endings import attested

    return NEEDS_A_PERSON if attested(existing(session(ctx).store()), service, form, out) else DONE


@command(
    app,
    "expire",
    "Remove old snapshots, and files that no snapshot lists; what is younger than --grace stays.",
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
    """`gongkai expire`."""
    from archive.dataset.versions.expiry import expire

    policy = Policy(count, timedelta(days=days), timedelta(days=grace))
    gone = expire(existing(session(ctx).store()), policy, now=datetime.now(UTC), dry_run=dry_run)
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


@command(app, "restore-check", "Rebuild a snapshot from the archive elsewhere, and compare row by row.")
def check_restoring(
    ctx: typer.Context,
    at: At = "latest",
    scratch: Annotated[
        Path | None, option("--scratch", "DIR", "Empty directory to rebuild in; a temporary one if not given")
    ] = None,
    form: Form = "table",
    out: Out = None,
) -> int:
    """`gongkai restore-check`."""
    import pyarrow as pa

    from archive.dataset.schema import TABLES
    from archive.evidence.restore import restore_check
    from crawler.jobs.registry import registered

    store = session(ctx).store()
    snapshot = finding.load(store, at)
    with TemporaryDirectory(prefix="gongkai-") as folder, session(ctx).reporter() as reporter:
        found = restore_check(
            store,
            snapshot,
            scratch or Path(folder),
            registered=registered(store),
            progress=reporter.parsed,
        )
    if found:
        give(pa.Table.from_pylist([asdict(mismatch) for mismatch in found]), form, out)
    log.info(
        t(
            "Snapshot {number}: rebuilt from {runs} runs with {captures} captures and {documents} documents; "
            "{rows} rows of {tables} tables compared",
            number=snapshot.number,
            rows=sum(map(snapshot.rows, TABLES)),
            tables=len(TABLES),
            runs=snapshot.rows("runs"),
            captures=snapshot.rows("captures"),
            documents=snapshot.rows("documents"),
        )
    )
    log.info(t("rows that differ: {count}", count=len(found)))
    return NEEDS_A_PERSON if found else DONE
