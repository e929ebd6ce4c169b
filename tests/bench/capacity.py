"""`docs/capacity.md`: what a province and the country need in a year, from what the benchmarks measured.

`python -m tests.bench.capacity [--set NAME=VALUE ...]` prints the page, with other suppositions or prices.

Invariant: every number follows from a measured figure, named on the page, or from a line of
`capacity.yaml`, printed on the page with where it comes from. What was not measured is said to be missing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.bench.page import ROOT, Measured, read_all

PAGE = ROOT / "docs" / "capacity.md"
KNOWLEDGE = Path(__file__).with_name("capacity.yaml")
NEEDED = {
    "parse_ms": ("pdf", "whole parse, CPU ms a page"),
    "scan_s": ("ocr", "a page with tables, CPU s"),
    "exchange_ms": ("crawl", "gongkai, CPU ms a page"),
    "commit_s": ("commit", "ours, full write, CPU s"),
    "commit_mb": ("commit", "ours, full write, MB written"),
    "commit_facts": ("commit", "facts"),
    "read_facts": ("ingest", "facts"),
    "read_documents": ("ingest", "documents"),
    "run_s": ("history", "commit of a run, CPU s"),
    "history_bytes": ("history", "tables and index, bytes"),
    "history_captures": ("history", "captures"),
}
"""Short names of the figures that the page stands on: benchmark and figure."""
GB = 1e9
YEAR_HOURS = 8_760


@dataclass(frozen=True, slots=True)
class Year:
    """A year of one size: requests, processor hours by work, GB stored at its end, writes, and USD."""

    requests: float
    hours: Mapping[str, float]
    stored: Mapping[str, float]
    writes: float
    money: Mapping[str, float]


def figures(found: Mapping[str, Measured]) -> tuple[dict[str, float], list[str]]:
    """The needed figures that were measured, and the names of benchmarks that lack one."""
    known, lacking = {}, set()
    for short, (name, figure) in NEEDED.items():
        if name in found and figure in found[name].figures:
            known[short] = found[name].middle(figure)
        else:
            lacking.add(name)
    return known, sorted(lacking)


def year(size: Mapping[str, Any], given: Mapping[str, float], known: Mapping[str, float]) -> Year:
    """What one size needs. A figure that was not measured counts as nothing; the page says so."""
    g, m = given, {name: known.get(name, 0.0) for name in NEEDED}
    documents = size["documents"]
    visits = size["sites"] * g["visits_a_year"]
    requests = visits * g["requests_a_visit"] + documents * g["requests_a_document"]
    read = documents * g["readings_a_year"]
    pages = read * g["pages_a_document"]
    each = facts_a_document(m)
    facts = documents * each
    per_fact = 1 / m["commit_facts"] if m["commit_facts"] else 0.0
    hours = {
        "crawl": requests * m["exchange_ms"] / 3.6e6,
        "read text": pages * (1 - g["scanned_share"]) * m["parse_ms"] / 3.6e6,
        "recognise scans": pages * g["scanned_share"] * m["scan_s"] / 3600,
        "commit": (read * each * m["commit_s"] * per_fact + g["visits_a_year"] * m["run_s"]) / 3600,
    }
    per_capture = m["history_bytes"] / m["history_captures"] if m["history_captures"] else 0.0
    stored = {
        "files as received": documents * g["document_mib"] * 2**20 / GB,
        "other exchanges": requests * g["request_kib"] * 2**10 / GB,
        "facts and checks": facts * m["commit_mb"] * per_fact * 1e6 / GB,
        "captures and their index": requests * per_capture / GB,
    }
    writes = visits + documents / 50 + 40 * g["visits_a_year"]
    working = sum(hours.values()) / g["cores"] / g["used_share"]
    money = {
        "one machine, always on (crawl, web)": YEAR_HOURS * g["machine_hour"],
        "machines to read": (working - hours["crawl"] / g["cores"] / g["used_share"]) * g["machine_hour"],
        "storage, half a year on average": sum(stored.values()) * 6 * g["storage_gb_month"],
        "writes and reads of the store": (writes * g["put_thousand"] + 5 * read * g["get_thousand"]) / 1000,
    }
    return Year(requests, hours, stored, writes, money)


def facts_a_document(known: Mapping[str, float]) -> float:
    """Amounts of a document, as those that the benchmark of ingest read have them; 0 if none were read."""
    return known.get("read_facts", 0.0) / (known.get("read_documents") or 1.0)


def page(found: Mapping[str, Measured], changed: Mapping[str, float] = {}) -> str:
    """The page in Markdown; `changed` suppositions and prices by name."""
    knowledge = yaml.safe_load(KNOWLEDGE.read_text("utf-8"))
    said = knowledge["suppositions"] | knowledge["prices"]
    if unknown := set(changed) - set(said):
        raise SystemExit(f"nothing is supposed of {', '.join(sorted(unknown))}")
    given = {name: line["value"] for name, line in said.items()} | dict(changed)
    return "\n".join(_lines(knowledge, given, found)) + "\n"


def _lines(
    knowledge: Mapping[str, Any], given: Mapping[str, float], found: Mapping[str, Measured]
) -> Iterator[str]:
    known, lacking = figures(found)
    sizes = knowledge["sizes"]
    years = [year(size, given, known) for size in sizes]
    yield from ("# Capacity", "")
    yield (
        "What a year needs, from the figures of [Benchmarks](benchmarks.md) and the suppositions below. Made "
        "by `python -m tests.bench --page`; `python -m tests.bench.capacity --set machine_hour=0.1` prints "
        "it with other values. Hours are those of one core, as processor time; a machine of two cores gives "
        f"{2 * given['used_share']:.1f} of them in an hour."
    )
    if lacking:
        yield from ("", f"Not measured yet, and counted as nothing: {', '.join(lacking)}.")
    names = " | ".join(f"{s['name']}: {s['sites']:,} sites, {s['documents']:,} documents" for s in sizes)
    yield from ("", f"| in a year | {names} |", "|---|" + "---:|" * len(sizes))
    yield _row("requests", [f"{one.requests:,.0f}" for one in years])
    for work in years[0].hours:
        yield _row(f"hours of a core: {work}", [f"{one.hours[work]:,.1f}" for one in years])
    machines = [sum(one.hours.values()) / given["cores"] / given["used_share"] for one in years]
    yield _row("**machine hours** (2 cores)", [f"**{hours:,.0f}**" for hours in machines])
    for what in years[0].stored:
        yield _row(f"GB: {what}", [f"{one.stored[what]:,.1f}" for one in years])
    yield _row("**GB stored**", [f"**{sum(one.stored.values()):,.0f}**" for one in years])
    for what in years[0].money:
        yield _row(f"USD: {what}", [f"{one.money[what]:,.0f}" for one in years])
    yield _row("**USD**", [f"**{sum(one.money.values()):,.0f}**" for one in years])
    yield from _limits(sizes, given, found, known)
    yield from ("", "## Suppositions", "", "| name | value | |", "|---|---:|---|")
    for name, line in knowledge["suppositions"].items():
        yield f"| `{name}` | {given[name]:g} | {line['says']} |"
    yield from ("", "## List prices", "")
    yield (
        "Prices as the sources below quote them; none states its day, and prices change, so each is a "
        "parameter. Traffic out of the store is not counted: everything runs beside it."
    )
    yield from ("", "| name | price | |", "|---|---:|---|")
    for name, line in knowledge["prices"].items():
        yield f"| `{name}` | {line['unit']} {given[name]:g} | {line['says']} |"
    yield from ("", "## Measured", "", "| figure | value | benchmark |", "|---|---:|---|")
    for short, (name, figure) in NEEDED.items():
        if short in known:
            yield f"| {figure} | {known[short]:,.4g} | {name}, {found[name].day} |"


def _limits(
    sizes: Any, given: Mapping[str, float], found: Mapping[str, Measured], known: Mapping[str, float]
) -> Iterator[str]:
    """Where the next limit is: what the simulation of a long history says, and the pace of a visit."""
    yield from ("", "## Where the next limit is", "")
    pace = given["requests_a_visit"] * given["seconds_between_requests"] / 60
    yield (
        f"- **Pace.** A daily visit of {given['requests_a_visit']:g} requests takes {pace:.1f} minutes of a "
        f"host's time at {given['seconds_between_requests']:g} s a request; hosts are visited side by side, "
        f"so the country's {sizes[-1]['sites']:,} sites are "
        f"{sizes[-1]['sites'] * given['requests_a_visit'] / 86_400:.1f} requests a second over a whole day."
    )
    if "history" in found:
        one = found["history"]
        n = {name: one.middle(name) for name in one.figures}
        yield (
            f"- **Metadata.** {n['runs']:.0f} simulated runs with {n['captures']:,.0f} captures and "
            f"{n['documents']:,.0f} documents (no facts): the last commits took "
            f"{n['commit of a run, CPU s']:.1f} s CPU each; the manifest has "
            f"{n['manifest, bytes'] / 1024:,.0f} KiB, and is read in {n['manifest, CPU s to read']:.2f} s; "
            f"there are {n['files']:,.0f} files, of {n['tables and index, bytes'] / GB:.2f} GB; one address "
            f"and one hash are looked up in {n['lookup, CPU s']:.2f} s CPU. "
            f"The process held at most {n['memory, bytes'] / 2**20:,.0f} MiB."
        )
        whole = known.get("history_captures", 0.0)
        if whole and 1.05 * whole < (asked := year(sizes[-1], given, known).requests):
            grown = asked / whole
            yield (
                f"- **Metadata of a whole year.** Not simulated to the end: the country's is {grown:.1f} "
                f"times as much. In proportion, {grown * n['files']:,.0f} files of "
                f"{grown * n['tables and index, bytes'] / GB:.1f} GB and a manifest of at most "
                f"{grown * n['manifest, bytes'] / 1024:,.0f} KiB; a commit costs what its run brings, at the "
                "end as at the beginning."
            )
    else:
        yield "- **Metadata.** Not simulated yet: `python -m tests.bench history`."
    if "growth" in found and found["growth"].figures:
        yield _past(found["growth"])
    if "ingest" in found:
        one = found["ingest"]
        extra = one.middle("a cluster of 2, CPU s") / one.middle("1 worker, CPU s") - 1
        yield (
            f"- **Scheduler.** A cluster of two workers took {extra:+.0%} processor time against one worker "
            f"for the same {one.middle('documents'):.0f} documents. Names and places pass through it."
        )
    if "commit_facts" in known:
        each, committed = facts_a_document(known), known["commit_facts"]
        facts = sizes[-1]["documents"] * each
        yield (
            f"- **Facts.** The real documents of the benchmark of ingest, some of them governments', have "
            f"{each:,.0f} facts each. So the country has {facts / 1e6:,.0f} million a year, "
            f"{facts / committed:,.0f} times the {committed / 1e6:.1f} million committed here. A question "
            "about a year or a province opens its files, one about a document or a body those that the "
            "manifest does not exclude; one about a code opens all files of the years and provinces it names "
            "([Benchmarks](benchmarks.md), Asking)."
        )
    if "manifest" in found:
        yield _manifest({name: values[-1] for name, values in found["manifest"].figures.items()})


def _manifest(n: Mapping[str, float]) -> str:
    """What grows with history in the manifest: the entries of files."""

    def after(years: float) -> str:
        files, facts, size, written, read = (
            n[f"{years:.0f} years, {name}"]
            for name in ("files", "files of facts", "manifest, MB", "to write it, CPU s", "to read it, CPU s")
        )
        return (
            f"{files:,.0f} files ({facts:,.0f} of facts) and a manifest of {size:.0f} MB, made in "
            f"{written:.1f} s CPU and read in {read:.1f}"
        )

    last = n["years"]
    more = f"; {last:.0f} years have {after(last)}" if last > 1 else ""
    limit = 2 * last / n[f"{last:.0f} years, to read it, CPU s"]
    return (
        "- **Manifest.** It lists the files; every commit writes it, every start reads it. By the rules of "
        f"compaction, without rows, a year of the country has {after(1)}{more}. In proportion it is read in "
        f"2 s after {limit:.0f} years."
    )


def _past(growth: Measured) -> str:
    """What a crawl and a reading again hold of earlier runs."""
    n = {name: growth.middle(name) for name in growth.figures}
    mib = {name: value / 2**20 for name, value in n.items() if name.endswith("memory, bytes")}
    return (
        f"- **The past.** With {n['captures']:,.0f} captures, each of another address, a crawl of all sites "
        f"reads its first province in {n['crawl start, CPU s']:.1f} s CPU and "
        f"{mib['crawl start, memory, bytes']:,.0f} MiB, and holds {mib['crawl of all, memory, bytes']:,.0f} "
        "MiB once it has asked a site of every province: memory for a crawl of the country grows with its "
        "addresses. To read one portion again, "
        f"{n['reparse of one, CPU s']:.1f} s CPU and {mib['reparse of one, memory, bytes']:,.0f} MiB are "
        f"needed before the first document; to read all, one after the other, at most "
        f"{mib['reparse, memory, bytes']:,.0f} MiB at a time."
    )


def _row(name: str, values: list[str]) -> str:
    return f"| {name} | {' | '.join(values)} |"


def main() -> None:
    """See the module."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="changed")
    changed = (one.partition("=") for one in ask.parse_args().changed)
    sys.stdout.write(page(read_all(), {name: float(value) for name, _, value in changed}))


if __name__ == "__main__":
    main()
