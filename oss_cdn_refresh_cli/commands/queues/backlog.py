"""`backlog`: shows how much waits in the backlog, and the reason, start and end of the first messages."""

from collections.abc import Sequence
from typing import Any

import click

from oss_cdn_refresh.events.change import epoch
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.queueing.messages import BATCH_MESSAGES
from oss_cdn_refresh_cli.clients.smq_answers import Attributes, Message
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.operation.watching import watched, with_watch
from oss_cdn_refresh_cli.queues import records
from oss_cdn_refresh_cli.queues.reader import backlog_queue
from oss_cdn_refresh_cli.queues.records import Record
from oss_cdn_refresh_cli.queues.unseen import may_be_confirmations
from oss_cdn_refresh_cli.shared import times
from oss_cdn_refresh_cli.shared.errors import Exit
from oss_cdn_refresh_cli.shared.output import Column, Kind, counted

COLUMNS = (  # named as the fields of the document
    Column("reason", kind=Kind.REASON),
    Column("since", kind=Kind.TIME),
    Column("until", kind=Kind.TIME),
    Column("what", kind=Kind.URL),
    Column("items", figures=True),
    Column("attempts", figures=True, spare=True),
    Column("source", kind=Kind.ID, spare=True),
)
KEPT = 604_800  # seconds after `first_seen`, then the function gives an item up; docs/operating.md


@click.command(cls=Command)
@with_watch
@click.pass_obj
def backlog(operation: Operation, *, watch: float | None) -> Exit:
    """Show how much waits in the backlog, and why.

    For the first messages, it also shows since when, and until when at most, they wait. The exit code is 0 if only
    confirmations wait.
    """
    return watched(operation, watch, _look)


def _look(operation: Operation) -> Exit:
    output = operation.output
    with backlog_queue(operation) as queue:
        attributes, messages = queue.attributes(), queue.peek()
    read = [(message, records.read(message.body, message.fault)) for message in messages]
    waiting = [_fields(message, record, attributes) for message, record in read if not record.only_confirms]
    confirmations = sum(record.unconfirmed for _, record in read)
    counts = {"active": attributes.active, "inactive": attributes.inactive, "delayed": attributes.delayed}
    output.table([Column(name, figures=True) for name in counts], [list(counts.values())])
    unseen = max(0, attributes.total - len(messages))
    confirming = bool(unseen) and not waiting and may_be_confirmations(operation, unseen)
    if waiting:
        output.say()
        output.say(
            f"The head of the queue, {counted(len(waiting), 'message')} ({BATCH_MESSAGES} at most; delayed ones cannot "
            "be seen):"
        )
        output.say()
        now = operation.effects.now()
        output.table(COLUMNS, [_row(fields, now) for fields in waiting])
        for entry in waiting:
            if "problem" in entry:
                output.complain(f"message {entry['id']}: {entry['problem']}: it becomes a dead letter when it is read")
    if confirmations:
        output.say(f"{counted(confirmations, 'accepted URL')} to be confirmed, in messages at the head of the queue.")
    if confirming:
        output.say(f"{counted(unseen, 'message')} delayed or in work, taken for confirmations of accepted refreshes.")
    output.document({**counts, "head": waiting, "confirmations": confirmations})
    return Exit.of(found=bool(waiting) or (unseen > 0 and not confirming))


def _fields(message: Message, record: Record, attributes: Attributes) -> dict[str, Any]:
    since = epoch(record.first_seen)
    vanishes = message.enqueued_at + attributes.retention
    until = vanishes if since is None or record.source != records.WAITING else min(vanishes, since + KEPT)
    return {
        "id": message.id,
        "source": record.source,
        "reason": record.reason if record.problem or record.source in (records.WAITING, records.OURS) else None,
        "what": record.what,
        "items": record.items,
        "attempts": record.attempts,
        "since": timestamp(message.enqueued_at if since is None else since),
        "until": timestamp(until),
        **({"problem": record.problem} if record.problem else {}),
    }


def _row(fields: dict[str, Any], now: float) -> Sequence[object]:
    shown = fields | {name: times.told(fields[name], now) for name in ("since", "until")}
    return [shown[column.name] for column in COLUMNS]
