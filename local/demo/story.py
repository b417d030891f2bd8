"""The main job in six steps; each one makes changes and proves its claims with what the edge serves."""

import json
from collections.abc import Iterable
from typing import Any

from mns.queue import Message

from local import clients
from local.cdn import Call, Quota, Script
from local.cdn.tasks import BY_ID, COMPLETE, PRELOAD
from local.cloud import Cloud
from local.demo.evidence import Evidence, totals
from local.demo.site import (
    ABOUT,
    BLOG,
    BUCKET,
    FEED,
    FIRST_POST,
    HERO,
    HOME,
    INDEX,
    LAST_POST,
    PAGES,
    POSTS,
    THUMB,
    TYPO,
)
from local.demo.stage import Column, Seen, Stage, clock_time, count, span
from local.wire.faults import Refusal

CONFIRMED = 400.0  # seconds by the clock after which the tasks of a step are looked up
PAUSE = 180.0  # seconds by the clock between two steps
OLD, NEW = "yellow", "green"
AFTER_RESET = "00:05 to 00:20"  # UTC+8
NEW_SITE = {"changes": 104, "refreshed": 107}  # /, /index.html, three of /about, the picture, its thumbnail, the posts
TOMORROW = Quota(urls=60)  # less than the posts need
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
        for step in (
            story.upload,
            story.change,
            story.throttle,
            story.fail,
            story.mistype,
            story.run_out_of_quota,
        ):
            step()
            story.confirm()
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
        pages = [HOME, INDEX, ABOUT, HERO, THUMB, FEED, FIRST_POST, LAST_POST]
        bodies = ["Spring sale", "Spring sale", "About us", "tulips", "[style/thumb] tulips", "Monday's news"]
        bodies += ["Post 1", "Post 100"]
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

    def fail(self) -> None:
        """A task fails after its call was accepted: it is submitted again, and the page is preloaded when complete."""
        stage, cloud = self._stage, self._cloud
        stage.step("A task fails after the CDN accepted it")
        failing = Script("Failed", description="Origin Return StatusCode 5XX")
        cloud.cdn.tasks.script = lambda _type, url, _times: failing if url == ABOUT else None
        self._bucket.put_object("about/index.html", "About us and you")
        cloud.settle()
        cloud.cdn.tasks.script = lambda *_: None
        old = self._see([ABOUT])
        accepted = self._evidence.look()
        cloud.clock.advance(CONFIRMED)
        cloud.settle()
        again = self._evidence.look()
        cloud.clock.advance(CONFIRMED)
        cloud.settle()
        new = self._see([ABOUT])
        confirmed = self._evidence.look()
        stage.visits(Column("accepted, but not fresh", OLD, old), Column("confirmed and preloaded", NEW, new))
        stage.note("CDN", " → ".join(accepted.codes))
        seen = totals(again.invocations)
        stage.note(
            "look-up", f"{count(seen['complete'], 'URL')} complete, {seen['failed']} failed ({failing.description})"
        )
        stage.note("submitted", " → ".join(again.codes))
        stage.note("look-up", f"{count(totals(confirmed.invocations)['complete'], 'URL')} complete, then preloaded")
        stage.expect("accepted is not fresh: the task failed", {ABOUT: Seen("HIT", "About us all")}, old)
        stage.expect("only the URL that failed is submitted again", [[ABOUT]], _submitted(again.calls))
        stage.expect(
            "its page is warm: the first visitor is served the new one", {ABOUT: Seen("HIT", "About us and you")}, new
        )

    def confirm(self) -> None:
        """The tasks of the step are looked up, minutes later."""
        self._cloud.clock.advance(CONFIRMED)
        self._cloud.settle()
        step = self._evidence.look()
        seen = totals(step.invocations)
        if seen["complete"]:
            self._stage.note("confirmed", f"{count(seen['complete'], 'URL')}, {CONFIRMED / 60:.0f} min later")

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
        letters = [json.loads(message.body) for message in self._cloud.dead_letters.messages()]
        for event in step.events:
            stage.note("event", event)
        for letter in letters:
            stage.note("dead letter", ", ".join(letter.get("urls", ())))
            stage.note("", f"{letter.get('reason')}: {letter.get('message')}")
        stage.expect("feed.xml is excluded: the edge serves the old one", {FEED: Seen("HIT", "Monday's news")}, old)
        stage.expect("the good URL is refreshed", {FEED: Seen("MISS", "Tuesday's news")}, new)
        found = [(letter.get("reason"), letter.get("urls")) for letter in letters]
        stage.expect("the bad one is a dead letter with its reason", [("InvalidItem", [TYPO])], found)
        stage.expect("the CDN was never asked for it", [[FEED]], _submitted(step.calls))

    def run_out_of_quota(self) -> None:
        """The day's quota is used up: the items wait until midnight, when a directory replaces most of them."""
        stage, cloud = self._stage, self._cloud
        stage.step("The day's quota is used up, and the next one is too small for all")
        cloud.cdn.quota = Quota(urls=sum(map(len, _submitted(cloud.cdn.calls))))
        self._bucket.put_object("index.html", "Winter sale")
        for key in POSTS:
            self._bucket.put_object(key, POSTS[key].replace("Post", "Essay"))
        pages = [HOME, FIRST_POST, LAST_POST]
        cloud.settle()
        old = self._see(pages)
        today = self._evidence.look()
        due = max((message.visible_at for message in cloud.backlog.messages()), default=cloud.clock.now())
        delay, returned = span(due - cloud.clock.now()), clock_time(due)
        cloud.clock.advance(due - cloud.clock.now())
        cloud.cdn.quota = TOMORROW
        cloud.settle()
        new = self._see(pages)
        tomorrow = self._evidence.look()
        stage.visits(Column("refused", OLD, old), Column("after midnight", NEW, new))
        refused = [call for call in today.calls if call.code]
        stage.note("CDN", f"{refused[0].code if refused else 'nothing refused'}, {count(len(refused), 'call')}")
        stage.note("backlog", f"{count(len(today.deferred), 'URL')} held back for {delay}, to {returned} UTC+8")
        stage.note("quota", f"{TOMORROW.urls} URLs for the next day")
        for call in tomorrow.calls:
            if call.accepted:
                stage.note("next day", f"{call.object_type}: {', '.join(call.urls)}")
        stage.expect(
            "the edge still serves the old pages", _served("HIT", pages, ["Summer sale", "Post 1", "Post 100"]), old
        )
        stage.expect("their URLs wait in the backlog", 2 + len(POSTS), len(set(today.deferred)))
        stage.expect("until the quota is back at midnight", AFTER_RESET, _reset(due))
        stage.expect(
            f"one directory replaces the {len(POSTS)} posts",
            sorted([[BLOG], [HOME, INDEX]]),
            sorted(map(sorted, _submitted(tomorrow.calls))),
        )
        stage.expect(
            "the edge serves all new pages", _served("MISS", pages, ["Winter sale", "Essay 1", "Essay 100"]), new
        )

    def add_up(self) -> None:
        """Compare the functions' figures with those of the stand-ins."""
        stage, cloud = self._stage, self._cloud
        own = totals(cloud.invocations)
        calls = [call for call in cloud.cdn.calls if call.accepted]
        accepted = [url for urls in _submitted(calls) for url in urls]
        directories = [url for call in calls for url in call.urls if call.object_type == "Directory"]
        deferred = [url for urls in self._evidence.deferred.values() for url in urls]
        replaced = [url for url in deferred if url.startswith(BLOG)] if directories else []
        dead = [url for message in cloud.dead_letters.messages() for url in json.loads(message.body).get("urls", ())]
        tasks = [task for task in cloud.cdn.tasks.submitted if task.object_type != PRELOAD]
        complete = sum(task.shown == COMPLETE for task in tasks)
        failed = sum(task.shown == "Failed" for task in tasks)
        preloads = len(cloud.cdn.tasks.submitted) - len(tasks)
        urls = len(accepted) - len(directories)
        looks = sum(call.action == BY_ID for call in cloud.cdn.calls)
        stage.totals(
            ("the functions say", "the cloud saw"),
            {
                "refreshed": (
                    str(own["refreshed"]),
                    f"{count(urls, 'URL')} and {len(directories)} directory for {len(replaced)} accepted by the CDN",
                ),
                "confirmed": (
                    str(own["complete"]),
                    f"{complete} of {len(tasks)} tasks complete, {failed} failed, in {count(looks, 'look-up')}",
                ),
                "preloaded": (str(own["preloaded"]), f"{count(preloads, 'URL')} preloaded by the CDN"),
                "deferred": (str(own["deferred"]), f"{count(len(deferred), 'URL')} in the backlog queue"),
                "dead-lettered": (str(own["dead_lettered"]), f"{count(len(dead), 'URL')} in the dead-letter queue"),
            },
        )
        settled = {"refreshed": urls + len(replaced), "deferred": len(deferred), "dead_lettered": len(dead)}
        seen = {**settled, "complete": complete, "failed": failed, "preloaded": preloads}
        stage.expect("both say the same", seen, {name: own[name] for name in seen})
        stage.expect("nothing is unaccounted for", own["urls"], sum(settled.values()))
        stage.expect("every accepted task was followed to its end", len(tasks), complete + failed)
        stage.expect("nothing is left in the backlog", [], [message.body for message in cloud.backlog.messages()])
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


def _submitted(calls: Iterable[Call]) -> list[list[str]]:
    """The URLs of each refresh call that the CDN accepted."""
    return [list(call.urls) for call in calls if call.accepted and call.action == "RefreshObjectCaches"]


def _reset(moment: float) -> str:
    """The time of day; `AFTER_RESET` if it lies in that range."""
    time = clock_time(moment)
    return AFTER_RESET if "00:05" <= time < "00:21" else time
