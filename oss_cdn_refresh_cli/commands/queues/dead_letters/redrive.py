"""`dead-letters redrive`: puts dead letters back into the backlog.

The command deletes a dead letter only after the backlog has it. So an interruption at any moment leaves each message in
one of the two queues, or in both.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import click

from oss_cdn_refresh.queueing.smq import ABOUT_A_MESSAGE
from oss_cdn_refresh_cli.clients.smq import Queue
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.queues import from_logs, returning
from oss_cdn_refresh_cli.queues.dead_letter import Chosen, DeadLetter, by_reason, collect, with_ids, with_reason
from oss_cdn_refresh_cli.queues.reader import Reader, backlog_queue
from oss_cdn_refresh_cli.queues.reports import complain_of, complain_of_hidden, say_put_back
from oss_cdn_refresh_cli.shared.errors import Exit, Failed, Refused
from oss_cdn_refresh_cli.shared.interruptions import delayed
from oss_cdn_refresh_cli.shared.output import Column, Kind, counted


@click.command(cls=Command)
@with_reason
@with_ids
@click.option(
    "--from-logs",
    "logs",
    type=click.File("rb"),
    metavar="FILE",
    help='Put back what lines of the log call "unaccounted".',
)
@click.option("--dry-run", is_flag=True, help="Show the messages that would be put back, and change nothing.")
@click.pass_obj
def redrive(operation: Operation, *, reason: str | None, ids: tuple[str, ...], logs: Any, dry_run: bool) -> Exit:
    """Put dead letters back into the backlog: all, or those chosen."""
    if logs is None:
        return _dead_letters(operation, Chosen(reason, ids), dry_run=dry_run)
    if ids:
        raise click.UsageError("--id names dead letters, and --from-logs reads a file: give one of the two")
    return from_logs.put_back(operation, logs, getattr(logs, "name", "<stdin>"), reason, dry_run=dry_run)


def _dead_letters(operation: Operation, chosen: Chosen, *, dry_run: bool) -> Exit:
    settings, output = operation.settings, operation.output
    if settings.backlog_queue() == settings.dead_letter_queue():
        raise Failed("BACKLOG_QUEUE and DEAD_LETTER_QUEUE name the same queue: name the two queues of the function")
    letters: list[DeadLetter] = []
    refusals: list[Refused] = []
    spoiled: list[DeadLetter] = []
    with backlog_queue(operation) as backlog:

        def work(reader: Reader, these: Sequence[DeadLetter]) -> bool:
            spoiled.extend(letter.brief() for letter in these if letter.message.fault)
            good = [letter for letter in these if not letter.message.fault]
            if dry_run:
                letters.extend(letter.brief() for letter in good)
                return True
            with delayed():  # an interruption here would leave a batch in both queues
                letters.extend(_put_back(good, backlog, reader, operation.effects.now(), refusals))
            return all(refusal.code in ABOUT_A_MESSAGE for refusal in refusals)

        collected = collect(operation, chosen, "Reading dead letters" if dry_run else "Putting back", work)
    refusals += [collected.failure] if collected.failure else []
    missing = [] if refusals else chosen.missing([*letters, *spoiled])
    hidden, undeleted = collected.hidden, collected.undeleted
    put_back = 0 if dry_run else len(letters)
    output.table([Column("reason", kind=Kind.REASON), Column("messages", figures=True)], by_reason(letters).items())
    say_put_back(operation, put_back, len(letters) + len(refusals), chosen.unknown, dry_run=dry_run)
    _complain_of_spoiled(operation, spoiled)
    for why in dict.fromkeys(map(str, refusals)):
        output.complain(f"{put_back:,} were put back, the others are still dead letters: {why}" if put_back else why)
    if undeleted:
        output.complain(f"{counted(undeleted, 'message')} in both queues, put back and not deleted: run it again")
    complain_of_hidden(hidden, output)
    complain_of(missing, output)
    output.document(
        {
            "dry_run": dry_run,
            "found": len(letters),
            "redriven": put_back,
            "reasons": by_reason(letters),
            "undeleted": undeleted,
            "hidden": hidden.total,
            "missing": missing,
            "unreadable": [letter.message.id for letter in spoiled],
            "errors": [*dict.fromkeys(map(str, refusals)), *filter(None, [chosen.unknown])],
        }
    )
    return Exit.of(failed=bool(refusals or undeleted or hidden.total or missing or spoiled or chosen.unknown))


def _complain_of_spoiled(operation: Operation, spoiled: Iterable[DeadLetter]) -> None:
    """Report messages that XML cannot carry: the command cannot put them back unchanged."""
    for letter in spoiled:
        operation.output.complain(
            f"message {letter.message.id} cannot be put back: {letter.message.fault}: "
            f"see dead-letters show {letter.message.id}, then dead-letters drop --id {letter.message.id}"
        )


def _put_back(
    letters: Sequence[DeadLetter], backlog: Queue, reader: Reader, now: float, refusals: list[Refused]
) -> list[DeadLetter]:
    """Send dead letters, delete and return those that the backlog accepted, and extend the refusals."""
    bodies = [(letter, body) for letter in letters for body in returning.bodies(letter.message.body, now)]
    results = backlog.put([body for _, body in bodies])
    refused = {letter.message.id: refusal for (letter, _), refusal in zip(bodies, results, strict=True) if refusal}
    taken = [letter for letter in letters if letter.message.id not in refused]
    refusals += refused.values()
    refusals += reader.delete([letter.message for letter in taken])
    return [letter.brief() for letter in taken]
