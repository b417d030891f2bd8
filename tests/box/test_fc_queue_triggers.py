"""Function Compute in a box: a queue trigger brings messages in batches, and retries them."""

import base64
import json
from pathlib import Path
from typing import Any, Literal

import pytest
from fc_box import ACCOUNT, START, Box, deployed, queue_trigger

from oss_cdn_refresh_box.fc import Manner
from oss_cdn_refresh_box.smq import QueueAttributes

KEEP = "def handler(event, context): return event"
FAIL = "def handler(event, context): raise ValueError('no')"
DEAD_LETTERS = {"Arn": f"acs:mns:cn-hangzhou:{ACCOUNT}:/queues/dead-letters"}


def batches(box: Box) -> list[list[str]]:
    """The bodies in each call."""
    events = [json.loads(invocation.event) for invocation in box.function.invocations]
    return [[entry["data"]["messageBody"] for entry in event] for event in events]


def test_messages_come_as_an_array_of_cloud_events_and_leave_the_queue(tmp_path: Path) -> None:
    with deployed(tmp_path, KEEP, triggers=[queue_trigger()]) as box:
        sent = box.smq.queue("backlog").send('{"urls": []}')
        box.compute.settle()
        (event,) = json.loads(box.function.invocations[0].event)
        assert box.bodies("backlog") == []
    assert event["data"].pop("requestId")
    assert event.pop("id")
    assert event == {
        "source": "MNS-small-backlog",
        "specversion": "1.0",
        "type": "mns:Queue:SendMessage",
        "datacontenttype": "application/json; charset=utf-8",
        "subject": f"acs:mns:cn-hangzhou:{ACCOUNT}:queues/backlog",
        "time": "2027-01-15T08:00:00.000Z",
        "aliyunaccountid": ACCOUNT,
        "aliyunpublishtime": "2027-01-15T08:00:00.000Z",
        "aliyunoriginalaccountid": ACCOUNT,
        "aliyuneventbusname": "MNS-small-backlog",
        "aliyunregionid": "cn-hangzhou",
        "aliyunpublishaddr": "127.0.0.1",
        "data": {"messageId": sent.id, "messageBody": '{"urls": []}'},
    }


def test_raw_data_is_the_data_of_the_cloud_event(tmp_path: Path) -> None:
    with deployed(tmp_path, KEEP, triggers=[queue_trigger(schema="RawData")]) as box:
        box.smq.queue("backlog").send("one")
        box.compute.settle()
        (event,) = json.loads(box.function.invocations[0].event)
    assert event.keys() == {"requestId", "messageId", "messageBody"}


@pytest.mark.parametrize(("body", "arrives"), [(base64.b64encode(b"{}").decode(), "{}"), ('{"a": 1}', '{"a": 1}')])
def test_base64_is_decoded_if_the_trigger_asks_for_it(tmp_path: Path, body: str, arrives: str) -> None:
    with deployed(tmp_path, KEEP, triggers=[queue_trigger({"IsBase64Decode": True})]) as box:
        box.smq.queue("backlog").send(body)
        box.compute.settle()
        assert batches(box) == [[arrives]]


def test_a_full_batch_does_not_wait_for_its_window(tmp_path: Path) -> None:
    window = {"CountBasedWindow": 2, "TimeBasedWindow": 15}
    with deployed(tmp_path, KEEP, triggers=[queue_trigger(batchWindow=window)]) as box:
        for body in "abcde":
            box.smq.queue("backlog").send(body)
        box.compute.settle()
        assert batches(box) == [["a", "b"], ["c", "d"], ["e"]]
        assert [invocation.at - START for invocation in box.function.invocations] == [0, 0, 15]


def test_messages_within_the_time_window_join_the_batch(tmp_path: Path) -> None:
    window = {"CountBasedWindow": 100, "TimeBasedWindow": 15}
    with deployed(tmp_path, KEEP, triggers=[queue_trigger(batchWindow=window)]) as box:
        for delay in (0, 15, 16):
            box.smq.queue("backlog").send(str(delay), delay)
        box.compute.settle()
        assert batches(box) == [["0", "15"]]


def test_a_delayed_message_waits_for_the_clock(tmp_path: Path) -> None:
    with deployed(tmp_path, KEEP, triggers=[queue_trigger()]) as box:
        box.smq.queue("backlog").send("later", 60)
        box.compute.settle()
        assert batches(box) == []
        box.clock.advance(60)
        box.compute.settle()
        assert batches(box) == [["later"]]


