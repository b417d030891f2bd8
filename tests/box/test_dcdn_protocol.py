"""DCDN in a box speaks the real protocol, and takes parameters in the query and in the form body."""

from collections.abc import Iterator
from http.client import HTTPException

import pytest
from alibabacloud_dcdn20180115 import models
from cdn_tasks import ANY_TIME, DOMAIN, pages, still_clock
from dcdn_client import BY_ID, PRELOAD, QUOTA, REFRESH, Caller, Operator, sdk

from oss_cdn_refresh_box.cdn.describing import Described, Function, Source
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.dcdn import LIMITS, Dcdn
from oss_cdn_refresh_box.wire.faults import Lost, Refusal

# On Python 3.12 the official SDK's own way to date its calls is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

(PAGE,) = pages("a")
OTHER = "b.example"


@pytest.fixture
def clock() -> Clock:
    return still_clock()


@pytest.fixture
def dcdn(clock: Clock) -> Iterator[Dcdn]:
    limits = LIMITS._replace(clock_skew_seconds=ANY_TIME.clock_skew_seconds)
    with Dcdn(clock, [DOMAIN, OTHER], limits=limits) as dcdn:
        yield dcdn


@pytest.fixture
def operator(dcdn: Dcdn) -> Operator:
    return Operator(dcdn)


@pytest.fixture
def caller(dcdn: Dcdn, clock: Clock) -> Caller:
    return Caller(dcdn, clock)


def test_the_official_sdk_gets_its_refresh_accepted(dcdn: Dcdn, operator: Operator) -> None:
    (task_id,) = operator.refresh([PAGE, f"https://{DOMAIN}/%E4%B8%AD%0A+.jpg"])
    assert task_id.isdigit()
    assert dcdn.accepted == {("File", PAGE), ("File", f"https://{DOMAIN}/%E4%B8%AD%0A+.jpg")}


def test_the_official_sdk_gets_its_preload_accepted(dcdn: Dcdn, operator: Operator) -> None:
    ids = operator.preload([PAGE], area="overseas", l_2preload=True)
    (call,) = dcdn.calls
    assert (call.action, call.urls, call.task_ids, call.accepted) == (PRELOAD, (PAGE,), tuple(ids), True)
    assert dcdn.accepted == set()


def test_ids_of_several_domains_are_joined_by_commas(operator: Operator) -> None:
    assert len(set(operator.refresh(pages("a") + pages("a", domain=OTHER)))) == 2
    assert len(set(operator.preload(pages("a") + pages("a", domain=OTHER)))) == 2


def test_the_official_sdk_with_a_wrong_secret_is_refused(dcdn: Dcdn, operator: Operator) -> None:
    operator.official = sdk(dcdn, secret="WRONG")  # noqa: S106 - made up
    assert operator.refusal(operator.refresh, [PAGE]).code == "SignatureDoesNotMatch"


def test_a_call_is_recorded(dcdn: Dcdn, operator: Operator) -> None:
    operator.refresh(pages("d/"), "Directory", force=True)
    (call,) = dcdn.calls
    assert (call.action, call.object_type, call.force, call.urls) == (REFRESH, "Directory", True, tuple(pages("d/")))
    assert (call.accepted, call.answered, call.code) == (True, True, "")
    assert call.more == {"ObjectType": "Directory", "Force": "True"}


# Where the parameters are


@pytest.mark.parametrize("action", [REFRESH, PRELOAD])
def test_parameters_count_in_the_query_and_in_the_form_body(caller: Caller, action: str) -> None:
    assert caller.code(action, {"ObjectPath": PAGE}) == ""
    assert caller.code(action, {}, query={"ObjectPath": PAGE}) == ""


@pytest.mark.parametrize(
    ("action", "given"),
    [(REFRESH, {"ObjectPath": PAGE}), (PRELOAD, {"ObjectPath": PAGE}), (BY_ID, {"TaskId": "1"})],
)
def test_the_form_body_can_be_left_unread(dcdn: Dcdn, caller: Caller, action: str, given: dict[str, str]) -> None:
    dcdn.limits = dcdn.limits._replace(reads_form=False)
    assert caller.code(action, given) == "MissingParameter"
    assert caller.code(action, {}, query=given) == ""


def test_a_call_whose_form_body_is_left_unread_is_recorded_as_the_client_wrote_it(dcdn: Dcdn, caller: Caller) -> None:
    dcdn.limits = dcdn.limits._replace(reads_form=False)
    caller.code(REFRESH, {"ObjectPath": PAGE})
    assert (dcdn.calls[0].urls, dcdn.calls[0].accepted) == ((PAGE,), False)


