"""`dead-letters redrive`: put back what was given up.

A dead letter is deleted only after the backlog has it. Whatever ends the command, and whenever: what was given up is in
one of the two queues, or in both for a moment.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

from oss_cdn_refresh.queueing.messages import BATCH_MESSAGES
from oss_cdn_refresh.queueing.smq import ABOUT_A_MESSAGE
from oss_cdn_refresh_cli.clients.smq import Queue
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.queues import log_lines, returning
from oss_cdn_refresh_cli.queues.both import a_reader, backlog_queue, dead_letter_queue
from oss_cdn_refresh_cli.queues.dead_letter import (
    Chosen,
    DeadLetter,
    by_reason,
    complain_of,
    complain_of_hidden,
    unknown_reason,
    with_ids,
    with_reason,
)
from oss_cdn_refresh_cli.queues.log_lines import Broken, Found
from oss_cdn_refresh_cli.queues.reader import NONE_HIDDEN, Reader
from oss_cdn_refresh_cli.shared.errors import Exit, Failed, Refused
from oss_cdn_refresh_cli.shared.interruptions import put_off
from oss_cdn_refresh_cli.shared.output import Column, counted


@click.command(cls=Command)
@with_reason
@with_ids
@click.option(
    "--from-logs", type=click.File("rb"), metavar="FILE", help='Put back what lines of the log call "unaccounted".'
)
@click.option("--dry-run", is_flag=True, help="Show what would be put back, and change nothing.")
@click.pass_obj
def redrive(operation: Operation, *, reason: str | None, ids: tuple[str, ...], from_logs: Any, dry_run: bool) -> Exit:
    """Put dead letters back into the backlog: all, or those chosen."""
    if from_logs is None:
        return _dead_letters(operation, Chosen(reason, ids), dry_run=dry_run)
    if ids:
        raise click.UsageError("--id names dead letters, and --from-logs reads a file: give one of the two")
    lines = _text(from_logs, getattr(from_logs, "name", "<stdin>"))
    return _log(operation, log_lines.found(lines, operation.effects.now()), reason, dry_run=dry_run)


def _text(lines: Iterable[bytes], file: str) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if b"\0" in line:
            raise Failed(f"{file}: line {number}: NUL bytes: it is packed, or text in UTF-16: save it as UTF-8")
        yield line.decode(errors="replace")


def _dead_letters(operation: Operation, chosen: Chosen, *, dry_run: bool) -> Exit:
    settings, output = operation.settings, operation.output
    if settings.backlog_queue() == settings.dead_letter_queue():
        raise Failed("BACKLOG_QUEUE and DEAD_LETTER_QUEUE name the same queue: name the two queues of the function")
    letters: list[DeadLetter] = []
    refusals: list[Refused] = []
    spoiled: list[DeadLetter] = []
    with (
        dead_letter_queue(operation) as dead,
        backlog_queue(operation) as backlog,
        a_reader(dead, operation) as reader,
    ):
        try:
            for batch in reader.batches("Reading dead letters" if dry_run else "Putting back"):
                these = chosen.among(batch)
                spoiled += (letter.brief() for letter in these if letter.message.fault)
                these = [letter for letter in these if not letter.message.fault]
                if dry_run:
                    letters += (letter.brief() for letter in these)
                    continue
                with put_off():  # or a batch would be in both queues
                    letters += _put_back(these, backlog, reader, operation.effects.now(), refusals)
                if any(refusal.code not in ABOUT_A_MESSAGE for refusal in refusals):
                    break
        except Refused as refusal:
            if not (letters or refusals):
                raise
            refusals.append(refusal)
        try:
            hidden = reader.hidden()
        except Refused as refusal:
            refusals.append(refusal)
            hidden = NONE_HIDDEN
        undeleted = reader.undeleted
    missing = [] if refusals else chosen.missing([*letters, *spoiled])
    put_back = 0 if dry_run else len(letters)
    output.table(["reason", Column("messages", figures=True)], by_reason(letters).items())
    _say(operation, put_back, len(letters) + len(refusals), chosen.unknown, dry_run=dry_run)
    _complain_of_spoiled(operation, spoiled)
    for why in dict.fromkeys(map(str, refusals)):
        output.complain(f"{put_back} were put back, the others are still dead letters: {why}" if put_back else why)
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
    """Say which messages XML cannot carry: what would be put back would be something else."""
    for letter in spoiled:
        operation.output.complain(
            f"message {letter.message.id} cannot be put back: {letter.message.fault}: "
            f"see dead-letters show {letter.message.id}, then dead-letters drop --id {letter.message.id}"
        )


def _put_back(
    letters: Sequence[DeadLetter], backlog: Queue, reader: Reader, now: float, refusals: list[Refused]
) -> list[DeadLetter]:
    """Send, and delete what the backlog has; gives that, and adds to the refusals."""
    bodies = [(letter, body) for letter in letters for body in returning.bodies(letter.message.body, now)]
    results = backlog.put([body for _, body in bodies])
    refused = {letter.message.id: refusal for (letter, _), refusal in zip(bodies, results, strict=True) if refusal}
    taken = [letter for letter in letters if letter.message.id not in refused]
    refusals += refused.values()
    refusals += reader.delete([letter.message for letter in taken])
    return [letter.brief() for letter in taken]


def _log(operation: Operation, lines: Iterable[Found | Broken | None], reason: str | None, *, dry_run: bool) -> Exit:
    output = operation.output
    entries: list[Found] = []
    broken: list[int] = []
    others = 0
    reasons_there: Counter[str] = Counter()
    for line in lines:
        if line is None:
            others += 1
        elif isinstance(line, Broken):
            broken.append(line.line)
        else:
            reasons_there[line.reason] += 1
            if reason in (None, line.reason):
                entries.append(line)
    unknown = unknown_reason(reason, reasons_there, "line of the log")
    bodies = {entry.body: entry for entry in entries if entry.body is not None}
    shortened = sum(entry.body is None for entry in entries)
    put_back, refusals = (0, []) if dry_run else _send(operation, [body for body in bodies if body is not None])
    reasons = dict(Counter(entry.reason for entry in bodies.values()).most_common())
    output.table(["reason", Column("messages", figures=True)], reasons.items())
    _say(operation, put_back, len(bodies), unknown, dry_run=dry_run)
    if others:
        output.say(f"{counted(others, 'line')} of the log about something else.")
    if refusals:
        output.complain(f"{len(bodies) - put_back} of {len(bodies)} could not be put back: {refusals[0]}; run it again")
    if shortened:
        output.complain(
            f"{counted(shortened, 'line')} of the log too short to tell what to put back: refresh it with "
            "`oss-cdn-refresh refresh`"
        )
    if broken:
        output.complain(
            f"{counted(len(broken), 'line')} of the log with something unaccounted cannot be read, the first is line "
            f"{broken[0]}: export the log again, whole and one JSON object a line"
        )
    output.document(
        {
            "dry_run": dry_run,
            "found": len(bodies),
            "redriven": put_back,
            "reasons": reasons,
            "duplicates": len(entries) - shortened - len(bodies),
            "other_lines": others,
            "shortened": shortened,
            "broken": len(broken),
            "errors": [*dict.fromkeys(map(str, refusals)), *filter(None, [unknown])],
        }
    )
    return Exit.of(failed=bool(refusals or shortened or broken or unknown))


def _send(operation: Operation, bodies: Sequence[str]) -> tuple[int, list[Refused]]:
    """How many the backlog took, and why not all; it stops where the next ones would be refused as well."""
    taken = 0
    refusals: list[Refused] = []
    with backlog_queue(operation) as backlog, operation.output.progress("Putting back", len(bodies)) as step:
        for start in range(0, len(bodies), BATCH_MESSAGES):
            results = backlog.put(bodies[start : start + BATCH_MESSAGES])
            refused = [refusal for refusal in results if refusal]
            taken += len(results) - len(refused)
            refusals += refused
            step(len(results))
            if any(refusal.code not in ABOUT_A_MESSAGE for refusal in refused):
                break
    return taken, refusals


def _say(operation: Operation, put_back: int, found: int, unknown: str, *, dry_run: bool) -> None:
    """Say what was done; `unknown` is why there is nothing with the reason that was asked for, or ""."""
    output = operation.output
    if unknown:
        output.complain(unknown)
    elif not found:
        output.say("There is nothing to put back.")
    elif dry_run:
        output.say(f'{found} would be put back into the backlog "{operation.settings.backlog}".')
    elif put_back:
        output.say(f'{put_back} put back into the backlog "{operation.settings.backlog}".')
        output.next_step("see what waits: oss-cdn-refresh backlog")
