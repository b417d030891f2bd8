"""Function Compute in a box: OSS triggers, and what becomes of an asynchronous call."""

import json
from pathlib import Path
from typing import Any

import pytest
from fc_box import ACCOUNT, START, deployed, oss_trigger

from oss_cdn_refresh_box.fc.compute import fits
from oss_cdn_refresh_cli.deployment.model import OssTrigger

CREATED = "oss:ObjectCreated:PutObject"
KEEP = "def handler(event, context): return event"
FAIL = "def handler(event, context): raise ValueError('no')"
DEAD_LETTERS = {"onFailure": {"destination": f"acs:mns:cn-hangzhou:{ACCOUNT}:/queues/dead-letters/messages"}}


def change(key: str = "a.jpg", name: str = "ObjectCreated:PutObject", bucket: str = "my-site") -> dict[str, Any]:
    """OSS's record of a change, as far as a trigger looks at it."""
    return {"eventName": name, "oss": {"bucket": {"name": bucket}, "object": {"key": key}}}


@pytest.mark.parametrize(
    ("events", "prefix", "suffix", "record", "fires"),
    [
        ((CREATED,), "", "", change(), True),
        ((CREATED,), "", "", change(name="ObjectCreated:PostObject"), False),
        (("oss:ObjectCreated:*",), "", "", change(name="ObjectCreated:PostObject"), True),
        (("oss:ObjectCreated:*",), "", "", change(name="ObjectRemoved:DeleteObject"), False),
        (("ObjectCreated:PutObject",), "", "", change(), False),
        ((CREATED,), "", "", change(bucket="another"), False),
        ((CREATED,), "public/", ".jpg", change("public/a.jpg"), True),
        ((CREATED,), "public/", "", change("a.jpg"), False),
        ((CREATED,), "", ".jpg", change("a.png"), False),
        ((CREATED,), "/public/", "", change("public/a.jpg"), False),
    ],
)
def test_a_trigger_fires_for_its_bucket_events_and_filter(
    events: tuple[str, ...],
    prefix: str,
    suffix: str,
    record: dict[str, Any],
    fires: bool,
) -> None:
    assert fits(OssTrigger("changes", "", "my-site", events, prefix, suffix), record) is fires


def test_a_change_is_an_event_of_its_own_in_the_native_shape(tmp_path: Path) -> None:
    with deployed(tmp_path, KEEP, triggers=[oss_trigger(CREATED)]) as box:
        for key in ("a", "图"):
            box.compute.notice(change(key))
        box.compute.settle()
        events = [json.loads(invocation.event) for invocation in box.function.invocations]
    assert sorted(events, key=str) == [{"events": [change("a")]}, {"events": [change("图")]}]


def test_no_function_is_called_before_settle(tmp_path: Path) -> None:
    with deployed(tmp_path, KEEP, triggers=[oss_trigger(CREATED)]) as box:
        box.compute.notice(change())
        assert box.function.invocations == []


def test_a_failing_call_is_retried_with_its_request_id_and_then_dead_lettered(tmp_path: Path) -> None:
    asynchronous = {"maxAsyncRetryAttempts": 2, "destinationConfig": DEAD_LETTERS}
    with deployed(tmp_path, FAIL, triggers=[oss_trigger(CREATED)], asyncInvokeConfig=asynchronous) as box:
        box.compute.notice(change())
        box.compute.settle()
        tried = box.function.invocations
        (body,) = box.bodies("dead-letters")
    record = json.loads(body)
    assert {invocation.request_id for invocation in tried} == {record["requestContext"]["requestId"]}
    assert [invocation.at - START for invocation in tried] == [0, 1, 3]
    assert json.loads(record.pop("responsePayload"))["errorMessage"] == "no"
    assert json.loads(record.pop("requestPayload")) == {"events": [change()]}
    assert record == {
        "timestamp": int((START + 3) * 1000),
        "requestContext": {
            "requestId": tried[0].request_id,
            "functionArn": f"acs:fc:cn-hangzhou:{ACCOUNT}:functions/small",
            "condition": "UnhandledInvocationError",
            "approximateInvokeCount": 3,
        },
        "responseContext": {"statusCode": 200, "functionError": "UnhandledInvocationError"},
    }


def test_a_call_that_succeeds_in_the_end_is_put_nowhere(tmp_path: Path) -> None:
    source = """
        tries = []
        def handler(event, context):
            tries.append(1)
            if len(tries) < 3: raise ValueError("not yet")
    """
    asynchronous = {"maxAsyncRetryAttempts": 3, "destinationConfig": DEAD_LETTERS}
    with deployed(tmp_path, source, triggers=[oss_trigger(CREATED)], asyncInvokeConfig=asynchronous) as box:
        box.compute.notice(change())
        box.compute.settle()
        assert [bool(invocation.answer.error) for invocation in box.function.invocations] == [True, True, False]
        assert box.bodies("dead-letters") == []


def test_an_event_that_is_too_old_is_dropped_without_a_call(tmp_path: Path) -> None:
    asynchronous = {"maxAsyncEventAgeInSeconds": 60, "destinationConfig": DEAD_LETTERS}
    with deployed(tmp_path, KEEP, triggers=[oss_trigger(CREATED)], asyncInvokeConfig=asynchronous) as box:
        box.compute.notice(change())
        box.clock.advance(61)
        box.compute.settle()
        assert box.function.invocations == []
        assert box.bodies("dead-letters") == []


def test_a_failure_destination_that_is_not_there_loses_the_record(tmp_path: Path) -> None:
    asynchronous = {"maxAsyncRetryAttempts": 0, "destinationConfig": DEAD_LETTERS}
    with deployed(tmp_path, FAIL, triggers=[oss_trigger(CREATED)], asyncInvokeConfig=asynchronous, queues={}) as box:
        box.compute.notice(change())
        box.compute.settle()
        assert [lost.why for lost in box.compute.destinations.lost] == ["QueueNotExist"]


def test_time_does_not_pass_further_than_it_may(tmp_path: Path) -> None:
    """The second retry is due after three seconds."""
    with deployed(tmp_path, FAIL, triggers=[oss_trigger(CREATED)]) as box:
        box.compute.notice(change())
        box.compute.settle(within=2)
        assert len(box.function.invocations) == 2
        assert box.clock.now() == START + 1
