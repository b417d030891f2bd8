"""Sends the probe's own messages to the queue of the option --queue, in documents as no client would write them.

Source: SMQ API 2015-06-06, "BatchSendMessage" and "Error codes".
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from oss_cdn_refresh.events.message_format import NAMESPACE
from oss_cdn_refresh.queueing.smq import ABOUT_A_MESSAGE
from oss_cdn_refresh_cli.clients.smq import Queue
from oss_cdn_refresh_cli.clients.smq_answers import Message
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.account.messages import read
from oss_cdn_refresh_cli.probing.answers import Unclear


def element(body: str, more: str = "") -> str:
    """A message of a batch; `body` is not escaped."""
    return f"<Message><MessageBody>{body}</MessageBody>{more}</Message>"


def batch(elements: Sequence[str]) -> bytes:
    """The document of a BatchSendMessage."""
    inside = "".join(elements)
    return f'<?xml version="1.0" encoding="utf-8"?><Messages xmlns="{NAMESPACE}">{inside}</Messages>'.encode()


class Posting:
    """The queue for one step; `mark` is a text that all bodies of the step have."""

    def __init__(self, queue: Queue, mark: str) -> None:
        self.mark = mark
        self._queue = queue

    def taken(self, document: bytes) -> str:
        """The code with which SMQ refuses a document because of its messages; "" if it takes it.

        :raises Unclear: it refuses the document for another reason.
        """
        reply = self._queue.post(document)
        status = reply.answer.status
        if 200 <= status < 300:  # noqa: PLR2004 - HTTP's classes
            return ""
        refusal = reply.refusal()
        if refusal.code not in ABOUT_A_MESSAGE:
            raise Unclear(
                f"SMQ answered {status} for another reason: {refusal.code}: {refusal.message}: run the probe again"
            )
        return refusal.code

    def results(self, document: bytes) -> tuple[int, list[str]]:
        """The HTTP status for a document, and the results of its messages: MessageId or ErrorCode for each."""
        answer = self._queue.post(document).answer
        return answer.status, re.findall("<(MessageId|ErrorCode)>", answer.body.decode(errors="replace"))

    def delivered(self) -> list[Message]:
        """The messages of this step that the queue has; they are deleted."""
        return [message for message in read(self._queue, self._is_own) if self._is_own(message)]

    def _is_own(self, message: Message) -> bool:
        return self.mark in message.body


@contextmanager
def posting(account: Account) -> Iterator[Posting]:
    """The queue; what a step has sent is deleted at its end.

    :raises NotTried: no queue was given.
    """
    with account.queue() as queue:
        found = Posting(queue, account.key("")[len(account.place.prefix) :])  # the site's prefix may need escapes
        try:
            yield found
        finally:
            found.delivered()
