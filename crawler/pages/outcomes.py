"""What an answer was: content, or one of the ways in which it was none.

Invariant: every exchange has exactly one outcome, with the evidence that decided it; a challenge, an
error page or a stub is never `content`, whatever its status. Rules: `outcomes.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from http import HTTPStatus
from itertools import chain, islice
from typing import Annotated, Literal
from urllib.parse import urljoin

from pydantic import BeforeValidator, Field

from archive.vocabulary import CaptureOutcome
from crawler.pages.page import Page, squeeze
from parsers.values.load import Knowledge, knowledge
from parsers.values.media import sniff
from parsers.values.messages import Message, Parameter, Seen, message

OUTCOMES: dict[str, str] = {outcome.value: outcome.meaning for outcome in CaptureOutcome}
Expected = Literal["html", "document", "robots", "any"]
LOOKED_AT = 64 * 1024
_MIB = 1024 * 1024
LARGEST_PAGE = {"html": 8 * _MIB, "any": 48 * _MIB}
"""Bytes of a list, and of an article: some hold the budget as pictures."""
_OPENED = re.compile(r"<(?:(script|style|noscript)\b|!--|)", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_BY_NAME = re.compile(r"location(?:\.href)?\s*=\s*([A-Za-z_$][\w$]*)\s*[;}<\n]", re.IGNORECASE)
_MOST_VARIABLES = 20
_MARKUP = 4  # characters of a page for one that is seen
_REFRESH = re.compile(r"url\s*=\s*['\"]?([^'\">\s]+)", re.IGNORECASE)
_LOCATION = re.compile(
    r"location(?:\.href)?\s*=\s*[\"']([^\"']+)[\"']|location\.(?:replace|assign)\(\s*[\"']([^\"']+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome with its kind (which rule) and the evidence: a message, or the words as seen.

    `target` is the absolute address a redirect points to, where it is known without running anything.
    """

    name: str
    kind: str = ""
    evidence: Seen = ""
    target: str | None = None


_compile = partial(re.compile, flags=re.IGNORECASE | re.DOTALL)
OverLines = Annotated[re.Pattern[str], BeforeValidator(_compile)]


class _Rule(Knowledge):
    """One line of `outcomes.yaml`."""

    outcome: CaptureOutcome
    kind: str
    status: frozenset[int] | None = None
    expected: Expected | None = None
    media_type: OverLines | None = None
    header: dict[str, OverLines] = Field(default_factory=dict)
    title: OverLines | None = None
    body: OverLines | None = None
    without: OverLines | None = None
    max_text: int | None = None


class _File(Knowledge):
    """`shared` holds patterns that several rules name by a YAML anchor."""

    rules: tuple[_Rule, ...]


def _rules() -> tuple[_Rule, ...]:
    return knowledge("crawler.pages", "outcomes.yaml", _File).rules


@cache
def _rules_for(status: int, expected: Expected, long: bool) -> tuple[_Rule, ...]:
    """Those that may hold for an answer with this status, where that is expected; `long` is a page with more
    text than any rule allows that asks for little."""
    good = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    return tuple(
        rule
        for rule in _rules()
        if (status in rule.status if rule.status else good)
        and rule.expected in (None, expected)
        and not (long and rule.max_text is not None)
    )


@dataclass(frozen=True)
class _Answer:
    """What the rules look at."""

    status: int
    headers: Mapping[str, str]
    expected: Expected
    media_type: str
    body: bytes

    @cached_property
    def page(self) -> Page | None:
        """Its beginning as a page, None for a file."""
        if self.media_type not in ("text/html", "text/plain"):
            return None
        return Page.from_bytes("", self.body[:LOOKED_AT], self.headers.get("content-type"))

    @cached_property
    def visible(self) -> int:
        """Characters of text, up to what any rule asks for. A page longer than what is looked at is not a
        stub, however little of its start is visible."""
        if len(self.body) > LOOKED_AT:
            return 10**6
        return _visible_length(self.page.text, _most_text()) if self.page else 0


Headers = Sequence[tuple[bytes, bytes]]


def classify(
    status: int,
    headers: Headers,
    body: bytes,
    expected: Expected = "any",
    url: str = "",
    media_type: str | None = None,
) -> Outcome:
    """The outcome of an answer: `body` content-decoded, `headers` as received, `url` to resolve redirects,
    `media_type` as sniffed, if that is done."""
    fields = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
    kind = media_type or sniff(body)
    if len(body) > LARGEST_PAGE.get(expected, len(body)) and kind in ("text/html", "text/plain"):
        return Outcome("too_large", "page", message("seen_bytes", n=len(body), kind=kind))
    answer = _Answer(status, fields, expected, kind, body)
    if status == HTTPStatus.PARTIAL_CONTENT and (part := _part(fields.get("content-range", ""))):
        return Outcome("error_page", "partial", part)
    if (
        HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
        and "set-cookie" in fields
        and _leads_to_itself(fields, url)
    ):
        return Outcome("blocked", "needs_cookie", message("seen_test_of_cookies", status=status))
    for rule in _rules_for(status, expected, answer.visible > _most_text()):
        evidence = _evidence(rule, answer)
        if evidence is not None:
            target = _target(answer, url) if rule.outcome == CaptureOutcome.REDIRECT else None
            if target and rule.kind != "http" and target.partition("?")[0] == url.partition("?")[0] != target:
                return Outcome("blocked", "reloads", evidence)
            return Outcome(rule.outcome, rule.kind, evidence, target)
    if (
        not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    ):  # nor does a status that no rule names show content
        return Outcome("error_page", "other", message("seen_status", status=status))
    return Outcome("content", evidence=answer.media_type)


