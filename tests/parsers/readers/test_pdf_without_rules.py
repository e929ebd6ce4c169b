"""Tables of PDF pages whose columns no rule divides."""

from __future__ import annotations

from parsers.readers.limits import Limits
from parsers.readers.pdf.reader import read_pdf
from tests.parsers.readers.drawing import Page, cell, grids, lines, pdf, rows

TEXT_ONLY = Limits(ocr=False)


def three_lines(page: Page) -> None:
    """Five columns, two header rows, a partial rule under the first header row, no vertical rule."""
    page.text(50, 90, "单位：万元")
    page.line(50, 100, 550, 100, 1.2)
    page.line(250, 120, 550, 120, 0.4)
    page.line(50, 140, 550, 140, 0.8)
    page.line(50, 200, 550, 200, 1.2)
    page.text(60, 124, "科目编码")
    page.text(150, 124, "科目名称")
    page.text(380, 114, "支出合计")
    for x, text in zip((260, 360, 460), ("小计", "基本支出", "项目支出"), strict=True):
        page.text(x, 134, text)
    page.right(90, 155, "208")
    page.text(130, 155, "社会保障")
    page.right(300, 155, "349.50")
    page.right(400, 155, "310.15")
    page.right(500, 155, "39.35")
    page.right(90, 175, "20801")
    page.text(130, 170, "人力资源和社会")
    page.text(130, 181, "保障管理事务")
    page.right(300, 175, "283.32")
    page.right(500, 175, "283.32")
    page.right(90, 195, "2080109")
    page.text(130, 195, "经办机构")
    page.right(300, 195, "1,279.30")
    page.right(400, 195, "1,279.30")


def two_sides(page: Page, top: float = 100, *, between: bool = True) -> None:
    """Revenue beside expenditure: two rows of headers, rows that no rule closes."""
    middles = (110, 210, 330, 410, 500)
    page.line(50, top, 550, top, 1.3)
    if between:
        page.line(50, top + 18, 550, top + 18, 0.5)
    page.line(50, top + 36, 550, top + 36, 0.8)
    page.text(135, top + 13, "收入")
    page.text(390, top + 13, "支出")
    for x, text in zip(middles, ("项目", "金额", "项目", "合计", "财政拨款"), strict=True):
        page.text(x - 5 * len(text), top + 31, text)
    body = (
        ("一、本年收入", "2,040.08", "一、本年支出", "2,040.08", "2,040.08"),
        ("（一）一般公共预算", "2,040.08", "（二）外交支出", "", ""),
        ("", "", "（三）国防支出", "", ""),
    )
    for index, (revenue, one, expenditure, two, three) in enumerate(body):
        y = top + 50 + 18 * index
        page.text(52, y, revenue)
        page.text(252, y, expenditure)
        for x, amount in ((238, one), (438, two), (548, three)):
            page.right(x, y, amount)


