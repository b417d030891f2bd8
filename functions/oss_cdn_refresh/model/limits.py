"""The limits of a product: how much it takes in a call, a second and a minute."""

from typing import NamedTuple

SECOND, MINUTE = 1.0, 60.0  # seconds; the windows of the rate limits
RESET_OFFSET_HOURS = 8  # the daily quotas come back at 00:00 UTC+8


class Limits(NamedTuple):
    """The limits of a product: for one call, for a domain in one minute, and for the account in one second."""

    urls_per_call: int
    directories_per_call: int
    ignore_params_per_call: int
    domains_per_call: int
    urls_per_minute_per_domain: int
    directories_per_minute_per_domain: int
    body_bytes: int
    calls_per_second: int
    quota_calls_per_second: int
    look_ups_per_second: int
