"""Where questions are tried, as a person names it and the configuration completes it."""

from collections.abc import Mapping
from typing import NamedTuple

from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh_cli.edge.audit.edge import NO_HEADERS, Address

PREFIX = "oss-cdn-refresh-probe/"  # of every key that the probe writes


class Place(NamedTuple):
    """Where questions are tried.

    target: the product of the domain. prefix, path: a key without the prefix follows the path in the URL.
    connect_to: replaces the address of the domain. added: headers for the edge. queue: a queue of SMQ that gets OSS's
    notifications of the bucket and that nothing else reads, "" for none. run: the folder of the run.
    """

    bucket: str
    domain: str
    target: Target
    scheme: str = "https"
    prefix: str = ""
    path: str = "/"
    connect_to: Address | None = None
    added: Mapping[str, str] = NO_HEADERS
    queue: str = ""
    run: str = ""
