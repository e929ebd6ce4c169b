from __future__ import annotations

import pytest

from parsers.government.names.territory import PublisherRegion, is_by_region, read_all


@pytest.mark.parametrize(
    ("code", "label", "scope", "region"),
    [
        ("220000", "长春市", "region", "220100"),
        ("220000", "长春市本级", "own", "220100"),
        ("220000", "省本级", "own", "220000"),
        ("220000", "其中:省级", "own", "220000"),
        ("220000", "全省合计", "whole", "220000"),
        ("220000", "合计", "whole", "220000"),
        ("220100", "县级", "region", None),
        ("220122", "县级", "own", "220122"),
        ("510000", "市（州）本级", "region", None),
        ("640000", "区级", "own", "640000"),
        ("220100", "长春市合计", "whole", "220100"),
        ("220100", "经济开发区", "region", None),
        ("220100", "农安县", "region", "220122"),
    ],
)
def test_a_label_names_a_place(code: str, label: str, scope: str, region: str | None) -> None:
    mention = PublisherRegion(code).read(label)
    assert mention is not None
    assert (mention.scope, mention.code) == (scope, region)


def test_items_are_no_regions() -> None:
    labels = ["一、税收收入", "增值税", "合计"]
    assert not is_by_region(labels, read_all(labels, PublisherRegion("220100")))


def test_a_county_is_that_of_the_city_above() -> None:
    found = read_all(["长春市", "朝阳区", "四平市", "铁西区"], PublisherRegion("220000"))
    assert [mention and mention.code for mention in found] == ["220100", "220104", "220300", "220302"]
    above, own = read_all(["阿坝州", "　市（州）本级"], PublisherRegion("510000"))
    assert above and own and (own.scope, own.code) == ("own", above.code)


@pytest.mark.parametrize(
    "label", ["二、市（州）合计", "市地合计", "县（市、区）合计", "各市县小计", "设区市合计", "市县"]
)
def test_the_sum_of_what_lies_below_is_not_the_whole(label: str) -> None:
    mention = PublisherRegion("510000").read(label)
    assert mention is not None and (mention.scope, mention.code) == ("region", None)
