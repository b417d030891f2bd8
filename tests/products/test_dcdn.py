"""DCDN: where the parameters of a call travel, and what its answers are called."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from three import DCDN, Three, three_products, urls
from world import event, objects, record

from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Response

SITE = {"bucket": "my-site", "domains": [DCDN], "product": "dcdn"}


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Three]:
    with three_products(tmp_path) as found:
        found.world.configure(SITE)
        yield found


@pytest.fixture
def query_only(three: Three) -> Three:
    """DCDN reads no form body, and takes no long query."""
    three.dcdn.limits = three.dcdn.limits._replace(reads_form=False, query_bytes=8_192)
    return three


def test_a_thousand_urls_are_one_call(three: Three) -> None:
    three.world.invoke(objects(1_000))
    assert [(len(call.urls), call.code) for call in three.refreshes("dcdn")] == [(1_000, "")]


def test_the_query_is_used_once_dcdn_has_missed_a_parameter(query_only: Three) -> None:
    summary = query_only.world.invoke(objects(2))
    assert [call.code for call in query_only.refreshes("dcdn")] == ["MissingParameter", ""]
    assert (query_only.accepted()["dcdn"], summary["refreshed"], summary["requests"]) == (urls(DCDN, 2), 2, 2)


def test_a_large_call_is_split_for_the_query(query_only: Three) -> None:
    summary = query_only.world.invoke(objects(1_000))
    accepted = [len(call.urls) for call in query_only.refreshes("dcdn") if call.accepted]
    assert (summary["refreshed"], max(accepted) <= 100, summary["requests"]) == (1_000, True, 1 + len(accepted))


def test_the_next_invocation_uses_the_query_at_once(query_only: Three) -> None:
    query_only.world.invoke(objects(1))
    query_only.dcdn.calls.clear()
    query_only.world.logged.clear()
    query_only.world.invoke(objects(250))
    assert [len(call.urls) for call in query_only.refreshes("dcdn")] == [100, 100, 50]
    assert [line for line in query_only.world.lines if line["event"] == "refused"] == []


def test_a_new_instance_tries_the_form_again(query_only: Three) -> None:
    query_only.world.invoke(objects(1))
    query_only.world.deploy()
    query_only.dcdn.calls.clear()
    query_only.world.invoke(objects(1))
    assert [call.code for call in query_only.refreshes("dcdn")] == ["MissingParameter", ""]


def test_a_query_that_is_refused_as_well_leads_back_to_the_form(three: Three) -> None:
    """DCDN reads the form, missed a parameter once, and takes no query."""
    three.dcdn.limits = three.dcdn.limits._replace(query_bytes=10)
    three.dcdn.faults = Faults(Refusal(400, "MissingParameter.ObjectPath"))
    summaries = [three.world.invoke(objects(1)) for _ in range(2)]
    assert [summary["refreshed"] for summary in summaries] == [1, 1]
    assert three.world.dead_letters == []


def test_a_query_that_is_refused_later_is_forgotten(query_only: Three) -> None:
    query_only.world.invoke(objects(1))
    query_only.dcdn.limits = query_only.dcdn.limits._replace(reads_form=True, query_bytes=10)
    query_only.world.invoke(objects(1))
    query_only.dcdn.calls.clear()
    query_only.world.invoke(objects(1))
    assert [call.accepted for call in query_only.refreshes("dcdn")] == [True]


def test_long_urls_are_split_for_the_query(query_only: Three) -> None:
    query_only.world.invoke(event(*(record(f"{number}{'-' * 500}.jpg") for number in range(40))))
    assert len(query_only.accepted()["dcdn"]) == 40


def test_a_parameter_that_is_missing_in_the_query_too_is_a_wrong_call(three: Three) -> None:
    refused = Response(400, b'{"Code": "MissingParameter", "Message": "ObjectPath"}')
    three.dcdn.faults = Faults(rule=lambda _request: refused)
    summary = three.world.invoke(objects(2))
    assert (summary["dead_lettered"], summary["requests"]) == (2, 3)  # the form, the query, and the form again
    assert three.world.line("request_refused")["product"] == "dcdn"


def test_a_preload_that_does_not_fit_into_the_query_is_split(query_only: Three) -> None:
    query_only.world.configure({**SITE, "preload": ["*"]}, confirm={"mode": "all"})
    query_only.world.invoke(event(*(record(f"{number}{'-' * 200}.jpg") for number in range(80))))
    assert query_only.come_back()["preloaded"] == 80


@pytest.mark.parametrize("field", ["RefreshTaskId", "PushTaskId"])
def test_the_task_id_may_have_either_documented_name(three: Three, field: str) -> None:
    three.dcdn.faults = Faults(Response(200, f'{{"{field}": "1,2"}}'.encode()))
    assert three.world.invoke(objects(1))["task_ids"] == ["1", "2"]


def test_a_preload_waits_in_the_queue_of_dcdn(three: Three) -> None:
    three.world.configure({**SITE, "preload": ["*"]}, confirm={"mode": "all"})
    three.world.invoke(objects(3))
    assert three.come_back()["preloaded"] == 3


def test_the_configured_ignore_params_type_is_not_used_for_dcdn(three: Three) -> None:
    three.world.configure({**SITE, "query": "ignore"}, ignore_params_type="ExQuery")
    three.world.invoke(objects(1))
    assert [call.object_type for call in three.refreshes("dcdn")] == ["IgnoreParams"]
