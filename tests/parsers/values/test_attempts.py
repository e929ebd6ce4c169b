"""An error in one stage costs what that stage gives, and a note names it."""

from __future__ import annotations

from decimal import InvalidOperation
from typing import Any

import pytest

from parsers import accounting, completeness, parse, parse_document, prose, tables
from parsers.accounting.kinds.registry import KINDS
from parsers.accounting.rulebook import rules
from parsers.findings.claims import as_earned
from parsers.government import tables as government
from parsers.prose import report
from parsers.prose.report import reader as report_reader
from parsers.values.results import Check, ParsedDocument
from tests.wording import english

PAGE = """<html><body><h1>某县财政局2026年部门预算公开</h1>
<p>一、收入支出总体情况说明。2026年收入总计100.00万元，比上年增加10.00万元，增长11.11%。</p>
<p>表1 收支总表</p><p>单位：万元</p>
<table><tr><td>收入项目</td><td>预算数</td></tr><tr><td>一般公共预算收入</td><td>100.00</td></tr>
<tr><td>收入总计</td><td>100.00</td></tr></table></body></html>""".encode()


REPORT = """<html><body><h1>关于勉县2026年预算执行情况的报告</h1>
<p>2026年，全县一般公共预算收入完成1000万元。全县一般公共预算支出完成2000万元。</p>
<p>表1 2026年全县一般公共预算收入执行情况表</p><p>单位：万元</p>
<table><tr><td>项目</td><td>执行数</td></tr><tr><td>税收收入</td><td>900</td></tr>
<tr><td>非税收入</td><td>100</td></tr><tr><td>一般公共预算收入合计</td><td>1000</td></tr></table>
<p>表2 2026年全县政府债务限额表</p><p>单位：亿元</p>
<table><tr><td>地区</td><td>债务限额</td></tr><tr><td>勉县</td><td>5.00</td></tr></table>
</body></html>""".encode()


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
        (parse, "doubted", "the wording of a check"),
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
    notes = [english(note.detail) for note in read.notes if note.code == "not_read"]
    assert any(detail.startswith(lost) and "IndexError: a fault of ours" in detail for detail in notes)
    if name != "facts_of":
        assert [f.amount_text for f in read.tables[0].facts] == [f.amount_text for f in whole.tables[0].facts]


def test_a_rule_that_fails_costs_that_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = next(rule.kind for rule in rules().values())
    monkeypatch.setitem(KINDS, kind, broken)
    read = parse_document(PAGE)
    assert read.outcome == "parsed" and read.tables[0].facts
    assert any(english(note.detail).startswith("rule ") for note in read.notes)


def test_a_completeness_rule_that_fails_costs_that_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = parse_document(PAGE)
    monkeypatch.setitem(completeness.RULES, "depth", broken)
    read = parse_document(PAGE)
    lost = [english(note.detail) for note in read.notes if note.code == "not_read"]
    assert len(lost) == 1 and lost[0].startswith("completeness: depth")
    assert (read.outcome, read.checks) == ("parsed", whole.checks)  # of this page, depth finds nothing


def test_a_reader_that_fails_is_an_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "read", broken)
    read = parse_document(PAGE)
    assert (read.outcome, english(read.outcome_detail).partition(" (")[0]) == (
        "crashed", "IndexError: a fault of ours",
    )  # fmt: skip


def _lost(document: ParsedDocument) -> list[str]:
    return [english(note.detail) for note in document.notes if note.code == "not_read"]


@pytest.mark.parametrize(
    ("module", "name", "lost"),
    [
        (parse, "headline_of", "the government's headline"),
        (parse, "read_prose", "statements"),
        (parse, "doubted", "the wording of a check"),
        (government, "_shared_units", "units that tables share"),
        (government, "without_template_marks", "marks of the template"),
        (accounting, "diagnose", "identities"),
        (report, "check_report", "statements and tables"),
    ],
)
def test_the_rest_of_a_governments_document_is_kept(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, lost: str
) -> None:
    whole = parse_document(REPORT)
    assert (len(whole.tables), len(whole.statements), _lost(whole)) == (2, 2, [])
    monkeypatch.setattr(module, name, broken)
    read = parse_document(REPORT)
    assert [t.grid for t in read.tables] == [t.grid for t in whole.tables]
    assert [f.amount_text for t in read.tables for f in t.facts] == ["900", "100", "1000", "5.00"]
    assert len(read.statements) == (0 if name == "read_prose" else 2)
    assert any(detail.startswith(lost) for detail in _lost(read))


def _fails_at(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, nth: int) -> None:
    """Let the n-th call (from 1) of a step raise what it does not expect."""
    step, calls = getattr(module, name), []

    def fails(*arguments: Any, **options: Any) -> Any:
        calls.append(name)
        return broken() if len(calls) == nth else step(*arguments, **options)

    def broken() -> None:
        raise InvalidOperation("a fault of ours")

    monkeypatch.setattr(module, name, fails)


def test_a_table_of_a_government_that_fails_costs_that_table(monkeypatch: pytest.MonkeyPatch) -> None:
    _fails_at(monkeypatch, government, "facts_of", 1)
    read = parse_document(REPORT)
    assert [[f.amount_text for f in t.facts] for t in read.tables] == [[], ["5.00"]]
    assert [detail.partition(":")[0] for detail in _lost(read)] == [
        "facts of table 1 表1 2026年全县一般公共预算收入执行情况表"
    ]


def test_tables_that_cannot_be_joined_are_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    _fails_at(monkeypatch, government, "pieces_of", 1)
    read = parse_document(REPORT)
    assert [len(table.grid) for table in read.tables] == [3, 1]


def test_a_check_that_cannot_be_worded_costs_that_check(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = parse_document(REPORT)
    assert len({check.rule for check in whole.checks}) > 1
    wordless = whole.checks[1].rule

    def fails(checks: tuple[Check, ...]) -> tuple[Check, ...]:
        if any(check.rule == wordless for check in checks):
            broken()
        return as_earned(checks)

    monkeypatch.setattr(parse, "as_earned", fails)
    read = parse_document(REPORT)
    assert read.checks == tuple(check for check in whole.checks if check.rule != wordless)
    assert [detail.partition(":")[0] for detail in _lost(read)] == ["the wording of a check"]


def test_a_sentence_that_fails_costs_that_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    _fails_at(monkeypatch, report_reader, "opened", 2)  # the first call is for the title
    read = parse_document(REPORT)
    assert [s.measure for s in read.statements] == ["general_expenditure"]


@pytest.mark.parametrize("kind", sorted({rule.kind for rule in rules().values()}))
def test_a_kind_of_rule_that_fails_costs_its_rules(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setitem(KINDS, kind, broken)
    for page in (PAGE, REPORT):
        read = parse_document(page)
        assert read.outcome == "parsed" and any(table.facts for table in read.tables)
    publishers = {rule.publisher for rule in rules().values() if rule.kind == kind}
    lost = [parse_document(PAGE), parse_document(REPORT)]
    assert publishers == {
        who for who, one in zip(("department", "government"), lost, strict=True) if _lost(one)
    }
