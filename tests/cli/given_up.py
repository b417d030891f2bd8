"""Dead letters of the function, of Function Compute, of the event stream and of other senders."""

import json
from typing import Any

from world import World

from oss_cdn_refresh_box.smq import Queue


def dead_letter(*urls: Any, **fields: Any) -> dict[str, Any]:
    """A dead letter of the function, given up a week after it was first seen."""
    return {
        "kind": "oss-cdn-refresh/dead-letter",
        "version": 1,
        "object_type": "File",
        "urls": list(urls),
        "force": False,
        "attempts": 10,
        "reason": "Throttling.User",
        "first_seen": "2026-11-14T03:00:00Z",
        "changed_at": "2026-11-14T02:59:58Z",
        "history": [{"at": "2026-11-22T03:00:00Z", "reason": "Throttling.User"}],
        "message": "Request was denied due to user flow control.",
        "request_id": "C0FFEE00",
        "failed_at": "2026-11-22T03:04:00Z",
        **fields,
    }


def unreadable(payload: str, **fields: Any) -> dict[str, Any]:
    """The dead letter of a record that could not be read."""
    letter = dead_letter(reason="UnreadableEvent", payload=payload, attempts=0, history=[], **fields)
    return {name: value for name, value in letter.items() if name not in ("object_type", "urls")}


def url(number: int) -> str:
    """One of many URLs."""
    return f"https://www.example.com/{number}.jpg"


def give_up(world: World, *records: Any) -> list[str]:
    """Put records into the dead-letter queue, texts unchanged; returns the message ids."""
    queue = world.smq.queue("dead-letters")
    return [queue.send(entry if isinstance(entry, str) else json.dumps(entry)).id for entry in records]


def bodies(queue: Queue) -> list[str]:
    """The bodies of all messages of a queue, hidden or not."""
    return [message.body for message in queue.messages()]
