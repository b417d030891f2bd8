"""What the CDN API takes: a call, a second, a minute, a day.

Sources: RefreshObjectCaches and DescribeRefreshQuota, API 2018-05-10, as of 2026. The figures marked (unconfirmed)
stand in no document of this API: they are strict, so that whoever keeps them is on the safe side.
"""

from typing import NamedTuple


class Limits(NamedTuple):
    """The limits that do not change with the account."""

    urls_per_call: int = 1_000
    directories_per_call: int = 100
    ignore_params_per_call: int = 100  # (unconfirmed) as in ESA
    domains_per_call: int = 10
    body_bytes: int = 1024 * 1024  # (unconfirmed)
    item_characters: int = 2_048  # (unconfirmed)
    refresh_calls_per_second: int = 50  # of an account
    quota_calls_per_second: int = 20
    urls_per_minute_per_domain: int = 10_000  # 1,000 in everything printed before 2025-09
    directories_per_minute_per_domain: int = 100  # printed once
    clock_skew_seconds: float = 15 * 60
    ignore_params_types: frozenset[str] = frozenset({"IgnoreParams", "ExQuery"})  # documents disagree on the name


class Quota(NamedTuple):
    """What an account may refresh between 00:00 and 24:00 UTC+8; each line of a call counts as one."""

    urls: int = 10_000
    directories: int = 100
    regexes: int = 20
    ignore_params: int = 100
    preloads: int = 1_000


LIMITS = Limits()
QUOTA = Quota()
