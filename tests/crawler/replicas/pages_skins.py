"""Replicas of systems whose lists are pages: TRS, UCAP, openness, WebIMS, VSB, NFCMS, /r/cms, hand-made.

A skin puts its routes on a site and returns the path of the registered page.
"""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from tests.crawler.loopback import Reply
from tests.crawler.replicas.content import Announcement, File
from tests.crawler.replicas.server import (
    Asked,
    Replica,
    anchors,
    article,
    attached,
    list_page,
    page,
    pages,
    part,
    rows,
)

_UUID = "f642cf94-0260-4dd4-b1da-c97ada2f2d33"


def _below(up: str, one: Announcement) -> str:
    return f"{up}info/1017/{one.number}.htm"


def _answered(answer: Callable[[Any], Any], about: object, _: object) -> Any:
    """What `answer` says of a thing, whatever was asked."""
    return answer(about)


def hex32(text: object) -> str:
    """32 hex digits that stand for something, as storage names do."""
    return hashlib.md5(str(text).encode(), usedforsecurity=False).hexdigest()


def uuid(number: int) -> str:
    """An identifier in the form of a UUID."""
    return f"28d8f6b9-ba78-444b-b617-{number:012x}"


def by_number(some: Sequence[Announcement]) -> dict[int, Announcement]:
    return {one.number: one for one in some}


def files_by(some: Sequence[Announcement]) -> dict[str, File]:
    """Files by the text of their number."""
    return {str(file.number): file for one in some for file in one.files}


def trs(site: Replica, some: Sequence[Announcement]) -> str:
    """`createPageHTML` counted from zero; files beside the article, linked in the five ways TRS has."""

    def leaf(one: Announcement, file: File) -> str:
        return f"P0{one.day:%Y%m%d}{file.number:012d}.{file.ending}"

    def address(one: Announcement) -> str:
        return f"./{one.day:%Y%m}/t{one.day:%Y%m%d}_{one.number}.html"

    def linked(one: Announcement, file: File) -> str:
        href = f"./{leaf(one, file)}"
        return (
            f'<a appendix="true" href="{href}" title="{file.name}" oldsrc="/protect/P0.pdf">附件</a>',
            f"<a onclick=\"downloadFj('{file.name}','{href}')\">下载</a>",
            f"<script>var file_appendix='<a href=\"{href}\">{file.name}</a>';</script>",
            f"<script>document.write('<td><a href=\"{href}\" \\'download=\"1\"\\'>{file.name}</a><\\/td>');</script>",
            f'<div class="js-open-pdf" data-pdf="{href}" title="{file.name}"></div>',
        )[file.number % 5]

    count = pages(some, 20)
    for number in range(1, count + 1):
        script = f'<script>createPageHTML({count}, {number - 1}, "index", "html");</script>'
        path = "/czyjs/" if number == 1 else f"/czyjs/index_{number - 1}.html"
        site.route(path, list_page(rows(part(some, number, 20), address)) + script)
    for one in some:
        body = "".join(linked(one, file) for file in one.files)
        site.route(
            "/czyjs" + address(one)[1:],
            article(one, f'<div class="TRS_Editor">{body}</div>', meta=one.number % 4 > 0),
        )
        for file in one.files:
            site.pages[f"/czyjs/{one.day:%Y%m}/{leaf(one, file)}"] = attached(file)
    return "/czyjs/"


def ucap(site: Replica, some: Sequence[Announcement]) -> str:
    """`createPageHTML` with the target first, counted from one; files in a folder named after the article."""

    def address(one: Announcement) -> str:
        return f"/mianxian/c100001/{one.day:%Y%m}/{hex32(one.number)}.shtml"

    def file_address(one: Announcement, file: File) -> str:
        return f"{hex32(one.number)}/files/{hex32(f'file{file.number}')}.{file.ending}"

    count = pages(some, 15)
    for number in range(1, count + 1):
        script = (
            f"<script>window.onload=function(){{createPageHTML('page_div',{count}, {number},"
            f"'list','shtml',{len(some)});}}</script>"
        )
        suffix = "" if number == 1 else f"_{number}"
        site.route(
            f"/mianxian/c100001/list{suffix}.shtml", list_page(rows(part(some, number, 15), address)) + script
        )
    for one in some:
        body = anchors(one, partial(file_address, one))
        stamp = '<meta name="others" content="页面生成时间 2026-03-03 14:22:48" />'
        site.route(address(one), article(one, f"<UCAPCONTENT>{body}</UCAPCONTENT>", stamp))
        for file in one.files:
            folder = f"/mianxian/c100001/{one.day:%Y%m}/"
            site.pages[folder + file_address(one, file)] = attached(file)
    return "/mianxian/c100001/list.shtml"


