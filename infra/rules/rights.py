"""Rules for the policies of the stack: they keep RAM's limits, and allow only what the sites need.

Facts: RAM, "Limitations".
"""

from collections.abc import Iterator

from infra.reading.deployment import ANY_ACCOUNT, Written
from oss_cdn_refresh.products import DEFAULT, PRODUCTS
from oss_cdn_refresh_cli.deployment.rules.finding import Finding
from oss_cdn_refresh_cli.deployment.rules.rights import DOMAINS, INVENTORY, granted

DOMAIN = "domain/"
POLICY_LENGTH = 6_144  # characters; RAM, "Limitations", custom policy


def findings(written: Written) -> Iterator[Finding]:
    """Missing rights, domains of no site that the role may refresh, and policies that are too long."""
    config, file = written.deployment.config, written.deployment.config_file
    inventory = written.template.stack("infra").parameters.get("Inventory")
    another = config is not None and inventory and inventory != config.collapse.inventory
    for finding in granted(written.deployment):
        if finding.place != INVENTORY or not another:  # the rules for the inventory report another one
            yield finding
    yield from _lengths(written)
    resources = written.infrastructure.resources(PRODUCTS[DEFAULT].REFRESH_RIGHT)
    listed = [resource.partition(DOMAIN)[2] for resource in resources]
    for domain in listed:
        if domain != domain.strip():
            what = f'"{domain}" {"begins" if domain[0].isspace() else "ends"} with a space'
            yield Finding(DOMAINS, what, "commas only: REFRESH_DOMAINS in .env")
    if config:
        for domain in sorted({domain.strip() for domain in listed} - config.domains.keys()):
            what = f'"{domain}" is in no site of {file}, the role could refresh it all the same'
            yield Finding(DOMAINS, what, "list exactly the domains of the sites: REFRESH_DOMAINS in .env")


def _lengths(written: Written) -> Iterator[Finding]:
    parameters = written.template.stack("infra").parameters
    for policy in written.infrastructure.policies:
        if len(policy.text) <= POLICY_LENGTH:
            continue
        what = f"the policy {policy.name} has {len(policy.text):,} characters, RAM allows {POLICY_LENGTH:,}"
        domains = parameters["Domains"].split(",")
        if parameters.get("MoreDomains") or len(domains) == 1:
            remedy = "give some sites a deployment of their own: another REFRESH_NAME, other queues, other buckets"
            yield Finding(policy.name, what, remedy, file=written.infrastructure.file)
            continue
        stay = _that_fit(policy.text, domains)
        moved = ",".join(domains[stay:])
        remedy = f"leave the first {stay} domains there and write REFRESH_MORE_DOMAINS={moved} into .env"
        yield Finding(DOMAINS, what, remedy)


def _that_fit(text: str, domains: list[str]) -> int:
    """How many of the domains, from the first one on, the policy of that text has room for."""
    excess = len(text) - POLICY_LENGTH
    stay = len(domains)
    while excess > 0 and stay > 1:
        stay -= 1
        excess -= len(f'"acs:cdn:*:{ANY_ACCOUNT}:{DOMAIN}{domains[stay]}", ')
    return stay
