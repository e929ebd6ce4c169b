"""Arrow tables as text or files for people: table, csv, json, xlsx, parquet.

Invariant: values leave as they are stored, but for messages, which table, csv and xlsx show as sentences in
the language in use, while json has them in both languages beside the code. Amounts are exact decimals in
every format (plain digits in CSV, strings in JSON, whose numbers are not exact), codes stay text with their
leading zeros, and a text that looks like a formula stays a text.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from archive.rendering.console import Listing, as_sentence, as_text, print_fitted, rows_of
from archive.rendering.scalars import as_json, harmless, plain
from archive.rendering.texts import t
from parsers.values.errors import UsageError
from parsers.values.messages import is_message

if TYPE_CHECKING:
    import pyarrow as pa

BINARY = frozenset({"xlsx", "parquet"})
NAMED = BINARY | {"csv", "json"}
"""The formats that a file's name can select."""


class NotForTerminal(UsageError):
    """A binary form was about to be printed on a screen."""


class CannotWrite(UsageError):
    """The file to write cannot be written."""


@contextmanager
def opened(out: Path | None) -> Iterator[IO[bytes]]:
    """The file to write, or standard output. Raises CannotWrite."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        try:
            file = out.open("wb")
        except OSError as error:
            raise CannotWrite(t("cannot write {path}: {why}", path=out, why=error.strerror)) from error
        with file:
            yield file


def form_of(form: str, out: Path | None) -> str:
    """The form to write in: where none was chosen (`table`), what the file's name says."""
    named = out.suffix.removeprefix(".").lower() if out else ""
    return named if form == "table" and named in NAMED else form


def give(
    rows: pa.Table | Listing | Mapping[str, pa.Table], form: str, out: Path | None, main: str = ""
) -> None:
    """Write one table, or several with their names, to a file or to standard output; on a terminal a table is
    fitted to the screen. Forms that hold one table get `main` of several. Raises NotForTerminal."""
    form = form_of(form, out)
    on_terminal = out is None and sys.stdout.isatty()
    if on_terminal and form in BINARY:
        raise NotForTerminal(t("{form} is not for a terminal: give --out FILE", form=form))
    if on_terminal and form == "table":
        from rich.console import Console

        for name, table in rows.items() if isinstance(rows, Mapping) else [(None, rows)]:
            print_fitted(table, Console(), name and t(name))
        return
    with opened(out) as stream:
        if isinstance(rows, Mapping):
            write_tables(rows, form, stream, main)
        else:
            write(rows, form, stream)


def write(table: pa.Table | Listing, form: str, out: IO[bytes]) -> None:
    """Write one table as table, csv, json, xlsx or parquet; text is UTF-8."""
    if isinstance(table, Listing) and form in BINARY:
        import pyarrow as pa

        table = pa.Table.from_pylist(table.to_pylist())
    if form == "parquet":
        import pyarrow.parquet as pq

        pq.write_table(table, out, compression="zstd")
    elif form == "xlsx":
        _write_workbook({"data": table}, out)
    elif form == "csv":
        out.write(as_csv(table).encode())
    elif form == "json":
        out.write((as_json(_explained(table)) + "\n").encode())
    elif form == "table":
        out.write(as_text(table).encode())
    else:
        raise ValueError(f"unknown format {form!r}")


def write_tables(tables: Mapping[str, pa.Table], form: str, out: IO[bytes], main: str) -> None:
    """Write several tables: one after another, as one JSON object, or as the sheets of a workbook. CSV and
    Parquet hold one table: `main`."""
    if form == "table":
        out.write("\n".join(as_text(table, t(name)) for name, table in tables.items()).encode())
    elif form == "json":
        out.write((as_json({name: _explained(table) for name, table in tables.items()}) + "\n").encode())
    elif form == "xlsx":
        _write_workbook(tables, out)
    else:
        write(tables[main], form, out)


def _explained(table: pa.Table | Listing) -> list[dict[str, Any]]:
    """The rows for JSON; each column that holds messages has their sentences in `note_en` and `note_zh`."""
    from archive.rendering.messages import with_sentences  # its catalogue is not needed to start

    rows: list[dict[str, Any]] = table.to_pylist()
    columns = [name for name in table.column_names if any(_is_said(row[name]) for row in rows)]
    return with_sentences(rows, columns)


def _is_said(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_is_said, value))
    return isinstance(value, str) and is_message(value)


def _write_workbook(sheets: Mapping[str, pa.Table], out: IO[bytes]) -> None:
    from archive.rendering.workbook import write_workbook  # loads pyarrow

    write_workbook(sheets, out)


def texts_of(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> pa.Table:
    """Rows of mixed types as a table of texts, in the forms of CSV."""
    import pyarrow as pa

    found = list(rows)
    texts = {
        column: [None if row[column] is None else str(plain(row[column])) for row in found]
        for column in columns
    }
    return pa.table(texts, pa.schema([(column, pa.string()) for column in columns]))


def as_csv(table: pa.Table | Listing) -> str:
    """RFC 4180 with a header row; null is empty, lists are JSON; a text that a spreadsheet would run as a
    formula (a member of an archive can be called `=cmd…`) has an apostrophe in front."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(map(harmless, table.column_names))
    writer.writerows(map(_csv_cell, row) for row in rows_of(table))
    return lines.getvalue()


def _csv_cell(value: object) -> object:
    value = as_sentence(value)
    return harmless(value) if isinstance(value, str) else plain(value)
