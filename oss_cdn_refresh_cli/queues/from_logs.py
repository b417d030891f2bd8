"""Puts back the unaccounted items and records of the function's log, which no queue has."""

from collections import Counter
from collections.abc import Iterable, Sequence

from oss_cdn_refresh.queueing.messages import BATCH_MESSAGES
from oss_cdn_refresh.queueing.smq import ABOUT_A_MESSAGE
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.queues import log_lines
from oss_cdn_refresh_cli.queues.exports import texts
from oss_cdn_refresh_cli.queues.log_lines import Broken, Found
from oss_cdn_refresh_cli.queues.reader import backlog_queue
from oss_cdn_refresh_cli.queues.reports import say_put_back, unknown_reason
from oss_cdn_refresh_cli.shared.errors import Exit, Refused
from oss_cdn_refresh_cli.shared.output import Column, Kind, counted


def put_back(operation: Operation, lines: Iterable[bytes], file: str, reason: str | None, *, dry_run: bool) -> Exit:
    """Put back the unaccounted items and records of a log, all or those with the given reason.

    :raises Failed: a line is not text.
    """
    output = operation.output
    entries: list[Found] = []
    broken: list[int] = []
    others = 0
    reasons_there: Counter[str] = Counter()
    for line in log_lines.found(texts(lines, file), operation.effects.now()):
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
    taken, refusals = (0, []) if dry_run else _send(operation, [body for body in bodies if body is not None])
    reasons = dict(Counter(entry.reason for entry in bodies.values()).most_common())
    output.table([Column("reason", kind=Kind.REASON), Column("messages", figures=True)], reasons.items())
    say_put_back(operation, taken, len(bodies), unknown, dry_run=dry_run)
    if others:
        output.say(f"{counted(others, 'line')} of the log about something else.")
    if refusals:
        output.complain(
            f"{len(bodies) - taken:,} of {len(bodies):,} could not be put back: {refusals[0]}; run it again"
        )
    if shortened:
        output.complain(
            f"{counted(shortened, 'line')} of the log without the whole URL or payload: refresh the object with "
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
            "redriven": taken,
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
    """How many messages the backlog accepted, and the refusals; it stops at a refusal that concerns all messages."""
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
