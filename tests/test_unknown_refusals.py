"""A 4xx with an undocumented code: it may be about one item, or about the whole call."""

import json

import pytest
from world import SITE, World, always, backlog_record, event, objects, record, url, wherever

from oss_cdn_refresh_box.wire.faults import Fault, Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Request, Response

BAD = "bad.jpg"
UNHEARD = [
    Refusal(400, "Never.Heard.Of"),
    Refusal(403, "InvalidAction.NotFound"),
    Refusal(404, "throttling"),
    Refusal(409, "Conflict"),
    Refusal(418, "x" * 5_000),
    Refusal(451, "错误"),
    Refusal(422, "."),
    Refusal(499, "Invalid.Access.Key"),
    Response(400, b"{}"),
    Response(401, b'{"Code": ["Throttling"]}'),
    Response(402, b'{"Code": 7, "Message": {}}'),
    Response(405, b'{"Code": null}'),
]


@pytest.fixture(params=UNHEARD, ids=lambda fault: f"{fault.status} {ascii(fault[1])[:20]}")
def unheard(request: pytest.FixtureRequest) -> Fault:
    fault: Fault = request.param
    return fault


def test_a_thousand_refused_urls_cost_a_dozen_calls_and_no_dead_letter(world: World, unheard: Fault) -> None:
    world.cdn.faults = always(unheard)
    summary = world.invoke(objects(1_000))
    assert (summary["deferred"], summary["dead_lettered"], summary["requests"]) == (1_000, 0, 12)
    assert world.clock.moved == 0


def test_items_left_when_the_budget_is_spent_failed_transiently(world: World) -> None:
    world.cdn.faults = always(UNHEARD[0])
    world.invoke(objects(1_000))
    assert {(message["attempts"], message["reason"]) for message in world.backlog} == {(1, "Never.Heard.Of")}
    assert set(world.delays) == {60}


def test_each_further_call_costs_one_refusal_when_the_budget_is_spent(world: World) -> None:
    world.configure(SITE, limits={"urls_per_call": 100})
    world.cdn.faults = always(UNHEARD[0])
    summary = world.invoke(objects(500))
    assert (summary["deferred"], summary["requests"]) == (500, 12 + 4)


def test_an_item_refused_alone_is_a_dead_letter_if_others_are_accepted(world: World, unheard: Fault) -> None:
    world.cdn.faults = wherever(BAD, unheard)
    summary = world.invoke(event(*(record(key) for key in ("a.jpg", BAD, "c.jpg", "d.jpg"))))
    assert (summary["refreshed"], summary["dead_lettered"]) == (3, 1)
    assert [dead_letter["urls"] for dead_letter in world.dead_letters] == [[url(BAD)]]


@pytest.mark.parametrize("place", range(6))
def test_the_order_of_the_calls_does_not_matter(world: World, place: int) -> None:
    """The bad item may be refused alone before the CDN has accepted other items, or after that."""
    world.configure(SITE, limits={"urls_per_call": 2})
    world.cdn.faults = wherever(f"/{place}.jpg", UNHEARD[0])
    summary = world.invoke(objects(6))
    assert (summary["refreshed"], summary["dead_lettered"]) == (5, 1)
    assert [dead_letter["attempts"] for dead_letter in world.dead_letters] == [0]


def test_an_accepted_item_of_another_object_type_counts(world: World) -> None:
    world.cdn.faults = wherever("d/", UNHEARD[0])
    summary = world.invoke([json.loads(objects(1)), backlog_record(url("d/"), object_type="Directory")])
    assert (summary["refreshed"], summary["dead_lettered"]) == (1, 1)


def test_an_item_refused_alone_is_a_transient_failure_if_no_other_is_accepted(world: World, unheard: Fault) -> None:
    world.cdn.faults = always(unheard)
    summary = world.invoke(backlog_record(url(), attempts=3))
    assert (summary["deferred"], summary["requests"]) == (1, 1)
    assert [message["attempts"] for message in world.backlog] == [4]


def test_the_tenth_refusal_of_an_item_alone_is_a_dead_letter(world: World) -> None:
    world.cdn.faults = always(UNHEARD[0])
    assert world.invoke(backlog_record(url(), attempts=9))["dead_lettered"] == 1


