"""Items: the single things to refresh, and what each has been through."""

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from oss_cdn_refresh.model.limits import URL_LENGTH

ObjectType = Literal["File", "Directory", "IgnoreParams"]
FILE: Final = "File"
DIRECTORY: Final = "Directory"
IGNORE_PARAMS: Final = "IgnoreParams"
OBJECT_TYPES: tuple[ObjectType, ...] = (FILE, DIRECTORY, IGNORE_PARAMS)

HISTORY_LENGTH = 10  # refusals that an item remembers
KEPT_FIELDS = 100  # unknown fields of messages that a merged item keeps: nobody sends more, and merging stays quick
NOTHING_KEPT: Mapping[str, Any] = MappingProxyType({})

_origin = re.compile(r"https?://([^/?#]+)/[!-~]*").fullmatch  # of a URL that is as it should be


class Item(NamedTuple):
    """One thing to refresh: an object type and the URL as it is submitted. Equal items are one."""

    type: ObjectType
    url: str

    @property
    def domain(self) -> str:
        """The host of the URL, lower-case."""
        host = self.url.partition("://")[2].partition("/")[0]
        if "?" in host or "#" in host:
            host = host.partition("?")[0].partition("#")[0]
        return host.lower()


class Trail(NamedTuple):
    """What an item has been through. Times are epoch seconds.

    `changed_at` and `changed_last` are the earliest and the latest change that the item stands for, None where no
    event told a time; `force` asks for deletion instead of revalidation, which a
    File is anyway, but not a directory that stands for it; `history` holds
    the last refusals, oldest first, as they stand in messages; `kept` the fields of a message that we do not know.
    """

    first_seen: float
    changed_at: float | None = None
    changed_last: float | None = None
    attempts: int = 0
    force: bool = False
    history: tuple[Mapping[str, Any], ...] = ()
    kept: Mapping[str, Any] = NOTHING_KEPT

    @property
    def put_off(self) -> bool:
        """Whether it was refused or had to wait before."""
        return bool(self.history) or self.attempts > 0

    def turn(self, midnight: float) -> int:
        """When its turn comes where not everything can go: 0 never put off, 1 put off today, 2 on an earlier day.

        midnight: when the quotas' day began, in epoch seconds.
        """
        return self.put_off + (self.put_off and self.first_seen < midnight)

    def merged(self, other: "Trail") -> "Trail":
        """One trail for two reasons to refresh the same item: the longest waiting and the most often failed counts."""
        if self is other:
            return self
        changes = [time for time in (self.changed_at, other.changed_at) if time is not None]
        latest = [time for time in (self.changed_last, other.changed_last) if time is not None]
        history = {str(entry): entry for entry in (*self.history, *other.history)}.values()
        return Trail(
            first_seen=min(self.first_seen, other.first_seen),
            changed_at=min(changes, default=None),
            changed_last=max(latest, default=None),
            attempts=max(self.attempts, other.attempts),
            force=self.force or other.force,
            history=tuple(sorted(history, key=lambda entry: str(entry.get("at", ""))))[-HISTORY_LENGTH:],
            kept={**self.kept, **other.kept} if len(self.kept) < KEPT_FIELDS else self.kept,
        )


def fault(item: Item, domains: Collection[str]) -> str | None:
    """Why an item must not be submitted, or None: messages come from outside, so a URL is checked before it is sent."""
    origin = _origin(item.url)
    if (
        origin
        and origin[1] in domains
        and len(item.url) <= URL_LENGTH
        and (item.type != DIRECTORY or (item.url[-1] == "/" and "?" not in item.url and "#" not in item.url))
    ):
        return None
    return _complaint(item, domains)


def _complaint(item: Item, domains: Collection[str]) -> str | None:
    scheme, separator, _ = item.url.partition("://")
    if scheme.lower() not in ("http", "https") or not separator:
        return "the URL does not begin with http:// or https://"
    if not item.url.isprintable():
        return "the URL has control characters or is more than one line"
    if item.domain not in domains:
        return f"{item.domain or 'its host'} is no domain of the configuration"
    if item.type == DIRECTORY and (not item.url.endswith("/") or "?" in item.url or "#" in item.url):
        return "a Directory must end with / and has no query"
    if len(item.url) > URL_LENGTH:
        return f"the URL has {len(item.url)} characters, more than {URL_LENGTH}"
    return None
