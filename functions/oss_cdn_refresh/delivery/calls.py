"""Calls to a product: submits a batch, with retries where they help, at the rate that the deployment allows."""

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from oss_cdn_refresh.delivery.rate_limit import RateLimit
from oss_cdn_refresh.delivery.refusals import transient
from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import Item, ObjectType
from oss_cdn_refresh.model.quota import Allowance, Quota
from oss_cdn_refresh.model.time_budget import SPARE_CALLS, CallBudget, TimeBudget

if TYPE_CHECKING:  # a description for people and for the type checker
    from oss_cdn_refresh.products.interface import Product, ProductClient


class Accepted(NamedTuple):
    """An accepted call, its task ids, and when it was accepted, in epoch seconds."""

    batch: Batch
    task_ids: tuple[str, ...]
    at: float


class Calls:
    """The calls of one invocation, one after another.

    `spare` bounds the calls beyond the planned ones, `failed` holds items that were sent and failed transiently,
    `accepted` the accepted calls, in order.
    """

    def __init__(
        self,
        product: "Product",
        client: "ProductClient",
        rate_limit: RateLimit,
        quota: Quota,
        time_budget: TimeBudget,
        log: Log,
        *,
        calls_per_second: int,
    ) -> None:
        self._product = product
        self._client = client
        self._rate_limit = rate_limit
        self._quota = quota
        self._time = time_budget
        self._log = log
        self._calls_per_second = calls_per_second
        self.spare = CallBudget(SPARE_CALLS)
        self.failed: set[Item] = set()
        self.accepted: list[Accepted] = []

    def wait_for_turn(self) -> bool:
        """Wait until the rate limit allows a call; False, without waiting, if the invocation ends first."""
        return self._time.rest(self._rate_limit.until_next_call(self._calls_per_second))

    def submit(self, batch: Batch) -> CallRefused | None:
        """Submit a batch, with further tries where a retry helps; None when it was accepted, else the last refusal."""
        tries = 0
        while True:
            tries += 1
            self._rate_limit.called()
            try:
                task_ids = self._client.refresh(batch, self._time.left_for_calls())
            except CallRefused as refusal:
                self._log_refusal(batch, refusal, tries)
                if transient(refusal):
                    self.failed.update(batch.items)
                if refusal.unanswered:
                    self._sent(batch)
                if not refusal.retryable or not self._waited(refusal, tries):
                    return refusal
            else:
                self._sent(batch)
                self.accepted.append(Accepted(batch, task_ids, self._time.now()))
                self._log_acceptance(batch, task_ids)
                return None

    def ask_quota(self, wanted: Collection[ObjectType]) -> CallRefused | None:
        """Ask how much of the day's quotas is left. Returns a refusal, after which the rest is unknown."""
        found: dict[ObjectType, Allowance] = {}
        for types in self._product.QUOTA_CALLS:
            if set(wanted).isdisjoint(types):
                continue
            if not self.wait_for_turn():
                break
            self._rate_limit.called()
            try:
                found.update(self._client.quota(types, self._time.left_for_calls()))
            except CallRefused as refusal:
                self._quota.answered(found)
                self._log.warning("quota_unknown", code=refusal.code, message=refusal.message)
                return refusal
        self._quota.answered(found)
        return None

    def _waited(self, refusal: CallRefused, tries: int) -> bool:
        """Wait as the product and the rate limit demand; False if no waiting or spare call is left."""
        at_least = max(refusal.retry_after, self._rate_limit.until_next_call(self._calls_per_second))
        if not self.spare.left or not self._time.back_off(tries, self._time.left_for_calls(), at_least):
            return False
        return self.spare.take()

    def _sent(self, batch: Batch) -> None:
        """Count items that were, or may have been, accepted: they use up the limits of the minute and the day."""
        self._rate_limit.sent(batch.items)
        self._quota.sent(batch.type, len(batch.items))

    def _log_acceptance(self, batch: Batch, task_ids: tuple[str, ...]) -> None:
        self._log.info(
            "accepted",
            object_type=batch.type,
            items=len(batch.items),
            domains=batch.domains,
            first_url=batch.items[0].url,
            task_ids=task_ids,
        )

    def _log_refusal(self, batch: Batch, refusal: CallRefused, tries: int) -> None:
        self._log.warning(
            "refused",
            code=refusal.code,
            message=refusal.message,
            means=refusal.verdict.name.lower(),
            product_request_id=refusal.request_id,
            tries=tries,
            object_type=batch.type,
            items=len(batch.items),
            domains=batch.domains,
            first_url=batch.items[0].url,
        )
