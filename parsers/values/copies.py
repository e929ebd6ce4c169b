"""Values, and values like others, made in a fifth of the time that frozen classes and `dataclasses.replace`
need: a document has some ten thousand facts, each known better at every step.

Invariant: the value copied from is never changed, and a field that its class does not have is a TypeError.
The garbage collector is afterwards as it was before.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field, fields, make_dataclass
from operator import attrgetter, itemgetter
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")
_Parts = tuple[Any, Callable[[Any], None] | None]
_KNOWN: dict[Any, _Parts] = {}
_Change = tuple[Callable[[Any], tuple[Any, ...]], Callable[[Any], tuple[Any, ...]], Any]
_CHANGES: dict[tuple[Any, tuple[str, ...]], _Change] = {}


def made(kind: Callable[P, T], *contents: P.args, **named: P.kwargs) -> T:
    """A value of a dataclass with slots, as its class makes and checks it."""
    twin, check = _KNOWN.get(kind) or _parts(kind)
    value = twin(*contents, **named)
    value.__class__ = kind
    if check:
        check(value)
    return cast(T, value)


def changed(value: T, /, **changes: Any) -> T:
    """The value, a dataclass with slots, with other contents in some fields. `__post_init__` is not run: for
    changes of fields it does not look at."""
    kind: Any = value.__class__
    names = tuple(changes)
    kept, in_order, twin = _CHANGES.get((kind, names)) or _change(kind, names)
    copy = twin(*in_order((*kept(value), *changes.values())))
    copy.__class__ = kind
    return cast(T, copy)


def _change(kind: Any, names: tuple[str, ...]) -> _Change:
    """What reads the fields that stay, what puts these and the changed ones in the order of the class, and
    its twin."""
    twin, _ = _KNOWN.get(kind) or _parts(kind)
    every = [one.name for one in fields(kind)]
    if unknown := [name for name in names if name not in every]:
        raise TypeError(f"{kind.__name__} has no field {unknown[0]!r}")
    kept = [name for name in every if name not in names]
    order = [[*kept, *names].index(name) for name in every]
    found = _CHANGES[kind, names] = _several(attrgetter, kept), _several(itemgetter, order), twin
    return found


def _several(getter: Callable[..., Any], names: Sequence[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """What gets all of the names as a tuple, however few they are."""
    if len(names) > 1:
        several: Callable[[Any], tuple[Any, ...]] = getter(*names)
        return several
    return lambda value: tuple(getter(name)(value) for name in names)


def _parts(kind: Any) -> _Parts:
    """A class of the same slots that may be written, and what checks a value.
    A value is of that class until it is done: the guard of a frozen class costs more than all the rest."""
    parts: list[Any] = [
        (one.name, Any, field(default=one.default, default_factory=one.default_factory))
        for one in fields(kind)
    ]
    twin = make_dataclass(f"_{kind.__name__}", parts, slots=True, eq=False, repr=False)
    found = _KNOWN[kind] = twin, getattr(kind, "__post_init__", None)
    return found


VALUES_BETWEEN_COLLECTIONS = 250_000  # more than most documents make; what stays is searched again each time


@contextmanager
def seldom_collected() -> Iterator[None]:
    """While a million small values are made, and next to no cycles: the search for those is a tenth of the
    time of a parse, and a quarter of that of reading captures."""
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(max(before[0], VALUES_BETWEEN_COLLECTIONS), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
