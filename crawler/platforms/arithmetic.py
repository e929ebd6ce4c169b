"""Numbers that templates compute in the browser: `Math.ceil(29/20)`, `total / 15 + 1`.

Invariant: nothing is run. An expression of numbers, the four operations, rounding and variables that the page
sets to numbers has a value; anything else has none.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping

_LONGEST = 120
_LARGEST = 10**9
_OPERATIONS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}
_FUNCTIONS: Mapping[str, Callable[[float], float]] = {
    "ceil": math.ceil, "floor": math.floor, "round": round,
    "parseInt": int, "Number": float, "parseFloat": float,
}  # fmt: skip
_SET = re.compile(r"""(?<![\w$.])([A-Za-z_$][\w$]*)\s*=\s*["']?(\d{1,9})["']?\s*[;,\n]""")


def variables(script: str) -> dict[str, int]:
    """Names that a script sets to whole numbers, the last value of each."""
    return {name: int(value) for name, value in _SET.findall(script)}


def number(expression: str, known: Mapping[str, int] | None = None) -> int | None:
    """The whole number that an expression gives, or None."""
    text = expression.strip().replace("Math.", "").replace("$", "_dollar_")
    if not text or len(text) > _LONGEST:
        return None
    try:
        value = _value(ast.parse(text, mode="eval").body, known or {})
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError, MemoryError):
        return None
    return int(value) if value is not None and abs(value) < _LARGEST and value == int(value) else None


def _value(node: ast.expr, known: Mapping[str, int]) -> float | None:
    """Only the operations that pagers use; anything else is None, never an error."""
    match node:
        case ast.Constant(value=int() | float() as found):
            return float(found) if abs(found) < _LARGEST else None
        case ast.Constant(value=str() as text):
            return float(text) if text.strip().isdecimal() else None
        case ast.Name(id=name):
            return known.get(name.replace("_dollar_", "$"))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
            one, other = _value(left, known), _value(right, known)
            return None if one is None or other is None else _OPERATIONS[type(op)](one, other)
        case ast.Call(func=ast.Name(id=name), args=[only, *_]) if name in _FUNCTIONS:
            inner = _value(only, known)
            return None if inner is None else _FUNCTIONS[name](inner)
    return None
