"""What calls the function: changes in the buckets, and the backlog.

Facts: Function Compute, "Native OSS triggers" and "SMQ queue triggers"; what each has to be, the rules of a deployment
say.
"""

from collections.abc import Iterator

from oss_cdn_refresh_cli.deployment.model import BACKLOG, Function, OssTrigger
from oss_cdn_refresh_cli.deployment.roles import Answer
from oss_cdn_refresh_cli.deployment.rules import oss_triggers, queue_triggers, queues
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.findings import AGAIN, Finding, failure, judged, ok, unchecked
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem

CALLER = "oss.aliyuncs.com"
UNSEEN = "that an event notification of OSS brings its changes to the backlog cannot be seen"


def oss_trigger(facts: Facts) -> list[Finding]:
    """The OSS triggers, compared with the sites: every change of every site calls the function."""
    check, deployment = "oss_trigger", facts.watching
    if isinstance(deployment, Problem):
        return [unchecked(check, deployment)]
    found = judged(check, oss_triggers.oss_triggers(deployment))
    for each in deployment.functions:
        for trigger in each.oss_triggers:
            found += _role(facts, each, trigger)
    for finding in judged(check, oss_triggers.watched_sites(deployment)):
        nothing = "no trigger watches" in finding.detail
        found.append(finding._replace(remedy=f"{finding.remedy}; {UNSEEN}") if nothing else finding)
    if isinstance(facts.config, Problem):
        found.append(unchecked(check, facts.config))
    return found or [ok(check, ", ".join(f"{trigger.name} on {trigger.bucket}" for trigger in deployment.oss_triggers))]


def queue_trigger(facts: Facts) -> list[Finding]:
    """The queue trigger: what waits comes back, in batches, and what fails for good is kept."""
    check, backlog, deployment = "queue_trigger", facts.queue_names[BACKLOG], facts.watching
    if isinstance(deployment, Problem):
        return [unchecked(check, deployment)]
    strangers = (trigger for other in facts.unrelated for trigger in other.queue_triggers)
    found = judged(check, (each for one in strangers for each in queue_triggers.dead_letters_read(deployment, one)))
    found += judged(check, queue_triggers.queue_triggers(deployment))
    found += judged(check, queues.stream_dead_letters(deployment))
    if not backlog:
        unnamed = Problem(Kind.OTHER, "nothing names the backlog's queue", own_remedy=f"set {BACKLOG}")
        return [*found, unchecked(check, unnamed)]
    if not deployment.readers and isinstance(facts.drain.function, Problem):
        return [*found, unchecked(check, facts.drain.function)]  # the check of the function says that it is missing
    readers = judged(check, queue_triggers.one_reader(deployment))
    found += [each._replace(remedy=_deleted(facts)) for each in readers] if deployment.readers else readers
    return found or [ok(check, f"{trigger.name} of {each.name} on {backlog}") for each, trigger in deployment.readers]


def _deleted(facts: Facts) -> str:
    """How to delete those that call another function: a trigger that is taken out of the template stays online."""
    drain = facts.drain.name
    wrong = [(each, trigger) for known in facts.family for each in [known.name] for trigger in known.queue_triggers]
    named = ", ".join(f"{trigger.name} of {name}" for name, trigger in wrong if name != drain) or "the others"
    return f"keep that of {drain}: delete {named} (s refresh remove --trigger NAME, or the console), and {AGAIN}"


def _role(facts: Facts, function: Function, trigger: OssTrigger) -> Iterator[Finding]:
    """The role by which OSS calls the function."""
    check = "oss_trigger"
    remedy = f"give it a role that OSS may take on to call the function (fc3 makes one) and {AGAIN}"
    if not trigger.role:
        yield failure(check, f"{trigger.name} has no role by which OSS calls the function", remedy)
        return
    role = facts.roles[trigger.role]
    if isinstance(role, Problem):
        if role.kind is Kind.MISSING:
            yield failure(check, f"the role of {trigger.name}, {trigger.role}, does not exist", remedy)
        else:
            yield unchecked(check, role, f"the role of {trigger.name}")
        return
    arn = f"acs:fc:{facts.region or '*'}:{facts.account or '*'}:functions/{function.name}"
    if CALLER not in role.services:
        yield failure(check, f"the role of {trigger.name}, {role.name}, does not let {CALLER} take it on", remedy)
    if role.may("fc:InvokeFunction", arn) is Answer.NO:
        yield failure(check, f"the role of {trigger.name}, {role.name}, may not call {function.name}", remedy)
