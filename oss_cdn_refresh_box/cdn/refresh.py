"""The parameters of a RefreshObjectCaches call, checked against the limits of the API.

Sources: RefreshObjectCaches, PushObjectCache and the actions that describe quota and tasks, API 2018-05-10, as of 2026.
No document of this API confirms the figures marked (unconfirmed): they are strict, so that a client that keeps them is
safe in any case.
"""

import re
from collections.abc import Iterable, Mapping
from math import inf
from typing import NamedTuple

from oss_cdn_refresh_box.account.errors import refused

URL = re.compile(r"https?://([^/?]+)[!-~]*", re.ASCII)  # one line of visible ASCII
LINE_END = re.compile(r"\r?\n")
BOOLEANS = {"true": True, "false": False}


class Limits(NamedTuple):
    """The limits that do not change with the account."""

    urls_per_call: int = 1_000
    directories_per_call: int = 100
    ignore_params_per_call: int = 100  # (unconfirmed) as in ESA
    domains_per_call: int = 10
    body_bytes: float = 1024 * 1024  # (unconfirmed)
    query_bytes: float = inf  # the stand-in's own server takes 64 KiB at most
    reads_form: bool = True  # whether parameters count in the form body, too, or in the query only
    item_characters: int = 2_048  # (unconfirmed)
    refused_characters: str = ""  # (unconfirmed) visible ASCII that an item must not have
    refresh_calls_per_second: int = 50  # of an account
    quota_calls_per_second: int = 20
    look_calls_per_second: int = 30  # DescribeRefreshTaskById
    list_calls_per_second: int = 5  # DescribeRefreshTasks; 10 in 2021
    preload_calls_per_second: int = 50
    task_ids_per_look: int = 10
    preloads_per_call: int = 100
    preload_characters: int = 1_024
    preload_queue: int = 100_000  # URLs whose preload has not ended
    preload_queue_waits: bool = False  # whether a preload beyond the queue waits, or is refused
    preloads_slash: bool = True  # whether a URL that ends with a slash can be preloaded: documents say "files only"
    urls_per_minute_per_domain: int = 10_000  # 1,000 in everything printed before 2025-09
    directories_per_minute_per_domain: int = 100  # printed once
    clock_skew_seconds: float = 15 * 60
    failed_tasks_use_quota: bool = True  # (unconfirmed) whether the day's quota counts URLs whose tasks failed
    ignore_params_types: frozenset[str] = frozenset({"IgnoreParams", "ExQuery"})  # documents disagree on the name
    too_many_items: str = "InvalidObjectPath.Size.Malformed"  # the code


LIMITS = Limits()


class Refresh(NamedTuple):
    """One refresh: an object type (File, Directory or IgnoreParams) and its items as they were submitted."""

    object_type: str
    force: bool
    urls: tuple[str, ...]

    @property
    def domains(self) -> tuple[str, ...]:
        """The distinct domains, in the order of their first item."""
        return domains(self.urls)


def domain(url: str) -> str:
    """The host of an item as it is spelled, with a port where there is one."""
    return url.split("/", 3)[2].partition("?")[0]


def domains(urls: Iterable[str]) -> tuple[str, ...]:
    """The distinct domains of items, in the order of their first item."""
    return tuple(dict.fromkeys(map(domain, urls)))


def lines(object_path: str) -> tuple[str, ...]:
    """The items of an ObjectPath, valid or not."""
    return tuple(LINE_END.split(object_path)) if object_path else ()


def read(parameters: Mapping[str, str], limits: Limits) -> Refresh:
    """The refresh that these parameters ask for; one bad line refuses the whole call.

    Regex, the API's fourth object type, is not offered here.

    Raises:
        Refused: the call is malformed or too large.

    """
    object_type = _object_type(parameters.get("ObjectType", "File"), limits)
    force = BOOLEANS.get(parameters.get("Force", "false").lower())
    if force is None:
        raise refused("InvalidParameter", "Force is neither true nor false.")
    if not parameters.get("ObjectPath"):
        raise refused("MissingParameter", "ObjectPath")
    refresh = Refresh(object_type, force, lines(parameters["ObjectPath"]))
    _check(refresh, limits)
    return refresh


def _object_type(name: str, limits: Limits) -> str:
    if name in limits.ignore_params_types:
        return "IgnoreParams"
    if name not in {"File", "Directory"}:
        raise refused("InvalidObjectType.Malformed", repr(name))
    return name


def _check(refresh: Refresh, limits: Limits) -> None:
    at_most = {
        "File": limits.urls_per_call,
        "Directory": limits.directories_per_call,
        "IgnoreParams": limits.ignore_params_per_call,
    }[refresh.object_type]
    if len(refresh.urls) > at_most:
        raise refused(limits.too_many_items, f"{len(refresh.urls)} items, at most {at_most}.")
    for url in refresh.urls:
        is_refused = not URL.fullmatch(url) or any(character in url for character in limits.refused_characters)
        if is_refused or len(url) > limits.item_characters:
            raise refused("InvalidObjectPath.Malformed", ascii(url[:200]))
        if refresh.object_type == "Directory" and not url.endswith("/"):
            raise refused("InvalidObjectPath.Malformed", f"A directory ends with a slash: {url}")
    if len(refresh.domains) > limits.domains_per_call:
        raise refused("SingleRequest.OverLimit", f"{len(refresh.domains)}, at most {limits.domains_per_call}.")
    if wildcard := next((name for name in refresh.domains if "*" in name), None):
        raise refused("InvalidExtensiveDomain.ValueNotSupported", wildcard)
