"""Reads the fields of a line. The file is untrusted input: a value of a wrong type counts as a missing one."""

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.limits import RESET_OFFSET_HOURS
from oss_cdn_refresh.model.quota import DAY, HOUR
from oss_cdn_refresh.products import DEFAULT

CHINA = RESET_OFFSET_HOURS * HOUR  # UTC+8, in which the quotas are reset at midnight
MOST = 1 << 53  # of a number: larger ones are no counts


def whole(fields: Mapping[str, Any], *path: str) -> int:
    """A count, in nested objects by its path; 0 if it is missing."""
    return maybe(fields, *path) or 0


def maybe(fields: Mapping[str, Any], *path: str) -> int | None:
    """A number that may be null."""
    value: Any = fields
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < MOST else None


def text(fields: Mapping[str, Any], name: str) -> str:
    """A text; "" if it is missing."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def texts(fields: Mapping[str, Any], name: str) -> list[str]:
    """The texts of a list."""
    value = fields.get(name)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def target(fields: Mapping[str, Any]) -> str:
    """The product that has a quota of its own: `cdn`, or `esa 123456` for a site of ESA."""
    return " ".join(filter(None, (text(fields, "product") or DEFAULT, text(fields, "site_id"))))


def hour(at: int) -> int:
    """The beginning of the hour."""
    return at - at % HOUR


def china_day(at: int) -> int:
    """The number of the day in UTC+8: the quota of a day ends with it."""
    return (at + CHINA) // DAY


def stamp(at: int) -> str:
    """A time in JSON, in UTC."""
    return timestamp(at)


def epoch(stamped: str) -> int:
    """The epoch seconds of a time of the document."""
    return int(datetime.fromisoformat(stamped.replace("Z", "+00:00")).timestamp())


def in_china(stamped: str) -> datetime:
    """A time of the document, as the clock in UTC+8 shows it."""
    return datetime.fromtimestamp(epoch(stamped) + CHINA, tz=timezone.utc)
