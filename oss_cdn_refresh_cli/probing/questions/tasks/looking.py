"""Submits a refresh, and asks for its tasks as the function does.

The notes identify a submitted call for later steps: `urls`, `ids`, `type`, and `at`, the epoch seconds of the call.
"""

from collections import deque

from oss_cdn_refresh.model.confirmation import Submission, Task, key_of, row_key
from oss_cdn_refresh.model.item import FILE, ObjectType
from oss_cdn_refresh_cli.clients.tasks import FAILED
from oss_cdn_refresh_cli.probing.account import Account, Called
from oss_cdn_refresh_cli.probing.answers import Notes
from oss_cdn_refresh_cli.probing.question import MINUTE

COMPLETE = "Complete"
FINAL = FAILED | {COMPLETE}
LOOKS = 15  # of a step that looks up a task each minute until it has ended
LONGEST = LOOKS * MINUTE
QUIET = (
    3 * MINUTE
)  # after which the other questions of a run have submitted their items, and lists and quotas show them


def submitted(account: Account, *urls: str, object_type: ObjectType = FILE) -> Notes:
    """Submit one refresh; returns the notes that identify its tasks.

    :raises Unclear: the product refused it.
    """
    at = account.effects.now()
    return noted(account.refresh(*urls, object_type=object_type), urls, at, object_type)


def noted(called: Called, urls: tuple[str, ...], at: float, object_type: ObjectType = FILE) -> Notes:
    """The notes that identify the tasks of a call.

    :raises Unclear: the product refused it.
    """
    called.expect("the product refused the call ({}): nothing can be looked up")
    return {"urls": list(urls), "ids": list(called.task_ids), "type": object_type, "at": at}


def rows(account: Account, notes: Notes) -> list[Task]:
    """The rows under the ids of a call, with any URL.

    :raises CallRefused: the product refused a look-up.
    """
    client, seconds = account.client(), account.operation.settings.seconds
    submission = Submission(notes["type"], tuple(notes["urls"]), tuple(notes["ids"]), notes["at"])
    left = deque(client.look_ups([submission]))
    found: list[Task] = []
    while left:
        answer = client.look_up(left.popleft(), seconds)
        found += answer.tasks
        left.extend([answer.rest] if answer.rest else [])
    return [row for row in found if not row.id or row.id in notes["ids"]]


def statuses(account: Account, notes: Notes) -> dict[str, str]:
    """The status of each URL of a call, "" where no row shows it.

    :raises CallRefused: the product refused a look-up.
    """
    shown: dict[tuple[str, str], str] = {}
    for row in rows(account, notes):
        shown[row_key(row.type, row.url)] = shown["", row_key(row.type, row.url)[1]] = row.status
    return {url: shown.get(key_of(notes["type"], url), "") for url in notes["urls"]}


def status(account: Account, notes: Notes) -> str:
    """The status of a call's only URL, "" where no row shows it.

    :raises CallRefused: the product refused a look-up.
    """
    (found,) = statuses(account, notes).values()
    return found
