"""The buckets, and what else acts on their changes.

Facts: GetBucketInfo ("Location"); ListCname, whose answers hold `IsPurgeCdnCache` (so ossutil prints it and the
official SDKs read it; the API's own page leaves it out); "Native OSS triggers" (a trigger does not cross regions).
"""

from collections.abc import Iterator

from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh_cli.deployment.expectations import CHANGES, Watch
from oss_cdn_refresh_cli.deployment.model import BACKLOG, Function, OssTrigger
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.findings import Finding, failure, ok, unchecked, warning
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem

UNSEEN = "event rules of EventBridge and refreshes by pipelines cannot be seen"


def bucket(facts: Facts) -> list[Finding]:
    """Each bucket of the configuration: there, and in the region of the function."""
    check = "bucket"
    if isinstance(facts.config, Problem):
        return [unchecked(check, facts.config)]
    found: list[Finding] = []
    for name, told in facts.buckets.items():
        if not isinstance(told, Problem):
            if facts.region and told != facts.region:
                what = f"{name} lies in {told}, the function in {facts.region}: triggers do not cross regions"
                found.append(
                    failure(check, what, f"deploy to {told} (REFRESH_REGION in .env), or use another bucket")
                )
        elif told.kind is Kind.MISSING:
            found.append(failure(check, f"there is no bucket {name}", "create it, or fix the bucket of its site"))
        else:
            found.append(unchecked(check, told, name))
    return found or [ok(check, f"{', '.join(facts.buckets)}: there, in {facts.region or 'a region that is not known'}")]


def competitor(facts: Facts) -> list[Finding]:
    """What else acts on the same changes: OSS's own refresh, other functions, other readers of the backlog."""
    check = "competitor"
    found = list(_switches(facts))
    if isinstance(facts.others, Problem):
        found.append(unchecked(check, facts.others, "other functions"))
    else:
        for other in facts.unrelated:
            found += _reader(facts, other)
            if not isinstance(facts.config, Problem):
                found += _watcher(facts.config, other)
    if isinstance(facts.config, Problem):
        found.append(unchecked(check, facts.config))
    return found or [ok(check, f"nothing else refreshes that can be seen; {UNSEEN}")]


def _switches(facts: Facts) -> Iterator[Finding]:
    """OSS's switch "CDN cache auto refresh"."""
    if isinstance(facts.config, Problem):
        return
    for name, told in facts.purged.items():
        if not isinstance(told, Problem):
            for domain in sorted(domain for domain, on in told.items() if on and domain in facts.config.domains):
                what = f"OSS refreshes {domain} for {name} by itself too, maybe from the same quota"
                remedy = "switch it off: OSS console, the bucket, Domain Names, CDN cache auto refresh"
                yield warning("competitor", what, remedy)
        elif told.kind is not Kind.MISSING:
            yield unchecked("competitor", told, f"OSS's own refresh for {name}")


def _reader(facts: Facts, other: Function) -> Iterator[Finding]:
    """Whoever else reads the backlog takes messages away from the function."""
    backlog = facts.queue_names[BACKLOG]
    for trigger in other.queue_triggers:
        if backlog and trigger.queue == backlog:
            what = f"{other.name} reads the backlog {backlog} too, and takes changes away"
            yield failure("competitor", what, f"take its trigger {trigger.name} off, or give it a queue of its own")


def _watcher(config: Config, other: Function) -> Iterator[Finding]:
    for trigger in other.oss_triggers:
        if CHANGES.intersection(trigger.events) and any(_meets(trigger, config, name) for name in config.by_bucket):
            what = f"{other.name} is called for changes in {trigger.bucket} too, by its trigger {trigger.name}"
            yield warning("competitor", what, "see that it refreshes nothing, and writes nothing below the same prefix")


def _meets(trigger: OssTrigger, config: Config, bucket_name: str) -> bool:
    sites = config.by_bucket[bucket_name]
    return trigger.bucket == bucket_name and any(trigger.watch.overlaps(Watch(site.prefix, "")) for site in sites)