class TestWithoutVerticalRules:
    def test_three_line_table(self) -> None:
        reading = read_pdf(pdf(three_lines), TEXT_ONLY)
        (grid,) = grids(reading)
        assert rows(grid) == [
            ["科目编码", "科目名称", "支出合计", None, None],
            [None, None, "小计", "基本支出", "项目支出"],
            ["208", "社会保障", "349.50", "310.15", "39.35"],
            ["20801", "人力资源和社会\n保障管理事务", "283.32", "", "283.32"],
            ["2080109", "经办机构", "1,279.30", "1,279.30", ""],
        ]
        assert (cell(grid, 0, 0).rowspan, cell(grid, 0, 2).colspan) == (2, 3)
        assert lines(reading) == ["单位：万元"]

    def test_columns_proved_by_rules_drawn_cell_by_cell(self) -> None:
        def draw(page: Page) -> None:
            for y, width in ((100, 1.2), (120, 0.8), (140, 1.2)):
                for x0, x1 in ((50, 200), (200, 300), (300, 400), (400, 500)):
                    page.line(x0, y, x1, y, width)
            page.text(60, 114, "项目")
            page.text(230, 114, "合计")
            page.text(330, 114, "甲")
            page.text(430, 114, "乙")
            page.text(60, 134, "合计")

        (grid,) = grids(read_pdf(pdf(draw), TEXT_ONLY))
        assert rows(grid) == [["项目", "合计", "甲", "乙"], ["合计", "", "", ""]]
        assert grid.col_edges == (50, 200, 300, 400, 500)

    def test_aligned_amounts_without_any_rule(self) -> None:
        def draw(page: Page) -> None:
            page.text(60, 100, "项目")
            page.text(260, 100, "预算数")
            page.text(380, 100, "上年数")
            for index, label in enumerate(("办公费", "印刷费", "差旅费", "培训费")):
                page.text(60, 118 + 18 * index, label)
                page.right(300, 118 + 18 * index, f"1{index},234.50")
                page.right(420, 118 + 18 * index, f"{index}.10")

        (grid,) = grids(read_pdf(pdf(draw), TEXT_ONLY))
        assert rows(grid)[0] == ["项目", "预算数", "上年数"]
        assert rows(grid)[4] == ["培训费", "13,234.50", "3.10"]

    def test_rules_from_side_to_side_below_both_rows_of_a_header(self) -> None:
        (grid,) = grids(read_pdf(pdf(two_sides), TEXT_ONLY))
        assert rows(grid)[:3] == [
            ["收入", None, "支出", None, None],
            ["项目", "金额", "项目", "合计", "财政拨款"],
            ["一、本年收入", "2,040.08", "一、本年支出", "2,040.08", "2,040.08"],
        ]
        assert rows(grid)[-1] == ["", "", "（三）国防支出", "", ""]
        assert [cell(grid, 0, col).colspan for col in (0, 2)] == [2, 3]

    def test_a_header_over_its_columns_without_a_rule(self) -> None:
        (grid,) = grids(read_pdf(pdf(lambda page: two_sides(page, between=False)), TEXT_ONLY))
        assert rows(grid)[0] == ["收入", None, "支出", None, None]
        assert rows(grid)[1] == ["项目", "金额", "项目", "合计", "财政拨款"]

    def test_numbers_of_columns_are_a_row_of_the_header(self) -> None:
        def draw(page: Page) -> None:
            for y, width in ((100, 1.2), (135, 0.6), (170, 1.2)):
                page.line(50, y, 400, y, width)
            for x, text, number in ((60, "项目", "1"), (210, "合计", "2"), (330, "基本支出", "3")):
                page.text(x, 114, text)
                page.text(x + 4, 130, number)
            for y, label in ((150, "办公费"), (166, "印刷费")):
                page.text(60, y, label)
                page.right(240, y, "2.50")
                page.right(370, y, "1.50")

        (grid,) = grids(read_pdf(pdf(draw), TEXT_ONLY))
        assert rows(grid)[:2] == [["项目", "合计", "基本支出"], ["1", "2", "3"]]

    def test_rows_that_run_to_the_foot_under_a_header_of_two_rows(self) -> None:
        def second(page: Page) -> None:
            page.text(252, 60, "（四）公共安全支出")
            page.right(438, 60, "3.00")
            page.text(52, 78, "收入合计")
            page.right(238, 78, "2,043.08")
            page.line(50, 84, 550, 84, 1.2)

        first, rest = grids(read_pdf(pdf(lambda page: two_sides(page, top=680), second), TEXT_ONLY))
        assert len(rows(first)) == 5
        assert rows(rest) == [
            ["", "", "（四）公共安全支出", "3.00", ""],
            ["收入合计", "2,043.08", "", "", ""],
        ]

    EXPENSES = (("办公费", "12.00"), ("印刷费", "3.50"), ("差旅费", "1.20"))

    def test_rows_overleaf_without_header_keep_the_columns(self) -> None:
        def first(page: Page) -> None:
            page.line(50, 640, 550, 640, 1.2)
            page.line(50, 660, 550, 660, 0.8)
            for x, text in zip((60, 260, 360, 460), ("项目", "合计", "基本支出", "项目支出"), strict=True):
                page.text(x, 654, text)
            for y, label, amount in (
                (674, "办公费", "12.00"),
                (692, "印刷费", "3.50"),
                (710, "差旅费", "1.20"),
            ):
                page.text(60, y, label)
                page.right(300, y, amount)
                page.right(500, y, amount)
            page.text(290, 800, "— 1 —")

        def second(page: Page) -> None:
            page.text(60, 60, "培训费")
            page.right(500, 60, "7.77")
            page.text(60, 78, "会议费")
            page.text(60, 96, "合计")
            page.right(300, 96, "24.47")
            page.line(50, 104, 550, 104, 1.2)
            page.text(60, 140, "注：本表无说明。")

        reading = read_pdf(pdf(first, second), TEXT_ONLY)
        upper, lower = grids(reading)
        assert rows(upper)[1:] == [
            [n, a, "", a] for n, a in (("办公费", "12.00"), ("印刷费", "3.50"), ("差旅费", "1.20"))
        ]
        assert rows(lower) == [
            ["培训费", "", "", "7.77"],
            ["会议费", "", "", ""],
            ["合计", "24.47", "", ""],
        ]
        assert lower.col_edges == upper.col_edges
        assert "注：本表无说明。" in lines(reading)

    def test_cells_that_fill_their_columns_and_lines_far_apart(self) -> None:
        def draw(page: Page) -> None:
            for y, width in ((100, 1.2), (150, 0.6), (250, 1.2)):
                page.line(50, y, 450, y, width)
            page.text(90, 123, "收入项目")
            page.text(185, 115, "当年")  # one text over two lines, 1.65 of the type size apart
            page.text(180, 131.5, "预算数")
            page.text(255, 123, "支出项目")
            page.text(341.5, 123, "一般公共预算")  # two texts that little white parts
            page.text(403.5, 123, "上年结转数", size=9)
            for y, left, amount, right in (
                (170, "财政拨款", "186.40", "公共安全支出"),
                (190, "事业收入", "3.25", "年末结转"),
                (210, "其他收入", "1.00", "教育支出"),
                (230, "合计", "190.65", "合计"),
            ):
                page.text(60, y, left)
                page.right(228.5, y, amount)
                page.text(230, y, right)
                page.right(401, y, amount)

        (grid,) = grids(read_pdf(pdf(draw), TEXT_ONLY))
        assert rows(grid)[0] == ["收入项目", "当年\n预算数", "支出项目", "一般公共预算", "上年结转数"]
        assert rows(grid)[2] == ["事业收入", "3.25", "年末结转", "3.25", ""]

    def test_rows_far_apart_whose_amounts_stand_right_before_labels(self) -> None:
        body = (
            ("一、本年收入", "2,040.08", "1、外交支出"),
            ("", "", "2、国防支出"),
            ("总计", "2,040.08", "3、教育支出"),
        )

        def draw(page: Page) -> None:
            page.line(50, 100, 550, 100, 1.3)
            page.line(50, 130, 550, 130, 0.8)
            for x, text in ((80, "项目"), (190, "金额"), (260, "项目")):
                page.text(x, 119, text)
            for index, (label, amount, beside) in enumerate(body):
                page.text(52, 150 + 40 * index, label)
                page.right(238, 150 + 40 * index, amount)
                page.text(239.5, 150 + 40 * index, beside)

        (grid,) = grids(read_pdf(pdf(draw), TEXT_ONLY))
        assert rows(grid) == [["项目", "金额", "项目"], *map(list, body)]

    def test_texts_at_the_top_of_rows_of_several_lines(self) -> None:
        def draw(page: Page) -> None:
            for top, width in ((100, 1.2), (120, 0.6), (300, 1.2)):
                page.line(50, top, 450, top, width)
            for x, text in ((60, "编码"), (150, "科目名称"), (330, "合计")):
                page.text(x, 114, text)
            y = 134.0
            for code, label, amount in (
                (("208", "05"), ("机关事业单位", "养老支出"), "12.60"),
                (("208", "050", "5"), ("机关事业单位", "基本养老保险", "缴费支出"), "12.60"),
                (("210",), ("卫生健康支出",), "6.35"),
                (("210", "11"), ("行政事业单位", "医疗"), "6.35"),
            ):
                page.right(380, y, amount)
                for line, text in enumerate(label):
                    page.text(150, y + 12.5 * line, text)
                for line, text in enumerate(code):
                    page.text(60, y + 12.5 * line, text)
                y += 12.5 * len(label) + 6

        (grid,) = grids(read_pdf(pdf(draw), TEXT_ONLY))
        assert rows(grid)[1:] == [
            ["208\n05", "机关事业单位\n养老支出", "12.60"],
            ["208\n050\n5", "机关事业单位\n基本养老保险\n缴费支出", "12.60"],
            ["210", "卫生健康支出", "6.35"],
            ["210\n11", "行政事业单位\n医疗", "6.35"],
        ]

    def test_headers_spread_over_their_columns(self) -> None:
        def spread(page: Page, left: float, right: float, y: float, text: str) -> None:
            for number, char in enumerate(text):
                page.text(left + number * (right - left - 10) / (len(text) - 1), y, char)

        def draw(page: Page) -> None:
            for y, width in ((100, 1.2), (140, 0.6), (230, 1.2)):
                page.line(50, y, 450, y, width)
            spread(page, 53, 197, 123, "科目名称")
            spread(page, 203, 277, 123, "合计")
            spread(page, 283, 447, 114, "本年支出")
            spread(page, 283, 357, 132, "基本支出")
            spread(page, 363, 447, 132, "项目支出")
            for y, label in ((156, "办公费"), (174, "印刷费"), (192, "差旅费"), (210, "培训费")):
                page.text(53, y, label)
                for x, amount in ((277, "12,345.00"), (357, "345.00"), (447, "12,000.00")):
                    page.right(x, y, amount)

        (grid,) = grids(read_pdf(pdf(draw), TEXT_ONLY))
        header = [[text and "".join(text.split()) for text in row] for row in rows(grid)[:2]]
        assert header == [
            ["科目名称", "合计", "本年支出", None],
            [None, None, "基本支出", "项目支出"],
        ]
        assert rows(grid)[2] == ["办公费", "12,345.00", "345.00", "12,000.00"]

    def test_whole_numbers_at_the_right_below_headers_at_the_left(self) -> None:
        def draw(page: Page) -> None:
            page.text(405, 93, "单位：万元")
            for x, text in ((55, "收入"), (293, "预算数"), (405, "支出"), (517, "预算数")):
                page.text(x, 109, text)
            for y, left, one, right, two in (
                (124, "一、税收收入", "484651", "一、教育支出", "826050"),
                (139, "二、非税收入", "133825", "二、国防支出", "794106"),
                (154, "三、上年结余", "199269", "三、其他支出", "670742"),
                (169, "收入总计", "817745", "支出总计", "2290898"),
            ):
                page.text(55, y, left)
                page.right(403, y, one)
                page.text(405, y, right)
                page.right(590, y, two)

        (grid,) = grids(read_pdf(pdf(draw), TEXT_ONLY))
        assert rows(grid)[:2] == [
            ["收入", "预算数", "支出", "预算数"],
            ["一、税收收入", "484651", "一、教育支出", "826050"],
        ]
        assert rows(grid)[-1] == ["收入总计", "817745", "支出总计", "2290898"]

    def test_title_overleaf_is_no_row(self) -> None:
        def first(page: Page) -> None:
            page.lattice([50, 300, 545], [700, 730, 760])
            page.text(60, 720, "收入")

        def second(page: Page) -> None:
            page.text(80, 60, "预算02表")
            page.text(400, 60, "收入总表")

        reading = read_pdf(pdf(first, second), TEXT_ONLY)
        assert (len(grids(reading)), lines(reading)) == (1, ["预算02表\t收入总表"])

    def test_contents_are_not_a_table(self) -> None:
        def draw(page: Page) -> None:
            for index in range(8):
                page.text(60, 100 + 20 * index, f"第{index}部分 部门概况")
                page.right(540, 100 + 20 * index, str(index + 1))

        assert grids(read_pdf(pdf(draw), TEXT_ONLY)) == []
