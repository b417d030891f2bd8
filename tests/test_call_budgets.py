"""For any answers of the CDN, the number of calls is bounded, and no item is given up because of another item."""

import math
import random
from collections import Counter
from collections.abc import Collection
from functools import lru_cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from wire import Asked, Delivered, Judge, deliver, items, refusal

from oss_cdn_refresh.model.item import Item
from oss_cdn_refresh.model.outcome import Result
from oss_cdn_refresh.model.time_budget import UNKNOWN_REFUSALS
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.cdn import LIMITS
from oss_cdn_refresh.products.cdn.verdicts import BY_CODE
from oss_cdn_refresh.transport.session import Answer

BAD_ITEM = refusal(400, "InvalidObjectPath.Malformed")
UNKNOWN = refusal(400, "Never.Heard.Of")
TOO_LARGE = Answer(413, {}, b"<html>")
OF_A_DOMAIN = refusal(404, "InvalidDomain.Offline")
THROTTLED = refusal(503, "Throttling.User")

thorough = settings(
    deadline=None,
    derandomize=True,
    max_examples=2 * settings().max_examples,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def bound(bad: int, count: int) -> float:
    """The largest allowed number of calls for `bad` items among `count` items of one planned call."""
    return 14.0 if not bad else 2 * bad * (math.log2(count / bad) + 1) + 14


def refusing(bad: set[str], answers: list[Answer], seed: int = 0) -> Judge:
    """A judge that refuses each call with a bad URL with a random one of the answers, and accepts all other calls."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    return lambda urls: chance.choice(answers) if bad.intersection(urls) else None


def urls(found: list[Item], places: set[int]) -> set[str]:
    return {found[place].url for place in places}


def ended(done: Delivered, wanted: Result) -> set[str]:
    return {item.url for outcome in done.outcomes if outcome.result is wanted for item in outcome.items}


# Any answers

codes = st.one_of(
    st.sampled_from(sorted(BY_CODE)),
    st.builds("{}.{}".format, st.sampled_from(sorted(BY_CODE)), st.text(max_size=5)),
    st.text(max_size=20),
    st.text(".x", max_size=50),
    st.sampled_from(["", "x" * 5_000, ".x" * 5_000, "Throttling" + ".x" * 5_000, "\ud800", "\x00", "長" * 200]),
    st.none() | st.booleans() | st.integers() | st.floats() | st.lists(st.text(max_size=3), max_size=3),
)
headers = st.fixed_dictionaries(
    {},
    optional={
        "x-acs-retry-after": st.sampled_from(["", "0", "500", "4000", "9000", "60000", "soon", "9" * 5_000]),
        "Date": st.sampled_from(["", "soon", "Sun, 22 Nov 2026 12:00:00 GMT", "Sun, 22 Nov 9999 12:00:00 GMT"]),
    },
)
with_a_code = st.builds(refusal, st.integers(200, 599), codes, headers, codes)
without = st.builds(
    Answer,
    st.integers(200, 599),
    headers,
    st.sampled_from([b"", b"{}", b"null", b"<html>", b"\xff", b'{"Code"', b"[" * 5_000, b'{"RefreshTaskId": ""}']),
)
mixtures = st.lists(with_a_code | without, min_size=1, max_size=5)


@st.composite
def bad_places(draw: st.DrawFn) -> tuple[int, set[int]]:
    """A number of items, and which of them are bad: a few, a run, every n-th, a random part, or all."""
    count = draw(st.sampled_from([1, 2, 3, 10, 100, 513, 768, 1_000]) | st.integers(1, 1_000))
    kind = draw(st.sampled_from(["few", "run", "comb", "part", "all", "none"]))
    if kind == "few":
        return count, draw(st.sets(st.integers(0, count - 1), max_size=8))
    if kind == "run":
        start = draw(st.integers(0, count - 1))
        return count, set(range(start, min(count, start + draw(st.integers(1, 40)))))
    if kind == "comb":
        step = draw(st.integers(2, 40))
        return count, set(range(draw(st.integers(0, step - 1)) % count, count, step))
    if kind == "part":
        chance = random.Random(draw(st.integers(0, 999)))  # noqa: S311 - nothing secret
        share = draw(st.sampled_from([0.01, 0.1, 0.4]))
        return count, {place for place in range(count) if chance.random() < share}
    return count, set(range(count)) if kind == "all" else set()


@thorough
@example((1_000, set(range(1_000))), 1, [UNKNOWN], 0, 0.0)
@example((1_000, set(range(0, 1_000, 2))), 10, [UNKNOWN], 0, 0.0)
@example((1_000, set(range(1_000))), 10, [UNKNOWN, OF_A_DOMAIN], 0, 0.0)
@given(bad_places(), st.integers(1, 10), mixtures, st.integers(0, 9), st.sampled_from([0.0, 0.1, 1.0]))
def test_any_sequence_of_answers_stays_within_the_bounds_on_calls_and_dead_letters(
    places: tuple[int, set[int]], domains: int, answers: list[Answer], seed: int, share: float
) -> None:
    count, bad = places
    found = items(count, min(domains, count))
    done = deliver(found, refusing(urls(found, bad), answers, seed), share=share)
    refreshes = [call for call in done.asked if call.action == "RefreshObjectCaches"]

    assert done.requests == len(refreshes) <= bound(len(bad), count)
    assert done.waited <= 10 + 1e-6
    # Each item has one outcome, and accepted items are refreshed.
    counted = Counter(item for outcome in done.outcomes for item in outcome.items)
    assert counted == Counter(found)
    assert ended(done, Result.REFRESHED) == {url for call in refreshes if call.accepted for url in call.urls}
    # A dead-lettered item was refused because of itself, of its domain, or of the whole call.
    blamed = {url for call in refreshes for url in blames(call, found)}
    if any(call.accepted for call in refreshes):
        blamed |= {call.urls[0] for call in refreshes if len(call.urls) == 1 and call.means is Verdict.UNKNOWN}
    assert ended(done, Result.DEAD_LETTERED) <= blamed
    # No call is made after a refusal that needs a person.
    meanings = [call.means for call in done.asked]
    assert Verdict.ACCOUNT not in meanings[:-1]
    assert meanings.count(Verdict.RENEW) <= 2
    # Refusals with an unknown code use up a budget; after that, each domain gets one more attempt.
    accepted = sum(call.accepted for call in refreshes)
    assert sum(call.means is Verdict.UNKNOWN for call in refreshes) <= UNKNOWN_REFUSALS + accepted + domains - 1


def blames(call: Asked, found: list[Item]) -> Collection[str]:
    """The URLs that may become dead letters after the refusal of a call; unknown codes are not included."""
    if call.means is Verdict.BAD_REQUEST:
        return call.urls
    if call.means is Verdict.BAD_DOMAIN:
        domain, *others = {url.split("/")[2] for url in call.urls}
        return () if others else [item.url for item in found if item.domain == domain]
    return call.urls if call.means in (Verdict.BAD_ITEM, Verdict.TOO_LARGE) and len(call.urls) == 1 else ()


# The worst cases


@lru_cache(None)
def most_calls(count: int) -> tuple[tuple[int, int], ...]:
    """For each number of bad items among `count`: the most calls after the first one, and how many bad items are
    in the first half.

    Computed from the rule alone: both halves are submitted. If the first half is accepted and the other half has more
    than one item, the other half is submitted in its halves.
    """
    if count == 1:
        return ((0, 0), (0, 0))
    first, other = most_calls(count // 2), most_calls(count - count // 2)
    most = [(0, 0)] + [(-1, 0)] * count
    for left, (inside_first, _) in enumerate(first):
        for right, (inside_other, _) in enumerate(other):
            calls = 2 + inside_first + inside_other if left else 1 + (inside_other if len(other) > 2 else 1)
            if left + right and calls > most[left + right][0]:
                most[left + right] = calls, left
    return tuple(most)


def worst_places(count: int, bad: int, start: int = 0) -> set[int]:
    """The positions at which this many bad items cost the most calls."""
    if not bad or count == 1:
        return {start} if bad else set()
    left = most_calls(count)[bad][1]
    half = count // 2
    return worst_places(half, left, start) | worst_places(count - half, bad - left, start + half)


@pytest.mark.parametrize(
    "count", [*range(1, 130), 255, 256, 257, 384, 500, 511, 512, 513, 640, 750, 768, 900, 999, 1_000]
)
def test_splits_into_halves_leave_sixteen_calls_for_other_repeats(count: int) -> None:
    slack = [bound(bad, count) - (1 + calls) for bad, (calls, _) in enumerate(most_calls(count)) if bad]
    assert min(slack) >= 15  # and the first call


@pytest.mark.parametrize(
    ("count", "bad"),
    [
        (1, 1),
        (2, 1),
        (3, 1),
        (10, 4),
        (513, 1),
        (768, 256),
        (900, 256),
        (1_000, 1),
        (1_000, 9),
        (1_000, 256),
        (1_000, 500),
        (1_000, 1_000),
    ],
)
def test_bad_items_at_the_worst_positions_cost_the_documented_number_of_calls(count: int, bad: int) -> None:
    found = items(count)
    done = deliver(found, refusing(urls(found, worst_places(count, bad)), [BAD_ITEM]))
    assert done.requests == 1 + most_calls(count)[bad][0] <= bound(bad, count)


@pytest.mark.parametrize(
    "answers",
    [[BAD_ITEM], [TOO_LARGE], [UNKNOWN], [OF_A_DOMAIN, BAD_ITEM], [THROTTLED, BAD_ITEM, TOO_LARGE, UNKNOWN]],
    ids=len,
)
@pytest.mark.parametrize("domains", [*(pytest.param(few, marks=pytest.mark.load) for few in (1, 3)), 10])
@pytest.mark.parametrize(("count", "bad"), [(10, 1), (100, 30), (384, 128), (1_000, 1)])
def test_bad_items_at_the_worst_positions_stay_within_the_bound_with_other_answers(
    count: int, bad: int, domains: int, answers: list[Answer]
) -> None:
    found = items(count, domains)
    for seed in range(2):
        done = deliver(found, refusing(urls(found, worst_places(count, bad)), answers, seed))
        assert done.requests <= bound(bad, count)


@pytest.mark.parametrize("retries", [0, 1, *(pytest.param(most, marks=pytest.mark.load) for most in range(2, 12)), 12])
@pytest.mark.parametrize("domains", [2, 5, 10])
def test_a_call_refused_in_every_way_before_its_split_stays_within_the_bound(retries: int, domains: int) -> None:
    """The budgets are used one after another: retries, the quota, new credentials, a split by domain, then halves."""
    found = items(1_000, domains)
    first = [*[THROTTLED] * retries, refusal(400, "QuotaExceeded.Refresh"), refusal(400, "InvalidTimeStamp.Expired")]
    script = iter([*first, OF_A_DOMAIN])
    bad = urls(found, worst_places(1_000, 1))
    done = deliver(found, lambda called: next(script, BAD_ITEM) if bad.intersection(called) else None)
    assert done.requests <= bound(1, 1_000)
    assert ended(done, Result.DEAD_LETTERED) == bad


def test_the_number_of_attempts_is_bounded_even_if_every_pause_is_zero() -> None:
    found = items(10)
    done = deliver(found, lambda _: THROTTLED, share=0.0)
    assert (done.requests, done.waited) == (1 + 12, 0.0)


def test_the_attempts_of_all_calls_share_one_bound() -> None:
    found = items(100)
    done = deliver(found, lambda _: THROTTLED, limits=LIMITS._replace(urls_per_call=10))
    assert done.requests == 10 + 12


def test_an_accepted_planned_call_gives_an_attempt_back() -> None:
    """A CDN that throttles every second call defers no change."""
    found = items(1_000)
    turns = iter(range(10_000))
    done = deliver(found, lambda _: None if next(turns) % 2 else THROTTLED, limits=LIMITS._replace(urls_per_call=10))
    assert (len(ended(done, Result.REFRESHED)), done.requests) == (1_000, 200)


@pytest.mark.parametrize("bad", [1, 3, 20])
def test_each_further_planned_call_adds_two_calls_at_most(bad: int) -> None:
    found = items(3_000, 10)
    places = {place * 149 for place in range(bad)}
    for seed in range(5):
        done = deliver(found, refusing(urls(found, places), [THROTTLED, UNKNOWN, BAD_ITEM, OF_A_DOMAIN], seed))
        assert done.requests <= bound(bad, 3_000) + 2 * 2
