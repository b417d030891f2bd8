"""`doctor` understands a trigger of EventBridge in the place of the OSS trigger."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from healthy import Healthy, a_healthy_account

from oss_cdn_refresh_box.cloud import ACCOUNT
from oss_cdn_refresh_box.fc.registry import Registered
from oss_cdn_refresh_cli.deployment.expectations import CHANGES, Watch
from oss_cdn_refresh_cli.deployment.model import EventTrigger

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")  # oss2, on Python 3.12


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Healthy]:
    with a_healthy_account(tmp_path) as account:
        yield account


def bring(account: Healthy, *buckets: str, prefix: str = "") -> None:
    """Replace the triggers of the function by one of EventBridge."""
    watches = (Watch(prefix, ""),)
    trigger = EventTrigger(
        name="object-events",
        place="",
        buckets=buckets,
        events=tuple(sorted(CHANGES)),
        watches=watches,
        schema="CloudEvents",
        synchronous=False,
        enabled=True,
    )
    function = account.cloud.function.function
    account.function.triggers[:] = Registered(function._replace(triggers=(trigger,)), ACCOUNT).triggers


def test_a_trigger_of_eventbridge_that_brings_every_change_is_right(account: Healthy) -> None:
    bring(account, "my-site")
    (finding,) = account.findings()["oss_trigger"]
    assert (finding["status"], "object-events on my-site" in finding["detail"]) == ("ok", True)


def test_a_prefix_of_its_pattern_that_hides_objects_is_reported(account: Healthy) -> None:
    bring(account, "my-site", prefix="www/")
    details = [finding["detail"] for finding in account.findings()["oss_trigger"]]
    assert any("the filter of object-events hides keys" in detail for detail in details)
