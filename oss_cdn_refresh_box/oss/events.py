"""The event record of a change, in the shape in which a native trigger delivers it.

Shape: the payloads printed in Function Compute's documentation. `eventName` has no `oss:` before it, the key is raw
UTF-8, times are UTC in whole seconds. UNCONFIRMED, as no captured payload shows them: a delete's record (here
it has the deleted object's ETag, size 0 and a negative `deltaSize`), one record a key of a batch delete, and the
sizes of an unfinished upload (here those of the part, and no delta).
"""

import hashlib
from datetime import datetime, timezone
from typing import Any, NamedTuple

from oss_cdn_refresh_box.oss.store import Stored


class Change(NamedTuple):
    """A change of an object: the event's name, the object as the record shows it, and by how many bytes it grew."""

    event: str  # "ObjectCreated:PutObject"
    bucket: str
    key: str
    stored: Stored
    delta: int
    size: int | None = None  # where it is not the object's own
    position: int | None = None  # where an append began


class Cause(NamedTuple):
    """The origin of a change: account, region, time (seconds since the epoch), IP address and request."""

    account: str
    region: str
    at: float
    source: str
    request_id: str


def record(change: Change, cause: Cause) -> dict[str, Any]:
    """The event record, ready for JSON."""
    subject: dict[str, Any] = {
        "deltaSize": change.delta,
        "eTag": change.stored.etag,
        "key": change.key,
        "objectMeta": _meta(change.stored),
        "size": change.stored.size if change.size is None else change.size,
    }
    if change.position is not None:
        subject["position"] = change.position
    return {
        "eventName": change.event,
        "eventSource": "acs:oss",
        "eventTime": datetime.fromtimestamp(cause.at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "eventVersion": "1.0",
        "oss": {
            "bucket": {
                "arn": f"acs:oss:{cause.region}:{cause.account}:{change.bucket}",
                "name": change.bucket,
                "ownerIdentity": cause.account,
                "virtualBucket": "",
            },
            "object": subject,
            "ossSchemaVersion": "1.0",
            "ruleId": hashlib.sha1(change.bucket.encode(), usedforsecurity=False).hexdigest(),
        },
        "region": cause.region,
        "requestParameters": {"sourceIPAddress": cause.source},
        "responseElements": {"requestId": cause.request_id},
        "userIdentity": {"principalId": cause.account},
    }


def _meta(stored: Stored) -> dict[str, Any]:
    user = {name: value for name, value in stored.headers.items() if name.startswith("x-oss-meta-")}
    meta: dict[str, Any] = {"mimeType": stored.headers.get("content-type", "")}
    return {**meta, "userMeta": user} if user else meta
