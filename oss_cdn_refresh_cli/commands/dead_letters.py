"""`dead-letters`: what the function, Function Compute and the event stream gave up."""

from collections.abc import Sequence
from typing import Any

import click

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh_cli.commands.redrive import redrive
from oss_cdn_refresh_cli.operation.operation import Command, Group, Operation
from oss_cdn_refresh_cli.queues import records
from oss_cdn_refresh_cli.queues.both import a_reader, dead_letter_queue
from oss_cdn_refresh_cli.queues.dead_letter import (
    Chosen,
    DeadLetter,
    by_reason,
    collect,
    dead_letter,
    with_ids,
    with_reason,
)
from oss_cdn_refresh_cli.queues.reader import NONE_HIDDEN, Reader
from oss_cdn_refresh_cli.queues.records import Record
from oss_cdn_refresh_cli.queues.reports import complain_of, complain_of_hidden
from oss_cdn_refresh_cli.shared.errors import Exit, Refused
from oss_cdn_refresh_cli.shared.output import Column, Output, counted, pretty, shortened


@click.group("dead-letters", cls=Group)
def dead_letters() -> None:
    """See, put back or delete what was given up."""


@dead_letters.command("list", cls=Command)
@with_reason
@click.pass_obj
def list_(operation: Operation, *, reason: str | None) -> Exit:
    """Show all dead letters, and how many there are of each reason. They stay visible to others."""
    collected = collect(operation, Chosen(reason, ()), "Reading dead letters")
    letters = sorted(collected.letters, key=lambda letter: letter.failed_at)
    unknown = collected.chosen.unknown
    if not unknown:
        _show(operation.output, letters, complete=collected.complete)
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
@click.argument("id", metavar="ID")
@click.pass_obj
def show(operation: Operation, *, id: str) -> Exit:  # noqa: A002 - click names it after the argument
    """Show everything of one dead letter. It stays visible to others."""
    with dead_letter_queue(operation) as queue, a_reader(queue, operation) as reader:
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
    payload = _payload(letter.record)
    fields = letter.fields() | {"enqueued_at": timestamp(found.enqueued_at)}
    output.fields(fields)
    value = letter.record.value
    for heading, text in (("body", found.body if value is None else pretty(value)), ("payload", payload)):
        if text is not None:
            output.say()
            output.say(f"{heading}:")
            for line in text.splitlines():
                output.say(f"  {line}")
    output.document({**fields, "body": found.body if value is None else value, "payload": payload})
    return Exit.DONE


@dead_letters.command(cls=Command)
@with_reason
@with_ids
@click.option("--yes", is_flag=True, help="Really delete them: nobody refreshes them then.")
@click.pass_obj
def drop(operation: Operation, *, reason: str | None, ids: tuple[str, ...], yes: bool) -> Exit:
    """Delete dead letters: all, or those chosen."""
    output = operation.output
    refusals: list[Refused] = []

    def delete(reader: Reader, these: Sequence[DeadLetter]) -> bool:
        refusals.extend(reader.delete([letter.message for letter in these]))
        return not refusals

    what = "Deleting dead letters" if yes else "Reading dead letters"
    collected = collect(operation, Chosen(reason, ids), what, delete if yes else None)
    letters, complete, unknown = collected.letters, collected.complete, collected.chosen.unknown
    kept = len(refusals) + collected.undeleted
    missing = collected.chosen.missing(letters)
    reasons = by_reason(letters)
    output.table(["reason", Column("messages", figures=True)], reasons.items())
    for why in {str(refusal) for refusal in refusals}:
        output.complain(f"{counted(kept, 'message')} not deleted: {why}")
    if not yes and letters:
        output.complain(f"{counted(len(letters), 'message')} would be deleted, to be refreshed by nobody: give --yes")
    elif not unknown:
        nothing = "There is nothing to delete." if complete else "There is nothing to delete that is visible now."
        output.say(f"{len(letters) - kept} deleted." if letters else nothing)
    collected.complain(output)
    complain_of(missing, output)
    output.document(
        {
            "deleted": len(letters) - kept if yes else 0,
            "found": len(letters),
            "reasons": reasons,
            "missing": missing,
            "hidden": collected.hidden.total,
            "complete": complete,
            **({"error": unknown} if unknown else {}),
        }
    )
    return Exit.of(failed=bool(kept or missing or unknown or not complete or (letters and not yes)))


def _show(output: Output, letters: Sequence[DeadLetter], *, complete: bool) -> None:
    figures = (Column("items", figures=True), Column("attempts", figures=True))
    output.table(["id", "source", "reason", "what", *figures, "failed at"], map(_row, letters))
    if not letters:
        output.say("No dead letters." if complete else "No dead letters that are visible now.")
        return
    output.say()
    totals: dict[str, list[int]] = {reason: [0, 0] for reason in by_reason(letters)}
    for letter in letters:
        totals[letter.record.reason][0] += 1
        totals[letter.record.reason][1] += letter.record.items
    sums = (Column("messages", figures=True), Column("items", figures=True))
    output.table(["reason", *sums], [(shortened(reason), *total) for reason, total in totals.items()])
    output.say()
    if all(letter.record.problem for letter in letters):
        output.next_step(
            "nothing can read these: look at them with dead-letters show ID, then: dead-letters drop --id ID"
        )
    else:
        output.next_step("fix the cause, then: oss-cdn-refresh dead-letters redrive [--reason REASON]")


def _row(letter: DeadLetter) -> Sequence[object]:
    record = letter.record
    more = f" +{record.items - 1} more" if record.items > 1 else ""
    what, reason = shortened(record.what) + more, shortened(record.reason)
    return (letter.message.id, letter.source, reason, what, record.items, record.attempts, letter.failed_at)


def _payload(record: Record) -> str | None:
    """The payload of an unreadable record or the event of a failed invocation, decoded where it is text."""
    if not isinstance(record.value, dict):
        return None
    payload = record.value.get("payload", record.value.get("requestPayload"))
    if payload is None:
        return None
    if not isinstance(payload, str):
        return pretty(payload)
    inside = records.decoded(payload)
    return _decoded(payload, record.value.get("payload_encoding")) if inside is None else pretty(inside)


def _decoded(payload: str, encoding: Any) -> str:
    return records.text_of_base64(payload) if encoding == "base64" else payload


dead_letters.add_command(redrive)
