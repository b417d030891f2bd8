"""The result of an item for each answer of the CDN: for every documented code, and without an answer."""

import json
import math
from itertools import pairwise
from types import SimpleNamespace

import pytest
from world import DOMAINS, NOON, SITE, World, always, backlog_record, event, is_refresh, objects, record, url, wherever

from oss_cdn_refresh_box.account.credentials import Key
from oss_cdn_refresh_box.cdn import Limits, Quota
from oss_cdn_refresh_box.wire.faults import Fault, Faults, Lost, Refusal
from oss_cdn_refresh_box.wire.serving import Drip, Request, Reset, Response, Silence

BAD = "bad.jpg"
THREE = {**SITE, "domains": DOMAINS[1:4]}  # d0, d1, d2

PASSING = [
    Refusal(503, "Throttling"),
    Refusal(400, "Throttling"),
    Refusal(400, "Throttling.User"),
    Refusal(400, "Throttling.Api"),
    Refusal(429, "TooManyRequests"),
    Refusal(400, "FlowControlError"),
    Refusal(503, "ServiceUnavailable"),
    Refusal(503, "ServiceUnAvailable"),
    Refusal(500, "InternalError"),
    Refusal(504, "GatewayTimeout"),
    Refusal(400, "SignatureNonceUsed"),
]
NO_ANSWER = {
    "an HTML 502": Response(502, b"<html><body>Bad Gateway</body></html>"),
    "an HTML 200": Response(200, b"<html></html>", {"Content-Type": "text/html"}),
    "an HTML 403": Response(403, b"<html>Forbidden</html>"),
    "an HTML 429": Response(429, b"<html>Too Many Requests</html>"),
    "JSON without a code and 429": Response(429, b"{}"),
    "JSON without a code and 500": Response(500, b"{}"),
    "an unknown code and 429": Refusal(429, "SlowDown"),
    "an empty body": Response(200),
    "no content": Response(204),
    "JSON that is no object": Response(200, b'["704222904"]'),
    "null": Response(200, b"null"),
    "JSON cut off": Response(200, b'{"RefreshTaskId": "70'),
    "bytes that are no text": Response(200, b"\xff\xfe\x00"),
    "no task id": Response(200, b'{"RequestId": "R"}'),
    "an empty task id": Response(200, b'{"RequestId": "R", "RefreshTaskId": ""}'),
    "a blank task id": Response(200, b'{"RequestId": "R", "RefreshTaskId": " , "}'),
    "a null task id": Response(200, b'{"RequestId": "R", "RefreshTaskId": null}'),
    "a redirect": Response(302, b"", {"Location": "http://127.0.0.1:9/"}),
    "a permanent redirect": Response(308, b"{}", {"Location": "http://127.0.0.1:9/"}),
    "a reset": Reset(),
    "a lost answer": Lost(),
    "a lost answer behind a 504": Lost(Response(504, b"<html></html>")),
}
TRANSIENT = [
    *(pytest.param(refusal, id=f"{refusal.code} {refusal.status}") for refusal in PASSING),
    *(pytest.param(fault, id=name) for name, fault in NO_ANSWER.items()),
]
MALFORMED = [
    "ObjectPath.Malformed",
    "InvalidObjectPath.Malformed",
    "InvalidObjectPath.Size.Malformed",
    "SingleRequest.OverLimit",
    "SomethingNew.NeverSeen",
]
OF_THE_REQUEST = [
    "InvalidObjectType",
    "InvalidObjectType.Malformed",
    "InvalidObjectType.ValueNotSupported",
    "MissingParameter",
    "MissingParameter.ObjectPath",
    "InvalidParameter",
    "InvalidParameter.Force",
]
OF_A_DOMAIN = [
    "InvalidDomain.NotFound",
    "InvalidDomain.Offline",
    "InvalidDomain.SomethingNew",
    "IllegalOperationDomain",
    "InvalidExtensiveDomain.ValueNotSupported",
    "Forbidden.RAM",
    "Forbidden",
    "NoPermission",
    "IllegalOperation",
]
DOMAIN_LATER = ["QuotaPerMinuteExceeded.Refresh", "ServiceBusy", "InvalidDomain.Configure_failed"]
ALL_LATER = ["TooMany.Refresh", "SystemBusy", "SystemUpgrading"]
RENEWABLE = ["InvalidSecurityToken.Expired", "InvalidTimeStamp.Expired"]
OF_THE_ACCOUNT = [
    "CdnServiceNotFound",
    "OperationDenied",
    "InsufficientBalance",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "MissingSecurityToken",
    "InvalidSecurityToken.Malformed",
    "InvalidSecurityToken.MismatchWithAccessKey",
    "InvalidAccessKeyId.Inactive",
]


def highest(_low: float, high: float) -> float:
    """Let the jitter be as long as possible."""
    return high


def nonces(world: World) -> list[str]:
    return [call.nonce for call in world.cdn.calls]


def tokens(world: World, *keys: tuple[str, Key]) -> None:
    """The CDN and SMQ accept these keys from now on, and the function runs with the first one."""
    world.keys.update(dict(keys))
    name, key = keys[0]
    world.environ |= {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": name,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": key.secret,
        "ALIBABA_CLOUD_SECURITY_TOKEN": key.token,
    }


# Transient failures


