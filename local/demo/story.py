"""The main job in five steps; each one makes changes and proves its claims with what the edge serves."""

import json
from collections.abc import Iterable
from typing import Any

from mns.queue import Message

from local import clients
from local.cdn import Quota
from local.cloud import Cloud
from local.demo.evidence import Evidence, records, totals, urls
from local.demo.site import ABOUT, BUCKET, FEED, HERO, HOME, INDEX, PAGES, THUMB, TYPO
from local.demo.stage import Column, Seen, Stage, clock_time, count, span
from local.wire.faults import Refusal

PAUSE = 600.0  # seconds by the clock between two steps
OLD, NEW = "yellow", "green"
AFTER_RESET = "00:05 to 00:20"  # UTC+8
NEW_SITE = {"changes": 4, "refreshed": 7}  # /, /index.html, three of /about, the picture and its thumbnail
THROTTLED = Refusal(400, "Throttling.User", "Request was denied due to user flow control.")


def tell(cloud: Cloud, stage: Stage) -> None:
    """Show all steps.

    Raises:
        Failed: a claim does not hold.

    """
    functions = cloud.compute.functions.values()
    function = cloud.function.function
    instances = sum(deployed.cap for deployed in functions)
    stage.opening(
        "oss-cdn-refresh, deployed to a cloud in a box: OSS, CDN, SMQ, Function Compute",
        f"{function.handler} ({function.runtime}), {count(len(functions), 'function')}, "
        f"{count(sum(len(deployed.function.triggers) for deployed in functions), 'trigger')}, "
        f"at most {count(instances, 'instance')}",
    )
    with clients.bucket(cloud, BUCKET) as bucket:
        story = Story(cloud, stage, bucket)
        for step in (story.upload, story.change, story.throttle, story.mistype, story.run_out_of_quota):
            step()
            cloud.clock.advance(PAUSE)
    story.add_up()
    stage.closing()


