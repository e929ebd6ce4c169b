"""Which further lists a page offers: its columns, what is named like one, the sites of departments.

Invariant: what a column of disclosures offers and what is not entered is named (`unreachable`), never passed
over; which of the rest is visited is decided by what it promises (`crawler.reading.discovery`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from archive.ids import is_front_page, normalised_url
from archive.vocabulary import GapKind
from crawler.pages import relevance
from crawler.pages.addresses import same_site
from crawler.pages.attached_files import is_attachment
from crawler.pages.page import Page, squeeze
from crawler.platforms import lines
from crawler.platforms.protocol import Entry
from crawler.reading.discovery import (
    DEPARTMENT,
    Candidate,
    Promise,
    best_of,
    is_above,
    is_below,
    is_beside,
    is_owed,
    least,
    names_column,
    names_region,
    promise,
    sure,
    way_terms,
)
from crawler.reading.doors import behind_pictures
from crawler.reading.groups import heading_above, leads_to_more, name_of_box
from crawler.reading.unopened import bare_pictures
from crawler.sites import Site
from crawler.sites.territory import Territory, names_of
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_L = lexicon_of(__name__)
_GOVERNMENT = _L.text("government")

_FEW_LINKS = 5
_LONGEST_COLUMN = 20
_CALLED = re.compile(
    r"(?!void\b|history\b|return\b)\b[A-Za-z_$][\w$.]{0,80}\((?=[^)\w'\"]{0,300}[\w'\"])[^)]{0,600}\)"
)
# 部门预决算公开请登录 http://… 查询: an address in the text
_WRITTEN = _L.pattern("written")
_FURTHER = re.compile(r"[/_=-](?:[2-9]|[1-9]\d{1,2})(?:\.\w+)?(?:&|$)")
"""An address of a further page, that a mere arrow may lead to."""
_ROUTES = ("#/", "#!/")  # addresses of a program in the browser
# A body's name without that of its place: of another place, or of a higher level, it would have one.
_BARE_NAME = _L.pattern("bare_name")
_SHORT_TEXT = 300  # characters; a page of more says something of its own
_LONGEST_PART = 10
_LONGEST_NAME = 40
"""Characters; longer texts are titles, not names of columns."""


def candidates(
    page: Page,
    columns: tuple[Entry, ...],
    around: float,
    site: Site,
    territory: Territory,
    announces: bool = True,
    offered: Collection[str] = (),
) -> tuple[Candidate, ...]:
    """The further lists a page offers, best first: its columns, what is named like one, and links to other
    hosts of the same government. Inside a column of disclosures only its like are worth visiting;
    `announces` says that there are disclosures on the page itself, `offered` are the links of the page
    before: what stands on both is the menu of the site. Of a page that offers nothing else, the few links it
    has are taken."""
    threshold = sure() if around >= sure() else least()
    best: dict[str, Candidate] = {}
    for link in (
        *columns,
        *_named(page),
        *_headed(page, offered),
        *_pictured(page),
        *(bare_pictures(page, offered) if around < sure() else ()),
        *_feeds(page),
        *_more(page, around, offered),
        *elsewhere(page, site),
    ):
        if territory.foreign(link.url, site) and not names_region(link.url, site):
            continue
        settled = announces or link.url in offered
        made = Candidate(link.url, link.title, promise(link.title, link.url, around, page.url, settled))
        known = best.get(key := _key(link.url))
        enough = made.promise.value >= threshold or is_owed(link.title)
        if enough and (known is None or made.promise.value > known.promise.value):
            best[key] = made
    parts = (behind_pictures if announces else _inside)(page, offered)
    for made in parts if around >= sure() else _departments(page, site, territory):
        best.setdefault(_key(made.url), made)
    found = [*best.values()]
    if not announces and all(is_owed(one.title) for one in found):
        found += _ways_in(page, offered)
    return tuple(sorted(found, key=lambda one: -one.promise.value))


def _departments(page: Page, site: Site, territory: Territory) -> Iterator[Candidate]:
    """The front pages of departments on hosts of their own, below the name of the site; towns and counties
    (…政府) are governments, not departments."""
    here = urlsplit(page.url).netloc
    for node, url in lines.anchors(page):
        title = squeeze(lines.title_of(node))
        own = urlsplit(url).netloc != here and is_front_page(url) and not territory.foreign(url, site)
        if (
            own
            and len(title) <= _LONGEST_NAME
            and best_of(way_terms().below, fold(title)).value
            and title[-2:] != _GOVERNMENT
        ):
            yield Candidate(url, title, Promise(least(), DEPARTMENT))


def _inside(page: Page, offered: Collection[str]) -> Iterator[Candidate]:
    """What lies in the folder of a column that announces nothing itself, whatever it is called: its parts."""
    for node, url in lines.anchors(page):
        title = squeeze(lines.title_of(node))
        if url in offered or not 2 <= len(title) <= _LONGEST_COLUMN or not is_below(url, page.url):
            continue
        if is_attachment(url) or lines.looks_like_article(url) or lines.printed_date(node):
            continue
        if not way_terms().never.search(fold(title)) and not relevance.judge(title).relevant:
            yield Candidate(url, title, Promise(sure(), "a part of a column"))


def beneath(page: Page, offered: Collection[str]) -> Iterator[Entry]:
    """What lies below a list of disclosures, whatever it is called: older ones, another group, an arrow.
    Where the page before is not known, the site's own menu may lie there: then only what a number or a
    longer query shows to be a page of the list."""
    for node, url in lines.anchors(page):
        title = squeeze(lines.title_of(node))
        if url in offered or len(title) > _LONGEST_COLUMN or not _is_part(url, page.url):
            continue
        if is_attachment(url) or lines.looks_like_article(url) or lines.printed_date(node):
            continue
        if title and (way_terms().never.search(fold(title)) or relevance.judge(title, page.title).relevant):
            continue
        longer = urlsplit(url).path == urlsplit(page.url).path
        if _FURTHER.search(url) or offered or (title and longer):
            yield Entry(url, title)


def _is_part(url: str, page_url: str) -> bool:
    """Does an address lie in the folder of a list, or has it the list's own query and something more?"""
    here, there = urlsplit(page_url), urlsplit(url)
    if here.path != there.path or here.netloc != there.netloc:
        return is_below(url, page_url)
    query = {*there.query.split("&")}
    return {*here.query.split("&")} - {""} < query and here.query != there.query


