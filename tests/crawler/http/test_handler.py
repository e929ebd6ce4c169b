"""The transport alone: addresses a name must not lead to, and when a certificate is asked for."""

from __future__ import annotations

import asyncio
import ssl

import aiohttp
import pytest

from crawler.http.connections import PublicResolver, tls_context
from crawler.http.failures import AddressForbidden, translated


async def addresses(name: str, allow_loopback: bool) -> set[str]:
    return {found["host"] for found in await PublicResolver(allow_loopback).resolve(name, 80)}


def test_a_name_that_leads_inside_leads_nowhere() -> None:
    with pytest.raises(OSError, match="not public"):
        asyncio.run(addresses("localhost", allow_loopback=False))


def test_the_operator_may_open_loopback() -> None:
    found = asyncio.run(addresses("localhost", allow_loopback=True))
    assert found and found <= {"127.0.0.1", "::1"}


def test_the_connection_itself_is_refused() -> None:
    async def ask() -> Exception:
        connector = aiohttp.TCPConnector(resolver=PublicResolver(allow_loopback=False))
        async with aiohttp.ClientSession(connector=connector) as session:
            try:
                await session.get("http://localhost/")
            except aiohttp.ClientError as error:
                return translated(error, "http://localhost/", 1)
        raise AssertionError("connected")

    assert isinstance(asyncio.run(ask()), AddressForbidden)


def test_certificates_are_verified_unless_excepted() -> None:
    assert tls_context().verify_mode is ssl.CERT_REQUIRED and tls_context().check_hostname
    excepted = tls_context(verified=False)
    assert excepted.verify_mode is ssl.CERT_NONE and not excepted.check_hostname
