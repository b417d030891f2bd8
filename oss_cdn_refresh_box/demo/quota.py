"""A step of the demo: the day's quota is short, and a directory replaces many URLs."""

from oss_cdn_refresh_box.cdn import Quota
from oss_cdn_refresh_box.demo.scene import NEW, OLD, Scene, served, submitted
from oss_cdn_refresh_box.demo.site import BLOG, FIRST_POST, HOME, INDEX, LAST_POST, POSTS
from oss_cdn_refresh_box.demo.stage import Column, clock_time, count, span

AFTER_RESET = "00:05 to 00:20"  # UTC+8
TOMORROW = Quota(urls=60)  # less than the posts need


def run_out_of_quota(scene: Scene) -> None:
    """The day's quota is used up: the items wait until midnight, when a directory replaces most of them."""
    stage, cloud = scene.stage, scene.cloud
    stage.step("The day's quota is used up, and the next one is too small for all")
    cloud.cdn.quota = Quota(urls=sum(map(len, submitted(cloud.cdn.calls))))
    scene.bucket.put_object("index.html", "Winter sale")
    for key in POSTS:
        scene.bucket.put_object(key, POSTS[key].replace("Post", "Essay"))
    pages = [HOME, FIRST_POST, LAST_POST]
    cloud.settle()
    old = scene.see(pages)
    today = scene.evidence.look()
    due = max((message.visible_at for message in cloud.backlog.messages()), default=cloud.clock.now())
    delay, returned = span(due - cloud.clock.now()), clock_time(due)
    cloud.clock.advance(due - cloud.clock.now())
    cloud.cdn.quota = TOMORROW
    cloud.settle()
    new = scene.see(pages)
    tomorrow = scene.evidence.look()
    stage.visits(Column("refused", OLD, old), Column("after midnight", NEW, new))
    refused = [call for call in today.calls if call.code]
    stage.note("CDN", f"{refused[0].code if refused else 'nothing refused'}, {count(len(refused), 'call')}")
    stage.note("backlog", f"{count(len(today.deferred), 'URL')} held back for {delay}, to {returned} UTC+8")
    stage.note("quota", f"{TOMORROW.urls} URLs for the next day")
    for call in tomorrow.calls:
        if call.accepted:
            stage.note("next day", f"{call.object_type}: {', '.join(call.urls)}")
    stage.expect(
        "the edge still serves the old pages", served("HIT", pages, ["Summer sale", "Post 1", "Post 100"]), old
    )
    stage.expect("their URLs wait in the backlog", 2 + len(POSTS), len(set(today.deferred)))
    stage.expect("until the quota is back at midnight", AFTER_RESET, _reset(due))
    stage.expect(
        f"one directory replaces the {len(POSTS)} posts",
        sorted([[BLOG], [HOME, INDEX]]),
        sorted(map(sorted, submitted(tomorrow.calls))),
    )
    stage.expect("the edge serves all new pages", served("MISS", pages, ["Winter sale", "Essay 1", "Essay 100"]), new)


def _reset(moment: float) -> str:
    """The time of day; `AFTER_RESET` if it lies in that range."""
    time = clock_time(moment)
    return AFTER_RESET if "00:05" <= time < "00:21" else time
