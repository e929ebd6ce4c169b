"""What a page's script asks its server for in the background: `$.post('/list.do', {cid: 8, page: n}, …)`.

Invariant: nothing is run. A request is known if its address and its fields are texts, numbers, or names whose
values the page itself gives; any other call is none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from lxml.html import HtmlElement

POSTED = "__wb_method=POST&"
"""What replay tools put before the fields of a POST, in the address it is kept under."""
_MOST = 50
_LONGEST = 800  # characters of a call that are looked at
_CALLED = re.compile(
    r"(?:\$|jQuery|axios)\s{0,3}\.\s{0,3}(get|post|getJSON|ajax)\s{0,3}\(|(?<![\w$.])(fetch)\s{0,3}\(|\.(load)\s{0,3}\("
    r"|\.(open)\s{0,3}\(\s{0,3}[\"'](?i:get)[\"']\s{0,3},"
)
_NAME = r"(?:\+\+\s{0,3})?[A-Za-z_$][\w$]{0,60}(?:\.value|\s{0,3}\+\s{0,3}1(?!\d)|\+\+)?"
_FIELD = r"""\$\(\s{0,3}["']#[\w-]{1,60}["']\s{0,3}\)\.val\(\)"""
_TEXT = r""""[^"\n<>]{0,300}"|'[^'\n<>]{0,300}'"""
_PIECE = rf"(?:{_TEXT}|\(\s{{0,3}}{_NAME}\s{{0,3}}\)|{_FIELD}|{_NAME}|\d{{1,12}})"
_SUM = rf"{_PIECE}(?:\s{{0,3}}\+\s{{0,3}}{_PIECE}){{0,8}}"
_FIRST = re.compile(rf"\s{{0,99}}({_SUM})\s{{0,99}}(?:,\s{{0,99}}(\{{[^{{}}]{{0,600}}\}}|{_TEXT})|[,)])")
_URL = re.compile(rf"\burl\s{{0,9}}:\s{{0,9}}({_SUM})\s{{0,99}}(?=[,}}\n])")
_DATA = re.compile(r"\b(?:data|params)\s{0,9}:\s{0,9}(\{[^{}]{0,600}\})")
_JSON = re.compile(r"\b(?:data|body)\s{0,9}:\s{0,9}JSON\.stringify\(\s{0,9}(\{[^{}]{0,600}\})")
_LITERAL = re.compile(r"`([^`'\n]{1,300})`")
_FILLED = re.compile(r"\$\{([^{}]{1,60})\}")
_IS_POST = re.compile(r"""\b(?:type|method)\s{0,9}:\s{0,9}["']post["']""", re.IGNORECASE)
_PAIR = re.compile(
    rf"""(?:^|[{{,])\s{{0,99}}["']?([\w.\[\]-]{{1,60}})["']?"""
    rf"""\s{{0,9}}:\s{{0,9}}({_SUM})\s{{0,99}}(?=[,}}])"""
)
_ONE = re.compile(_PIECE)
_BARE = re.compile(r"[A-Za-z_$][\w$]*")
_HELD = re.compile(r"#([\w-]+)")
_VALUE = re.compile(
    r"""(?<![\w$.])([A-Za-z_$][\w$]{0,60})\s{0,9}=\s{0,9}(?:"([^"\n<>]{0,120})"|'([^'\n<>]{0,120})'|(\d{1,12}))\s{0,9}[;,\n]"""
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as written: the pieces of its address and of each field, texts or names (`names`). As `json`
    it posts its fields as one object."""

    posts: bool
    url: tuple[str, ...]
    fields: tuple[tuple[str, tuple[str, ...]], ...]
    json: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The names whose values it needs."""
        pieces = (*self.url, *(piece for _, value in self.fields for piece in value))
        return frozenset(piece for piece in pieces if piece[:1] not in ("'", '"') and not piece.isdecimal())

    def address(self, values: Mapping[str, str]) -> str | None:
        """The address with these values; that of a POST holds its fields. None if a value is missing."""
        if not self.names <= values.keys():
            return None
        url = _joined(self.url, values)
        given = [(name, _joined(value, values)) for name, value in self.fields]
        fields = _as_json(self.fields, given) if self.json else urlencode(given)
        if not url or (self.posts and not fields):
            return None
        mark = "&" if "?" in url else "?"
        return f"{url}{mark}{POSTED if self.posts else ''}{fields}" if fields else url


def asked(script: str) -> Iterator[Asked]:
    """The requests of a script, in order."""
    script = _LITERAL.sub(lambda text: "'" + _FILLED.sub(r"' + \1 + '", text[1]) + "'", script)
    for call in islice(_CALLED.finditer(script), _MOST):
        method = next(filter(None, call.groups()))
        rest = script[call.end() : call.end() + _LONGEST]
        whole, first = re.split(r"\}\);|\)\s*\.then|;", rest, maxsplit=1)[0] + "}", _FIRST.match(rest)
        held = _JSON.search(whole) if method in ("ajax", "fetch") and _IS_POST.search(whole) else None
        posts, url, data = method == "post" or bool(held), first and first[1], held and held[1]
        if method == "ajax":
            found, given = _URL.search(whole), held or _DATA.search(whole)
            posts, url, data = bool(_IS_POST.search(whole)), found and found[1], given and given[1]
        elif first and not held:
            if method == "fetch" and (first[2] or _IS_POST.search(whole)):
                continue  # its options may be anything
            data = first[2] if method != "fetch" else None
        if url and (data is None or data.startswith("{")):
            fields = _PAIR.findall(data or "")
            if (data or "").count(":") == len(fields):
                pieces = tuple((name, _pieces(value)) for name, value in fields)
                yield Asked(posts, _pieces(url), pieces, bool(held))


def values(script: str, tree: HtmlElement) -> dict[str, str]:
    """The names to which a page gives one value: variables of its script, fields by their id (`#id`)."""
    found: dict[str, str] = {}
    for name, first, second, number in _VALUE.findall(script):
        found.setdefault(name, first or second or number)
    for node in tree.iter("input"):
        if node.get("id"):
            found.setdefault(f"#{node.get('id')}", node.get("value") or "")
    return found


def _pieces(written: str) -> tuple[str, ...]:
    return tuple(_plain(piece) for piece in _ONE.findall(written))


def _plain(piece: str) -> str:
    """A text or a number as it stands, a field as `#id`, a name without what is done to it."""
    if piece[:1] in ("'", '"') or piece.isdecimal():
        return piece
    held = _HELD.search(piece) if ".val()" in piece else None
    name = _BARE.search(piece)
    return held[0] if held else name[0] if name else piece


def _as_json(fields: Iterable[tuple[str, tuple[str, ...]]], given: Iterable[tuple[str, str]]) -> str:
    """One object: what is written in quotes is text, digits that are not are a number."""
    texts = {name for name, pieces in fields if len(pieces) > 1 or pieces[0][:1] in ("'", '"')}
    typed = {name: int(one) if one.isdecimal() and name not in texts else one for name, one in given}
    return json.dumps(typed, ensure_ascii=False, separators=(",", ":"))


def _joined(pieces: tuple[str, ...], known: Mapping[str, str]) -> str:
    return "".join(
        piece[1:-1] if piece[:1] in ("'", '"') else piece if piece.isdecimal() else known[piece]
        for piece in pieces
    )