@pytest.mark.parametrize("fault", TRANSIENT)
def test_a_transient_failure_is_retried_until_the_call_is_accepted(world: World, fault: Fault) -> None:
    world.jitter = highest
    world.cdn.faults.add(fault, fault, fault)
    summary = world.invoke(event(record()))
    assert (summary["refreshed"], summary["deferred"], summary["dead_lettered"]) == (1, 0, 0)
    assert [call.urls for call in world.refreshes] == [(url(),)] * 4
    assert summary["requests"] == 4


@pytest.mark.parametrize("fault", TRANSIENT)
def test_an_item_with_lasting_failures_is_deferred(world: World, fault: Fault) -> None:
    world.jitter = highest
    world.cdn.faults = always(fault)
    summary = world.invoke(event(record()))
    assert (summary["refreshed"], summary["deferred"], summary["dead_lettered"]) == (0, 1, 0)
    assert [message["urls"] for message in world.backlog] == [[url()]]
    assert world.backlog[0]["attempts"] == 1
    assert 2 < len(world.refreshes) == summary["requests"] < 30


@pytest.mark.parametrize(
    "fault", [Refusal(400, "SignatureNonceUsed"), Reset(), Lost()], ids=lambda fault: str(fault)[:12]
)
def test_no_nonce_is_used_twice(world: World, fault: Fault) -> None:
    world.jitter = highest
    world.cdn.faults = always(fault)
    world.invoke(event(record()))
    assert len(set(nonces(world))) == len(nonces(world)) > 2


@pytest.mark.parametrize("fault", [Refusal(503, "Throttling"), Reset()], ids=["Throttling", "a reset"])
def test_the_waits_of_one_invocation_are_ten_seconds_at_most(world: World, fault: Fault) -> None:
    world.jitter = highest
    world.configure(SITE, limits={"urls_per_call": 1})
    world.cdn.faults = always(fault)
    summary = world.invoke(objects(5))
    assert summary["deferred"] == 5
    assert 5 < world.clock.moved <= 10


def test_the_waits_grow_exponentially_with_full_jitter(world: World) -> None:
    """The jitter is a number between 0 and a bound that doubles."""
    bounds: list[tuple[float, float]] = []

    def jitter(low: float, high: float) -> float:
        bounds.append((low, high))
        return high / 2

    world.jitter = jitter
    world.cdn.faults.add(*[Refusal(503, "Throttling")] * 4)
    world.invoke(event(record()))
    lows, highs = zip(*bounds, strict=True)
    assert set(lows) == {0}
    assert [later / sooner for sooner, later in pairwise(highs)] == [2, 2, 2]


def test_the_wait_that_the_cdn_asks_for_is_kept(world: World) -> None:
    world.cdn.faults.add(Refusal(503, "Throttling", headers={"x-acs-retry-after": "2500"}))
    summary = world.invoke(event(record()))
    first, second = world.refreshes
    assert second.at - first.at == 2.5
    assert summary["refreshed"] == 1


@pytest.mark.parametrize("milliseconds", [11_000, 300_000])
def test_a_wait_longer_than_the_limit_defers_the_item(world: World, milliseconds: int) -> None:
    world.cdn.faults = always(Refusal(503, "Throttling", headers={"x-acs-retry-after": str(milliseconds)}))
    summary = world.invoke(event(record()))
    assert (summary["deferred"], summary["requests"], world.clock.moved) == (1, 1, 0)
    assert world.delays[0] >= milliseconds / 1000


def test_waiting_ends_before_the_functions_timeout(world: World) -> None:
    world.context.function.timeout = 5
    world.cdn.faults = always(Refusal(503, "Throttling", headers={"x-acs-retry-after": "3900"}))
    assert world.invoke(event(record()))["deferred"] == 1
    assert world.clock.moved <= 4


@pytest.mark.parametrize(
    "odd",
    ["", "soon", "-5", "1.5", "0x10", "9" * 30, "9" * 400, "9" * 5000],
    ids=lambda odd: odd[:9] + f" ({len(odd)})",
)
def test_an_invalid_retry_after_is_ignored(world: World, odd: str) -> None:
    headers = {"x-acs-retry-after": odd}
    world.cdn.faults.add(Refusal(503, "Throttling", headers=headers))
    summary = world.invoke(event(record()))
    assert summary["refreshed"] + summary["deferred"] == 1


@pytest.mark.parametrize("status", [pytest.param(status, id=f"HTTP {status}") for status in (200, 403, 500)])
@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("Throttling.User", "refreshed"),
        ("TooMany.Refresh", "deferred"),
        ("QuotaPerMinuteExceeded.Refresh", "deferred"),
        ("QuotaExceeded.Refresh", "deferred"),
        ("InvalidObjectPath.Malformed", "dead_lettered"),
        ("ObjectPath.Malformed", "dead_lettered"),
        ("InvalidObjectType.Malformed", "dead_lettered"),
        ("InvalidParameter", "dead_lettered"),
        ("MissingParameter", "dead_lettered"),
        ("SingleRequest.OverLimit", "dead_lettered"),
        ("InvalidDomain.NotFound", "dead_lettered"),
        ("Forbidden.RAM", "dead_lettered"),
        ("SignatureDoesNotMatch", "deferred"),
    ],
)
def test_the_code_decides_and_not_the_status(world: World, code: str, result: str, status: int) -> None:
    world.jitter = highest
    refusal = Refusal(status, code)
    world.cdn.faults = Faults(refusal, where=is_refresh) if result == "refreshed" else always(refusal)
    assert world.invoke(event(record()))[result] == 1