def test_a_failing_batch_is_retried_and_then_dead(tmp_path: Path) -> None:
    with deployed(tmp_path, FAIL, triggers=[queue_trigger(deadLetterQueue=DEAD_LETTERS)]) as box:
        box.smq.queue("backlog").send("one")
        box.compute.settle()
        assert [invocation.at - START for invocation in box.function.invocations] == [0, 15, 30, 45]
        (dead,) = box.bodies("dead-letters")
        assert json.loads(dead)["data"]["messageBody"] == "one"
        assert box.bodies("backlog") == []


def test_the_patient_strategy_tries_for_a_day(tmp_path: Path) -> None:
    strategy = {"PushRetryStrategy": "EXPONENTIAL_DECAY_RETRY"}
    with deployed(tmp_path, FAIL, triggers=[queue_trigger(retryStrategy=strategy)], manner=Manner("before")) as box:
        box.smq.queue("backlog").send("one")
        box.compute.settle(within=100_000)
        assert len(box.function.invocations) == 177
        assert 23 * 3600 < box.clock.now() - START <= 24 * 3600


@pytest.mark.parametrize(("shape", "records"), [("body", 2), ("event", 2), ("batch", 1)])
def test_dead_messages_have_the_shape_that_is_asked_for(
    tmp_path: Path, shape: Literal["body", "event", "batch"], records: int
) -> None:
    trigger = queue_trigger(deadLetterQueue=DEAD_LETTERS)
    with deployed(tmp_path, FAIL, triggers=[trigger], manner=Manner(dead_record=shape)) as box:
        for body in ('"a"', '"b"'):
            box.smq.queue("backlog").send(body)
        box.compute.settle()
        dead: list[Any] = [json.loads(body) for body in box.bodies("dead-letters")]
    kind = {"body": str, "event": dict, "batch": list}[shape]
    assert [type(record) for record in dead] == [kind] * records


def test_without_a_dead_letter_queue_a_failed_batch_is_discarded(tmp_path: Path) -> None:
    with deployed(tmp_path, FAIL, triggers=[queue_trigger()]) as box:
        box.smq.queue("backlog").send("one")
        box.compute.settle()
        assert box.bodies("backlog") == []


def test_a_stream_that_tolerates_no_error_stops(tmp_path: Path) -> None:
    with deployed(tmp_path, FAIL, triggers=[queue_trigger(errorsTolerance="NONE")]) as box:
        box.smq.queue("backlog").send("one")
        box.compute.settle()
        assert box.compute.streams["backlog"].stopped
        box.smq.queue("backlog").send("two")
        box.compute.settle()
        assert len(box.function.invocations) == 4


@pytest.mark.parametrize(("deletes", "left"), [("before", []), ("after", ["one"])])
def test_messages_are_deleted_before_or_after_the_answer(
    tmp_path: Path, deletes: Literal["before", "after"], left: list[str]
) -> None:
    """Seen by a stream that stops at the answer."""
    trigger = queue_trigger(errorsTolerance="NONE")
    with deployed(tmp_path, FAIL, triggers=[trigger], manner=Manner(deletes)) as box:
        box.smq.queue("backlog").send("one")
        box.compute.settle()
        assert box.bodies("backlog") == left


def test_a_visibility_timeout_shorter_than_the_work_makes_copies(tmp_path: Path) -> None:
    source = """
        tries = []
        def handler(event, context):
            tries.append(1)
            if len(tries) == 1: raise ValueError("not yet")
    """
    queues = {"backlog": QueueAttributes(visibility_timeout=10)}
    with deployed(tmp_path, source, triggers=[queue_trigger()], queues=queues) as box:
        box.smq.queue("backlog").send("one")
        box.compute.settle()
        assert batches(box) == [["one"]] * 3
        assert box.bodies("backlog") == []


def test_a_trigger_that_is_switched_off_leaves_the_queue_alone(tmp_path: Path) -> None:
    with deployed(tmp_path, KEEP, triggers=[queue_trigger(config={"triggerEnable": False})]) as box:
        box.smq.queue("backlog").send("one")
        box.compute.settle()
        assert box.smq.queue("backlog").counts().active == 1


def test_an_asynchronous_trigger_leaves_the_retries_to_the_function(tmp_path: Path) -> None:
    trigger = queue_trigger(config={"asyncInvocationType": True})
    asynchronous = {
        "maxAsyncRetryAttempts": 1,
        "destinationConfig": {"onFailure": {"destination": DEAD_LETTERS["Arn"]}},
    }
    with deployed(tmp_path, FAIL, triggers=[trigger], asyncInvokeConfig=asynchronous) as box:
        box.smq.queue("backlog").send("one")
        box.compute.settle()
        assert len(box.function.invocations) == 2
        assert "requestPayload" in json.loads(box.bodies("dead-letters")[0])