@pytest.mark.parametrize("count", [2, 3, 5])
def test_several_items_that_are_all_refused_alone_are_transient_failures(world: World, count: int) -> None:
    world.cdn.faults = always(UNHEARD[0])
    summary = world.invoke(objects(count))
    assert (summary["deferred"], summary["dead_lettered"]) == (count, 0)
    assert {message["attempts"] for message in world.backlog} == {1}


def test_one_bad_item_among_a_thousand_is_found_within_the_budget(world: World, unheard: Fault) -> None:
    world.cdn.faults = wherever("/617.jpg", unheard)
    summary = world.invoke(objects(1_000))
    assert (summary["refreshed"], summary["dead_lettered"]) == (999, 1)
    assert summary["requests"] <= 21


def test_accepted_calls_give_the_budget_back(world: World) -> None:
    """More bad items are found than the budget has refusals, because there are accepted calls between them."""
    world.environ["CALLS_PER_SECOND"] = "10"
    world.configure(SITE, limits={"urls_per_call": 10})
    world.cdn.faults = wherever("7.jpg", UNHEARD[0])
    summary = world.invoke(objects(200))
    assert (summary["refreshed"], summary["dead_lettered"], summary["deferred"]) == (180, 20, 0)


def test_the_budget_never_grows_above_its_start(world: World) -> None:
    world.configure(SITE, limits={"urls_per_call": 100})
    world.cdn.faults = Faults(*[None] * 5, rule=lambda _: UNHEARD[0])
    summary = world.invoke(objects(600))
    assert (summary["refreshed"], summary["deferred"] + summary["dead_lettered"]) == (500, 100)
    assert summary["requests"] == 5 + 12


def test_the_other_domains_of_a_call_are_tried_when_the_budget_is_spent_on_one(world: World) -> None:
    domains = ["d0.example.com", "d1.example.com"]
    world.configure({**SITE, "domains": domains})

    def rule(request: Request) -> Fault:
        paths = request.form["ObjectPath"]
        if "//d0." not in paths:
            return None
        return Refusal(403, "NoPermission") if "//d1." in paths else UNHEARD[0]

    world.cdn.faults = Faults(rule=rule)
    summary = world.invoke(objects(400))
    assert summary["refreshed"] == 400
    assert summary["deferred"] + summary["dead_lettered"] == 400
    assert summary["requests"] <= 1 + 12 + 1


def test_a_refusal_of_the_account_in_the_middle_of_a_search_ends_it(world: World) -> None:
    world.cdn.faults = Faults(*[UNHEARD[0]] * 3, rule=lambda _: Refusal(403, "InsufficientBalance"))
    summary = world.invoke(objects(100))
    assert (summary["deferred"], summary["dead_lettered"], summary["requests"]) == (100, 0, 4)
    assert {(message["reason"], message["attempts"]) for message in world.backlog} == {("InsufficientBalance", 0)}


@pytest.mark.parametrize(
    "answer",
    [
        {"Code": "长" * 300_000, "Message": "长" * 300_000, "RequestId": "长" * 80_000},
        {"Code": "x." * 500_000, "Message": "\U0001f384" * 100_000},
        {"Code": "InvalidParameter", "Message": "\x00" * 300_000, "RequestId": "\n" * 300_000},
        {"Code": "InsufficientBalance", "Message": '"' * 1_000_000},
        {"RefreshTaskId": "7," * 1_000_000},
        {"RefreshTaskId": "长" * 300_000},
    ],
    ids=["a code", "many dots", "a wrong call", "the account", "task ids", "one task id"],
)
def test_an_answer_of_a_megabyte_fits_into_log_lines_and_messages(world: World, answer: dict[str, str]) -> None:
    status = 200 if "RefreshTaskId" in answer else 400
    world.cdn.faults = always(Response(status, json.dumps(answer).encode()))
    world.invoke(objects(3))
    bodies = [message.body for queue in ("backlog", "dead-letters") for message in world.smq.queue(queue).messages()]
    assert max(map(len, world.logged)) <= 32_768
    assert max(map(len, bodies), default=0) <= 16_384
