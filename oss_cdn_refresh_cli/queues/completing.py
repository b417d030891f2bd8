"""Reasons and ids of dead letters for the completion of a shell: those at the head of the queue, which stay visible."""

from collections import Counter

from oss_cdn_refresh_cli.operation.completing import Values, live
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.queues import records
from oss_cdn_refresh_cli.queues.reader import dead_letter_queue
from oss_cdn_refresh_cli.shared.output import counted, shortened


def _reasons(operation: Operation) -> Values:
    with dead_letter_queue(operation) as queue:
        there = Counter(records.read(message.body, message.fault).reason for message in queue.peek())
    return [(reason, counted(count, "message")) for reason, count in there.most_common()]


def _ids(operation: Operation) -> Values:
    with dead_letter_queue(operation) as queue:
        read = [(message.id, records.read(message.body, message.fault)) for message in queue.peek()]
    return [(identity, shortened(f"{record.reason} {record.what}")) for identity, record in read]


complete_reason, complete_id = live(_reasons), live(_ids)
