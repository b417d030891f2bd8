"""Finds the messages of both queues that are about a URL or the objects behind it."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from oss_cdn_refresh import events
from oss_cdn_refresh_cli.clients.smq_answers import Message
from oss_cdn_refresh_cli.edge.explaining.facts import Letter
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.operation.urls import covers
from oss_cdn_refresh_cli.queues import records
from oss_cdn_refresh_cli.queues.dead_letter import Chosen, DeadLetter, collect
from oss_cdn_refresh_cli.queues.reader import Reader, backlog_queue

NOTIFIED = "Batched"  # the reason of a notification of OSS that lies in the backlog, as the function calls it


class About(NamedTuple):
    """What a message must be about: the URL, or one of the objects behind it."""

    url: str
    objects: Collection[tuple[str, str]]

    def matches(self, body: str) -> bool:
        """Whether a message is about it; a confirmation is not, because its URLs are refreshed already."""
        reading = events.read(body.encode(errors="replace"))
        items = (item for waiting in reading.waiting for item in waiting.items)
        return any(covers(item, self.url) for item in items) or any(
            (change.bucket, change.key) in self.objects for change in reading.changes
        )


def waiting(operation: Operation, about: About) -> tuple[tuple[str, ...], int]:
    """The reasons of the messages at the head of the backlog that are about it, and how many nobody can see.

    :raises Failed: the queue is not set, or SMQ refuses.
    """
    with backlog_queue(operation) as queue:
        attributes, messages = queue.attributes(), queue.peek()
    found = [_reason(message) for message in messages if about.matches(message.body)]
    return tuple(found), max(0, attributes.total - len(messages))


def given_up(operation: Operation, about: About) -> tuple[Letter, ...]:
    """The dead letters that are about it.

    :raises Failed: the queue is not set, or SMQ refuses before one was found.
    """
    found: list[Letter] = []

    def work(_reader: Reader, these: Sequence[DeadLetter]) -> bool:
        found.extend(_letter(each) for each in these if about.matches(each.message.body))
        return True

    collected = collect(operation, Chosen(None, ()), "Reading dead letters", work)
    if collected.failure and not found:  # the rest of the queue may hold one
        raise collected.failure
    collected.complain(operation.output)
    return tuple(found)


def _reason(message: Message) -> str:
    record = records.read(message.body, message.fault)
    return record.reason if record.source == records.WAITING else NOTIFIED


def _letter(letter: DeadLetter) -> Letter:
    value = letter.record.value
    said = value.get("message") if isinstance(value, dict) else None
    return Letter(letter.message.id, letter.record.reason, " ".join(said.split()) if isinstance(said, str) else "")
