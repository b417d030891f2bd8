"""A polite rate: so many requests a second, evenly."""

from oss_cdn_refresh.model.effects import Effects


class Pace:
    """Waits before a request until it may go out."""

    def __init__(self, effects: Effects, per_second: float) -> None:
        self._effects = effects
        self._apart = 1 / per_second  # seconds
        self._next = effects.monotonic()

    def __call__(self) -> None:
        """Wait for the turn."""
        now = self._effects.monotonic()
        if now < self._next:
            self._effects.sleep(self._next - now)
        self._next = max(now, self._next) + self._apart