class Story:
    """The steps; each one continues where the one before has ended."""

    def __init__(self, cloud: Cloud, stage: Stage, bucket: Any) -> None:
        self._cloud = cloud
        self._stage = stage
        self._bucket = bucket
        self._evidence = Evidence(cloud)

    def upload(self) -> None:
        """The first upload, with an empty cache."""
        stage = self._stage
        stage.step("A site is uploaded with oss2, and visitors fill the edge")
        for key, body in PAGES.items():
            self._bucket.put_object(key, body)
        self._cloud.settle()
        pages = [HOME, INDEX, ABOUT, HERO, THUMB, FEED]
        bodies = ["Spring sale", "Spring sale", "About us", "tulips", "[style/thumb] tulips", "Monday's news"]
        first, second = self._see(pages), self._see(pages)
        stage.visits(Column("first visit", "", first), Column("second visit", "", second))
        step = self._evidence.look()
        instances = len({invocation.instance for invocation in step.invocations})
        stage.note("function", f"{count(len(step.invocations), 'event')} on {count(instances, 'instance')}")
        summary = totals(step.invocations)
        figures = {name: summary[name] for name in NEW_SITE}
        stage.expect("every upload fires an event, and all but feed.xml is refreshed", NEW_SITE, figures)
        stage.expect("the origin answers the first visitor", _served("MISS", pages, bodies), first)
        stage.expect("the edge answers the second", _served("HIT", pages, bodies), second)

    def change(self) -> None:
        """A page and an image change."""
        stage = self._stage
        stage.step("A page and an image change")
        self._bucket.put_object("index.html", "Summer sale")
        self._bucket.put_object("img/hero.jpg", "sunflowers")
        pages = [HOME, INDEX, HERO, THUMB, ABOUT]
        began = self._cloud.clock.now()
        old, new = self._settle(pages, "before the event", "after it")
        step = self._evidence.look()
        for event in step.events:
            stage.note("event", event)
        took = max((call.at for call in step.calls), default=began) - began
        stage.note("accepted", f"{took * 1000:.0f} ms after the events")
        before = ["Spring sale", "Spring sale", "tulips", "[style/thumb] tulips", "About us"]
        after = ["Summer sale", "Summer sale", "sunflowers", "[style/thumb] sunflowers"]
        stage.expect("until the event fires, the edge serves the old ones", _served("HIT", pages, before), old)
        expected = {**_served("MISS", pages[:4], after), ABOUT: Seen("HIT", "About us")}
        stage.expect("then the new ones, / and the thumbnail too; what did not change stays cached", expected, new)

    def throttle(self) -> None:
        """A transient refusal: the call is retried."""
        stage = self._stage
        stage.step("The CDN throttles two calls")
        self._cloud.cdn.faults.add(THROTTLED, THROTTLED)
        self._bucket.put_object("about/index.html", "About us all")
        old, new = self._settle([ABOUT], "before the event", "after it")
        step = self._evidence.look()
        waits = [later.at - call.at for call, later in zip(step.calls, step.calls[1:], strict=False)]
        stage.note("CDN", " → ".join(step.codes))
        stage.note("back-off", ", ".join(f"{wait:.2f} s" for wait in waits) + " (full jitter)")
        stage.expect("the edge serves the old page before", {ABOUT: Seen("HIT", "About us")}, old)
        stage.expect("the third call is accepted", ["Throttling.User"] * 2 + [""], [call.code for call in step.calls])
        stage.expect("the edge serves the new page", {ABOUT: Seen("MISS", "About us all")}, new)

    def mistype(self) -> None:
        """A bad item in the same message as a good one: only the bad one is dead-lettered."""
        stage = self._stage
        stage.step("Two URLs are put into the backlog by hand, one with a typo in its domain")
        self._bucket.put_object("feed.xml", "Tuesday's news")
        self._cloud.settle()
        by_hand = {"kind": "oss-cdn-refresh/backlog", "version": 1, "object_type": "File", "urls": [FEED, TYPO]}
        with clients.queue(self._cloud, self._cloud.backlog.name) as queue:
            queue.send_message(Message(json.dumps(by_hand)))
        old, new = self._settle([FEED], "excluded: no refresh", "refreshed by hand")
        step = self._evidence.look()
        letters = records(self._cloud.dead_letters.messages())
        for event in step.events:
            stage.note("event", event)
        for letter in letters:
            stage.note("dead letter", ", ".join(letter.get("urls", ())))
            stage.note("", f"{letter.get('reason')}: {letter.get('message')}")
        stage.expect("feed.xml is excluded: the edge serves the old one", {FEED: Seen("HIT", "Monday's news")}, old)
        stage.expect("the good URL is refreshed", {FEED: Seen("MISS", "Tuesday's news")}, new)
        found = [(letter.get("reason"), letter.get("urls")) for letter in letters]
        stage.expect("the bad one is a dead letter with its reason", [("InvalidItem", [TYPO])], found)
        submitted = [url for call in step.calls for url in call.urls]
        stage.expect("the CDN was never asked for it", [FEED], submitted)

    def run_out_of_quota(self) -> None:
        """The day's quota is used up: the items wait until midnight."""
        stage, cloud = self._stage, self._cloud
        stage.step("The day's quota is used up")
        cloud.cdn.quota = Quota(urls=len(_accepted(cloud)))
        self._bucket.put_object("index.html", "Winter sale")
        pages = [HOME, INDEX]
        cloud.settle()
        old = self._see(pages)
        today = self._evidence.look()
        due = max((message.visible_at for message in today.messages), default=cloud.clock.now())
        delay, returned = span(due - cloud.clock.now()), clock_time(due)
        cloud.clock.advance(due - cloud.clock.now())
        cloud.settle()
        new = self._see(pages)
        tomorrow = self._evidence.look()
        stage.visits(Column("refused", OLD, old), Column("after midnight", NEW, new))
        stage.note("CDN", " → ".join(today.codes))
        stage.note("backlog", f"{count(len(urls(today.messages)), 'URL')} held back for {delay}, to {returned} UTC+8")
        for event in tomorrow.events:
            stage.note("next day", event)
        stage.expect("the edge still serves the old page", _served("HIT", pages, ["Summer sale"] * 2), old)
        stage.expect("its URLs wait in the backlog", sorted(pages), sorted(urls(today.messages)))
        stage.expect("until the quota is back at midnight", AFTER_RESET, _reset(due))
        stage.expect("the edge serves the new page after midnight", _served("MISS", pages, ["Winter sale"] * 2), new)
        left = urls(cloud.backlog.messages())
        stage.expect("nothing is left in the backlog", [], left)

    def add_up(self) -> None:
        """Compare the functions' figures with those of the stand-ins."""
        stage, cloud = self._stage, self._cloud
        own = totals(cloud.invocations)
        accepted, dead = _accepted(cloud), urls(cloud.dead_letters.messages())
        deferred = urls(self._evidence.deferred.values())
        calls = sum(call.accepted for call in cloud.cdn.calls)
        stage.totals(
            ("the functions say", "the cloud saw"),
            {
                "refreshed": (
                    str(own["refreshed"]),
                    f"{count(len(accepted), 'URL')} in {count(calls, 'call')} accepted by the CDN",
                ),
                "deferred": (str(own["deferred"]), f"{count(len(deferred), 'URL')} in the backlog queue"),
                "dead-lettered": (str(own["dead_lettered"]), f"{count(len(dead), 'URL')} in the dead-letter queue"),
            },
        )
        seen = {"refreshed": len(accepted), "deferred": len(deferred), "dead_lettered": len(dead)}
        stage.expect("both say the same", seen, {name: own[name] for name in seen})
        stage.expect("nothing is unaccounted for", own["urls"], sum(seen.values()))
        errors = [invocation.answer.error for invocation in cloud.invocations if invocation.answer.error]
        stage.expect("no invocation failed", [], errors)

    def _settle(self, pages: list[str], before: str, after: str) -> tuple[dict[str, Seen], dict[str, Seen]]:
        """Visit pages before and after the events under way, and print both."""
        old = self._see(pages)
        self._cloud.settle()
        new = self._see(pages)
        self._stage.visits(Column(before, OLD, old), Column(after, NEW, new))
        return old, new

    def _see(self, pages: Iterable[str]) -> dict[str, Seen]:
        answers = {url: self._cloud.visit(url) for url in pages}
        return {url: Seen(answer.headers["X-Cache"], answer.body.decode()) for url, answer in answers.items()}


def _served(cache: str, pages: Iterable[str], bodies: Iterable[str]) -> dict[str, Seen]:
    return {url: Seen(cache, body) for url, body in zip(pages, bodies, strict=False)}


def _accepted(cloud: Cloud) -> list[str]:
    return [url for call in cloud.cdn.calls if call.accepted for url in call.urls]


def _reset(moment: float) -> str:
    """The time of day; `AFTER_RESET` if it lies in that range."""
    time = clock_time(moment)
    return AFTER_RESET if "00:05" <= time < "00:21" else time
