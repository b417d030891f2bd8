"""Rules for the role: each function has it, Function Compute may assume it, and it has the rights of the functions.

Facts: CDN, "RAM authorization" (one resource a domain); SMQ, "Custom permission policies"; OSS, "RAM policies".
"""

from collections.abc import Iterator
from typing import NamedTuple

from oss_cdn_refresh_cli.deployment.model import BACKLOG, DEAD_LETTERS, Deployment
from oss_cdn_refresh_cli.deployment.roles import Answer, Role
from oss_cdn_refresh_cli.deployment.rules.finding import Finding, Weight

TAKES_ON = "fc.aliyuncs.com"  # Function Compute, as the service that assumes a role
IN_OSS = "oss://"
DOMAINS, INVENTORY, LOG = (f"infra.props.parameters.{name}" for name in ("Domains", "Inventory", "LogProject"))
DOCUMENT = "PolicyDocument"


class Need(NamedTuple):
    """A right that the role must have, and the finding if it does not."""

    action: str
    resource: str
    place: str
    what: str
    remedy: str
    weight: Weight = Weight.FAULT


def same_role(deployment: Deployment) -> Iterator[Finding]:
    """Each function has the role that the stack makes."""
    made = deployment.role_arn
    for function in deployment.functions:
        if not function.role or function.role != made:
            what = f'"{function.role}" is not the role that {deployment.stack_file} makes'
            remedy = f"write {made or 'the ARN of the role'}, which infra/ros.yml makes"
            yield Finding(f"{function.place}.role", what if function.role else "is missing", remedy)


def granted(deployment: Deployment) -> Iterator[Finding]:
    """Rights that the role needs and does not have."""
    role, file = deployment.role, deployment.stack_file
    if role is None:
        return
    if TAKES_ON not in role.services:
        what = f"does not let {TAKES_ON} take the role on, so the functions get no credentials"
        remedy = f"name {TAKES_ON} as Service in infra/ros.yml"
        yield Finding("AssumeRolePolicyDocument", what, remedy, file=file)
    for need in _needs(deployment):
        yield from _judged(role, need, file)


def _judged(role: Role, need: Need, stack_file: str) -> Iterator[Finding]:
    file = stack_file if need.place == DOCUMENT else ""
    answer = role.may(need.action, need.resource)
    if answer is Answer.NO:
        yield Finding(need.place, need.what, need.remedy, need.weight, file)
    elif answer is Answer.PERHAPS:
        what = f"a condition decides whether the role may do {need.action} on {need.resource}"
        yield Finding(need.place, what, "see that it holds for Function Compute", Weight.HINT, file)


def _needs(deployment: Deployment) -> Iterator[Need]:
    anywhere = f"{deployment.region or '*'}:{deployment.account or '*'}"
    config, environment = deployment.config, deployment.function.environment
    allow = "allow it in infra/ros.yml"

    def need(action: str, resource: str, why: str, remedy: str = allow) -> Need:
        return Need(action, resource, DOCUMENT, f"the role may not do {action} on {resource}: {why}", remedy)

    for domain in sorted(config.domains if config else ()):
        what = f"{domain} of {deployment.config_file} is missing, the CDN would refuse its refreshes"
        remedy = "list exactly the domains of the sites: REFRESH_DOMAINS in .env"
        yield Need("cdn:RefreshObjectCaches", f"acs:cdn:{anywhere}:domain/{domain}", DOMAINS, what, remedy)
    yield need("cdn:DescribeRefreshQuota", f"acs:cdn:{anywhere}:*", "the day's quota could not be read")
    for variable in (BACKLOG, DEAD_LETTERS):
        name = environment.get(variable)
        if name:
            remedy = f"{allow}, and name the same queue in .env (REFRESH_{variable})"
            resource = f"acs:mns:{anywhere}:/queues/{name}/messages"
            yield need("mns:SendMessage", resource, f"nothing could be put into {name}", remedy)
    source = environment.get("REFRESH_CONFIG", "")
    if source.startswith(IN_OSS):
        resource, remedy = f"acs:oss:{anywhere}:{source.removeprefix(IN_OSS)}", f"{allow}: REFRESH_CONFIG in .env"
        yield need("oss:GetObject", resource, "no function could start", remedy)
    inventory = config.collapse.inventory if config else ""
    if inventory.startswith(IN_OSS):
        what = f"{inventory}, the collapse.inventory of {deployment.config_file}, is missing: "
        what += "the function could not read it"
        resource = f"acs:oss:{anywhere}:{inventory.removeprefix(IN_OSS)}"
        yield Need("oss:GetObject", resource, INVENTORY, what, f"write REFRESH_INVENTORY={inventory} into .env")
    ours = deployment.function
    if ours.log_project:
        what = f"the role may not write to the log {ours.log_project}/{ours.logstore}"
        resource = f"acs:log:{anywhere}:project/{ours.log_project}/logstore/{ours.logstore}"
        remedy = f"give LogProject and Logstore the same names, and {allow}"
        yield Need("log:PostLogStoreLogs", resource, LOG, what, remedy, Weight.WEAKNESS)
