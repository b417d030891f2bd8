"""Event notifications: OSS puts a message about each change into an SMQ queue and calls no function.

Facts: SMQ, "OSS event notification"; OSS, "Event notification overview". The body of a message holds the same
record as the event of an OSS trigger. UNCONFIRMED: whether it is Base64; both were seen.
"""

import json
from base64 import b64encode
from collections.abc import Collection, Mapping
from typing import Any

from oss_cdn_refresh_box.smq import Queue


class Notifications:
    """A notification rule for all keys of all buckets; give it to `Oss.subscribe`.

    events: the names of the events that the rule is for, such as `oss:ObjectCreated:PutObject`.
    """

    def __init__(self, queue: Queue, events: Collection[str], *, base64: bool = False) -> None:
        self._queue = queue
        self._events = events
        self._base64 = base64

    def __call__(self, record: Mapping[str, Any]) -> None:
        """Send a message about a change, if the rule is for its event."""
        if f"oss:{record['eventName']}" in self._events:
            body = json.dumps({"events": [record]}, ensure_ascii=False)
            self._queue.send(b64encode(body.encode()).decode() if self._base64 else body)
