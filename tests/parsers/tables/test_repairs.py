"""Slips of recognition: repaired where something proves the repair, left as read everywhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parsers.parse import _parsed
from parsers.tables import budget_tables
from parsers.tables.ocr_repair.words import spelled
from parsers.values.document import Cell, Grid, Note, TextBlock
from parsers.values.results import BudgetTable, Hints
from parsers.values.vocabulary import AmountSource, TextLayer
from tests.parsers.builders import grid, reading
from tests.wording import english

TITLE, UNIT = "2024年一般公共预算支出表", "单位：元"
HEADER = "科目编码|科目名称|合计|基本支出|项目支出"
BODY = (
    "|合计|32,208.00|31,208.00|1,000.00",
    "208|社会保障和就业支出|30,208.00|30,208.00|",
    "20805|行政事业单位养老支出|30,208.00|30,208.00|",
    "2080505|机关事业单位基本养老保险缴费支出|20,000.00|20,000.00|",
    "2080506|机关事业单位职业年金缴费支出|10,208.00|10,208.00|",
    "221|住房保障支出|2,000.00|1,000.00|1,000.00",
    "22102|住房改革支出|2,000.00|1,000.00|1,000.00",
    "2210201|住房公积金|2,000.00|1,000.00|1,000.00",
)


def table(*lines: str, header: str = HEADER, source: AmountSource = AmountSource.SCAN) -> BudgetTable:
    drawn: Grid = replace(grid(header, *lines, page=3), source=source)
    (found,) = budget_tables(reading(TITLE, UNIT, drawn), 2024)
    return found


def misread(before: str, after: str) -> tuple[str, ...]:
    """The body with one slip, at the first place where `before` stands."""
    text = "\n".join(BODY)
    assert before in text
    return tuple(text.replace(before, after, 1).split("\n"))


def grid_of(*lines: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split("|")) for line in lines)


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("2080506", "2O805O6"),
        ("2080506", "20805〇6"),
        ("2080506", "208o506"),
        ("2080505", "20B05O5"),
        ("2210201", "22l02Ol"),
        ("2210201", "ZZ10201"),
        ("2080506", "2080S06"),
        ("2080505", "208055"),  # a digit lost
        ("2080506", "20880506"),  # a digit twice
        ("\n208|", "\n2O8|"),
        ("行政事业单位养老支出", "行政事业单位养考支出"),
        ("机关事业单位职业年金缴费支出", "机关事业单位职业午金缴费支出"),
        ("\n20805|", "\n2080S|"),
        ("|20,000.00|", "|20.000.00|"),  # a point for the comma
        ("10,208.00", "10.208,00"),
        ("10,208.00", "10,20800"),  # the point lost
        ("10,208.00", "10,208.000"),
        ("10,208.00", "10,2O8.00"),
        ("10,208.00", "l0,20B.00"),
        ("10,208.00", "10,208..00"),
        ("10,208.00", "10,208。00"),
    ],
)
def test_a_proved_slip_is_repaired_and_recorded(printed: str, seen: str) -> None:
    found = table(*misread(printed, seen))
    assert found.grid == grid_of(*BODY)
    assert found.facts == tuple(table(*BODY).facts)
    (note,) = found.repairs
    assert note.code == "ocr_repair"
    assert note.page == 3
    assert f": {seen.strip('|').strip()} → {printed.strip('|').strip()} (" in english(note.detail)


def test_a_note_names_table_row_column_and_proof() -> None:
    found = table(*misread("2080506", "2O805O6"))
    detail = "table 1, row 4, column 0: 2O805O6 → 2080506 (机关事业单位职业年金缴费 is 2080506)"
    assert [(one.code, english(one.detail), one.page) for one in found.repairs] == [("ocr_repair", detail, 3)]
    found = table(*misread("|20,000.00|", "|20.000.00|"))
    detail = "table 1, row 3, column 2: 20.000.00 → 20,000.00 (the only reading of the pattern #,##0.00)"
    assert [(one.code, english(one.detail), one.page) for one in found.repairs] == [("ocr_repair", detail, 3)]


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("10,208.00", "1,0208.00"),  # the comma moved, or a digit twice?
        ("|20,000.00|", "|20,0000.00|"),  # a digit twice, or the comma moved?
        ("|20,000.00|", "|2,0,000.00|"),  # a separator too many, or a digit lost?
        ("|2,000.00|", "|2,0000.00|"),
        ("|1,000.00|", "|1,0000.00|"),
    ],
)
def test_a_sum_chooses_between_readings(printed: str, seen: str) -> None:
    found = table(*misread(printed, seen))
    assert found.grid == grid_of(*BODY)
    (note,) = found.repairs
    assert english(note.detail).endswith("(the only reading with which a sum of the table holds)")


def test_without_a_sum_readings_stay_undecided() -> None:
    lines = [line for line in misread("10,208.00", "1,0208.00") if "合计" not in line]
    lines = [line.replace("20,000.00", "20,001.00") for line in lines]
    header = HEADER.replace("合计", "基本支出合计")
    found = table(*(line.rsplit("|", 2)[0] for line in lines), header=header.rsplit("|", 2)[0])
    assert found.repairs == ()
    assert "1,0208.00" in {text for row in found.grid for text in row}


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("2080506", "2080599"),  # a known code beside another's name: an error for the checks to find
        ("2080506", "20B07O6"),  # a slip, but of no code with this name
        ("2080506", "2O8O5"),
        ("住房公积金", "住房公积会计"),
        ("住房公积金", "住房补贴金"),
        ("住房公积金|", "购房补贴|"),  # another name of the book
        ("10,208.00", "10,28.00"),  # a digit lost: it is not invented, though a sum would give it
        ("10,208.00", "10,207.00"),  # an amount like any other
        ("10,208.00", "10,20?.00"),
        ("10,208.00", "BOSS"),
        ("10,208.00", "2,208.00 2,208.00"),  # amounts of two rows that no rule parts
        ("10,208.00", "10,208.0"),
        ("1,000.00\n", "45.2%\n"),
        ("1,000.00\n", "2024\n"),
    ],
)
def test_what_is_not_proved_stays_as_read(printed: str, seen: str) -> None:
    lines = misread(printed, seen)
    found = table(*lines)
    assert found.repairs == ()
    assert found.grid == grid_of(*lines)


def test_wordings_of_a_name_are_no_slips() -> None:
    lines = ("20899|其它社会保障和就业支出|1.00|1.00|", "2089999|其它社会保障和就业支出|1.00|1.00|")
    assert table(*lines).repairs == ()


def test_amounts_without_a_common_pattern_are_left_alone() -> None:
    amounts = ("12.3", "5", "1.234", "12,84765", "7.1", "30.25")
    lines = [f"221020{n}|住房公积金|{amount}||" for n, amount in enumerate(amounts, start=1)]
    assert table(*lines).repairs == ()


def test_class_group_and_item_in_columns_of_their_own() -> None:
    found = table(
        "2O8|||社会保障和就业支出|3.00|3.00|",
        "|O5||行政事业单位养老支出|3.00|3.00|",
        "||O5|机关事业单位基本养老保险缴费支出|2.00|2.00|",
        "|||机关事业单位职业年金缴费支出|1.00|1.00|",
        "ZZ1|02|01|住房公积金|1.00|1.00|",
        "221|02|5|购房补贴|1.00|1.00|",  # as a body prints it, not a slip
        header="类|款|项|科目名称|合计|基本支出|项目支出",
    )
    codes = ["208||", "|05|", "||05", "||", "221|02|01", "221|02|5"]
    assert tuple(row[:3] for row in found.grid) == grid_of(*codes)
    assert len(found.repairs) == 4
    assert [fact.functional_code for fact in found.facts if fact.col_no == 4][:3] == [
        "208",
        "20805",
        "2080505",
    ]


def test_a_code_before_its_name_in_one_cell() -> None:
    found = table("2O8社会保障和就业支出|3.00", "20805 行政事业单位养考支出|3.00", header="科目名称|合计")
    assert [row[0] for row in found.grid] == ["208社会保障和就业支出", "20805 行政事业单位养老支出"]
    assert len(found.repairs) == 2


@pytest.mark.parametrize("source", ["text", "html", "sheet"])
@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("2080506", "2O805O6"),
        ("|20,000.00|", "|20.000.00|"),
        ("养老支出", "养考支出"),
        ("10,208.00", "1,0208.00"),
    ],
)
def test_text_is_never_touched(printed: str, seen: str, source: AmountSource) -> None:
    lines = misread(printed, seen)
    found = table(*lines, source=source)
    assert found.grid == grid_of(*lines)
    assert found.repairs == ()


def test_a_text_page_that_goes_on_from_a_scanned_one_is_not_touched() -> None:
    edges = tuple(50.0 + 40 * c for c in range(6))
    scan = replace(grid(HEADER, *BODY[:4], page=1, edges=edges), source=AmountSource.SCAN)
    text = grid(HEADER, "2O805O6|机关事业单位职业年金缴费支出|10,208.00|10,208.00|", page=2, edges=edges)
    (found,) = budget_tables(reading(TITLE, UNIT, scan, text), 2024)
    assert found.grid[4][0] == "2O805O6"
    assert found.repairs == ()


def test_the_notes_of_a_document_tell_its_repairs() -> None:
    scan = replace(grid(HEADER, *misread("10,208.00", "10.208,00"), page=1), source=AmountSource.SCAN)
    doubtful = Note("ocr_doubtful", "1 pieces of text were not legible", 1)
    document = _parsed("0" * 64, replace(reading(TITLE, UNIT, scan), notes=(doubtful,)), Hints())
    assert [note.code for note in document.notes] == ["ocr_doubtful", "ocr_repair"]
    assert "10.208,00 → 10,208.00" in english(document.notes[1].detail)


def test_words_that_no_writer_prints_are_spelled_as_printed_on_scans_alone() -> None:
    lines = (
        "科日编码|科日\n名称|基木支\n出|般公共预\n算收人",
        "一\n般公共预算|各项日常公用经费|树木年检费|接收人员",
    )
    page = TextBlock("单位：方元", page=1)
    head, row = (tuple(map(Cell, (n,) * 4, range(4), line.split("|"))) for n, line in enumerate(lines))
    table = Grid((*head, *row), 2, 4, page=1, source=AmountSource.SCAN)
    read = replace(reading(page, table), text_layer=TextLayer.SCAN)
    mended = spelled(read)
    unit, body = mended.blocks
    assert isinstance(unit, TextBlock) and isinstance(body, Grid) and unit.text == "单位：万元"
    texts = [cell.text for cell in body.cells]
    assert texts[:4] == ["科目编码", "科目\n名称", "基本支\n出", "一般公共预\n算收入"]
    assert texts[4:] == lines[1].split("|")
    assert {note.code for note in mended.notes} == {"ocr_repair"} and len(mended.notes) == 5
    drawn = replace(reading(page, replace(table, source=AmountSource.TEXT)), text_layer=TextLayer.MIXED)
    assert spelled(drawn) is drawn


@pytest.mark.parametrize(
    ("behind", "printed"),
    [("十一、节能环保支出", "十、卫生健康支出"), ("十二、城乡社区支出", "I、卫生健康支出")],
)
def test_an_ordinal_is_repaired_between_its_neighbours_alone(behind: str, printed: str) -> None:
    rows = ("九、社会保险基金支出|1.00", "I、卫生健康支出|2.00", f"{behind}|3.00")
    found = table(*rows, header="项目|预算数")
    assert [row[0] for row in found.grid][1] == printed
