"""The regions of Function Compute, and the remedy for a mistyped region."""

import pytest

from oss_cdn_refresh_cli.deployment import regions


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("cn-hangzou", "cn-hangzhou"),
        ("oss-cn-hangzhou", "cn-hangzhou"),
        (" cn-hangzhou", "cn-hangzhou"),
        ("cn-hangzhou ", "cn-hangzhou"),
        ("CN-HANGZHOU", "cn-hangzhou"),
        ("hangzhou", "cn-hangzhou"),
        ("cn_shanghai", "cn-shanghai"),
        ("ap-southeast1", "ap-southeast-1"),
        ("cn-hohhot", "cn-huhehaote"),
        ("us-east", "us-east-1"),
        ("eu-central", "eu-central-1"),
        ("oss-cn-beijing-internal", "cn-beijing"),
        ("cn-hangzhou.aliyuncs.com", "cn-hangzhou"),
    ],
)
def test_the_remedy_for_a_mistyped_region_is_the_most_similar_one(written: str, meant: str) -> None:
    assert regions.nearest(written) == meant


@pytest.mark.parametrize("written", ["", "here", "xyz-12", "杭州"])
def test_the_remedy_for_an_unknown_region_is_the_list(written: str) -> None:
    assert (regions.nearest(written), "cn-hangzhou" in regions.remedy(written)) == (None, True)


@pytest.mark.parametrize("name", regions.REGIONS)
def test_a_valid_region_is_most_similar_to_itself(name: str) -> None:
    assert regions.nearest(name) == name


def test_each_region_that_has_header_events_exists() -> None:
    assert set(regions.REGIONS) > regions.HEADER_CHANGES
