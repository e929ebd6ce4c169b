from __future__ import annotations

from dataclasses import replace

import pytest

from parsers import parse_document
from parsers.cover.headlines import headline
from parsers.government import headline_of, recognised
from parsers.government.tables import government_tables
from parsers.values.document import Grid
from parsers.values.results import Headline, Hints
from parsers.values.vocabulary import AmountSource
from tests.parsers.builders import grid, reading

DEBT = grid("地区|债务限额|债务余额", "某地|510.66|504.62")


def read(*lines: str, table: Grid | None = None, hints: Hints | None = None) -> Headline | None:
    blocks, hints = reading(*lines, *([table] if table else [])), hints or Hints()
    found = recognised(blocks, hints)
    return headline_of(found, headline(blocks, (), hints), blocks, hints) if found else None


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (
            "四次会议文件（16）/关于石家庄市2018年预算执行情况和/2019年预算草案的报告/2019年1月21日",
            "关于石家庄市2018年预算执行情况和2019年预算草案的报告",
        ),
        (
            "关于三门峡市2018年财政预算执行情况/和2019年财政预算（草案）的报告/—2019年4月24日在三门峡市",
            "关于三门峡市2018年财政预算执行情况和2019年财政预算(草案)的报告",
        ),
        (
            "宁夏回族自治区2018年预算执行情/况和2019年预算草案/目录",
            "宁夏回族自治区2018年预算执行情况和2019年预算草案",
        ),
        (
            "迪庆州/2025年地方财政预算执行情况和2026年地/方财政预算（草案）/迪庆州财政局编制/2026年1月13日",
            "迪庆州2025年地方财政预算执行情况和2026年地方财政预算(草案)",
        ),
        ("黑龙江省2020年全省和省本级财政决算/2021年9月/目录", "黑龙江省2020年全省和省本级财政决算"),
        (
            "阳江日报讯2月4日，《阳江市2025年预算执行情况和2026年预算草案的报告》（以下简称《报告》）出炉。",
            "阳江市2025年预算执行情况和2026年预算草案的报告",
        ),
        ("受市人民政府委托，向大会报告三明市2018年预算执行情况和2019年预算草案，请予审议。", None),
    ],
)
def test_a_broken_title_is_put_together(lines: str, title: str | None) -> None:
    report = "全市一般公共预算收入完成8亿元。全市政府性基金预算收入完成9亿元。"
    found = read(*lines.split("/"), report)
    assert found is not None
    assert found.title == title


def test_the_title_of_a_page_stands_for_one_that_is_not_printed() -> None:
    lines = (
        "——2019年1月8日在三明市第十三届人民代表大会上",
        "各位代表：",
        "全市一般公共预算收入8亿元，全市政府性基金收入9亿元。",
    )
    article = Hints(article_title="关于三明市2018年预算执行情况及2019年预算草案的报告（摘要）-三明市财政局")
    found = read(*lines, hints=article)
    assert found is not None
    assert found.title == "关于三明市2018年预算执行情况及2019年预算草案的报告(摘要)"


