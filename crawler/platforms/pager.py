"""Lists paged by a call of a script: `createPageHTML`, which TRS templates share, and its kin of any name.

Invariant: addresses come from the numbers of the call, never from running it, and a pager that is not
understood is named (`unread_pager`), never passed over. Two forms of the call are in use:

- TRS: `createPageHTML(4, 0, "index", "html")`, four pages, index.html, index_1.html … index_3.html, or the
  same in `var countPage = 4; var currentPage = 0;`;
- UCAP: `createPageHTML('page_div', 2, 1, 'nav_list', 'shtml', 22)`, the target first, counted from one: page
  two is nav_list_2.shtml. Templates of TRS may have the target, too, but count from zero.

Whatever the function is called, it is the form that counts: two numbers, a name, and an ending of pages. A
number may be computed (`Math.ceil(29/20)`, `total / 15 + 1`) of numbers, the four operations, rounding and
variables that the page sets to numbers; anything else has no value. A pager of another form is tried by the
address that the platform gives its second page (`second_pages`).
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from html import unescape
from urllib.parse import urljoin, urlsplit

from crawler.pages.attached_files import extension
from crawler.pages.page import Page
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)

_ARGUMENTS = 4  # of a call that draws a pager: pages, current page, name, ending
_MOST_PAGES = 1000
_PAGE_ENDINGS = r"s?html?|jhtml|jspx?|aspx?|php"
_CALL = re.compile(
    rf"""(?<![\w$])([\w$]+)\s*\(([^;{{}}]{{3,300}}?["']\.?(?:{_PAGE_ENDINGS})["'][^;{{}}()]{{0,80}})\)""",
    re.IGNORECASE,
)
_PIECE = re.compile(r"""("[^"]*"|'[^']*'|\((?:[^()]|\([^()]*\))*\)|[^,"'()]+)|,""")
_STATED = _L.pattern("stated", re.IGNORECASE)
# 'index_' + p + '.html', "list.jsp?id=7&page=" + (p - 1)
_NUMBER = (
    r"""["']\s{0,9}\+\s{0,9}(?:\(\s{0,9})?(?:[\w$]{1,60}(?:\.\w{1,60})?)"""
    r"""\s{0,9}(?:(-\s{0,9}1)|\+\s{0,9}1)?\s{0,9}(?:\)\s{0,9})?"""
)
_PUT_TOGETHER = tuple(
    re.compile(rf"""["']({name}){_NUMBER}{ending}""", re.IGNORECASE)
    for name, ending in (
        (r"[\w/.-]{0,200}[_-]", r"""\+\s*["'](\.(?:[sj]?html?|jspx?|aspx?|php))["']"""),
        (
            r"""[^"'\s<>]{0,300}[?&;](?:\w{0,20}?page\w{0,20}|pn?|currentindex)=""",
            r"""(?:\+\s*["'](&[^"'\s]*)["'])?""",
        ),
    )
)
# 'index_{page}.html', `list_${n}.html`, "index_%d.html"
_TEMPLATE = re.compile(
    rf"""["'`]([\w/.?=&-]*[_=-])(?:\$?\{{\w+\}}|%d|\[\w+\])()((?:\.(?:{_PAGE_ENDINGS}))?(?:[?&][^"'`\s]*)?)["'`]""",
    re.IGNORECASE,
)
RECORDS = _L.pattern("records", re.IGNORECASE)
_SIZE = _L.pattern("size", re.IGNORECASE)
# Plugins that draw a pager: how they are called, what they call the number of entries and that of a page's.
_PLUGINS = (
    (r"\blaypage(?:\.render)?\s*\(\s*\{", r"\bcount\s*:\s*[\"']?(\d{1,6})", r"\blimit\s*:\s*[\"']?(\d{1,3})"),
    (r"\.[pP]agination\s*\(\s*", r"^(\d{1,6})\s*,", r"\bitems_per_page\s*:\s*[\"']?(\d{1,3})"),
)
_CALLED = 600  # characters of a plugin's call that are looked at
_USUAL_SIZE = 10  # entries, where the plugin's call does not say
_ENDING = re.compile(rf"""\+\s*["']\.({_PAGE_ENDINGS})\b""", re.IGNORECASE)
_COUNT = re.compile(r"\bvar\s+countPage\s*=\s*(\d+)")
_CURRENT = re.compile(r"\bvar\s+currentPage\s*=\s*(\d+)")
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


def numbered_pages(page: Page) -> tuple[str, ...]:
    """The other pages of a list that its script counts, from its call or its variables; () if it has none."""
    known = variables(page.scripts)
    for name, call in _CALL.findall(page.text):
        if pages := _from_call(page, name, _arguments(call), known):
            return pages
    count, current = _COUNT.search(page.scripts), _CURRENT.search(page.scripts)
    if count and current:
        name, ending = own_name(page)
        if "." not in urlsplit(page.url).path.rpartition("/")[2] and (stated := _ENDING.search(page.scripts)):
            ending = stated[1]
        return _pages(page, int(count[1]), int(current[1]), name, ending, first=0)
    return ()


def counted_pages(page: Page) -> tuple[str, ...]:
    """The other pages of a list whose script puts their addresses together, `'index_' + p + '.html'` or
    `'?page=' + p`, and whose page says how many there are (`totalPage = 4`, 第1/4页); () for any other."""
    count = stated_pages(page)
    parts = next(filter(None, (form.search(page.text) for form in (*_PUT_TOGETHER, _TEMPLATE))), None)
    if not count or not parts:
        return ()
    name, less, ending = parts.groups()
    last = min(count, _MOST_PAGES)
    numbers = range(1, last) if less else range(2, last + 1)
    found = (urljoin(page.url, f"{unescape(name)}{each}{ending or ''}") for each in numbers)
    return tuple(url for url in found if url != page.url)


def stated_pages(page: Page) -> int | None:
    """How many pages the list has, as the page says it: `totalPage = 4`, 共4页, 第1/4页, or as many as its
    entries make (共29条, 每页20条); None where it does not."""
    if count := _STATED.search(page.text):
        return int(next(filter(None, count.groups())))
    total, size = RECORDS.search(page.text), _SIZE.search(page.text)
    if total and size:
        per_page = int(next(filter(None, size.groups())))
        return -(-int(next(filter(None, total.groups()))) // per_page) if per_page else None
    return _plugin_pages(page.scripts)


def _plugin_pages(script: str) -> int | None:
    """How many pages a plugin draws: from the number of entries and the number per page."""
    for called, entries, size in _PLUGINS:
        if (call := re.search(called, script)) is None:
            continue
        arguments = script[call.end() : call.end() + _CALLED]
        total, per_page = re.search(entries, arguments), re.search(size, arguments)
        if total:
            return -(-int(total[1]) // ((per_page and int(per_page[1])) or _USUAL_SIZE))
    return None


def _arguments(call: str) -> list[str]:
    """The arguments of a call as written, quotes kept; commas inside brackets and quotes part nothing."""
    found = [""]
    for piece in _PIECE.finditer(call):
        if piece[1] is None:
            found.append("")
        else:
            found[-1] += piece[1]
    return [one.strip() for one in found]


def _from_call(page: Page, function: str, arguments: list[str], known: Mapping[str, int]) -> tuple[str, ...]:
    """TRS: (pages, current from 0, name, ending); UCAP: (target, pages, current from 1, name, ending, …)."""
    target = bool(arguments) and number(arguments[0], known) is None
    if target:
        arguments = arguments[1:]
    if len(arguments) < _ARGUMENTS or any(one[:1] not in ("'", '"') for one in arguments[2:4]):
        return ()
    count, current = (number(one, known) for one in arguments[:2])
    name, ending = (one.strip("\"'") for one in arguments[2:4])
    ending = ending.lstrip(".")
    if count is None or current is None or not name or not ending or extension(f"x.{ending}"):
        return ()
    return _pages(page, count, current, name, ending, _first(page, function, current, target))


def _first(page: Page, function: str, current: int, target: bool) -> int:
    """The number of the page without a suffix. A page 0 is the sign of counting from zero; so is an address
    that ends in _1, and without a target one that ends in the current number, or the name that TRS has."""
    if current == 0 or (function == "createPageHTML" and not target):
        return 0
    suffix = re.search(r"_(\d+)\.\w+$", urlsplit(page.url).path)
    if target:
        return 0 if suffix and suffix[1] == "1" else 1
    return 0 if suffix else 1


def _pages(page: Page, count: int, current: int, name: str, ending: str, first: int) -> tuple[str, ...]:
    """`first` is the number of the page that has no suffix: TRS counts from 0, UCAP from 1."""
    return tuple(
        urljoin(page.url, f"{name}.{ending}" if number == first else f"{name}_{number}.{ending}")
        for number in range(first, first + min(count, _MOST_PAGES))
        if number != current
    )


def is_single(page: Page) -> bool:
    """Does a call that is understood say that this page is all there is?"""
    known = variables(page.scripts)
    for _, call in _CALL.findall(page.text):
        arguments = _arguments(call)
        if arguments and number(arguments[0], known) is None:
            arguments = arguments[1:]
        if (
            len(arguments) >= _ARGUMENTS
            and number(arguments[0], known) in (0, 1)
            and number(arguments[1], known) in (0, 1)
        ):
            return True
    return False


def own_name(page: Page) -> tuple[str, str]:
    """The name of a list's files without its number, and their suffix: index and html for index_2.html."""
    leaf = urlsplit(page.url).path.rsplit("/", 1)[-1]
    match = re.fullmatch(r"(.+?)(?:_\d+)?\.(\w+)", leaf)
    return (match[1], match[2]) if match else ("index", "html")


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
