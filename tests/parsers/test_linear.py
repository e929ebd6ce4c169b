"""No pattern costs more than its text is long: each goes over hostile repetition within a limit.

Invariant: every compiled pattern of a module of the parsers is tried as the code uses it. The limit is of
processor time, which a busy machine does not blur: a pattern whose work grows with the square of the length
needs many seconds for what takes a linear one a few thousandths.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import signal
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import parsers

LENGTH = 24_000
SECONDS = 1.0
UNITS = (
    "1", "0 ", " ", "\t\n", "(", ")", "（一", "年", "2026年", "1年", "一", "a", "a ", ".", "1.", "-", "－",
    ",", "1,", "、", "：", "\"", "=", "元", "单 ", "单位", "万", "预算", "部门", "局", "第1", "其中", "增长",
)  # fmt: skip
"""Each is repeated to the length, with a character behind that fits nothing."""
BOUNDED = {
    "parsers.values.amounts": "a cell of more than MAX_LENGTH characters is no amount",
    "parsers.readers.page.furniture": "a block of more than _LONGEST_NUMBER characters is no page number",
}
"""Modules that look at the length first."""
_USES = re.compile(r"\b(\w+)\.(match|fullmatch|search|sub|subn|split|findall|finditer)\(")


def patterns() -> dict[int, tuple[str, str, re.Pattern[str], set[str]]]:
    """Module, name and pattern of all that stand in a module under a name of their own, and how the code of
    the modules that hold them calls them."""
    found: dict[int, tuple[str, str, re.Pattern[str], set[str]]] = {}
    for one in pkgutil.walk_packages(parsers.__path__, "parsers."):
        module = importlib.import_module(one.name)
        called = defaultdict(set)
        if module.__file__:
            for name, method in _USES.findall(Path(module.__file__).read_text(encoding="utf-8")):
                called[name].add(method if method in ("match", "fullmatch") else "search")
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                *_, uses = found.setdefault(id(value), (one.name, name, value, set()))
                uses |= called[name]
    return found


class _Over(Exception):
    pass


def _stop(*_: object) -> None:
    raise _Over


def main() -> None:
    """Print the patterns that needed more than SECONDS of the processor, as [module, name, unit]."""
    signal.signal(signal.SIGPROF, _stop)
    tried, over = 0, []
    for module, name, pattern, uses in patterns().values():
        if module in BOUNDED:
            continue
        tried += 1
        for unit in UNITS:
            text = (unit * LENGTH)[:LENGTH] + "\ufffd"
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            try:
                for method in uses or {"search"}:
                    getattr(pattern, method)(text)
            except _Over:
                over.append([module, name, unit])
                break
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
    print(json.dumps([tried, over], ensure_ascii=False))


def test_no_pattern_of_the_parsers_is_quadratic() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.parsers.test_linear"], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    tried, over = json.loads(done.stdout)
    assert tried > 200 and over == []


def test_a_unit_among_blanks_is_read_in_linear_time() -> None:
    from parsers.values.units import stated_unit

    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, 2 * SECONDS)
    try:
        for blanks in (" " * 200_000, "\u3000\n" * 100_000):
            unit = stated_unit(f"单{blanks}位{blanks}：{blanks}万{blanks}元")
            assert unit and unit.text == "单位:万元"
            assert stated_unit(f"单位{blanks}：{blanks}未定") is None
            assert stated_unit(f"以{blanks}万元{blanks}为主") is None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    main()
