"""Calls to ESA with exactly these parameters, where the function's own client would send something else."""

import json
from collections.abc import Mapping, Sequence

from oss_cdn_refresh.model.item import FILE
from oss_cdn_refresh.model.quota import Allowance
from oss_cdn_refresh.products.api import Reply
from oss_cdn_refresh.products.esa.client import VERSION
from oss_cdn_refresh_cli.probing.account import Account

FILES: Mapping[str, str] = {"Type": "file"}
THROTTLED = ("TooManyRequests", "Throttling", "FlowControl")  # the beginnings of the codes
PAGE = "500"  # ListSites, "PageSize"


def purge_of(account: Account, urls: Sequence[str]) -> Mapping[str, str]:
    """The parameters of a purge of files."""
    content = json.dumps({"Files": list(urls)}, separators=(",", ":"))
    return {"SiteId": account.place.target.site_id, **FILES, "Content": content}


def call(account: Account, action: str, more: Mapping[str, str], method: str = "POST") -> Reply:
    """Call an action about the site.

    :raises CallRefused: ESA refused it, or no answer came.
    """
    return account.call(action, VERSION, query={"SiteId": account.place.target.site_id, **more}, method=method)


def allowance(account: Account) -> Allowance:
    """The day's quota of URLs, as the function reads it.

    :raises CallRefused: ESA refused it, or no answer came.
    """
    return account.client().quota((FILE,), account.operation.settings.seconds)[FILE]


def site_ids(account: Account) -> list[str]:
    """The ids of the account's sites.

    :raises CallRefused: ESA refused it, or no answer came.
    """
    sites = account.call("ListSites", VERSION, query={"PageSize": PAGE}, method="GET").body.get("Sites", [])
    return [str(site.get("SiteId")) for site in sites]
