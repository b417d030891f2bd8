"""A refusal for another reason than the one that a question asks about decides nothing."""

import pytest
from asking import ask
from probed import Probed, Turn, nothing
from turns_events import notified
from waited import Pausing

from oss_cdn_refresh_box.wire.faults import Fault, Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Response

SURPRISE = Refusal(400, "Surprise.Code")


def once(probed: Probed, product: str, action: str, fault: Fault, *, after: int) -> None:
    """Let a fault strike one call of an action, after so many good ones."""
    probed.products[product].faults = Faults(
        *[None] * after, fault, where=lambda request: request.headers.get("x-acs-action") == action
    )


@pytest.mark.parametrize(
    "fault",
    [Refusal(400, "Throttling.User"), Refusal(503, "ServiceUnavailable"), Response(502, b"<html>"), SURPRISE],
)
@pytest.mark.parametrize(
    ("name", "product", "action", "after"),
    [
        ("ignore-params-name", "cdn", "RefreshObjectCaches", 0),
        ("raw-characters", "cdn", "RefreshObjectCaches", 1),
        ("item-length", "cdn", "RefreshObjectCaches", 0),
        ("call-domains", "cdn", "RefreshObjectCaches", 0),
        ("call-domains", "cdn", "RefreshObjectCaches", 1),
        ("unknown-id", "cdn", "DescribeRefreshTaskById", 0),
        ("esa-quota-method", "esa", "GetPurgeQuota", 0),
        ("esa-preload-size", "esa", "PreloadCaches", 1),
        ("raw-characters", "esa", "PurgeCaches", 1),
    ],
)
def test_a_refusal_for_another_reason_decides_nothing(
    probed: Probed, fault: Fault, name: str, product: str, action: str, after: int
) -> None:
    once(probed, product, action, fault, after=after)
    found = probed.answer(name, Turn(nothing, product=product), nothing)
    assert found["answer"] == "unclear", found["seen"]


def test_an_answer_without_any_quota_decides_nothing(probed: Probed) -> None:
    once(probed, "cdn", "DescribeRefreshQuota", Response(200, b"{}"), after=0)
    assert ask(probed, "quota-figures")[0] == "unclear"


def test_bursts_that_are_throttled_differently_tell_no_rate(probed: Probed) -> None:
    script = [Refusal(429, "TooManyRequests"), None, None, Refusal(429, "TooManyRequests"), None]
    probed.esa.faults = Faults(
        *script,
        rule=lambda _request: Refusal(429, "TooManyRequests"),
        where=lambda request: request.headers.get("x-acs-action") == "PurgeCaches",
    )
    found = probed.answer("esa-rate", Turn(nothing, product="esa"), nothing)
    assert found["answer"] == "unclear", found["seen"]


def test_calls_that_take_longer_than_a_second_do_not_show_that_ids_differ(probed: Probed) -> None:
    probed.cdn.tasks.subscribers.append(lambda _tasks: probed.clock.advance(1.5))
    assert ask(probed, "shared-ids")[0] == "unclear"


def test_a_notification_of_another_form_ends_no_probe(probed: Probed) -> None:
    notified()(probed)
    for body in ('{"events": [{"oss": null}]}', '{"events": [{"oss": {"object": []}}, 1]}', "[]"):
        probed.smq.queue("notified").send(body)
    found = probed.answer("event-keys", Turn(nothing, words=("--queue", "notified")), nothing)
    assert found["answer"] == "as assumed"


def test_two_calls_in_two_minutes_of_the_clock_tell_no_limit_of_a_minute(probed: Probed) -> None:
    probed.cdn.tasks.subscribers.append(lambda _tasks: probed.clock.advance(35.0))
    late = Pausing(probed.clock, lambda: probed.clock.advance(40.0))
    result = probed.run("--json", "--only", "minute-urls", clock=late)
    assert "did not lie in one minute of the clock" in result.stdout
