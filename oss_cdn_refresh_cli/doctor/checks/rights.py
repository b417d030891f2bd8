"""Checks the rights of the function's role, and of the credentials of the command.

The rules of a deployment define the rights of the role; `infra/ros.yml` makes such a role.
"""

from collections.abc import Iterator

from oss_cdn_refresh.products import NAMES, product
from oss_cdn_refresh_cli.clients.refusals import grant
from oss_cdn_refresh_cli.deployment.rules.rights import granted, same_role
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.findings import Finding, Findings, failure, judged, known, unchecked, warning
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem

STACK = "deploy the stack again"
OF_THE_COMMANDS = frozenset(
    {*(product(name).QUOTA_RIGHT for name in NAMES), "mns:GetQueueAttributes", "oss:GetObject", "oss:ListObjects"}
)
OPEN = {
    "InsufficientBalance": "pay what the account owes",
    "UserDisable": "pay what the account owes",
    "AccountArrears": "pay what the account owes",
    "AccountBlacklist": "ask the support why the account is blocked",
    "AccountStatusIllegal": "ask the support why the account is blocked",
}


def rights(facts: Facts) -> Findings:
    """The role may call each API of the function, and the credentials may ask each question of doctor."""
    yield from _account(facts)
    yield from _ours(facts)
    yield from _role(facts)
    return "the function's role may do all that it does, and these credentials may read all of it"


def _account(facts: Facts) -> Iterator[Finding]:
    """Report services that refuse the whole account."""
    for code, problem in {each.code: each for each in facts.problems if each.kind is Kind.ACCOUNT}.items():
        yield failure(problem.why, OPEN.get(code, f"open {problem.service} for this account in its console"))


def _ours(facts: Facts) -> Iterator[Finding]:
    """Report rights that the credentials of the command do not have."""
    refused = dict.fromkeys(problem.action for problem in facts.problems if problem.kind is Kind.RIGHTS)
    for action in refused:
        what, remedy = f"{action} is not granted to these credentials", grant(action)
        if action in OF_THE_COMMANDS:
            yield failure(what, remedy)
        else:
            yield warning(f"{what}: only doctor needs it", remedy)


def _role(facts: Facts) -> Iterator[Finding]:
    deployment = known(facts.deployment, "the function's role")
    yield from judged(same_role(deployment), STACK)
    name = deployment.role_arn.rpartition("/")[2]
    for finding in judged(granted(deployment), STACK):
        yield finding._replace(detail=f"{name}: {finding.detail}")
    role = facts.roles.get(deployment.role_arn)
    if isinstance(role, Problem) and role.kind is Kind.MISSING:
        what = f"the function's role {deployment.role_arn} does not exist"
        yield failure(what, "deploy the stack (infra/ros.yml) again")
    elif isinstance(role, Problem) and role.kind is not Kind.RIGHTS:
        yield unchecked(role, "the function's role")
