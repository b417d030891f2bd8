"""Checks that the two queues exist, differ, and have long enough times. Facts: SMQ, GetQueueAttributes."""

from oss_cdn_refresh_cli.deployment.model import BACKLOG, DEAD_LETTERS
from oss_cdn_refresh_cli.deployment.rules.queues import retention, visibility
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.findings import Findings, failure, judged, unchecked
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem

STACK = "deploy the stack (infra/ros.yml) again, or set it in the SMQ console"


def queues(facts: Facts) -> Findings:
    """Both queues exist, differ, and have long enough times."""
    names = facts.queue_names
    backlog, dead_letters = names[BACKLOG], names[DEAD_LETTERS]
    if backlog and backlog == dead_letters:
        what = f"{backlog} is both backlog and dead-letter queue: dead letters come back for ever"
        yield failure(what, "name two queues")
    for variable, name in names.items():
        answer = facts.queues.get(variable)
        if answer is None:
            unnamed = Problem(Kind.OTHER, f"nothing names the queue of {variable}", own_remedy=f"set {variable}")
            yield unchecked(unnamed)
        elif isinstance(answer, Problem):
            missing = answer.kind is Kind.MISSING
            yield failure(f"there is no queue {name} ({variable})", STACK) if missing else unchecked(answer, name)
    if not isinstance(facts.watching, Problem):
        yield from judged((*retention(facts.watching), *visibility(facts.watching)), STACK)
    elif facts.queues.get(BACKLOG) and not isinstance(facts.queues[BACKLOG], Problem):
        yield unchecked(facts.watching, f"VisibilityTimeout of {backlog}")
    return f"{backlog} and {dead_letters}"
