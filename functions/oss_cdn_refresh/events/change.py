"""A change: what happened to which object of which bucket."""

import calendar
import re
from functools import lru_cache
from typing import Any, NamedTuple

# OSS documentation, "Event notifications": the events that change the answer to a GET.
REFRESHING = frozenset(
    {
        "ObjectCreated:PutObject",
        "ObjectCreated:PostObject",
        "ObjectCreated:CopyObject",
        "ObjectCreated:AppendObject",
        "ObjectCreated:CompleteMultipartUpload",
        "ObjectCreated:PutSymlink",
        "ObjectRemoved:DeleteObject",
        "ObjectRemoved:DeleteObjects",
        "ObjectReplication:ObjectCreated",
        "ObjectReplication:ObjectModified",
        "ObjectReplication:ObjectRemoved",
        "ObjectModified:UpdateObjectMeta",
    }
)
# OSS documentation, "Event notifications": the events that leave the answer to a GET as it is. For the end of a
# multipart upload and of a restoration, the documents name two events each.
WITHOUT_EFFECT = frozenset(
    {
        "ObjectCreated:InitiateMultipartUpload",
        "ObjectCreated:UploadPart",
        "ObjectCreated:UploadPartCopy",
        "ObjectCreated:AbortMultipartUpload",
        "ObjectRemoved:AbortMultipartUpload",
        "ObjectDownloaded:GetObject",
        "ObjectModified:ChangeStorageClass",
        "ObjectModified:FinishRestore",
        "ObjectRestore:FinishRestore",
    }
)
WRITTEN = frozenset(
    event for event in REFRESHING if event.startswith("ObjectCreated:") or event == "ObjectReplication:ObjectCreated"
) | {"ObjectReplication:ObjectModified"}
HEADERS_ONLY = "ObjectModified:UpdateObjectMeta"
BULK_DELETE = "ObjectRemoved:DeleteObjects"

_TIME = (
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?"
    r"(?:Z|([+-])([0-9]{2}):?([0-9]{2}))"
)
_YEAR_10000 = 253_402_300_800.0  # in epoch seconds; the format of our messages has four digits for the year


class Change(NamedTuple):
    """One event record of OSS.

    at: the time in epoch seconds, None if the record has none that can be read. size, delta: the unchecked values of
    the record; only whole numbers have a meaning. queued: whether the record came through a queue trigger.
    """

    bucket: str
    key: str
    event: str
    at: float | None = None
    size: Any = None
    delta: Any = None
    queued: bool = False

    @property
    def refreshes(self) -> bool:
        """Whether a GET of the object may return something else now."""
        return self.event in REFRESHING

    @property
    def known(self) -> bool:
        """Whether the event is documented."""
        return self.event in REFRESHING or self.event in WITHOUT_EFFECT

    @property
    def headers_only(self) -> bool:
        """Whether only headers changed. Then revalidation is not enough: a node would keep the old headers."""
        return self.event == HEADERS_ONLY

    @property
    def written(self) -> bool:
        """Whether the object is there with new bytes."""
        return self.event in WRITTEN

    @property
    def bulk_delete(self) -> bool:
        """Whether the record comes from a request that deletes many objects."""
        return self.event == BULK_DELETE

    @property
    def new_object(self) -> bool:
        """Whether the object did not exist before. An overwrite of equal size has a delta of 0, so 0 proves nothing."""
        created = self.event.startswith("ObjectCreated:") or self.event == "ObjectReplication:ObjectCreated"
        return created and type(self.size) is int and type(self.delta) is int and self.size == self.delta > 0


def epoch(text: Any) -> float | None:
    """The epoch seconds of a time in the format of OSS, EventBridge or our own messages; None for another value."""
    return epoch_of(text) if isinstance(text, str) else None


@lru_cache(maxsize=4_096)  # thousands of records of one event have the same second
def epoch_of(text: str) -> float | None:
    """The epoch seconds of a time, as `epoch` gives them, for a value that is known to be a text."""
    match = re.fullmatch(_TIME, text)
    if not match:
        return None
    *parts, sign, hours, minutes = match.groups()
    offset = (int(hours) * 3600 + int(minutes) * 60) * (-1 if sign == "-" else 1) if sign else 0
    year, month, day, hour, minute, second = map(int, parts)
    try:
        seconds = float(calendar.timegm((year, month, day, hour, minute, second)) - offset)
    except ValueError:  # a month 13, a year 0
        return None
    return seconds if 0 <= seconds < _YEAR_10000 else None
