"""Replicas of catalogues: 内蒙古, Epoint, Hanweb's xxgk, iList, JTopCMS.

A skin puts its routes on a site and returns the path of the registered page.
"""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import urlencode

from tests.crawler.loopback import Reply
from tests.crawler.replicas.content import Announcement
from tests.crawler.replicas.pages_skins import by_number, files_by, uuid
from tests.crawler.replicas.server import (
    Asked,
    Replica,
    anchors,
    article,
    attached,
    in_json,
    list_page,
    page,
    pages,
    part,
    rows,
)


def neimenggu(site: Replica, some: Sequence[Announcement]) -> str:
    """A shell; budgets and accounts are types of one service, pages end without a word."""
    known, files = by_number(some), files_by(some)

    def select(asked: Asked) -> Reply | None:
        if asked.query.get("id") != "610725zf" or asked.query.get("type") not in ("1", "2"):
            return None
        accounts = asked.query["type"] == "1"
        listed = [one for one in some if ("决算" in one.title) == accounts]
        shown = part(listed, int(asked.query["p"]), 20)
        return in_json(
            {
                "list": [
                    {"id": one.number, "title": one.title, "publishTime": f"{one.day} 10:00:00"}
                    for one in shown
                ]
            }
        )

    def result(asked: Asked) -> Reply:
        one = known[int(asked.match[1])]
        return in_json(
            {
                "files": [
                    {"id": file.number, "name": file.stem, "suffix": f".{file.ending}"} for file in one.files
                ]
            }
        )

    site.route(
        "/yjs/business/page/index",
        page(
            "内蒙古自治区预决算公开平台",
            '<div class="department-list"></div><script src="/yjs/js/index.js"></script>',
        ),
    )
    site.route("/yjs/business/basic/select", select)
    site.route(r"/yjs/business/basic/result/(\d+)", result)
    site.route(r"/yjs/business/file/download/(\d+)", lambda asked: attached(files[asked.match[1]], "gbk"))
    return "/yjs/business/page/index?cityCode=610700&areaCode=610725"


def epoint(site: Replica, some: Sequence[Announcement]) -> str:
    """JSON is posted, and the identity of the site stands in a script of all pages."""

    def address(one: Announcement) -> str:
        return f"/zwgk/003016/{one.day:%Y%m%d}/{uuid(one.number)}.html"

    def service(asked: Asked) -> Reply | None:
        wanted = json.loads(asked.body)
        if (wanted["siteGuid"], wanted["categorynum"], wanted["deptcode"]) != (uuid(1), "003016", "001"):
            return None
        shown = part(some, wanted["pageIndex"] + 1, wanted["pageSize"])
        data = [
            {
                "title": one.title[:20],
                "realtitle": one.title,
                "infourl": address(one),
                "infodate": str(one.day),
            }
            for one in shown
        ]
        return in_json({"custom": {"data": data, "total": len(some)}, "status": {"code": 200}})

    script = f'var siteInfo = {{"siteGuid":"{uuid(1)}","projectName":"/EWB-FRONT","siteName":"勉县"}};\nvar Util = {{ajax: function(o){{}}}};'
    site.route(
        "/js/webBuilderCommon.js",
        lambda asked: Reply(script.encode(), headers=((b"Content-Type", b"application/javascript"),)),
    )
    site.route(
        "/dynamic/zwgk/govInfoPub.html",
        page(
            "部门预决算",
            '<ul id="list"></ul><script src="/js/webBuilderCommon.js"></script><script src="/js/list.js"></script>',
        ),
    )
    site.route("/EWB-FRONT/rest/lightfrontaction/getgovinfolist", service, "POST")
    for one in some:
        body = anchors(one, lambda file: f"/EWB-FRONT/upload/{file.number}.{file.ending}")
        site.route(address(one), article(one, body, '<script src="/js/webBuilderCommon.js"></script>'))
        for file in one.files:
            site.pages[f"/EWB-FRONT/upload/{file.number}.{file.ending}"] = attached(file)
    return "/dynamic/zwgk/govInfoPub.html?categorynum=003016&deptcode=001"


