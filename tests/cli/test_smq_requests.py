"""The command's requests to SMQ equal those of the official SDK, and both read the same values from an answer."""

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import pytest
from mns.account import Account

from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.wire.serving import Request, Response, Server
from oss_cdn_refresh_cli.clients.smq import Queue
from oss_cdn_refresh_cli.clients.smq_answers import Message

RECEIPT = "1-ODU4OTkzNDU5My0xNDMyNzI3ODI3LTItOA=="
IDENTITY = (
    "<MessageId>5F29</MessageId><MessageBodyMD5>C5DD</MessageBodyMD5><MessageBody>{&quot;a&quot;: 1}</MessageBody>"
)
TIMES = "<EnqueueTime>1250700979248</EnqueueTime><FirstDequeueTime>0</FirstDequeueTime><DequeueCount>1</DequeueCount>"
HOLD = f"<ReceiptHandle>{RECEIPT}</ReceiptHandle><NextVisibleTime>1250700979298</NextVisibleTime>"
COUNTS = {"ActiveMessages": 1, "InactiveMessages": 2, "DelayMessages": 3}
SETTINGS = {"MessageRetentionPeriod": 345_600, "VisibilityTimeout": 30}
OTHERS = ("CreateTime", "DelaySeconds", "LastModifyTime", "MaximumMessageSize", "PollingWaitSeconds")
ATTRIBUTES = {**dict.fromkeys(OTHERS, 0), **COUNTS, **SETTINGS, "QueueName": "backlog", "LoggingEnabled": False}


def fields(values: Mapping[str, object]) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())


class Asked(NamedTuple):
    """A request of the SDK and of the command, SMQ's answer, and the values that both read from it."""

    officially: Callable[[Any], Any]
    ours: Callable[[Queue], Any]
    status: int
    answer: str
    found: object


MESSAGE = Message("5F29", '{"a": 1}', 1_250_700_979.248, RECEIPT, 1_250_700_979.298)
QUESTIONS = {
    "receiving": Asked(
        lambda queue: [
            Message(
                each.message_id,
                each.message_body,
                each.enqueue_time / 1000,
                each.receipt_handle,
                each.next_visible_time / 1000,
            )
            for each in queue.batch_receive_message(16, 0)
        ],
        lambda queue: queue.receive(),
        200,
        f"<Messages><Message>{IDENTITY}{TIMES}{HOLD}<Priority>8</Priority></Message></Messages>",
        [MESSAGE],
    ),
    "peeking": Asked(
        lambda queue: [
            Message(each.message_id, each.message_body, each.enqueue_time / 1000)
            for each in queue.batch_peek_message(16)
        ],
        lambda queue: queue.peek(),
        200,
        f"<Messages><Message>{IDENTITY}{TIMES}<Priority>8</Priority></Message></Messages>",
        [MESSAGE._replace(receipt="", visible_at=0.0)],
    ),
    "hiding": Asked(
        lambda queue: int(queue.change_message_visibility(RECEIPT, 60).next_visible_time) / 1000,
        lambda queue: queue.hide(MESSAGE, 60).visible_at,
        200,
        f"<ChangeVisibility>{HOLD}</ChangeVisibility>",
        MESSAGE.visible_at,
    ),
    "deleting": Asked(
        lambda queue: [queue.batch_delete_message([RECEIPT, "2-b&c=="]), None],
        lambda queue: queue.delete([MESSAGE, MESSAGE._replace(receipt="2-b&c==")]),
        204,
        "",
        [None, None],
    ),
    "attributes": Asked(
        lambda queue: _figures(queue.get_attributes()),
        lambda queue: tuple(queue.attributes()),
        200,
        f"<Queue>{fields(ATTRIBUTES)}</Queue>",
        (1, 2, 3, 345_600, 30),
    ),
}


def _figures(found: Any) -> tuple[int, ...]:
    counts = (found.active_messages, found.inactive_messages, found.delay_messages)
    return tuple(map(int, (*counts, found.message_retention_period, found.visibility_timeout)))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the SDK's counts, which nothing else gives
@pytest.mark.parametrize("token", ["", "CAIS+token/with=signs"], ids=["key", "STS"])
@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=QUESTIONS)
def test_requests_and_read_answers_equal_those_of_the_official_sdk(asked: Asked, token: str) -> None:
    seen: list[Request] = []

    def app(request: Request) -> Response:
        seen.append(request)
        return Response(asked.status, asked.answer.encode(), {"x-mns-request-id": "1"})

    with Server(app) as server:
        account = Account(server.url, "AK", "SECRET", token)
        queue = account.get_queue("backlog")
        queue.set_encoding(False)
        assert asked.officially(queue) == asked.found
        account.mns_client.close_connection()
        clock = Clock(parsedate_to_datetime(seen[0].headers["Date"]).timestamp())
        effects = Effects(clock.now, clock.now, clock.sleep, lambda low, _high: low)
        credentials = Credentials("AK", "SECRET", token)
        with Queue(server.url, "backlog", "BACKLOG_QUEUE", lambda: credentials, effects) as ours:
            assert asked.ours(ours) == asked.found
    official, own = seen
    assert (own.method, own.path, own.query, own.body) == (
        official.method,
        official.path,
        official.query,
        official.body,
    )
    for name in ("content-md5", "content-type", "date", "x-mns-version", "authorization", "security-token"):
        assert own.headers.get(name) == official.headers.get(name), name
