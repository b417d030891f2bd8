"""Rules for the role: each function has it, Function Compute may assume it, and it has the rights of the functions.

Facts: CDN, "RAM authorization" (one resource a domain); ESA, PurgeCaches (one resource a site); SMQ, "Custom permission
policies"; OSS, "RAM policies".
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh.products import DEFAULT, product
from oss_cdn_refresh_cli.deployment.model import BACKLOG, DEAD_LETTERS, Deployment
from oss_cdn_refresh_cli.deployment.roles import Answer, Role
from oss_cdn_refresh_cli.deployment.rules.finding import Finding, Weight

TAKES_ON = "fc.aliyuncs.com"  # Function Compute, as the service that assumes a role
IN_OSS = "oss://"
INVENTORY, LOG = (f"infra.props.parameters.{name}" for name in ("Inventory", "LogProject"))
DOCUMENT = "PolicyDocument"
ALLOW = "allow it in infra/ros.yml"  # the remedy where the stack's policy lacks a right


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
        what = f"does not let {TAKES_ON} assume the role, so the functions get no credentials"
        remedy = f"name {TAKES_ON} as Service in infra/ros.yml"
        yield Finding("AssumeRolePolicyDocument", what, remedy, file=file)
    for need in _needs(deployment, role):
        yield from _judged(role, need, file)


def _judged(role: Role, need: Need, stack_file: str) -> Iterator[Finding]:
    file = stack_file if need.place == DOCUMENT else ""
    answer = role.may(need.action, need.resource)
    if answer is Answer.NO:
        yield Finding(need.place, need.what, need.remedy, need.weight, file)
    elif answer is Answer.PERHAPS:
        what = f"a condition decides whether the role may do {need.action} on {need.resource}"
        yield Finding(need.place, what, "see that it holds for Function Compute", Weight.HINT, file)


def _needs(deployment: Deployment, role: Role) -> Iterator[Need]:
    anywhere = f"{deployment.region or '*'}:{deployment.account or '*'}"
    config, environment = deployment.config, deployment.function.environment
    for target in deployment.targets:
        yield from _of_target(deployment, role, target, anywhere)
    for variable in (BACKLOG, DEAD_LETTERS):
        name = environment.get(variable, "")
        if name:
            remedy = f"{ALLOW}, and name the same queue in .env (REFRESH_{variable})"
            resource = f"acs:mns:{anywhere}:/queues/{name}/messages"
            yield _need("mns:SendMessage", resource, f"nothing could be put into {name}", remedy)
    source = environment.get("REFRESH_CONFIG", "")
    if source.startswith(IN_OSS):
        resource, remedy = f"acs:oss:{anywhere}:{source.removeprefix(IN_OSS)}", f"{ALLOW}: REFRESH_CONFIG in .env"
        yield _need("oss:GetObject", resource, "no function could start", remedy)
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
        remedy = f"give LogProject and Logstore the same names, and {ALLOW}"
        yield Need("log:PostLogStoreLogs", resource, LOG, what, remedy, Weight.WEAKNESS)


def parameter(name: str) -> str:
    """The parameter of the stack that lists what a product may refresh: domains, or sites of the product."""
    return ("" if name == DEFAULT else name.title()) + _unit(name)


def variable(name: str) -> str:
    """The variable in .env for the parameter of a product, such as REFRESH_DOMAINS or REFRESH_ESA_SITES."""
    return f"REFRESH_{'' if name == DEFAULT else f'{name.upper()}_'}{_unit(name).upper()}"


def exactly(name: str) -> str:
    """The remedy for a wrong list of domains or sites of a product."""
    return f"list exactly the {_unit(name).lower()} of {product(name).TITLE} in the configuration"


def _unit(name: str) -> str:
    return "Sites" if product(name).NEEDS_SITE_ID else "Domains"


def _of_target(deployment: Deployment, role: Role, target: Target, anywhere: str) -> Iterator[Need]:
    """The rights for the calls to a target: to refresh, to read the quota, to look up tasks and to preload."""
    config, asked = deployment.config, product(target.product)
    if asked.NEEDS_SITE_ID and not target.site_id:
        return  # only doctor reads such a configuration, and another check reports the missing id
    sites = [site for site in config.sites if site.target == target] if config else []
    domains = sorted({domain for site in sites for domain in site.domains})
    unit = f"the site {target.site_id}" if asked.NEEDS_SITE_ID else ""
    named = _resources(asked.REFRESH_RIGHT, target, anywhere, domains) if domains else {}
    for resource, domain in named.items():
        what = f"{unit or domain} of {deployment.config_file} is missing, {asked.TITLE} would refuse its refreshes"
        place = f"infra.props.parameters.{parameter(target.product)}"
        remedy = f"{exactly(target.product)}: {variable(target.product)} in .env"
        yield Need(asked.REFRESH_RIGHT, resource, place, what, remedy)
    if named and all(role.may(asked.REFRESH_RIGHT, resource) is Answer.NO for resource in named):
        return  # the stack gives no right to the target, because the variable does not name it
    for resource in _resources(asked.QUOTA_RIGHT, target, anywhere, domains):
        yield _need(asked.QUOTA_RIGHT, resource, "the day's quota could not be read")
    if deployment.confirms:
        for resource in _resources(asked.LOOK_UP_RIGHT, target, anywhere, domains):
            yield _need(asked.LOOK_UP_RIGHT, resource, "no refresh could be confirmed", weight=Weight.WEAKNESS)
    preloaded = sorted({domain for site in sites if site.preload for domain in site.domains})
    for resource in _resources(asked.PRELOAD_RIGHT, target, anywhere, preloaded) if preloaded else ():
        if role.may(asked.REFRESH_RIGHT, resource) is not Answer.NO:  # else the domain is missing altogether
            why = f"what preload of {deployment.config_file} names would be skipped"
            yield _need(asked.PRELOAD_RIGHT, resource, why, weight=Weight.WEAKNESS)


def _resources(action: str, target: Target, anywhere: str, domains: Iterable[str]) -> dict[str, str]:
    """The resources on which the role must have the right to an action, each with a domain that needs it.

    `RIGHTS` of the product decides on them: one for each domain, one for a site of ESA, or `*`.
    """
    part = product(target.product).RIGHTS[action]
    service = action.partition(":")[0]
    names = list(domains) or [""]
    fitting = {part.format(domain=domain, site_id=target.site_id): domain for domain in reversed(names)}
    return {f"acs:{service}:{anywhere}:{part}": domain for part, domain in reversed(fitting.items())}


def _need(action: str, resource: str, why: str, remedy: str = ALLOW, weight: Weight = Weight.FAULT) -> Need:
    """A right that the stack's policy has to give."""
    return Need(action, resource, DOCUMENT, f"the role may not do {action} on {resource}: {why}", remedy, weight)