@pytest.mark.parametrize(
    ("lines", "name", "code", "year", "kind"),
    [
        ("表4-1/22 吉林省2018年地方政府债务限额及余额决算情况表", "吉林省", "220000", 2018, "accounts"),
        ("安阳县人民政府2024年决算公开", "安阳县", "410522", 2024, "accounts"),
        ("丹阳市2018年度市本级财政决算情况", "丹阳市", "321181", 2018, "accounts"),
        (
            "市五届人大六次会议文件（十四）/关于临沧市2025年地方财政预算执行情况/和2026年地方财政预算草案的报告",
            "临沧市",
            "530900",
            2026,
            "budget",
        ),
        (
            "关于抚顺市2025年财政决算的报告/——2026年6月23日在抚顺市第十七届/人民代表大会常务委员会上",
            "抚顺市",
            "210400",
            2025,
            "accounts",
        ),
        ("勉县2024年财政总决算报告/勉县财政局", "勉县", "610725", 2024, "accounts"),
        ("武汉市二○二五年全市一般公共预算收入执行情况表", "武汉市", "420100", 2025, "budget"),
        ("宝鸡市2025年市级预算调整方案（草案）/宝鸡市财政局", "宝鸡市", "610300", 2025, "adjustment"),
        ("关于2022年海南省省级一般公共预算/收入预算的说明", "海南省", "460000", 2022, "budget"),
        ("2024年勉县财政转移支付安排情况说明", "勉县", "610725", 2024, "budget"),
        ("2023年勉县财政收支决算草案/——2024年6月28日在县人大常委会上", "勉县", "610725", 2023, "accounts"),
        ("关于勉县2022年决算草案和2023年上半年预算执行情况的报告", "勉县", "610725", 2022, "accounts"),
        ("关于勉县2021年财政/预算执行情况及2022年财政/预算草案的报告", "勉县", "610725", 2022, "budget"),
        ("关于勉县2020年预算执行情况和2021/年预算草案的报告", "勉县", "610725", 2021, "budget"),
        (
            "关于勉县（高新区）2023年财政预算调整方案的报告/根据《陕西省预算审批监督条例》，报告如下",
            "勉县",
            "610725",
            2023,
            "adjustment",
        ),
        ("勉县2024年1-5月财政预算执行情况", "勉县", "610725", 2024, "other"),
        ("大兴安岭地区2023年财政决算公开/单位：万元", "大兴安岭地区", "232700", 2023, "accounts"),
        ("綦江区2023年财政决算/2023年綦江区新增专项债券项目安排表", "綦江区", "500110", 2023, "accounts"),
        ("勉县上半年财政收支执行情况", "勉县", "610725", None, "other"),
        ("襄阳市襄州区二0二三年财政决算", "襄州区", "420607", 2023, "accounts"),
        ("关于2024年市级预算第二次调整的报告/泰安市财政局", "泰安市", "370900", 2024, "adjustment"),
        ("延边朝鲜族自治州2024年州本级支出预算表", "延边朝鲜族自治州", "222400", 2024, "budget"),
        ("关于勉县2024年1-6月财政预算执行情况和2023年决算（草案）的报告", "勉县", "610725", 2023, "accounts"),
    ],
)
def test_a_governments_document_has_the_place_as_its_body(
    lines: str, name: str, code: str, year: int | None, kind: str
) -> None:
    head = read(*lines.split("/"), table=DEBT)
    assert head is not None
    assert (head.body_name, head.body_level, head.region_code) == (name, "government", code)
    assert (head.fiscal_year, head.document_kind) == (year, kind)


@pytest.mark.parametrize(
    "lines",
    [
        "宝鸡市财政局2025年部门预算",
        "2026年度/福州市公安局治安/支队/单位预算",
        "普陀区2026年区级部门预算/预算主管部门：普陀区司法局",
        "勉县医疗保障局2024年度部门决算公开/一般公共预算收入支出决算表",
    ],
)
def test_a_departments_document_is_no_governments(lines: str) -> None:
    assert read(*lines.split("/"), table=grid("科目|金额", "合计|1.00")) is None


@pytest.mark.parametrize(
    "lines",
    [
        "2020年湖北省政府一般债券（十期）信用评级报告/湖北省政府债务限额及余额",
        "关于湖北省2025年政府专项债券的法律意见书",
        "湖北省2025年政府专项债券发行公告",
    ],
)
def test_who_rates_or_sells_its_bonds_speaks_of_a_government_but_not_its_budget(lines: str) -> None:
    head = read(*lines.split("/"), table=DEBT)
    assert head is not None
    assert (head.body_name, head.document_kind) == ("湖北省", "other")


def test_the_city_beside_a_name_says_which_region_it_is() -> None:
    head = read("城区2022年政府债务限额余额情况", "晋城市城区财政局", table=DEBT)
    assert head is not None
    assert (head.body_name, head.region_code) == ("城区", "140502")


