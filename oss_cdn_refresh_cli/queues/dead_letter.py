"""Dead letters: their options, the choice among them, and reading the chosen ones."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import click

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh_cli.clients.smq_answers import Message
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.queues import records
from oss_cdn_refresh_cli.queues.completing import complete_id, complete_reason
from oss_cdn_refresh_cli.queues.reader import NONE_HIDDEN, Hidden, Reader, dead_letter_queue
from oss_cdn_refresh_cli.queues.records import Record
from oss_cdn_refresh_cli.queues.reports import complain_of_hidden, unknown_reason
from oss_cdn_refresh_cli.shared.errors import Refused
from oss_cdn_refresh_cli.shared.output import Output

with_reason = click.option(
    "--reason", metavar="REASON", shell_complete=complete_reason, help="Only those with this reason."
)
with_ids = click.option(
    "--id",
    "ids",
    metavar="ID",
    multiple=True,
    shell_complete=complete_id,
    help="Only the one with this id; may be repeated.",
)


class DeadLetter(NamedTuple):
    """A message of the dead-letter queue, and its record."""

    message: Message
    record: Record

    @property
    def source(self) -> str:
        """The sender. Only the event stream stores a backlog message or a notification unchanged."""
        stream = self.record.source in (records.WAITING, records.CONFIRMATION, records.NOTIFICATION)
        return records.STREAM if stream else self.record.source

    @property
    def failed_at(self) -> str:
        """The time at which it was given up."""
        return self.record.failed_at or timestamp(self.message.enqueued_at)

    def brief(self) -> "DeadLetter":
        """The dead letter without its body, because thousands of long bodies take hundreds of megabytes."""
        return DeadLetter(self.message._replace(body=""), self.record._replace(value=None))

    def fields(self) -> dict[str, Any]:
        """Its fields in the JSON document."""
        return {
            "id": self.message.id,
            "source": self.source,
            "reason": self.record.reason,
            "what": self.record.what,
            "items": self.record.items,
            "attempts": self.record.attempts,
            "failed_at": self.failed_at,
            **({"problem": self.record.problem} if self.record.problem else {}),
        }


class Chosen:
    """The choice by reason and ids; a reason of None and empty ids choose every dead letter.

    `reasons` counts the reasons of all messages that `among` has seen, chosen or not.
    """

    def __init__(self, reason: str | None, ids: Sequence[str]) -> None:
        self.reason = reason
        self.ids = ids
        self.reasons: Counter[str] = Counter()

    def among(self, messages: Iterable[Message]) -> list[DeadLetter]:
        """The chosen dead letters among some messages."""
        letters = [dead_letter(message) for message in messages]
        self.reasons.update(letter.record.reason for letter in letters)
        return [
            letter
            for letter in letters
            if self.reason in (None, letter.record.reason) and (not self.ids or letter.message.id in self.ids)
        ]

    @property
    def unknown(self) -> str:
        """The error if no dead letter has the given reason, with the existing reasons; else ""."""
        return unknown_reason(self.reason, self.reasons, "dead letter")

    def missing(self, letters: Iterable[DeadLetter]) -> list[str]:
        """The chosen ids that none of these dead letters has."""
        there = {letter.message.id for letter in letters}
        return [identity for identity in self.ids if identity not in there]


def dead_letter(message: Message) -> DeadLetter:
    """A message as a dead letter."""
    return DeadLetter(message, records.read(message.body, message.fault))


Work = Callable[[Reader, Sequence[DeadLetter]], bool]


class Collected(NamedTuple):
    """The chosen dead letters, without their contents.

    failure: the refusal that ended the reading early, or None. undeleted: how many messages could not be deleted, as
    they had become visible again.
    """

    chosen: Chosen
    letters: list[DeadLetter]
    hidden: Hidden
    failure: Refused | None
    undeleted: int

    @property
    def complete(self) -> bool:
        """Whether all dead letters were read."""
        return self.failure is None and not self.hidden.total

    def complain(self, output: Output) -> None:
        """Report an early end, an unknown reason and hidden messages."""
        if self.failure:
            output.complain(f"{self.failure}; this is not all")
        if self.chosen.unknown:
            output.complain(self.chosen.unknown)
        complain_of_hidden(self.hidden, output)


def collect(operation: Operation, chosen: Chosen, what: str, work: Work | None = None) -> Collected:
    """Read all dead letters. All stay visible to others, except those that `work` deletes.

    work: gets the chosen dead letters of each batch, and returns whether to continue. what: text of the bar.

    :raises Refused: SMQ refused the first batch.
    """
    letters: list[DeadLetter] = []
    hidden, failure = NONE_HIDDEN, None
    with dead_letter_queue(operation) as queue, Reader(queue, operation.output, operation.effects) as reader:
        try:
            for batch in reader.batches(what):
                these = chosen.among(batch)
                letters += (letter.brief() for letter in these)
                if work and these and not work(reader, these):
                    break
            hidden = reader.hidden()
        except Refused as refusal:
            if not letters:
                raise
            failure = refusal
        return Collected(chosen, letters, hidden, failure, reader.undeleted)


def by_reason(letters: Iterable[DeadLetter]) -> dict[str, int]:
    """The number of dead letters by reason, the most frequent first."""
    return dict(Counter(letter.record.reason for letter in letters).most_common())
