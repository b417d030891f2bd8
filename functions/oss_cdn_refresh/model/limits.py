"""The limits of a product: how much it takes in a call, a second and a minute."""

from typing import NamedTuple

SECOND, MINUTE = 1.0, 60.0  # seconds; the windows of the rate limits
RESET_OFFSET_HOURS = 8  # the daily quotas come back at 00:00 UTC+8
MOST_CALLS_PER_SECOND = 50  # that a product takes: RefreshObjectCaches of the CDN; CALLS_PER_SECOND is a part of them
OWN_SHARE = 2 / 3  # of an API's look-ups a second that one instance may use: people and scripts look up tasks too


class Limits(NamedTuple):
    """The limits of a product: for one call, for a domain in one minute, and for the account in one second.

    bytes_per_call: of all parameters of a call, percent-encoded. item_bytes: of an item there, beside its URL.
    always_paced: whether an instance keeps to `calls_per_second` also where the deployment sets no bound.
    most_urls_per_minute_per_domain: by the newest page, while we keep the lower figure of older pages; 0 if no page has
    one. preloads_per_call, preload_length, preloads_per_second: URLs of a preload call, characters of each, and calls.
    """

    urls_per_call: int
    directories_per_call: int
    ignore_params_per_call: int
    domains_per_call: int
    urls_per_minute_per_domain: int
    most_urls_per_minute_per_domain: int
    directories_per_minute_per_domain: int
    bytes_per_call: int
    item_bytes: int
    calls_per_second: int
    always_paced: bool
    quota_calls_per_second: int
    look_ups_per_second: int
    preloads_per_call: int
    preload_length: int
    preloads_per_second: int

    @property
    def own_look_ups_per_second(self) -> int:
        """How many look-ups one instance makes in a second."""
        return max(1, int(self.look_ups_per_second * OWN_SHARE))

    def own_preloads_per_second(self, of_instance: int) -> int:
        """How many preload calls one instance makes in a second, likewise."""
        return self._replace(calls_per_second=self.preloads_per_second).own_calls_per_second(of_instance)

    def own_calls_per_second(self, of_instance: int) -> int:
        """How many calls one instance makes in a second; 0 for no bound.

        of_instance: CALLS_PER_SECOND, which holds for a product with `MOST_CALLS_PER_SECOND`. A product with a lower
        limit gets fewer calls in proportion, but at least one.
        """
        if not of_instance:
            return self.calls_per_second if self.always_paced else 0
        return max(1, of_instance * self.calls_per_second // MOST_CALLS_PER_SECOND)
