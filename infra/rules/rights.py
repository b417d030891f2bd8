"""Rules for the policies of the stack: they keep RAM's limits, and allow only what the sites need.

Facts: RAM, "Limitations".
"""

from collections.abc import Iterator

from infra.deployment import ANY_ACCOUNT, Written
from oss_cdn_refresh.products import DEFAULT, NAMES, product
from oss_cdn_refresh_cli.deployment.reading.ros import Policy
from oss_cdn_refresh_cli.deployment.rules.finding import Finding
from oss_cdn_refresh_cli.deployment.rules.rights import INVENTORY, exactly, granted, parameter, variable

PARAMETERS = "infra.props.parameters"
DOMAIN = "domain/"
NOT_IN_USE = "none"  # for REFRESH_DOMAINS, as `s` takes an empty variable for unset
POLICY_LENGTH = 6_144  # characters; RAM, "Limitations", custom policy


def findings(written: Written) -> Iterator[Finding]:
    """Missing rights, rights that no site needs, and policies that are too long."""
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
    """Rights on a product that no site uses, and domains or sites of a product that the configuration does not name."""
    config, file = written.deployment.config, written.deployment.config_file
    asked, place = product(name), _place(name)
    sites = [site for site in config.sites if site.product == name] if config else []
    if config and not sites:
        if any(map(written.infrastructure.resources, asked.RIGHTS)):
            yield Finding(place, f"the role has rights on {asked.TITLE}, which no site of {file} uses", _unused(name))
        return
    unit, _, field = asked.RIGHTS[asked.REFRESH_RIGHT].partition("/")
    if not field:  # the rights are on every domain
        return
    listed = [each.partition(f"{unit}/")[2] for each in written.infrastructure.resources(asked.REFRESH_RIGHT)]
    for each in listed:
        if each != each.strip():
            what = f'"{each}" {"begins" if each[0].isspace() else "ends"} with a space'
            yield Finding(place, what, f"commas only: {variable(name)} in .env")
    if config:
        named = {field.format(domain=domain, site_id=site.target.site_id) for site in sites for domain in site.domains}
        for each in sorted({each.strip() for each in listed} - named):
            what = f'"{each}" is in no site of {file}, the role could refresh it all the same'
            yield Finding(place, what, f"{exactly(name)}: {variable(name)} in .env")


def _unused(name: str) -> str:
    """The remedy for rights on a product that is not in use."""
    return f"write {variable(name)}={NOT_IN_USE} into .env" if name == DEFAULT else f"take {variable(name)} out of .env"


def _place(name: str) -> str:
    """The place of the parameter that lists what a product may refresh."""
    return f"{PARAMETERS}.{parameter(name)}"


def _lengths(written: Written) -> Iterator[Finding]:
    for policy in written.infrastructure.policies:
        if len(policy.text) > POLICY_LENGTH:
            yield _too_long(written, policy)


def _too_long(written: Written, policy: Policy) -> Finding:
    parameters = written.template.stack("infra").parameters
    what = f"the policy {policy.name} has {len(policy.text):,} characters, RAM allows {POLICY_LENGTH:,}"
    domains = parameters["Domains"].split(",")
    if product(DEFAULT).REFRESH_RIGHT not in policy.text or parameters.get("MoreDomains") or len(domains) == 1:
        remedy = "give some sites a deployment of their own: another REFRESH_NAME, other queues, other buckets"
        return Finding(policy.name, what, remedy, file=written.infrastructure.file)
    stay = _that_fit(policy.text, domains)
    moved = ",".join(domains[stay:])
    remedy = f"leave the first {stay} domains there and write REFRESH_MORE_DOMAINS={moved} into .env"
    return Finding(_place(DEFAULT), what, remedy)


def _that_fit(text: str, domains: list[str]) -> int:
    """How many of the domains, from the first one on, the policy of that text has room for."""
    excess = len(text) - POLICY_LENGTH
    stay = len(domains)
    while excess > 0 and stay > 1:
        stay -= 1
        excess -= len(f'"acs:cdn:*:{ANY_ACCOUNT}:{DOMAIN}{domains[stay]}", ')
    return stay