def anhui(site: Replica, some: Sequence[Announcement]) -> str:
    """A shell that loads its list as HTML; the first answer says how many pages there are."""
    fields = (
        '{"labelName":"publicInfoList","siteId":"6793339","pageSize":"20","pageIndex":pageIndex,"action":"list",'
        '"organId":"6615904","type":"4","catId":catId,"result":"暂无相关信息","file":"/xxgk/publicInfoList_newest"}'
    )
    shell = f'<div id="list"></div><script>Ls.ajax({{dataType:"html",url:"/site/label/8888",data:{fields}}})</script>'

    def label(asked: Asked) -> str | None:
        wanted = {
            "labelName": "publicInfoList",
            "organId": "6615904",
            "catId": "6718734",
            "siteId": "6793339",
        }
        if any(asked.query.get(name) != value for name, value in wanted.items()):
            return None
        shown = part(some, int(asked.query["pageIndex"]), 20)
        pager = f"<script>Ls.pagination('#page',f,{{pageCount:{pages(some, 20)},currPage:1}})</script>"
        return rows(shown, lambda one: f"/public/6615904/{one.number + 59_000_000}.html") + pager

    site.route("/site/label/8888", label)
    site.route("/public/column/6615904", list_page(shell))
    for one in some:
        body = anchors(one, lambda file: f"/group6/M00/0B/{file.number}.{file.ending}")
        site.route(f"/public/6615904/{one.number + 59_000_000}.html", article(one, body))
        for file in one.files:
            site.pages[f"/group6/M00/0B/{file.number}.{file.ending}"] = attached(file)
    return "/public/column/6615904?type=4&catId=6718734&action=list"


def hebei(site: Replica, some: Sequence[Announcement]) -> str:
    """A block paged by a hidden input; the other pages are fragments at the block's own address."""

    def address(one: Announcement) -> str:
        return f"/yjsgk/columns/{_UUID}/{one.day:%Y%m/%d}/{uuid(one.number)}.html"

    count = pages(some, 20)
    numbers = (
        f'{{"AppUrl":"{site.url}/yjsgk","page":1,"pageSize":20,"totalElements":{len(some)},"totalPages":{count},'
        f'"webid":103,"colid":"{_UUID}","tid":"{uuid(1)}","keyword":"","btime":"","etime":"","fix":"0","scid":"null"}}'
    )
    prop = f"<input type='hidden' id='pagingProp_{uuid(2)}' value='{numbers}'/>"
    site.route(f"/yjsgk/columns/{_UUID}/index.html", list_page(rows(part(some, 1, 20), address)) + prop)
    site.route(
        f"/yjsgk/columns/{_UUID}/templates/{uuid(1)}/blocks/{uuid(2)}",
        lambda asked: rows(part(some, int(asked.query["page"]), 20), address),
    )
    for one in some:
        site.route(
            address(one), article(one, anchors(one, lambda file: f"/yjsgk/atm/7/{file.number}.{file.ending}"))
        )
        for file in one.files:
            site.pages[f"/yjsgk/atm/7/{file.number}.{file.ending}"] = attached(file)
    return f"/yjsgk/columns/{_UUID}/index.html"


def vsb(site: Replica, some: Sequence[Announcement]) -> str:
    """Pages numbered backwards; files only for those who come from the article, named in the answer."""
    count, files = pages(some, 20), files_by(some)

    def path(number: int) -> str:
        return "/zfxxgk/czxx.htm" if number == 1 else f"/zfxxgk/czxx/{count - number + 1}.htm"

    for number in range(1, count + 1):
        up = "../" if number == 1 else "../../"
        shown = rows(part(some, number, 20), partial(_below, up))
        pager = "".join(
            f'<span class="p_no"><a href="{path(n)}">{n}</a></span>' for n in (2, 3, count) if n <= count
        )
        counter = '<script>_showDynClickBatch(["u4_1"],[1],"wbnews", 1444089037)</script>'
        site.route(
            path(number),
            list_page(shown, '<script src="/system/resource/js/ajax.js"></script>') + pager + counter,
        )
    for one in some:

        def address(file: File) -> str:
            return f"/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1444089037&wbfileid={file.number}"

        listed = "".join(f'<li>附件【<a href="{address(file)}">附件</a>】已下载</li>' for file in one.files)
        site.route(f"/info/1017/{one.number}.htm", article(one, f'<div id="vsb_content">{listed}</div>'))

    def download(asked: Asked) -> Reply | str:
        file = files[asked.query["wbfileid"]]
        if "/info/1017/" not in asked.referer:
            return "<html><body>非法访问</body></html>"
        return attached(file, ("gbk", "rfc5987")[file.number % 2])

    site.route("/system/_content/download.jsp", download)
    return "/zfxxgk/czxx.htm"


