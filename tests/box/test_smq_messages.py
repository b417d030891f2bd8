"""SMQ in a box through the real `aliyun-mns-sdk`: what becomes of messages as the clock moves."""

import base64
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from mns.account import Account
from mns.mns_exception import MNSServerException
from mns.queue import Message, QueueMeta

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.smq import Counts, QueueAttributes, Smq
from oss_cdn_refresh_box.wire.faults import Faults

pytestmark = pytest.mark.filterwarnings(
    "ignore:Call to deprecated function:DeprecationWarning"  # the SDK fills its own deprecated counts
)
START = 1_800_000_000.0
DAY = 86_400


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def smq(clock: Clock) -> Iterator[Smq]:
    with Smq(clock, ["backlog"]) as smq:
        yield smq


@pytest.fixture
def account(smq: Smq) -> Iterator[Any]:
    account = Account(smq.url, "AK", "SECRET")
    yield account
    account.mns_client.close_connection()


@pytest.fixture
def backlog(account: Any) -> Any:
    queue = account.get_queue("backlog")
    queue.set_encoding(False)
    return queue


def test_a_message_comes_back_as_it_was_sent(backlog: Any) -> None:
    """Also where XML would change it: markup, line ends, every script."""
    body = '{"urls": ["https://a.example/?x=1&y=<2>"]}\n\t中文 😀 ]]>'
    backlog.send_message(Message(body))
    assert backlog.receive_message().message_body == body


def test_a_carriage_return_survives_the_way_out(backlog: Any, smq: Smq) -> None:
    smq.queue("backlog").send("one\r\ntwo")
    assert backlog.receive_message().message_body == "one\r\ntwo"


def test_the_answer_carries_the_digest_of_the_body(backlog: Any) -> None:
    assert backlog.send_message(Message("hello")).message_body_md5 == "5D41402ABC4B2A76B9719D911017C592"


def test_the_queue_does_not_decode_base64(account: Any, smq: Smq) -> None:
    """Base64 is the SDK's default and its own business on both ends."""
    queue = account.get_queue("backlog")
    queue.send_message(Message("hello"))
    assert smq.queue("backlog").messages()[0].body == base64.b64encode(b"hello").decode()
    assert queue.receive_message().message_body == b"hello"


def test_a_delayed_message_appears_when_its_time_has_come(backlog: Any, clock: Clock, smq: Smq) -> None:
    backlog.send_message(Message("later", delay_seconds=3_600))
    clock.advance(3_599)
    assert smq.queue("backlog").counts() == Counts(active=0, inactive=0, delayed=1)
    clock.advance(1)
    assert backlog.receive_message().message_body == "later"


@pytest.mark.parametrize(("delay", "taken"), [(604_800, True), (604_801, False)])
def test_a_delay_is_at_most_seven_days(backlog: Any, smq: Smq, delay: int, taken: bool) -> None:
    if taken:
        backlog.send_message(Message("far", delay_seconds=delay))
    else:
        with pytest.raises(MNSServerException, match="InvalidArgument"):
            backlog.send_message(Message("far", delay_seconds=delay))
    assert len(smq.queue("backlog").messages()) == taken


def test_a_message_without_a_delay_takes_the_queues_own(account: Any, smq: Smq) -> None:
    queue = account.get_queue("slow")
    queue.create(QueueMeta(delay_sec=60))
    queue.send_message(Message("by the queue"))
    queue.send_message(Message("at once", delay_seconds=0))
    assert [message.delay for message in smq.queue("slow").messages()] == [60, 0]


def test_a_received_message_is_hidden_until_its_visibility_timeout(backlog: Any, clock: Clock) -> None:
    backlog.send_message(Message("again"))
    first = backlog.receive_message()
    clock.advance(29.9)
    with pytest.raises(MNSServerException, match="MessageNotExist"):
        backlog.receive_message()
    clock.advance(0.1)
    again = backlog.receive_message()
    assert (first.dequeue_count, again.dequeue_count) == (1, 2)
    assert again.first_dequeue_time == first.first_dequeue_time == START * 1000
    assert again.next_visible_time == (START + 60) * 1000


def test_a_deleted_message_never_comes_back(backlog: Any, clock: Clock, smq: Smq) -> None:
    backlog.send_message(Message("done"))
    backlog.delete_message(backlog.receive_message().receipt_handle)
    clock.advance(DAY)
    assert smq.queue("backlog").messages() == []


