"""The modules of the full rows, written from the schema: `python -m archive.dataset.rows.writing`.

Invariant: the modules beside this one hold what this one writes; `tests/archive/dataset/rows` compares them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from archive.dataset.rows.typed import python_type
from archive.dataset.schema import TABLES, TableSchema
from archive.dataset.schema.declaration import Column

_LINE = 110  # the length of a line in this repository
MODULES = {
    "crawl": {"runs": "RunRow", "gaps": "GapRow", "disclosures": "DisclosureRow"},
    "documents": {
        "documents": "DocumentRow",
        "versions": "VersionRow",
        "changes": "ChangeRow",
        "tables": "TableRow",
    },
    "facts": {"facts": "FactRow", "checks": "CheckRow"},
    "monitoring": {"bodies": "BodyRow", "deadlines": "DeadlineRow"},
}
"""The classes of each module by their tables. Captures and sites have classes elsewhere (`archived`), and
whole rows of indicators and statements are not looked at."""
_FROM = {"Sequence": "collections.abc", "date": "datetime", "datetime": "datetime", "Decimal": "decimal"}
_TAKEN = ("str", "int", "float", "bool", "None")


def module(name: str) -> str:
    """The text of one module."""
    columns = [column for table in MODULES[name] for column in TABLES[table].columns]
    parts = [
        f'"""Whole rows of the tables {", ".join(MODULES[name])}.\n\n'
        "Invariant: written from the schema by `make docs`; do not edit by hand.\n"
        '"""\n\nfrom __future__ import annotations\n',
        _imports(columns),
        *(_class(TABLES[table], kind) for table, kind in MODULES[name].items()),
    ]
    return "\n".join(parts)


def _imports(columns: Sequence[Column]) -> str:
    vocabularies = [column.values for column in columns if isinstance(column.values, type)]
    words = {vocabulary.__name__: vocabulary.__module__ for vocabulary in vocabularies}
    used = {name for column in columns for name in re.findall(r"\w+", python_type(column))}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name in used - {*_TAKEN}:
        found[words.get(name) or _FROM[name]].add(name)
    own = {origin: found.pop(origin) for origin in set(words.values())}
    standard = _import({"dataclasses": {"dataclass"}, **found})
    return "\n".join([*standard, "", *_import({"archive.dataset.rows.typed": {"row_of"}, **own})]) + "\n"


def _import(names: dict[str, set[str]]) -> list[str]:
    return [_line(module, sorted(names[module])) for module in sorted(names)]


def _line(module: str, names: Sequence[str]) -> str:
    short = f"from {module} import {', '.join(names)}"
    if len(short) <= _LINE:
        return short
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def _class(table: TableSchema, name: str) -> str:
    # Written out rather than made at run time, so that mypy and a reader see the fields.
    lines = [
        f"    {column.name}: {python_type(column)}{' = None' * column.nullable}" for column in table.columns
    ]
    return "\n".join(
        [
            "",
            f'@row_of("{table.name}")',
            "@dataclass(frozen=True, slots=True, kw_only=True)",
            f"class {name}:",
            f'    """{table.description}"""',
            "",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    for each in MODULES:
        Path(__file__).with_name(f"{each}.py").write_text(module(each), encoding="utf-8")
