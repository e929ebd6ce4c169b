"""The ledger of claims is whole, its pages follow from it, and its commands keep what was judged."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest

from parsers import parse_document
from parsers.accounting.rulebook import rules
from parsers.findings.claims import measured
from parsers.reference.text_rules import completeness_rules, performance_rules, prose_rules
from parsers.tables import budget_tables
from parsers.values.document import Box, Note
from parsers.values.messages import message
from parsers.values.results import CellRef, Check, Hints, ParsedDocument
from parsers.values.vocabulary import CheckStatus, DocumentOutcome, Severity
from tests.accuracy import claims, claims_page
from tests.accuracy.claims_images import pictures, places
from tests.accuracy.ledger import Claim, counted, findings, read_ledger, refreshed, write_ledger
from tests.parsers.builders import grid, reading
from tests.season.documents import budget
from tests.site.typeset import typeset

ROW = Claim("k1", "a" * 64, "file.pdf", "I3", "4", "1.00", "2.00", "a place", "right", "the sum is 2")


def test_the_ledger_is_whole() -> None:
    ledger = read_ledger()
    known = {*rules(), *prose_rules(), *performance_rules(), *completeness_rules()}
    assert {row.rule for row in ledger.values()} <= known
    assert all(len(row.document) == 64 for row in ledger.values())


def test_the_pages_follow_from_the_ledger() -> None:
    rows = list(read_ledger().values())
    assert claims.DOCS.read_text("utf-8") == claims_page.page(rows), "run make docs"
    assert claims.DATA.read_text("utf-8") == claims_page.data(rows), "run make docs"
    assert all(measured(rule) == one for rule, one in counted(rows).items())


def test_only_what_is_still_raised_counts() -> None:
    rows = [ROW, replace(ROW, key="k2", verdict="false"), replace(ROW, key="k3", raised="no")]
    assert (counted(rows)["I3"].judged, counted(rows)["I3"].right) == (2, 1)
    assert "| I3 | error | warning | 2 | 1 | 1 | 0 | 0.50 | 0.09–0.91 | no | 1 |" in claims_page.page(rows)
    assert claims_page.data(rows) == "rule,judged,right\nI3,2,1\n"


@pytest.mark.parametrize("flaw", [{"verdict": "wrong"}, {"why": " "}, {"raised": "perhaps"}, {"looks": "x"}])
def test_a_row_that_says_nothing_is_refused(flaw: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="k1"):
        replace(ROW, **flaw)


def test_a_key_comes_once(tmp_path: Path) -> None:
    write_ledger([ROW, ROW], tmp_path / "ledger.csv")
    with pytest.raises(ValueError, match="k1"):
        read_ledger(tmp_path / "ledger.csv")


def test_a_finding_is_judged_and_then_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the commands, on a budget with one wrong sum; without it the row stays, no longer raised."""
    ledger, file = tmp_path / "ledger.csv", tmp_path / "wrong.xlsx"
    write_ledger([], ledger)
    monkeypatch.setattr("tests.accuracy.claims.read_ledger", lambda: read_ledger(ledger))
    monkeypatch.setattr("tests.accuracy.claims.write_ledger", lambda rows: write_ledger(rows, ledger))
    file.write_bytes(budget("勉县教育局", "勉县", "610725", 2026, altered=True))
    cached = ["--cache", str(tmp_path / "cache")]
    claims.main(["list", str(file), *cached])
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert lines and {line[1] for line in lines} == {"-"}
    judged = iter([f"{line[0]}\tright\tthe printed sum differs\n" for line in lines])
    monkeypatch.setattr("sys.stdin", judged)
    claims.main(["judge", str(file), *cached])
    claims.main(["list", str(file), "--new", *cached])
    assert capsys.readouterr().out == ""
    rows = read_ledger(ledger)
    document = next(iter(rows.values())).document
    assert {row.raised for row in rows.values()} == {"yes"}
    assert {row.raised for row in refreshed(rows, [(document, [])]).values()} == {"no"}
    assert refreshed(rows, [("another", [])]) == rows


def test_the_marked_cells_are_cut_from_their_page() -> None:
    data = typeset("sample-accounts-2022", "pdf")
    document = parse_document(data, Hints(file_name="accounts.pdf"))
    [check, *_] = [check for check in document.checks if len(check.facts) > 2]
    [image, *_] = pictures(data, places(document, check))
    assert (220, 0, 0) in {color for _, color in image.getcolors(1 << 24) or ()}


def test_keys_do_not_depend_on_words() -> None:
    data = budget("勉县教育局", "勉县", "610725", 2026, altered=True)
    document = parse_document(data, Hints(file_name="wrong.xlsx"))
    other = message("quoted", text="x", page=None)
    reworded = replace(
        document,
        checks=tuple(replace(c, message=other, statement=other) for c in document.checks if c.left_yuan),
    )
    keys = {claim.key for claim, _ in findings(document, "wrong.xlsx")}
    assert {claim.key for claim, _ in findings(reworded, "renamed.xlsx")} <= keys


def test_frames_of_a_turned_page_stand_on_its_upright_lines() -> None:
    """A wide page whose lines run upwards is read, and shown, as a tall one."""
    pdf = pypdfium2.PdfDocument.new()
    pdf.new_page(400, 200)
    out = BytesIO()
    pdf.save(out)
    cell = Box(20, 250, 60, 270)
    table = budget_tables(reading("收支总表", "单位：元", grid("项目|预算数", "合计|1.00")))[0]
    document = ParsedDocument(
        "a" * 64,
        "application/pdf",
        DocumentOutcome.PARSED,
        tables=(replace(table, facts=tuple(replace(fact, page=1, box=cell) for fact in table.facts)),),
        notes=(Note("turned_page", "turned by 90 degrees", 1),),
    )
    cells = tuple(CellRef(table.table_no, fact.row_no, fact.col_no) for fact in table.facts)
    check = Check(
        "I3",
        (1,),
        message("quoted", text="甲", page=None),
        CheckStatus.FAILS,
        Severity.ERROR,
        message("quoted", text="乙", page=None),
        facts=cells,
    )
    (place,) = places(document, check)
    assert (place.turned, place.boxes) == (1, (cell,))
    (picture,) = pictures(out.getvalue(), [place])
    assert picture.width == round(200 * 110 / 72)
    assert bytes((220, 0, 0)) in picture.tobytes()
