"""What the crawler may ask for: which addresses, hosts and ports.

Invariant: no link, redirect or name server of a stranger makes the crawler talk to anything but a public web
server, and a crawl of one government's site does not wander over the web. Addresses are judged twice: the
URL before a request is made (`forbidden`), and every IP address a name resolves to, at the moment of
connecting (`public_address`), so that a name cannot change its meaning in between. Loopback is open only to
the operator who asks for it (the demo's replica site). Knowledge: `addresses.yaml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Literal
from urllib.parse import urlsplit

from parsers.values.load import Knowledge, knowledge
from parsers.values.messages import Message, message

_LONGEST_NAME = 253  # RFC 1035
_USERS_PORTS = 1024  # the first port that needs no rights
_LARGEST_BYTE = 255
_NAT64 = IPv6Network("64:ff9b::/96")
Purpose = Literal["start", "listing", "article", "attachment", "redirect", "robots", "map", "script"]
_NOWHERE = "0.0.0.0"
_HOST_NAME = re.compile(r"(?!-)[\w-]{1,63}(?<!-)(?:\.(?!-)[\w-]{1,63}(?<!-))*\.?$")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on addresses; `allow_loopback` is for the operator who serves a replica site."""

    max_url_length: int = 2083
    allow_loopback: bool = False


class _Addresses(Knowledge):
    """`addresses.yaml`."""

    suffixes: frozenset[str]
    attachment_suffixes: tuple[str, ...]
    attachment_hosts: frozenset[str]
    low_ports: frozenset[int]
    closed_ports: frozenset[int]


def _knowledge() -> _Addresses:
    return knowledge("crawler.pages", "addresses.yaml", _Addresses)


def public_address(address: str, allow_loopback: bool = False) -> bool:
    """May the crawler connect to this IP address (text form)? False for anything that is not an address."""
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address):
        embedded = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo or (None, None))[1]
        if embedded is not None:
            return public_address(str(embedded), allow_loopback)
        # 64:ff9b::/96 reaches any IPv4 address through a translator.
        if parsed in _NAT64:
            return public_address(str(IPv4Address(int(parsed) & 0xFFFFFFFF)), allow_loopback)
    if parsed.is_loopback:
        return allow_loopback
    return parsed.is_global and not parsed.is_multicast


def forbidden(url: str, limits: Limits) -> Message | None:
    """Why this URL must not be asked for, or None. Names are not resolved here (see `public_address`)."""
    if len(url) > limits.max_url_length:
        return message("address_too_long", n=limits.max_url_length)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        return message("address_not_a_url", error=str(error))
    if parts.scheme.lower() not in ("http", "https"):
        return message("address_scheme", scheme=parts.scheme)
    if parts.username is not None or parts.password is not None:
        return message("address_user")
    if not host:
        return message("address_no_host")
    address = "127.0.0.1" if host == "localhost" else _as_address(host)
    if address is not None:
        if not public_address(address, limits.allow_loopback):
            here = public_address(address, allow_loopback=True)
            return message("address_of_this_machine" if here else "address_not_public", host=host)
        return None if not public_address(address) else _bad_port(port)
    if len(host) > _LONGEST_NAME or not _HOST_NAME.match(host):
        return message("address_not_a_host", host=host)
    if "." not in host.rstrip(".") or host.rstrip(".").endswith((".local", ".internal", ".localhost")):
        return message("address_local", host=host)
    return _bad_port(port)


def _bad_port(port: int | None) -> Message | None:
    known = _knowledge()
    web = port is None or (port in known.low_ports if port < _USERS_PORTS else port not in known.closed_ports)
    return None if web else message("address_port", port=port)


@lru_cache(4096)
def _as_address(host: str) -> str | None:
    """The IP address a host spells, also in the forms the C library takes (127.1, 0x7f000001, 2130706433);
    a name that ends in a number is an address or invalid."""
    try:
        return str(ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    parts = host.rstrip(".").split(".")
    if not re.fullmatch(r"\d+|0x[\da-f]*", parts[-1], re.IGNORECASE):
        return None
    try:
        numbers = [int(part, 0 if not re.match(r"0\d", part) else 8) for part in parts]
        value = numbers[-1] + sum(number << (24 - 8 * place) for place, number in enumerate(numbers[:-1]))
        return str(IPv4Address(value)) if max([0, *numbers[:-1]]) <= _LARGEST_BYTE else _NOWHERE
    except ValueError:
        return _NOWHERE


def site_of(url: str) -> str:
    """The registered name a URL belongs to: of czj.hanzhong.gov.cn, hanzhong.gov.cn; an address is itself."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if _as_address(host) is not None:
        return host
    labels = host.split(".")
    keep = 3 if ".".join(labels[-2:]) in _knowledge().suffixes else 2
    return ".".join(labels[-keep:])


def same_site(url: str, other: str) -> bool:
    """Whether two addresses belong to one site (see `site_of`)."""
    return site_of(url) == site_of(other)


def may_follow(url: str, page_url: str, purpose: Purpose) -> bool:
    """Does a link from `page_url` stay with the government whose page it is?

    Pages of the same site only; redirects also to other government hosts. A file may lie on any host: the
    announcement itself names it.
    """
    if same_site(url, page_url) or purpose == "attachment":
        return True
    if purpose != "redirect":
        return False
    return is_governments(url)


def is_governments(url: str) -> bool:
    """Is this a host of some government?"""
    host = (urlsplit(url).hostname or "").lower()
    known = _knowledge()
    return host in known.attachment_hosts or any(
        host.endswith("." + suffix) for suffix in known.attachment_suffixes
    )
