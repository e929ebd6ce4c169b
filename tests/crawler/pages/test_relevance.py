"""Titles as sites print them: what announces a budget, and what only talks of one."""

from __future__ import annotations

import pytest

from crawler.pages.relevance import body_name, holds_only, judge, years
from parsers.cover.approvals import is_decision


@pytest.mark.parametrize(
    ("title", "kind", "year", "level"),
    [
        ("长沙市交通运输局2026年部门预算公开", "budget", 2026, "department"),
        ("长沙市交通运输局2024年度部门决算公开", "accounts", 2024, "department"),
        ("长沙市交通运输局2026年部门予算公开", "budget", 2026, "department"),
        ("长沙市智慧交通发展中心2025年单位预算", "budget", 2025, "unit"),
        ("重庆市黔江区审计局（本级）2026年单位预算情况说明", "budget", 2026, "unit"),
        ("【宣传部】中共长春市委宣传部（汇总） 2026年部门预算", "budget", 2026, "department"),
        ("2026年烟台市退役军人事务局部门预算", "budget", 2026, "department"),
        ("苏州市科技局本级2026年度整体预算绩效目标表", "budget", 2026, None),
        ("勉县2024年度财政总决算", "accounts", 2024, "government"),
        ("关于勉县2025年财政预算执行情况和2026年财政预算草案的报告", "budget", 2026, "government"),
        ("2026年勉县人民政府预算公开", "budget", 2026, "government"),
        ("勉县2025年预算调整方案", "adjustment", 2025, None),
        ("2025年“三公”经费预算情况说明", "budget", 2025, None),
        ("财政拨款安排的“三公”经费预算情况", "budget", None, None),
        ("勉县教育体育局2024年会议费、培训费、三公经费决算", "accounts", 2024, None),
        ("2026年预决算公开", None, 2026, None),
        ("枣庄市市中区医疗保障局２０２４年部门预算", "budget", 2024, "department"),
        # the draft itself, proposed for approval; the year's accounts together with half a year's execution
        ("某区人民政府关于提请审议2024年财政收支决算草案的议案", "accounts", 2024, "government"),
        ("关于某县2024年财政决算和2025年上半年预算执行情况的报告", "accounts", 2024, "government"),
        # what the body is called says nothing about the title
        ("某县国防动员办公室2025年部门预算", "budget", 2025, "department"),
        ("某省人事考试院2025年单位预算", "budget", 2025, "unit"),
        ("某市政府采购中心2025年单位预算公开", "budget", 2025, "unit"),
        ("某县财政评审中心2024年度单位决算", "accounts", 2024, "unit"),
        ("某市预算绩效管理中心2025年单位预算", "budget", 2025, "unit"),
        ("中共某县纪律检查委员会2025年部门预算公开", "budget", 2025, "department"),
        ("某区住房和城乡建设局2025年部门综合预算", "budget", 2025, "department"),
        ("某县第一小学2025年单位综合预算说明", "budget", 2025, "unit"),
        ("某市2025年社会保险基金预算表", "budget", 2025, "government"),
        ("2025年国有资本经营预算支出表", "budget", 2025, "government"),
        ("某县水利局2025年政府性基金预算支出表", "budget", 2025, None),
        ("二〇二五年部门预算公开", "budget", 2025, "department"),
    ],
)
def test_announcements(title: str, kind: str | None, year: int | None, level: str | None) -> None:
    judged = judge(title)
    assert judged.relevant, judged
    assert (judged.kind, judged.fiscal_year, judged.level) == (kind, year, level)


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("2026年常州市民政局下属事业单位公开招聘工作人员公告（预算内）", "recruitment"),
        ("岳阳市财政局关于印发《岳阳市预算单位政府集中采购目录及标准指引（2025年版）》的通知", "procurement"),
        ("重庆市财政局关于下达2025年市级林业草原改革发展资金（国土绿化示范项目）预算的通知", "allocation"),
        ("关于提前下达2026年中央财政衔接推进乡村振兴补助资金预算的通知", "allocation"),
        ("2026年一般性转移支付分配预算表", "allocation"),
        ("勉县预算绩效管理暂行办法", "policy"),
        ("关于做好2026年部门预算编制工作的通知", "policy"),
        ("一图读懂2026年财政预算报告", "explanation"),
        ("县财政局召开2026年部门预算公开布置会", "news"),
        ("关于2024年度县级预算执行和其他财政收支的审计工作报告", "audit"),
        ("2026年1-6月财政预算执行情况", "execution"),
        ("2026年上半年财政预算执行情况", "execution"),
        ("某道路工程预算评审结果", "construction"),
        ("对县人大代表关于预算公开建议的答复", "votes"),
        ("市政府办公室关于停车管理的公告", "no budget word"),
        ("县国防动员办公室召开2025年部门预算会议", "news"),
        ("县财政局党组开展预算公开专题学习", "news"),
        ("60个市级部门晒出“三公”账本", "news"),
        ("关于批复2025年部门预算的通知", "policy"),
        ("财政预决算领域基层政务公开标准目录", "policy"),
        ("关于2024年第二批安居工程补助资金预算的公示", "allocation"),
        ("关于2024年财政决算（草案）审查结果的报告", "votes"),
        ("三公经费列入预算需经过哪个部门审核", "explanation"),
        ("论我国预算制度的变革", "explanation"),
        ("预算单位公务卡强制结算目录", "duties"),
        ("预算科", "duties"),
        ("2025年部门预算项目绩效运行监控报告", "performance_report"),
        ("2025年财政预算执行情况分析（1-9月）", "execution"),
        ("", "no budget word"),
    ],
)
def test_other_titles(title: str, reason: str) -> None:
    judged = judge(title)
    assert (judged.relevant, judged.reason) == (False, reason)


