"""A step of the demo: the bucket is behind two products, and one of them throttles."""

from oss_cdn_refresh_box.demo.scene import NEW, Scene, served, submitted
from oss_cdn_refresh_box.demo.site import ESA_PRICES, PRICES, SITE
from oss_cdn_refresh_box.demo.stage import Column, count
from oss_cdn_refresh_box.wire.faults import Faults, Refusal

THROTTLED = Refusal(429, "TooManyRequests", "Too many requests. Please try again later.")
LATER = 120.0  # seconds by the clock, after which the deferred URLs are back


def throttle_one(scene: Scene) -> None:
    """ESA throttles every call, while the CDN refreshes the same page at once."""
    stage, cloud = scene.stage, scene.cloud
    stage.step("A folder is behind the CDN and ESA, and ESA throttles")
    pages = [PRICES, ESA_PRICES]
    scene.bucket.put_object("prices/index.html", "10 yuan")
    cloud.settle()
    scene.see(pages)
    scene.evidence.look()
    cloud.esa.faults = Faults(rule=lambda _request: THROTTLED)
    scene.bucket.put_object("prices/index.html", "12 yuan")
    old, meanwhile = scene.settle(pages, "before the event", "ESA throttles")
    throttled = scene.evidence.look()
    cloud.esa.faults = Faults()
    cloud.clock.advance(LATER)
    cloud.settle()
    new = scene.see(pages)
    stage.visits(Column("two minutes later", NEW, new))
    refused = [call for call in throttled.calls if call.code]
    stage.note("ESA", f"{THROTTLED.code}, {count(len(refused), 'call')}")
    stage.note("backlog", f"{count(len(throttled.deferred), 'URL')} of ESA, none of the CDN")
    accepted = {url for urls in submitted(throttled.calls) for url in urls}
    own = {url for url in accepted if url.startswith(SITE)}
    stage.expect("both serve the old page before", served("HIT", pages, ["10 yuan"] * 2), old)
    at_once, later = {PRICES: meanwhile[PRICES]}, {ESA_PRICES: new[ESA_PRICES]}
    stage.expect("the CDN serves the new page at once", served("MISS", [PRICES], ["12 yuan"]), at_once)
    stage.expect("the CDN is asked for its own URLs only", accepted, own)
    stage.expect("ESA serves it once it takes calls again", served("MISS", [ESA_PRICES], ["12 yuan"]), later)
