"""Rules for OSS triggers: every site has a trigger that fires for all of its changes.

Facts: Function Compute, "Native OSS triggers" (events, filters, limits); OSS, "Event notification".
"""

from collections.abc import Iterator

from oss_cdn_refresh.settings.config import Site
from oss_cdn_refresh_cli.deployment.expectations import changes_in, idle, unseen
from oss_cdn_refresh_cli.deployment.model import Deployment, OssTrigger
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
        yield from _events(deployment, trigger)


def watched_sites(deployment: Deployment) -> Iterator[Finding]:
    """Sites whose changes do not call the function, and triggers that watch the bucket of no site."""
    config = deployment.config
    if config is None:
        return
    for trigger in deployment.oss_triggers:
        if trigger.bucket not in config.by_bucket:
            what = f'"{trigger.bucket}" is the bucket of no site of {deployment.config_file}'
            remedy = "add a site for it, or take it out"
            yield Finding(f"{trigger.place}.sourceArn", what, remedy, Weight.WEAKNESS)
    for number, site in enumerate(config.sites):
        yield from _site(deployment, f"sites[{number}]", site)


def _events(deployment: Deployment, trigger: OssTrigger) -> Iterator[Finding]:
    place, region = f"{trigger.place}.triggerConfig.events", deployment.region
    for event, why in idle(trigger.events).items():
        yield Finding(place, f"{event} {why}", "take it out, and subscribe by name", Weight.WEAKNESS)
    for event in sorted(changes_in(region if region in REGIONS else "") - frozenset(trigger.events)):
        if f"{event.rpartition(':')[0]}:*" not in trigger.events:
            yield Finding(place, f"{event} is missing, its changes would go unseen", "add it")


def _site(deployment: Deployment, place: str, site: Site) -> Iterator[Finding]:
    triggers = [trigger for trigger in deployment.oss_triggers if trigger.bucket == site.bucket]
    if not triggers:
        what = f'no trigger watches "{site.bucket}"'
        remedy = "add an OSS trigger for it to template.yml, or set REFRESH_BUCKET in .env"
        yield Finding(f"{place}.bucket", what, remedy, file=deployment.config_file)
        return
    for glob in unseen((trigger.watch for trigger in triggers), site):
        names = ", ".join(trigger.name for trigger in triggers)
        what = f'the filter of {names} hides keys under "{site.prefix}" that match "{glob}"'
        yield Finding(place, what, "widen its prefix or suffix in template.yml", file=deployment.config_file)