@pytest.mark.load
@pytest.mark.parametrize(
    "fault",
    [Silence(), Drip(Response(200, b'{"RefreshTaskId": "704222904"}' + b" " * 1000), 0.02)],
    ids=["silence", "slow bytes"],
)
def test_a_slow_peer_does_not_block_the_function_beyond_its_timeout(world: World, fault: Fault) -> None:
    world.in_real_time(timeout=3)
    world.cdn.faults = always(fault)
    before = world.instance.effects.monotonic()
    summary = world.invoke(event(record()))
    assert world.instance.effects.monotonic() - before < 2
    assert summary["deferred"] == 1
    assert world.backlog[0]["reason"] == "Timeout"


# Bad items


@pytest.mark.parametrize("code", MALFORMED)
def test_a_bad_item_is_dead_lettered_alone(world: World, code: str) -> None:
    world.cdn.faults = wherever(BAD, Refusal(400, code, "this one"))
    summary = world.invoke(event(*(record(key) for key in ("a.jpg", "b.jpg", BAD, "c.jpg", "d.jpg"))))
    assert (summary["refreshed"], summary["dead_lettered"]) == (4, 1)
    (dead_letter,) = world.dead_letters
    assert (dead_letter["urls"], dead_letter["reason"], dead_letter["message"]) == ([url(BAD)], code, "this one")


def test_one_bad_item_among_a_thousand_costs_twice_the_logarithm(world: World) -> None:
    world.cdn.faults = wherever("/617.jpg", Refusal(400, "InvalidObjectPath.Malformed"))
    summary = world.invoke(objects(1_000))
    assert (summary["refreshed"], summary["dead_lettered"]) == (999, 1)
    assert len(world.refreshes) <= 2 * math.ceil(math.log2(1_000)) + 1
    assert ("File", url("617.jpg")) not in world.cdn.accepted


def test_several_bad_items_are_found(world: World) -> None:
    world.cdn.faults = wherever("7.jpg", Refusal(400, "InvalidObjectPath.Malformed"))
    summary = world.invoke(objects(50))
    assert (summary["refreshed"], summary["dead_lettered"]) == (45, 5)
    assert {found for dead_letter in world.dead_letters for found in dead_letter["urls"]} == {
        url(f"{ten}7.jpg") for ten in ("", 1, 2, 3, 4)
    }


@pytest.mark.parametrize("body", [b"<html>Too Large</html>", b"{}", b""], ids=["HTML", "JSON", "nothing"])
def test_a_call_that_is_too_large_is_split(world: World, body: bytes) -> None:
    too_large = Response(413, body)
    world.cdn.faults = Faults(rule=lambda request: too_large if request.form["ObjectPath"].count("\n") > 300 else None)
    summary = world.invoke(objects(1_000))
    assert summary["refreshed"] == 1_000
    assert summary["requests"] == 7


# Calls with a wrong parameter


@pytest.mark.parametrize("code", OF_THE_REQUEST)
def test_a_call_with_a_wrong_parameter_is_dead_lettered_without_a_split(world: World, code: str) -> None:
    world.cdn.faults = wherever(BAD, Refusal(400, code, "not like this"))
    summary = world.invoke(event(*(record(key) for key in ("a.jpg", BAD, "c.jpg"))))
    assert (summary["dead_lettered"], summary["requests"], world.clock.moved) == (3, 1, 0)
    assert {(dead_letter["reason"], dead_letter["message"]) for dead_letter in world.dead_letters} == {
        (code, "not like this")
    }


def test_other_calls_are_made_after_a_call_with_a_wrong_parameter(world: World) -> None:
    world.configure(SITE, limits={"urls_per_call": 2})
    world.cdn.faults = wherever("/0.jpg", Refusal(400, "InvalidParameter"))
    summary = world.invoke(objects(6))
    assert (summary["refreshed"], summary["dead_lettered"], summary["requests"]) == (4, 2, 3)


@pytest.mark.parametrize("code", OF_THE_REQUEST)
def test_an_error_line_has_the_remedy_for_a_call_with_a_wrong_parameter(world: World, code: str) -> None:
    world.configure(SITE, limits={"urls_per_call": 2})
    world.cdn.faults = always(Refusal(400, code))
    world.invoke(objects(6))
    line = world.line("request_refused")
    assert (line["level"], line["code"], line["object_type"]) == ("ERROR", code, "File")
    assert line["remedy"]


def test_the_remedy_for_an_unknown_ignore_params_type_is_its_other_name(world: World) -> None:
    world.configure({**SITE, "query": "ignore", "index": []}, ignore_params_type="ExQuery")
    world.cdn.faults = always(Refusal(400, "InvalidObjectType.ValueNotSupported"))
    world.invoke(event(record()))
    assert "ignore_params_type" in world.line("request_refused")["remedy"]


# Bad domains


@pytest.mark.parametrize("code", OF_A_DOMAIN)
def test_a_refused_domain_is_dead_lettered_alone(world: World, code: str) -> None:
    world.configure(THREE)
    world.cdn.faults = wherever("//d1.", Refusal(403, code, "not this one"))
    summary = world.invoke(event(record("a.jpg"), record("b.jpg")))
    assert (summary["refreshed"], summary["dead_lettered"]) == (4, 2)
    (dead_letter,) = world.dead_letters
    assert dead_letter["urls"] == [url("a.jpg", "d1.example.com"), url("b.jpg", "d1.example.com")]
    assert (dead_letter["reason"], dead_letter["message"]) == (code, "not this one")
    assert len(world.refreshes) == 4  # all three, then each alone


