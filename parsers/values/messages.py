"""Sentences as data: a code and its parameters, in no language.

Invariant: a sentence about a document is never text before it is shown. What stands in a parameter (a cell, a
file's name, what a library said of a broken file) is taken whole, whatever characters it holds. The templates
of all codes, in English and Chinese, are `archive/rendering/messages.yaml`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from pydantic_core import CoreSchema, PydanticSerializationUnexpectedValue, core_schema

Parameter: TypeAlias = "str | int | Decimal | Message | tuple[Parameter, ...] | None"
"""A printed text, a number, another message, several of these, or None for what the place does not have."""

_START = '{"code":'
_KEY = "message"


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence, or a part of one: `parameters` are pairs of name and value, as the template names them.

    `str` of it is the form in which the dataset keeps it, JSON: `{"code": …, "parameters": {…}}`."""

    code: str
    parameters: tuple[tuple[str, Parameter], ...] = ()

    @property
    def values(self) -> Mapping[str, Parameter]:
        """The parameters by name."""
        return dict(self.parameters)

    def __str__(self) -> str:
        return _json(self)

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: object) -> CoreSchema:
        """Where a document is written as JSON, a message is an object with its text: numbers keep their
        digits, and it is not taken for a plain text."""
        text = core_schema.typed_dict_schema({_KEY: core_schema.typed_dict_field(core_schema.str_schema())})
        return core_schema.json_or_python_schema(
            core_schema.no_info_after_validator_function(lambda found: message_of(found[_KEY]), text),
            core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(_written),
        )


Seen: TypeAlias = str | Message
"""What was seen: in words of ours a message, else as it was printed or answered."""


def _written(one: object) -> dict[str, str]:
    """A message as pydantic writes it. Where a text may stand instead, pydantic asks for that too."""
    if not isinstance(one, Message):
        raise PydanticSerializationUnexpectedValue("this is not a message")
    return {_KEY: str(one)}


def message(code: str, /, **parameters: Parameter) -> Message:
    """The message of a code of the catalogue."""
    return Message(code, tuple(parameters.items()))


def sentences(first: Message, *more: Message | None) -> Message:
    """Several sentences as one message; what is `sentences` already is taken apart first."""
    flat: list[Parameter] = []
    for part in filter(None, (first, *more)):
        inner = part.values["parts"] if part.code == "sentences" else (part,)
        assert isinstance(inner, tuple)
        flat.extend(inner)
    return message("sentences", parts=tuple(flat)) if len(flat) > 1 else first


def is_message(text: str) -> bool:
    """Whether a text of the dataset is a message; rows of earlier versions hold sentences."""
    return text.startswith(_START)


def seen_of(text: str | None) -> Seen | None:
    """What was seen, as a text of the dataset writes it. Raises ValueError for a text that begins
    like a message and is not one."""
    return message_of(text) if text and is_message(text) else text


def message_of(text: str) -> Message:
    """The message that a text of the dataset writes. Raises ValueError if it writes none."""
    found = _value(json.loads(text, parse_float=Decimal))
    if not isinstance(found, Message):
        raise ValueError(f"this is not a message: {text}")
    return found


def _json(value: Parameter) -> str:
    """JSON in which a decimal number keeps its digits."""
    match value:
        case Message():
            inner = ", ".join(f"{json.dumps(name)}: {_json(one)}" for name, one in value.parameters)
            return f'{_START} {json.dumps(value.code)}, "parameters": {{{inner}}}}}'
        case tuple():
            return f"[{', '.join(map(_json, value))}]"
        case Decimal():
            return format(value, "f")
        case _:
            return json.dumps(value, ensure_ascii=False)


def _value(written: Any) -> Parameter:
    match written:
        case {"code": str(code), "parameters": dict(parameters)}:
            return Message(code, tuple((name, _value(one)) for name, one in parameters.items()))
        case list():
            return tuple(map(_value, written))
        case None | str() | int() | Decimal():
            return written
        case _:
            raise ValueError(f"this is not a parameter of a message: {written!r}")
