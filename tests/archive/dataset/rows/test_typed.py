"""Typed rows: declared against the schema, read by column, written back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import FrozenInstanceError, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from archive import SchemaError
from archive.dataset.rows.facts import CheckRow
from archive.dataset.rows.monitoring import BodyRow, DeadlineRow
from archive.dataset.rows.typed import column_names, row_of, rows_of, table_of
from archive.dataset.rows.writing import MODULES, module
from archive.dataset.schema import build_table
from archive.vocabulary import DeadlineStatus, DueKind
from parsers.values.vocabulary import CheckStatus, Severity

CHECK = CheckRow(
    check_id="c", document_id="d", rule="I3", status=CheckStatus.FAILS, severity=Severity.ERROR,
    fact_ids=["f1", "f2"], left_yuan=Decimal("1.00"),
)  # fmt: skip


@row_of("checks")
@dataclass(frozen=True, slots=True)
class Failure:
    rule: str
    status: CheckStatus
    fact_ids: Sequence[str] | None


def test_the_modules_are_current() -> None:
    folder = Path(__file__).parents[4] / "archive" / "dataset" / "rows"
    for name in MODULES:
        written = (folder / f"{name}.py").read_text(encoding="utf-8")
        assert written == module(name), "run `make docs`"


def test_rows_come_back_as_they_were_written() -> None:
    assert rows_of(table_of(CheckRow, [CHECK]), CheckRow) == [CHECK]
    plain = {
        "check_id": "c", "document_id": "d", "rule": "I3", "status": "fails", "severity": "error",
        "fact_ids": ["f1", "f2"], "left_yuan": Decimal(1),
    }  # fmt: skip
    table = build_table("checks", [plain])
    assert table.equals(table_of(CheckRow, [CHECK]))


def test_a_class_takes_its_columns_alone() -> None:
    [row] = rows_of(table_of(CheckRow, [CHECK]), Failure)
    assert row == Failure("I3", CheckStatus.FAILS, ["f1", "f2"])
    assert row.status is CheckStatus.FAILS
    assert column_names(Failure) == ["rule", "status", "fact_ids"]
    with pytest.raises(FrozenInstanceError):
        row.rule = "I4"  # type: ignore[misc]


def test_null_stays_null_and_words_of_a_join_are_found() -> None:
    @row_of("bodies", "deadlines")
    @dataclass(frozen=True, slots=True)
    class Due:
        name: str
        document_kind: DueKind
        status: DeadlineStatus
        first_seen: datetime | None

    table = pa.table(
        {"name": ["a"], "document_kind": ["debt_budget"], "status": ["late"],
         "first_seen": pa.array([None], pa.timestamp("us", tz="UTC"))}
    )  # fmt: skip
    assert rows_of(table, Due) == [Due("a", DueKind.DEBT_BUDGET, DeadlineStatus.LATE, None)]


def test_a_word_that_is_not_in_the_vocabulary_is_refused() -> None:
    table = pa.table({"rule": ["I3"], "status": ["perhaps"], "fact_ids": [["f"]]})
    with pytest.raises(SchemaError, match="perhaps"):
        rows_of(table, Failure)
    with pytest.raises(SchemaError, match="fact_ids"):
        rows_of(table.drop_columns(["fact_ids"]), Failure)


def test_what_the_schema_does_not_allow_is_not_written() -> None:
    strange = BodyRow(body_id="b", name="n", first_year="2024")  # type: ignore[arg-type]
    with pytest.raises(SchemaError, match="first_year"):
        table_of(BodyRow, [strange])
    naive = DeadlineRow(
        body_id="b", fiscal_year=2024, document_kind=DueKind.BUDGET, status=DeadlineStatus.LATE,
        first_seen=datetime(2024, 1, 1),
    )  # fmt: skip
    with pytest.raises(SchemaError, match="time zone"):
        table_of(DeadlineRow, [naive])


@pytest.mark.parametrize(
    ("annotations", "complaint"),
    [
        ({"rul": str}, "no column rul"),
        ({"rule": str | None}, "rule is str | None, the column str"),
        ({"status": str}, "the column CheckStatus"),
        ({"fact_ids": Sequence[str]}, "the column Sequence"),
    ],
)
def test_a_class_that_differs_from_the_schema_is_refused(
    annotations: dict[str, object], complaint: str
) -> None:
    kind: type = dataclass(frozen=True, slots=True)(type("Wrong", (), {"__annotations__": annotations}))
    with pytest.raises(SchemaError) as error:
        row_of("checks")(kind)
    assert complaint in str(error.value)