def test_a_right_for_some_domains_refreshes_those(world: World) -> None:
    world.configure(THREE)
    world.cdn.rights["AK"] = {"d0.example.com", "d2.example.com"}
    summary = world.invoke(event(record()))
    assert (summary["refreshed"], summary["dead_lettered"]) == (2, 1)


def test_a_refused_domain_is_not_sent_again(world: World) -> None:
    world.configure(THREE, limits={"urls_per_call": 2})
    world.cdn.faults = wherever("//d1.", Refusal(404, "InvalidDomain.Offline"))
    summary = world.invoke(objects(4))
    assert (summary["refreshed"], summary["dead_lettered"]) == (8, 4)
    assert sum("//d1." in call.urls[0] for call in world.refreshes) == 1


@pytest.mark.parametrize("code", DOMAIN_LATER)
def test_a_domain_that_has_to_wait_is_deferred_alone(world: World, code: str) -> None:
    world.configure(THREE)
    world.cdn.domains["d1.example.com"] = code
    summary = world.invoke(event(record("a.jpg"), record("b.jpg")))
    assert (summary["refreshed"], summary["deferred"]) == (4, 2)
    (message,) = world.backlog
    assert message["urls"] == [url("a.jpg", "d1.example.com"), url("b.jpg", "d1.example.com")]
    assert message["reason"] == code
    assert world.delays[0] >= 60
    assert world.clock.moved == 0


@pytest.mark.parametrize("code", DOMAIN_LATER)
def test_a_domain_that_has_to_wait_is_not_sent_again(world: World, code: str) -> None:
    world.configure(THREE, limits={"urls_per_call": 2})
    world.cdn.domains["d1.example.com"] = code
    summary = world.invoke(objects(6))
    assert (summary["refreshed"], summary["deferred"]) == (12, 6)
    assert sum("//d1." in call.urls[0] for call in world.refreshes) == 1


def test_the_rate_limit_of_a_domain_is_separate_for_each_object_type(world: World) -> None:
    """Directories have a limit of their own."""
    world.cdn.limits = Limits(urls_per_minute_per_domain=1)
    directory = backlog_record(url("d/"), object_type="Directory")
    summary = world.invoke([json.loads(objects(2)), directory])
    assert (summary["refreshed"], summary["deferred"]) == (1, 2)
    assert world.cdn.accepted == {("Directory", url("d/"))}


# The daily quota


def test_as_many_items_as_the_quota_allows_are_sent(world: World) -> None:
    world.cdn.quota = Quota(urls=5)
    summary = world.invoke(objects(8))
    assert (summary["refreshed"], summary["deferred"]) == (5, 3)
    assert [(call.action, len(call.urls)) for call in world.cdn.calls] == [
        ("RefreshObjectCaches", 8),
        ("DescribeRefreshQuota", 0),
        ("RefreshObjectCaches", 5),
    ]
    assert world.backlog[0]["reason"] == "QuotaExceeded.Refresh"


def test_the_quota_is_read_once(world: World) -> None:
    world.configure(SITE, limits={"urls_per_call": 4})
    world.cdn.quota = Quota(urls=6, directories=0)
    directory = backlog_record(url("d/"), object_type="Directory")
    summary = world.invoke([json.loads(objects(20)), directory])
    assert (summary["refreshed"], summary["deferred"], summary["requests"]) == (6, 15, 4)
    assert [call.action for call in world.cdn.calls].count("DescribeRefreshQuota") == 1


def test_another_object_type_has_its_own_quota(world: World) -> None:
    world.cdn.quota = Quota(urls=0)
    directory = backlog_record(url("d/"), object_type="Directory")
    summary = world.invoke([json.loads(objects(2)), directory])
    assert (summary["refreshed"], summary["deferred"]) == (1, 2)
    assert world.cdn.accepted == {("Directory", url("d/"))}


@pytest.mark.parametrize(
    ("remain", "sent"),
    [
        ("5", 5),
        (5, 5),
        (" 5 ", 5),
        ("0", 0),
        ("", 0),
        ("-3", 0),
        ("many", 0),
        ("5.0", 0),
        (None, 0),
        ([5], 0),
        ("9" * 5000, 0),
    ],
    ids=lambda value: repr(value)[:9],
)
def test_an_invalid_number_in_the_quota_counts_as_nothing_left(world: World, remain: object, sent: int) -> None:
    answer = Response(200, json.dumps({"RequestId": "R", "UrlRemain": remain}).encode())
    _quota_answers(world, answer, sent)
    summary = world.invoke(objects(8))
    assert (summary["refreshed"], summary["deferred"]) == (sent, 8 - sent)


@pytest.mark.parametrize(
    "answer",
    [
        Response(200, b"{}"),
        Refusal(403, "Forbidden.RAM"),
        Refusal(503, "Throttling"),
        Response(502, b"<html>"),
        Reset(),
    ],
    ids=["no figure", "no right", "throttled", "an HTML 502", "a reset"],
)
def test_a_refused_call_for_the_quota_defers_all_items(world: World, answer: Fault) -> None:
    world.configure(SITE, limits={"urls_per_call": 4})
    _quota_answers(world, answer, sent=0)
    summary = world.invoke(objects(8))
    assert (summary["refreshed"], summary["deferred"], summary["dead_lettered"]) == (0, 8, 0)
    assert len(world.refreshes) == 1


