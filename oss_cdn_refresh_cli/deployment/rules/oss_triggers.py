"""Rules for the triggers of buckets: every site has a trigger that fires for all of its changes.

Facts: Function Compute, "Native OSS triggers" (events, filters, limits) and "EventBridge-based OSS triggers"; OSS,
"Event notification".
"""

from collections.abc import Iterator

from oss_cdn_refresh.settings.config import Site
from oss_cdn_refresh_cli.deployment.expectations import changes_in, idle, unseen
from oss_cdn_refresh_cli.deployment.model import Deployment, EventTrigger, OssTrigger
from oss_cdn_refresh_cli.deployment.regions import REGIONS
from oss_cdn_refresh_cli.deployment.rules.finding import Finding, Weight


def oss_triggers(deployment: Deployment) -> Iterator[Finding]:
    """Triggers that miss a change, or call the function without a change."""
    for trigger in deployment.oss_triggers:
        if trigger.prefix.startswith("/"):
            place = f"{trigger.place}.triggerConfig.filter.key.prefix"
            yield Finding(place, f'"{trigger.prefix}" never fires', 'begin it as keys begin, without "/"')
        known = deployment.region and deployment.account
        wanted = f"acs:oss:{deployment.region}:{deployment.account}:{trigger.bucket}"
        if known and trigger.source != wanted:
            what = f'"{trigger.source}" is no bucket of this account in {deployment.region}: '
            what += "OSS triggers do not cross regions"
            yield Finding(f"{trigger.place}.sourceArn", what, f"write {wanted}", Weight.WEAKNESS)
        yield from _events(deployment, trigger, f"{trigger.place}.triggerConfig.events")


def event_triggers(deployment: Deployment) -> Iterator[Finding]:
    """EventBridge triggers that miss a change, lose it, or bring it a second time."""
    for trigger in deployment.event_triggers:
        config = f"{trigger.place}.triggerConfig"
        yield from _events(deployment, trigger, f"{config}.eventRuleFilterPattern.type")
        if not trigger.enabled:
            yield Finding(f"{config}.triggerEnable", "is false (no change comes)", "write true")
        if trigger.synchronous:
            what = "is false: while all instances are busy, EventBridge alone decides how long a change waits"
            remedy = "write true, then it waits in the function's own queue"
            yield Finding(f"{config}.asyncInvocationType", what, remedy, Weight.WEAKNESS)
        for other in deployment.oss_triggers:
            if other.bucket in trigger.buckets and any(watch.overlaps(other.watch) for watch in trigger.watches):
                what = f"{trigger.name} brings the changes of {other.bucket} too: each is refreshed twice"
                yield Finding(other.place, what, "keep one of the two", Weight.WEAKNESS)


def watched_sites(deployment: Deployment) -> Iterator[Finding]:
    """Sites whose changes do not call the function, and triggers that watch the bucket of no site."""
    config = deployment.config
    if config is None:
        return
    for native in deployment.oss_triggers:
        if native.bucket not in config.by_bucket:
            yield _of_no_site(deployment, f"{native.place}.sourceArn", native.bucket)
    for trigger in deployment.event_triggers:
        for bucket in trigger.buckets:
            if bucket not in config.by_bucket:
                place = f"{trigger.place}.triggerConfig.eventRuleFilterPattern"
                yield _of_no_site(deployment, place, bucket)
    for number, site in enumerate(config.sites):
        yield from _site(deployment, f"sites[{number}]", site)


def _of_no_site(deployment: Deployment, place: str, bucket: str) -> Finding:
    what = f'"{bucket}" is the bucket of no site of {deployment.config_file}'
    return Finding(place, what, "add a site for it, or take it out", Weight.WEAKNESS)


def _events(deployment: Deployment, trigger: OssTrigger | EventTrigger, place: str) -> Iterator[Finding]:
    region = deployment.region
    for event, why in idle(trigger.events).items():
        yield Finding(place, f"{event} {why}", "take it out, and subscribe by name", Weight.WEAKNESS)
    for event in sorted(changes_in(region if region in REGIONS else "") - frozenset(trigger.events)):
        if f"{event.rpartition(':')[0]}:*" not in trigger.events:
            yield Finding(place, f"{event} is missing, its changes would go unseen", "add it")


def _site(deployment: Deployment, place: str, site: Site) -> Iterator[Finding]:
    native = [(trigger.name, (trigger.watch,)) for trigger in deployment.oss_triggers if trigger.bucket == site.bucket]
    ruled = [(each.name, each.watches) for each in deployment.event_triggers if site.bucket in each.buckets]
    triggers = native + ruled
    if not triggers:
        what = f'no trigger watches "{site.bucket}"'
        remedy = "add an OSS trigger for it to template.yml, or set REFRESH_BUCKET in .env"
        yield Finding(f"{place}.bucket", what, remedy, file=deployment.config_file)
        return
    for glob in unseen((watch for _, watches in triggers for watch in watches), site):
        names = ", ".join(name for name, _ in triggers)
        what = f'the filter of {names} hides keys under "{site.prefix}" that match "{glob}"'
        yield Finding(place, what, "widen its prefix or suffix in template.yml", file=deployment.config_file)
