"""PushObjectCache of the CDN in a box: its limits, quota and queue, and the tasks that it makes."""

from collections.abc import Iterator

import pytest
from cdn_client import Caller
from cdn_tasks import ANY_TIME, DOMAIN, Operator, pages, still_clock

from oss_cdn_refresh_box.cdn import Cdn, Quota, Script
from oss_cdn_refresh_box.clock import Clock

# On Python 3.12 the official SDK's own way to date its calls is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

(PAGE,) = pages("a")
MANY = pages(*map(str, range(100)))


@pytest.fixture
def clock() -> Clock:
    return still_clock()


@pytest.fixture
def cdn(clock: Clock) -> Iterator[Cdn]:
    with Cdn(clock, [DOMAIN, "b.example"], limits=ANY_TIME) as cdn:
        yield cdn


@pytest.fixture
def operator(cdn: Cdn) -> Operator:
    return Operator(cdn)


def test_a_preload_has_a_task_for_each_url(clock: Clock, operator: Operator) -> None:
    ids = operator.preload([PAGE, f"{PAGE}?v=2"])
    assert [(row.object_path, row.object_type, row.status) for row in operator.look(ids).tasks] == [
        (PAGE, "preload", "Refreshing"),
        (f"{PAGE}?v=2", "preload", "Refreshing"),
    ]
    clock.advance(360)
    assert operator.statuses(ids) == ["Complete", "Complete"]


def test_a_preload_shares_no_id_with_a_refresh(operator: Operator) -> None:
    assert operator.refresh([PAGE]) != operator.preload([PAGE])


def test_every_500_preloads_of_a_second_have_an_id_of_their_own(operator: Operator) -> None:
    ids = [task_id for _ in range(6) for task_id in operator.preload(MANY)]
    assert [ids.count(task_id) for task_id in dict.fromkeys(ids)] == [5, 1]


def test_a_preload_is_recorded_and_is_no_refresh(cdn: Cdn, operator: Operator) -> None:
    ids = operator.preload([PAGE], area="overseas", l_2preload=True)
    (call,) = cdn.calls
    assert (call.action, call.urls, call.task_ids, call.accepted) == ("PushObjectCache", (PAGE,), tuple(ids), True)
    assert (call.more["Area"], call.more["L2Preload"]) == ("overseas", "True")
    assert cdn.accepted == set()


def test_a_script_sees_a_preload_as_a_type_of_its_own(cdn: Cdn, clock: Clock, operator: Operator) -> None:
    cdn.tasks.script = lambda object_type, _url, _times: Script("Failed") if object_type == "Preload" else None
    refreshed, preloaded = operator.refresh([PAGE]), operator.preload([PAGE])
    clock.advance(360)
    assert (operator.statuses(refreshed), operator.statuses(preloaded)) == (["Complete"], ["Failed"])


# Limits


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"ObjectPath": "\n".join(MANY)}, ""),
        ({"ObjectPath": "\r\n".join(MANY)}, ""),
        ({"ObjectPath": "\n".join([*MANY, PAGE])}, "InvalidObjectPath.Size.Malformed"),
        ({"ObjectPath": f"https://{DOMAIN}/".ljust(1_024, "x")}, ""),
        ({"ObjectPath": f"https://{DOMAIN}/".ljust(1_025, "x")}, "InvalidObjectPath.Malformed"),
        ({"ObjectPath": f"{PAGE}\n{DOMAIN}/b"}, "InvalidObjectPath.Malformed"),
        ({"ObjectPath": f"{PAGE}\nhttps://other.example/b"}, "InvalidDomain.NotFound"),
        ({}, "MissingParameter"),
        ({"ObjectPath": PAGE, "Area": "domestic"}, ""),
        ({"ObjectPath": PAGE, "Area": "global"}, "InvalidParameter"),
        ({"ObjectPath": PAGE, "L2Preload": "yes"}, "InvalidParameter"),
        ({"ObjectPath": PAGE, "QueryHashkey": "true"}, ""),
        ({"ObjectPath": PAGE, "WithHeader": '{"Accept-Encoding": [" "]}'}, ""),
        ({"ObjectPath": PAGE, "WithHeader": "Accept-Encoding: br"}, "InvalidParameter"),
        ({"ObjectPath": PAGE, "WithHeader": "[]"}, "InvalidParameter"),
    ],
)
def test_parameters_are_checked(cdn: Cdn, clock: Clock, given: dict[str, str], code: str) -> None:
    caller = Caller(cdn, clock)
    in_form = caller.call(given, action="PushObjectCache")[1]
    in_query = caller.call({}, action="PushObjectCache", query=given)[1]
    assert (in_form.get("Code", ""), in_query.get("Code", "")) == (code, code)


def test_a_url_with_a_slash_at_its_end_can_be_refused(cdn: Cdn, operator: Operator) -> None:
    """Documents say that only files can be preloaded; whether `/dir/` is one is not known."""
    assert operator.preload(pages("d/"))
    cdn.limits = ANY_TIME._replace(preloads_slash=False)
    assert operator.code(operator.preload, pages("d/")) == "InvalidObjectPath.Malformed"


def test_the_quota_of_preloads_is_one_of_its_own(cdn: Cdn, clock: Clock, operator: Operator) -> None:
    cdn.quota = Quota(urls=3, preloads=5)
    caller = Caller(cdn, clock)
    operator.preload(pages("a", "b", "c"))
    operator.refresh(pages("a", "b", "c"))
    assert (caller.quota()["PreloadRemain"], caller.quota()["UrlRemain"]) == ("2", "0")
    assert operator.code(operator.preload, pages("a", "b", "c")) == "QuotaExceeded.Preload"
    operator.preload(pages("a", "b"))
    clock.advance(86_400)
    assert caller.quota()["PreloadRemain"] == "5"


def test_a_day_has_a_thousand_preloads(operator: Operator) -> None:
    for _ in range(10):
        operator.preload(MANY)
    assert operator.code(operator.preload, [PAGE]) == "QuotaExceeded.Preload"


def test_a_full_queue_refuses_preloads_until_tasks_end(cdn: Cdn, clock: Clock, operator: Operator) -> None:
    cdn.limits = ANY_TIME._replace(preload_queue=3)
    operator.preload(pages("a", "b"))
    operator.refresh(pages("a", "b"))
    assert operator.code(operator.preload, pages("c", "d")) == "PreloadQueueFull"
    clock.advance(360)
    assert operator.preload(pages("c", "d"))


# Rights


def test_the_right_to_preload_can_be_denied(cdn: Cdn, operator: Operator) -> None:
    cdn.denied.add("PushObjectCache")
    assert operator.code(operator.preload, [PAGE]) == "Forbidden.RAM"
    assert operator.refresh([PAGE])


def test_the_right_to_preload_can_be_granted_for_some_domains_only(cdn: Cdn, operator: Operator) -> None:
    cdn.preload_rights["AK"] = {DOMAIN}
    assert operator.code(operator.preload, pages("a", domain="b.example")) == "Forbidden.RAM"
    assert operator.preload([PAGE])
    assert operator.refresh(pages("a", domain="b.example"))


def test_a_right_can_be_granted_for_every_domain(cdn: Cdn, operator: Operator) -> None:
    cdn.preload_rights["AK"] = {"*"}
    assert operator.preload([PAGE])


def test_a_domain_in_trouble_refuses_preloads(cdn: Cdn, operator: Operator) -> None:
    cdn.domains[DOMAIN] = "InvalidDomain.Offline"
    assert operator.code(operator.preload, [PAGE]) == "InvalidDomain.Offline"