def _quota_answers(world: World, answer: Fault, sent: int) -> None:
    """Answer the quota call with `answer`; more items than `sent` exceed the quota."""

    def rule(request: Request) -> Fault:
        if not is_refresh(request):
            return answer
        return Refusal(400, "QuotaExceeded.Refresh") if len(request.form["ObjectPath"].split("\n")) > sent else None

    world.cdn.faults = Faults(rule=rule)


def test_a_second_refusal_for_the_quota_means_that_it_is_used_up(world: World) -> None:
    """The CDN's answer about the quota can be late: the call is not repeated with fewer and fewer items."""
    world.configure(SITE, limits={"urls_per_call": 6})
    world.cdn.faults = always(Refusal(400, "QuotaExceeded.Refresh"))
    summary = world.invoke(objects(12))
    assert (summary["deferred"], summary["requests"]) == (12, 2)


# Refusals of all calls for some minutes


@pytest.mark.parametrize("code", ALL_LATER)
def test_no_call_is_made_while_the_cdn_accepts_nothing(world: World, code: str) -> None:
    world.configure(SITE, limits={"urls_per_call": 2})
    world.cdn.faults = always(Refusal(403, code))
    summary = world.invoke(objects(6))
    assert (summary["deferred"], summary["requests"], world.clock.moved) == (6, 1, 0)
    assert {message["reason"] for message in world.backlog} == {code}
    assert sorted((len(message["urls"]), message["attempts"]) for message in world.backlog) == [(2, 1), (4, 0)]


# Credentials, clock and account


@pytest.mark.parametrize("code", OF_THE_ACCOUNT)
def test_no_call_is_made_after_a_refusal_of_the_account(world: World, code: str) -> None:
    world.configure(SITE, limits={"urls_per_call": 2})
    world.cdn.faults = always(Refusal(403, code, "ask a person"))
    summary = world.invoke(objects(6))
    assert (summary["deferred"], summary["requests"], len(world.cdn.calls), world.clock.moved) == (6, 1, 1, 0)
    assert {message["reason"] for message in world.backlog} == {code}


@pytest.mark.parametrize("code", [*OF_THE_ACCOUNT, *RENEWABLE])
def test_an_item_of_a_refused_account_is_deferred_for_an_hour_without_an_attempt(world: World, code: str) -> None:
    world.cdn.faults = always(Refusal(403, code))
    world.invoke(backlog_record(url(), attempts=9))
    assert world.delays == [3_600]
    assert [message["attempts"] for message in world.backlog] == [9]


@pytest.mark.parametrize("code", [*OF_THE_ACCOUNT, *RENEWABLE])
def test_an_error_line_says_what_a_person_has_to_do(world: World, code: str) -> None:
    world.configure(SITE, limits={"urls_per_call": 2})
    world.cdn.faults = always(Refusal(403, code, "ask a person"))
    world.invoke(objects(6))
    line = world.line("account_refused")
    assert (line["level"], line["code"], line["message"]) == ("ERROR", code, "ask a person")
    assert line["remedy"]
    assert line["product_request_id"]


@pytest.mark.parametrize("code", [*OF_THE_ACCOUNT, *RENEWABLE])
@pytest.mark.parametrize(
    "before",
    [Refusal(400, "Throttling.User"), Refusal(503, "ServiceUnavailable"), Response(502, b"<html>"), Reset(), Lost()],
    ids=repr,
)
def test_a_failure_before_a_refusal_of_the_account_is_not_an_attempt(world: World, before: Fault, code: str) -> None:
    world.cdn.faults = Faults(before, rule=lambda _: Refusal(403, code), where=is_refresh)
    summary = world.invoke(backlog_record(url(), attempts=9))
    assert (summary["deferred"], summary["dead_lettered"], world.delays) == (1, 0, [3_600])
    assert [(message["attempts"], message["reason"]) for message in world.backlog] == [(9, code)]


@pytest.mark.parametrize("attempts", [0, 9])
def test_an_item_refused_alone_waits_an_hour_if_the_account_is_refused_too(world: World, attempts: int) -> None:
    world.configure(SITE, limits={"urls_per_call": 1})
    world.cdn.faults = Faults(Refusal(400, "Odd"), rule=lambda _: Refusal(403, "InsufficientBalance"), where=is_refresh)
    world.invoke(backlog_record(url("0.jpg"), url("1.jpg"), attempts=attempts))
    assert set(world.delays) == {3_600}
    assert {(each["attempts"], each["reason"]) for each in world.backlog} == {(attempts, "InsufficientBalance")}


def test_items_accepted_before_the_account_was_refused_stay_refreshed(world: World) -> None:
    world.configure(SITE, limits={"urls_per_call": 2})
    world.cdn.faults = Faults(None, rule=lambda _: Refusal(403, "InsufficientBalance"))
    summary = world.invoke(objects(6))
    assert (summary["refreshed"], summary["deferred"], summary["requests"]) == (2, 4, 2)


def test_a_suspended_account_dead_letters_nothing(world: World) -> None:
    world.configure(THREE)
    world.cdn.suspended = "InsufficientBalance"
    summary = world.invoke(event(record()))
    assert (summary["deferred"], summary["dead_lettered"], summary["requests"]) == (3, 0, 1)


