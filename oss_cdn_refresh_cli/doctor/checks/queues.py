"""The two queues: there, patient enough, and not one and the same. Facts: SMQ, GetQueueAttributes."""

from collections.abc import Iterator

from oss_cdn_refresh_cli.clients.smq_answers import Attributes
from oss_cdn_refresh_cli.deployment.expectations import KEPT_AT_MOST, visibility_for
from oss_cdn_refresh_cli.doctor.facts import BACKLOG, DEAD_LETTERS, Facts
from oss_cdn_refresh_cli.doctor.findings import Finding, failure, ok, unchecked
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
        if not name:
            found.append(
                unchecked(
                    CHECK, Problem(Kind.OTHER, f"nothing names the queue of {variable}", own_remedy=f"set {variable}")
                )
            )
            continue
        told = facts.queues[variable]
        if not isinstance(told, Problem):
            found += _retention(name, told)
        elif told.kind is Kind.MISSING:
            found.append(failure(CHECK, f"there is no queue {name} ({variable})", STACK))
        else:
            found.append(unchecked(CHECK, told, name))
    backlog = facts.queues.get(BACKLOG)
    if isinstance(backlog, Attributes):
        found += _visibility(facts, names[BACKLOG], backlog)
    return found or [ok(CHECK, f"{names[BACKLOG]} and {names[DEAD_LETTERS]}")]


def _retention(name: str, told: Attributes) -> Iterator[Finding]:
    if told.retention < KEPT_AT_MOST:
        what = f"{name} keeps messages for {told.retention} s (MessageRetentionPeriod): then they vanish, read or not"
        yield failure(CHECK, what, f"write {KEPT_AT_MOST}, the maximum: {STACK}")


def _visibility(facts: Facts, name: str, told: Attributes) -> Iterator[Finding]:
    """A message must stay hidden for as long as whoever reads the backlog may work on it."""
    readers = [known for known in facts.family if known.timeout and known.reads(name)]
    if not readers:
        if isinstance(facts.own, Problem):
            yield unchecked(CHECK, facts.own, f"VisibilityTimeout of {name}")
        return
    reader = max(readers, key=lambda known: known.timeout)
    wanted = visibility_for(reader.timeout)
    if told.visibility < wanted:
        what = (
            f"messages of {name} come back after {told.visibility} s (VisibilityTimeout), "
            f"while {reader.name} may still work on them"
        )
        yield failure(CHECK, what, f"write at least 2 * {reader.timeout} + 60 = {wanted}: {STACK}")
