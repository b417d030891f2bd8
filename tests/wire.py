"""A CDN that replaces the HTTP transport in tests with thousands of calls: it decides by the URLs of a call."""

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qs

from world import CDN, NOON, an_item

from oss_cdn_refresh.delivery.rate_limit import RateLimit
from oss_cdn_refresh.delivery.submission import Delivery
from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import FILE, Item
from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.model.outcome import Outcome
from oss_cdn_refresh.model.quota import Quota
from oss_cdn_refresh.model.time_budget import TimeBudget
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products import cdn
from oss_cdn_refresh.products.api import TOO_LARGE, Peer
from oss_cdn_refresh.products.cdn.verdicts import verdict_of
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh.transport.session import ANSWER_BYTES, Answer, Request, Session
from oss_cdn_refresh_box.clock import Clock

ACCEPTED = Answer(200, {}, b'{"RefreshTaskId": "704222904", "RequestId": "R", "UrlRemain": "9000"}')  # for both actions

Judge = Callable[[tuple[str, ...]], Answer | None]
"""The refusal of a call for these URLs; None accepts it."""


class Asked(NamedTuple):
    """One call: its action, its URLs, and the answer."""

    action: str
    urls: tuple[str, ...]
    answer: Answer

    @property
    def accepted(self) -> bool:
        """Whether the call was accepted."""
        return self.answer is ACCEPTED

    @property
    def means(self) -> Verdict | None:
        """The verdict for the answer; None if it accepts the call or is not a JSON object."""
        try:
            body = json.loads(self.answer.body)
        except (ValueError, RecursionError):
            return Verdict.TOO_LARGE if self.answer.status in TOO_LARGE else None
        if self.accepted or not isinstance(body, dict):
            return None
        code = body.get("Code")
        return verdict_of(code if isinstance(code, str) else "", self.answer.status)


class Wire(Session):
    """Answers without a connection, and stores the calls."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self._judge = judge
        self.asked: list[Asked] = []

    def send(self, sign: Callable[[], Request], seconds: float, most_bytes: int = ANSWER_BYTES) -> Answer:
        """The answer that the judge gives."""
        request = sign()
        assert seconds > 0
        urls = tuple(parse_qs(request.body.decode()).get("ObjectPath", [""])[0].split("\n"))
        answer = self._judge(urls) or ACCEPTED
        assert len(answer.body) <= most_bytes
        self.asked.append(Asked(request.headers["x-acs-action"], urls, answer))
        return answer


class Delivered(NamedTuple):
    """The result of a delivery: outcomes, calls, the number of calls in the summary, and the seconds of waiting."""

    outcomes: list[Outcome]
    asked: list[Asked]
    requests: int
    waited: float


def refusal(status: int, code: object, headers: Mapping[str, str] | None = None, message: object = "no") -> Answer:
    """The answer of a refusal."""
    return Answer(status, dict(headers or {}), json.dumps({"Code": code, "Message": message}).encode())


def items(count: int, domains: int = 1) -> list[Item]:
    """`count` items, evenly distributed over the domains, grouped by domain."""
    return [an_item(FILE, f"https://d{number * domains // count}.example.com/{number}.jpg") for number in range(count)]


def deliver(found: list[Item], judge: Judge, *, share: float = 0.0, limits: Limits | None = None) -> Delivered:
    """Deliver items to a CDN with this judge; `share` is the jitter as a share of each pause."""
    clock = Clock(NOON)
    effects = Effects(clock.now, clock.now, clock.advance, lambda low, high: low + share * (high - low))
    wire = Wire(judge)
    peer = Peer("http://cdn.example.com", lambda: Credentials("AK", "SECRET"), wire, effects, set())
    client = cdn.Client(peer, CDN, "IgnoreParams")
    delivery = Delivery(
        cdn,
        client,
        limits or cdn.LIMITS,
        RateLimit(clock.now),
        Quota(clock.now),
        TimeBudget(60.0, effects),
        Log("1-abc", "CRITICAL"),
        calls_per_second=0,
    )
    outcomes = list(delivery.deliver(dict.fromkeys(found, History(NOON)), 0.0))
    return Delivered(outcomes, wire.asked, client.requests, clock.moved)
