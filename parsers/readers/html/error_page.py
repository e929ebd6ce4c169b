"""Pages that are not documents at all: error pages, challenges, script shells.

Invariant: a page is refused only when it clearly is not a document: it shows next to nothing, or it is short
and says so itself. A short article is a document.
"""

from __future__ import annotations

import re

from lxml import etree

from parsers.readers.html.text import SILENT_TAGS, is_hidden
from parsers.values.messages import Message, message

SHORT = 300
"""Characters of shown text; an error page of a government site has fewer."""
_ERROR_TITLE = re.compile(
    r"^\W*(?:[45]\d\d\b|error\b|not found|forbidden|bad (?:request|gateway)"
    r"|(?:出错|错误)(?:了|页面|提示)?\W*$"
    r"|(?:页面|网页|文件|资源|内容)?(?:不存在|未找到|找不到|无法访问)"
    r"|访问(?:被|受限|禁止|异常|验证)|安全验证|人机验证|系统提示|提示信息)",
    re.I,
)
_ERROR_TEXT = re.compile(
    r"(?:HTTP|错误|状态码|Status|Error)\W{0,5}[45]\d\d"
    r"|\b(?:404|403|500|502|503)\b.{0,20}(?:not found|forbidden|error|错误|页面)"
    r"|not found on this server|(?:page|file|resource) (?:can ?not|could not|was not|not) be? ?found"
    r"|access denied"
    r"|(?:页面|网页|文件|资源|附件|内容|信息|链接)\w{0,6}(?:不存在|已(?:被)?删除|未找到|找不到|已失效)"
    r"|(?:页面|网页|文件|资源|附件|内容|信息|链接)\w{0,6}无法(?:访问|显示|打开)"
    r"|(?:访问|请求|操作)\w{0,8}(?:出错|错误|异常|失败|被拒绝|被拦截|被阻断|过于频繁|受限)"
    r"|没有(?:访问)?权限|无权(?:访问|限)|输入验证码|系统(?:出错|错误|异常|繁忙|维护)|出错了|对不起|很抱歉"
    r"|enable javascript|开启javascript|web应用防火墙|网站防火墙|创宇盾|安全狗"
    r"|welcome to nginx|iis windows|it works!",
    re.I,
)


def why_no_document(root: etree._Element) -> Message | None:
    """Why the page is not a document; None when it is one."""
    if next(root.iter("img", "table", "embed", "object", "iframe"), None) is None:
        shown = _shown_text(root, SHORT)
        if len(shown) < 10:
            return _why_blank(root, shown)
    else:
        shown = _shown_text(root, SHORT)
    if len(shown) >= SHORT:
        return None
    title = " ".join(str(part) for element in root.iter("title") for part in element.itertext()).strip()
    if _ERROR_TITLE.match(title):
        return message("error_page", text=title[:100])
    match = _ERROR_TEXT.search(shown)
    return message("error_page", text=shown[:100]) if match else None


def _why_blank(root: etree._Element, shown: str) -> Message:
    if any((meta.get("http-equiv") or "").lower() == "refresh" for meta in root.iter("meta")):
        return message("forwarding_page")
    if next(root.iter("script"), None) is not None:
        return message("script_shell")
    return message("blank_page_with_words", text=shown) if shown else message("blank_page")


def _shown_text(root: etree._Element, at_most: int) -> str:
    """The shown text of the page, cut once it is longer than `at_most`."""
    parts: list[str] = []
    length = 0
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        skipped = element.tag in SILENT_TAGS or is_hidden(element)
        if event == "start" and skipped:
            walker.skip_subtree()
            continue
        text = " ".join(((element.text if event == "start" else element.tail) or "").split())
        if text:
            parts.append(text)
            length += len(text)
            if length > at_most:
                break
    return " ".join(parts)
