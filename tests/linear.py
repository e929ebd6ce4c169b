"""No pattern costs more than its text is long: each goes over hostile repetition within a limit.

`python -m tests.linear PACKAGE [MODULE…]` prints, as JSON, how many patterns of the package were tried, and
those that needed more than SECONDS of the processor, as [where, name, unit]. The modules named look at the
length first, and are left out.

Invariant: every compiled pattern of a package is tried as its code uses it, and every one in its data files
as code may use it. The limit is of processor time, which a busy machine does not blur: a pattern whose work
grows with the square of the length needs seconds for what takes a linear one a few thousandths.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import signal
import subprocess
import sys
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from pathlib import Path
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from pydantic import BaseModel

LENGTH = 30_000
SECONDS = 0.6
STEPS = ((1_000, 0.0005), (6_000, 0.012), (LENGTH, SECONDS))
"""Lengths, and the processor time above which the next one is tried: work that grows squared and reaches the
limit needs a 900th part of it, 0.7 ms, for the first, and a 25th, 24 ms, for the second."""
END = {"parsers": "\ufffd"}
"""What stands behind, fits nothing: documents are read line by line."""
END_OF_PAGE = "\ufffd-<'\"\n\ufffd"
UNITS = (
    "1", "0 ", " ", "\t\n", "(", ")", "（一", "年", "2026年", "1年", "一", "a", "a ", ".", "1.", "-", "－",
    ",", "1,", "、", "：", "\"", "=", "元", "单 ", "单位", "万", "预算", "部门", "局", "第1", "其中", "增长",
)  # fmt: skip
"""Each is repeated to the length, with characters behind that fit nothing."""
MARKUP = (
    "<", ">", "<a>", "<a href=\"x\">", "'", "''", "' ", "{", "[", "a(", "()", "a()", "a.", "a-", "a/", "/",
    "?a=", "a=1&", "page", "_1", ":", ";", "+", "\\", "'+a+'", "共1页", "更多", "来源：", "\u3000",
)  # fmt: skip
"""What hostile pages may repeat besides."""
_USES = re.compile(r"\b(\w+)\.(match|fullmatch|search|sub|subn|split|findall|finditer)\b")
_DEEPEST = 8


@dataclass
class Tried:
    """A pattern, where it stands, and how the code calls it."""

    where: str
    name: str
    pattern: re.Pattern[Any]
    uses: set[str] = field(default_factory=set)


def modules(package: str) -> Iterator[Any]:
    """All modules of a package."""
    root = importlib.import_module(package)
    yield root
    for one in pkgutil.walk_packages(root.__path__, f"{package}."):
        if not one.name.endswith("__main__"):
            yield importlib.import_module(one.name)


def patterns(package: str) -> list[Tried]:
    """The patterns of all modules of a package, those in tuples and in its data files too."""
    found: dict[int, Tried] = {}
    for module in modules(package):
        called = defaultdict(set)
        source = Path(module.__file__ or "").read_text(encoding="utf-8") if module.__file__ else ""
        for name, method in _USES.findall(source):
            called[name].add(method if method in ("match", "fullmatch") else "search")
        for name, value in vars(module).items():
            for pattern in _inside(value):
                one = found.setdefault(id(pattern), Tried(module.__name__, name, pattern))
                one.uses |= called[name]
        for name, value in _knowledge(module):
            for pattern in _inside(value):
                found.setdefault(id(pattern), Tried(module.__name__, name, pattern))
    return list(found.values())


def _knowledge(module: Any) -> Iterator[tuple[str, Any]]:
    """What the functions of a module load from its data files, those without arguments."""
    for name, value in vars(module).items():
        code = getattr(getattr(value, "__wrapped__", value), "__code__", None)
        own = code and not code.co_argcount and value.__module__ == module.__name__
        if code and own and "knowledge" in code.co_names:
            yield f"{name}()", value()


def _inside(value: Any, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    """The patterns in a value: itself, or those it holds."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth < _DEEPEST and not isinstance(value, str | bytes | type):
        for one in _parts(value):
            yield from _inside(one, depth + 1)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    if isinstance(value, tuple | list | frozenset | set):
        return value
    if isinstance(value, BaseModel):
        derived = (name for name, one in vars(type(value)).items() if isinstance(one, cached_property))
        return [getattr(value, name) for name in (*type(value).model_fields, *derived)]
    if is_dataclass(value):
        return [getattr(value, one.name, None) for one in fields(value)]
    return ()


class _Over(Exception):
    pass


def stop(*_: object) -> None:
    raise _Over