def nfcms(site: Replica, some: Sequence[Announcement]) -> str:
    """Plain numbered pages; the real name of a file in `alt`."""
    count = pages(some, 20)
    mark = '<script>window.NFCMS_SITE_ID=200033;window.NFCMS_PUB_TYPE="page";</script>'
    for number in range(1, count + 1):
        near = range(max(1, number - 1), min(count, number + 1) + 1)
        pager = "".join(
            f'<a href="{"index.html" if n == 1 else f"index_{n}.html"}">{n}</a>' for n in near if n != number
        )
        path = "/czxx/ys/index.html" if number == 1 else f"/czxx/ys/index_{number}.html"
        shown = rows(
            part(some, number, 20), lambda one: f"/czxx/ys/content/post_{7_000_000 + one.number}.html"
        )
        site.route(path, list_page(shown, mark) + pager)
    for one in some:
        body = "".join(
            f'<a class="nfw-cms-attachment" href="/attachment/7/{one.number}/1/{file.number}.{file.ending}" '
            f'alt="{file.name}">附件</a>'
            for file in one.files
        )
        site.route(f"/czxx/ys/content/post_{7_000_000 + one.number}.html", article(one, body, mark))
        for file in one.files:
            site.pages[f"/attachment/7/{one.number}/1/{file.number}.{file.ending}"] = attached(file)
    return "/czxx/ys/index.html"


def rcms(site: Replica, some: Sequence[Announcement]) -> str:
    """Files behind tokens signed anew for every visit of an article."""
    count, signed = pages(some, 20), set[str]()
    mark = '<script src="/r/cms/public/cn/js/nav.js"></script>'
    for number in range(1, count + 1):
        path = "/czyjs/index.jhtml" if number == 1 else f"/czyjs/index_{number}.jhtml"
        follows = f'<a href="/czyjs/index_{number + 1}.jhtml">下一页</a>' if number < count else ""
        shown = rows(part(some, number, 20), lambda one: f"/D0101X/{9_000_000 + one.number}.jhtml")
        site.route(path, list_page(shown, mark) + follows)

    def body_of(one: Announcement) -> str:
        def address(file: File) -> str:
            token = secrets.token_urlsafe(40) + "=="
            signed.add(token)
            return f"/attachment/{quote(f'{file.number}-{file.name}')}?{token}"

        return article(one, anchors(one, address), mark, meta=False)

    for one in some:
        site.route(f"/D0101X/{9_000_000 + one.number}.jhtml", partial(_answered, body_of, one))
        for file in one.files:
            site.route(f"/attachment/{file.number}-.*", partial(_answered, attached, file))
    return "/czyjs/index.jhtml"


def ningbo(site: Replica, some: Sequence[Announcement]) -> str:
    """Articles and files asked for by query; files linked by a click."""
    known, files, count = by_number(some), files_by(some), pages(some, 15)

    def main(asked: Asked) -> str:
        number = int(asked.query.get("page", "1"))
        query = {"gklb": "1000", "XZQH": "330206"}
        follows = (
            f'<a href="main?{urlencode({**query, "page": number + 1})}">下一页</a>' if number < count else ""
        )
        return (
            list_page(rows(part(some, number, 15), lambda one: f"detail?FBXH=2026\\{one.number}.html"))
            + follows
        )

    def detail(asked: Asked) -> str:
        one = known[int(asked.query["FBXH"].removeprefix("2026\\").removesuffix(".html"))]
        clicks = "".join(
            f'<a href="javascript:void(0)" onclick="location.href=encodeURI(\'../../filedown?WJCFLJ=bbsb/2026/'
            f"{file.number}/{file.name}&WJMC={file.name}');\"><img src='i.png'> {file.name}</a>"
            for file in one.files
        )
        return article(one, f'<div id="zoom">{clicks}</div>')

    site.route("/gkxxzl/nbcs/budget/main", main)
    site.route("/gkxxzl/nbcs/budget/detail", detail)
    site.route("/gkxxzl/filedown", lambda asked: attached(files[asked.query["WJCFLJ"].split("/")[2]]))
    return "/gkxxzl/nbcs/budget/main?gklb=1000&XZQH=330206"


def static(site: Replica, some: Sequence[Announcement]) -> str:
    """A hand-made site: dates beside links, 下一页, no metadata."""
    count = pages(some, 25)
    for number in range(1, count + 1):
        path = "/czxx/" if number == 1 else f"/czxx/list_{number}.htm"
        follows = f'<a href="list_{number + 1}.htm">下一页</a>' if number < count else ""
        site.route(
            path,
            page(
                "部门预决算",
                f"<ul>{rows(part(some, number, 25), lambda one: f'show{one.number}.htm')}</ul>{follows}",
            ),
        )
    for one in some:
        site.route(
            f"/czxx/show{one.number}.htm",
            article(one, anchors(one, lambda file: f"up/{file.number}.{file.ending}"), meta=False),
        )
        for file in one.files:
            site.pages[f"/czxx/up/{file.number}.{file.ending}"] = attached(file, ("", "gbk")[file.number % 2])
    return "/czxx/"