def test_the_place_may_stand_in_a_row_of_its_own_above_the_title() -> None:
    table = grid(
        "2024年衡水市|<",
        "市本级一般公共预算收入预算表|<",
        "项目|预算数",
        "税收收入|9",
        "增值税|9",
        "非税收入|1",
    )
    head = read(table=table)
    assert head is not None
    assert (head.region_code, head.fiscal_year) == ("131100", 2024)


TAXES = ("项目|预算数", "税收收入|9", "增值税|5", "企业所得税|4")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("上海市奉贤区南桥镇2024年预算", "南桥镇"),
        ("佛山市顺德区大良街道2024年预算公开", "大良街道"),
        ("昆山市周市镇2024年财政预算", "周市镇"),
        ("重庆市铜梁区小林镇人民政府2022年决算报告", "小林镇"),
    ],
)
def test_a_town_is_not_the_district_it_lies_in(line: str, name: str) -> None:
    head = read(line, table=grid(*TAXES))
    assert head is not None
    assert (head.body_name, head.region_code) == (name, None)


def test_the_name_of_a_file_tells_the_place_that_no_page_prints() -> None:
    head = read("全市收入表", table=grid(*TAXES), hints=Hints(file_name="附件1：南昌市2025年收入表.pdf"))
    assert head is not None
    assert (head.region_code, head.sources["region_code"]) == ("360100", "file_name")
    alone = read("全市收入表", table=grid(*TAXES), hints=Hints(file_name="P020250201.pdf"))
    assert alone is not None
    assert alone.region_code is None


def test_tables_tell_a_government_where_the_cover_is_silent() -> None:
    table = grid("项目|预算数", "税收收入|9", "增值税|5", "企业所得税|4", "非税收入|1")
    assert read("附表一", table=table) is not None


@pytest.mark.parametrize(
    "title",
    [
        "2024年市本级政府性基金支出预算表",
        "汉中市2022—2024年一般公共预算收入情况表",
        "2024年勉县一般公共预算（基本）支出经济分类预算表",
        "2024年勉县“三公”经费预算汇总表",
        "2024年各县（市、区）收支预算情况表",
        "2024年奎屯市乡镇（街道）财政收支情况表",
        "吉林市2024年财政收入执行情况表",
        "2024年延边朝鲜族自治州财政支出预算汇总表",
        "隆德县2024年一般公共预算财力平衡表",
        "阜新市2024年政府支出预算总表",
        "附件1 2024年都安瑶族自治县政府性基金预算调整方案表",
        "松山区2024年区级一般公共预算本级支出表",
        "南宁市2024年县（市、区）一般公共预算收支完成情况",
        "2024年来宾市“四本预算”收支汇总表",
        "蓟州区2024年区级一般公共预算支出预算表",
        "2024年自治区对地（州、市）一般公共预算转移支付预算分地区表",
        "海东市市本级2024年国有资本经营收支预算总表",
        "洛扎县2024年一般公共预算上级补助收入决算表",
    ],
)
def test_one_table_of_a_government_is_enough(title: str) -> None:
    assert read(title, "单位：万元", table=grid("项目|2024年预算数", "合计|10", "其他|10")) is not None


def test_the_regions_of_rows_have_the_place_in_common() -> None:
    rows = grid("地区|债务限额", "全区|9", "银川市|5", "石嘴山市|3", "吴忠市|1")
    head = read("2020年全区政府债务限额和余额情况表", table=rows)
    assert head is not None
    assert head.region_code == "640000"


def test_a_name_several_regions_share_has_a_code_only_within_the_site() -> None:
    lines = ("关于朝阳区2025年预算执行情况和2026年预算草案的报告", "各位代表：")
    alone = read(*lines)
    assert alone is not None
    assert (alone.body_name, alone.region_code) == ("朝阳区", None)
    there = read(*lines, hints=Hints(region_code="110000"))
    assert there is not None
    assert there.region_code == "110105"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("学习贯彻视察天津重要讲话精神，天津市补助4亿元。", "120101"),
        ("天津市补助4亿元。", None),
        ("学习贯彻视察天津重要讲话精神，天津市补助4亿元，与沈阳市对口。", None),
    ],
)
def test_the_text_says_which_of_several_regions_of_a_name_it_is(text: str, code: str | None) -> None:
    found = read("关于和平区2024年预算执行情况和2025年预算草案的报告", "和平区财政局", text)
    assert found and (found.body_name, found.region_code) == ("和平区", code)


