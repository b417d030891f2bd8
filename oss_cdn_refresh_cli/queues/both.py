"""The backlog and the dead-letter queue that the settings name."""

from oss_cdn_refresh_cli.clients.smq import Queue
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.queues.reader import Reader


def backlog_queue(operation: Operation) -> Queue:
    """The backlog.

    :raises NotSet: the settings give no endpoint or no name.
    """
    return _queue(operation, operation.settings.backlog_queue(), "BACKLOG_QUEUE")


def dead_letter_queue(operation: Operation) -> Queue:
    """The dead-letter queue.

    :raises NotSet: the settings give no endpoint or no name.
    """
    return _queue(operation, operation.settings.dead_letter_queue(), "DEAD_LETTER_QUEUE")


def a_reader(queue: Queue, operation: Operation) -> Reader:
    """Reads all messages of a queue."""
    return Reader(queue, operation.output, operation.effects)


def _queue(operation: Operation, name: str, variable: str) -> Queue:
    endpoint = operation.settings.smq_endpoint()
    seconds = operation.settings.seconds
    return Queue(endpoint, name, variable, operation.credentials, operation.effects, seconds=seconds)
