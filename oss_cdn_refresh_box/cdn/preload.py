"""The parameters of a preload, checked against the limits of the API.

Source: PushObjectCache, API 2018-05-10, as of 2026. Whether "files only" refuses `/dir/` as one URL is unconfirmed: a
test that needs the refusal sets `Limits.preloads_slash`.
"""

import json
from collections.abc import Mapping

from oss_cdn_refresh_box.account.errors import refused
from oss_cdn_refresh_box.cdn.refresh import BOOLEANS, URL, Limits, lines

AREAS = {"", "domestic", "overseas"}  # "": the domain's own region
SWITCHES = ("L2Preload", "QueryHashkey", "ConsistencyHash")


def read(parameters: Mapping[str, str], limits: Limits) -> tuple[str, ...]:
    """The URLs to preload, as they were submitted; one bad line refuses the whole call.

    Raises:
        Refused: the call is malformed or too large.

    """
    if not parameters.get("ObjectPath"):
        raise refused("MissingParameter", "ObjectPath")
    if parameters.get("Area", "") not in AREAS:
        raise refused("InvalidParameter", "Area is neither domestic nor overseas.")
    for name in SWITCHES:
        if parameters.get(name, "false").lower() not in BOOLEANS:
            raise refused("InvalidParameter", f"{name} is neither true nor false.")
    if not _is_json_object(parameters.get("WithHeader") or "{}"):
        raise refused("InvalidParameter", "WithHeader is no JSON object.")
    urls = lines(parameters["ObjectPath"])
    if len(urls) > limits.preloads_per_call:
        raise refused(limits.too_many_items, f"{len(urls)} items, at most {limits.preloads_per_call}.")
    for url in urls:
        if len(url) > limits.preload_characters or not URL.fullmatch(url):
            raise refused("InvalidObjectPath.Malformed", ascii(url[:200]))
        if url.endswith("/") and not limits.preloads_slash:
            raise refused("InvalidObjectPath.Malformed", f"Directories cannot be preloaded: {url}")
    return urls


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
