"""The proof that the deployment cannot break the CDN API's limits, which all instances and the whole account share.

The library keeps an instance to its calls a second (`oss_cdn_refresh.pace`); the deployment caps the instances.
"""

from collections.abc import Iterator
from typing import NamedTuple

from infra.deployment import Deployment
from infra.findings import Finding
from infra.template import Function
from oss_cdn_refresh.cdn.limits import CALLS_PER_SECOND, QUOTA_CALLS_PER_SECOND
from oss_cdn_refresh.config import Limits
from oss_cdn_refresh.environment import BATCHED

URLS_PER_MINUTE_PER_DOMAIN = 10_000  # newest page; 1,000 before 2025-09, what is refused then waits in the backlog
RATE = "CALLS_PER_SECOND"  # the environment's variable that bounds an instance


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
    """The proof; without a line where a function has no cap or no rate, as then there is none."""
    functions = _callers(deployment)
    caps = [function.instances for function in functions if function.instances is not None]
    rates = [rate for rate in map(_rate, functions) if rate]
    if len(caps) < len(functions) or len(rates) < len(functions):
        return ()
    limits = deployment.config.limits if deployment.config else Limits()
    bounds = (
        ("calls a second", max(rates), CALLS_PER_SECOND),
        ("quota reads a second", max(rates) // 2, QUOTA_CALLS_PER_SECOND),  # each follows a refused refresh
        ("URLs a minute and domain", limits.urls_per_minute_per_domain, URLS_PER_MINUTE_PER_DOMAIN),
    )
    return tuple(Line(what, sum(caps), rate, limit) for what, rate, limit in bounds)


def findings(deployment: Deployment) -> Iterator[Finding]:
    """Functions without a cap or a rate, and limits that these do not keep."""
    for function in _callers(deployment):
        if function.instances is None:
            place = f"{function.resource}.props.concurrencyConfig"
            yield Finding(
                deployment.file, place, "is missing, so nothing caps the instances", "add reservedConcurrency"
            )
        if not _rate(function):
            place = f"{function.resource}.props.environmentVariables.{RATE}"
            yield Finding(deployment.file, place, "sets no bound to the calls of an instance", "write '10'")
    for line in lines(deployment):
        if not line.holds:
            place = "refresh.props.concurrencyConfig.reservedConcurrency"
            remedy = f"at most {line.limit // line.rate} instances, or lower the rate"
            yield Finding(deployment.file, place, f"{line}: the CDN would throttle", remedy)


def _callers(deployment: Deployment) -> list[Function]:
    """The functions that call the CDN: one that batches leaves all of it to whichever has the queue trigger."""
    return [
        function
        for function in deployment.functions
        if function.queue_triggers or function.environment.get("DELIVERY") != BATCHED
    ]


def _rate(function: Function) -> int:
    """Calls a second that one instance keeps to, 0 where nothing bounds them."""
    rate = function.environment.get(RATE, "")
    return int(rate) if rate.isdecimal() else 0