def test_a_zone_in_brackets_behind_a_region_is_its_other_name() -> None:
    found = read("大连市金州区（金普新区）2017年预算执行情况和2018年预算草案的报告", "大连金普新区财政局")
    assert found and (found.body_name, found.region_code) == ("金州区", "210213")


def test_what_no_word_of_the_document_names_is_of_the_site_or_the_article_and_says_so() -> None:
    line, rows = (
        "二○二五年全市一般公共预算收入执行情况表",
        grid("项目|执行数", "税收收入|3253453", "增值税|1269225"),
    )
    alone = read(line, table=rows)
    assert alone is not None
    assert (alone.body_name, alone.region_code) == (None, None)
    article = "南昌市2025年预算执行情况和2026年预算"
    for hints, source in ((Hints(region_code="360100"), "site"), (Hints(article_title=article), "article")):
        head = read(line, table=rows, hints=hints)
        assert head is not None
        assert (head.body_name, head.region_code) == ("南昌市", "360100")
        assert (head.sources["body_name"], head.sources["region_code"]) == (source, source)


def test_the_city_that_allots_a_limit_to_a_district_is_not_the_publisher() -> None:
    lines = (
        "政府债务情况说明",
        "2020年，青岛市下达我区地方政府债务限额296亿元。",
        "全区政府债务余额262亿元。",
    )
    head = read(*lines, hints=Hints(region_code="370211"))
    assert head is not None
    assert (head.region_code, head.sources["region_code"]) == ("370211", "site")


def test_no_rule_for_departments_is_applied_to_a_government() -> None:
    """Whole scope beside own level, transfers beside revenue: nothing of a department's tables holds here."""
    page = (
        "<html><body><h1>关于勉县2025年预算执行情况和2026年预算草案的报告</h1>"
        "<p>表1 2025年全县一般公共预算收支总表</p>"
        "<p>单位：万元</p><table><tr><td>项目</td><td>预算数</td><td>项目</td><td>预算数</td></tr>"
        "<tr><td>一、税收收入</td><td>60</td><td>一、一般公共服务支出</td><td>70</td></tr>"
        "<tr><td>二、非税收入</td><td>20</td><td>二、教育支出</td><td>50</td></tr>"
        "<tr><td>收入总计</td><td>100</td><td>支出总计</td><td>130</td></tr></table></body></html>"
    )
    document = parse_document(page.encode())
    assert document.headline.body_name == "勉县"
    (table,) = document.tables
    assert table.title == "表1 2025年全县一般公共预算收支总表"
    failing = [check for check in document.checks if check.status == "fails"]
    assert [(check.rule, check.severity) for check in failing] == [("G1", "warning")]