def _ways_in(page: Page, offered: Collection[str]) -> tuple[Candidate, ...]:
    """Where a page that is only a door leads: a picture, 进入网站. What the page before `offered` as well is
    the frame of the site."""
    found = {url: lines.title_of(node) for node, url in lines.anchors(page) if not is_attachment(url)}
    links = {url: text for url, text in found.items() if url not in offered}
    if len(links) > _FEW_LINKS or (len(links) == len(found) and len(page.visible) > _SHORT_TEXT):
        return ()
    never = way_terms().never
    promised = Promise(least(), "one of few ways on")
    return tuple(
        Candidate(url, text, promised) for url, text in links.items() if not never.search(fold(text))
    )


def _named(page: Page) -> Iterator[Entry]:
    """Links of the same site that are named as columns are (部门预决算, 政务公开, 2026年), whatever their
    addresses look like: in many systems the address does not distinguish a list from an article."""
    for node, url in lines.anchors(page):
        title = squeeze(lines.title_of(node))
        if title and way_terms().named.fullmatch(fold(title)) and not is_attachment(url):
            yield Entry(url, title)


def _headed(page: Page, offered: Collection[str]) -> Iterator[Entry]:
    """Links that say little themselves and stand under a heading that names disclosures (决算: 政府部门)."""
    for node, url in lines.anchors(page):
        title = squeeze(lines.title_of(node))
        if url in offered or is_attachment(url) or not 2 <= len(title) <= _LONGEST_PART:
            continue
        if lines.looks_like_article(url) or lines.printed_date(node) or relevance.years(title):
            continue
        heading = heading_above(node)
        if heading and best_of(way_terms().words, fold(heading)).value >= sure():
            named = (title, heading) if relevance.names_body(title) else (heading, title)
            yield Entry(url, " ".join(named))


def _pictured(page: Page) -> Iterator[Entry]:
    """Links that show nothing but a picture whose file is called like a column (bmyjs.png)."""
    for node, url in lines.anchors(page):
        picture = node.find(".//img")
        if picture is None or lines.title_of(node) or is_attachment(url):
            continue
        stem = (picture.get("src") or "").rpartition("/")[2].partition(".")[0]
        if best_of(way_terms().addresses, f"/{stem}/").value >= sure():
            yield Entry(url, way_terms().pictured)


