"""Where a connection may lead, and whom it trusts.

Invariant: a host is connected to at public addresses alone (`crawler.pages.addresses`), checked on the very
addresses that the connection uses.
"""

from __future__ import annotations

import socket
import ssl

import certifi
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from crawler.pages.addresses import public_address


class NoPublicAddress(OSError):
    """Raised inside the resolver, where aiohttp lets only OSError through."""


class PublicResolver(AbstractResolver):
    """The system's resolver without the answers a crawler must not follow."""

    def __init__(self, allow_loopback: bool) -> None:
        self._system = ThreadedResolver()
        self._allow_loopback = allow_loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The public addresses of a host; raises if it has only others."""
        found = await self._system.resolve(host, port, family)
        public = [result for result in found if public_address(result["host"], self._allow_loopback)]
        if found and not public:
            raise NoPublicAddress(f"{host} is {found[0]['host']}, which is not public")
        return public

    async def close(self) -> None:
        """Close the resolver of the system."""
        await self._system.close()


def tls_context(verified: bool = True) -> ssl.SSLContext:
    """The system's roots and Mozilla's. Unverified, it also takes the old ciphers such hosts tend to have."""
    context = ssl.create_default_context()
    if verified:
        context.load_verify_locations(certifi.where())
        return context
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.options |= 0x4  # OP_LEGACY_SERVER_CONNECT, named only from Python 3.12 on
    return context
