"""What a call of a page's own function opens, and where the lines of a menu (`<select>`) lead.

Invariant: nothing is run. A call (`show(7)`, where `function show(id){open('/d.jsp?id=' + id)}`) has an
address if the page defines its function, its arguments are literals, and the function puts the address
together from texts and its parameters. What the function treats apart (`if (n == 1)`) has none, and so has
anything else. Of a menu only what a reader's choice alone would ask for has an address: one that opens a
page, or the only field to fill in of a form; by POST only years and bodies are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from lxml.html import HtmlElement

from crawler.pages.script_asks import POSTED, Asked, asked
from parsers.values.lexicon import lexicon_of

_MOST = 100
_LONGEST = 1_500
_DEFINED = re.compile(
    r"(?<![\w$.])(?:function\s+([\w$]{1,60})\s*|([\w$]{1,60})\s*[=:]\s*function\s*)\(([\w$,\s]{1,120})\)\s*\{"
)
_TEXT = r""""[^"\n<>]{0,300}"|'[^'\n<>]{0,300}'"""
_CAST = r"(?:encodeURI(?:Component)?|parseInt|Number|String|escape)?"
_NAME = rf"{_CAST}\(\s*[\w$]{{1,60}}\s*(?:[-+]\s*\d\s*)?\)|[\w$]{{1,60}}"
_SUM = re.compile(rf"(?<![\w$.'\"])(?:{_TEXT}|{_NAME})(?:\s*\+\s*(?:{_TEXT}|{_NAME})){{1,8}}")
_PIECE = re.compile(rf"({_TEXT})|({_NAME})")
_VARIABLE = re.compile(r"([\w$]{1,60})\s*+(?:([-+])\s*+(\d)\s*+)?\)?$")
_ALIAS = re.compile(
    r"\b(?:var|let|const)\s+([\w$]{1,60})\s*=\s{0,20}([\w$]{1,60})\s{0,20}(?:([-+])\s{0,20}(\d)\s{0,20})?[;,\n]"
)
_APART = re.compile(r"[\w$]\s*(?:[=!]==?|[<>]=?)\s*[\"']?(\d{1,6})\b")
_ADDRESS = re.compile(r"[/?]|\.(?:[sjx]?html?|jspx?|aspx?|php|do|action)\b", re.IGNORECASE)
_CALL = re.compile(r"^\s*(?:javascript:\s*)?(?:return\s+)?([\w$]{1,60})\s*\(([^()]{1,300})\)")
_ARGUMENT = re.compile(r"""\s{0,20}(?:"([^"]*)"|'([^']*)'|(\d{1,12}))\s*+(?:,|$)""")

