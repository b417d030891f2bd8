"""Submits the items of one target to its product, until each item has an outcome.

Calls are made one after another. A refused call is made again, split, or given up, as its verdict says; later calls of
the invocation use the answers to earlier ones. Whatever the answers are, the calls are bounded: k bad items among n of
one planned call take at most 2k·(log2(n/k) + 1) + 14 calls.
"""

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from oss_cdn_refresh.delivery.batches import batches
from oss_cdn_refresh.delivery.calls import Accepted, Calls
from oss_cdn_refresh.delivery.rate_limit import PACE, RateLimit
from oss_cdn_refresh.delivery.refusals import ACCOUNT, Refusals, outcome
from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import Item, ObjectType
from oss_cdn_refresh.model.limits import MINUTE, Limits
from oss_cdn_refresh.model.outcome import Outcome, Result, Until
from oss_cdn_refresh.model.quota import Quota
from oss_cdn_refresh.model.time_budget import UNKNOWN_REFUSALS, CallBudget, TimeBudget
from oss_cdn_refresh.model.verdict import Verdict

if TYPE_CHECKING:  # descriptions for people and for the type checker
    from oss_cdn_refresh.products.interface import Product, ProductClient

OUT_OF_TIME = "OutOfTime"
BY_DOMAIN = (Verdict.DOMAIN_LATER, Verdict.MINUTE_FULL, Verdict.BAD_DOMAIN)
BY_HALVES = (Verdict.BAD_ITEM, Verdict.TOO_LARGE, Verdict.UNKNOWN)

Outcomes = Generator[Outcome, None, bool]
"""The outcomes of a batch; returns whether the CDN accepted all of it in one call."""


