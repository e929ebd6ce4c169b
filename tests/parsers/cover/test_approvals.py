"""Decisions on budgets and accounts (决议), from their pages."""

from __future__ import annotations

from datetime import date

import pytest

from parsers.cover.approvals import Approval, approval
from parsers.values.vocabulary import Act


@pytest.mark.parametrize(
    ("title", "text", "found"),
    [
        (
            "勉县第十九届人民代表大会第六次会议关于勉县2025年财政预算执行情况和2026年财政预算的决议",
            "（2026年2月6日勉县第十九届人民代表大会第六次会议通过） 会议审查了报告，决定批准。",
            Approval(Act.CONGRESS, 2026, date(2026, 2, 6)),
        ),
        (
            "勉县人民代表大会常务委员会关于批准2025年县级财政决算的决议",
            "（2026年8月28日勉县第十九届人民代表大会常务委员会第四十次会议通过）",
            Approval(Act.STANDING_COMMITTEE, 2025, date(2026, 8, 28)),
        ),
        (
            "勉县人大常委会关于批准2026年县级财政预算调整方案的决议",
            "2026年9月30日，县十九届人大常委会第四十一次会议表决通过了这一方案。",
            Approval(Act.ADJUSTMENT, 2026, date(2026, 9, 30)),
        ),
    ],
)
def test_a_decision_says_what_it_approves_and_when(title: str, text: str, found: Approval) -> None:
    assert approval(title, text) == found


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("勉县第十九届人民代表大会第六次会议召开", "2026年2月6日勉县人民代表大会第六次会议通过了决议。"),
        ("勉县2026年部门预算公开", "经2026年2月6日勉县第十九届人民代表大会第六次会议通过。"),
        ("勉县人民代表大会关于2026年财政预算的决议", "会议决定批准2026年财政预算。"),  # no day
        ("勉县人民代表大会关于2026年财政预算的决议", "（2026年2月30日勉县人民代表大会第六次会议通过）"),
        # The committee's sentence in a decision of the congress.
        ("勉县人民代表大会关于2026年财政预算的决议", "2026年1月5日县人大常委会通过了会议日程。"),
    ],
)
def test_what_does_not_say_it_is_none(title: str, text: str) -> None:
    assert approval(title, text) is None