def test_a_wrong_signature_for_a_thousand_urls_dead_letters_nothing(world: World) -> None:
    world.cdn.faults = always(Refusal(400, "SignatureDoesNotMatch"))
    summary = world.invoke(objects(1_000))
    assert (summary["deferred"], summary["dead_lettered"], summary["requests"]) == (1_000, 0, 1)


def test_items_above_the_rate_limit_wait_an_hour_if_the_account_is_refused(world: World) -> None:
    world.configure(SITE, limits={"urls_per_minute_per_domain": 2})
    world.cdn.faults = always(Refusal(403, "InsufficientBalance"))
    assert world.invoke(objects(5))["deferred"] == 5
    assert set(world.delays) == {3_600}
    assert {message["reason"] for message in world.backlog} == {"InsufficientBalance"}


def test_items_of_a_refused_account_are_dead_letters_after_seven_days(world: World) -> None:
    world.cdn.faults = always(Refusal(403, "InsufficientBalance"))
    summary = world.invoke(backlog_record(url(), first_seen="2026-11-14T00:00:00Z"))
    assert (summary["dead_lettered"], world.dead_letters[0]["reason"]) == (1, "InsufficientBalance")


def test_items_of_a_refused_account_are_refreshed_when_it_is_accepted_again(world: World) -> None:
    world.cdn.suspended = "InsufficientBalance"
    world.invoke(event(record()))
    world.cdn.suspended = ""
    assert world.invoke(world.backlog)["refreshed"] == 1


def test_the_quota_is_not_read_after_the_account_was_refused(world: World) -> None:
    """The first call exceeds the quota, and the quota call is refused because of the account."""

    def rule(request: Request) -> Fault:
        return Refusal(400, "QuotaExceeded.Refresh") if is_refresh(request) else Refusal(403, "CdnServiceNotFound")

    world.configure(SITE, limits={"urls_per_call": 2})
    world.cdn.faults = Faults(rule=rule)
    summary = world.invoke([json.loads(objects(6)), backlog_record(url("d/"), object_type="Directory")])
    assert (summary["deferred"], summary["requests"], len(world.cdn.calls)) == (7, 1, 2)
    assert {message["reason"] for message in world.backlog} == {"CdnServiceNotFound"}
    assert set(world.delays) == {3_600}


def test_no_refresh_call_is_made_after_the_quota_call_shows_a_refused_account(world: World) -> None:
    world.cdn.suspended = "InsufficientBalance"
    records = [{"messageBody": json.dumps({"events": [record(f"{number}.jpg")]})} for number in range(150)]
    summary = world.invoke(records)
    assert (summary["deferred"], summary["requests"], len(world.cdn.calls)) == (150, 0, 1)
    assert world.line("account_refused")["code"] == "InsufficientBalance"


OLD = ("STS.old", Key("old secret", "old token", expires=NOON - 1))
NEW = ("STS.new", Key("new secret", "new token"))


def test_an_expired_token_is_read_again_from_the_environment(world: World) -> None:
    tokens(world, OLD, NEW)

    def renewed(_request: Request) -> Fault:
        tokens(world, NEW)
        return None

    world.cdn.faults = Faults(rule=renewed)
    summary = world.invoke(event(record()))
    assert [call.code for call in world.refreshes] == ["InvalidSecurityToken.Expired", ""]
    assert summary["refreshed"] == 1


def test_an_expired_token_is_read_again_from_the_context(world: World) -> None:
    tokens(world, OLD, NEW)

    def credentials(name: str, key: Key) -> SimpleNamespace:
        return SimpleNamespace(access_key_id=name, access_key_secret=key.secret, security_token=key.token)

    def renewed(_request: Request) -> Fault:
        world.context.credentials = credentials(*NEW)
        return None

    world.context.credentials = credentials(*OLD)
    world.cdn.faults = Faults(rule=renewed)
    summary = world.invoke(event(record()))
    assert [call.code for call in world.refreshes] == ["InvalidSecurityToken.Expired", ""]
    assert summary["refreshed"] == 1


@pytest.mark.parametrize("code", [*RENEWABLE, "InvalidAccessKeyId.NotFound"])
def test_new_credentials_allow_exactly_one_more_call(world: World, code: str) -> None:
    tokens(world, NEW)
    world.configure(SITE, limits={"urls_per_call": 2})
    world.cdn.faults = always(Refusal(400, code))
    summary = world.invoke(objects(6))
    assert (summary["deferred"], summary["requests"], len(world.cdn.calls), world.clock.moved) == (6, 2, 2, 0)
    assert {message["reason"] for message in world.backlog} == {code}


@pytest.mark.parametrize("code", [*RENEWABLE, "InvalidAccessKeyId.NotFound"])
def test_credentials_are_read_again_once_an_invocation(world: World, code: str) -> None:
    world.configure(SITE, limits={"urls_per_call": 2})
    refusal = Refusal(400, code)
    world.cdn.faults = Faults(refusal, None, refusal, None)
    summary = world.invoke(objects(6))
    assert (summary["refreshed"], summary["deferred"], summary["requests"]) == (2, 4, 3)


def test_an_unknown_key_without_a_token_is_sent_once_more(world: World) -> None:
    world.cdn.faults.add(Refusal(404, "InvalidAccessKeyId.NotFound"))
    summary = world.invoke(event(record()))
    assert (summary["refreshed"], summary["requests"]) == (1, 2)


