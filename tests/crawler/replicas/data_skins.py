"""Replicas of systems whose lists come from data endpoints: jcms, jpaas, gkmlpt, truecms, Jiangsu.

A skin puts its routes on a site and returns the path of the registered page.
"""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from html import escape
from urllib.parse import quote

from tests.crawler.loopback import Reply
from tests.crawler.replicas.content import Announcement, File
from tests.crawler.replicas.pages_skins import files_by, hex32, uuid
from tests.crawler.replicas.server import (
    Asked,
    Replica,
    anchors,
    article,
    attached,
    in_json,
    list_page,
    page,
    part,
    rows,
)


def _records(some: Iterable[Announcement], line: Callable[[Announcement], str], total: int) -> str:
    lines = "".join(f"<record><![CDATA[\n{rows([one], line)}]]></record>\n" for one in some)
    return f"<datastore><totalrecord>{total}</totalrecord><recordset>{lines}</recordset></datastore>"


def jcms(site: Replica, some: Sequence[Announcement]) -> str:
    """The first rows in an escaped store; the others by POST, and only with the right fields."""
    files = {hex32(f"file{number}"): file for number, file in files_by(some).items()}

    def address(one: Announcement) -> str:
        return f"/art/{one.day.year}/{one.day.month}/{one.day.day}/art_10578_{500_000 + one.number}.html"

    def proxy(asked: Asked) -> str | None:
        if (asked.form.get("columnid"), asked.form.get("unitid")) != ("10578", "111869"):
            return None
        first, last = int(asked.query["startrecord"]), int(asked.query["endrecord"])
        return _records(some[first - 1 : last], address, len(some))

    script = (
        "var param = {col:1,appid:'1',webid:26,path:'/',columnid:'10578',sourceContentType:3,unitid:'111869',"
        "webname:'勉县人民政府',permissiontype:0};$(function(){$('#111869').jpage({themeName:'default',"
        f"totalRecord:{len(some)},dataStore:$('#111869').children('script').html(),dataAfter:'<style>li{{a:b}}</style>',"
        "groupSize:10,proxyUrl:'/module/web/jpage/dataproxy.jsp',perPage:15,barPosition:'bottom',ajaxParam:param});});"
    )
    store = f'<div id="111869"><script type="text/xml">{escape(_records(some[:45], address, len(some)))}</script></div>'
    site.route("/col/col10578/index.html", list_page(store) + f"<script>{script}</script>")
    site.route("/module/web/jpage/dataproxy.jsp", proxy, "POST")

    def file_address(file: File) -> str:
        name = f"filename={hex32(f'file{file.number}')}.{file.ending}&classid=0"
        shown = f"showname={quote(file.name)}"
        return f"/module/download/downfile.jsp?{'&'.join((name, shown)[:: 1 if file.number % 2 else -1])}"

    for one in some:
        body = "".join(f'<a href="{escape(file_address(file))}">附件下载</a>' for file in one.files)
        site.route(address(one), article(one, body, '<meta name="i_columnid" content="10578">'))
    site.route(
        "/module/download/downfile.jsp", lambda asked: attached(files[asked.query["filename"].split(".")[0]])
    )
    return "/col/col10578/index.html"


def jpaas(site: Replica, some: Sequence[Announcement]) -> str:
    """A shell; its unit answers HTML in JSON and wants its page number inside `paramJson`."""
    files = files_by(some)
    query = "{'parseType':'bulidstatic','webId':'28','tplSetId':'ojYP','pageType':'column','tagId':'分页list','editType':'null','pageId':'56235'}"
    unit = "/api-gateway/jpaas-publish-server/front/page/build/unit"
    loader = f'<script src="/cms_files/default/script/AuthorizedRead/unitbuild.js" url="{unit}" queryData="{query}"></script>'

    def address(one: Announcement) -> str:
        return f"/zwgk/czxx/bmys/art/{one.day.year}/art_{hex32(one.number)}.html"

    def build(asked: Asked) -> Reply | None:
        if (asked.query.get("pageId"), asked.query.get("tagId")) != ("56235", "分页list"):
            return None
        number = json.loads(asked.query.get("paramJson", '{"pageNo":1}'))["pageNo"]
        pager = f"<div class='pagination' queryData=\"{{'rows':'24','count':'{len(some)}','pageNo':'{number}'}}\"></div>"
        markup = f"<ul class='page-content'>{rows(part(some, number, 24), address)}</ul>{pager}"
        return in_json({"success": True, "code": "200", "data": {"html": markup}})

    def file_address(file: File) -> str:
        stored = f"/cms_files/filemanager/154/attach/20262/{file.number}.{file.ending}"
        return f"/api-gateway/jpaas-web-server/front/document/download?fileUrl={quote(stored)}&fileName={quote(file.name)}"

    site.route("/zwgk/czxx/bmys/index.html", list_page(loader))
    site.route(unit, build)
    for one in some:
        if len(one.files) == 1:
            stored = f"/cms_files/filemanager/154/attach/20262/{one.files[0].number}.pdf"
            body = f'<iframe id="pdf_iframe" src=""></iframe><script>var sPdfUrl = "{stored}#";</script>'
            site.pages[stored] = attached(one.files[0])
        else:
            body = anchors(one, file_address)
        site.route(address(one), article(one, body, '<link href="/cms_files/web/hanweb.css">'))
    site.route(
        "/api-gateway/jpaas-web-server/front/document/download",
        lambda asked: attached(files[asked.query["fileUrl"].rsplit("/", 1)[-1].split(".")[0]]),
    )
    return "/zwgk/czxx/bmys/index.html"


