"""Where the crawler must not go: written as attacks."""

# ruff: noqa: E501 -- markup and tables of cases stay on their lines
from __future__ import annotations

import pytest

from crawler.pages.addresses import Limits, forbidden, is_governments, may_follow, public_address, site_of

LIMITS = Limits()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://a.gov.cn/", "gopher://a.gov.cn/", "javascript:alert(1)", "data:text/html,x", "//a.gov.cn",
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://0/",
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[fe80::1]/", "http://[fc00::1]/",
        "http://10.0.0.1/", "http://172.16.3.4/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/", "http://0.0.0.0/", "http://224.0.0.1/", "http://255.255.255.255/", "http://999.1.1.1.1/",
        "http://localhost/", "http://intranet/", "http://a.internal/", "http://printer.local/", "http://x.localhost/",
        "http://user:pw@a.gov.cn/", "http://a.gov.cn:22/", "http://a.gov.cn:6379/", "http://a.gov.cn:25/", "http://a.gov.cn:99999/",
        "http://[::1", "http:///x", "http://a b.gov.cn/", "http://-a.gov.cn/", "http://a.gov.cn/" + "x" * 3000,
    ],
)  # fmt: skip
def test_forbidden(url: str) -> None:
    assert forbidden(url, LIMITS)


@pytest.mark.parametrize(
    "url",
    ["http://a.gov.cn/", "https://www.a.gov.cn:8443/x", "http://8.8.8.8/", "http://[2001:4860:4860::8888]/", "http://a.gov.cn:99/"],
)  # fmt: skip
def test_allowed(url: str) -> None:
    assert forbidden(url, LIMITS) is None


def test_every_registered_address_may_be_asked_for() -> None:
    from crawler.sites import load

    assert [site.url for site in load() if site.url and forbidden(site.url, LIMITS)] == []


def test_loopback_only_for_the_operator_who_asks() -> None:
    operator = Limits(allow_loopback=True)
    for url in ("http://127.0.0.1:34567/x", "http://localhost:8000/", "http://[::1]:8000/"):
        assert forbidden(url, operator) is None
    for url in ("http://10.0.0.1/", "http://169.254.169.254/", "http://intranet/"):
        assert forbidden(url, operator)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.1.1.1", "fe80::1%eth0", "::ffff:10.0.0.1", "2002:7f00:1::", "x"]
)
def test_addresses_no_name_may_resolve_to(address: str) -> None:
    assert not public_address(address)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://czj.hanzhong.gov.cn/", "hanzhong.gov.cn"),
        ("http://www.hanzhong.gov.cn:8080/", "hanzhong.gov.cn"),
        ("http://WWW.Shaanxi.gov.cn./", "shaanxi.gov.cn"),
        ("http://zw.china.com.cn/", "china.com.cn"),
        ("http://www.people.cn/", "people.cn"),
        ("http://61.150.59.1/", "61.150.59.1"),
    ],
)
def test_site_of(url: str, expected: str) -> None:
    assert site_of(url) == expected


def test_a_crawl_stays_with_its_government() -> None:
    here = "http://www.mianxian.gov.cn/czyjs/"
    assert may_follow("http://czj.mianxian.gov.cn/1.html", here, "article")
    assert not may_follow("http://www.hanzhong.gov.cn/1.html", here, "article")
    assert not may_follow("http://evilmianxian.gov.cn/1.html", here, "article")
    assert may_follow("http://www.shaanxi.gov.cn/1.pdf", here, "attachment")
    assert may_follow("http://www.shaanxi.gov.cn/", here, "redirect")
    assert may_follow("http://cdn.example.com/1.pdf", here, "attachment")
    assert not may_follow("http://cdn.example.com/1.html", here, "redirect")
    assert not is_governments("http://gov.cn.example.com/1.pdf")
