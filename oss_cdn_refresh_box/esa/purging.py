"""The parameters of PurgeCaches and PreloadCaches, checked against the limits of the API.

Sources: PurgeCaches and PreloadCaches, API 2024-09-10, and the docstrings of `alibabacloud-esa20240910` 3.16.0, which
sends an empty `CacheKeys` beside every other member of `Content`. Of the types of purges, file, directory and
ignoreParams are offered here; every other one is refused as an unknown one is.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from oss_cdn_refresh_box.account.errors import refused
from oss_cdn_refresh_box.cdn.refresh import BOOLEANS, URL, Refresh, domains
from oss_cdn_refresh_box.esa.limits import Limits

TYPES: Mapping[str, str] = {"file": "File", "directory": "Directory", "ignoreParams": "IgnoreParams"}  # as of the CDN
MEMBERS: Mapping[str, str] = {"file": "Files", "directory": "Directories", "ignoreParams": "IgnoreParams"}


def purge(given: Mapping[str, str], limits: Limits) -> Refresh:
    """The refresh that these parameters of PurgeCaches ask for; one bad item refuses the whole call.

    Raises:
        Refused: the call is malformed or too large.

    """
    kind = _needed(given, "Type")
    if kind not in TYPES:
        raise refused("InvalidParameter", f"Type: {kind}")
    for name in ("Force", "EdgeComputePurge"):
        if given.get(name, "false").lower() not in BOOLEANS:
            raise refused("InvalidParameter", f"{name} is neither true nor false.")
    content = _json(_needed(given, "Content"), "InvalidContent")
    if not isinstance(content, dict):
        raise refused("InvalidContent", "It is no JSON object.")
    if others := sorted(name for name, value in content.items() if value and name != MEMBERS[kind]):
        raise refused("InvalidContent", f"The type {kind} has no {', '.join(others)}.")
    at_most = {
        "file": limits.files_per_call,
        "directory": limits.directories_per_call,
        "ignoreParams": limits.ignore_params_per_call,
    }[kind]
    urls = _urls(content.get(MEMBERS[kind]), at_most, limits)
    if kind == "directory" and (files := [url for url in urls if not url.endswith("/")]):
        raise refused("InvalidContent", f"A directory ends with a slash: {files[0]}")
    return Refresh(TYPES[kind], BOOLEANS[given.get("Force", "false").lower()], urls)


def preload(given: Mapping[str, str], limits: Limits) -> tuple[str, ...]:
    """The URLs to preload, as they were submitted; one bad item refuses the whole call.

    Raises:
        Refused: the call is malformed or too large.

    """
    content = _json(_needed(given, "Content"), "InvalidContent")
    if not isinstance(_json(given.get("Headers") or "{}", "InvalidParameter"), dict):
        raise refused("InvalidParameter", "Headers is no JSON object.")
    return _urls(content, limits.preloads_per_call, limits)


def written(content: str) -> tuple[str, ...]:
    """The URLs that a Content names, valid or not."""
    try:
        value = json.loads(content)
    except ValueError:
        return ()
    lists = value.values() if isinstance(value, dict) else [value]
    return tuple(url for each in lists if isinstance(each, list) for url in each if isinstance(url, str))


def _needed(given: Mapping[str, str], name: str) -> str:
    if not given.get(name):
        raise refused("MissingParameter", name)
    return given[name]


def _json(text: str, code: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise refused(code, f"It is no JSON: {text[:200]!a}") from None


def _urls(items: Any, at_most: int, limits: Limits) -> tuple[str, ...]:
    if not isinstance(items, list) or not items:
        raise refused("InvalidContent", "It holds no list of URLs.")
    urls = _checked(items, limits)
    if len(urls) > at_most:
        raise refused("SingleRequest.OverLimit", f"{len(urls)} items, at most {at_most}.")
    if len(domains(urls)) > limits.domains_per_call:
        raise refused("SingleRequest.OverLimit", f"{len(domains(urls))}, at most {limits.domains_per_call}.")
    return urls


def _checked(items: Sequence[Any], limits: Limits) -> tuple[str, ...]:
    for item in items:
        if not isinstance(item, str) or len(item) > limits.item_characters or not URL.fullmatch(item):
            raise refused("InvalidContent", ascii(item)[:200])
    return tuple(items)
