"""Reads a queue to its end: deletes the messages of the probe, and leaves all others to their readers."""

from collections.abc import Callable

from oss_cdn_refresh_cli.clients.smq import Queue
from oss_cdn_refresh_cli.clients.smq_answers import Message

MOST_MESSAGES = 2_000  # that are read; more belong to something else


def read(queue: Queue, mine: Callable[[Message], bool]) -> list[Message]:
    """All visible messages. Those that are `mine` are deleted, the others become visible again, also after an error.

    :raises Refused: SMQ refused a request.
    """
    found: dict[str, Message] = {}
    others: list[Message] = []
    try:
        while len(found) < MOST_MESSAGES:
            new = [message for message in queue.receive() if message.id not in found]
            if not new:
                break
            found |= {message.id: message for message in new}
            own = [message for message in new if mine(message)]
            others += [message for message in new if message not in own]
            queue.delete(own)
    finally:
        for message in others:
            queue.release(message)
    return list(found.values())
