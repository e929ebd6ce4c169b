"""Telephone and identity numbers go; amounts, codes and dates stay."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from archive.ingest.reading.rows import document_rows
from archive.rendering.redaction import redacted
from parsers.values.results import BudgetTable, Fact, Headline, ParsedDocument, Statement
from parsers.values.table_types import TableType
from parsers.values.vocabulary import AmountSource, DocumentOutcome, TextLayer

PAGE = Path(__file__).parents[3] / "docs" / "personal-data.md"


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("联系人：张三 13912345678", "联系人：张三 [phone]"),
        ("139 1234 5678、+86-13912345678", "[phone]、[phone]"),
        ("电话：0916-3212345", "电话：[phone]"),
        ("（0433）2512345", "[phone]"),
        ("联系电话（传真）：3212345", "联系电话（传真）：[phone]"),
        ("010-62345678转801", "[phone]"),
        ("(010) 82345678", "[phone]"),
        ("收入总计13912345678元", "收入总计13912345678元"),
        ("身份证号 11010519491231002X", "身份证号 [id]"),
        ("身份证：110105491231002", "身份证：[id]"),
        ("110105194912310021", "110105194912310021"),
        ("91610725MA6YW1234X", "91610725MA6YW1234X"),
        ("项目编码 61072523000000012345", "项目编码 61072523000000012345"),
        ("13912345678.00", "13912345678.00"),
        ("15,912,345,678", "15,912,345,678"),
        ("2080501 行政单位离退休", "2080501 行政单位离退休"),
        ("2024-01-15至2024-12-31", "2024-01-15至2024-12-31"),
        ("陕财办预〔2023〕13912345678号", "陕财办预〔2023〕[phone]号"),
    ],
)
def test_what_goes_and_what_stays(printed: str, kept: str) -> None:
    assert redacted(printed) == kept


def test_rows_of_a_document_hold_no_number_of_a_person() -> None:
    person, amount = "张三 13912345678", "13987654321"
    fact = Fact(0, 1, person, "预算数", Decimal(amount), amount, "元", Decimal(1), AmountSource.TEXT)
    table = BudgetTable(1, None, f"表（{person}）", TableType.SUMMARY, "元", Decimal(1), (1,),
                        (("联系人", "预算数"),), ((person, amount), ("13912345678", "")),
                        False, None, 1.0, (fact,))  # fmt: skip
    document = ParsedDocument("0" * 64, "application/pdf", DocumentOutcome.PARSED, None, 1, TextLayer.TEXT,
                              Headline(person), (table,),
                              statements=(Statement(f"联系电话：3212345，{person}"),))  # fmt: skip
    made = document_rows(document, None, f"预算（{person}）.pdf")
    rows = {name: found.to_pylist() for name, found in made.items()}
    told = json.dumps(rows, default=str)
    assert "13912345678" not in told and "3212345" not in told
    assert rows["facts"][0]["amount_text"] == amount and rows["tables"][0]["grid"][0][1] == amount
    assert rows["documents"][0]["title"] == "张三 [phone]"
    assert rows["documents"][0]["name"] == "预算（张三 [phone]）.pdf"


def test_the_policy_in_the_documentation_is_json() -> None:
    policy = json.loads(PAGE.read_text("utf-8").partition("```json\n")[2].partition("```")[0])
    readable = [one["Resource"] for one in policy["Statement"] if one["Effect"] == "Allow"]
    assert readable and not any("warc" in place or "cdx" in place for place in readable)
