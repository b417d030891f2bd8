"""The two queues: there, patient enough, and not one and the same. Facts: SMQ, GetQueueAttributes."""

from oss_cdn_refresh_cli.deployment.model import BACKLOG, DEAD_LETTERS
from oss_cdn_refresh_cli.deployment.rules.queues import retention, visibility
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.findings import Finding, failure, judged, ok, unchecked
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem

CHECK = "queues"
STACK = "deploy the stack (infra/ros.yml) again, or set it in the SMQ console"


def queues(facts: Facts) -> list[Finding]:
    """Both queues."""
    found: list[Finding] = []
    names = facts.queue_names
    if names[BACKLOG] and names[BACKLOG] == names[DEAD_LETTERS]:
        what = f"{names[BACKLOG]} is backlog and dead-letter queue in one: what is given up comes back for ever"
        found.append(failure(CHECK, what, "name two queues"))
    for variable, name in names.items():
        told = facts.queues.get(variable)
        if told is None:
            unnamed = Problem(Kind.OTHER, f"nothing names the queue of {variable}", own_remedy=f"set {variable}")
            found.append(unchecked(CHECK, unnamed))
        elif isinstance(told, Problem):
            missing = told.kind is Kind.MISSING
            what = f"there is no queue {name} ({variable})"
            found.append(failure(CHECK, what, STACK) if missing else unchecked(CHECK, told, name))
    if isinstance(facts.watching, Problem):
        if BACKLOG in facts.queues and not isinstance(facts.queues[BACKLOG], Problem):
            found.append(unchecked(CHECK, facts.watching, f"VisibilityTimeout of {names[BACKLOG]}"))
    else:
        found += judged(CHECK, (*retention(facts.watching), *visibility(facts.watching)), STACK)
    return found or [ok(CHECK, f"{names[BACKLOG]} and {names[DEAD_LETTERS]}")]
