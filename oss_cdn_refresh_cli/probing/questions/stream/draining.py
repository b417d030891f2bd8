"""Puts a URL into the backlog of the deployment, and sees what became of it."""

from oss_cdn_refresh.events.message_format import BACKLOG, dumped
from oss_cdn_refresh.model.item import FILE
from oss_cdn_refresh_cli.clients.tasks import tasks
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.account.deployed import backlog

WAIT = 90.0  # seconds: a batch waits 15 s at most, and the function's call takes a moment


def url(account: Account) -> str:
    """The URL of the question."""
    return account.url("from-the-backlog.txt")


def put(account: Account) -> None:
    """Put the URL into the backlog, in plain JSON.

    :raises Refused: SMQ does not take it.
    """
    body = dumped({"kind": BACKLOG, "version": 1, "object_type": FILE, "urls": [url(account)]})
    with backlog(account.operation) as queue:
        (refusal,) = queue.put([body])
    if refusal:
        raise refusal


def is_submitted(account: Account) -> bool:
    """Whether the product has a task for the URL: then the function has read the message."""
    return any(tasks(account.operation, account.place.target, url(account)))


def waits(account: Account) -> bool:
    """Whether the message is still in the backlog."""
    with backlog(account.operation) as queue:
        return any(url(account) in message.body for message in queue.peek())
