"""A dead letter, and which of them a command is about."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import click

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh_cli.clients.smq_answers import Message
from oss_cdn_refresh_cli.queues import records
from oss_cdn_refresh_cli.queues.reader import Hidden
from oss_cdn_refresh_cli.queues.records import Record
from oss_cdn_refresh_cli.shared.output import Output, counted

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
            **({"problem": self.record.problem} if self.record.problem else {}),
        }


class Chosen:
    """The chosen dead letters: those with the given reason and with one of the given ids, where these are given.

    `reasons` counts what `among` has seen, whether it was meant or not.
    """

    def __init__(self, reason: str | None, ids: Sequence[str]) -> None:
        self.reason = reason
        self.ids = ids
        self.reasons: Counter[str] = Counter()

    def among(self, messages: Iterable[Message]) -> list[DeadLetter]:
        """The chosen ones of some messages."""
        letters = [dead_letter(message) for message in messages]
        self.reasons.update(letter.record.reason for letter in letters)
        return [
            letter
            for letter in letters
            if self.reason in (None, letter.record.reason) and (not self.ids or letter.message.id in self.ids)
        ]

    @property
    def unknown(self) -> str:
        """The message when no dead letter has the given reason, with the reasons that exist; "" where one has it."""
        return unknown_reason(self.reason, self.reasons, "dead letter")

    def missing(self, letters: Iterable[DeadLetter]) -> list[str]:
        """The ids of which there is no dead letter among these."""
        there = {letter.message.id for letter in letters}
        return [identity for identity in self.ids if identity not in there]


def dead_letter(message: Message) -> DeadLetter:
    """A message as a dead letter."""
    return DeadLetter(message, records.read(message.body, message.fault))


def by_reason(letters: Iterable[DeadLetter]) -> dict[str, int]:
    """How many there are of each reason, the most frequent first."""
    return dict(Counter(letter.record.reason for letter in letters).most_common())


def unknown_reason(reason: str | None, there: Counter[str], what: str) -> str:
    """The message when no `thing` has the given reason; "" where one has it, or where there are none at all."""
    if reason is None or not there or there[reason]:
        return ""
    names = ", ".join(f"{name} ({count})" for name, count in there.most_common())
    return f'no {what} has the reason "{reason}": give one of those that there are: {names}'


def complain_of(missing: Sequence[str], output: Output) -> None:
    """Say which ids were asked for in vain."""
    if missing:
        output.complain(f"there is no dead letter with the id {', '.join(missing)} that is visible now")


def complain_of_hidden(hidden: Hidden, output: Output) -> None:
    """Say how many dead letters could not be seen, and why."""
    again = f"run it again in {hidden.seconds} s"
    if hidden.lost:
        output.complain(
            f"{counted(hidden.lost, 'dead letter')} hidden now: SMQ's answer with them did not arrive here: {again}"
        )
    if hidden.others:
        output.complain(
            f"{counted(hidden.others, 'dead letter')} hidden now, received by somebody else or by a run that was "
            f"killed: {again}"
        )
