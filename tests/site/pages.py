"""The HTML of the replica: home page, TRS lists, articles, and the pages servers show instead of content.

Invariant: every text from the data is escaped; what is broken (a quoting slip, a missing date) is broken as
on real sites, and only there.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from .sections import Article, Attachment, Section, article_path, attachment_path
from .typeset import typeset

NOTICE = "本站是 gongkai 程序演示用的复制站点，不是政府网站"

# How TRS pages write the link to an attachment; `document_write` has the broken quoting seen on real pages.
ATTACHMENT_FORMS = {
    "plain": '<p>附件：<a href="{href}" target="_blank">{name}</a></p>',
    "named": '<p>附件：<a href="{href}">{name}</a></p>',
    "appendix": '<p><a style="color:#0066cc;" appendix="true" data-appendix="true" href="{href}" '
    'title="{name}" oldsrc="/protect{path}"><img src="/images/icon_pdf.gif"/>{name}</a></p>',
    "download_fj": '<p>附件：<a href="javascript:void(0);" '
    """onclick="downloadFj('{name}','{href}')">{name}</a></p>""",
    "has_fj": "<script>var hasFJ='{href}';\nif(hasFJ!=''){{document.write('<a href=\"'+hasFJ+'\" "
    "appendix=\"true\">'+'{name}'+'</a>');}}</script>",
    "file_appendix": """<script>var file_appendix='<a href="{href}" title="{name}">{name}</a>';\n"""
    "if(file_appendix!=''){{document.write('<strong>附件：</strong>'+file_appendix);}}</script>",
    "document_write": """<script>document.write('<a href="{href}" title="{name}" """
    """\\'download="1"\\'>{name}</a>')</script>""",
}


def home_page(sections: Iterable[Section]) -> str:
    link = '<li><a href="{}">{}</a></li>'
    links = "\n".join(link.format(section.folder, escape(section.publisher)) for section in sections)
    body = f'<h1>县区政府网站（演示）</h1><ul>{links}</ul><a href="/search/">站内搜索</a>'
    return _page("演示站点", "", body, "utf-8")


def section_home(section: Section) -> str:
    body = f'<h1>{escape(section.publisher)}</h1><a href="./{section.path}/">{escape(section.column)}</a>'
    return _page(section.publisher, "", body, section.encoding)


def list_page(section: Section, page: int) -> str:
    """Page `page` (from 0) of the column, entries newest first; further pages only through the script."""
    first = page * section.per_page
    shown = section.articles[first : first + section.per_page]
    entries = "\n".join(_entry(section, article) for article in shown)
    box = {"<tr": "table", "<dd": "dl"}.get(section.item[:3], "ul")
    stated = {"SiteName": section.publisher, "ColumnName": section.column, "ColumnType": "财政信息"}
    body = f"""<div class="position">您现在的位置：<a href="/{section.name}/">首页</a>
 &gt; {escape(section.column)}</div>
<div class="list"><{box} class="list_content">
{entries}
</{box}></div>
<div id="pagediv"><script>createPageHTML({section.list_pages}, {page}, "index", "html");</script></div>"""
    return _page(section.column, _metas(section, stated), body, section.encoding)


def _entry(section: Section, article: Article) -> str:
    title = article.title
    return section.item.format(
        href="." + article_path(section, article).removeprefix(section.folder.rstrip("/")),
        title=escape(title),
        short=escape(title if len(title) <= 24 else title[:22] + "..."),
        date=f"{article.published:%Y-%m-%d}",
    )


def article_page(section: Section, article: Article) -> str:
    """Title, metadata line and text; a disclosure without text of its own says where the attachment is."""
    day = article.published
    stated = {"SiteName": section.publisher, "ColumnName": section.column, "ArticleTitle": article.title}
    stated["PubDate"] = "" if article.no_pubdate else day.strftime(section.pubdate)
    stated["ContentSource"] = article.source
    text = typeset(article.body, "html").decode() if article.body else _notice(article)
    links = "\n".join(_attachment(section, article, attachment) for attachment in article.attachments)
    body = f"""<table width="1000" border="0" class="nav"><tr><td><a href="/{section.name}/">首页</a></td>
<td><a href="{section.folder}">{escape(section.column)}</a></td>
<td><a href="/search/">搜索</a></td></tr></table>
<h1 class="title">{escape(article.title)}</h1>
<div class="info">发布时间：{day:%Y-%m-%d %H:%M}&nbsp;&nbsp;来源：{escape(article.source)}&nbsp;&nbsp;
字体：[大 中 小]</div>
<div class="view TRS_UEDITOR trs_paper_default"><div class="TRS_Editor">
{text}
{links}
</div></div>"""
    encoding = article.encoding or section.encoding
    return _page(f"{article.title}_{section.publisher}", _metas(section, stated), body, encoding)


def _notice(article: Article) -> str:
    subject = escape(article.title)
    if article.disclosure:
        return f"<p>根据预算公开的有关规定，现将《{subject}》予以公开，详见附件。</p>"
    return f"<p>{subject}。</p><p>特此公布。联系人：办公室。</p>"


def _attachment(section: Section, article: Article, attachment: Attachment) -> str:
    path = attachment_path(section, article, attachment)
    folder = article_path(section, article).rpartition("/")[0]
    href = f".{path.removeprefix(folder)}" if path.startswith(folder) else path
    name = escape(attachment.name)
    return ATTACHMENT_FORMS[attachment.form].format(href=href, name=name, path=path)


def _metas(section: Section, values: dict[str, str]) -> str:
    return "\n".join(section.meta.format(name=name, content=escape(value)) for name, value in values.items())


def error_page() -> str:
    """What some servers send, with status 200, in place of a file."""
    return _page("系统提示", "", "<h3>系统繁忙，请稍后再试！</h3><p>错误代码：50012</p>", "utf-8")


def not_found_page() -> str:
    """Sent with status 404, and, as a soft 404, with status 200."""
    return _page("页面不存在", "", "<h2>您访问的页面不存在或已删除！</h2><p>5秒后自动返回首页</p>", "utf-8")


def _page(title: str, meta: str, body: str, encoding: str) -> str:
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" \
"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta http-equiv="Content-Type" content="text/html; charset={encoding}" />
{meta}
<title>{escape(title)}</title>
</head>
<body>
{body}
<div class="footer"><p>{NOTICE}</p><a href="http://www.beian.invalid/">备案号</a></div>
</body>
</html>
"""
