"""Our own confirmations coming back: URLs of accepted calls whose tasks are to be looked up."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from oss_cdn_refresh.events.change import epoch
from oss_cdn_refresh.events.message_format import CONFIRMATION, VERSION
from oss_cdn_refresh.events.parts import Part
from oss_cdn_refresh.events.returned import MOST_ATTEMPTS, lowered, whole_number
from oss_cdn_refresh.model.confirmation import Confirmation
from oss_cdn_refresh.model.errors import UnreadableRecord
from oss_cdn_refresh.model.history import NOTHING_KEPT
from oss_cdn_refresh.model.item import OBJECT_TYPES, URL_LENGTH, Target

FIELDS = frozenset({"kind", "version", "product", "object_type", "urls", "force", "task_ids", "submitted_at"}) | {
    *("changed_at", "newest_changed_at", "first_seen", "resubmissions", "looks", "preload")
}
TASK_ID = r"[A-Za-z0-9_-]{1,64}"  # the CDN's have 9 to 11 digits


def infer(value: dict[str, Any]) -> bool:
    """By its kind."""
    return value.get("kind") == CONFIRMATION


def parse(value: dict[str, Any]) -> Iterator[Part]:
    """The confirmation.

    :raises UnreadableRecord: it does not say which URLs of which type were submitted when.
    """
    if value.get("version", VERSION) != VERSION:
        raise UnreadableRecord("the version of a message is not known here")
    urls, submitted_at = _texts(value.get("urls")), epoch(value.get("submitted_at"))
    if value.get("object_type") not in OBJECT_TYPES or not urls or submitted_at is None:
        raise UnreadableRecord("object_type, urls or submitted_at of a confirmation are missing or wrong")
    product, first_seen = value.get("product"), epoch(value.get("first_seen"))
    changed_at = epoch(value.get("changed_at"))
    newest = epoch(value.get("newest_changed_at"))
    yield Confirmation(
        target=Target(product if isinstance(product, str) else ""),
        type=value["object_type"],
        urls=lowered(dict.fromkeys(urls)),
        task_ids=tuple(_task_ids(value.get("task_ids"))),
        submitted_at=submitted_at,
        first_seen=submitted_at if first_seen is None else first_seen,
        changed_at=changed_at,
        changed_last=changed_at if newest is None else newest,
        force=value.get("force") is True,
        resubmissions=_count(value, "resubmissions"),
        looks=_count(value, "looks"),
        preload=tuple(url for url in _texts(value.get("preload", [])) or () if len(url) <= URL_LENGTH),
        kept={name: entry for name, entry in value.items() if name not in FIELDS} or NOTHING_KEPT,
    )


def _count(value: Mapping[str, Any], name: str) -> int:
    return min(max(whole_number(value.get(name)), 0), MOST_ATTEMPTS)


def _texts(value: Any) -> list[str] | None:
    """A list of nothing but texts; None for anything else."""
    return value if isinstance(value, list) and all(isinstance(text, str) for text in value) else None


def _task_ids(value: Any) -> Iterator[str]:
    """The ids that can be asked for; older answers show numbers."""
    for entry in value if isinstance(value, list) else ():
        text = str(entry) if type(entry) in (str, int) else ""
        if re.fullmatch(TASK_ID, text):
            yield text
