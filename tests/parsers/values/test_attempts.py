"""An error in one stage costs what that stage gives, and a note names it."""

from __future__ import annotations

import pytest

from parsers import accounting, completeness, parse, parse_document, prose, tables

PAGE = """<html><body><h1>某县财政局2026年部门预算公开</h1>
<p>一、收入支出总体情况说明。2026年收入总计100.00万元，比上年增加10.00万元，增长11.11%。</p>
<p>表1 收支总表</p><p>单位：万元</p>
<table><tr><td>收入项目</td><td>预算数</td></tr><tr><td>一般公共预算收入</td><td>100.00</td></tr>
<tr><td>收入总计</td><td>100.00</td></tr></table></body></html>""".encode()


def broken(*_: object, **__: object) -> None:
    raise IndexError("a fault of ours")


@pytest.mark.parametrize(
    ("module", "name", "lost"),
    [
        (parse, "headline", "the headline"),
        (parse, "recognised", "whether a government publishes it"),
        (parse, "indicators", "performance targets"),
        (parse, "read_prose", "statements"),
        (parse, "check_forms", "checks of performance forms"),
        (parse, "check_completeness", "completeness"),
        (parse, "doubted", "the wording of checks"),
        (parse, "doubt_scale", "doubts about scale"),
        (parse, "coverage", "the coverage of pages"),
        (parse, "listed_units", "listed units"),
        (tables, "facts_of", "facts of table 1"),
        (tables, "shared_unit", "the unit that tables share"),
        (accounting, "diagnose", "identities"),
        (prose, "check_sums", "sums in statements"),
    ],
)
def test_the_rest_of_the_document_is_kept(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, lost: str
) -> None:
    whole = parse_document(PAGE)
    assert whole.outcome == "parsed" and not any(note.code == "not_read" for note in whole.notes)
    monkeypatch.setattr(module, name, broken)
    read = parse_document(PAGE)
    assert read.outcome == "parsed" and [t.grid for t in read.tables] == [t.grid for t in whole.tables]
    notes = [note.detail for note in read.notes if note.code == "not_read"]
    assert any(detail.startswith(lost) and "IndexError: a fault of ours" in detail for detail in notes)
    if name != "facts_of":
        assert [f.amount_text for f in read.tables[0].facts] == [f.amount_text for f in whole.tables[0].facts]


def test_a_rule_that_fails_costs_that_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = next(rule.kind for rule in accounting.rules().values())
    monkeypatch.setitem(accounting.KINDS, kind, broken)
    read = parse_document(PAGE)
    assert read.outcome == "parsed" and read.tables[0].facts
    assert any(note.detail.startswith("rule ") for note in read.notes)


def test_a_completeness_rule_that_fails_costs_that_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = parse_document(PAGE)
    monkeypatch.setitem(completeness.RULES, "depth", broken)
    read = parse_document(PAGE)
    lost = [note.detail for note in read.notes if note.code == "not_read"]
    assert len(lost) == 1 and lost[0].startswith("completeness: depth")
    assert (read.outcome, read.checks) == ("parsed", whole.checks)  # of this page, depth finds nothing


def test_a_reader_that_fails_is_an_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "read", broken)
    read = parse_document(PAGE)
    assert (read.outcome, (read.outcome_detail or "").partition(" (")[0]) == (
        "crashed", "IndexError: a fault of ours",
    )  # fmt: skip
