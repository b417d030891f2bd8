"""The budgets of one invocation: time for calls, time for waiting, time for storing, and the number of calls."""

import math

from oss_cdn_refresh.model.effects import Effects

DEFAULT_TIMEOUT = 60.0  # seconds, if the context does not have the function's timeout
MARGIN = 1.0  # seconds between the handler's return and the function's timeout
STORING = 10.0  # seconds kept free at the end to store items that were not refreshed …
STORING_SHARE = 0.25  # … but at most this share of the time …
STORING_LARGEST_SHARE = 0.75  # … and at most this share if more has to be stored: calls need the rest
STORING_WAITING = 3.0  # seconds of waiting between attempts at the queues, in all; `WAITING` is for calls only
WAITING = 10.0  # seconds of waiting between calls, in all
BACK_OFF_FIRST = 0.2  # seconds at most before the second attempt …
BACK_OFF_LONGEST = 4.0  # … doubled with each further attempt, up to this
SHORTEST_CALL = 0.2  # seconds; no call begins with less time
SPARE_CALLS = 12  # repeated calls and calls of splits by domain: a bound that holds even if all pauses are short
UNKNOWN_REFUSALS = 12  # refusals with an undocumented code while a batch is halved to find bad items
REQUEST_SECONDS = 0.05  # of a request to SMQ, before the first measurement: within a region it takes 5 to 20 ms
WEIGHT = 0.2  # of the newest measurement in the average


class RequestTime:
    """The average time of a request to SMQ in one instance, in seconds; new measurements weigh most."""

    def __init__(self) -> None:
        self.seconds = REQUEST_SECONDS

    def note(self, seconds: float) -> None:
        """Include the time of an answered request in the average."""
        self.seconds += WEIGHT * (seconds - self.seconds)


class TimeBudget:
    """The time of one invocation, in seconds. It begins when this object is made."""

    def __init__(self, timeout: float, effects: Effects, request_time: RequestTime | None = None) -> None:
        self.request_time = request_time or RequestTime()
        self._effects = effects
        self._usable = max(timeout - MARGIN, timeout / 2)
        self._began = effects.monotonic()
        self._end = self._began + self._usable
        self.reserve(0)
        self._waiting = self._shared_waiting = WAITING
        self._share_end = math.inf
        self._storing_waiting = STORING_WAITING

    def reserve(self, seconds: float) -> None:
        """Keep time free at the end for storing; `seconds` is how long storing is expected to take."""
        least = min(STORING, STORING_SHARE * self._usable)
        self._calls_end = self._end - max(least, min(seconds, STORING_LARGEST_SHARE * self._usable))

    def share(self, of: int) -> None:
        """From now on, calls have one of `of` equal shares of the time and of the waiting that are left.

        So a product that throttles or does not answer leaves time for the calls to the others.
        """
        now = self._effects.monotonic()
        self._share_end = math.inf if of == 1 else now + (self._calls_end - now) / of
        self._shared_waiting = self._waiting / of

    def early(self) -> bool:
        """Whether there is time for other work before the first call: less than half of the calls' time is over."""
        return self._effects.monotonic() < (self._began + self._calls_end) / 2

    def now(self) -> float:
        """The time in epoch seconds."""
        return self._effects.now()

    def left_for_calls(self) -> float:
        """Seconds until the last moment at which the CDN may be called."""
        return min(self._calls_end, self._share_end) - self._effects.monotonic()

    def left(self) -> float:
        """Seconds until the handler must return."""
        return self._end - self._effects.monotonic()

    def rest(self, seconds: float) -> bool:
        """Sleep to keep the rate limit. Returns False, without sleeping, if no time would be left for a call."""
        if self.left_for_calls() - seconds < SHORTEST_CALL:
            return False
        if seconds:
            self._effects.sleep(seconds)
        return True

    def back_off(self, tries: int, left: float, at_least: float = 0.0) -> bool:
        """Wait before attempt number `tries + 1`: exponentially longer, with full jitter, at least `at_least` seconds.

        left: the seconds until all attempts must end. Returns False, without waiting, if the wait does not fit into
        `left` or into the invocation's time for waiting.
        """
        seconds = max(min(self._jittered(tries), self._shared_waiting), at_least)
        if self._shared_waiting <= 0 or seconds > self._shared_waiting or seconds > left - SHORTEST_CALL:
            return False
        self._waiting -= seconds
        self._shared_waiting -= seconds
        self._effects.sleep(seconds)
        return True

    def back_off_storing(self, tries: int) -> None:
        """Wait before the next attempt at a queue, as long as `STORING_WAITING` and the time allow."""
        seconds = min(self._jittered(tries), self._storing_waiting)
        if 0 < seconds <= self.left() - SHORTEST_CALL:
            self._storing_waiting -= seconds
            self._effects.sleep(seconds)

    def _jittered(self, tries: int) -> float:
        return self._effects.uniform(0, min(BACK_OFF_LONGEST, BACK_OFF_FIRST * 2.0 ** min(tries - 1, 16)))


class CallBudget:
    """The number of calls that one invocation may make. Calls that are given back never raise it above its start."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.left = most

    def take(self, calls: int = 1) -> bool:
        """Take this number of calls. Returns False, and takes none, if fewer are left."""
        if calls > self.left:
            return False
        self.left -= calls
        return True

    def give_back(self) -> None:
        """Give one call back."""
        self.left = min(self._most, self.left + 1)
