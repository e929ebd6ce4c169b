"""The rooms: which folders there are, on which floors they stand, and what a listing of one may hold.

The floors are those of `docs/architecture.md`. A folder imports folders of lower floors only. The `__init__`
of a package is the way into it: it may import the folders of the package, which no module beside it does.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("parsers", "archive", "crawler")
FLOORS = (
    "parsers.values",
    "parsers.reference",
    "parsers.tables.layout",
    "parsers.tables",
    "parsers.tables.ocr_repair",
    "parsers.accounting",
    "parsers.accounting.kinds.hierarchy",
    "parsers.accounting.kinds.government",
    "parsers.accounting.kinds",
    "parsers.findings parsers.scale parsers.prose",
    "parsers.government.names",
    "parsers.prose.checks parsers.prose.report parsers.performance parsers.completeness parsers.government",
    "parsers.readers",
    "parsers.readers.page.lines",
    "parsers.readers.page.headers",
    "parsers.readers.page",
    "parsers.readers.scan",
    "parsers.readers.pdf.pdfium",
    "parsers.readers.pdf parsers.readers.html parsers.readers.word parsers.readers.sheet",
    "parsers.readers.ofd",
    "parsers.cover",
    "parsers",
    "archive",
    "archive.stores archive.isolation archive.rendering",
    "archive.warc",
    "archive.dataset.schema",
    "archive.dataset.rows",
    "archive.dataset",
    "archive.dataset.versions",
    "archive.dataset.query",
    "archive.history",
    "archive.monitoring",
    "archive.monitoring.scores",
    "archive.ingest.reading",
    "archive.ingest archive.alerts",
    "archive.ingest.cluster",
    "archive.export",
    "archive.evidence",
    "archive.web.data",
    "archive.web.view",
    "archive.web.pages",
    "archive.web.api",
    "archive.web.government",
    "archive.web",
    "crawler.pages",
    "crawler.platforms",
    "crawler.sites",
    "crawler.reading",
    "crawler.history",
    "crawler.http",
    "crawler",
    "crawler.reports",
    "crawler.spiders",
    "crawler.jobs",
    "crawler.cli",
)
LONGEST_LISTING = 15
LONGEST_FILE = 400
"""Lines; what a reader keeps in mind is nearer to 300."""
LISTS = {
    "crawler/sites",
    "crawler/platforms",
    "parsers/reference",
    "archive/web/templates",
    "archive/web/static",
}
"""Folders that list one kind of thing, one a line: provinces, platforms, tables of knowledge, pages."""


@cache
def _modules() -> dict[str, Path]:
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def _folder(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).parent.parts)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imported(path: Path, modules: dict[str, Path]) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in modules else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _bound(path: Path, package: str) -> Iterator[str]:
    """Names that an `__init__` binds, its own modules apart."""
    for node in _tree(path).body:
        if isinstance(node, ast.ImportFrom) and node.module != package:
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name


def test_folders_import_lower_floors_only() -> None:
    floor = {folder: height for height, floor in enumerate(FLOORS) for folder in floor.split()}
    modules = _modules()
    assert sorted({_folder(path) for path in modules.values()}) == sorted(floor)
    upward = []
    for name, path in modules.items():
        here = _folder(path)
        for other in filter(modules.__contains__, _imported(path, modules)):
            there = _folder(modules[other])
            inward = path.name == "__init__.py" and there.startswith(f"{here}.")
            if there != here and not inward and floor[there] >= floor[here]:
                upward.append(f"{name} imports {other}")
    assert not upward


def test_no_modules_import_each_other() -> None:
    """Not even by way of others, or within a function."""
    modules = _modules()
    TopologicalSorter({name: {*_imported(path, modules)} for name, path in modules.items()}).prepare()


def test_a_listing_fits_a_glance() -> None:
    long = {}
    for package in PACKAGES:
        folders = [ROOT / package, *(path for path in (ROOT / package).rglob("*") if path.is_dir())]
        for folder in (one for one in folders if one.name != "__pycache__"):
            entries = [entry for entry in folder.iterdir() if entry.name != "__pycache__"]
            if len(entries) > LONGEST_LISTING and folder.relative_to(ROOT).as_posix() not in LISTS:
                long[folder.relative_to(ROOT).as_posix()] = len(entries)
    assert not long


def test_a_file_is_read_in_one_sitting() -> None:
    paths = [
        ROOT / "gongkai.py",
        *(path for room in (*PACKAGES, "tests") for path in (ROOT / room).rglob("*.py")),
    ]
    lines = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in paths}
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


def test_every_room_says_its_duty() -> None:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("__init__.py"):
            said = ast.get_docstring(_tree(path))
            assert said and len(said) > 40, path


def test_no_name_hides_a_module() -> None:
    """`from package import name` means one thing: the module, or the function that the package offers."""
    hidden = []
    for name, path in _modules().items():
        if path.name != "__init__.py":
            continue
        for one in _bound(path, name):
            if (path.parent / f"{one}.py").exists() or (path.parent / one).is_dir():
                hidden.append(f"{name}.{one}")
    assert not hidden


def test_no_module_has_the_name_of_a_function_of_its_package() -> None:
    """A reader who looks for what is called finds the function, and not a module about something else."""
    functions: dict[str, set[str]] = defaultdict(set)
    for name, path in _modules().items():
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        functions[name.partition(".")[0]] |= {one.name for one in _tree(path).body if isinstance(one, kinds)}
    alike = [name for name, path in _modules().items()
             if path.name != "__init__.py" and path.stem in functions[name.partition(".")[0]]]  # fmt: skip
    assert alike == []


def test_a_public_class_has_its_name_alone() -> None:
    homes = defaultdict(list)
    for name, path in _modules().items():
        for node in _tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[name.partition(".")[0], node.name].append(name)
    assert {key: where for key, where in homes.items() if len(where) > 1} == {}