def _feeds(page: Page) -> Iterator[Entry]:
    """Feeds that the page offers to readers of news."""
    for node in page.tree.iter("link"):
        url = page.absolute(node.get("href")) if (node.get("type") or "").lower().endswith("+xml") else None
        if url and same_site(url, page.url):
            yield Entry(url, squeeze(node.get("title")))


def _more(page: Page, around: float, offered: Collection[str]) -> Iterator[Entry]:
    """Links that say 更多, with what the box they stand in is called; in a column of disclosures that has no
    boxes, with what the page is called."""
    for node, url in lines.anchors(page):
        if is_attachment(url) or lines.looks_like_article(url) or not leads_to_more(node):
            continue
        below = is_below(url, page.url) or is_beside(url, page.url)
        if around >= sure() and (below or (offered and url not in offered)):
            yield Entry(url, squeeze(page.meta.get("columnname") or page.title))
        if name := name_of_box(node):
            yield Entry(url, name)


def elsewhere(page: Page, site: Site) -> Iterator[Entry]:
    """Links to other government hosts that are this government's: they carry its name (勉县教育局), or are a
    unified platform opened at its region."""
    for node in page.tree.iter("a"):
        url, title = page.absolute(node.get("href")), lines.title_of(node)
        if not url or same_site(url, page.url) or is_attachment(url) or len(title) > _LONGEST_NAME:
            continue
        host = (urlsplit(url).hostname or "").lower()
        named = any(name in fold(title) for name in names_of(site)) and host.endswith(".gov.cn")
        unified = bool(way_terms().unified.search(fold(title))) and names_region(url, site)
        if named or unified:
            yield Entry(url, squeeze(title))


def other_hosts(page: Page, site: Site) -> Iterator[Entry]:
    """Links to hosts of another name that are called like a body, but not like that of another place."""
    for node, url in page.anchors:
        title = squeeze(lines.title_of(node))
        if same_site(url, page.url) or is_attachment(url) or not 2 < len(title) <= _LONGEST_COLUMN:
            continue
        plain = fold(title)
        for name in names_of(site):
            plain = plain.removeprefix(name)
        if _BARE_NAME.fullmatch(plain):
            yield Entry(url, title)


def unreachable(page: Page, site: Site, around: float = 0.0) -> Iterator[tuple[GapKind, str, str]]:
    """Columns of disclosures that a page offers and that are not entered, as (kind of gap, address, text): on
    hosts that belong to no government, on platforms that do not say whose page they open, or behind a script;
    parts of a column that is `around` them on any other host. A link that names a body hides only that
    body's."""
    linked, opened = {url for _, url in page.anchors}, dict(page.anchors)
    for about, address in _WRITTEN.findall(page.visible):
        if page.absolute(address) not in linked:
            yield GapKind.COLUMN, address, squeeze(about)[-_LONGEST_COLUMN:]
    for node in page.tree.iter("a"):
        text = squeeze(lines.title_of(node))
        part = around >= sure() and best_of(way_terms().inside, fold(text)).value >= sure()
        url = page.absolute(node.get("href")) or opened.get(node)
        away = url is not None and not same_site(url, page.url)
        promised = best_of(way_terms().words, fold(text)).value if away else 0.0
        named = part or promised >= sure() or _names_column(text, url)
        body = fold(relevance.body_name(text) or "")
        if not named or not 2 <= len(text) <= (_LONGEST_NAME if away and body else _LONGEST_COLUMN):
            continue
        said = fold(text).replace(body, "")  # 统计局 leads nowhere else
        if way_terms().never.search(said) or way_terms().others.search(said):
            continue
        called = f"{node.get('onclick') or ''} {node.get('href') or ''}"
        if url is None:
            behind = _CALLED.search(called) or (node.get("href") or "").startswith(_ROUTES)
            if behind and not body and not any(node is one for one, _ in page.anchors):
                yield GapKind.CLICK, page.url, text
        elif is_attachment(url) or names_region(url, site) or not away:
            continue
        elif part or not is_above(text, site):
            yield GapKind.LINK if body else GapKind.COLUMN, url, text


def _names_column(text: str, url: str | None) -> bool:
    """Is a link called like a column, or does it say nothing (点击进入) and its address does?"""
    if lines.says_nothing(text):
        return bool(url) and promise("", url or "").value >= sure()
    return names_column(text)


def _key(url: str) -> str:
    return re.sub(r"/index\.s?html?$", "/", normalised_url(url))
