"""Rules for the role: the function has the one that the stack makes, and that may do what it needs and nothing beside.

Facts: CDN, "RAM authorization" (one resource a domain); SMQ, "Custom permission policies".
"""

from collections.abc import Iterator

from infra.reading.deployment import ANY_ACCOUNT, Deployment
from infra.rules.findings import Finding
from oss_cdn_refresh_cli.doctor.roles import Answer, Role, statements

DOMAIN = "domain/"
IN_OSS = "oss://"
TAKES_ON = "fc.aliyuncs.com"  # Function Compute, as the service that takes a role on
POLICY_LENGTH = 6_144  # characters; RAM, "Limitations", custom policy
DOMAINS = "infra.props.parameters.Domains"


def findings(deployment: Deployment) -> Iterator[Finding]:
    """Another role than the stack's, domains that it cannot refresh, and domains that it could but need not."""
    yield from _role(deployment)
    yield from _trust(deployment)
    yield from _needed(deployment)
    yield from _lengths(deployment)
    listed = [
        resource.partition(DOMAIN)[2] for resource in deployment.infrastructure.resources("cdn:RefreshObjectCaches")
    ]
    for domain in listed:
        if domain != domain.strip():
            what = f'"{domain}" {"begins" if domain[0].isspace() else "ends"} with a space'
            yield Finding(deployment.file, DOMAINS, what, "commas only: REFRESH_DOMAINS in .env")
    yield from _compared(deployment, {domain.strip() for domain in listed})


def _role(deployment: Deployment) -> Iterator[Finding]:
    made = deployment.infrastructure.role
    for function in deployment.functions:
        if function.role != made:
            other = f'"{function.role}" is not the role that {deployment.infrastructure.file} makes'
            what = other if function.role else "is missing"
            yield Finding(deployment.file, f"{function.resource}.props.role", what, f"write {made}")


def _trust(deployment: Deployment) -> Iterator[Finding]:
    if TAKES_ON not in deployment.infrastructure.services:
        what = f"does not let {TAKES_ON} take the role on, so the functions get no credentials"
        yield Finding(deployment.infrastructure.file, "AssumeRolePolicyDocument", what, f"name {TAKES_ON} as Service")


def _needed(deployment: Deployment) -> Iterator[Finding]:
    """Rights without which refreshes could not be planned, or what has to wait could be put nowhere."""
    infrastructure, ours = deployment.infrastructure, deployment.function
    anywhere = f"{ours.region}:{deployment.template.account}"
    wanted = {("cdn:DescribeRefreshQuota", f"acs:cdn:{anywhere}:*"): "the day's quota could not be read"}
    for variable in ("BACKLOG_QUEUE", "DEAD_LETTER_QUEUE"):
        name = ours.environment.get(variable, "")
        if name in infrastructure.queues:
            wanted["mns:SendMessage", f"acs:mns:{anywhere}:/queues/{name}/messages"] = (
                f"nothing could be put into {name}"
            )
    source = ours.environment.get("REFRESH_CONFIG", "")
    if source.startswith(IN_OSS):
        wanted["oss:GetObject", f"acs:oss:{anywhere}:{source.removeprefix(IN_OSS)}"] = "no function could start"
    documents = (statement for policy in infrastructure.policies for statement in statements(policy.text))
    role = Role(infrastructure.role, frozenset(infrastructure.services), tuple(documents))
    for (action, resource), why in wanted.items():
        if role.may(action, resource) is Answer.NO:
            what = f"the role may not do {action} on {resource}: {why}"
            yield Finding(infrastructure.file, "PolicyDocument", what, "allow it, as the file of this project does")


def _lengths(deployment: Deployment) -> Iterator[Finding]:
    parameters = deployment.template.stack("infra").parameters
    for policy in deployment.infrastructure.policies:
        if len(policy.text) <= POLICY_LENGTH:
            continue
        what = f"the policy {policy.name} has {len(policy.text):,} characters, RAM allows {POLICY_LENGTH:,}"
        domains = parameters["Domains"].split(",")
        if parameters.get("MoreDomains") or len(domains) == 1:
            remedy = "give some sites a deployment of their own: another REFRESH_NAME, other queues, other buckets"
            yield Finding(deployment.infrastructure.file, policy.name, what, remedy)
            continue
        stay = _that_fit(policy.text, domains)
        moved = ",".join(domains[stay:])
        remedy = f"leave the first {stay} domains there and write REFRESH_MORE_DOMAINS={moved} into .env"
        yield Finding(deployment.file, DOMAINS, what, remedy)


def _that_fit(text: str, domains: list[str]) -> int:
    """How many of the domains, from the first one on, the policy of that text has room for."""
    excess = len(text) - POLICY_LENGTH
    stay = len(domains)
    while excess > 0 and stay > 1:
        stay -= 1
        excess -= len(f'"acs:cdn:*:{ANY_ACCOUNT}:{DOMAIN}{domains[stay]}", ')
    return stay


def _compared(deployment: Deployment, allowed: set[str]) -> Iterator[Finding]:
    """The domains that the role may refresh against those of the sites."""
    if deployment.config is None:
        return
    remedy = "list exactly the domains of the sites: REFRESH_DOMAINS in .env"
    for domain in sorted(deployment.config.domains.keys() - allowed):
        what = f"{domain} of {deployment.config_file} is missing, the CDN would refuse its refreshes"
        yield Finding(deployment.file, DOMAINS, what, remedy)
    for domain in sorted(allowed - deployment.config.domains.keys()):
        what = f'"{domain}" is in no site of {deployment.config_file}, the role could refresh it all the same'
        yield Finding(deployment.file, DOMAINS, what, remedy)