class Delivery:
    """The submission of the items of one target in one invocation."""

    def __init__(
        self,
        product: "Product",
        client: "ProductClient",
        limits: Limits,
        rate_limit: RateLimit,
        quota: Quota,
        time_budget: TimeBudget,
        log: Log,
        *,
        calls_per_second: int,
    ) -> None:
        self._product = product
        self._client = client
        self._limits = limits
        self._rate_limit = rate_limit
        self._quota = quota
        self._time = time_budget
        self._log = log
        self._calls = Calls(product, client, rate_limit, quota, time_budget, log, calls_per_second=calls_per_second)
        self._refusals = Refusals()
        self._exhausted: dict[ObjectType, CallRefused] = {}
        self._unknown = CallBudget(UNKNOWN_REFUSALS)
        self._alone: list[tuple[Batch, CallRefused]] = []  # single items that were refused with an unknown code
        self._wrong: set[tuple[str, ObjectType]] = set()  # codes of calls that are wrong as a whole, already logged
        self._size_counts = True  # whether a smaller call may be accepted where one was refused as too large
        self._renewed = False

    @property
    def accepted(self) -> list[Accepted]:
        """The calls accepted so far, in order."""
        return self._calls.accepted

    def deliver(self, items: Mapping[Item, History], midnight: float) -> Iterator[Outcome]:
        """Exactly one outcome for each item, as soon as it is known; `midnight` is when the quotas' day began."""
        self._time.rest(self._rate_limit.until_room(items, self._limits))
        loads = self._rate_limit.loads(items, self._limits, midnight)
        now = loads.pop(0, [])
        fitting = {item: items[item] for item in now} if loads else items
        for batch in batches(fitting, self._limits, midnight):
            if (yield from self._submit(batch)):
                self._calls.spare.give_back()
        yield from self._judged()
        closed = self._refusals.of_account()
        for wait, load in loads.items():
            full = "the limit of the domain's minute is used up"
            later = Outcome(tuple(load), Result.DEFERRED, PACE, full, until=Until.NEXT_MINUTE, at_least=wait * MINUTE)
            yield outcome(later.items, closed) if closed else later

    def ask_quota(self, types: Collection[ObjectType]) -> None:
        """Ask the product how much of the day's quotas is left; without an answer the rest is unknown."""
        refusal = self._calls.ask_quota(types)
        if refusal and self._renew(refusal):
            refusal = self._calls.ask_quota(types)
        if refusal and refusal.verdict in ACCOUNT:
            self._close(refusal)

    def _submit(self, batch: Batch) -> Outcomes:
        """The outcomes of a batch, in one call or in several."""
        sendable, refused = self._refusals.sorted_out(batch.items)
        for known, items in refused:
            yield from self._with_failures(outcome(items, known))
        affordable = self._affordable(batch.type, sendable)
        if len(affordable) < len(sendable):
            beyond = tuple(sendable[len(affordable) :])
            yield from self._with_failures(outcome(beyond, self._exhausted[batch.type]))
        if not affordable:
            return False
        whole = len(affordable) == len(batch.items)
        batch = batch._replace(items=tuple(affordable))
        if not self._calls.wait_for_turn():
            up = "the function's time was up before the call"
            yield from self._with_failures(Outcome(batch.items, Result.DEFERRED, OUT_OF_TIME, up))
            return False
        refusal = self._calls.submit(batch)
        if refusal:
            yield from self._refused(batch, refusal)
            return False
        self._unknown.give_back()
        yield Outcome(batch.items, Result.REFRESHED)
        return whole

    def _refused(self, batch: Batch, refusal: CallRefused) -> Iterator[Outcome]:
        """The outcomes of a batch whose call was refused."""
        unknown = refusal.verdict is Verdict.UNKNOWN
        if unknown:
            self._unknown.take()
        if refusal.verdict is Verdict.DAY_QUOTA:
            self._note_quota(batch.type, refusal)
            yield from self._submit(batch)
        elif self._renew(refusal):
            yield from self._submit(batch)
        elif _divisible(batch, refusal) and (self._unknown.left or not unknown):
            yield from self._divided(batch, refusal)
        elif unknown and len(batch.items) == 1:
            self._alone.append((batch, refusal))
        else:
            self._remember(refusal, batch)
            yield from self._given_up(batch, refusal)

    def _divided(self, batch: Batch, refusal: CallRefused) -> Iterator[Outcome]:
        """The outcomes of a batch that was refused, or must be refused, and is submitted in smaller batches.

        Where the first half is accepted, the other half must hold a bad item. So it is divided without a call for the
        whole half: a call for it could exceed the number of calls that the module promises. Only where the batch may
        have been too large, the other half is submitted whole, until such a half was refused too.
        """
        if refusal.verdict in BY_DOMAIN and self._calls.spare.take(len(batch.domains)):
            for part in batch.by_domain():
                yield from self._submit(part)
            return
        first, other = batch.halves()
        first_accepted = yield from self._submit(first)
        by_size = refusal.verdict is Verdict.TOO_LARGE and self._size_counts
        if refusal.verdict is Verdict.UNKNOWN and not self._unknown.left:
            yield from self._given_up(other, refusal)
        elif first_accepted and _divisible(other, refusal) and not by_size:
            yield from self._divided(other, refusal)
        else:
            other_accepted = yield from self._submit(other)
            if by_size and first_accepted and not other_accepted:
                self._size_counts = False

    def _judged(self) -> Iterator[Outcome]:
        """The outcomes of items that were refused alone with an unknown code, once all calls are made.

        Where the CDN accepted another call, the refusal is about the item; else it may be about everything. Where the
        account was refused as well, that comes first.
        """
        closed = self._refusals.of_account()
        for batch, refusal in self._alone:
            if self._calls.accepted:
                yield from self._with_failures(outcome(batch.items, refusal)._replace(result=Result.DEAD_LETTERED))
            elif closed:
                yield outcome(batch.items, closed)
            else:
                yield from self._given_up(batch, refusal)

    def _given_up(self, batch: Batch, refusal: CallRefused) -> Iterator[Outcome]:
        """The outcomes of items that are not submitted again in this invocation."""
        if refusal.verdict is Verdict.UNKNOWN:
            self._calls.failed.update(batch.items)
        yield from self._with_failures(outcome(batch.items, refusal))

    def _with_failures(self, outcome: Outcome) -> Iterator[Outcome]:
        """The outcome, in two where only some of its items failed before; what only a person can end is no attempt."""
        if outcome.until is Until.PERSON:
            yield outcome
            return
        for failed in (False, True):
            items = tuple(item for item in outcome.items if (item in self._calls.failed) is failed)
            if items:
                yield outcome._replace(items=items, failed=failed)

    def _renew(self, refusal: CallRefused) -> bool:
        """Read credentials and time again where that may help; False where it cannot help, or was done before."""
        if refusal.verdict is not Verdict.RENEW or self._renewed:
            return False
        self._renewed = True
        self._client.renew(refusal)
        return True

    def _remember(self, refusal: CallRefused, batch: Batch) -> None:
        """Keep a refusal for later calls, and log it where a person has to act."""
        if refusal.verdict in ACCOUNT:
            self._close(refusal)
            return
        self._refusals.remember(refusal, batch)
        if refusal.verdict is Verdict.BAD_REQUEST and (refusal.code, batch.type) not in self._wrong:
            self._wrong.add((refusal.code, batch.type))
            self._log.error(
                "request_refused",
                code=refusal.code,
                object_type=batch.type,
                product_request_id=refusal.request_id,
                remedy=self._product.remedy_for_request(refusal.code, batch.type),
                message=refusal.message,
            )

    def _close(self, refusal: CallRefused) -> None:
        """Make no further call."""
        self._refusals.close(refusal)
        self._log.error(
            "account_refused",
            code=refusal.code,
            product_request_id=refusal.request_id,
            remedy=self._product.remedy_for_account(refusal.code),
            message=refusal.message,
        )

    def _note_quota(self, object_type: ObjectType, refusal: CallRefused) -> None:
        """Read how much quota is left today. After the refusal of a call that should have fitted, none is left."""
        together = next(types for types in self._product.QUOTA_CALLS if object_type in types)
        if object_type in self._exhausted:
            self._quota.used_up(object_type)
        elif self._exhausted.keys().isdisjoint(together):
            self.ask_quota(together)
        self._exhausted[object_type] = refusal

    def _affordable(self, object_type: ObjectType, items: Sequence[Item]) -> Sequence[Item]:
        """The items that the day's quota still allows, from the first on; all, while it is not known to be short."""
        if object_type not in self._exhausted:
            return items
        return items[: self._quota.left(object_type) or 0]


def _divisible(batch: Batch, refusal: CallRefused) -> bool:
    """Whether a smaller call may be accepted where this one was refused."""
    if refusal.verdict in BY_DOMAIN:
        return len(batch.domains) > 1
    return refusal.verdict in BY_HALVES and len(batch.items) > 1
