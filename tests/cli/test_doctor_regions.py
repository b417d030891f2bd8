"""`doctor` requires of a trigger the events of its region."""

from pathlib import Path

import pytest
from healthy import CONFIG, Healthy

from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_cli.deployment.expectations import CHANGES, HEADERS_CHANGED, changes_in
from oss_cdn_refresh_cli.deployment.regions import HEADER_CHANGES

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)


def missed(folder: Path, region: str) -> bool:
    """Whether doctor reports that no trigger fires for changed headers."""
    with Cloud(CONFIG, variables={"REFRESH_REGION": region}) as cloud:
        healthy = Healthy(cloud, folder)
        healthy.environ["ALIBABA_CLOUD_REGION_ID"] = region
        events = healthy.function.trigger("objects-changed")["triggerConfig"]["events"]
        events.remove(HEADERS_CHANGED)
        found = healthy.findings()["oss_trigger"]
    return any(HEADERS_CHANGED in str(finding) for finding in found)


@pytest.mark.parametrize("region", ["ap-southeast-1", "cn-hongkong"])
def test_doctor_does_not_demand_an_event_that_the_region_does_not_have(tmp_path: Path, region: str) -> None:
    assert missed(tmp_path, region) is False


@pytest.mark.parametrize("region", ["cn-hangzhou", "cn-chengdu"])
def test_doctor_demands_the_event_of_changed_headers_where_it_exists(tmp_path: Path, region: str) -> None:
    assert missed(tmp_path, region) is True


@pytest.mark.parametrize("region", sorted(HEADER_CHANGES))
def test_eight_regions_have_the_event_of_changed_headers(region: str) -> None:
    assert changes_in(region) == CHANGES


def test_all_events_are_demanded_for_an_unknown_region() -> None:
    assert changes_in("") == CHANGES
