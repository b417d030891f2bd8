"""Rules for the role: each function has it, Function Compute may assume it, and it has the rights of the functions.

Facts: CDN, "RAM authorization" (one resource a domain); SMQ, "Custom permission policies"; OSS, "RAM policies".
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from oss_cdn_refresh.products import DEFAULT, PRODUCTS
from oss_cdn_refresh_cli.deployment.model import BACKLOG, DEAD_LETTERS, Deployment
from oss_cdn_refresh_cli.deployment.roles import Answer, Role
from oss_cdn_refresh_cli.deployment.rules.finding import Finding, Weight

if TYPE_CHECKING:  # a description for people and for the type checker
    from oss_cdn_refresh.products.product import Product

TAKES_ON = "fc.aliyuncs.com"  # Function Compute, as the service that assumes a role
IN_OSS = "oss://"
DOMAINS, INVENTORY, LOG = (f"infra.props.parameters.{name}" for name in ("Domains", "Inventory", "LogProject"))
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
        what = f"does not let {TAKES_ON} take the role on, so the functions get no credentials"
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
    for name in sorted(set(config.domains.values())) if config else (DEFAULT,):
        yield from _of_product(deployment, role, name, anywhere)
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


def _of_product(deployment: Deployment, role: Role, name: str, anywhere: str) -> Iterator[Need]:
    """The rights for the calls to a product: to refresh, to read the quota, to look up tasks and to preload."""
    config, product = deployment.config, PRODUCTS[name]
    sites = [site for site in config.sites if site.product == name] if config else []
    domains = sorted({domain for site in sites for domain in site.domains})
    for domain in domains:
        what = f"{domain} of {deployment.config_file} is missing, the CDN would refuse its refreshes"
        remedy = "list exactly the domains of the sites: REFRESH_DOMAINS in .env"
        for resource in _resources(product.REFRESH_RIGHT, product, anywhere, [domain]):
            yield Need(product.REFRESH_RIGHT, resource, DOMAINS, what, remedy)
    for resource in _resources(product.QUOTA_RIGHT, product, anywhere, domains):
        yield _need(product.QUOTA_RIGHT, resource, "the day's quota could not be read")
    if deployment.confirms:
        for resource in _resources(product.LOOK_UP_RIGHT, product, anywhere, domains):
            yield _need(product.LOOK_UP_RIGHT, resource, "no refresh could be confirmed", weight=Weight.WEAKNESS)
    preloaded = sorted({domain for site in sites if site.preload for domain in site.domains})
    for resource in _resources(product.PRELOAD_RIGHT, product, anywhere, preloaded) if preloaded else ():
        if role.may(product.REFRESH_RIGHT, resource) is not Answer.NO:  # else the domain is missing altogether
            why = f"what preload of {deployment.config_file} names would be skipped"
            yield _need(product.PRELOAD_RIGHT, resource, why, weight=Weight.WEAKNESS)


def _resources(action: str, product: "Product", anywhere: str, domains: Iterable[str]) -> list[str]:
    """On what a product's action has to be allowed: on single domains, or on everything where its API knows no less."""
    service = action.partition(":")[0]
    parts = [f"domain/{domain}" for domain in domains] if product.RIGHTS[action] else ["*"]
    return [f"acs:{service}:{anywhere}:{part}" for part in parts]


def _need(action: str, resource: str, why: str, remedy: str = ALLOW, weight: Weight = Weight.FAULT) -> Need:
    """A right that the stack's policy has to give."""
    return Need(action, resource, DOCUMENT, f"the role may not do {action} on {resource}: {why}", remedy, weight)
