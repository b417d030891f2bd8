"""Makes the stand-in give each of the two answers to the questions about quotas and limits."""

import json
from collections.abc import Sequence
from typing import Any

from probed import Lines, Probed, Turn, Turned, nothing
from three import HOST

from oss_cdn_refresh_box.cdn import Counting
from oss_cdn_refresh_box.wire.faults import Faults
from oss_cdn_refresh_box.wire.serving import Request, Response

HOUR = 3_600.0
TO_THE_EVENING = 11.75 * HOUR  # from noon to 23:45 UTC+8


def counts(**differs: Any) -> Turned:
    """The CDN counts the quota in another way."""

    def turned(probed: Probed) -> None:
        probed.cdn.ledger.counting = Counting(**differs)

    return turned


def limits(**differs: Any) -> Turned:
    """The CDN has other limits."""

    def turned(probed: Probed) -> None:
        probed.cdn.limits = probed.cdn.limits._replace(**differs)

    return turned


def many_directories(limit: int) -> Turned:
    """The quota of directories was raised; a domain has this limit a minute."""

    def turned(probed: Probed) -> None:
        probed.cdn.quota = probed.cdn.quota._replace(directories=500)
        limits(directories_per_minute_per_domain=limit)(probed)

    return turned


def oss_refreshes(*, shared: bool) -> Turned:
    """OSS refreshes the domain by itself, with the quota of the CDN or with one of its own."""

    def turned(probed: Probed) -> None:
        probed.oss.cnames["my-site"] = {HOST["cdn"]: True}
        if shared:
            probed.oss.subscribe(lambda _record: probed.cdn.ledger.use("File", 1))

    return turned


def evening(late: float) -> Turned:
    """It is 23:45, and the quotas are reset so many seconds after midnight."""

    def turned(probed: Probed) -> None:
        probed.clock.advance(TO_THE_EVENING)
        probed.cdn.ledger.today.zone -= late

    return turned


def closed(probed: Probed) -> None:
    """The endpoint refuses the account."""
    probed.cdn.suspended = "OperationDenied"


def answers_quota(kinds: Sequence[str], figure: str | int, **differs: str | None) -> Turned:
    """The answer about the quota has these kinds, all with this figure or each with its own."""
    figures = {f"{kind}{part}": figure for kind in kinds for part in ("Quota", "Remain")}
    figures |= {f"{kind}{part}": own for kind, own in differs.items() if own for part in ("Quota", "Remain")}
    answer = Response(200, json.dumps(figures).encode())

    def is_quota(request: Request) -> bool:
        return bool(request.headers["x-acs-action"] == "DescribeRefreshQuota")

    def turned(probed: Probed) -> None:
        probed.cdn.faults = Faults(rule=lambda _request: answer, where=is_quota)

    return turned


TURNS: dict[str, Turn | Lines] = {
    "large-call": Turn(counts(refuses_whole=False)),
    "refused-items": Turn(counts(refused=False), counts(refused=True)),
    "minute-urls": Turn(
        limits(urls_per_minute_per_domain=10_000),
        limits(urls_per_minute_per_domain=1_000),
        setting="limits: {urls_per_minute_per_domain: 2500}",
    ),
    "minute-directories": Turn(many_directories(1_000), many_directories(100)),
    "call-domains": Turn(limits(domains_per_call=11)),
    "item-length": Turn(limits(item_characters=1_024)),
    "body-size": Turn(limits(body_bytes=512 * 1_024), setting="limits: {bytes_per_call: 524288}"),
    "call-ignore-params": Turn(limits(ignore_params_per_call=101)),
    "oss-refreshes": Turn(oss_refreshes(shared=False), oss_refreshes(shared=True)),
    "quota-reset": Turn(evening(late=600), evening(late=0)),
    "regional-endpoint": Turn(nothing, closed, setting="CDN_ENDPOINT"),
    "quota-figures": Turn(answers_quota(("Url", "IgnoreParams", "Preload"), "7")),
}
