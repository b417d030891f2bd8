"""The notifications that OSS put into the queue of the option --queue, about one question's folder."""

import json
from typing import Any, NamedTuple

from oss_cdn_refresh.events import decoded
from oss_cdn_refresh.model.errors import UnreadableRecord
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.account import messages as messages_of
from oss_cdn_refresh_cli.probing.answers import Later, Notes, Unclear

WAIT = 30.0  # seconds that OSS gets to deliver its notifications
PATIENCE = 300.0  # seconds; missing records are looked for once more


class Notified(NamedTuple):
    """One event record. base64: its message was in Base64."""

    event: str
    key: str
    size: Any
    delta: Any
    base64: bool


def notified(account: Account) -> list[Notified]:
    """The records about the question's folder. Their messages are deleted; all others stay in the queue.

    :raises Unclear: no record came.
    """
    with account.queue() as queue:
        messages = messages_of.read(queue, lambda message: bool(_about(account, message.body)))
    found = [record for message in messages for record in _about(account, message.body)]
    if not found:
        raise Unclear(f"no notification about {account.key('')} came in {WAIT:.0f} s: check the rule of the queue")
    return found


def so_far(account: Account, notes: Notes) -> list[Notified]:
    """The records of this look and of the one before, whose notes these are.

    :raises Unclear: no record came.
    """
    earlier = [Notified(*fields) for fields in notes.get("records", ())]
    try:
        return earlier + notified(account)
    except Unclear:
        if not earlier:
            raise
        return earlier


def again(records: list[Notified], notes: Notes) -> Later | None:
    """The second look, for records that are missing in the first one; None where this is the second one."""
    return None if "records" in notes else Later(PATIENCE, {"records": records})


def _about(account: Account, body: str) -> list[Notified]:
    """The records of a message about the question's folder."""
    return [record for record in _records(body) if record.key.startswith(account.key(""))]


def _records(body: str) -> list[Notified]:
    """The event records of a message; none if the message is no event."""
    try:
        document = decoded(body)
    except UnreadableRecord:
        return []
    records = document.get("events") if isinstance(document, dict) else None
    return [_record(each, base64=not _is_json(body)) for each in records or () if isinstance(each, dict)]


def _record(record: dict[str, Any], *, base64: bool) -> Notified:
    oss = record.get("oss")
    stored = oss.get("object") if isinstance(oss, dict) else None
    if not isinstance(stored, dict):
        stored = {}
    name = str(record.get("eventName", ""))
    return Notified(name, str(stored.get("key", "")), stored.get("size"), stored.get("deltaSize"), base64)


def _is_json(body: str) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
