"""Notifications that come after the first look."""

from collections.abc import Mapping
from typing import Any

import pytest
from probed import Probed, Turn, nothing

from oss_cdn_refresh_box.oss.notifications import Notifications
from oss_cdn_refresh_cli.deployment.expectations import CHANGES


@pytest.mark.parametrize("name", ["bulk-deletes", "header-changes", "sizes-of-deletes"])
def test_events_that_come_late_are_waited_for(probed: Probed, name: str) -> None:
    kept: list[Mapping[str, Any]] = []
    pauses: list[float] = []

    def hold(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
        is_upload = record["eventName"] == "ObjectCreated:PutObject"
        kept.extend([] if is_upload else [record])
        return record if is_upload else None

    def meanwhile(cloud: Probed) -> None:
        pauses.append(cloud.clock.now())
        if len(pauses) == 2:  # after the first look
            for record in kept:
                Notifications(cloud.smq.queue("notified"), CHANGES)(record)

    probed.notify(hold)
    found = probed.answer(name, Turn(nothing, words=("--queue", "notified")), meanwhile)
    assert found["answer"] == "as assumed", found["seen"]
