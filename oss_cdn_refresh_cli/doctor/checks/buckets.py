"""Checks the buckets, and finds other functions that act on their changes.

Facts: GetBucketInfo ("Location"); ListCname, whose answers hold `IsPurgeCdnCache` (ossutil prints it and the
official SDKs read it; the API's own page leaves it out); "Native OSS triggers" (a trigger does not cross regions).
"""

from collections.abc import Iterator

from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh_cli.deployment.expectations import CHANGES, Watch
from oss_cdn_refresh_cli.deployment.model import BACKLOG, Function, OssTrigger
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.findings import Finding, Findings, failure, known, unchecked, warning
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem

UNSEEN = "event rules of EventBridge and refreshes by pipelines cannot be seen"


def bucket(facts: Facts) -> Findings:
    """Each bucket of the configuration exists, in the region of the function."""
    known(facts.config)
    for name, answer in facts.buckets.items():
        if not isinstance(answer, Problem):
            if facts.region and answer != facts.region:
                what = f"{name} lies in {answer}, the function in {facts.region}: triggers do not cross regions"
                yield failure(what, f"deploy to {answer} (REFRESH_REGION in .env), or use another bucket")
        elif answer.kind is Kind.MISSING:
            yield failure(f"there is no bucket {name}", "create it, or fix the bucket of its site")
        else:
            yield unchecked(answer, name)
    return f"{', '.join(facts.buckets)}: there, in {facts.region or 'a region that is not known'}"


def competitor(facts: Facts) -> Findings:
    """OSS's own refresh, other functions and other readers of the backlog, which act on the same changes."""
    if isinstance(facts.others, Problem):
        yield unchecked(facts.others, "other functions")
    for other in facts.unrelated:
        yield from _reader(facts, other)
    config = known(facts.config)
    for other in facts.unrelated:
        yield from _watcher(config, other)
    yield from _switches(facts, config)
    return f"nothing else refreshes that can be seen; {UNSEEN}"


def _switches(facts: Facts, config: Config) -> Iterator[Finding]:
    """OSS's switch "CDN cache auto refresh"."""
    for name, answer in facts.purged.items():
        if not isinstance(answer, Problem):
            for domain in sorted(domain for domain, on in answer.items() if on and domain in config.domains):
                what = f"OSS refreshes {domain} for {name} by itself too, maybe from the same quota"
                remedy = "switch it off: OSS console, the bucket, Domain Names, CDN cache auto refresh"
                yield warning(what, remedy)
        elif answer.kind is not Kind.MISSING:
            yield unchecked(answer, f"OSS's own refresh for {name}")


def _reader(facts: Facts, other: Function) -> Iterator[Finding]:
    """Another reader of the backlog takes messages away from the function."""
    backlog = facts.queue_names[BACKLOG]
    for trigger in other.queue_triggers:
        if backlog and trigger.queue == backlog:
            what = f"{other.name} reads the backlog {backlog} too, and takes changes away"
            yield failure(what, f"take its trigger {trigger.name} off, or give it a queue of its own")


def _watcher(config: Config, other: Function) -> Iterator[Finding]:
    for trigger in other.oss_triggers:
        if CHANGES.intersection(trigger.events) and any(_meets(trigger, config, name) for name in config.by_bucket):
            what = f"{other.name} is called for changes in {trigger.bucket} too, by its trigger {trigger.name}"
            yield warning(what, "see that it refreshes nothing, and writes nothing below the same prefix")


def _meets(trigger: OssTrigger, config: Config, bucket_name: str) -> bool:
    sites = config.by_bucket[bucket_name]
    return trigger.bucket == bucket_name and any(trigger.watch.overlaps(Watch(site.prefix, "")) for site in sites)
