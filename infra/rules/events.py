"""Rules for OSS triggers that OSS would refuse, and for sites without a trigger.

Facts: Function Compute, "Native OSS triggers" (events, filters, limits); OSS, "Event notification".
"""

from collections.abc import Iterator
from itertools import combinations

from infra.deployment import Written
from oss_cdn_refresh_cli.deployment.expectations import CHANGES, changes_in
from oss_cdn_refresh_cli.deployment.model import OssTrigger
from oss_cdn_refresh_cli.deployment.regions import REGIONS
from oss_cdn_refresh_cli.deployment.rules.finding import Finding
from oss_cdn_refresh_cli.deployment.rules.oss_triggers import watched_sites

TRIGGERS_PER_BUCKET = 10  # native OSS triggers


def findings(written: Written) -> Iterator[Finding]:
    """Triggers that cannot be deployed, and sites that have none."""
    triggers = written.deployment.oss_triggers
    yield from _unknown_to_the_region(written, triggers)
    yield from _overlaps(triggers)
    for bucket in sorted({trigger.bucket for trigger in triggers}):
        count = sum(trigger.bucket == bucket for trigger in triggers)
        if count > TRIGGERS_PER_BUCKET:
            what = f"{count} triggers watch {bucket}, OSS allows {TRIGGERS_PER_BUCKET}"
            yield Finding("refresh.props.triggers", what, "watch wider prefixes with fewer triggers")
    if written.deployment.watches_buckets:  # without any trigger, event notifications bring the changes to the queue
        yield from watched_sites(written.deployment)


def _unknown_to_the_region(written: Written, triggers: tuple[OssTrigger, ...]) -> Iterator[Finding]:
    region = written.deployment.region
    for trigger in triggers:
        for event in sorted(CHANGES & frozenset(trigger.events) - changes_in(region if region in REGIONS else "")):
            place, what = f"{trigger.place}.triggerConfig.events", f"{event} does not exist in {region}"
            yield Finding(place, what, _line_to_take_out(written, event))


def _line_to_take_out(written: Written, event: str) -> str:
    lines = written.template.file.read_text(encoding="utf-8").splitlines()
    numbers = [str(number) for number, line in enumerate(lines, 1) if line.partition("#")[0].strip() == f"- {event}"]
    return f'take out line {" or ".join(numbers)}, "- {event}"' if numbers else "take it out"


def _overlaps(triggers: tuple[OssTrigger, ...]) -> Iterator[Finding]:
    for one, other in combinations(triggers, 2):
        same_objects = one.bucket == other.bucket and one.watch.overlaps(other.watch)
        if same_objects and set(one.events) & set(other.events):
            what = f"{other.name} overlaps {one.name}, and OSS refuses the second"
            yield Finding(other.place, what, "keep one, or filters that share no key")
