"""The limits of ESA's API that do not change with the plan of a site.

Source: PurgeCaches, API 2024-09-10, as of 2026. No document confirms the figures marked (unconfirmed): they are strict,
so that a client that keeps them is safe in any case.
"""

from typing import NamedTuple


class Limits(NamedTuple):
    """The limits of a call, and of calls a second."""

    files_per_call: int = 1_000
    directories_per_call: int = 100
    ignore_params_per_call: int = 100
    domains_per_call: int = 10
    preloads_per_call: int = 100  # (unconfirmed) as of the CDN
    item_characters: int = 2_048  # (unconfirmed)
    query_bytes: float = 16 * 1024  # (unconfirmed); the stand-in's own server takes 64 KiB at most
    body_bytes: float = 1024 * 1024  # (unconfirmed)
    reads_form: bool = False  # (unconfirmed) whether parameters count in a form body, too
    calls_per_second: int = 5  # (unconfirmed) of each action
    filters_by_task_id: bool = False  # (unconfirmed) whether the lists of tasks take a `TaskId`
    clock_skew_seconds: float = 15 * 60


LIMITS = Limits()
