"""Versions: what took the place of what, and what counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from archive.dataset.rows.documents import DocumentRow, VersionRow
from archive.ingest.disclosures import Documents
from archive.ingest.versions import replacements, superseded
from parsers.values.vocabulary import DocumentKind, DocumentOutcome

T0 = datetime(2026, 2, 1, tzinfo=UTC)
URL = "http://www.example.gov.cn/"


def documents(*names: str, **members: str) -> Documents:
    head: dict[str, Any] = {"media_type": "application/pdf", "parser_version": "1", "content": None,
            "body_name": "勉县教育局", "fiscal_year": 2026, "document_kind": DocumentKind.BUDGET}  # fmt: skip
    return Documents(
        DocumentRow(document_id=name, parent_id=members.get(name), outcome=DocumentOutcome.PARSED, **head)
        for name in (*names, *members)
    )


def version(name: str, first: int, last: int, url: str = "a.pdf", article: str = "d") -> VersionRow:
    return VersionRow(
        disclosure_id=article,
        url=URL + url,
        document_id=name,
        first_seen=T0 + timedelta(days=first),
        last_seen=T0 + timedelta(days=last),
    )


@pytest.mark.parametrize(
    ("versions", "pairs", "replaced"),
    [
        ([version("a", 0, 9)], [], {}),
        ([version("a", 0, 3), version("b", 4, 9)], ["ab"], {"a": "b"}),
        ([version("a", 0, 1), version("b", 2, 3), version("c", 4, 9)], ["ab", "bc"], {"a": "c", "b": "c"}),
        ([version("a", 0, 9), version("b", 4, 5)], ["ab", "ba"], {"b": "a"}),
        ([version("a", 0, 3), version("b", 4, 9, "b.pdf")], ["ab"], {"a": "b"}),
        ([version("a", 0, 3), version("b", 0, 9, "b.pdf")], [], {}),
        ([version("a", 0, 3), version("a", 4, 9, "b.pdf")], [], {}),
        ([version("a", 0, 3), version("b", 4, 9), version("a", 0, 9, "x.pdf", "other")], ["ab"], {}),
        (
            [version("a", 0, 3), version("b", 4, 5), version("c", 6, 9, "c.pdf")],
            ["ab", "bc"],
            {"a": "c", "b": "c"},
        ),
    ],
    ids=["one", "overwritten", "twice", "and back", "uploaded anew", "taken down", "moved", "still elsewhere",
         "overwritten, then anew"],
)  # fmt: skip
def test_what_counts(versions: list[VersionRow], pairs: list[str], replaced: dict[str, str]) -> None:
    known = documents("a", "b", "c")
    for order in permutations(versions):
        found = replacements(order, known, {})
        assert [one.old + one.new for one in found] == pairs
        assert superseded(order, found, known) == replaced


def test_another_year_is_another_document() -> None:
    known = documents("a", "b")
    known.rows["b"] = replace(known.rows["b"], fiscal_year=2027)
    rows = [version("a", 0, 3), version("b", 4, 9, "b.pdf")]
    assert replacements(rows, known, {}) == []


def test_the_members_of_a_container_go_with_it() -> None:
    known = documents("a", "b", m="a", n="b")
    rows = [version("a", 0, 3), version("b", 4, 9)]
    assert superseded(rows, replacements(rows, known, {}), known) == {"a": "b", "m": "b"}


@pytest.mark.parametrize(
    ("there", "pairs", "replaced"),
    [(["a"], [], {}), (["b"], ["ab"], {"a": "b"}), (["b", "c"], ["ab"], {"a": "b"}), (["d"], [], {})],
    ids=["the same", "another version", "of several the first", "of another year"],
)
def test_what_moved(there: list[str], pairs: list[str], replaced: dict[str, str]) -> None:
    known = documents("a", "b", "c", "d")
    known.rows["d"] = replace(known.rows["d"], fiscal_year=2027)
    rows = [version("a", 0, 3)]
    rows += [replace(version(one, 4, 9, f"{one}.pdf"), disclosure_id="new") for one in there]
    found = replacements(rows, known, {rows[0].disclosure_id: "new"})
    assert [one.old + one.new for one in found] == pairs
    assert superseded(rows, found, known) == replaced
