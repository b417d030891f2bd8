"""`dead-letters drop`: deletes dead letters."""

from collections.abc import Sequence

import click

from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.queues.dead_letter import Chosen, DeadLetter, by_reason, collect, with_ids, with_reason
from oss_cdn_refresh_cli.queues.reader import Reader
from oss_cdn_refresh_cli.queues.reports import complain_of
from oss_cdn_refresh_cli.shared.errors import Exit, Refused
from oss_cdn_refresh_cli.shared.output import Column, Kind, counted


@click.command(cls=Command)
@with_reason
@with_ids
@click.option("--yes", is_flag=True, help="Really delete them: their items are not refreshed then.")
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
    output.table([Column("reason", kind=Kind.REASON), Column("messages", figures=True)], reasons.items())
    for why in {str(refusal) for refusal in refusals}:
        output.complain(f"{counted(kept, 'message')} not deleted: {why}")
    if not yes and letters:
        output.complain(
            f"{counted(len(letters), 'message')} would be deleted, and their items not refreshed: give --yes"
        )
    elif not unknown:
        nothing = "There is nothing to delete." if complete else "There is nothing to delete that is visible now."
        output.say(f"{len(letters) - kept:,} deleted." if letters else nothing)
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
