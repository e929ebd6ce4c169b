"""Names and codes of regions: every level, and the names that several regions share."""

from __future__ import annotations

import pytest

from parsers.reference.regions import Region, find, region


def codes(regions: tuple[Region, ...]) -> list[str]:
    return [r.code for r in regions]


def test_a_code_gives_the_full_names_of_its_ancestors() -> None:
    assert region("610725") == Region("610725", "勉县", "county", "陕西省", "汉中市", "勉县")
    assert region("610700") == Region("610700", "汉中市", "city", "陕西省", "汉中市", None)
    assert region("110101") == Region("110101", "东城区", "county", "北京市", None, "东城区")
    assert region("659001") == Region("659001", "石河子市", "county", "新疆维吾尔自治区", None, "石河子市")
    assert region("000000") is None


def test_there_are_31_provinces() -> None:
    assert sum(region(f"{number}0000") is not None for number in range(10, 100)) == 31


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("勉县", ["610725"]),
        ("陕西", ["610000"]),
        ("内蒙古", ["150000"]),
        ("新疆", ["650000"]),
        ("延边州", ["222400"]),
        ("枣庄市市中区", ["370402"]),
        ("陕西省汉中市勉县", ["610725"]),
        ("重庆市江北区", ["500105"]),
        ("嘉峪关市", ["620200"]),
        ("市中区", ["370103", "370402", "511002", "511102"]),
        ("江北区", ["330205", "500105"]),
        ("阿坝", ["513200", "513231"]),
        ("祁阳县", ["431181"]),  # a city since 2021
        ("密云县", ["110118"]),
        ("大同县", []),  # 云州区 of 大同市 today, and no part of 大同区 of 大庆市
        ("江北县", ["330205", "500105"]),
        ("江西市县", []),
        ("勉", []),
        ("", []),
        ("火星市", []),
    ],
)
def test_find(name: str, expected: list[str]) -> None:
    assert codes(find(name)) == expected


def test_within_limits_to_a_region_and_those_below_it() -> None:
    assert codes(find("市中区", "370400")) == ["370402"]
    assert codes(find("市中区", "51")) == ["511002", "511102"]
    assert codes(find("勉县", "610725")) == ["610725"]
    assert codes(find("勉县", "610100")) == []
