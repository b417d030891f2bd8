"""Whatever three products answer: every item has one result, and each product gets only its own items."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from three import CDN, DCDN, ESA, HOST, NAMES, SITE_ID, SITES, Three, three_products
from world import backlog_record, record

from oss_cdn_refresh.model.errors import Unaccounted
from oss_cdn_refresh_box.cdn.ledger import Quota
from oss_cdn_refresh_box.cdn.tasks import Script
from oss_cdn_refresh_box.esa import Quota as EsaQuota
from oss_cdn_refresh_box.wire.faults import Fault, Faults, Lost, Refusal
from oss_cdn_refresh_box.wire.serving import Reset, Response

CODES = {
    "cdn": ["Throttling.User", "QuotaExceeded.Refresh", "QuotaPerMinuteExceeded.Refresh", "TooMany.Refresh"],
    "dcdn": ["TooManyRequests", "QuotaExceeded.Refresh", "InvalidObjectPath.ExceedsMaximum", "MissingParameter"],
    "esa": ["TooManyRequests", "PurgeUrlOverThreshold", "InvalidContent", "Site.ServiceBusy", "SiteNotFound"],
}
ANY = ["InvalidDomain.Offline", "Forbidden.RAM", "InvalidTimeStamp.Expired", "InsufficientBalance", "Something.New"]
no_answers = st.sampled_from([Reset(), Lost(), Response(502, b"<html>"), Response(200, b"{}"), Response(414, b"")])
confirmations = st.sampled_from(["all", "never"])
one_in_common = settings(
    deadline=None,
    derandomize=True,
    max_examples=settings().max_examples,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def faults_of(name: str) -> st.SearchStrategy[list[Fault]]:
    """The answers of a product to its first calls."""
    refusals = st.builds(Refusal, st.sampled_from([400, 403, 429]), st.sampled_from([*CODES[name], *ANY]))
    return st.lists(st.none() | refusals | no_answers, max_size=6)


troubles = st.fixed_dictionaries({name: faults_of(name) for name in NAMES})
keys = st.sampled_from(["a.jpg", "index.html", "d/é.jpg", "d/(1).jpg", "x/y/z", "d/index.html"])
changes = st.builds(record, keys, st.sampled_from(["ObjectCreated:PutObject", "ObjectRemoved:DeleteObjects"]))
waiting = st.builds(
    lambda host, name, **fields: backlog_record(f"https://{host}/{name}", **fields),
    st.sampled_from([CDN, DCDN, ESA, "evil.example"]),
    st.sampled_from(["a.jpg", "d/"]),
    object_type=st.sampled_from(["File", "Directory", "IgnoreParams"]),
    attempts=st.integers(0, 9),
)
options = st.fixed_dictionaries(
    {}, optional={"query": st.just("ignore"), "bulk_delete": st.just("directory"), "variants": st.just(["!thumb"])}
)
statuses = st.sampled_from(["Complete", "Complete", "Failed", "Unheard"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("targets")


def items_of(messages: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """The items in the messages of a queue, without the confirmations."""
    items = [message for message in messages if not message["kind"].endswith("confirmation")]
    return {(message["object_type"], url) for message in items for url in message.get("urls", ())}


def answered(three: Three) -> set[tuple[str, str]]:
    """The items that a product accepted and said so."""
    words = {"file": "File", "directory": "Directory", "ignoreParams": "IgnoreParams"}
    return {
        (words.get(call.object_type, call.object_type or "File"), url)
        for name in NAMES
        for call in three.refreshes(name)
        if call.accepted and call.answered
        for url in call.urls
    }


@one_in_common
@given(
    records=st.lists(changes | waiting, min_size=1, max_size=10),
    fields=st.tuples(options, options, options),
    trouble=troubles,
    quota=st.tuples(*[st.sampled_from([0, 2, 1_000])] * 3),
    timeout=st.sampled_from([3, 10, 60]),
    confirm=confirmations,
)
def test_every_item_has_one_result_whatever_three_products_answer(
    folder: Path,
    records: list[Any],
    fields: tuple[dict[str, Any], ...],
    trouble: dict[str, list[Fault]],
    quota: tuple[int, ...],
    timeout: float,
    confirm: str,
) -> None:
    with three_products(folder) as three:
        world = three.world
        world.configure(
            *({**site, **more} for site, more in zip(SITES, fields, strict=True)), confirm={"mode": confirm}
        )
        world.context.function.timeout = timeout
        world.cdn.quota, three.dcdn.quota = Quota(urls=quota[0]), Quota(urls=quota[1])
        three.esa.quota[SITE_ID, "file"] = EsaQuota(quota[2])
        for name in NAMES:
            three.products[name].faults = Faults(*trouble[name])
        summary = world.invoke(records)
        refreshed, backlog, dead_letters = answered(three), items_of(world.backlog), items_of(world.dead_letters)
        assert summary["urls"] == summary["refreshed"] + summary["deferred"] + summary["dead_lettered"]
        assert len(refreshed | backlog | dead_letters) == summary["urls"]
        assert (summary["refreshed"], summary["deferred"], summary["dead_lettered"]) == (
            len(refreshed),
            len(backlog),
            len(dead_letters),
        )
        assert summary["requests"] == sum(len(three.refreshes(name)) for name in NAMES)
        assert world.clock.moved <= min(10 + 3, max(timeout - 1, timeout / 2))
        for name in NAMES:  # each product is asked for its own domain only
            assert {url.split("/")[2] for call in three.refreshes(name) for url in call.urls} <= {HOST[name]}


@settings(one_in_common, max_examples=settings().max_examples // 2)
@given(
    trouble=troubles,
    statuses=st.tuples(statuses, statuses, statuses),
    many=st.integers(1, 5),
)
def test_every_confirmation_ends_whatever_three_products_answer(
    folder: Path, trouble: dict[str, list[Fault]], statuses: tuple[str, ...], many: int
) -> None:
    with three_products(folder) as three:
        world = three.world
        world.configure(*SITES, confirm={"mode": "all", "give_up": 1_800})
        for name, status in zip(NAMES, statuses, strict=True):
            three.products[name].tasks.script = lambda _type, _url, times, status=status: (
                Script(status) if times == 1 else None
            )
        world.invoke({"events": [record(f"{number}.jpg") for number in range(many)]})
        for name in NAMES:
            three.products[name].faults = Faults(*trouble[name])
        queue = world.smq.queue("backlog")
        for _ in range(300):
            if not queue.messages():
                break
            due = min(message.visible_at for message in queue.messages())
            world.clock.advance(max(0.0, due - world.clock.now()))
            received = queue.receive(100)
            for message in received:
                queue.delete(message.receipt)
            try:
                summary = world.invoke([{"messageBody": message.body} for message in received])
            except Unaccounted:  # no fault is given to SMQ
                raise AssertionError(json.dumps(world.lines[-5:])) from None
            assert summary["urls"] == summary["refreshed"] + summary["deferred"] + summary["dead_lettered"]
        assert queue.messages() == []
