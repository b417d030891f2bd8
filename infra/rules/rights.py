"""Rules for the policies of the stack: they keep RAM's limits, and allow only what the sites need.

Facts: RAM, "Limitations".
"""

from collections.abc import Iterator

from infra.reading.deployment import ANY_ACCOUNT, Written
from oss_cdn_refresh.products import DEFAULT, NAMES, product
from oss_cdn_refresh_cli.deployment.rules.finding import Finding
from oss_cdn_refresh_cli.deployment.rules.rights import INVENTORY, granted, parameter, variable

PARAMETERS = "infra.props.parameters"
DOMAIN = "domain/"
POLICY_LENGTH = 6_144  # characters; RAM, "Limitations", custom policy


def findings(written: Written) -> Iterator[Finding]:
    """Missing rights, domains of no site that the role may refresh, and policies that are too long."""
    config = written.deployment.config
    inventory = written.template.stack("infra").parameters.get("Inventory")
    another = config is not None and inventory and inventory != config.collapse.inventory
    for finding in granted(written.deployment):
        if finding.place != INVENTORY or not another:  # the rules for the inventory report another one
            yield finding
    yield from _lengths(written)
    for name in NAMES:
        yield from _beyond(written, name)


def _beyond(written: Written, name: str) -> Iterator[Finding]:
    """Domains or sites of a product that the role may refresh and that the configuration does not name."""
    config, file = written.deployment.config, written.deployment.config_file
    asked, place = product(name), f"{PARAMETERS}.{parameter(name)}"
    unit, _, field = asked.RIGHTS[asked.REFRESH_RIGHT].partition("/")
    resources = written.infrastructure.resources(asked.REFRESH_RIGHT)
    sites = [site for site in config.sites if site.product == name] if config else []
    if not field:
        if resources and config and not sites:
            what = f"the role may refresh {asked.TITLE}, but no site of {file} has product: {name}"
            yield Finding(place, what, f"take {variable(name)} out of .env")
        return
    listed = [resource.partition(f"{unit}/")[2] for resource in resources]
    for each in listed:
        if each != each.strip():
            what = f'"{each}" {"begins" if each[0].isspace() else "ends"} with a space'
            yield Finding(place, what, f"commas only: {variable(name)} in .env")
    if config:
        named = {field.format(domain=domain, site_id=site.target.site_id) for site in sites for domain in site.domains}
        for each in sorted({each.strip() for each in listed} - named):
            what = f'"{each}" is in no site of {file}, the role could refresh it all the same'
            remedy = f"list exactly the {variable(name).rpartition('_')[2].lower()} of the configuration"
            yield Finding(place, what, f"{remedy}: {variable(name)} in .env")


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
        yield Finding(f"{PARAMETERS}.{parameter(DEFAULT)}", what, remedy)


def _that_fit(text: str, domains: list[str]) -> int:
    """How many of the domains, from the first one on, the policy of that text has room for."""
    excess = len(text) - POLICY_LENGTH
    stay = len(domains)
    while excess > 0 and stay > 1:
        stay -= 1
        excess -= len(f'"acs:cdn:*:{ANY_ACCOUNT}:{DOMAIN}{domains[stay]}", ')
    return stay
