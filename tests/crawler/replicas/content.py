"""What a replica publishes: announcements of budgets, and everything else such columns hold.

Invariant: the same numbers give the same announcements, and every file has bytes of its own.
"""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle

_COUNTY = "勉县"
_BODIES = (
    "教育体育局", "农业农村局", "林业局", "水利局", "民政局", "审计局", "司法局", "卫生健康局", "交通运输局", "财政局",
    "应急管理局", "自然资源局", "文化和旅游局", "市场监督管理局", "医疗保障局", "统计局", "信访局", "总工会", "妇女联合会",
    "人民法院", "人民检察院", "档案馆", "红十字会", "残疾人联合会", "勉阳街道办事处", "定军山镇人民政府", "人民政府办公室",
)  # fmt: skip
_DISCLOSURES = (
    "{county}{body}{year}年部门预算公开",
    "{county}{body}{last}年度部门决算",
    "{county}{body}（本级）{year}年单位预算情况说明",
    "{year}年{county}{body}部门预算",
    "{county}{body}{last}年“三公”经费决算公开",
    "{body}下属事业单位{year}年单位预算",
    "{county}{body}（汇总）{last}年度部门决算公开",
)
_OTHERS = (
    "{county}{body}{year}年公开招聘工作人员公告",
    "关于下达{year}年{body}专项资金预算的通知",
    "{county}{body}办公设备采购项目中标公告",
    "{county}财政局关于印发《{body}预算绩效管理暂行办法》的通知",
    "一图读懂{county}{body}{year}年部门预算",
    "{county}{body}召开{year}年度预算编制工作会",
    "{year}年1-6月{county}财政预算执行情况",
    "{county}{body}办公楼维修工程预算评审结果",
    "{county}{body}关于停车管理的公告",
    "{county}{body}{year}年政府信息公开工作年度报告",
)
_FILE_NAMES = ("{title}.pdf", "附件1：{body}预算公开表.xlsx", "附件2：{body}绩效目标表.doc")
FILE_BYTES = 300_000
"""As real ones weigh in the middle, so that the cost of a second crawl is a true share of the first."""
_STARTS = {"pdf": b"%PDF-1.4\n", "xlsx": b"PK\x03\x04", "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}


@dataclass(frozen=True, slots=True)
class File:
    """An attached file with the name people know it by; `number` is its own on the whole site."""

    number: int
    name: str

    @property
    def ending(self) -> str:
        return self.name.rsplit(".", 1)[-1]

    @property
    def stem(self) -> str:
        return self.name.rsplit(".", 1)[0]

    @property
    def body(self) -> bytes:
        line = b"%% file %d of the replica\n" % self.number
        return _STARTS[self.ending] + line * (FILE_BYTES // len(line))


@dataclass(frozen=True, slots=True)
class Announcement:
    """One article. `relevant` says whether it announces a budget or final accounts."""

    number: int
    title: str
    body: str
    day: date
    relevant: bool
    files: tuple[File, ...]


def announcements(count: int) -> tuple[Announcement, ...]:
    """`count` articles, the newest first, three in ten of them irrelevant."""
    return tuple(_announcement(number) for number in range(count))


def _announcement(number: int) -> Announcement:
    relevant = number % 10 not in (2, 5, 9)
    body = _BODIES[number % len(_BODIES)]
    year = 2026 - (number // len(_BODIES)) % 8
    forms = _DISCLOSURES if relevant else _OTHERS
    title = forms[number % len(forms)].format(county=_COUNTY, body=body, year=year, last=year - 1)
    day = date(2026, 10, 30) - timedelta(days=5 * number)
    return Announcement(number, title, body, day, relevant, tuple(_files(number, title, body)))


def _files(number: int, title: str, body: str) -> Iterator[File]:
    for place, name in zip(range(1 + number % 3), cycle(_FILE_NAMES), strict=False):
        yield File(3 * number + place, name.format(title=title, body=body))
