"""The proof that the deployment cannot break the CDN API's limits, which all instances and the whole account share.

The library keeps an instance to its calls a second (`oss_cdn_refresh.pace`); the deployment caps the instances.
"""

from collections.abc import Iterator
from typing import NamedTuple

from infra.deployment import Deployment
from infra.findings import Finding
from oss_cdn_refresh.cdn.limits import CALLS_PER_SECOND, CALLS_PER_SECOND_PER_INSTANCE, QUOTA_CALLS_PER_SECOND
from oss_cdn_refresh.config import Limits

URLS_PER_MINUTE_PER_DOMAIN = 10_000  # newest page; 1,000 before 2025-09, what is refused then waits in the backlog
QUOTA_READS_PER_SECOND_PER_INSTANCE = CALLS_PER_SECOND_PER_INSTANCE // 2  # each follows a refused refresh


class Line(NamedTuple):
    """One line of the proof: instances * rate <= limit."""

    what: str
    instances: int
    rate: int
    limit: int

    @property
    def holds(self) -> bool:
        """Whether the limit is obeyed."""
        return self.instances * self.rate <= self.limit

    def __str__(self) -> str:
        sign = "<=" if self.holds else ">"
        return f"{self.what} {self.instances} * {self.rate:,} = {self.instances * self.rate:,} {sign} {self.limit:,}"


def lines(deployment: Deployment) -> tuple[Line, ...]:
    """The proof; without a line where a function has no cap, as then there is none."""
    caps = [function.instances for function in deployment.template.functions]
    instances = [cap for cap in caps if cap is not None]
    if len(instances) < len(caps):
        return ()
    limits = deployment.config.limits if deployment.config else Limits()
    rates = (
        ("calls a second", CALLS_PER_SECOND_PER_INSTANCE, CALLS_PER_SECOND),
        ("quota reads a second", QUOTA_READS_PER_SECOND_PER_INSTANCE, QUOTA_CALLS_PER_SECOND),
        ("URLs a minute and domain", limits.urls_per_minute_per_domain, URLS_PER_MINUTE_PER_DOMAIN),
    )
    return tuple(Line(what, sum(instances), rate, limit) for what, rate, limit in rates)


def findings(deployment: Deployment) -> Iterator[Finding]:
    """Functions without a cap, and limits that the caps do not keep."""
    for function in deployment.template.functions:
        if function.instances is None:
            place = f"{function.resource}.props.concurrencyConfig"
            yield Finding(
                deployment.file, place, "is missing, so nothing caps the instances", "add reservedConcurrency"
            )
    for line in lines(deployment):
        if not line.holds:
            place = "refresh.props.concurrencyConfig.reservedConcurrency"
            remedy = f"at most {line.limit // line.rate} instances, or lower the rate"
            yield Finding(deployment.file, place, f"{line}: the CDN would throttle", remedy)
