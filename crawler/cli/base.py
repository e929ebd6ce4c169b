"""Options, exit codes and the way every command ends.

Invariant: results go to standard output and everything else to standard error, so that every command can
stand in a pipe; and every way to end has its exit code: 0 done, 1 done with things a person must look at,
2 usage, 3 store or configuration unusable, 4 interrupted and resumable.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

import typer
from typer.core import TyperGroup

from archive import AlreadyExists, QueryError, SnapshotNotFound, StoreUnusable
from archive.rendering import texts
from archive.rendering.texts import t
from archive.stores import Store, open_store, probe_for_writing
from crawler.reports.progress import LogFormat, ProgressReporter, log
from parsers.values.errors import GongkaiError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from archive.rendering.console import Listing

DONE, NEEDS_A_PERSON, USAGE, UNUSABLE, INTERRUPTED = range(5)
USAGE_ERRORS = (UsageError, AlreadyExists, QueryError, SnapshotNotFound)
DEFAULT_STORE = "gongkai-data"
OWN_PACKAGES = ("archive", "crawler", "parsers", "gongkai_replica")
ANYWHERE = ("--store", "--lang", "--log-format")


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


class Commands(TyperGroup):
    """The commands, and how they end: a command returns its exit code, and each expected error has one."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command and exit with its code; errors are logged as one line."""
        try:
            code = super().invoke(ctx)
        except KeyboardInterrupt as stopped:
            if done := getattr(stopped, "done", None):  # crawler.jobs.reports.Interrupted
                from crawler.jobs.endings import reported

                reported(session(ctx).store(), done, session(ctx).report)
            log.error(t("Interrupted. What was archived is kept; the same command goes on from there."))
            code = INTERRUPTED
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader ended: head, a pager
            code = DONE
        except GongkaiError as raised:
            error = _if_empty(ctx, raised)
            log.error(t(error.text, context=None, **error.values))
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
        """Open the store of `--store`, else the command's default."""
        return open_store(self.uri or self.default)

    def writable_store(self) -> Store:
        """The same, for a run that archives. Raises StoreUnusable for a store that would overwrite."""
        store = self.store()
        probe_for_writing(store)
        return store

    def reporter(self) -> ProgressReporter:
        """The progress display in the chosen log format."""
        return ProgressReporter(self.log_format)


def session(ctx: Any) -> Session:
    """The session of a command: typed, as `ctx.obj` is not."""
    found: Session = ctx.obj
    return found


def option(name: str, metavar: str | None, text: str, **more: Any) -> Any:
    """A translated option; `metavar` is what its value is called in the help."""
    return typer.Option(name, metavar=metavar, help=t(text), **more)


def file_args(metavar: str, text: str) -> Any:
    """A translated argument that takes existing files."""
    return typer.Argument(metavar=metavar, help=t(text), exists=True, dir_okay=False, readable=True)


def flag(name: str, text: str, **more: Any) -> Any:
    """A translated option without a value."""
    return option(name, "", text, **more)


def day_of(text: str) -> date:
    """The date of an ISO string; BadParameter for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(t("{given} is not a date like 2026-05-31", given=repr(text))) from error


def web_address(text: str) -> str:
    """`text` if it is an http or https address with a host; BadParameter otherwise."""
    if urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname:
        raise typer.BadParameter(
            t("{given} is not an address like http://www.example.gov.cn/", given=repr(text))
        )
    return text


def give(rows: pa.Table | Listing, form: str, out: Path | None) -> None:
    """Print or write a table; see `archive.rendering.formats`."""
    from archive.rendering import formats

    formats.give(rows, form, out)


def answer(rows: pa.Table, form: str, out: Path | None) -> None:
    """Print or write the rows of an answer; report if there are none."""
    give(rows, form, out)
    if not len(rows):
        log.info(t("no rows"))


def existing(store: Store) -> Store:
    """The store; StoreUnusable if nothing is in it: a mistyped path must not pass for a sound store."""
    if next(iter(store.list("")), None) is None:
        raise StoreUnusable(t("nothing is stored in {uri}; is --store right?", uri=store.uri))
    return store


def _if_empty(ctx: Any, error: GongkaiError) -> GongkaiError:
    """What a command that found no snapshot says: where nothing is stored at all, that."""
    if isinstance(error, SnapshotNotFound):
        try:
            existing(session(ctx).store())
        except StoreUnusable as unusable:
            return unusable
    return error


SEL = "all, own (sites of your own), a name, a code prefix (6107), a site id, a URL, or several with commas"
AT = "Number, tag, date or latest"
FORMAT = option("--format", None, "Form of the output")

Selector = Annotated[str, option("--sites", "SEL", SEL)]
Share = Annotated[
    str | None, option("--shard", "I/N", "Only the I-th of N parts of the sites, divided by host")
]
Cluster = Annotated[
    str | None, option("--cluster", "ADDRESS", "Read with Dask workers: tcp://HOST:8786, or local:N")
]
Year = Annotated[int | None, option("--year", "Y", "Fiscal year")]
Region = Annotated[str | None, option("--region", "R", "Region code, its beginning (6107), or name")]
At = Annotated[str, option("--at", "SNAPSHOT", AT)]
Out = Annotated[Path | None, option("--out", "FILE", "File to write", dir_okay=False)]
Form = Annotated[Literal["table", "csv", "json", "xlsx", "parquet"], FORMAT]

Function = TypeVar("Function", bound=Callable[..., int])


def group(**more: Any) -> typer.Typer:
    """A group of commands. Help is plain text: drawing boxes takes longer than everything else."""
    return typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        **more,
    )


def command(group: typer.Typer, name: str, text: str) -> Callable[[Function], Function]:
    """Declare a command of a group."""
    epilog = t("Everywhere: --store, --lang, --log-format; see gongkai --help.")
    return group.command(
        name, help=t(text), short_help=t(text), epilog=epilog, context_settings={"max_content_width": 110}
    )
