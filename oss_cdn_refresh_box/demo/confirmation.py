"""Steps of the demo: tasks are looked up minutes later; one has failed, and a page is preloaded."""

from oss_cdn_refresh_box.cdn import Script
from oss_cdn_refresh_box.demo.evidence import totals
from oss_cdn_refresh_box.demo.scene import NEW, OLD, Scene, submitted
from oss_cdn_refresh_box.demo.site import ABOUT
from oss_cdn_refresh_box.demo.stage import Column, Seen, count

CONFIRMED = 400.0  # seconds by the clock after which the tasks of a step are looked up


def fail(scene: Scene) -> None:
    """A task fails after its call was accepted: it is submitted again, and the page is preloaded when complete."""
    stage, cloud = scene.stage, scene.cloud
    stage.step("A task fails after the CDN accepted it")
    failing = Script("Failed", description="Origin Return StatusCode 5XX")
    cloud.cdn.tasks.script = lambda _type, url, _times: failing if url == ABOUT else None
    scene.bucket.put_object("about/index.html", "About us and you")
    cloud.settle()
    cloud.cdn.tasks.script = lambda *_: None
    old = scene.see([ABOUT])
    accepted = scene.evidence.look()
    cloud.clock.advance(CONFIRMED)
    cloud.settle()
    again = scene.evidence.look()
    cloud.clock.advance(CONFIRMED)
    cloud.settle()
    new = scene.see([ABOUT])
    confirmed = scene.evidence.look()
    stage.visits(Column("accepted, but not fresh", OLD, old), Column("confirmed and preloaded", NEW, new))
    stage.note("CDN", " → ".join(accepted.codes))
    seen = totals(again.invocations)
    stage.note("look-up", f"{count(seen['complete'], 'URL')} complete, {seen['failed']} failed ({failing.description})")
    stage.note("submitted", " → ".join(again.codes))
    stage.note("look-up", f"{count(totals(confirmed.invocations)['complete'], 'URL')} complete, then preloaded")
    stage.expect("accepted is not fresh: the task failed", {ABOUT: Seen("HIT", "About us all")}, old)
    stage.expect("only the URL that failed is submitted again", [[ABOUT]], submitted(again.calls))
    stage.expect(
        "its page is warm: the first visitor is served the new one", {ABOUT: Seen("HIT", "About us and you")}, new
    )


def confirm(scene: Scene) -> None:
    """The tasks of the step are looked up, minutes later."""
    scene.cloud.clock.advance(CONFIRMED)
    scene.cloud.settle()
    step = scene.evidence.look()
    seen = totals(step.invocations)
    if seen["complete"]:
        scene.stage.note("confirmed", f"{count(seen['complete'], 'URL')}, {CONFIRMED / 60:.0f} min later")
