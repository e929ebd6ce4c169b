"""Budgets of the season's bodies: one disclosure of the replica site, with other names and another year.

Invariant: equal arguments, equal bytes.
"""

from __future__ import annotations

import io
import json
import zipfile
from functools import cache

from tests.site.disclosure import DATA, read
from tests.site.typeset.xlsx import typeset_xlsx

TEMPLATE, BODY, COUNTY, YEAR = "jishan-2023", "稷山县医疗保障局", "稷山县", 2023
ALTERED_TABLE, ALTERED_ROW = "支出总表", 1
"""Where `altered` changes a digit: an amount that takes part in sums."""


@cache
def budget(body: str, county: str, region_code: str, year: int, *, altered: bool = False) -> bytes:
    """The workbook of a department's budget; `altered` prints one amount otherwise, so that sums break."""
    text = (DATA / f"{TEMPLATE}.json").read_text(encoding="utf-8")
    text = text.replace(BODY, body).replace(COUNTY, county)
    for back in (-1, 0, 1):
        text = text.replace(str(YEAR + back), f"<{back}>")
    for back in (-1, 0, 1):
        text = text.replace(f"<{back}>", str(year + back))
    raw = json.loads(text)
    raw |= {"disclosure_id": f"{region_code}-{body}-{year}", "region_code": region_code, "fiscal_year": year}
    if altered:
        _alter(raw)
    return typeset_xlsx(read(raw))


def saved_again(workbook: bytes) -> bytes:
    """A workbook of the same content and other bytes."""
    buffer = io.BytesIO(workbook)
    with zipfile.ZipFile(buffer, "a") as package:
        package.comment = b"saved again"
    return buffer.getvalue()


def _alter(raw: dict[str, list[dict[str, object]]]) -> None:
    """The leading digit of the first amount of a row becomes another one."""
    table = next(block for block in raw["content"] if str(block.get("title", "")).endswith(ALTERED_TABLE))
    rows, columns = table["rows"], table["amount_columns"]
    assert isinstance(rows, list) and isinstance(columns, list)
    row = rows[ALTERED_ROW]
    column = next(number for number in columns if row[number])
    row[column] = str(int(row[column][0]) % 9 + 1) + row[column][1:]
