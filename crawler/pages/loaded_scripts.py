"""Scripts that a page loads from files of its own site: which are worth asking for, and the page with them.

Invariant: nothing is run. The links that a script writes out whole (`document.write('<a href="/ys/">…</a>')`)
become links of the page; all else in it is read as the page's own scripts are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.pages.addresses import same_site
from crawler.pages.page import Page

MOST = 8
"""Scripts of one page that are asked for."""
LONGEST = 64 * 1024
"""Characters of one that is read; a longer one is a program, or a library."""
_LONGEST_OF_PAGE = 128 * 1024
_SOURCE = re.compile(
    r"""<script\b[^<>]{0,400}?\ssrc\s{0,9}=\s{0,9}(?:"([^"<>]{1,500})"|'([^'<>]{1,500})'|([^"'\s<>]{1,500}))""",
    re.IGNORECASE,
)
_LIBRARY = re.compile(
    r"jquery|bootstrap|swiper|slick|layer|layui|superslide|html5|respond|\bie\d|statistic|slh|wza|qrcode|font"
    r"|print|vue|react|angular|echarts|polyfill|video|player|md5|crypt|base64|cookie|share|analytics|jweixin|date"
    r"|calendar|weather|lazyload|marquee|scrollbar|wheel|zepto|moment|lodash|axios|promise|require|browser"
    r"|count|visit|login|captcha|\bwx|speech|tts|min\.js$",
    re.IGNORECASE,
)
# Scripts of other hosts that many sites load: statistics, seals, sharing, reading aloud, libraries, maps.
_SERVES_ALL = re.compile(
    rf"(?:{_LIBRARY.pattern})|conac|jiucuo|exposure|baidu|bdimg|bdstatic|cnzz|51\.la|51yes|google|qq\.com|sina"
    r"|weibo|jiathis|ucap|tongji|hitcount|piwik|matomo|aliyun|alicdn|amap|tianditu|cdnjs|bootcdn|staticfile"
    r"|jsdelivr|unpkg|polyfill|sensors|growing|trs_|tracker|/ta\.js|stat\b|websta|push|gov12388|barrier|mangren|esdtools|elder|oldman|public|common|static|assets",
    re.IGNORECASE,
)
# What writes links, asks for more, or turns pages.
_OF_INTEREST = re.compile(
    r"<a\s|ajax|fetch\s{0,3}\(|\.(?:get|post|getJSON|load)\s{0,3}\(|XMLHttpRequest|location|scroll|page|url",
    re.IGNORECASE,
)
_WRITTEN = re.compile(r"<a\s[^<>]{1,600}>[^<>]{1,200}</a>", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?=[\"'/])")
_JOINED = re.compile(r"""(?<=[>\w\u4e00-\u9fff])(["'])\s{0,9}\+\s{0,9}\1(?=[<\w\u4e00-\u9fff])""")
_INLINE = re.compile(
    r"<script\b(?![^<>]{0,400}\ssrc\b)[^<>]{0,400}>(.{1,100000}?)</script", re.IGNORECASE | re.DOTALL
)
# '<a href="' + url + '">': an address that is put together
_PUT_TOGETHER = re.compile(r"""["']\s{0,9}\+|\+\s{0,9}["']|[{}$]""")
# $.get('/ys/more.do', …): an address that a script asks for, and what puts an answer into the page
_SERVICE = re.compile(
    r"""(?:\b(?:ajax|fetch|get|post|getJSON|load|open)\s{0,3}\([^;"']{0,80}|\burl\s{0,3}:\s{0,3})["'](?:get["']\s{0,3},\s{0,3}["']|post["']\s{0,3},\s{0,3}["'])?((?:\.{0,2}/|\w)[^"'\s<>]{2,300})""",
    re.IGNORECASE,
)
_IMPORTS = re.compile(r"(?<![\w$.])import\s{0,3}\(")
_PUTS = re.compile(
    r"\.(?:append|html|after|before|prepend|insertAdjacentHTML|load)\s{0,3}\(|innerHTML", re.IGNORECASE
)
_NO_LIST = re.compile(
    r"count|visit|stat|click|hits|log(?:in|out)|captcha|weather|search|suggest|token|user", re.IGNORECASE
)
_MOST_WRITTEN = 500
_BODY = re.compile(r"<body\b[^<>]{0,2000}>", re.IGNORECASE)


def sources(page: Page, scripts: str = "") -> tuple[str, ...]:
    """The scripts of its own site that a page loads, or that these scripts write into it, without what many
    sites share."""
    text = _ESCAPE.sub("", scripts) or page.text
    named = (page.absolute("".join(found)) for found in _SOURCE.findall(text))
    own = (url for url in named if url and same_site(url, page.url))
    some = (url for url in own if not _LIBRARY.search(urlsplit(url).path.rpartition("/")[2]))
    return tuple(islice(dict.fromkeys(some), MOST))


def foreign_sources(page: Page) -> tuple[tuple[HtmlElement, str], ...]:
    """The scripts that the body of a page loads from other hosts, without libraries and statistics."""
    body = page.tree.find(".//body")
    shown = body.iter("script") if body is not None else ()
    named = ((node, page.absolute(node.get("src"))) for node in shown)
    away = ((node, url) for node, url in named if url and not same_site(url, page.url))
    return tuple(islice(((node, url) for node, url in away if not _SERVES_ALL.search(url)), MOST))


def writes(page: Page) -> bool:
    """Does a script in the page itself write links?"""
    return "document.write" in page.text and "<a " in page.text


def is_of_interest(script: str) -> bool:
    """May a script say where a page leads?"""
    return len(script) <= LONGEST and bool(_OF_INTEREST.search(script))


def asks_for_more(scripts: str) -> bool:
    """Does a script ask its site for something and put that into the page, or load a program that may?"""
    asked = (found[1] for found in _SERVICE.finditer(scripts))
    puts = bool(_PUTS.search(scripts)) and any(not _NO_LIST.search(url) for url in asked)
    return puts or bool(_IMPORTS.search(scripts))


def with_scripts(page: Page, scripts: str, unread: Iterable[str] = ()) -> Page:
    """The page with the text of what it loads, and the addresses of what it loads and could not be read."""
    text, scripts = page.text, scripts[:_LONGEST_OF_PAGE]
    inline = "\n".join(_INLINE.findall(text)) if writes(page) else ""
    links = "".join(_links(f"{inline}\n{scripts}"))
    if links:
        body = _BODY.search(text)
        place = body.end() if body else 0
        text = f"{text[:place]}<div>{links}</div>{text[place:]}"
    return replace(page, text=text, loaded=scripts, unread=tuple(unread))


def _links(scripts: str) -> Iterator[str]:
    whole = _JOINED.sub("", _ESCAPE.sub("", scripts))
    for found in islice(_WRITTEN.findall(whole), _MOST_WRITTEN):
        if not _PUT_TOGETHER.search(found):
            yield f"<p>{found}</p>"
