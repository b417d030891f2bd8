"""Rules for what calls the function when an object changes: every site has a trigger that sees all of its changes.

Facts: Function Compute, "Native OSS triggers" (events, filters, limits); OSS, "Event notification".
"""

from collections.abc import Container, Iterator
from itertools import combinations

from infra.reading.deployment import Deployment
from infra.reading.template import OssTrigger
from infra.rules.findings import Finding
from oss_cdn_refresh.settings.config import Site
from oss_cdn_refresh_cli.deployment.expectations import CHANGES, Watch, changes_in, idle, unseen
from oss_cdn_refresh_cli.deployment.regions import REGIONS

TRIGGERS_PER_BUCKET = 10  # native OSS triggers


def findings(deployment: Deployment) -> Iterator[Finding]:
    """What keeps a change from the function, or calls it for nothing."""
    triggers = deployment.oss_triggers
    for function in deployment.functions:
        for trigger in function.oss_triggers:
            yield from _filter_that_never_fires(deployment, trigger)
            yield from _source(deployment, trigger, function.region)
            yield from _events(deployment, trigger, function.region)
    yield from _overlaps(deployment, triggers)
    yield from _too_many(deployment, triggers)
    if deployment.config and triggers:  # without any, event notifications bring the changes to the queue
        yield from _for_nobody(deployment, triggers, deployment.config.by_bucket)
        for number, site in enumerate(deployment.config.sites):
            yield from _site(deployment, f"sites[{number}]", site)


def _filter_that_never_fires(deployment: Deployment, trigger: OssTrigger) -> Iterator[Finding]:
    if trigger.prefix.startswith("/"):
        place = f"{trigger.place}.triggerConfig.filter.key.prefix"
        yield Finding(deployment.file, place, f'"{trigger.prefix}" never fires', 'begin it as keys begin, without "/"')


def _source(deployment: Deployment, trigger: OssTrigger, region: str) -> Iterator[Finding]:
    wanted = f"acs:oss:{region}:{deployment.template.account}:{trigger.bucket}"
    if trigger.source != wanted:
        what = f'"{trigger.source}" is no bucket of this account in {region}: OSS triggers do not cross regions'
        yield Finding(deployment.file, f"{trigger.place}.sourceArn", what, f"write {wanted}")


def _events(deployment: Deployment, trigger: OssTrigger, region: str) -> Iterator[Finding]:
    place = f"{trigger.place}.triggerConfig.events"
    known = changes_in(region if region in REGIONS else "")
    for event, why in idle(trigger.events).items():
        yield Finding(deployment.file, place, f"{event} {why}", "take it out, and subscribe by name")
    for event in sorted(known - frozenset(trigger.events)):
        yield Finding(deployment.file, place, f"{event} is missing, its changes would go unseen", "add it")
    for event in sorted(CHANGES & frozenset(trigger.events) - known):
        remedy = _line_to_take_out(deployment, event)
        yield Finding(deployment.file, place, f"{event} does not exist in {region}", remedy)


def _line_to_take_out(deployment: Deployment, event: str) -> str:
    lines = deployment.template.file.read_text(encoding="utf-8").splitlines()
    numbers = [str(number) for number, line in enumerate(lines, 1) if line.partition("#")[0].strip() == f"- {event}"]
    return f'take out line {" or ".join(numbers)}, "- {event}"' if numbers else "take it out"


def _overlaps(deployment: Deployment, triggers: tuple[OssTrigger, ...]) -> Iterator[Finding]:
    for one, other in combinations(triggers, 2):
        same_objects = one.bucket == other.bucket and _watch(one).overlaps(_watch(other))
        if same_objects and set(one.events) & set(other.events):
            what = f"{other.name} overlaps {one.name}, and OSS refuses the second"
            yield Finding(deployment.file, other.place, what, "keep one, or filters that share no key")


def _too_many(deployment: Deployment, triggers: tuple[OssTrigger, ...]) -> Iterator[Finding]:
    for bucket in sorted({trigger.bucket for trigger in triggers}):
        count = sum(trigger.bucket == bucket for trigger in triggers)
        if count > TRIGGERS_PER_BUCKET:
            what = f"{count} triggers watch {bucket}, OSS allows {TRIGGERS_PER_BUCKET}"
            yield Finding(deployment.file, "refresh.props.triggers", what, "watch wider prefixes with fewer triggers")


def _for_nobody(deployment: Deployment, triggers: tuple[OssTrigger, ...], buckets: Container[str]) -> Iterator[Finding]:
    for trigger in triggers:
        if trigger.bucket not in buckets:
            what = f'"{trigger.bucket}" is the bucket of no site of {deployment.config_file}'
            yield Finding(deployment.file, f"{trigger.place}.sourceArn", what, "add a site for it, or take it out")


def _site(deployment: Deployment, place: str, site: Site) -> Iterator[Finding]:
    triggers = [trigger for trigger in deployment.oss_triggers if trigger.bucket == site.bucket]
    if not triggers:
        what = f'no trigger watches "{site.bucket}"'
        remedy = f"add an OSS trigger for it to {deployment.file}, or set REFRESH_BUCKET in .env"
        yield Finding(deployment.config_file, f"{place}.bucket", what, remedy)
        return
    for glob in unseen(map(_watch, triggers), site):
        names = ", ".join(trigger.name for trigger in triggers)
        what = f'the filter of {names} hides keys under "{site.prefix}" that match "{glob}"'
        yield Finding(deployment.config_file, place, what, f"widen its prefix or suffix in {deployment.file}")


def _watch(trigger: OssTrigger) -> Watch:
    return Watch(trigger.prefix, trigger.suffix)
