"""Changes: what happened to which object of which bucket."""

import calendar
import re
from functools import lru_cache
from typing import Any, NamedTuple

# OSS documentation, "Event notifications": the events after which a GET returns something else.
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
# The same page: the events after which a GET returns what it returned before. Documents name two families for the end
# of a multipart upload and of a restoration.
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
_YEAR_10000 = 253_402_300_800.0  # in epoch seconds: no time of ours can be written after it


class Change(NamedTuple):
    """One record of OSS. `at` is in epoch seconds, None where the record tells no time that we understand.

    `size` and `delta` are as they came: only whole numbers mean something. `queued`: a queue trigger brought it.
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
        """Whether the event is in the documentation at all."""
        return self.event in REFRESHING or self.event in WITHOUT_EFFECT

    @property
    def headers_only(self) -> bool:
        """Whether the bytes stayed the same: a node that revalidates would keep its old headers."""
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
        """Whether the object did not exist before. A delta of 0 says nothing: a same-size overwrite has it too."""
        created = self.event.startswith("ObjectCreated:") or self.event == "ObjectReplication:ObjectCreated"
        return created and type(self.size) is int and type(self.delta) is int and self.size == self.delta > 0


def epoch(text: Any) -> float | None:
    """A time as OSS, EventBridge and our own messages write it, in epoch seconds; None for anything else."""
    return epoch_of(text) if isinstance(text, str) else None


@lru_cache(maxsize=4_096)  # thousands of records of one event share their second
def epoch_of(text: str) -> float | None:
    """The same of a text."""
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
