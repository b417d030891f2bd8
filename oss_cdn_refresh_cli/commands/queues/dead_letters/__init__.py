"""`dead-letters`: shows what the function, Function Compute and the event stream gave up."""

from collections.abc import Sequence

import click

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh_cli.commands.queues.dead_letters.drop import drop
from oss_cdn_refresh_cli.commands.queues.dead_letters.redrive import redrive
from oss_cdn_refresh_cli.operation.operation import Command, Group, Operation
from oss_cdn_refresh_cli.queues import records
from oss_cdn_refresh_cli.queues.completing import complete_id
from oss_cdn_refresh_cli.queues.dead_letter import (
    Chosen,
    DeadLetter,
    by_reason,
    collect,
    dead_letter,
    with_reason,
)
from oss_cdn_refresh_cli.queues.reader import NONE_HIDDEN, Reader, dead_letter_queue
from oss_cdn_refresh_cli.queues.reports import complain_of_hidden
from oss_cdn_refresh_cli.shared import times
from oss_cdn_refresh_cli.shared.errors import Exit
from oss_cdn_refresh_cli.shared.output import Column, Kind, pretty

REASON = Column("reason", kind=Kind.REASON)
COLUMNS = (
    Column("id", kind=Kind.ID),
    REASON,
    Column("failed at", kind=Kind.TIME),
    Column("what", kind=Kind.URL),
    Column("items", figures=True),
    Column("attempts", figures=True, spare=True),
    Column("source", kind=Kind.ID, spare=True),
)


@click.group("dead-letters", cls=Group)
def dead_letters() -> None:
    """See, put back or delete dead letters."""


@dead_letters.command("list", cls=Command)
@with_reason
@click.pass_obj
def list_(operation: Operation, *, reason: str | None) -> Exit:
    """Show all dead letters, and how many there are of each reason. They stay visible to others."""
    collected = collect(operation, Chosen(reason, ()), "Reading dead letters")
    letters = sorted(collected.letters, key=lambda letter: letter.failed_at)
    unknown = collected.chosen.unknown
    if not unknown:
        _show(operation, letters, complete=collected.complete)
    collected.complain(operation.output)
    operation.output.document(
        {
            "dead_letters": [letter.fields() for letter in letters],
            "reasons": by_reason(letters),
            "hidden": collected.hidden.total,
            "complete": collected.complete,
            **({"error": unknown} if unknown else {}),
        }
    )
    return Exit.of(found=bool(letters), failed=bool(unknown) or not collected.complete)


@dead_letters.command(cls=Command)
@click.argument("id", metavar="ID", shell_complete=complete_id)
@click.pass_obj
def show(operation: Operation, *, id: str) -> Exit:  # noqa: A002 - click names it after the argument
    """Show everything of one dead letter. It stays visible to others."""
    with dead_letter_queue(operation) as queue, Reader(queue, operation.output, operation.effects) as reader:
        found = next(
            (message for batch in reader.batches("Looking for it") for message in batch if message.id == id), None
        )
        hidden = NONE_HIDDEN if found else reader.hidden()
    output = operation.output
    if found is None:
        why = f'there is no dead letter with the id "{id}" that is visible now: see `oss-cdn-refresh dead-letters list`'
        output.complain(why)
        complain_of_hidden(hidden, output)
        output.document({"error": why, "hidden": hidden.total, "complete": not hidden.total})
        return Exit.COULD_NOT
    letter = dead_letter(found)
    payload = records.payload(letter.record)
    fields = letter.fields() | {"enqueued_at": timestamp(found.enqueued_at)}
    now = operation.effects.now()
    output.fields(fields | {name: times.told(fields[name], now) for name in ("failed_at", "enqueued_at")})
    value = letter.record.value
    for heading, text in (("body", found.body if value is None else pretty(value)), ("payload", payload)):
        if text is not None:
            output.say()
            output.say(f"{heading}:")
            for line in text.splitlines():
                output.verbatim(f"  {line}")
    output.document({**fields, "body": found.body if value is None else value, "payload": payload})
    return Exit.DONE


def _show(operation: Operation, letters: Sequence[DeadLetter], *, complete: bool) -> None:
    output, now = operation.output, operation.effects.now()
    output.table(COLUMNS, [_row(letter, now) for letter in letters])
    if not letters:
        output.say("No dead letters." if complete else "No dead letters that are visible now.")
        return
    output.say()
    totals: dict[str, list[int]] = {reason: [0, 0] for reason in by_reason(letters)}
    for letter in letters:
        totals[letter.record.reason][0] += 1
        totals[letter.record.reason][1] += letter.record.items
    sums = (Column("messages", figures=True), Column("items", figures=True))
    output.table([REASON, *sums], [(reason, *total) for reason, total in totals.items()])
    output.say()
    if all(letter.record.problem for letter in letters):
        output.next_step(
            "nothing can read these: look at them with dead-letters show ID, then: dead-letters drop --id ID"
        )
    else:
        output.next_step("fix the cause, then: oss-cdn-refresh dead-letters redrive [--reason REASON]")


def _row(letter: DeadLetter, now: float) -> Sequence[object]:
    record, failed_at = letter.record, times.told(letter.failed_at, now)
    return letter.message.id, record.reason, failed_at, record.what, record.items, record.attempts, letter.source


dead_letters.add_command(drop)
dead_letters.add_command(redrive)