def test_an_expired_handle_deletes_nothing(backlog: Any, clock: Clock, smq: Smq) -> None:
    backlog.send_message(Message("slow"))
    handle = backlog.receive_message().receipt_handle
    clock.advance(30)
    with pytest.raises(MNSServerException, match="ReceiptHandleError"):
        backlog.delete_message(handle)
    assert len(smq.queue("backlog").messages()) == 1


def test_only_the_last_handle_of_a_message_is_good(backlog: Any, clock: Clock) -> None:
    backlog.send_message(Message("twice"))
    old = backlog.receive_message().receipt_handle
    clock.advance(30)
    new = backlog.receive_message().receipt_handle
    with pytest.raises(MNSServerException, match="ReceiptHandleError"):
        backlog.delete_message(old)
    backlog.delete_message(new)


def test_a_malformed_receipt_handle_is_refused(backlog: Any) -> None:
    with pytest.raises(MNSServerException, match="ReceiptHandleError"):
        backlog.delete_message("nonsense")


def test_changed_visibility_counts_from_now_and_gives_a_new_handle(backlog: Any, clock: Clock) -> None:
    backlog.send_message(Message("longer"))
    old = backlog.receive_message().receipt_handle
    changed = backlog.change_message_visibility(old, 600)
    assert int(changed.next_visible_time) == (START + 600) * 1000
    with pytest.raises(MNSServerException, match="ReceiptHandleError"):
        backlog.delete_message(old)
    clock.advance(599)
    backlog.delete_message(changed.receipt_handle)


def test_messages_vanish_after_four_days_by_default(backlog: Any, clock: Clock, smq: Smq) -> None:
    backlog.send_message(Message("old"))
    clock.advance(4 * DAY - 1)
    assert len(smq.queue("backlog").messages()) == 1
    clock.advance(1)
    assert smq.queue("backlog").messages() == []


def test_retention_can_be_seven_days_and_no_more(account: Any) -> None:
    account.get_queue("long").create(QueueMeta(msg_ttl=7 * DAY))
    with pytest.raises(MNSServerException, match="InvalidArgument"):
        account.get_queue("longer").create(QueueMeta(msg_ttl=7 * DAY + 1))


def test_peeking_does_not_change_a_message(backlog: Any, smq: Smq) -> None:
    backlog.send_message(Message("look"))
    peeked = backlog.peek_message()
    assert (peeked.message_body, peeked.dequeue_count, peeked.first_dequeue_time) == ("look", 0, 0)
    assert smq.queue("backlog").counts() == Counts(active=1, inactive=0, delayed=0)


def test_batches_are_sent_peeked_received_and_deleted(backlog: Any, smq: Smq) -> None:
    bodies = [f"message {number}" for number in range(16)]
    sent = backlog.batch_send_message([Message(body) for body in bodies])
    assert [message.body for message in smq.queue("backlog").messages()] == bodies
    assert len({message.message_id for message in sent}) == 16
    assert len(backlog.batch_peek_message(16)) == 16
    received = backlog.batch_receive_message(16)
    assert [message.message_body for message in received] == bodies
    backlog.batch_delete_message([message.receipt_handle for message in received])
    assert smq.queue("backlog").messages() == []


def test_a_batch_delete_says_which_handles_it_refused(backlog: Any, smq: Smq) -> None:
    backlog.batch_send_message([Message("one"), Message("two")])
    one, _two = backlog.batch_receive_message(2)
    with pytest.raises(MNSServerException) as refusal:
        backlog.batch_delete_message([one.receipt_handle, "nonsense"])
    assert [error["ReceiptHandle"] for error in refusal.value.sub_errors] == ["nonsense"]
    assert [message.body for message in smq.queue("backlog").messages()] == ["two"]


def test_a_batch_of_seventeen_is_refused_whole(backlog: Any, smq: Smq) -> None:
    with pytest.raises(MNSServerException, match="InvalidArgument"):
        backlog.batch_send_message([Message("many")] * 17)
    assert smq.queue("backlog").messages() == []


