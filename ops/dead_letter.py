"""A dead letter, and which of them a command is about."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import click

from ops import records
from ops.output import Output, counted
from ops.records import Record
from ops.smq import Message
from oss_cdn_refresh.effects import timestamp

with_reason = click.option("--reason", metavar="REASON", help="Only those with this reason.")
with_ids = click.option("--id", "ids", metavar="ID", multiple=True, help="Only the one with this id; may be repeated.")


class DeadLetter(NamedTuple):
    """A message of the dead-letter queue and what it is."""

    message: Message
    record: Record

    @property
    def source(self) -> str:
        """Who put it there: nobody but the stream gives up a message of the backlog or a notification as it came."""
        stream = self.record.source in (records.WAITING, records.NOTIFICATION)
        return records.STREAM if stream else self.record.source

    @property
    def failed_at(self) -> str:
        """When it was given up."""
        return self.record.failed_at or timestamp(self.message.enqueued_at)

    def brief(self) -> "DeadLetter":
        """Without its contents: thousands of the longest messages are hundreds of megabytes."""
        return DeadLetter(self.message._replace(body=""), self.record._replace(value=None))

    def fields(self) -> dict[str, Any]:
        """Its line of the list, for scripts."""
        return {
            "id": self.message.id,
            "source": self.source,
            "reason": self.record.reason,
            "what": self.record.what,
            "items": self.record.items,
            "attempts": self.record.attempts,
            "failed_at": self.failed_at,
        }


class Chosen(NamedTuple):
    """Which dead letters are meant: those with the reason and with one of the ids, where such are given."""

    reason: str | None
    ids: Sequence[str]

    def has(self, letter: DeadLetter) -> bool:
        """Whether it is meant."""
        return self.reason in (None, letter.record.reason) and (not self.ids or letter.message.id in self.ids)

    def among(self, messages: Iterable[Message]) -> list[DeadLetter]:
        """Those of the messages that are meant."""
        return [letter for message in messages if self.has(letter := dead_letter(message))]

    def missing(self, letters: Iterable[DeadLetter]) -> list[str]:
        """The ids of which there is no dead letter among these."""
        there = {letter.message.id for letter in letters}
        return [identity for identity in self.ids if identity not in there]


def dead_letter(message: Message) -> DeadLetter:
    """A message as a dead letter."""
    return DeadLetter(message, records.read(message.body))


def by_reason(letters: Iterable[DeadLetter]) -> dict[str, int]:
    """How many there are of each reason, the most frequent first."""
    return dict(Counter(letter.record.reason for letter in letters).most_common())


def complain_of(missing: Sequence[str], output: Output) -> None:
    """Say which ids were asked for in vain."""
    if missing:
        output.complain(f"there is no dead letter with the id {', '.join(missing)} that is visible now")


def complain_of_hidden(hidden: int, output: Output) -> None:
    """Say how many dead letters could not be seen."""
    if hidden:
        output.complain(
            f"{counted(hidden, 'dead letter')} hidden now, received by somebody else or by a run that was killed: "
            "run it again later"
        )
