"""Who may do what: the function with its role, and whoever runs the command.

Facts: RAM authorization of the CDN (one resource a domain), SMQ, OSS and SLS; `infra/ros.yml` makes such a role.
"""

from collections.abc import Iterator
from typing import NamedTuple

from oss_cdn_refresh_cli.doctor.facts import BACKLOG, DEAD_LETTERS, Facts
from oss_cdn_refresh_cli.doctor.findings import Finding, failure, ok, unchecked, warning
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem
from oss_cdn_refresh_cli.doctor.roles import Answer, Role

CHECK = "rights"
FUNCTION_COMPUTE = "fc.aliyuncs.com"
OF_THE_COMMANDS = frozenset({"cdn:DescribeRefreshQuota", "mns:GetQueueAttributes", "oss:GetObject", "oss:ListObjects"})
OPEN = {
    "InsufficientBalance": "pay what the account owes",
    "UserDisable": "pay what the account owes",
}


class Need(NamedTuple):
    """A right that the function's role must have; without one that is not `vital`, only logs are missing."""

    action: str
    resource: str
    remedy: str
    vital: bool = True


def rights(facts: Facts) -> list[Finding]:
    """Each API that the function calls by its role, and each that was asked here."""
    found = [*_account(facts), *_ours(facts), *_role(facts)]
    return found or [ok(CHECK, "the function's role may do all that it does, and these credentials may read all of it")]


def _account(facts: Facts) -> Iterator[Finding]:
    """Services that refuse the whole account."""
    for code, problem in {each.code: each for each in facts.problems if each.kind is Kind.ACCOUNT}.items():
        yield failure(CHECK, problem.why, OPEN.get(code, f"open {problem.service} for this account in its console"))


def _ours(facts: Facts) -> Iterator[Finding]:
    """What was refused to whoever runs the command."""
    refused = dict.fromkeys(problem.action for problem in facts.problems if problem.kind is Kind.RIGHTS)
    for action in refused:
        what, remedy = f"{action} is not granted to these credentials", f"grant {action} to whom they belong"
        if action in OF_THE_COMMANDS:
            yield failure(CHECK, what, remedy)
        else:
            yield warning(CHECK, f"{what}: only doctor needs it", remedy)


def _role(facts: Facts) -> Iterator[Finding]:
    if isinstance(facts.function, Problem):
        yield unchecked(CHECK, facts.function, "the function's role")
        return
    arn = str(facts.function.get("role") or "")
    if not arn:
        yield failure(CHECK, f"{facts.function_name} has no role", "deploy it with the role that infra/ros.yml makes")
        return
    drain = facts.drain
    if not isinstance(drain.function, Problem) and drain.function.get("role") != arn:
        what = f"{drain.name} has the role {drain.function.get('role') or '(none)'}, and {facts.function_name} {arn}"
        yield failure(CHECK, what, "deploy both with the role that infra/ros.yml makes")
    role = facts.roles[arn]
    if not isinstance(role, Problem):
        yield from _trust(role)
        yield from _missing(facts, role)
    elif role.kind is Kind.MISSING:
        yield failure(CHECK, f"the function's role {arn} does not exist", "deploy the stack (infra/ros.yml) again")
    elif role.kind is not Kind.RIGHTS:
        yield unchecked(CHECK, role, "the function's role")


def _trust(role: Role) -> Iterator[Finding]:
    if FUNCTION_COMPUTE not in role.services:
        what = f"{role.name} does not let {FUNCTION_COMPUTE} take it on, so the function gets no credentials"
        yield failure(CHECK, what, "deploy the stack (infra/ros.yml) again")


def _missing(facts: Facts, role: Role) -> Iterator[Finding]:
    for need in _needs(facts):
        answer = role.may(need.action, need.resource)
        what = f"{role.name} may not do {need.action} on {need.resource}"
        if answer is Answer.PERHAPS:
            what = f"a condition decides whether {role.name} may do {need.action} on {need.resource}"
            yield warning(CHECK, what, "see that it holds for Function Compute")
        elif answer is Answer.NO:
            yield failure(CHECK, what, need.remedy) if need.vital else warning(CHECK, what, need.remedy)


def _needs(facts: Facts) -> Iterator[Need]:
    again = "and deploy the stack again"
    place = f"{facts.region or '*'}:{facts.account or '*'}"
    if not isinstance(facts.config, Problem):
        for domain in sorted(facts.config.domains):
            remedy = f"add {domain} to REFRESH_DOMAINS in .env {again}"
            yield Need("cdn:RefreshObjectCaches", f"acs:cdn:{place}:domain/{domain}", remedy)
    yield Need("cdn:DescribeRefreshQuota", f"acs:cdn:{place}:*", f"allow it in infra/ros.yml {again}")
    for variable in (BACKLOG, DEAD_LETTERS):
        queue = facts.variables.get(variable)
        if queue:
            remedy = f"name the same queue in .env (REFRESH_{variable}) as the function does {again}"
            yield Need("mns:SendMessage", f"acs:mns:{place}:/queues/{queue}/messages", remedy)
    where = facts.variables.get("REFRESH_CONFIG", "")
    if where.startswith("oss://"):
        remedy = f"set REFRESH_CONFIG in .env {again}"
        yield Need("oss:GetObject", f"acs:oss:{place}:{where.removeprefix('oss://')}", remedy)
    inventory = "" if isinstance(facts.config, Problem) else facts.config.collapse.inventory
    if inventory.startswith("oss://"):
        remedy = f"set REFRESH_INVENTORY in .env {again}"
        yield Need("oss:GetObject", f"acs:oss:{place}:{inventory.removeprefix('oss://')}", remedy)
    log = {} if isinstance(facts.function, Problem) else facts.function.get("logConfig") or {}
    if log.get("project"):
        resource = f"acs:log:{place}:project/{log['project']}/logstore/{log.get('logstore')}"
        yield Need("log:PostLogStoreLogs", resource, f"allow it in infra/ros.yml {again}", vital=False)