def _leads_to_itself(fields: Mapping[str, str], url: str) -> bool:
    """Does a redirect lead to the address it answers: a test whether the visitor keeps cookies?"""
    try:
        return bool(url) and urljoin(url, fields.get("location", "").strip()) == url
    except ValueError:
        return False


def _part(content_range: str) -> str | None:
    """What a Content-Range says, if that is not the whole: the request did not ask for a part."""
    match = re.fullmatch(r"\s*bytes\s+(\d+)-(\d+)/(\d+|\*)\s*", content_range, re.IGNORECASE)
    if match and match[1] == "0" and match[3] in ("*", str(int(match[2]) + 1)):
        return None
    return content_range.strip()[:80] or None


@cache
def _most_text() -> int:
    return max(rule.max_text or 0 for rule in _rules())


def _visible_length(text: str, most: int) -> int:
    """How many characters of text are between the tags of a page, blanks squeezed; counted up to `most`."""
    if _plain_end(text, most) > most:
        return most + 1
    length = position = 0
    for start, end in chain(left_out(text), ((len(text), len(text)),)):
        if piece := squeeze(text[position:start]):
            length += len(piece) + 1
        if length > most + 1:
            break
        position = end
    return max(length - 1, 0)


def _plain_end(text: str, most: int) -> int:
    """How many characters of text a page has behind its last script, style or comment: less than in all, and
    quickly counted. What is behind the place where `most` are to be expected is left aside."""
    lower = text.lower()
    last = max(lower.rfind(one) for one in ("script", "style", "noscript", "<!--", "-->"))
    start = lower.find(">", last) + 1 if last >= 0 else 0
    end = start + _MARKUP * (most + 1)
    return len(squeeze(_TAG.sub(" ", text[start:end]))) if start or last < 0 else 0


def left_out(text: str) -> Iterator[tuple[int, int]]:
    """Where the tags, comments, scripts and styles of a page stand, in order: (start, end).

    One that is never closed is as long as its tag. What closes none of those that follow is looked for once.
    """
    absent: set[str] = set()
    position = 0
    while opened := _OPENED.search(text, position):
        position = _end_of(text, opened, absent)
        if position:
            yield opened.start(), position
        else:
            position = opened.end()


def _end_of(text: str, opened: re.Match[str], absent: set[str]) -> int:
    """Where it ends what begins with `opened`, 0 if it does not."""
    comment = opened[0] == "<!--"
    for closing in (opened[1].lower() if opened[1] else "", "-->" if comment else "", ">"):
        if closing and closing not in absent:
            if end := _closed(text, closing, opened.end()):
                return end
            absent.add(closing)
    return 0


def _closed(text: str, closing: str, start: int) -> int:
    """The end of the next `-->` or `>`, or of the closing tag of this name; 0 if there is none."""
    if closing.endswith(">"):
        found = text.find(closing, start)
        return found + len(closing) if found >= 0 else 0
    found = text.find("</", start)
    while found >= 0 and text[found + 2 : found + 2 + len(closing)].lower() != closing:
        found = text.find("</", found + 2)
    return _closed(text, ">", found) if found >= 0 else 0


def _evidence(rule: _Rule, answer: _Answer) -> Message | None:
    """Why the rule holds for the answer, or None."""
    if rule.max_text is not None and answer.visible > rule.max_text:
        return None
    if rule.media_type and not rule.media_type.fullmatch(answer.media_type):
        return None
    if any(not pattern.search(answer.headers.get(name.lower(), "")) for name, pattern in rule.header.items()):
        return None
    seen: list[Parameter] = []
    for pattern, part in ((rule.title, "title"), (rule.body, "text")):
        if pattern:
            match = pattern.search(getattr(answer.page, part)) if answer.page else None
            if not match:
                return None
            seen.append(squeeze(match[0])[:80])
    if rule.without and answer.page and rule.without.search(answer.page.text):
        return None
    if rule.media_type:
        seen.append(answer.media_type)
    return message("seen_parts", parts=(message("seen_status", status=answer.status), *seen))


def _target(answer: _Answer, url: str) -> str | None:
    location = answer.headers.get("location")
    if location is None and answer.page:
        location = next(_stub_targets(answer.page), None)
    try:
        return urljoin(url, location.strip()) if location else None
    except ValueError:
        return None


def _stub_targets(page: Page) -> Iterator[str]:
    """Where a stub points: <meta refresh> first, then the last plain assignment to `location`.

    The last, because the ones before it sit in branches for phones.
    """
    for node in page.tree.iter("meta"):
        refresh = (node.get("http-equiv") or "").strip().lower() == "refresh"
        if refresh and (match := _REFRESH.search(node.get("content") or "")):
            yield match[1]
    assigned = [first or second for first, second in _LOCATION.findall(page.text)]
    yield from reversed(assigned)
    for variable in islice(dict.fromkeys(_BY_NAME.findall(page.text)), _MOST_VARIABLES):
        if match := re.search(rf"""(?<![\w$.]){re.escape(variable)}\s*=\s*["']([^"']+)["']""", page.text):
            yield match[1]
