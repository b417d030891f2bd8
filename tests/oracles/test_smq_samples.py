"""Oracle: the samples of `aliyun-mns-sdk` (sample_all.py and sample/queue/ of aliyun/aliyun-mns-python-sdk).

The tests call the stand-in of SMQ through the SDK, with the steps, the order and the figures of the samples. The
stand-in has no topics, the last part of the samples. Where a sample waits, the test moves the clock.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from mns.account import Account
from mns.mns_exception import MNSExceptionBase
from mns.queue import Message, QueueMeta
from mns.topic import TopicMeta

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.smq import Smq
from oss_cdn_refresh_box.smq.actions import Actions
from oss_cdn_refresh_box.wire.serving import Reply, Request, Response

pytestmark = pytest.mark.filterwarnings(
    "ignore:Call to deprecated function:DeprecationWarning"  # the SDK fills its own deprecated counts
)
START = 1_800_000_000
BODY = "I am test Message."
MD5 = hashlib.md5(base64.b64encode(BODY.encode()), usedforsecurity=False).hexdigest().upper()  # of what was sent
TEXTS = [f"I am test Message {number}." for number in range(16)]


def meta(visibility: int, size: int, retention: int, delay: int, wait: int) -> QueueMeta:
    """The attributes of a queue, as the samples set them."""
    meta = QueueMeta()
    meta.set_visibilitytimeout(visibility)
    meta.set_maximum_message_size(size)
    meta.set_message_retention_period(retention)
    meta.set_delay_seconds(delay)
    meta.set_polling_wait_seconds(wait)
    return meta


def message(body: str, priority: int) -> Message:
    """A message that can be received at once, although the queue delays."""
    message = Message(body)
    message.set_delayseconds(0)
    message.set_priority(priority)
    return message


def steps(account: Any, clock: Clock) -> Iterator[tuple[str, Any]]:
    """Each step of the samples with the result of the SDK."""
    queue = account.get_queue("MySampleQueue")
    wanted = meta(100, 10_240, 3_600, 10, 20)
    wanted.set_logging_enabled(True)
    yield "create", queue.create(wanted).rpartition("/queues/")[2]
    clock.advance(1)
    yield "set attributes", queue.set_attributes(meta(50, 5_120, 1_800, 5, 10))
    attributes = queue.get_attributes()
    yield (
        "get attributes",
        (
            *(
                attributes.queue_name,
                attributes.visibility_timeout,
                attributes.maximum_message_size,
                attributes.message_retention_period,
            ),
            *(attributes.delay_seconds, attributes.polling_wait_seconds, attributes.logging_enabled),
        ),
    )
    yield "get counts", (attributes.active_messages, attributes.inactive_messages, attributes.delay_messages)
    yield "get times", (attributes.create_time, attributes.last_modify_time)
    urls, marker = account.list_queue("", 10, "")
    yield "list", ([url.rpartition("/")[2] for url in urls], marker)
    sent = queue.send_message(message(BODY, 10))
    yield "send", sent.message_body_md5
    clock.advance(6)
    seen = queue.peek_message_with_str_body()
    yield "peek", (seen.message_id == sent.message_id, *told_of(seen))
    got = queue.receive_message_with_str_body(10)
    yield "receive", (got.message_id == sent.message_id, *told_of(got), got.next_visible_time)
    changed = queue.change_message_visibility(got.receipt_handle, 35)
    yield "change visibility", (changed.receipt_handle != got.receipt_handle, int(changed.next_visible_time))
    yield "delete", queue.delete_message(changed.receipt_handle)
    many = queue.batch_send_message([message(text, 6) for text in TEXTS])
    yield "batch send", (len({each.message_id for each in many}), {len(each.message_body_md5) for each in many})
    clock.advance(6)
    yield "batch peek", [each.message_body for each in queue.batch_peek_message_with_str_body(3)]
    three = queue.batch_receive_message_with_str_body(3, 10)
    yield "batch receive", [(each.message_body, each.dequeue_count) for each in three]
    yield "batch delete", queue.batch_delete_message([each.receipt_handle for each in three])
    yield "count what is left", queue.get_attributes().active_messages
    yield "receive until empty", emptied(queue)
    yield "delete queue", queue.delete()
    yield "send to no queue", refusal(lambda: queue.send_message(message(BODY, 10)))
    yield "create topic", refusal(lambda: account.get_topic("MyTopic").create(TopicMeta()))


def told_of(message: Any) -> tuple[Any, ...]:
    return (
        *(message.message_body, message.message_body_md5, message.dequeue_count, message.priority),
        *(message.enqueue_time, message.first_dequeue_time),
    )


def emptied(queue: Any) -> tuple[int, str]:
    """Receive and delete until the queue has no message: the number of messages, and the name of the last error."""
    count = 0
    while True:
        try:
            got = queue.receive_message(0)
        except MNSExceptionBase as end:
            return count, end.type
        queue.delete_message(got.receipt_handle)
        count += 1


def refusal(call: Callable[[], object]) -> str:
    try:
        call()
    except MNSExceptionBase as refused:
        return str(refused.type)
    return ""


def run(smq: Smq, clock: Clock) -> dict[str, Any]:
    """The result of each step. A step whose answer the SDK cannot read ends the run."""
    account = Account(smq.url, "AK", "SECRET")
    taken: dict[str, Any] = {}
    try:
        taken.update(steps(account, clock))  # step by step: those before an error stay
    except (MNSExceptionBase, AttributeError, LookupError, TypeError, ValueError) as error:
        taken["stopped"] = repr(error)
    finally:
        account.mns_client.close_connection()
    return taken


EXPECTED: Mapping[str, Any] = {
    "create": "MySampleQueue",
    "set attributes": None,
    "get attributes": ("MySampleQueue", 50, 5_120, 1_800, 5, 10, True),
    "get counts": (0, 0, 0),
    "get times": (START, START + 1),
    "list": (["MySampleQueue"], ""),
    "send": MD5,
    "peek": (True, BODY, MD5, 0, 10, (START + 1) * 1_000, 0),
    "receive": (True, BODY, MD5, 1, 10, (START + 1) * 1_000, (START + 7) * 1_000, (START + 57) * 1_000),
    "change visibility": (True, (START + 42) * 1_000),
    "delete": None,
    "batch send": (16, {32}),
    "batch peek": TEXTS[:3],
    "batch receive": [(text, 1) for text in TEXTS[:3]],
    "batch delete": None,
    "count what is left": 13,
    "receive until empty": (13, "MessageNotExist"),
    "delete queue": None,
    "send to no queue": "QueueNotExist",
    "create topic": "InvalidRequestURL",
}


@pytest.fixture(scope="module")
def taken() -> Mapping[str, Any]:
    clock = Clock(START)
    with Smq(clock) as smq:
        return {**run(smq, clock), "actions": {call.action for call in smq.calls}}


@pytest.mark.parametrize("step", EXPECTED)
def test_a_step_of_the_samples_gives_what_the_sdk_documents(taken: Mapping[str, Any], step: str) -> None:
    assert taken[step] == EXPECTED[step]


def test_the_samples_call_every_action_that_the_stand_in_offers(taken: Mapping[str, Any]) -> None:
    offered = {name for _method, _place, _parameters, name, _perform in Actions.TABLE}
    assert taken["actions"] == {*offered, "PUT /topics/MyTopic"}


class Altered(Smq):
    """A stand-in whose answers have a text replaced."""

    def __init__(self, clock: Clock, old: str, new: str) -> None:
        self.old, self.new = old.encode(), new.encode()
        self.altered = 0
        super().__init__(clock)

    def _serve(self, request: Request) -> Reply:
        reply = super()._serve(request)
        if isinstance(reply, Response) and self.old in reply.body:
            self.altered += 1
            return reply._replace(body=reply.body.replace(self.old, self.new))
        return reply


FAULTS = [  # what is replaced in the answers, its replacement, the step that is not as expected
    ("LoggingEnabled>True", "LoggingEnabled>False", "get attributes"),
    ("VisibilityTimeout>50", "VisibilityTimeout>30", "get attributes"),
    ("DelayMessages>", "DelayedMessages>", "get attributes"),
    ("ActiveMessages>0", "ActiveMessages>1", "get counts"),
    (f"LastModifyTime>{START + 1}", f"LastModifyTime>{START}", "get times"),
    ("QueueURL>", "QueueUrl>", "list"),
    ("MessageBodyMD5>", "MessageBodyMd5>", "send"),
    ("MessageId>", "MessageID>", "send"),
    ("DequeueCount>0", "DequeueCount>1", "peek"),
    ("Priority>10", "Priority>8", "peek"),
    (f"EnqueueTime>{START + 1}000", f"EnqueueTime>{START + 1}", "peek"),
    ("ReceiptHandle>", "Receipt>", "receive"),
    (f"NextVisibleTime>{START + 57}000", f"NextVisibleTime>{START + 6}000", "receive"),
    (f"NextVisibleTime>{START + 42}000", f"NextVisibleTime>{START + 41}000", "change visibility"),
    ("<Messages ", "<Batch ", "batch send"),
    ("Code>MessageNotExist", "Code>NoMessage", "receive until empty"),
    ("Code>QueueNotExist", "Code>NoSuchQueue", "send to no queue"),
    ("Code>InvalidRequestURL", "Code>NotFound", "create topic"),
]


@pytest.mark.parametrize(("old", "new", "step"), FAULTS)
def test_a_fault_in_an_answer_is_reported(old: str, new: str, step: str) -> None:
    clock = Clock(START)
    with Altered(clock, old, new) as smq:
        found = run(smq, clock)
    assert smq.altered
    assert next(name for name in EXPECTED if found.get(name, "stopped") != EXPECTED[name]) == step