@pytest.mark.parametrize(
    ("sizes", "taken"), [((65_536,), 1), ((65_537,), 0), ((32_768,) * 2, 2), ((32_768, 32_769), 0)]
)
def test_a_call_carries_at_most_64_kilobytes(backlog: Any, smq: Smq, sizes: tuple[int, ...], taken: int) -> None:
    """One message, or all of a batch together; bytes, not characters."""
    messages = [Message("é" * (size // 2) + "e" * (size % 2)) for size in sizes]
    send = backlog.batch_send_message if len(messages) > 1 else lambda messages: backlog.send_message(messages[0])
    if taken:
        send(messages)
    else:
        with pytest.raises(MNSServerException, match="InvalidArgument"):
            send(messages)
    assert len(smq.queue("backlog").messages()) == taken


def test_a_lower_priority_goes_first(backlog: Any) -> None:
    for priority in (16, 1, 8):
        backlog.send_message(Message(str(priority), priority=priority))
    assert [message.message_body for message in backlog.batch_receive_message(16)] == ["1", "8", "16"]


def test_the_attributes_tell_settings_and_counts(backlog: Any) -> None:
    backlog.batch_send_message([Message("one"), Message("two"), Message("three", delay_seconds=9)])
    backlog.receive_message()
    meta = backlog.get_attributes()
    assert (meta.active_messages, meta.inactive_messages, meta.delay_messages) == (1, 1, 1)
    assert (meta.visibility_timeout, meta.message_retention_period, meta.maximum_message_size) == (30, 345_600, 65_536)
    assert (meta.queue_name, meta.create_time) == ("backlog", START)


def test_attributes_that_are_not_named_stay(backlog: Any, smq: Smq) -> None:
    backlog.set_attributes(QueueMeta(vis_timeout=660))
    assert smq.queue("backlog").attributes == QueueAttributes(visibility_timeout=660)


def test_a_queue_is_created_once_and_never_changed_by_it(account: Any) -> None:
    queue = account.get_queue("new")
    url = queue.create(QueueMeta(vis_timeout=60))
    assert url.endswith("/queues/new")
    assert queue.create(QueueMeta(vis_timeout=60)) == url
    with pytest.raises(MNSServerException, match="QueueAlreadyExist"):
        queue.create(QueueMeta(vis_timeout=61))


def test_a_deleted_queue_is_gone(backlog: Any) -> None:
    backlog.delete()
    with pytest.raises(MNSServerException, match="QueueNotExist"):
        backlog.send_message(Message("nowhere"))


def test_queues_are_listed_page_by_page(account: Any) -> None:
    for name in ("a-1", "a-2", "a-3"):
        account.get_queue(name).create(QueueMeta())
    urls, marker = account.list_queue(prefix="a-", ret_number=2)
    rest, end = account.list_queue(prefix="a-", ret_number=2, marker=marker)
    assert [url.rpartition("/")[2] for url in urls + rest] == ["a-1", "a-2", "a-3"]
    assert end == ""


class Poll:
    """A client that waits up to 30 s for a message."""

    def __init__(self, clock: Clock) -> None:
        self._arrived = threading.Event()
        self._got: list[str] = []
        self._thread = threading.Thread(target=self._receive, daemon=True)
        self.smq = Smq(clock, ["backlog"], faults=Faults(rule=lambda _request: self._arrived.set()))

    def begin(self) -> None:
        """Start, and return when the request has arrived."""
        self._thread.start()
        assert self._arrived.wait(5)

    def end(self) -> list[str]:
        """What the client got."""
        self._thread.join(5)
        return self._got

    def _receive(self) -> None:
        account = Account(self.smq.url, "AK", "SECRET")
        queue = account.get_queue("backlog")
        queue.set_encoding(False)
        self._got.append(queue.receive_message(wait_seconds=30).message_body)
        account.mns_client.close_connection()


@pytest.fixture
def poll(clock: Clock) -> Iterator[Poll]:
    poll = Poll(clock)
    with poll.smq:
        yield poll


def test_a_long_poll_ends_when_something_arrives(poll: Poll) -> None:
    poll.begin()
    poll.smq.queue("backlog").send("fresh")
    assert poll.end() == ["fresh"]


def test_a_long_poll_ends_when_the_clock_is_moved(poll: Poll, clock: Clock) -> None:
    poll.smq.queue("backlog").send("tomorrow", delay=DAY)
    poll.begin()
    clock.advance(DAY)
    assert poll.end() == ["tomorrow"]
