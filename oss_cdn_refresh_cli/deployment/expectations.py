"""Required values of a deployment, both in the template and in the account.

Used by `make check-template` and `doctor`. Facts: Function Compute, "Native OSS triggers", "SMQ queue triggers" and
"Asynchronous invocation"; EventBridge, "Event streams"; OSS, "Event notification"; SMQ, "Queue".
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from oss_cdn_refresh.settings.config import Site
from oss_cdn_refresh.settings.globs import can_match, patterns
from oss_cdn_refresh_cli.deployment.regions import HEADER_CHANGES

HEADERS_CHANGED = "oss:ObjectModified:UpdateObjectMeta"  # not in every region
CHANGES = frozenset(
    {
        "oss:ObjectCreated:PutObject",
        "oss:ObjectCreated:PostObject",
        "oss:ObjectCreated:CopyObject",
        "oss:ObjectCreated:AppendObject",
        "oss:ObjectCreated:CompleteMultipartUpload",
        "oss:ObjectCreated:PutSymlink",
        "oss:ObjectRemoved:DeleteObject",
        "oss:ObjectRemoved:DeleteObjects",
        HEADERS_CHANGED,
    }
)
REPLICATED = frozenset(  # they change the answer to a GET too, but fc3's schema has none of them
    {
        "oss:ObjectReplication:ObjectCreated",
        "oss:ObjectReplication:ObjectModified",
        "oss:ObjectReplication:ObjectRemoved",
    }
)
RUNTIMES = ("python3.10", "python3.12")  # that the code supports, and for which a layer can be built
HANDLER, INITIALIZER = "refresh.handler", "refresh.initialize"  # of both functions
SYNCHRONOUS_AT_MOST = 300  # s; the limit of a call by an event stream
USUAL_TIMEOUT, USUAL_INSTANCES = 120, 3  # s, and the cap of the function that OSS calls; template.yml
SHORTEST = 30  # s; a function's timeout: a call waits up to 10 s for the CDN, and queues need time too
WINDOW_MESSAGES, WINDOW_SECONDS = 10_000, 15  # of an event stream's batch, at most
KEPT_AT_MOST = 604_800  # s; 7 days, retention of SMQ and age of an asynchronous event
VISIBILITY_MARGIN = 60  # s; on top of twice the function's timeout
DRAINS = 1  # instances of the function that reads the backlog, so that each batch sees the quota after the previous one
NAME = "oss-cdn-refresh"  # of the function that OSS calls, the default of REFRESH_NAME; template.yml
SUFFIX = "-drain"  # of the name of the function that reads the backlog; template.yml
OWN_TO_EACH = frozenset({"CALLS_PER_SECOND", "LOG_LEVEL"})  # variables that may differ between the two functions

TAKES_ALL = "{}"  # the filter of an event stream, without white space
_WILD = re.compile(r"[*?]")


class Watch(NamedTuple):
    """The objects of a bucket for which a trigger fires."""

    prefix: str
    suffix: str

    def sees(self, site: Site, pattern: str) -> bool:
        """Whether the trigger fires for every key of a site that matches a pattern of its globs."""
        texts = _WILD.split(pattern)
        longest = max(site.prefix, texts[0], key=len)
        return longest.startswith(self.prefix) and texts[-1].endswith(self.suffix)

    def overlaps(self, other: "Watch") -> bool:
        """Whether both may fire for the same key."""
        prefixes = self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix)
        return prefixes and (self.suffix.endswith(other.suffix) or other.suffix.endswith(self.suffix))


def changes_in(region: str) -> frozenset[str]:
    """The events of OSS for changes in a region; all of them if `region` is ""."""
    return CHANGES if not region or region in HEADER_CHANGES else CHANGES - {HEADERS_CHANGED}


def visibility_for(timeout: int) -> int:
    """The visibility timeout in seconds that a queue needs for a function with that timeout."""
    return 2 * timeout + VISIBILITY_MARGIN


def unseen(watches: Iterable[Watch], site: Site) -> tuple[str, ...]:
    """The globs of a site with keys for which no trigger fires."""
    known = list(watches)

    def seen(glob: str) -> bool:
        of_site = (pattern for pattern in patterns(glob) if can_match(pattern, site.prefix))
        return all(any(watch.sees(site, pattern) for watch in known) for pattern in of_site)

    return tuple(glob for glob in site.include if not seen(glob))


def idle(events: Iterable[str]) -> dict[str, str]:
    """Events that change no answer of an object, each with the reason."""
    return {
        event: "fires for more than changes" if event.endswith("*") else "changes no answer to a GET"
        for event in sorted(frozenset(events) - CHANGES - REPLICATED)
    }
