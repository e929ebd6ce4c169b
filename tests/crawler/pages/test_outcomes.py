"""What an answer was: our own miniatures of the stubs, challenges and error pages of real sites."""

# ruff: noqa: E501 -- markup and tables of cases stay on their lines
from __future__ import annotations

import pytest

from crawler.pages.outcomes import OUTCOMES, Outcome, classify, left_out

URL = "http://www.a.gov.cn/czxx/list.html"
PAGE = (
    "<html><title>部门预算</title><body>" + "<p>部门预算公开，单位：万元</p>" * 60 + "</body></html>"
).encode()
PDF = b"%PDF-1.4\n%%EOF"


def outcome(
    status: int, body: bytes, expected: str = "html", headers: tuple[tuple[bytes, bytes], ...] = ()
) -> Outcome:
    found = classify(status, headers, body, expected, URL)  # type: ignore[arg-type]
    assert found.name in OUTCOMES and found.evidence
    return found


@pytest.mark.parametrize(
    ("status", "body", "expected", "name", "kind"),
    [
        (200, PAGE, "html", "content", ""),
        (200, PDF, "document", "content", ""),
        (200, PDF, "any", "content", ""),
        (200, PDF, "html", "wrong_type", "not_a_page"),
        (200, PAGE, "document", "error_page", "not_the_file"),
        (200, b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "document", "error_page", "not_the_file"),
        (200, b'<pre>{"code": -1001, "msg": "denied"}</pre>', "document", "error_page", "not_the_file"),
        (200, b"var pages = 3; // a script", "document", "content", ""),
        (200, b"", "document", "error_page", "empty"),
        (404, PAGE, "html", "missing", "http"),
        (410, b"", "document", "missing", "http"),
        (403, PAGE, "html", "blocked", "forbidden"),
        (412, b"<html></html>", "html", "blocked", "412"),
        (521, b"<script>document.cookie='__jsl_clearance=1'</script>", "html", "blocked", "jsl"),
        (521, b"", "html", "blocked", "521"),
        (429, b"", "html", "blocked", "rate"),
        (500, PAGE, "html", "error_page", "server"),
        (503, b"", "html", "error_page", "server"),
        (400, b"", "html", "error_page", "http"),
        (304, b"", "html", "error_page", "other"),
        (200, "<html><title>404 - 页面不存在</title><body>抱歉</body></html>".encode(), "html", "soft_404", "title"),
        (200, "<html><body>您访问的页面不存在或已删除</body></html>".encode(), "html", "soft_404", "text"),
        (200, "<html><body>您访问的文件不存在</body></html>".encode(), "document", "soft_404", "text"),
        (200, b"<html><title>IIS Windows Server</title><img src=iisstart.png></html>", "html", "error_page", "default_page"),
        (200, b"<html>java.lang.NullPointerException at x</html>", "html", "error_page", "stack_trace"),
        (200, b"<script>document.cookie='__tst_status='+a(0);EO_Bot_Ssid</script>", "html", "blocked", "edgeone"),
        (200, b'<html><script src="/x/app.js"></script><link rel="stylesheet" wm_meta_link href="/x"></html>', "html",
         "blocked", "script_shell"),
        (200, "<html><form>请输入验证码后下载<input></form></html>".encode(), "document", "captcha", "form"),
        (200, "<form>请输入<b>验证码</b><img src='/system/resource/js/filedownload/createimage.jsp'></form>".encode(),
         "document", "captcha", "form"),
        (200, "<html><title>访问验证</title>请完成下方验证后继续访问</html>".encode(), "html", "captcha", "title"),
        (200, "<title>安全验证</title><div id='captcha'>向右滑动完成验证</div>".encode(), "html", "captcha", "title"),
        (200, f"<meta name='ArticleTitle' content='甲局2026年部门预算'>{'说明' * 60}<form>请输入验证码</form>".encode(),
         "html", "content", ""),
        (200, b"<meta http-equiv='refresh' content='300'><p>" + "部门预算".encode() + b"</p>", "html", "content", ""),
        (200, b"<script>document.cookie='__jsl_clearance_s=1'</script>", "html", "blocked", "jsl"),
        (200, b"<script>window.location='/WZWSREL2luZGV4?wzwschallenge=V1'</script>", "html", "blocked", "wzws"),
        (200, "<html>当前访问疑似黑客攻击，已被网站管理员设置为拦截</html>".encode(), "html", "blocked", "waf"),
        (200, b"<html><title>403 Forbidden</title><h1>403 Forbidden</h1></html>", "html", "blocked", "forbidden_page"),
        (200, "<html><title>统一身份认证</title>用户名 密码</html>".encode(), "html", "blocked", "login"),
        (200, "<html>网站正在维护升级中，请稍后访问</html>".encode(), "html", "error_page", "maintenance"),
        (200, "<html><body>参数错误</body></html>".encode(), "html", "error_page", "bad_request"),
        (200, "<html><title>部门预算</title>暂无数据</html>".encode(), "html", "content", ""),
        (200, "<html>您的请求已被网站防火墙拦截</html>".encode(), "html", "blocked", "waf"),
        (200, "<a href=1.htm>甲局预算</a><a href=2.htm>乙局预算</a><a href='#' onclick=\"location.href='list_2.htm'\">上一页</a>".encode(),
         "html", "content", ""),
        (200, "<select onchange=\"location.href='list.jsp?page='+this.value\"></select><a href=1.htm>甲局预算</a>".encode(),
         "html", "content", ""),
    ],
)  # fmt: skip
def test_classify(status: int, body: bytes, expected: str, name: str, kind: str) -> None:
    found = outcome(status, body, expected)
    assert (found.name, found.kind) == (name, kind)


