"""Rules for the role: the function has the one that the stack makes, and that may do what it needs and nothing beside.

Facts: CDN, "RAM authorization" (one resource a domain); SMQ, "Custom permission policies".
"""

from collections.abc import Iterator

from infra.rules.deployment import ANY_ACCOUNT, Deployment
from infra.rules.findings import Finding

DOMAIN = "domain/"
POLICY_LENGTH = 6_144  # characters; RAM, "Limitations", custom policy
DOMAINS = "infra.props.parameters.Domains"


def findings(deployment: Deployment) -> Iterator[Finding]:
    """Another role than the stack's, domains that it cannot refresh, and domains that it could but need not."""
    yield from _role(deployment)
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
    for domain in sorted(deployment.config.domains - allowed):
        what = f"{domain} of {deployment.config_file} is missing, the CDN would refuse its refreshes"
        yield Finding(deployment.file, DOMAINS, what, remedy)
    for domain in sorted(allowed - deployment.config.domains):
        what = f'"{domain}" is in no site of {deployment.config_file}, the role could refresh it all the same'
        yield Finding(deployment.file, DOMAINS, what, remedy)
