"""Scripted faults strike where they say, and the stand-in's evidence tells what happened all the same."""

from collections.abc import Iterator
from http.client import HTTPException
from random import Random

import pytest
from cdn_client import NOON, Caller

from oss_cdn_refresh_box.cdn import Cdn
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.wire.faults import Dripped, Faults, Lost, Refusal, sometimes
from oss_cdn_refresh_box.wire.serving import Request, Reset, Response, Silence

URL = "https://a.example/x"


@pytest.fixture
def cdn() -> Iterator[Cdn]:
    with Cdn(Clock(NOON), ["a.example"]) as cdn:
        yield cdn


@pytest.fixture
def caller(cdn: Cdn) -> Caller:
    return Caller(cdn, Clock(NOON))


def test_a_script_strikes_one_request_after_the_other(cdn: Cdn, caller: Caller) -> None:
    cdn.faults.add(Refusal(503, "ServiceUnavailable"), None, Refusal(400, "TooMany.Refresh"))
    assert [caller.refresh([URL]) for _ in range(4)] == ["ServiceUnavailable", "", "TooMany.Refresh", ""]


def test_a_scripted_refusal_is_an_error_of_the_api(cdn: Cdn, caller: Caller) -> None:
    cdn.faults.add(Refusal(429, "Throttling", "slowly", {"x-acs-retry-after": "1200"}))
    status, answer = caller.call({"ObjectPath": URL})
    assert status == 429
    assert (answer["Code"], answer["Message"]) == ("Throttling", "slowly")
    assert (cdn.calls[0].code, cdn.calls[0].accepted, cdn.calls[0].answered) == ("Throttling", False, True)


def test_a_scripted_refusal_comes_from_behind_the_gateway(cdn: Cdn, caller: Caller) -> None:
    """A byte-for-byte replay after a 503 is refused for its nonce."""
    cdn.faults.add(Refusal(503, "ServiceUnavailable"))
    caller.refresh([URL], nonce="n")
    assert caller.refresh([URL], nonce="n") == "SignatureNonceUsed"


def test_a_call_cut_before_handling_never_happened(cdn: Cdn, caller: Caller) -> None:
    cdn.faults.add(Reset())
    with pytest.raises((OSError, HTTPException)):
        caller.refresh([URL], nonce="n")
    assert (cdn.calls[0].accepted, cdn.calls[0].answered) == (False, False)
    assert caller.refresh([URL], nonce="n") == ""


def test_a_call_whose_answer_is_lost_was_accepted(cdn: Cdn, caller: Caller) -> None:
    cdn.faults.add(Lost())
    with pytest.raises((OSError, HTTPException)):
        caller.refresh([URL])
    assert (cdn.calls[0].accepted, cdn.calls[0].answered) == (True, False)
    assert cdn.accepted == {("File", URL)}


def test_the_answer_of_a_gateway_can_replace_a_lost_one(cdn: Cdn, caller: Caller) -> None:
    cdn.faults.add(Lost(Response(504, b'{"Code": "GatewayTimeout"}')))
    assert caller.refresh([URL]) == "GatewayTimeout"
    assert cdn.accepted


def test_a_raw_answer_stands_in_for_the_apis(cdn: Cdn, caller: Caller) -> None:
    cdn.faults.add(Response(200, b"{}"))
    assert caller.call({"ObjectPath": URL}) == (200, {})
    assert (cdn.calls[0].accepted, cdn.calls[0].answered) == (False, True)


def test_silence_ends_without_an_answer(cdn: Cdn, caller: Caller) -> None:
    cdn.faults.add(Silence(0.01))
    with pytest.raises((OSError, HTTPException)):
        caller.refresh([URL])
    assert not cdn.calls[0].answered


def test_an_answer_that_drips_is_a_whole_answer_at_last(cdn: Cdn, caller: Caller) -> None:
    cdn.faults.add(Dripped(0.0))
    assert caller.refresh([URL]) == ""
    assert cdn.accepted


def test_a_rule_looks_at_the_request() -> None:
    def no_quota(request: Request) -> Refusal | None:
        is_refresh = request.headers["x-acs-action"] == "RefreshObjectCaches"
        return Refusal(400, "QuotaExceeded.Refresh") if is_refresh else None

    with Cdn(Clock(NOON), ["a.example"], faults=Faults(rule=no_quota)) as cdn:
        caller = Caller(cdn, Clock(NOON))
        assert caller.refresh([URL]) == "QuotaExceeded.Refresh"
        assert caller.quota()["UrlRemain"] == "10000"


def test_a_script_can_wait_for_the_requests_that_it_is_meant_for() -> None:
    def refreshes(request: Request) -> bool:
        return request.headers["x-acs-action"] == "RefreshObjectCaches"

    with Cdn(Clock(NOON), ["a.example"], faults=Faults(Refusal(503, "SystemBusy"), where=refreshes)) as cdn:
        caller = Caller(cdn, Clock(NOON))
        assert "Code" not in caller.quota()
        assert caller.refresh([URL]) == "SystemBusy"


def test_random_faults_repeat_with_the_same_seed() -> None:
    def codes(seed: int) -> list[str]:
        faults = Faults(rule=sometimes(0.5, [Refusal(503, "A"), Refusal(503, "B")], Random(seed)))  # noqa: S311 - a seed, not a secret
        with Cdn(Clock(NOON), ["a.example"], faults=faults) as cdn:
            caller = Caller(cdn, Clock(NOON))
            return [caller.refresh([URL]) for _ in range(20)]

    assert codes(7) == codes(7)
    assert set(codes(7)) == {"", "A", "B"}


def test_subscribers_get_accepted_refreshes_only(cdn: Cdn, caller: Caller) -> None:
    told = []
    cdn.subscribers.append(told.append)
    cdn.faults.add(Refusal(503, "SystemBusy"), Reset(), Lost())
    caller.refresh([URL])
    for _ in range(2):
        with pytest.raises((OSError, HTTPException)):
            caller.refresh([URL], "ExQuery")
    assert told == [("IgnoreParams", False, (URL,))]