@pytest.mark.parametrize(
    ("body", "kind", "target"),
    [
        (b'<meta http-equiv="Refresh" content="0;URL=./202502/t1.html" />', "meta_refresh", "http://www.a.gov.cn/czxx/202502/t1.html"),
        (b"<meta  http-equiv=\"Refresh\" content='0; url=./x/'>", "meta_refresh", "http://www.a.gov.cn/czxx/x/"),
        (b"<script>document.location.href='/site/index.html'</script>", "script", "http://www.a.gov.cn/site/index.html"),
        (b"<script>if(phone){document.location.href='/m/'} window.location = '/www/';</script>", "script", "http://www.a.gov.cn/www/"),
        (b"<META HTTP-EQUIV=REFRESH CONTENT='0;URL=/x/'>", "meta_refresh", "http://www.a.gov.cn/x/"),
        (b"<script>var u = '/czj/'; top.location = u;</script>", "script", "http://www.a.gov.cn/czj/"),
        (b'<script>location.replace("https://b.gov.cn/")</script>', "script", "https://b.gov.cn/"),
    ],
)  # fmt: skip
def test_stubs_say_where_they_point(body: bytes, kind: str, target: str) -> None:
    found = outcome(200, body)
    assert (found.name, found.kind, found.target) == ("redirect", kind, target)


def test_a_redirect_by_status() -> None:
    found = outcome(302, b"", headers=((b"LOCATION", b"../index.html"),))
    assert (found.name, found.target) == ("redirect", "http://www.a.gov.cn/index.html")
    assert outcome(301, b"").target is None


@pytest.mark.parametrize(
    "words",
    ["页面不存在的说明", "本部门2026年预算：系统异常处置经费", "404号文件", "请输入验证码后下载", "window.location = '/x'", "网站防火墙采购"],
)  # fmt: skip
def test_a_full_page_that_mentions_it_is_content(words: str) -> None:
    body = (
        f"<html><title>部门预算</title><body>{words}{'<p>一般公共预算支出表说明文字</p>' * 200}</body></html>"
    )
    assert outcome(200, body.encode()).name == "content"


def test_a_long_page_is_no_stub_however_empty_its_start() -> None:
    body = b"<html><script>window.location='/m/';" + b"var x=1;" * 20_000 + b"</script><p>text</p></html>"
    assert outcome(200, body).name == "content"


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("甲<script>乙</SCRIPT >丙", "甲丙"),
        ("甲<style>乙<b></style>丙<!-- <b> -->丁", "甲丙丁"),
        ("甲<script>乙", "甲乙"),
        ("甲<!-- <b>乙", "甲乙"),
        ("甲<b", "甲<b"),
        ("1 < 2 <b>甲</b>", "1 甲"),
        ("<scripted>甲</scripted>", "甲"),
        ("甲<script>乙</script", "甲乙</script"),
    ],
)
def test_what_of_a_page_is_no_text(markup: str, shown: str) -> None:
    end, kept = 0, ""
    for start, until in left_out(markup):
        kept, end = kept + markup[end:start], until
    assert kept + markup[end:] == shown