def xxgk(site: Replica, some: Sequence[Announcement]) -> str:
    """A column that loads its rows by POST, and a tree of subjects in a frame."""

    def address(one: Announcement) -> str:
        return f"/art/{one.day.year}/{one.day.month}/{one.day.day}/art_11565_{500_000 + one.number}.html"

    def search(asked: Asked) -> str | None:
        if (asked.form.get("infotypeId"), asked.form.get("area"), asked.form.get("divid")) != (
            "A08",
            "610725",
            "div11565",
        ):
            return None
        lines = "".join(
            f'<tr class="tr_main_value_{"even" if one.number % 2 else "odd"}"><td><a href="{address(one)}" title="{one.title}">{one.title[:20]}</a></td><td>{one.day}</td></tr>'
            for one in part(some, int(asked.form["currpage"]), 20)
        )
        return f'<table>{lines}</table><table class="tb_title"><tr><td>共{pages(some, 20)}页 第{asked.form["currpage"]}页</td></tr></table>'

    script = "loadDynamic('/module/xxgk/search.jsp?infotypeId='+a+'&vc_title='+encodeURI(b)+'&area=610725', 'div11565', '0', '0', '950', '3', '', '');"
    frame = '<iframe src="/module/xxgk/tree.jsp?divid=div11565&amp;area=610725"></iframe>'
    site.route(
        "/col/col11565/index.html",
        page("部门预决算", f"<div id='div11565'></div>{frame}<script>function s(a,b){{{script}}}</script>"),
    )
    site.route(
        "/module/xxgk/tree.jsp",
        "<script>d.add(1,0,'<a onclick=\\\"funclick(\\'A09\\',\\'1\\');\\\">人事任免</a>');</script>",
    )
    site.route("/module/xxgk/search.jsp", search, "POST")
    for one in some:
        body = anchors(one, lambda file: f"/module/download/{file.number}.{file.ending}")
        site.route(address(one), article(one, body, '<script src="/module/xxgk/tree.jsp"></script>'))
        for file in one.files:
            site.pages[f"/module/download/{file.number}.{file.ending}"] = attached(file)
    return "/col/col11565/index.html?number=A08"


def ilist(site: Replica, some: Sequence[Announcement]) -> str:
    """Lists of a program, paged by `cur_page`; articles in folders of their own."""
    count = pages(some, 20)

    def address(one: Announcement) -> str:
        return f"/gk/fjbm/czj/bmys/{1_900_000 + one.number}.htm"

    def listed(asked: Asked) -> str | None:
        if asked.query.get("cat_id") != "15980":
            return None
        number = int(asked.query.get("cur_page", "1"))
        query = {"node_id": "GKmzs", "site_id": "CMSmz", "cur_page": number + 1, "cat_id": "15980"}
        follows = f'<a href="/info/iList.jsp?{urlencode(query)}">下一页</a>' if number < count else ""
        return list_page(rows(part(some, number, 20), address)) + follows

    site.route("/info/iList.jsp", listed)
    for one in some:
        body = anchors(one, lambda file: f"/wcm.files/upload/GKmzs/{file.number}.{file.ending}")
        site.route(address(one), article(one, body))
        for file in one.files:
            site.pages[f"/wcm.files/upload/GKmzs/{file.number}.{file.ending}"] = attached(file)
    return "/info/iList.jsp?isSd=false&node_id=GKmzs&cat_id=15980"


def jtopcms(site: Replica, some: Sequence[Announcement]) -> str:
    """Programs that end in .thtml; the pager is a script's, the number of pages stands beside it."""
    count = pages(some, 20)

    def address(one: Announcement) -> str:
        return f"/content/czyjs/{250_000 + one.number}.html"

    def listed(asked: Asked) -> str:
        number = int(asked.query.get("pn", "1"))
        menu = "".join(
            f'<a href="/public-policy.thtml?id={n}">{name}</a>'
            for n, name in ((11_000, "政策"), (11_001, "人事"), (11_002, "统计"))
        )
        return (
            list_page(rows(part(some, number, 20), address))
            + f"{menu}<div class='page'>第{number}/{count}页 <a onclick='jump()'>下一页</a></div>"
        )

    site.route("/public-policy.thtml", listed)
    for one in some:
        site.route(
            address(one),
            article(
                one,
                anchors(one, lambda file: f"/upload/{file.number}.{file.ending}"),
                '<meta name="author" content="JTopCMS">',
            ),
        )
        for file in one.files:
            site.pages[f"/upload/{file.number}.{file.ending}"] = attached(file)
    return "/public-policy.thtml?id=14291"
