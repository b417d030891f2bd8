"""Rules for what calls the function when an object changes: every site has a trigger that sees all of its changes.

Facts: Function Compute, "Native OSS triggers" (events, filters, limits); OSS, "Event notification".
"""

import re
from collections.abc import Container, Iterator
from itertools import combinations

from infra.deployment import Deployment
from infra.findings import Finding
from infra.template import OssTrigger
from oss_cdn_refresh.config import Site

CHANGES = frozenset(
    {
        "oss:ObjectCreated:PutObject",
        "oss:ObjectCreated:PostObject",
        "oss:ObjectCreated:CopyObject",
        "oss:ObjectCreated:AppendObject",
        "oss:ObjectCreated:CompleteMultipartUpload",
        "oss:ObjectCreated:PutSymlink",
        "oss:ObjectRemoved:DeleteObject",
        "oss:ObjectRemoved:DeleteObjects",
        "oss:ObjectModified:UpdateObjectMeta",
    }
)
REPLICATED = frozenset(  # they change what a GET returns too, but fc3's schema knows none of them
    {
        "oss:ObjectReplication:ObjectCreated",
        "oss:ObjectReplication:ObjectModified",
        "oss:ObjectReplication:ObjectRemoved",
    }
)
TRIGGERS_PER_BUCKET = 10  # native OSS triggers
GLOB = re.compile(r"[*?\[]")


def findings(deployment: Deployment) -> Iterator[Finding]:
    """What keeps a change from the function, or calls it for nothing."""
    triggers = deployment.oss_triggers
    for trigger in triggers:
        yield from _filter_that_never_fires(deployment, trigger)
        yield from _events(deployment, trigger)
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


def _events(deployment: Deployment, trigger: OssTrigger) -> Iterator[Finding]:
    place = f"{trigger.place}.triggerConfig.events"
    subscribed = frozenset(trigger.events)
    for event in sorted(subscribed - CHANGES - REPLICATED):
        what = "fires for more than changes" if event.endswith("*") else "changes no answer to a GET"
        yield Finding(deployment.file, place, f"{event} {what}", "take it out, and subscribe by name")
    for event in sorted(CHANGES - subscribed):
        yield Finding(deployment.file, place, f"{event} is missing, its changes would go unseen", "add it")


def _overlaps(deployment: Deployment, triggers: tuple[OssTrigger, ...]) -> Iterator[Finding]:
    for one, other in combinations(triggers, 2):
        same_objects = (
            one.bucket == other.bucket
            and (one.prefix.startswith(other.prefix) or other.prefix.startswith(one.prefix))
            and (one.suffix.endswith(other.suffix) or other.suffix.endswith(one.suffix))
        )
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
    for glob in site.include:
        if not any(_sees(trigger, site, glob) for trigger in triggers):
            names = ", ".join(trigger.name for trigger in triggers)
            what = f'the filter of {names} hides keys under "{site.prefix}" that match "{glob}"'
            yield Finding(deployment.config_file, place, what, f"widen its prefix or suffix in {deployment.file}")


def _sees(trigger: OssTrigger, site: Site, glob: str) -> bool:
    """Whether a trigger fires for every key that a site refreshes because of one of its globs."""
    head, tail = GLOB.split(glob)[0], re.split(r"[*?\]]", glob)[-1]
    longest = max(site.prefix, head, key=len)
    return longest.startswith(trigger.prefix) and tail.endswith(trigger.suffix)
