"""How long an item stays in the backlog, in whole seconds."""

import math
from collections.abc import Callable

from oss_cdn_refresh.model.limits import MINUTE
from oss_cdn_refresh.model.outcome import Until
from oss_cdn_refresh.model.quota import DAY, midnight

RECOVERY_FIRST = 60.0  # seconds, doubled with each attempt …
RECOVERY_LONGEST = 3_600.0  # … up to an hour
PERSON = 3_600.0  # seconds until the account is tried again
JITTER = 0.25  # of the delay, upwards, so that what failed together does not return together
AFTER_RESET = 300  # seconds past 00:00 UTC+8: the quotas need not come back on the dot
RESET_SPREAD = 900.0  # seconds over which a day's backlog returns
LATE_RESET = 1_800  # a refusal in the first half-hour of a day means that the reset is late …
LATE_RESET_DELAY = 600  # … and is tried again soon
RETRY_AFTER_LONGEST = RECOVERY_LONGEST  # the CDN's wish counts up to the longest delay of our own
# SMQ takes 604,800 ("SendMessage", DelaySeconds), but a message's life, 7 days at most and 4 by default
# ("CreateQueue", MessageRetentionPeriod), runs while it is held back. No wait needs more than one to the reset; what
# the pace has no room for then is deferred again, which is no attempt.
LONGEST = DAY + AFTER_RESET + int(RESET_SPREAD)

Uniform = Callable[[float, float], float]


def delay(until: Until, attempts: int, at_least: float, now: float, uniform: Uniform) -> int:
    """Seconds until an item that has failed `attempts` times before is tried again; `now` in epoch seconds."""
    if until is Until.TRIGGER:
        seconds = 0.0
    elif until is Until.RESUBMISSION:
        seconds = at_least
    elif until is Until.RESET:
        seconds = _to_reset(now, uniform)
    elif until is Until.NEXT_MINUTE:
        seconds = max(MINUTE, at_least)
    else:
        recovery = min(RECOVERY_LONGEST, RECOVERY_FIRST * 2.0 ** min(attempts, 16))
        base = PERSON if until is Until.PERSON else recovery
        seconds = max(base + uniform(0, JITTER * base), at_least)
    return min(math.ceil(seconds), LONGEST)


def _to_reset(now: float, uniform: Uniform) -> float:
    since_midnight = now - midnight(now)
    if since_midnight < LATE_RESET:
        return LATE_RESET_DELAY
    return DAY - since_midnight + AFTER_RESET + uniform(0, RESET_SPREAD)
