"""A message says the same after it was written and read, whatever its parameters hold."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from parsers.values.messages import Message, Parameter, is_message, message, message_of, sentences


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        '甲 | B {x} "quoted" \\ \n',
        0,
        2026,
        Decimal("1144.50"),
        Decimal("-0.00"),
        Decimal("123456789012345678.90"),
        (),
        ("30101", 3, Decimal("0.1")),
        message("table", number=3),
        (message("cell_with_text", cell=message("blank"), text="|"), "x"),
    ],
)
def test_a_message_is_what_was_written(value: Parameter) -> None:
    one = message("some_code", value=value)
    assert is_message(str(one)) and message_of(str(one)) == one
    assert str(message_of(str(one))) == str(one)
    assert json.loads(str(one))["code"] == "some_code"


def test_a_number_keeps_its_digits() -> None:
    assert '"yuan": 1144.50}' in str(message("m", yuan=Decimal("1144.50")))
    assert '"yuan": 10000}' in str(message("m", yuan=Decimal("1E+4")))


@pytest.mark.parametrize(
    "text", ['{"code": 1, "parameters": {}}', '{"code": "m"}', '["m"]', "a sentence", '{"code":']
)
def test_what_is_not_a_message_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        message_of(text)


def test_sentences_are_joined_flat() -> None:
    a, b, c = (Message(code) for code in "abc")
    assert sentences(a) == sentences(a, None) == a
    assert sentences(sentences(a, b), c) == sentences(a, b, c) == message("sentences", parts=(a, b, c))