def test_a_query_beyond_its_limit_is_answered_with_a_page_in_html(dcdn: Dcdn, caller: Caller) -> None:
    room = 200 - len("ObjectPath=https%3A%2F%2Fa.example%2F")
    dcdn.limits = dcdn.limits._replace(query_bytes=200)
    longest = f"https://{DOMAIN}/" + "x" * room
    assert caller.call({}, action=REFRESH, query={"ObjectPath": longest})[0] == 200
    assert caller.call({}, action=REFRESH, query={"ObjectPath": longest + "x"}) == (414, {})
    assert caller.call({"ObjectPath": longest + "x"}, action=REFRESH)[0] == 200
    assert [(call.accepted, call.answered, call.code) for call in dcdn.calls] == [
        (True, True, ""),
        (False, True, ""),
        (True, True, ""),
    ]


# Names


@pytest.mark.parametrize(
    "action", ["RefreshObjectCaches", "PushObjectCache", "DescribeRefreshQuota", "RefreshErObjectCaches"]
)
def test_actions_of_the_cdn_are_unknown(caller: Caller, action: str) -> None:
    status, answer = caller.call({"ObjectPath": PAGE}, action=action)
    assert (status, answer["Code"], answer["HostId"]) == (404, "InvalidAction.NotFound", "dcdn.aliyuncs.com")


def test_the_version_of_the_cdn_is_unknown(caller: Caller) -> None:
    caller.version = "2018-05-10"
    assert caller.code(REFRESH, {"ObjectPath": PAGE}) == "InvalidAction.NotFound"


# Rights and faults


def test_an_action_can_be_denied(dcdn: Dcdn, caller: Caller) -> None:
    dcdn.denied.add(QUOTA)
    status, answer = caller.call({}, action=QUOTA)
    assert (status, answer["Code"]) == (403, "Forbidden.RAM")
    assert f"dcdn:{QUOTA}" in answer["Message"]


def test_a_key_can_have_the_right_to_some_actions_only(dcdn: Dcdn, caller: Caller) -> None:
    dcdn.actions["AK"] = {REFRESH}
    assert caller.code(REFRESH, {"ObjectPath": PAGE}) == ""
    assert caller.code(PRELOAD, {"ObjectPath": PAGE}) == "Forbidden.RAM"


def test_refresh_and_preload_have_rights_of_their_own(dcdn: Dcdn, caller: Caller) -> None:
    dcdn.rights["AK"] = {DOMAIN}
    dcdn.preload_rights["AK"] = {OTHER}
    there = {"ObjectPath": f"https://{OTHER}/a"}
    assert (caller.code(REFRESH, {"ObjectPath": PAGE}), caller.code(REFRESH, there)) == ("", "Forbidden.RAM")
    assert (caller.code(PRELOAD, {"ObjectPath": PAGE}), caller.code(PRELOAD, there)) == ("Forbidden.RAM", "")


def test_an_account_can_be_suspended(dcdn: Dcdn, caller: Caller) -> None:
    dcdn.suspended = "InsufficientBalance"
    assert caller.code(QUOTA, {}) == "InsufficientBalance"


@pytest.mark.parametrize(("domain", "code"), [("other.example", "InvalidDomain.NotFound"), (OTHER, "ServiceBusy")])
def test_a_domain_that_cannot_be_refreshed_refuses_the_call(
    dcdn: Dcdn, operator: Operator, domain: str, code: str
) -> None:
    dcdn.domains[OTHER] = "ServiceBusy"
    assert operator.refusal(operator.refresh, pages("a") + pages("a", domain=domain)).code == code
    assert not dcdn.accepted


def test_a_scripted_refusal_is_an_error_of_the_api(dcdn: Dcdn, operator: Operator) -> None:
    dcdn.faults.add(Refusal(503, "ServiceUnavailable"))
    refusal = operator.refusal(operator.refresh, [PAGE])
    assert (refusal.code, refusal.statusCode) == ("ServiceUnavailable", 503)


def test_a_call_whose_answer_is_lost_was_accepted(dcdn: Dcdn, caller: Caller) -> None:
    dcdn.faults.add(Lost())
    with pytest.raises((OSError, HTTPException)):
        caller.code(REFRESH, {"ObjectPath": PAGE})
    assert (dcdn.accepted, dcdn.calls[0].answered) == ({("File", PAGE)}, False)


def test_a_domain_has_its_sources_and_settings(dcdn: Dcdn, operator: Operator) -> None:
    functions = (Function("set_hashkey_args", {"disable": "on"}),)
    dcdn.described[DOMAIN] = Described("offline", (Source("oss", "b.oss.example"),), functions)
    official = operator.official
    request = models.DescribeDcdnDomainDetailRequest(domain_name=DOMAIN)
    domain = official.describe_dcdn_domain_detail(request).body.domain_detail
    (source,) = domain.sources.source
    assert (domain.domain_status, source.type, source.content) == ("offline", "oss", "b.oss.example")
    settings = official.describe_dcdn_domain_configs(models.DescribeDcdnDomainConfigsRequest(domain_name=DOMAIN)).body
    (setting,) = settings.domain_configs.domain_config
    (argument,) = setting.function_args.function_arg
    assert (setting.function_name, argument.arg_name, argument.arg_value) == ("set_hashkey_args", "disable", "on")