# What a menu calls the value that was chosen, and what opens an address put together from texts.
_VALUE = re.compile(
    r"\b(?:this|self)\.(?:value|options\[\s{0,3}(?:this|self)?\.?selectedIndex\s{0,3}\]\.value)"
    r"|\$\(this\)\.val\(\)"
)
_CHOSEN = re.compile(r"[\w.-]{1,60}")
_LITERAL = re.compile(r"""\"([^"]{0,300})\"|'([^']{0,300})'""")
_OPENS = re.compile(
    rf"(?:location(?:\.href)?\s{{0,3}}=|\bopen\s{{0,3}}\(|location\.(?:replace|assign)\()"
    rf"\s{{0,3}}((?:{_TEXT})(?:\s{{0,3}}\+\s{{0,3}}(?:{_TEXT})){{0,6}})"
)
_L = lexicon_of(__name__)
_SENDS = re.compile(r"submit\s{0,3}\(", re.IGNORECASE)
_BUTTONS = ("submit", "button", "image", "reset")
_MOST_FIELDS = 40
_CHOICE = _L.pattern("choice")


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the page: its parameters, the pieces of the address it opens (a text, or a parameter
    with what is added to it), and the numbers it treats apart; or what it `asks` for in the background."""

    parameters: tuple[str, ...]
    pieces: tuple[tuple[str, str, int], ...]
    apart: frozenset[str]
    asks: Asked | None = None


def functions(script: str) -> dict[str, Function]:
    """The functions of a script that open an address made from their parameters, by name."""
    found: dict[str, Function] = {}
    for match in islice(_DEFINED.finditer(script), _MOST):
        parameters = tuple(name.strip() for name in match[3].split(","))
        body = _body(script, match.end())
        apart = frozenset(_APART.findall(body))
        background = next((one for one in asked(body) if one.names and one.names <= {*parameters}), None)
        pieces = () if background else next(_addresses(body, parameters), ())
        if pieces or background:
            found.setdefault(match[1] or match[2], Function(parameters, pieces, apart, background))
    return found


def _body(script: str, start: int) -> str:
    """The text of a function from after its brace to the one that closes it, as far as it is looked at."""
    depth = 1
    for place, sign in enumerate(script[start : start + _LONGEST], start):
        depth += (sign == "{") - (sign == "}")
        if not depth:
            return script[start:place]
    return script[start : start + _LONGEST]


def _addresses(body: str, parameters: tuple[str, ...]) -> Iterator[tuple[tuple[str, str, int], ...]]:
    known = {name: (name, 0) for name in parameters}
    for alias, name, sign, number in _ALIAS.findall(body):
        if name in known:
            known[alias] = (known[name][0], known[name][1] + int(f"{sign}{number}" if number else "0"))
    for match in _SUM.finditer(body):
        pieces = [_piece(text, name, known) for text, name in _PIECE.findall(match[0])]
        whole = [piece for piece in pieces if piece is not None]
        texts = "".join(text for text, name, _ in whole if not name)
        if len(whole) == len(pieces) and any(name for _, name, _ in whole) and _ADDRESS.search(texts):
            yield tuple(whole)


def _piece(text: str, name: str, known: Mapping[str, tuple[str, int]]) -> tuple[str, str, int] | None:
    """(text, "", 0) or ("", parameter, what is added); None for a name that is none of the parameters."""
    if text:
        return text[1:-1], "", 0
    variable = _VARIABLE.search(name)
    if variable is None or variable[1] not in known:
        return None
    parameter, added = known[variable[1]]
    return "", parameter, added + int(f"{variable[2]}{variable[3]}" if variable[3] else "0")


def address_of_call(call: str, known: Mapping[str, Function]) -> str | None:
    """The address that a call opens, as its function writes it; None if the function does not show it."""
    match = _CALL.match(call)
    function = known.get(match[1]) if match else None
    if match is None or function is None:
        return None
    arguments = [first or second or number for first, second, number in _ARGUMENT.findall(match[2])]
    if len(arguments) != match[2].count(",") + 1:
        return None
    given = dict(zip(function.parameters, arguments, strict=False))
    if function.asks:
        return None if function.apart.intersection(arguments) else function.asks.address(given)
    parts = [_written(piece, given, function.apart) for piece in function.pieces]
    return None if None in parts else "".join(part or "" for part in parts)


def address_of_choice(call: str, value: str, known: Mapping[str, Function]) -> str | None:
    """The address that choosing a line of a menu opens: `location.href='/ys/'+this.value+'.html'`, or a call
    of a function of the page with the value."""
    if not _CHOSEN.fullmatch(value):
        return None
    given = _VALUE.sub(f"'{value}'", call[:_LONGEST])
    if given == call:
        return None
    if opened := _OPENS.search(given):
        return "".join(first or second for first, second in _LITERAL.findall(opened[1]))
    return address_of_call(given, known)


def _written(piece: tuple[str, str, int], given: Mapping[str, str], apart: frozenset[str]) -> str | None:
    text, name, added = piece
    if not name:
        return text
    value = given.get(name)
    if value is None or value in apart:
        return None
    if not added:
        return value
    return str(int(value) + added) if value.isdecimal() else None


def address_of_line(option: HtmlElement, known: Mapping[str, Function]) -> str | None:
    """The address behind a line of a menu, as it is written; None if it has none of its own."""
    menu = next(option.iterancestors("select"), None)
    value: str | None = option.get("value")
    if menu is None or not value:
        return None
    called = menu.get("onchange") or ""
    if found := address_of_choice(called, value, known):
        return found
    form = next(menu.iterancestors("form"), None)
    return _sent(form, menu, value, bool(_SENDS.search(called))) if form is not None else None


def _sent(form: HtmlElement, menu: HtmlElement, value: str, at_once: bool) -> str | None:
    """What a form asks for whose only field is this menu."""
    fields, name = [], menu.get("name")
    posts = (form.get("method") or "get").lower() == "post"
    if not name or not form.get("action") or (posts and not _is_harmless(menu)):
        return None
    for node in islice(form.iter("input", "select", "textarea", "button"), _MOST_FIELDS):
        kind = (node.get("type") or ("submit" if node.tag == "button" else "text")).lower()
        if node is menu:
            fields.append((name, value))
        elif node.tag in ("input", "button") and kind in _BUTTONS:
            at_once = at_once or kind != "reset"
        elif node.tag == "input" and kind == "hidden" and node.get("name"):
            fields.append((str(node.get("name")), node.get("value") or ""))
        else:
            return None
    address = form.get("action") if posts else form.get("action").partition("?")[0]
    mark = "&" if "?" in address else "?"
    return f"{address}{mark}{POSTED if posts else ''}{urlencode(fields)}" if at_once else None


def _is_harmless(menu: HtmlElement) -> bool:
    """Does a menu offer years, bodies or kinds of disclosures?"""
    lines = islice(menu.iter("option"), _MOST_FIELDS)
    return sum(bool(_CHOICE.search("".join(line.itertext()).strip())) for line in lines) > 1
