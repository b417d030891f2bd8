"""Rules for what the role may do: all that the function needs, and nothing beside it.

Facts: CDN, "RAM authorization" (one resource a domain); SMQ, "Custom permission policies".
"""

from collections.abc import Iterator

from infra.deployment import Deployment
from infra.findings import Finding

DOMAIN = "domain/"


def findings(deployment: Deployment) -> Iterator[Finding]:
    """Domains that the role cannot refresh, and domains that it could but need not."""
    if deployment.config is None:
        return
    allowed = {
        resource.partition(DOMAIN)[2] for resource in deployment.infrastructure.resources("cdn:RefreshObjectCaches")
    }
    place = "infra.props.parameters.Domains"
    remedy = "list exactly the domains of the sites: REFRESH_DOMAINS in .env"
    for domain in sorted(deployment.config.domains - allowed):
        what = f"{domain} of {deployment.config_file} is missing, the CDN would refuse its refreshes"
        yield Finding(deployment.file, place, what, remedy)
    for domain in sorted(allowed - deployment.config.domains):
        what = f'"{domain}" is in no site of {deployment.config_file}, the role could refresh it all the same'
        yield Finding(deployment.file, place, what, remedy)