@pytest.mark.parametrize(("crash", "calls"), [("received", 0), ("answered", 1)])
def test_messages_come_back_after_a_crash_of_the_stream(
    tmp_path: Path, crash: Literal["received", "answered"], calls: int
) -> None:
    with deployed(tmp_path, KEEP, triggers=[queue_trigger()]) as box:
        box.smq.queue("backlog").send("one")
        box.compute.streams["backlog"].crashes.append(crash)
        box.compute.settle()
        assert (len(box.function.invocations), box.bodies("backlog")) == (calls, ["one"])
        box.clock.advance(300)
        box.compute.settle()
        assert (len(box.function.invocations), box.bodies("backlog")) == (calls + 1, [])


def test_a_runner_that_died_has_forgotten_how_often_it_had_tried(tmp_path: Path) -> None:
    with deployed(tmp_path, FAIL, triggers=[queue_trigger(deadLetterQueue=DEAD_LETTERS)]) as box:
        box.smq.queue("backlog").send("one")
        box.compute.streams["backlog"].crashes.extend([None, None, None, "received"])
        box.compute.settle()
        assert (len(box.function.invocations), box.bodies("dead-letters")) == (3, [])
        box.clock.advance(300)
        box.compute.settle()
        assert (len(box.function.invocations), len(box.bodies("dead-letters"))) == (7, 1)


def test_a_stream_that_deletes_first_loses_its_messages_in_a_crash(tmp_path: Path) -> None:
    """What a stream that behaves so would do, whatever the function is."""
    with deployed(tmp_path, KEEP, triggers=[queue_trigger()], manner=Manner("before")) as box:
        box.smq.queue("backlog").send("one")
        box.compute.streams["backlog"].crashes.append("received")
        box.compute.settle()
        assert (box.function.invocations, box.bodies("backlog")) == ([], [])


SLOW = """
    import time
    def handler(event, context):
        time.sleep(0.2)
        return event
"""
ONE_BY_ONE = {"CountBasedWindow": 1, "TimeBasedWindow": 0}


def test_a_stream_that_ignores_its_maximum_works_on_batches_in_parallel(tmp_path: Path) -> None:
    trigger = queue_trigger(batchWindow=ONE_BY_ONE, maximumTasks=1)
    with deployed(tmp_path, SLOW, triggers=[trigger], manner=Manner(batches=3)) as box:
        for body in "abc":
            box.smq.queue("backlog").send(body)
        box.compute.settle()
        assert len({invocation.instance for invocation in box.function.invocations}) == 3
        assert {invocation.at for invocation in box.function.invocations} == {START}
        assert (box.compute.streams["backlog"].throttled, box.bodies("backlog")) == (0, [])


def test_a_batch_that_finds_the_only_instance_busy_is_refused_and_comes_again(tmp_path: Path) -> None:
    trigger = queue_trigger(batchWindow=ONE_BY_ONE, retryStrategy={"PushRetryStrategy": "EXPONENTIAL_DECAY_RETRY"})
    concurrency = {"reservedConcurrency": 1}
    manner = Manner(batches=3)
    with deployed(tmp_path, KEEP, triggers=[trigger], manner=manner, concurrencyConfig=concurrency) as box:
        for body in "abc":
            box.smq.queue("backlog").send(body)
        box.compute.settle()
        assert [
            (batch, call.at - START) for (batch,), call in zip(batches(box), box.function.invocations, strict=True)
        ] == [
            ("a", 0),
            ("b", 1),
            ("c", 3),
        ]
        assert box.compute.streams["backlog"].throttled == 3
        assert (len({call.instance for call in box.function.invocations}), box.bodies("backlog")) == (1, [])


def test_a_batch_that_is_refused_for_a_day_is_dead(tmp_path: Path) -> None:
    strategy = {"PushRetryStrategy": "EXPONENTIAL_DECAY_RETRY"}
    trigger = queue_trigger(retryStrategy=strategy, deadLetterQueue=DEAD_LETTERS)
    with deployed(tmp_path, KEEP, triggers=[trigger], manner=Manner("before")) as box:
        box.function.cap = 0
        box.smq.queue("backlog").send("one")
        box.compute.settle(within=100_000)
        assert (box.function.invocations, box.compute.streams["backlog"].throttled) == ([], 177)
        assert [json.loads(body)["data"]["messageBody"] for body in box.bodies("dead-letters")] == ["one"]


def test_two_streams_of_one_name_are_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match=r"triggers\[1\]: there is another event stream of the name backlog"),
        deployed(tmp_path, KEEP, triggers=[queue_trigger(), queue_trigger()]),
    ):
        pass