def test_the_quota_is_read_again_with_new_credentials(world: World) -> None:
    tokens(world, OLD, NEW)

    def renewed(_request: Request) -> Fault:
        tokens(world, NEW)
        return None

    world.cdn.faults = Faults(rule=renewed)
    records = [{"messageBody": json.dumps({"events": [record(f"{number}.jpg")]})} for number in range(150)]
    summary = world.invoke(records)
    assert summary["refreshed"] == 150
    assert [call.code for call in world.cdn.calls] == ["InvalidSecurityToken.Expired", "", ""]


def test_an_unknown_sts_key_is_sent_once_more(world: World) -> None:
    tokens(world, NEW)
    world.cdn.faults.add(Refusal(404, "InvalidAccessKeyId.NotFound"))
    summary = world.invoke(event(record()))
    assert (summary["refreshed"], summary["requests"]) == (1, 2)


@pytest.mark.parametrize("error", [-7200.0, 7200.0], ids=["slow", "fast"])
def test_a_refused_time_is_replaced_by_the_time_of_the_answer(world: World, error: float) -> None:
    world.configure(SITE, limits={"urls_per_call": 2})
    world.clock_error = error
    summary = world.invoke(objects(6))
    assert summary["refreshed"] == 6
    assert [call.code for call in world.refreshes] == ["InvalidTimeStamp.Expired", "", "", ""]


@pytest.mark.parametrize("date", ["", "yesterday", "Sun, 99 Nov 2026 99:00:00 GMT"])
def test_an_answer_without_a_time_does_not_set_the_clock(world: World, date: str) -> None:
    world.cdn.faults.add(Refusal(400, "InvalidTimeStamp.Expired", headers={"Date": date}))
    summary = world.invoke(event(record()))
    assert (summary["refreshed"], summary["requests"]) == (1, 2)


@pytest.mark.parametrize("code", ["InvalidSecurityToken.Expired", "InvalidAccessKeyId.NotFound"])
def test_only_a_refused_time_sets_the_clock(world: World, code: str) -> None:
    world.cdn.faults.add(Refusal(400, code, headers={"Date": "Sun, 22 Nov 2020 04:00:00 GMT"}))
    summary = world.invoke(event(record()))
    assert (summary["refreshed"], summary["requests"]) == (1, 2)


# Rate limit, time and limits of a call


def test_the_nth_thousand_urls_of_a_domain_wait_n_minutes(world: World) -> None:
    summary = world.invoke(objects(2_500))
    assert (summary["refreshed"], summary["deferred"], summary["requests"]) == (1_000, 1_500, 1)
    by_delay = {delay: len(message["urls"]) for delay, message in zip(world.delays, world.backlog, strict=True)}
    assert by_delay == {60: 1_000, 120: 500}
    assert {message["attempts"] for message in world.backlog} == {0}


def test_the_rate_limit_is_kept_across_the_invocations_of_an_instance(world: World) -> None:
    world.configure(SITE, limits={"urls_per_minute_per_domain": 3})
    first, second = world.invoke(objects(2)), world.invoke(objects(5))
    assert (first["refreshed"], second["refreshed"], second["deferred"]) == (2, 1, 4)
    world.clock.advance(61)
    assert world.invoke(objects(3))["refreshed"] == 3


def test_each_domain_has_its_own_rate_limit(world: World) -> None:
    world.configure(THREE, limits={"urls_per_minute_per_domain": 2})
    summary = world.invoke(objects(3))
    assert (summary["refreshed"], summary["deferred"]) == (6, 3)


def test_a_refused_call_does_not_count_for_the_rate_limit(world: World) -> None:
    world.configure(SITE, limits={"urls_per_minute_per_domain": 2})
    world.cdn.faults.add(Refusal(400, "TooMany.Refresh"))
    world.invoke(objects(2))
    assert world.invoke(objects(2))["refreshed"] == 2


def test_a_call_without_an_answer_counts_for_the_rate_limit(world: World) -> None:
    world.configure(SITE, limits={"urls_per_minute_per_domain": 2})
    world.cdn.faults.add(Lost(), Refusal(503, "Throttling", headers={"x-acs-retry-after": "20000"}))
    world.invoke(objects(2))
    assert world.invoke(objects(2))["requests"] == 0


def test_no_call_begins_after_the_time_for_calls(world: World) -> None:
    """An item that was not sent has not failed, so no attempt is counted."""
    world.configure(SITE, limits={"urls_per_call": 2})
    world.context.function.timeout = 10

    def slow(_request: Request) -> Fault:
        world.clock.advance(1)
        return None

    world.cdn.faults = Faults(rule=slow)
    summary = world.invoke(objects(20))
    assert 0 < summary["refreshed"] < 20
    assert summary["refreshed"] + summary["deferred"] == 20
    assert {message["attempts"] for message in world.backlog} == {0}
    assert world.clock.moved <= 9


def test_a_very_short_timeout_defers_all_items(world: World) -> None:
    world.context.function.timeout = 0.3
    summary = world.invoke(objects(3))
    assert (summary["deferred"], summary["requests"]) == (3, 0)


def test_a_missing_timeout_means_a_minute(world: World) -> None:
    del world.context.function
    world.cdn.faults.add(Refusal(503, "Throttling", headers={"x-acs-retry-after": "9000"}))
    assert world.invoke(event(record()))["refreshed"] == 1


def test_no_call_has_more_urls_than_its_limit(world: World) -> None:
    world.configure(SITE, limits={"urls_per_call": 7})
    world.invoke(objects(20))
    assert [len(call.urls) for call in world.refreshes] == [7, 7, 6]


