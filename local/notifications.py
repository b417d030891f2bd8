"""Event notifications: OSS puts what happens in a bucket into an SMQ queue, and calls nobody.

Facts: SMQ, "OSS event notification"; OSS, "Event notification overview". The body of a message holds the record as an
OSS trigger would bring it. UNCONFIRMED: whether it is Base64; seen were both.
"""

import json
from base64 import b64encode
from collections.abc import Collection, Mapping
from typing import Any

from local.smq import Queue


class Notifications:
    """A rule for all keys of all buckets, which `Oss.subscribe` takes.

    events: the names of those that it is about, such as `oss:ObjectCreated:PutObject`.
    """

    def __init__(self, queue: Queue, events: Collection[str], *, base64: bool = False) -> None:
        self._queue = queue
        self._events = events
        self._base64 = base64

    def __call__(self, record: Mapping[str, Any]) -> None:
        """Send a message about a change, if its event is one of the rule's."""
        if f"oss:{record['eventName']}" in self._events:
            body = json.dumps({"events": [record]}, ensure_ascii=False)
            self._queue.send(b64encode(body.encode()).decode() if self._base64 else body)
