"""Shows times to people: the local time, and how long ago or in how long. JSON documents have UTC (`timestamp`).

The quotas are reset at 00:00 UTC+8, and that time is shown as the documents name it, with the local time beside it. The
names of months are English wherever the command runs.
"""

import time

from oss_cdn_refresh.events.change import epoch
from oss_cdn_refresh.model.effects import timestamp

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNITS = ((60, 1, "s"), (3_600, 60, "min"), (2 * 86_400, 3_600, "h"))  # seconds below which a unit is used, its seconds
MINUTE, HOUR, DAY = 60, 3_600, 86_400  # seconds
TAKES_EFFECT = (300, 360)  # seconds; "Refresh takes effect in 5 to 6 minutes", CDN user guide
A_YEAR = 300 * DAY  # seconds: a time that is further away is shown with its year


def moment(at: float, now: float) -> str:
    """A time with its distance, such as `22 Nov 11:04, 3 h ago`; `at` and `now` are in epoch seconds.

    The end of a wait is rounded up to the minute: who comes then does not come too early.
    """
    minute = -(-at // MINUTE) * MINUTE if at > now else at
    return f"{local(minute, now)}, {distance(at - now)}"


def told(text: str, now: float) -> str:
    """The time that a message tells as `moment` shows it; another text is shown as it is."""
    at = epoch(text)
    return text if at is None else moment(at, now)


def reset(at: float, now: float) -> str:
    """The time of a reset of the quotas, such as `00:00 UTC+8 (22 Nov 17:00 local time, in 12 h)`."""
    return f"00:00 UTC+8 ({local(at, now)} local time, {distance(at - now)})"


def local(at: float, now: float) -> str:
    """A time in the time zone of the machine, such as `22 Nov 11:04`; with its year if that is far away."""
    try:
        parts = time.localtime(at)
    except (OverflowError, ValueError, OSError):  # the C library's range is smaller than that of our messages
        return timestamp(at)
    year = f" {parts.tm_year}" if abs(at - now) > A_YEAR else ""
    return f"{parts.tm_mday} {MONTHS[parts.tm_mon - 1]}{year} {parts.tm_hour:02}:{parts.tm_min:02}"


def clock(at: float) -> str:
    """A time of now in the time zone of the machine, to the second, such as `22 Nov 11:04:05`."""
    return f"{local(at, at)}:{int(at) % 60:02}"


def distance(seconds: float) -> str:
    """How far away a time is: `in 12 min`, `3 h ago` or `now`. A wait is rounded up, a past time is rounded down."""
    whole = int(-(-seconds // 1)) if seconds > 0 else int(-seconds // 1)
    if not whole:
        return "now"
    return f"in {_length(whole, up=True)}" if seconds > 0 else f"{_length(whole, up=False)} ago"


def duration(seconds: float) -> str:
    """How long something takes, to the second below an hour: `5 s`, `14 min 50 s`, `2 h 3 min`."""
    whole = max(0, round(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    return f"{whole // HOUR} h {whole % HOUR // MINUTE} min"


def _length(seconds: int, *, up: bool) -> str:
    for below, unit, name in UNITS:
        count = -(-seconds // unit) if up else seconds // unit
        if count * unit < below:
            return f"{count} {name}"
    return f"{-(-seconds // DAY) if up else seconds // DAY:,} d"