def gkmlpt(site: Replica, some: Sequence[Announcement]) -> str:
    """A catalogue whose categories are data, a hundred articles at a time."""
    tree = [
        {"id": 252, "name": "组织机构", "jump_url": "", "children": [{"id": 263, "name": "领导分工", "jump_url": None, "children": []}]},
        {"id": 257, "name": "财政预决算", "jump_url": None, "children": []},
    ]  # fmt: skip
    config = f"window._CONFIG = {{ SID: '757020', DETAIL: null, TREE: {json.dumps(tree)}, APP_URL: '{site.url}' }};"

    def api(asked: Asked) -> Reply | None:
        if asked.query.get("sid") != "757020":
            return None
        listed = [
            {
                "id": one.number, "title": one.title, "publisher": "勉县财政局",
                "url": f"{site.url}/gkmlpt/content/5/5487/post_{5_487_000 + one.number}.html", "post_url": "",
                "display_publish_time": 1_772_400_000 - 432_000 * one.number,
            }
            for one in part(some, int(asked.query["page"]), 100)
        ]  # fmt: skip
        return in_json({"total": len(some), "articles": listed})

    site.route("/gkmlpt/index", page("勉县财政局政府信息公开平台", f"<script>{config}</script>"))
    site.route("/gkmlpt/api/all/257", api)
    for one in some:
        body = anchors(one, lambda file: f"/attachment/0/5/{file.number}/1.{file.ending}")
        site.route(f"/gkmlpt/content/5/5487/post_{5_487_000 + one.number}.html", article(one, body))
        for file in one.files:
            site.pages[f"/attachment/0/5/{file.number}/1.{file.ending}"] = attached(file)
    return "/gkmlpt/index"


def truecms(site: Replica, some: Sequence[Announcement]) -> str:
    """JSONP around a store, only for those who name the column page as Referer, ten rows at most."""
    files = {uuid(int(number)): file for number, file in files_by(some).items()}

    def address(one: Announcement) -> str:
        return f"/mxzf/ys/content/{uuid(100_000 + one.number)}.html"

    def message(asked: Asked) -> str | None:
        first, last = int(asked.query["startrecord"]), int(asked.query["endrecord"])
        if asked.query.get("columnId") != uuid(7) or "/mxzf/ys/" not in asked.referer or last - first > 9:
            return None
        return f"callback({json.dumps({'result': _records(some[first - 1 : last], address, len(some))})})"

    script = (
        f"$('#initData').jpage({{themeName:'default',totalRecord:{len(some)},dataBefore:'<ul id=\"content\">',"
        "dataAfter:'</ul>',proxyUrl:'/truecms/messageController/getMessage.do',perPage:10,groupSize:3,"
        f"ajaxParam:{{columnId:'{uuid(7)}'}}}});"
    )
    shown = f'<ul id="initData">{_records(some[:10], address, len(some))}</ul><script>{script}</script>'
    site.route("/mxzf/ys/ys.html", list_page(shown))
    site.route("/truecms/messageController/getMessage.do", message)
    for one in some:
        body = anchors(one, lambda file: f"/truecms/attachmentController/download.do?id={uuid(file.number)}")
        site.route(address(one), article(one, body))
    site.route(
        "/truecms/attachmentController/download.do", lambda asked: attached(files[asked.query["id"]], "gbk")
    )
    return "/mxzf/ys/ys.html"


def jiangsu(site: Replica, some: Sequence[Announcement]) -> str:
    """Departments, their announcements and the files of each, by POST; the download by GET."""
    files, found = files_by(some), {uuid(one.number): one for one in some}
    bodies = sorted({one.body for one in some})

    def departments(asked: Asked) -> Reply:
        listed = [
            {"iid": str(n), "name": f"勉县{body}", "pid": "122", "dtype": "1"}
            for n, body in enumerate(bodies)
        ]
        return in_json(listed if asked.form.get("pid") == "122" else [])

    def items(asked: Asked) -> Reply:
        kind = "决算" if asked.form["typeid"] == "1" else "预算"
        listed = [
            {"uuid": uuid(one.number), "title": one.title, "publishdate": str(one.day)}
            for one in some
            if one.body == bodies[int(asked.form["groupid"])]
            and ("决算" if "决算" in one.title else "预算") == kind
            and asked.form["date"] == "2026"
        ]
        return in_json({"budgetTemplates": listed, "total": len(listed)})

    def of_item(asked: Asked) -> Reply:
        one = found[asked.form["uuid"].removeprefix("'").removesuffix("'")]
        assert asked.form["uuid"] == f"'{uuid(one.number)}'"
        return in_json(
            [{"iid": str(f.number), "t_oldname": f.name, "t_uploaddate": str(one.day)} for f in one.files]
        )

    shell = "<script>var pid = '122'; $.post('/yjsgk/front/department/getdepartmentname.do')</script>"
    site.route("/yjsgk/list.do", page("江苏省预决算公开统一平台", shell))
    site.route("/yjsgk/front/department/getdepartmentname.do", departments, "POST")
    site.route("/yjsgk/front/budgetfinal/itemsandpag.do", items, "POST")
    site.route("/yjsgk/front/budgetfinal/getTemporaryFiles.do", of_item, "POST")
    site.route(
        "/yjsgk/front/budgetfinal/download.do", lambda asked: attached(files[asked.query["iid"]], "gbk")
    )
    return "/yjsgk/list.do"
