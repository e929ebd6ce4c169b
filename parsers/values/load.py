"""The one loader of tables of knowledge, for every package.

Invariant: a file that breaks its model fails at load, with file, entry and reason, and never at use. A file
is read once in a process.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import Any, TypeVar, cast

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from parsers.values.errors import KnowledgeError

# The parser in C reads ten times as fast; a build of PyYAML without libyaml has only the other.
FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Model = TypeVar("Model")


class Knowledge(BaseModel):
    """A part of a file of knowledge: a key that the model lacks is an error, as is one that is missing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def knowledge(package: str, name: str, model: type[Model]) -> Model:
    """The YAML file `name` of a package, as `model` (any type that pydantic validates).

    Raises KnowledgeError if it is not YAML or breaks the model."""
    found: Model = _knowledge(package, name, cast(Any, model))
    return found


@cache
def _knowledge(package: str, name: str, model: type[Any]) -> Any:
    try:
        loaded = yaml.load(file_text(package, name), FAST)
    except yaml.YAMLError as error:
        raise KnowledgeError(name, "", f"not YAML: {error}") from error
    return checked(model, loaded, name)


def table(package: str, name: str, model: type[Model]) -> tuple[Model, ...]:
    """The lines of the CSV file `name` of a package, each as `model`; an empty cell is None.

    Raises KnowledgeError, whose entry is the line's number in the file."""
    found: tuple[Model, ...] = _table(package, name, cast(Any, model))
    return found


@cache
def _table(package: str, name: str, model: type[Any]) -> tuple[Any, ...]:
    return tuple(
        checked(model, {column: cell or None for column, cell in line.items()}, name, number)
        for number, line in enumerate(csv.DictReader(file_text(package, name).splitlines()), start=2)
    )


def checked(model: type[Model], value: object, name: str, *entry: object) -> Model:
    """`value` as `model`; KnowledgeError with the place inside the file that breaks it."""
    try:
        found: Model = _adapter(cast(Any, model)).validate_python(value)
        return found
    except ValidationError as error:
        first = error.errors()[0]
        place = " / ".join(map(str, (*entry, *first["loc"])))
        raise KnowledgeError(name, place, first["msg"]) from error


@cache
def _adapter(model: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def file_text(package: str, name: str) -> str:
    """The text of a packaged data file."""
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")