def test_no_call_has_more_directories_than_its_limit(world: World) -> None:
    world.configure(SITE, limits={"directories_per_call": 7})
    world.invoke(backlog_record(*(url(f"{number}/") for number in range(20)), object_type="Directory"))
    assert [len(call.urls) for call in world.refreshes] == [7, 7, 6]


def test_no_call_has_more_domains_than_its_limit(world: World) -> None:
    world.configure({**SITE, "domains": DOMAINS[:25]})
    assert world.invoke(event(record()))["refreshed"] == 25
    assert [len(call.urls) for call in world.refreshes] == [10, 10, 5]


def test_the_items_of_a_domain_stay_together(world: World) -> None:
    """A refusal of the domain then costs one call."""
    world.configure(THREE, limits={"domains_per_call": 1})
    assert world.invoke(objects(5))["requests"] == 3


def test_no_call_has_a_longer_body_than_is_safe(world: World) -> None:
    long = "x" * 1_015
    summary = world.invoke(event(*(record(f"{number:03}{long}") for number in range(1_000))))
    assert (summary["refreshed"], summary["requests"]) == (1_000, 2)
    assert {call.code for call in world.refreshes} == {""}


def test_directories_have_their_own_rate_limit(world: World) -> None:
    """100 a minute and domain: on one page of the documentation only, and kept because it costs nothing."""
    world.cdn.quota = Quota(directories=1_000)
    summary = world.invoke(backlog_record(*(url(f"{number}/") for number in range(150)), object_type="Directory"))
    assert (summary["refreshed"], summary["deferred"], summary["requests"]) == (100, 50, 1)


def test_an_event_of_2500_objects_is_three_calls_on_one_connection(world: World) -> None:
    world.configure(SITE, limits={"urls_per_minute_per_domain": 10_000})
    summary = world.invoke(objects(2_500))
    assert (summary["refreshed"], summary["requests"]) == (2_500, 3)
    assert world.cdn.connections == 1


@pytest.mark.parametrize(
    "refusal",
    [None, Refusal(400, "InvalidObjectPath.Malformed"), Refusal(400, "SignatureNonceUsed")],
    ids=["accepted", "split", "tried again"],
)
def test_an_instance_keeps_its_limit_of_calls_a_second(world: World, refusal: Fault) -> None:
    """Also across invocations: the account has 50 calls a second for all its functions."""
    world.environ["CALLS_PER_SECOND"] = "10"
    world.configure(SITE, limits={"urls_per_call": 1})
    world.jitter = lambda _low, high: high / 100
    world.cdn.faults = Faults(*[refusal] * 30, where=is_refresh)
    for _ in range(3):
        world.invoke(objects(10))
    times = [call.at for call in world.refreshes]
    assert len(times) >= 30
    assert all(later - sooner >= 1 for sooner, later in zip(times, times[10:], strict=False))


def test_the_task_ids_are_distinct_and_in_order(world: World) -> None:
    """Calls for one domain within the same second get the same id."""
    world.configure(THREE, limits={"urls_per_call": 2})
    summary = world.invoke(objects(2))
    submitted = [task_id for call in world.refreshes for task_id in call.task_ids]
    assert summary["task_ids"] == list(dict.fromkeys(submitted))
    assert len(summary["task_ids"]) == 3


@pytest.mark.parametrize("name", ["IgnoreParams", "ExQuery"])
def test_the_api_name_of_ignore_params_is_configurable(world: World, name: str) -> None:
    world.configure({**SITE, "query": "ignore", "index": []}, ignore_params_type=name)
    assert world.invoke(event(record()))["refreshed"] == 1
    assert world.refreshes[0].object_type == name


@pytest.mark.parametrize("code", ["QuotaExceeded.Refresh", "QuotaPerMinuteExceeded.Refresh"])
@pytest.mark.parametrize(("attempts", "result"), [(0, "deferred"), (8, "deferred"), (9, "dead_lettered")])
def test_a_transient_failure_counts_even_if_the_last_refusal_is_the_quota(
    world: World, code: str, attempts: int, result: str
) -> None:
    """An invocation is an attempt if the item failed transiently in it, also if a different refusal follows."""
    world.cdn.faults = Faults(Refusal(400, "Throttling.User"), rule=lambda _: Refusal(400, code), where=is_refresh)
    summary = world.invoke(backlog_record(url(), attempts=attempts))
    assert (summary[result], summary["urls"]) == (1, 1)
    (message,) = world.backlog + world.dead_letters
    assert (message["attempts"], message["reason"]) == (attempts + 1, code)


def test_the_quota_call_counts_for_the_calls_a_second(world: World) -> None:
    world.environ["CALLS_PER_SECOND"] = "1"
    world.cdn.quota = Quota(urls=5)
    world.invoke(objects(8))
    times = [call.at for call in world.cdn.calls]
    assert len(times) == 3
    assert all(later - sooner >= 1 for sooner, later in pairwise(times))


@pytest.mark.parametrize("remain", ["-3", -3, "3.0"], ids=repr)
def test_an_invalid_number_in_the_quota_sends_no_more_items(world: World, remain: object) -> None:
    answer = Response(200, json.dumps({"RequestId": "R", "UrlRemain": remain}).encode())
    _quota_answers(world, answer, sent=0)
    assert world.invoke(objects(8))["deferred"] == 8
    assert len(world.refreshes) == 1
