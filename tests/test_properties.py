"""Properties for any event, any configuration and any fault: no item is lost, and no limit is exceeded.

The records of the stand-ins decide. A missing answer is not among the faults, because it takes real time.
"""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from world import DOMAINS, World, a_world, backlog_record, is_refresh, record, url

from oss_cdn_refresh.model.errors import Unaccounted
from oss_cdn_refresh_box.cdn import Limits, Quota
from oss_cdn_refresh_box.wire.faults import Fault, Faults, Lost, Refusal
from oss_cdn_refresh_box.wire.serving import Request, Reset, Response

Item = tuple[str, str]  # object type and URL

HOSTS = DOMAINS[:4]
CODES = {  # each with its usual status
    "Throttling.User": 400,
    "ServiceUnavailable": 503,
    "SignatureNonceUsed": 400,
    "QuotaExceeded.Refresh": 400,
    "QuotaPerMinuteExceeded.Refresh": 400,
    "TooMany.Refresh": 400,
    "ServiceBusy": 403,
    "InvalidObjectPath.Malformed": 400,
    "SingleRequest.OverLimit": 400,
    "Something.New": 404,
    "InvalidDomain.Offline": 404,
    "Forbidden.RAM": 403,
    "InvalidTimeStamp.Expired": 400,
    "InvalidSecurityToken.Expired": 400,
    "InsufficientBalance": 403,
}
OF_ONE_DOMAIN = ["", "", "", "ServiceBusy", "InvalidDomain.Configure_failed", "InvalidDomain.NotFound", "Forbidden.RAM"]

