"""Checks the triggers of the functions: those of the buckets, and that of the backlog.

Facts: Function Compute, "Native OSS triggers" and "SMQ queue triggers"; the rules of a deployment define each trigger.
"""

from collections.abc import Iterator

from oss_cdn_refresh_cli.deployment.model import BACKLOG, Function, OssTrigger
from oss_cdn_refresh_cli.deployment.roles import Answer
from oss_cdn_refresh_cli.deployment.rules import oss_triggers, queue_triggers, queues
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.findings import AGAIN, Finding, Findings, failure, judged, known, unchecked
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem

CALLER = "oss.aliyuncs.com"
UNSEEN = "that an event notification of OSS brings its changes to the backlog cannot be seen"


def oss_trigger(facts: Facts) -> Findings:
    """Every change of every site has a trigger, of OSS or of EventBridge, that calls the function."""
    deployment = known(facts.watching)
    yield from judged(oss_triggers.oss_triggers(deployment))
    yield from judged(oss_triggers.event_triggers(deployment))
    for each in deployment.functions:
        for trigger in each.oss_triggers:
            yield from _role(facts, each, trigger)
    known(facts.config)
    for finding in judged(oss_triggers.watched_sites(deployment)):
        nothing = "no trigger watches" in finding.detail
        yield finding._replace(remedy=f"{finding.remedy}; {UNSEEN}") if nothing else finding
    named = [(trigger.name, trigger.bucket) for trigger in deployment.oss_triggers]
    named += [(trigger.name, bucket) for trigger in deployment.event_triggers for bucket in trigger.buckets]
    return ", ".join(f"{name} on {bucket}" for name, bucket in named)


def queue_trigger(facts: Facts) -> Findings:
    """The queue trigger brings deferred items back in batches, and stores failed batches as dead letters."""
    deployment = known(facts.watching)
    foreign = (trigger for other in facts.unrelated for trigger in other.queue_triggers)
    yield from judged(each for one in foreign for each in queue_triggers.dead_letters_read(deployment, one))
    yield from judged(queue_triggers.queue_triggers(deployment))
    yield from judged(queues.stream_dead_letters(deployment))
    if not deployment.backlog:
        known(Problem(Kind.OTHER, "nothing names the backlog's queue", own_remedy=f"set {BACKLOG}"))
    if not deployment.readers:
        known(facts.drain.function)  # the check of the function reports it
    for finding in judged(queue_triggers.one_reader(deployment)):
        yield finding._replace(remedy=_deleted(facts)) if deployment.readers else finding
    return ", ".join(f"{trigger.name} of {each.name} on {trigger.queue}" for each, trigger in deployment.readers)


def _deleted(facts: Facts) -> str:
    """How to delete triggers of other functions: one that is removed from the template stays online."""
    drain = facts.drain.name
    wrong = [(each, trigger) for known in facts.family for each in [known.name] for trigger in known.queue_triggers]
    named = ", ".join(f"{trigger.name} of {name}" for name, trigger in wrong if name != drain) or "the others"
    return f"keep that of {drain}: delete {named} (s refresh remove --trigger NAME, or the console), and {AGAIN}"


def _role(facts: Facts, function: Function, trigger: OssTrigger) -> Iterator[Finding]:
    """Check the role by which OSS calls the function."""
    remedy = f"give it a role that OSS may take on to call the function (fc3 makes one) and {AGAIN}"
    if not trigger.role:
        yield failure(f"{trigger.name} has no role by which OSS calls the function", remedy)
        return
    role = facts.roles[trigger.role]
    if isinstance(role, Problem):
        if role.kind is Kind.MISSING:
            yield failure(f"the role of {trigger.name}, {trigger.role}, does not exist", remedy)
        else:
            yield unchecked(role, f"the role of {trigger.name}")
        return
    arn = f"acs:fc:{facts.region or '*'}:{facts.account or '*'}:functions/{function.name}"
    if CALLER not in role.services:
        yield failure(f"the role of {trigger.name}, {role.name}, does not let {CALLER} take it on", remedy)
    if role.may("fc:InvokeFunction", arn) is Answer.NO:
        yield failure(f"the role of {trigger.name}, {role.name}, may not call {function.name}", remedy)
