"""Steps of the demo: changes that are refreshed at once, after a retry, or by hand."""

import json

from mns.queue import Message

from oss_cdn_refresh_box.demo import clients
from oss_cdn_refresh_box.demo.evidence import totals
from oss_cdn_refresh_box.demo.scene import Scene, served, submitted
from oss_cdn_refresh_box.demo.site import ABOUT, FEED, FIRST_POST, HERO, HOME, INDEX, LAST_POST, PAGES, THUMB, TYPO
from oss_cdn_refresh_box.demo.stage import Column, Seen, count
from oss_cdn_refresh_box.wire.faults import Refusal

NEW_SITE = {"changes": 104, "refreshed": 107}  # /, /index.html, three of /about, the picture, its thumbnail, the posts
THROTTLED = Refusal(400, "Throttling.User", "Request was denied due to user flow control.")


def upload(scene: Scene) -> None:
    """The first upload, with an empty cache."""
    stage = scene.stage
    stage.step("A site is uploaded with oss2, and visitors fill the edge")
    for key, body in PAGES.items():
        scene.bucket.put_object(key, body)
    scene.cloud.settle()
    pages = [HOME, INDEX, ABOUT, HERO, THUMB, FEED, FIRST_POST, LAST_POST]
    bodies = ["Spring sale", "Spring sale", "About us", "tulips", "[style/thumb] tulips", "Monday's news"]
    bodies += ["Post 1", "Post 100"]
    first, second = scene.see(pages), scene.see(pages)
    stage.visits(Column("first visit", "", first), Column("second visit", "", second))
    step = scene.evidence.look()
    instances = len({invocation.instance for invocation in step.invocations})
    stage.note("function", f"{count(len(step.invocations), 'event')} on {count(instances, 'instance')}")
    summary = totals(step.invocations)
    figures = {name: summary[name] for name in NEW_SITE}
    stage.expect("every upload fires an event, and all but feed.xml is refreshed", NEW_SITE, figures)
    stage.expect("the origin answers the first visitor", served("MISS", pages, bodies), first)
    stage.expect("the edge answers the second", served("HIT", pages, bodies), second)


def change(scene: Scene) -> None:
    """A page and an image change."""
    stage = scene.stage
    stage.step("A page and an image change")
    scene.bucket.put_object("index.html", "Summer sale")
    scene.bucket.put_object("img/hero.jpg", "sunflowers")
    pages = [HOME, INDEX, HERO, THUMB, ABOUT]
    began = scene.cloud.clock.now()
    old, new = scene.settle(pages, "before the event", "after it")
    step = scene.evidence.look()
    for event in step.events:
        stage.note("event", event)
    took = max((call.at for call in step.calls), default=began) - began
    stage.note("accepted", f"{took * 1000:.0f} ms after the events")
    before = ["Spring sale", "Spring sale", "tulips", "[style/thumb] tulips", "About us"]
    after = ["Summer sale", "Summer sale", "sunflowers", "[style/thumb] sunflowers"]
    stage.expect("until the event fires, the edge serves the old ones", served("HIT", pages, before), old)
    expected = {**served("MISS", pages[:4], after), ABOUT: Seen("HIT", "About us")}
    stage.expect("then the new ones, / and the thumbnail too; what did not change stays cached", expected, new)


def throttle(scene: Scene) -> None:
    """A transient refusal: the call is retried."""
    stage = scene.stage
    stage.step("The CDN throttles two calls")
    scene.cloud.cdn.faults.add(THROTTLED, THROTTLED)
    scene.bucket.put_object("about/index.html", "About us all")
    old, new = scene.settle([ABOUT], "before the event", "after it")
    step = scene.evidence.look()
    waits = [later.at - call.at for call, later in zip(step.calls, step.calls[1:], strict=False)]
    stage.note("CDN", " → ".join(step.codes))
    stage.note("back-off", ", ".join(f"{wait:.2f} s" for wait in waits) + " (full jitter)")
    stage.expect("the edge serves the old page before", {ABOUT: Seen("HIT", "About us")}, old)
    stage.expect("the third call is accepted", ["Throttling.User"] * 2 + [""], [call.code for call in step.calls])
    stage.expect("the edge serves the new page", {ABOUT: Seen("MISS", "About us all")}, new)


def mistype(scene: Scene) -> None:
    """A bad item in the same message as a good one: only the bad one is dead-lettered."""
    stage = scene.stage
    stage.step("Two URLs are put into the backlog by hand, one with a typo in its domain")
    scene.bucket.put_object("feed.xml", "Tuesday's news")
    scene.cloud.settle()
    by_hand = {"kind": "oss-cdn-refresh/backlog", "version": 1, "object_type": "File", "urls": [FEED, TYPO]}
    with clients.queue(scene.cloud, scene.cloud.backlog.name) as queue:
        queue.send_message(Message(json.dumps(by_hand)))
    old, new = scene.settle([FEED], "excluded: no refresh", "refreshed by hand")
    step = scene.evidence.look()
    letters = [json.loads(message.body) for message in scene.cloud.dead_letters.messages()]
    for event in step.events:
        stage.note("event", event)
    for letter in letters:
        stage.note("dead letter", ", ".join(letter.get("urls", ())))
        stage.note("", f"{letter.get('reason')}: {letter.get('message')}")
    stage.expect("feed.xml is excluded: the edge serves the old one", {FEED: Seen("HIT", "Monday's news")}, old)
    stage.expect("the good URL is refreshed", {FEED: Seen("MISS", "Tuesday's news")}, new)
    found = [(letter.get("reason"), letter.get("urls")) for letter in letters]
    stage.expect("the bad one is a dead letter with its reason", [("InvalidItem", [TYPO])], found)
    stage.expect("the CDN was never asked for it", [[FEED]], submitted(step.calls))