one_in_common = settings(
    deadline=None,
    derandomize=True,
    max_examples=settings().max_examples,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


# Events

names = st.text("ab/. é長+%!'@\n?#\\", min_size=1, max_size=8)
keys = names | st.sampled_from(["index.html", "d/index.html", "a.jpg", "a.html", "長" * 240, "d/"])
changes = st.builds(
    record,
    key=keys,
    event=st.sampled_from(
        [
            *["ObjectCreated:PutObject"] * 3,
            "ObjectRemoved:DeleteObjects",
            "ObjectModified:UpdateObjectMeta",
            "ObjectDownloaded:GetObject",
        ]
    ),
    bucket=st.sampled_from(["my-site", "my-site", "my-images", "other"]),
)
urls = st.builds(url, st.sampled_from(["a.jpg", "d/", "d/index.html", "é", "x?y=1", ""]), st.sampled_from(HOSTS))
strange = st.sampled_from(["ftp://www.example.com/", "https://evil.example/", "https://WWW.example.com/x", "\n", ""])
waiting = st.builds(
    lambda found, **fields: backlog_record(*found, **fields),
    st.lists(urls | strange, min_size=1, max_size=4),
    object_type=st.sampled_from(["File", "File", "Directory", "IgnoreParams"]),
    attempts=st.integers(0, 9),
    force=st.booleans(),
    first_seen=st.sampled_from(["2026-11-22T03:00:00Z", "2026-11-10T00:00:00Z", "2027-01-01T00:00:00Z", None]),
)
broken = st.sampled_from([None, {}, {"oss": {}}, "text", [[]], {"events": [{}]}])
incoming = st.lists(changes | changes | waiting | broken, max_size=12)

# Configurations

sites = st.fixed_dictionaries(
    {"domains": st.lists(st.sampled_from(HOSTS), min_size=1, max_size=3, unique=True)},
    optional={
        "query": st.just("ignore"),
        "variants": st.just(["!thumb", "?x-oss-process=style/thumb"]),
        "spellings": st.just("browser"),
        "bulk_delete": st.just("directory"),
        "new_objects": st.just("skip"),
        "also": st.just([{"when": "*.html", "urls": ["{dir}{stem}"], "directories": ["/"]}]),
    },
)
limits = st.fixed_dictionaries(
    {
        "urls_per_call": st.integers(1, 6),
        "directories_per_call": st.integers(1, 3),
        "domains_per_call": st.integers(1, 3),
        "urls_per_minute_per_domain": st.integers(1, 12),
    }
)

# Faults

refusals = st.builds(
    lambda code, milliseconds: Refusal(
        CODES[code], code, headers={"x-acs-retry-after": milliseconds} if milliseconds else {}
    ),
    st.sampled_from(list(CODES)),
    st.sampled_from(["", "", "500", "4000", "60000", "soon"]),
)
no_answers = st.sampled_from([Reset(), Lost(), Response(502, b"<html>"), Response(200, b"{}"), Response(413, b"")])
cdn_faults = st.lists(st.none() | refusals | no_answers, max_size=8)
smq_faults = st.lists(
    st.sampled_from(
        [
            None,
            None,
            Refusal(503, "ServiceUnavailable"),
            Refusal(404, "QueueNotExist"),
            Response(502, b"<html>"),
            Reset(),
            Lost(),
        ]
    ),
    max_size=8,
)


class Trouble:
    """A list of faults for the first calls of the CDN, and a rule for all later calls."""

    def __init__(self, script: list[Fault], poison: str, refusal: Refusal) -> None:
        self.faults = Faults(*script, rule=self._rule)
        self._poison = poison
        self._refusal = refusal

    def _rule(self, request: Request) -> Fault:
        return self._refusal if self._poison and self._poison in request.form.get("ObjectPath", "") else None


troubles = st.builds(Trouble, cdn_faults, st.sampled_from(["", "", "a.jpg", "d/", "//d1."]), refusals)
quotas = st.builds(Quota, st.sampled_from([0, 3, 10_000]), st.sampled_from([0, 1, 100]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


def prepare(world: World, both: list[dict[str, Any]], calls: dict[str, int]) -> None:
    """Configure the function and the CDN with the same limits."""
    buckets = ("my-site", "my-images")
    world.configure(*({"bucket": name, **site} for name, site in zip(buckets, both, strict=True)), limits=calls)
    world.cdn.limits = Limits(
        urls_per_call=calls["urls_per_call"],
        directories_per_call=calls["directories_per_call"],
        domains_per_call=calls["domains_per_call"],
        urls_per_minute_per_domain=calls["urls_per_minute_per_domain"],
    )


def items_of(messages: list[dict[str, Any]]) -> set[Item]:
    return {(message["object_type"], found) for message in messages for found in message.get("urls", ())}


@one_in_common
@given(
    records=incoming,
    both=st.tuples(sites, sites).map(list),
    calls=limits,
    trouble=troubles,
    domains=st.lists(st.sampled_from(OF_ONE_DOMAIN), min_size=4, max_size=4),
    quota=quotas,
    smq=smq_faults,
    timeout=st.sampled_from([1.5, 3, 10, 60]),
    share=st.sampled_from([0.2, 0.5, 1.0]),
)
def test_every_item_has_one_result_and_no_limit_is_exceeded(
    folder: Path,
    records: list[Any],
    both: list[dict[str, Any]],
    calls: dict[str, int],
    trouble: Trouble,
    domains: list[str],
    quota: Quota,
    smq: list[Fault],
    timeout: float,
    share: float,
) -> None:
    with a_world(folder) as world:
        prepare(world, both, calls)
        world.context.function.timeout = timeout
        world.jitter = lambda low, high: low + share * (high - low)
        world.cdn.faults, world.cdn.quota = trouble.faults, quota
        world.cdn.domains |= dict(zip(HOSTS, domains, strict=True))
        world.smq.faults = Faults(*smq)
        try:
            returned = world.invoke(records)
        except Unaccounted:
            returned = None
        summary = world.line("summary")

        refreshed = {
            (call.object_type, found)
            for call in world.cdn.calls
            if call.accepted and call.answered
            for found in call.urls
        }
        backlog, dead_letters = items_of(world.backlog), items_of(world.dead_letters)
        unaccounted = {
            (line["object_type"], line["url"])
            for line in world.lines
            if line["event"] == "unaccounted" and "url" in line
        }
        unread = [dead_letter for dead_letter in world.dead_letters if "payload" in dead_letter]
        # Every item is in one place. An item that SMQ stored without an answer counts as unaccounted too.
        assert not refreshed & backlog
        assert not refreshed & dead_letters
        assert not refreshed & unaccounted
        assert not backlog & dead_letters
        assert len(refreshed | backlog | dead_letters | unaccounted) == summary["urls"]
        assert summary["refreshed"] == len(refreshed)
        assert summary["deferred"] == len(backlog - unaccounted)
        assert summary["dead_lettered"] == len(dead_letters - unaccounted)
        if returned is not None:
            assert returned["urls"] == returned["refreshed"] + returned["deferred"] + returned["dead_lettered"]
            assert not unaccounted
            assert len(unread) >= returned["unreadable"]
        else:
            assert any(line["event"] == "unaccounted" for line in world.lines)
        # No limit is exceeded, no nonce is used twice, and the handler ends in time.
        at_most = {"File": calls["urls_per_call"], "Directory": calls["directories_per_call"]}
        for call in world.refreshes:
            assert len(call.urls) <= at_most.get(call.object_type, calls["urls_per_call"])
            assert len({found.split("/")[2] for found in call.urls}) <= calls["domains_per_call"]
            assert not (call.force and call.object_type == "File")
        assert len({call.nonce for call in world.cdn.calls}) == len(world.cdn.calls)
        assert summary["requests"] == len(world.refreshes)
        assert world.clock.moved <= min(10 + 3, max(timeout - 1, timeout / 2))  # pauses of calls, and of the queues
        # The messages in the queues are valid.
        for message in world.backlog:
            assert message["attempts"] < 10
        for queue in ("backlog", "dead-letters"):
            for kept in world.smq.queue(queue).messages():
                assert len(kept.body.encode()) <= 65_536
        assert all(line.isascii() and line.isprintable() and len(line) <= 32_768 for line in world.logged)
        assert world.lines[-1]["event"] == "summary"


@settings(one_in_common, max_examples=2 * settings().max_examples // 5)
@given(
    both=st.tuples(sites, sites).map(list),
    calls=limits,
    rounds=st.lists(st.tuples(st.lists(changes, max_size=10), st.integers(0, 90)), min_size=2, max_size=4),
)
def test_our_rate_limit_never_reaches_the_cdns(
    folder: Path, both: list[dict[str, Any]], calls: dict[str, int], rounds: list[tuple[list[Any], int]]
) -> None:
    """This holds if one instance does all the work and every call gets an answer."""
    with a_world(folder) as world:
        prepare(world, both, calls)
        for records, seconds in rounds:
            world.invoke(records)
            world.clock.advance(seconds)
        assert "QuotaPerMinuteExceeded.Refresh" not in {call.code for call in world.cdn.calls}


@settings(one_in_common, max_examples=3 * settings().max_examples // 10)
@given(
    records=st.lists(changes, min_size=1, max_size=8),
    both=st.tuples(sites, sites).map(list),
    calls=limits,
    script=st.lists(
        st.none() | st.sampled_from([Refusal(400, "TooMany.Refresh"), Refusal(503, "Throttling"), Reset(), Lost()]),
        max_size=6,
    ),
)
def test_every_deferred_item_is_refreshed_in_the_end(
    folder: Path, records: list[Any], both: list[dict[str, Any]], calls: dict[str, int], script: list[Fault]
) -> None:
    """The backlog comes back until it is empty; then the same items are accepted as by a CDN without faults."""
    with a_world(folder) as calm:
        prepare(calm, both, {**calls, "urls_per_minute_per_domain": 10_000})
        calm.invoke(records)
        expected = calm.cdn.accepted
    with a_world(folder) as world:
        prepare(world, both, calls)
        world.jitter = lambda _low, high: high
        world.cdn.faults = Faults(*script, where=is_refresh)
        batch: list[Any] = records
        queue = world.smq.queue("backlog")
        for _ in range(100):
            world.invoke(batch)
            if not queue.messages():
                break
            world.clock.advance(max(0, min(message.visible_at for message in queue.messages()) - world.clock.now()))
            taken = queue.receive(16)
            batch = [{"messageBody": message.body} for message in taken]
            for message in taken:
                queue.delete(message.receipt)
        assert world.cdn.accepted == expected
        assert items_of(world.dead_letters) == items_of(
            [dead_letter for dead_letter in world.dead_letters if dead_letter["reason"] == "InvalidItem"]
        )
