"""The main job in seven steps; each one makes changes and proves its claims with what the edge serves."""

import json

from oss_cdn_refresh_box.cdn.tasks import BY_ID, COMPLETE, PRELOAD
from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.demo import clients
from oss_cdn_refresh_box.demo.changes import change, mistype, throttle, upload
from oss_cdn_refresh_box.demo.confirmation import confirm, fail
from oss_cdn_refresh_box.demo.evidence import totals
from oss_cdn_refresh_box.demo.products import throttle_one
from oss_cdn_refresh_box.demo.quota import run_out_of_quota
from oss_cdn_refresh_box.demo.scene import Scene, submitted
from oss_cdn_refresh_box.demo.site import BLOG, BUCKET
from oss_cdn_refresh_box.demo.stage import Stage, count

LISTED = "DescribePurgeTasks"
PAUSE = 180.0  # seconds by the clock between two steps
STEPS = upload, change, throttle, throttle_one, fail, mistype, run_out_of_quota


def tell(cloud: Cloud, stage: Stage) -> None:
    """Show all steps.

    Raises:
        Failed: a claim does not hold.

    """
    functions = cloud.compute.functions.values()
    function = cloud.function.function
    instances = sum(deployed.cap for deployed in functions)
    stage.opening(
        "oss-cdn-refresh, deployed to a cloud in a box: OSS, CDN, ESA, SMQ, Function Compute",
        f"{function.handler} ({function.runtime}), {count(len(functions), 'function')}, "
        f"{count(sum(len(deployed.function.triggers) for deployed in functions), 'trigger')}, "
        f"at most {count(instances, 'instance')}",
    )
    with clients.bucket(cloud, BUCKET) as bucket:
        scene = Scene(cloud, stage, bucket)
        for step in STEPS:
            step(scene)
            confirm(scene)
            cloud.clock.advance(PAUSE)
    add_up(scene)
    stage.closing()


def add_up(scene: Scene) -> None:
    """Compare the functions' figures with those of the stand-ins."""
    stage, cloud = scene.stage, scene.cloud
    own = totals(cloud.invocations)
    calls = [call for call in cloud.calls if call.accepted]
    accepted = [url for urls in submitted(calls) for url in urls]
    directories = [url for call in calls for url in call.urls if call.object_type == "Directory"]
    deferred = [url for urls in scene.evidence.deferred.values() for url in urls]
    replaced = [url for url in deferred if url.startswith(BLOG)] if directories else []
    dead = [url for message in cloud.dead_letters.messages() for url in json.loads(message.body).get("urls", ())]
    made = [task for product in (cloud.cdn, cloud.esa) for task in product.tasks.submitted]
    tasks = [task for task in made if task.object_type != PRELOAD]
    complete = sum(task.shown == COMPLETE for task in tasks)
    failed = sum(task.shown == "Failed" for task in tasks)
    preloads = len(made) - len(tasks)
    urls = len(accepted) - len(directories)
    looks = sum(call.action in (BY_ID, LISTED) for call in cloud.calls)
    stage.totals(
        ("the functions say", "the cloud saw"),
        {
            "refreshed": (
                str(own["refreshed"]),
                f"{count(urls, 'URL')} and {len(directories)} directory for {len(replaced)} accepted by CDN and ESA",
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
