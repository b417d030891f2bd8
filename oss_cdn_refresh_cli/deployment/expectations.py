"""What a deployment has to be, wherever it is looked at: in the template before it is deployed, in the account later.

Shared by `make check-template` and `doctor`. Facts: Function Compute, "Native OSS triggers", "SMQ queue triggers" and
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
REPLICATED = frozenset(  # they change what a GET returns too, but fc3's schema knows none of them
    {
        "oss:ObjectReplication:ObjectCreated",
        "oss:ObjectReplication:ObjectModified",
        "oss:ObjectReplication:ObjectRemoved",
    }
)
RUNTIMES = ("python3.10", "python3.12")  # that the code runs on, and for which a layer can be built
HANDLER, INITIALIZER = "refresh.handler", "refresh.initialize"  # of every function of ours
SYNCHRONOUS_AT_MOST = 300  # s; a call by an event stream ends then
USUAL_TIMEOUT, USUAL_INSTANCES = 120, 3  # s, and the cap of the function that OSS calls; template.yml
SHORTEST = 30  # s; a function's timeout: a call waits up to 10 s for the CDN, and queues take their time
WINDOW_MESSAGES, WINDOW_SECONDS = 10_000, 15  # of an event stream's batch, at most
KEPT_AT_MOST = 604_800  # s; 7 days, retention of SMQ and age of an asynchronous event
VISIBILITY_MARGIN = 60  # s; on top of twice the function's timeout
DRAINS = 1  # instances of the function that reads the backlog: a batch is planned with what the one before has left
SUFFIX = "-drain"  # of that function's name, after the name of the one that OSS calls; template.yml
OWN_TO_EACH = frozenset({"CALLS_PER_SECOND", "LOG_LEVEL"})  # variables that may differ between the two functions

TAKES_ALL = "{}"  # the filter of an event stream, without white space
_WILD = re.compile(r"[*?]")


class Watch(NamedTuple):
    """Which objects of a bucket a trigger fires for."""

    prefix: str
    suffix: str

    def sees(self, site: Site, pattern: str) -> bool:
        """Whether it fires for every key that a site refreshes because of one of the patterns of its globs."""
        texts = _WILD.split(pattern)
        longest = max(site.prefix, texts[0], key=len)
        return longest.startswith(self.prefix) and texts[-1].endswith(self.suffix)

    def overlaps(self, other: "Watch") -> bool:
        """Whether there may be a key that both fire for."""
        prefixes = self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix)
        return prefixes and (self.suffix.endswith(other.suffix) or other.suffix.endswith(self.suffix))


def changes_in(region: str) -> frozenset[str]:
    """The events by which OSS tells of changes in a region; all of them where `region` is "", as nothing tells it."""
    return CHANGES if not region or region in HEADER_CHANGES else CHANGES - {HEADERS_CHANGED}


def visibility_for(timeout: int) -> int:
    """For how many seconds a queue must hide a message from others while a function of that timeout works on it."""
    return 2 * timeout + VISIBILITY_MARGIN


def unseen(watches: Iterable[Watch], site: Site) -> tuple[str, ...]:
    """The globs of a site that no trigger fires for throughout."""
    known = list(watches)

    def seen(glob: str) -> bool:
        of_site = (pattern for pattern in patterns(glob) if can_match(pattern, site.prefix))
        return all(any(watch.sees(site, pattern) for watch in known) for pattern in of_site)

    return tuple(glob for glob in site.include if not seen(glob))


def idle(events: Iterable[str]) -> dict[str, str]:
    """Events that change no answer of an object, each with what is wrong about it."""
    return {
        event: "fires for more than changes" if event.endswith("*") else "changes no answer to a GET"
        for event in sorted(frozenset(events) - CHANGES - REPLICATED)
    }