def _own_units(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str]]:
    """What a pattern itself invites to repeat, as (what stands before, what is repeated): its beginnings, and
    whatever it repeats without a bound behind what leads there."""
    for before, item in _walk(_parsed(pattern), ""):
        yield "", before + item
        yield before, item


def _parsed(pattern: re.Pattern[Any]) -> Any:
    return parser.parse(pattern.pattern, pattern.flags if isinstance(pattern.pattern, bytes) else 0)


def _walk(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    """(what leads there, an example) of every item of a pattern."""
    for op, value in tree:
        name = str(op)
        example = _example(op, value)
        if example:
            yield before, example
        if name == "SUBPATTERN":
            yield from _walk(value[-1], before)
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            yield from _walk(value[2], before)
        elif name == "ATOMIC_GROUP":
            yield from _walk(value, before)
        elif name == "BRANCH":
            for branch in value[1]:
                yield from _walk(branch, before)
        before += example


def _example(op: Any, value: Any) -> str:
    """A short text that an item of a pattern matches."""
    match str(op):
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL" | "ANY":
            return "a"
        case "IN":
            return _of_set(value)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            times: int = max(1, min(value[0], 40))
            return "".join(_example(*one) for one in value[2]) * times
        case "SUBPATTERN":
            return "".join(_example(*one) for one in value[-1])
        case "ATOMIC_GROUP":
            return "".join(_example(*one) for one in value)
        case "BRANCH":
            return "".join(_example(*one) for one in value[1][0])
    return ""


def _of_set(items: Any) -> str:
    """A character of a set."""
    signs = {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a", "CATEGORY_NOT_SPACE": "a",
             "CATEGORY_NOT_WORD": "-", "CATEGORY_NOT_DIGIT": "a"}  # fmt: skip
    if str(items[0][0]) == "NEGATE":
        return next(sign for sign in "a 1-中<'\"" if not any(_holds(one, sign) for one in items[1:]))
    op, value = items[0]
    return chr(value) if str(op) == "LITERAL" else chr(value[0]) if str(op) == "RANGE" else signs[str(value)]


def _holds(item: Any, sign: str) -> bool:
    op, value = item
    if str(op) == "LITERAL":
        return bool(ord(sign) == value)
    if str(op) == "RANGE":
        return bool(value[0] <= ord(sign) <= value[1])
    kind = {"SPACE": sign.isspace(), "DIGIT": sign.isdigit(), "WORD": sign.isalnum() or sign == "_"}
    name = str(value).removeprefix("CATEGORY_")
    return not kind[name[4:]] if name.startswith("NOT_") else kind[name]


def _is_over(one: Tried, before: str, unit: str) -> bool:
    """Does a long text cost too much? What is quick on a shorter one is not tried on it."""
    return all(_seconds(one, _repeated(one, before, unit, length)) >= least for length, least in STEPS)


def _repeated(one: Tried, before: str, unit: str, length: int) -> Any:
    end = END.get(one.where.partition(".")[0], END_OF_PAGE)
    text = before + (unit * (length // len(unit) + 1))[:length] + end
    return text.encode() if isinstance(one.pattern.pattern, bytes) else text


def _seconds(one: Tried, text: Any) -> float:
    """Processor time that the pattern takes for a text, as the code uses it; at most SECONDS."""
    begun = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        for method in one.uses or {"search"}:
            if method == "search":
                deque(one.pattern.finditer(text), maxlen=0)
            else:
                getattr(one.pattern, method)(text)
    except _Over:
        return SECONDS
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return time.process_time() - begun


def tried(package: str, *bounded: str) -> tuple[int, list[list[str]]]:
    """How many patterns of a package were tried, in a process of their own, and which cost too much;
    `bounded` are modules that look at the length first."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.linear", package, *bounded], capture_output=True, text=True,
        check=False, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    count, over = json.loads(done.stdout)
    return count, over


def main(package: str, bounded: frozenset[str]) -> None:
    """Try all patterns of a package, but for those of the modules that look at the length first."""
    signal.signal(signal.SIGPROF, stop)
    units = UNITS if package == "parsers" else (*UNITS, *MARKUP)
    chosen = [one for one in patterns(package) if one.where not in bounded]
    over = []
    for one in chosen:
        own = () if package == "parsers" else _own_units(one.pattern)
        hostile = dict.fromkeys([*(("", unit) for unit in units), *own])
        found = next((f"{before}|{unit}" for before, unit in hostile if _is_over(one, before, unit)), None)
        over += [[one.where, one.name, found]] if found else []
    print(json.dumps([len(chosen), over], ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1], frozenset(sys.argv[2:]))
