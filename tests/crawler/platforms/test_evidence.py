"""Platforms recognised by what their pages hold, in the shape of real ones; and by nothing else."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import pytest

from crawler import platforms
from crawler.pages.page import Page
from crawler.platforms.evidence import recognise

NOWHERE = "http://www.a.gov.cn/x"
UUID = "f642cf94-0260-4dd4-b1da-c97ada2f2d33"

MARKS = [
    ("trs", '<script>createPageHTML(4, 0, "index", "html")</script>'),
    ("trs", "<script>var hasFJ='./W020260302343002044385.ofd';</script>"),
    ("ucap", "<script>createPageHTML('page_div',2, 1,'nav_list','shtml',22);</script>"),
    ("ucap", "<h1><UCAPTITLE>甲局2026年部门预算</UCAPTITLE></h1><UCAPCONTENT>正文</UCAPCONTENT>"),
    ("ucap", '<script>manuscriptId = "3db5f3830bf941b498ee76905ba8c38a";</script>'),
    ("ucap", '<div id="UCAP-CONTENT">正文</div>'),
    ("jcms", '<script type="text/xml">&lt;datastore&gt;&lt;recordset&gt;&lt;/recordset&gt;&lt;/datastore&gt;</script>'),
    ("jcms", '<meta name="i_columnid" content="103304"><script src="/module/jslib/jquery/jquery.js"></script>'),
    ("jpaas", '<script src="/cms_files/default/script/AuthorizedRead/unitbuild.js" url="/api-gateway/jpaas-publish-server/front/page/build/unit"></script>'),
    ("jpaas", '<link href="/cms_files/webwenzhou/hanweb.css"><meta name="ColId" content="tIjXtUXVyGIEISAj8q4WB">'),
    ("jpaas", '<a href="/cms_files/filemanager/1/attach/20262/AB.pdf">附件</a><script src="/cms_files/jcms1/web1/site/script/26/1.js"></script>'),
    ("anhui", "<script>Ls.ajax({url:'/site/label/8888',data:{labelName:'publicInfoList'}})</script>"),
    ("anhui", "".join(f'<a href="/OpennessContent/show/{n}.html">甲局预算</a>' for n in (1, 2, 3))),
    ("anhui", "".join(f'<a href="/public/66/{n}.html">甲局预算</a>' for n in (1, 2, 3))),
    ("hebei", f"<input type='hidden' id='pagingProp_{UUID}' value='{{}}'/>"),
    ("hebei", "".join(f'<a href="/columns/{UUID}/202602/1{n}/{UUID}.html">甲局预算</a>' for n in (1, 2, 3))),
    ("vsb", '<script>_showDynClickBatch(["u4_1"],[1],"wbnews", 1444089037)</script>'),
    ("vsb", '<link href="index.vsb.css"><script src="/system/resource/js/counter.js"></script>'),
    ("gkmlpt", "<script>window._CONFIG = { SID: '757020', SITE_INFO: {\"footer\":\"x\"}, TREE: [] };</script>"),
    ("gkmlpt", '{"total":1,"articles":[{"id":1,"title":"x","url":"http://a/post_1.html","post_url":""}]}'),
    ("nfcms", "<script>window.NFCMS_SITE_ID=200033;window.NFCMS_PUB_TYPE='page';</script>"),
    ("rcms", '<script src="/r/cms/jquery.min.js"></script>'),
    ("truecms", '<a href="/truecms/attachmentController/download.do?id=1">甲局.pdf</a>'),
    ("truecms", "<script>$('#a').jpage({totalRecord:9,proxyUrl:'/TrueCMS/messageController/getMessage.do'});</script><datastore></datastore>"),
    ("jiangsu", "<script>$.post('front/department/getdepartmentname.do')</script>"),
    ("jiangsu", '{"budgetTemplates":[{"uuid":"1"}],"total":1}'),
    ("neimenggu", "<script>$.get('/yjs/business/basic/select?id=150121zf&type=2&p=1')</script>"),
    ("epoint", '<script src="/js/webBuilderCommon.js"></script>'),
    ("epoint", 'var siteInfo = {"siteGuid":"7eb5f7f1","projectName":"/EWB-FRONT"};'),
    ("xxgk", '<iframe src="/module/xxgk/tree.jsp?area=11220100&amp;divid=div4"></iframe><script src="/module/jslib/a.js"></script>'),
    ("jtopcms", "".join(f'<a href="/public-policy.thtml?id={n}">甲局预算</a>' for n in (1, 2, 3))),
    ("ilist", "".join(f'<a href="/info/iList.jsp?cat_id={n}">甲局预算</a>' for n in (1, 2, 3))),
    ("ningbo", '<a href="detail?FBXH=2026\\1000.html">甲局本级2026年单位预算公开</a>'),
    ("shanxi", '<script src="/bmp_pub/js/index.js"></script>'),
    ("static", '<a href="20260211102.htm">甲局2026年部门预算</a>2026-02-11'),
    ("static", ""),
]  # fmt: skip


@pytest.mark.parametrize(("platform", "markup"), MARKS)
def test_recognised(platform: str, markup: str) -> None:
    found = recognise(Page(NOWHERE, markup))
    assert (found.platform, bool(found.seen)) == (platform, platform != "static"), found


@pytest.mark.parametrize(
    "markup",
    [
        "<a href='t20260101_1.html'>一条外来的文章</a>",
        "<a href='http://www.b.gov.cn/gkmlpt/index'>信息公开目录</a>",
        "<a href='/col/col8648/index.html'>旧站</a><a href='/c102236/indexshi.shtml'>邮政</a>",
        "<a href='/xx/index.shtml'>一</a><a href='/yy/index.shtml'>二</a><p>jpaas, UCAP, /r/cms 与 VSB</p>",
    ],
)
def test_links_to_strangers_are_no_evidence(markup: str) -> None:
    assert recognise(Page(NOWHERE, markup)).platform == "static"


def test_a_long_pasted_budget_hides_no_evidence() -> None:
    markup = (
        '<link href="index.vsb.css">'
        + "<p>1,234.50</p>" * 40_000
        + '<script>_showDynClicks("wbnews", 1, 2)</script>'
    )
    assert recognise(Page(NOWHERE, markup)).seen == ("click counters", "vsb files")


def test_every_platform_has_a_module_and_evidence() -> None:
    names = set(platforms.by_name())
    assert {platform for platform, _ in MARKS} == names