def test_a_bare_name_is_an_announcement_only_in_a_budget_list() -> None:
    judged = judge("天津市工业和信息化局", "2019年部门预算公开目录")
    assert (judged.relevant, judged.kind, judged.fiscal_year, judged.level) == (
        True,
        "budget",
        2019,
        "department",
    )
    assert not judge("天津市工业和信息化局", "机构职能").relevant
    assert not judge("更多", "部门预算").relevant
    assert not judge("天津市工业和信息化局召开工作会", "部门预算").relevant


def test_the_list_speaks_where_the_title_is_silent() -> None:
    judged = judge("勉县教育局预算公开", "2026年部门预算")
    assert (judged.kind, judged.fiscal_year, judged.level) == ("budget", 2026, "department")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("长沙市交通运输局2026年部门预算公开", "长沙市交通运输局"),
        ("2026年烟台市退役军人事务局部门预算", "烟台市退役军人事务局"),
        ("烟台市退役军人事务局2026年部门预祘", "烟台市退役军人事务局"),
        ("【宣传部】中共长春市委宣传部（汇总） 2026年部门预算", "中共长春市委宣传部(汇总)"),
        ("2026年市级部门及所属单位预算全面公开", None),
        ("2026年部门预算", None),
        ("某镇人民政府2025年部门预算", "某镇人民政府"),
        ("关于某县林业局2025年财政拨款“三公”经费预算情况的说明", "某县林业局"),
        ("某镇人民政府2024年度一般公共预算财政拨款“三公”经费支出决算情况说明", "某镇人民政府"),
        ("监督索引号53010200543100000某区文化馆2025年单位预算公开", "某区文化馆"),
        ("某县残联2024年度决算", "某县残联"),
        ("县委督查室2025年部门预算", "县委督查室"),
    ],
)
def test_body_name(title: str, expected: str | None) -> None:
    assert body_name(title) == expected


def test_years() -> None:
    assert years("2025年执行和2026年草案（20261）") == (2025, 2026)


@pytest.mark.parametrize(
    "title",
    ["县人民代表大会关于2025年预算执行情况和2026年预算的决议", "县人大常委会关于批准2025年财政决算的决定"],
)
def test_a_decision_is_visited_for_its_day(title: str) -> None:
    assert judge(title).relevant and is_decision(title)


@pytest.mark.parametrize(
    "title",
    [
        "2026年部门预算公开（安溪县教育考试中心）",
        "2026年部门预算-安溪县人才招聘中心",
        "政府采购中心：2026年部门预算",
        "中共安溪县委党校（安溪县干部培训中心）2026年部门预算",
        "关于公开招聘服务中心2026年部门预算的公告",
        "2026年预算公开 安溪县招生考试委员会办公室",
        "安溪县财政局所属财政投资评审中心2026年单位预算公开",
        "采购中心预算公开表2026",
    ],
)
def test_what_a_body_is_called_says_nothing_of_its_title(title: str) -> None:
    assert judge(title).relevant


@pytest.mark.parametrize(
    "title",
    [
        "安溪县政府采购中心关于2026年预算编制系统采购项目的采购公告",
        "政府采购中心2026年采购预算项目招标公告",
        "县医院2026年人员招聘预算内编制公告",
        "采购人预算公开中标公告 安溪县中医院",
    ],
)
def test_a_notice_of_such_a_body_is_none_of_its_budget(title: str) -> None:
    assert not judge(title).relevant


@pytest.mark.parametrize(
    ("title", "context", "held"),
    [
        ("部门决算公开", "", (None, None)),
        ("2025年", "部门决算公开", (None, 2025)),
        ("安溪县教育局2026年部门预算", "", ("安溪县教育局", 2026)),
        ("", "2025年部门决算公开", (None, 2025)),
        ("2025年部门预算 2026年部门预算", "", (None, None)),
        ("安溪县财政局2026年部门预算", "", (None, 2026)),  # it publishes for others, too
    ],
)
def test_what_a_column_may_hold(title: str, context: str, held: tuple[object, ...]) -> None:
    assert holds_only(title, context) == held
