"""Writes confirmations for the backlog, as few messages as fit.

Confirmations that differ in nothing but their URLs, task ids and the second of their submission share a message.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from oss_cdn_refresh.events.message_format import CONFIRMATION, MESSAGE_BYTES, VERSION, dumped, sent_bytes
from oss_cdn_refresh.model.confirmation import Confirmation
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.history import NOTHING_KEPT
from oss_cdn_refresh.model.item import ItemName
from oss_cdn_refresh.model.limits import MINUTE
from oss_cdn_refresh.queueing.messages import Message

FIELDS_BYTES = 1_024  # of a message without its lists, as sent
TEXT_BYTES = 14  # of a text in a list, beside its characters: two quotes as sent, a comma and a space
MOST_IDS = 400  # of a URL that fits into no message with all of its ids: no call of ours gives it so many


class Due(NamedTuple):
    """A confirmation, and in how many seconds it is due."""

    confirmation: Confirmation
    delay: int


def messages(due: Iterable[Due]) -> Iterator[Message]:
    """The messages that hold the confirmations."""
    groups: dict[tuple[object, ...], list[Due]] = {}
    for each in due:
        asked = each.confirmation
        alike = asked.target, asked.type, asked.force, asked.resubmissions, asked.looks, asked.submitted_at // MINUTE
        groups.setdefault((*alike, each.delay // MINUTE, id(asked.kept)), []).append(each)
    for group in groups.values():
        for together in _fitting(group):
            yield from _written(_joined(together), max(each.delay for each in together))


def _fitting(group: Iterable[Due]) -> Iterator[list[Due]]:
    """Confirmations that share a message."""
    together: list[Due] = []
    used = FIELDS_BYTES
    for each in group:
        asked = each.confirmation
        texts = (*asked.urls, *asked.task_ids, *asked.preload)
        size = sent_bytes("".join(texts)) + TEXT_BYTES * len(texts)
        if together and used + size > MESSAGE_BYTES:
            yield together
            together, used = [], FIELDS_BYTES
        together.append(each)
        used += size
    if together:
        yield together


def _joined(together: list[Due]) -> Confirmation:
    """One confirmation of several."""
    asked = [each.confirmation for each in together]
    if len(asked) == 1:
        return asked[0]
    return asked[0]._replace(
        urls=tuple(dict.fromkeys(url for each in asked for url in each.urls)),
        task_ids=tuple(dict.fromkeys(task_id for each in asked for task_id in each.task_ids)),
        preload=tuple(dict.fromkeys(url for each in asked for url in each.preload)),
        submitted_at=min(each.submitted_at for each in asked),
        first_seen=min(each.first_seen for each in asked),
        changed_at=min((each.changed_at for each in asked if each.changed_at is not None), default=None),
        changed_last=max((each.changed_last for each in asked if each.changed_last is not None), default=None),
    )


def _written(asked: Confirmation, delay: int) -> Iterator[Message]:
    """The messages of one confirmation, which may be too large for one."""
    text = dumped(_fields(asked))
    if sent_bytes(text) <= MESSAGE_BYTES:
        yield Message(text, tuple(ItemName(asked.type, url) for url in asked.urls), delay)
    elif len(asked.urls) > 1:
        middle = len(asked.urls) // 2
        for urls in (asked.urls[:middle], asked.urls[middle:]):
            yield from _written(asked.part(urls), delay)
    elif len(asked.preload) > 1:
        middle = len(asked.preload) // 2
        for preload in (asked.preload[:middle], asked.preload[middle:]):
            yield from _written(asked._replace(preload=preload), delay)
    elif asked.kept or len(asked.task_ids) > MOST_IDS:
        yield from _written(asked._replace(kept=NOTHING_KEPT, task_ids=asked.task_ids[:MOST_IDS]), delay)


def _fields(asked: Confirmation) -> dict[str, object]:
    changed_at = asked.first_seen if asked.changed_at is None else asked.changed_at
    changed_last = changed_at if asked.changed_last is None else asked.changed_last
    return {
        **asked.kept,
        "kind": CONFIRMATION,
        "version": VERSION,
        "product": asked.target.product,
        "object_type": asked.type,
        "urls": asked.urls,
        "force": asked.force,
        "task_ids": asked.task_ids,
        "submitted_at": timestamp(asked.submitted_at),
        "changed_at": timestamp(changed_at),
        "newest_changed_at": timestamp(changed_last),
        "first_seen": timestamp(asked.first_seen),
        "resubmissions": asked.resubmissions,
        "looks": asked.looks,
        "preload": asked.preload,
    }
