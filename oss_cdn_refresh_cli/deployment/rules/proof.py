"""The proof that the deployment cannot exceed the limits of the products, which all instances of an account share.

The library limits an instance to its calls a second (`delivery.rate_limit`) and to its look-ups a second
(`delivery.confirmation.look_ups`); the deployment caps the instances. Confirmations come from the backlog, so only the
functions that read it look up tasks.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.products import DEFAULT, product
from oss_cdn_refresh.settings.environment import BATCHED, calls_per_second
from oss_cdn_refresh_cli.deployment.expectations import DRAINS, USUAL_INSTANCES
from oss_cdn_refresh_cli.deployment.model import Deployment, Function
from oss_cdn_refresh_cli.deployment.rules.finding import Finding, Weight

RATE = "CALLS_PER_SECOND"  # the variable that limits an instance


class Share(NamedTuple):
    """The largest share of one function in a limit: instances * rate."""

    function: Function
    instances: int
    rate: int

    @property
    def total(self) -> int:
        """The share of all instances."""
        return self.instances * self.rate


class Line(NamedTuple):
    """One line of the proof: instances * rate, summed over the functions, <= limit.

    fixed: whether the rate is the library's own, which no setting changes.
    """

    what: str
    shares: tuple[Share, ...]
    limit: int
    fixed: bool = False

    @property
    def total(self) -> int:
        """The share of all functions."""
        return sum(share.total for share in self.shares)

    @property
    def holds(self) -> bool:
        """Whether the limit is kept."""
        return self.total <= self.limit

    @property
    def remedy(self) -> str:
        """The remedy if it does not hold: fewer instances of the function with the largest share, if one fits."""
        most = max(self.shares, key=lambda share: share.total)
        room = (self.limit - self.total + most.total) // most.rate
        fewer = f"at most {room} instances of {most.function.resource}"
        if self.fixed:
            return fewer if room > 0 else "let one function alone read the backlog"
        if most.rate == 1:  # no instance makes fewer calls than one a second, whatever the setting is
            return fewer if room > 0 else "fewer instances of each function"
        return f"{fewer}, or lower the rate" if room > 0 else "lower the rate"

    def __str__(self) -> str:
        sign = "<=" if self.holds else ">"
        terms = " + ".join(f"{share.instances} * {share.rate:,}" for share in self.shares)
        return f"{self.what} {terms} = {self.total:,} {sign} {self.limit:,}"


def lines(deployment: Deployment) -> tuple[Line, ...]:
    """The lines of the proof; () if a function has no cap or no rate, because then there is no proof."""
    callers = _callers(deployment)
    rates = [_rate(function)[0] for function in callers]
    if not all(rates) or any(function.instances is None for function in callers):
        return ()
    readers = [function for function in deployment.functions if function.reads(deployment.backlog)]
    proven: list[Line] = []
    for name in deployment.products:
        limits = product(name).LIMITS
        own = deployment.config.limits[name] if deployment.config else limits
        before = "" if name == DEFAULT else f"{product(name).TITLE}: "
        shares = [own.own_calls_per_second(rate) for rate in rates]
        # A read of the quota follows a refused call; where a product tells one quota a call, reads follow each other.
        reads = [max(1, share // 2) if len(product(name).QUOTA_CALLS) == 1 else share for share in shares]
        a_minute = [own.urls_per_minute_per_domain] * len(callers)
        bounds = (
            ("calls a second", shares, limits.calls_per_second),
            ("quota reads a second", reads, limits.quota_calls_per_second),
            ("URLs a minute and domain", a_minute, limits.most_urls_per_minute_per_domain),
        )
        proven += [Line(f"{before}{what}", _shares(callers, each), limit) for what, each, limit in bounds if limit]
        if deployment.confirms and readers:
            look_ups = _shares(readers, [limits.own_look_ups_per_second] * len(readers))
            proven.append(Line(f"{before}look-ups a second", look_ups, limits.look_ups_per_second, fixed=True))
    return tuple(proven)


def _shares(functions: Iterable[Function], rates: Iterable[int]) -> tuple[Share, ...]:
    return tuple(Share(each, each.instances or 0, rate) for each, rate in zip(functions, rates, strict=True))


def limits(deployment: Deployment) -> Iterator[Finding]:
    """Functions without a cap or a rate, and limits that caps and rates exceed.

    Another rule reports a function that reads the backlog and has too many instances or OSS triggers too. Then lines of
    the proof are not reported.
    """
    for function in _callers(deployment):
        if function.instances is None and not deployment.drains(function):  # another rule reports that of drain
            what = "is missing, so nothing caps the instances"
            remedy = f"add reservedConcurrency: {USUAL_INSTANCES}"
            yield Finding(f"{function.place}.concurrencyConfig", what, remedy, Weight.WEAKNESS)
        rate, why = _rate(function)
        if not rate:
            place = f"{function.place}.environmentVariables.{RATE}"
            yield Finding(place, why or "sets no bound to the calls of an instance", "write '10'", Weight.WEAKNESS)
    drains = [function for function, _ in deployment.readers if deployment.drains(function)]
    capped = all(function.instances == DRAINS for function in drains)
    for line in lines(deployment):
        judged = capped and not (line.fixed and len(drains) < len(deployment.readers))
        if judged and not line.holds:
            place = f"{line.shares[0].function.place}.concurrencyConfig.reservedConcurrency"
            yield Finding(place, f"{line}: calls would be throttled", line.remedy, Weight.WEAKNESS)


def _callers(deployment: Deployment) -> list[Function]:
    """The functions that call the products: with batched delivery, only the one with the queue trigger does."""
    return [
        function
        for function in deployment.functions
        if function.queue_triggers or function.environment.get("DELIVERY") != BATCHED
    ]


def _rate(function: Function) -> tuple[int, str]:
    """The limit of one instance in calls a second, 0 without one, and the fault of the setting, or ""."""
    try:
        return calls_per_second(function.environment), ""
    except ConfigurationError as error:
        return 0, error.what
