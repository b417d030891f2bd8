"""SMQ in a box: ListQueue names the queues of the account, page by page, to whoever may ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from certificates import certificate, trust
from mns.account import Account
from mns.mns_exception import MNSServerException
from mns.mns_request import ListQueueRequest, ListQueueResponse
from mns.queue import Message, QueueMeta

from oss_cdn_refresh_box.account.credentials import Key
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.smq import QueueAttributes, Smq
from oss_cdn_refresh_box.wire.faults import Faults, Refusal

NAMES = ["Backlog", "a-1", "a-2", "a-3", "b", "zz"]  # in the order of their bytes


@pytest.fixture
def smq() -> Iterator[Smq]:
    clock = Clock()
    keys = {"AK": "SECRET", "STS.AK": Key("SHORT", "TOKEN", clock.now() + 900)}
    with Smq(clock, reversed(NAMES), keys=keys) as smq:
        yield smq


@contextmanager
def account(smq: Smq, key: str = "AK", *more: str) -> Iterator[Any]:
    account = Account(smq.url, key, *(more or ("SECRET",)))
    try:
        yield account
    finally:
        account.mns_client.close_connection()


@pytest.fixture
def owner(smq: Smq) -> Iterator[Any]:
    with account(smq) as owner:
        yield owner


def names(urls: list[str]) -> list[str]:
    return [url.rpartition("/")[2] for url in urls]


def test_all_queues_are_named_by_their_urls(smq: Smq, owner: Any) -> None:
    urls, marker = owner.list_queue()
    assert urls == [f"{smq.url}/queues/{name}" for name in NAMES]
    assert marker == ""


def test_an_account_without_queues_lists_none() -> None:
    with Smq(Clock()) as smq, account(smq) as owner:
        assert owner.list_queue() == ([], "")


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("a-", ["a-1", "a-2", "a-3"]),
        ("a-2", ["a-2"]),
        ("B", ["Backlog"]),
        ("backlog", []),
        ("-", []),
        ("zzz", []),
    ],
)
def test_a_prefix_is_that_of_the_name(owner: Any, prefix: str, found: list[str]) -> None:
    urls, marker = owner.list_queue(prefix=prefix)
    assert (names(urls), marker) == (found, "")


@pytest.mark.parametrize("most", [1, 2, 3, 5, 6, 7, 1_000])
@pytest.mark.parametrize("prefix", ["", "a-"])
def test_pages_follow_one_another_without_gap_or_overlap(owner: Any, prefix: str, most: int) -> None:
    found, marker, pages = [], "", 0
    while pages == 0 or marker:
        urls, marker = owner.list_queue(prefix=prefix, ret_number=most, marker=marker)
        assert 0 < len(urls) <= most
        found += names(urls)
        pages += 1
    wanted = [name for name in NAMES if name.startswith(prefix)]
    assert (found, pages) == (wanted, -(-len(wanted) // most))


def test_a_page_has_a_thousand_queues_by_default() -> None:
    with Smq(Clock(), [f"q{number:04}" for number in range(1_001)]) as smq, account(smq) as owner:
        urls, marker = owner.list_queue()
        assert (len(urls), names(owner.list_queue(marker=marker)[0])) == (1_000, ["q1000"])


def test_a_queue_that_comes_or_goes_is_listed_or_not(owner: Any) -> None:
    owner.get_queue("b").delete()
    owner.get_queue("0-first").create(QueueMeta())
    assert names(owner.list_queue()[0]) == ["0-first", "Backlog", "a-1", "a-2", "a-3", "zz"]


def test_the_marker_of_a_queue_that_is_gone_leads_on(owner: Any) -> None:
    _, marker = owner.list_queue(ret_number=2)
    owner.get_queue("a-2").delete()
    assert names(owner.list_queue(marker=marker)[0]) == ["a-3", "b", "zz"]


def test_list_queue_has_the_attributes_on_request() -> None:
    """The name among them: `x-mns-with-meta` of the SDK."""
    with Smq(Clock(), {"backlog": QueueAttributes(visibility_timeout=77)}) as smq, account(smq) as owner:
        owner.get_queue("backlog").send_message(Message("hello"))
        response = ListQueueResponse()
        owner.mns_client.list_queue(ListQueueRequest(with_meta=True), response)
    (queue,) = response.queuemeta_list
    told = {name: queue[name] for name in ("QueueName", "QueueURL", "VisibilityTimeout", "ActiveMessages")}
    assert told == {
        "QueueName": "backlog",
        "QueueURL": f"{smq.url}/queues/backlog",
        "VisibilityTimeout": "77",
        "ActiveMessages": "1",
    }


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (("AK", "WRONG"), "SignatureDoesNotMatch"),
        (("NOBODY", "SECRET"), "InvalidAccessKeyId"),
        (("STS.AK", "SHORT", "ANOTHER"), "InvalidSecurityToken"),
        (("STS.AK", "SHORT"), "InvalidSecurityToken"),
    ],
)
def test_a_caller_without_the_right_gets_no_names(smq: Smq, who: tuple[str, ...], code: str) -> None:
    with account(smq, *who) as other, pytest.raises(MNSServerException, match=code) as refusal:
        other.list_queue()
    assert not [name for name in NAMES if name in str(refusal.value)]


def test_a_temporary_key_may_ask(smq: Smq) -> None:
    with account(smq, "STS.AK", "SHORT", "TOKEN") as owner:
        assert names(owner.list_queue()[0]) == NAMES


def test_a_policy_can_deny_only_the_listing(smq: Smq, owner: Any) -> None:
    smq.denied.add("ListQueue")
    with pytest.raises(MNSServerException, match="AccessDenied"):
        owner.list_queue()
    owner.get_queue("b").send_message(Message("hello"))
    assert [(call.action, call.code) for call in smq.calls] == [("ListQueue", "AccessDenied"), ("SendMessage", "")]


def test_listing_can_be_made_to_fail_like_any_other_action() -> None:
    with Smq(Clock(), NAMES, faults=Faults(Refusal(503, "ServiceBusy"))) as smq, account(smq) as owner:
        with pytest.raises(MNSServerException, match="ServiceBusy"):
            owner.list_queue()
        assert names(owner.list_queue()[0]) == NAMES


@pytest.mark.parametrize("number", ["0", "-1", "1001", "many", "1.5"])
def test_a_page_has_between_1_and_1000_queues(smq: Smq, number: str) -> None:
    request = ListQueueRequest()
    with account(smq) as owner, pytest.raises(MNSServerException, match="InvalidArgument"):
        headed(owner, request, {"x-mns-ret-number": number})


def headed(owner: Any, request: Any, headers: dict[str, str]) -> None:
    """ListQueue with headers that the SDK would not send."""
    client = owner.mns_client
    build = client.build_header

    def with_more(request: Any, inner: Any) -> None:
        inner.header.update(headers)
        build(request, inner)

    client.build_header = with_more
    client.list_queue(request, ListQueueResponse())


def test_the_urls_over_https_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted, tls = certificate(tmp_path)
    trust(monkeypatch, trusted, "SSL_CERT_FILE")
    with Smq(Clock(), ["backlog"], tls=tls) as smq, account(smq) as owner:
        assert owner.list_queue()[0] == [f"{smq.url}/queues/backlog"]


@pytest.mark.parametrize("name", ["1", "0-first", "2026", "a", "A-1-", "q" * 120])
def test_a_name_may_begin_with_a_digit(smq: Smq, owner: Any, name: str) -> None:
    owner.get_queue(name).create(QueueMeta())
    assert smq.queue(name).name == name


@pytest.mark.parametrize("name", ["-a", "my_queue.backlog", "q" * 121, "a.b", "%20"])
def test_a_name_that_smq_does_not_allow_is_refused(owner: Any, name: str) -> None:
    with pytest.raises(MNSServerException, match="InvalidQueueName"):
        owner.get_queue(name).create(QueueMeta())
    assert name not in names(owner.list_queue()[0])