@pytest.mark.parametrize(
    ("lines", "name", "code"),
    [
        ("陕西省西咸新区2025年财政决算公开", "西咸新区", None),
        ("2022年度泉州台商投资区财政决算公开", "泉州台商投资区", None),
        ("关于江北新区2025年预算执行情况和2026年预算草案的报告", "江北新区", None),
        ("新疆生产建设兵团2026年预算公开", "新疆生产建设兵团", None),
        ("关于苏州高新区2025年预算执行情况和2026年预算草案的报告", "苏州高新区", None),
        ("关于苏州高新区、虎丘区2025年预算执行情况和2026年预算草案的报告", "虎丘区", "320505"),
        ("合肥高新区2025年财政决算公开", "合肥高新技术产业开发区", "340176"),
        ("2024年郑州高新技术产业开发区一般公共预算收入表", "郑州高新技术产业开发区", "410172"),
        ("福建省泉州台商投资区2024年预算", "泉州台商投资区", None),
        ("南昌市高新区2024年财政预算", "南昌市高新区", None),
        ("秦皇岛经济技术开发区2025年财政决算公开", "秦皇岛市经济技术开发区", "130371"),
        ("郑州航空港经济综合实验区2025年财政预算公开", "郑州航空港经济综合实验区", "410173"),
        ("表七 平顶山市城乡一体化示范区2025年一般公共预算支出决算表", "平顶山市城乡一体化示范区", "410472"),
        ("上海市浦东新区2025年决算公开", "浦东新区", "310115"),
        ("关于汉中市2025年预算执行情况和2026年预算草案的报告", "汉中市", "610700"),
        ("关于长安镇2025年预算执行情况和2026年预算草案的报告", "长安镇", None),
    ],
)
def test_a_zone_without_a_code_is_no_part_of_its_province(lines: str, name: str, code: str | None) -> None:
    rows = ("项目|决算数", "税收收入|900", "增值税|500", "企业所得税|400", "一般公共预算收入合计|900")
    read = reading(lines, "2025年一般公共预算收入决算表", "单位：万元", grid(*rows))
    government = recognised(read, Hints())
    assert government is not None
    head = headline_of(government, Headline(), read, Hints())
    assert (head.body_name, head.region_code, head.body_level) == (name, code, "government")


def test_a_title_among_the_properties_of_a_file_is_not_the_documents() -> None:
    lines = ("关于2022年海南省省级一般公共预算收入预算的说明", "2022年总收入1621.8亿元。")
    copied = replace(reading(*lines), title="关于2019年吉林省省级一般公共预算收入预算的说明")
    government = recognised(copied, Hints())
    assert government is not None
    head = headline_of(government, Headline(), copied, Hints())
    assert (head.body_name, head.fiscal_year) == ("海南省", 2022)


def test_a_frame_above_the_title_belongs_to_the_cover() -> None:
    lines = ("关于海南省2023年预算执行情况和", "2024年预算草案的报告")
    blocks = reading(grid("海南省七届人大\\n三次会议文件（十四）|一图看懂预算报告"), *lines)
    government = recognised(blocks, Hints())
    assert government is not None
    head = headline_of(government, Headline(), blocks, Hints())
    assert (head.body_name, head.fiscal_year, head.document_kind) == ("海南省", 2024, "budget")


def test_hidden_sheets_are_not_published() -> None:
    titles = (
        "2022年海南省一般公共预算收入预算表",
        "2022年海南省政府性基金收入预算表",
        "2024年海南省一般公共预算收入预算表",
    )
    sheets = [grid(f"{title}|<", "单位：万元|<", "项目|预算数", "税收收入|9") for title in titles]
    book = reading(
        *(replace(sheet, hidden="2022" in sheet.cells[0].text, source=AmountSource.SHEET) for sheet in sheets)
    )
    government = recognised(book, Hints())
    assert government is not None
    head = headline_of(government, Headline(), book, Hints())
    assert head.fiscal_year == 2024
    assert [table.title for table in government_tables(book, head, None)] == [titles[2]]


def test_the_cover_of_a_workbook_is_a_sheet_of_its_own() -> None:
    cover = grid("|", "|2024年安化县政府预算", "|", "|安化县财政局", "|", "|2024年1月")
    table = grid("项目|2023年执行数", *TAXES[1:])
    read = reading(cover, "2023年一般公共预算收入执行情况表", "单位：万元", table)
    government = recognised(read, Hints())
    assert government is not None
    assert headline_of(government, Headline(), read, Hints()).fiscal_year == 2024


def test_a_zone_in_a_sentence_is_not_the_publisher() -> None:
    lines = (
        "关于湾沚区2022年预算执行情况和2023年预算草案的报告",
        "本级（不含新芜经济开发区，下同）一般公共预算收入5亿元，增长3%，为预算的98%。",
        "全区政府性基金预算收入3亿元，全区一般公共预算收入9亿元。",
    )
    read = reading(*lines)
    government = recognised(read, Hints())
    assert government is not None
    assert headline_of(government, Headline(), read, Hints()).body_name == "湾沚区"
