"""Submitting items to the CDN, until each has an outcome.

Calls go out one after another. A refused call is tried again, split, or given up, as its verdict says (`cdn.verdicts`);
what one call learns, the later ones of the invocation know.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

from oss_cdn_refresh.cdn.client import Cdn
from oss_cdn_refresh.cdn.limits import MINUTE
from oss_cdn_refresh.cdn.verdicts import Verdict
from oss_cdn_refresh.config import Limits
from oss_cdn_refresh.errors import CallRefused
from oss_cdn_refresh.items import Item, ObjectType, Trail
from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.outcomes import Fate, Outcome, Until
from oss_cdn_refresh.pace import PACE, Pace
from oss_cdn_refresh.patience import Patience
from oss_cdn_refresh.planning import Batch, batches
from oss_cdn_refresh.quota import Quota
from oss_cdn_refresh.refusals import Refusals, outcome, transient

OUT_OF_TIME = "OutOfTime"


class Delivery:
    """The submission of one invocation."""

    def __init__(
        self,
        cdn: Cdn,
        limits: Limits,
        pace: Pace,
        quota: Quota,
        patience: Patience,
        log: Log,
        *,
        calls_per_second: int,
    ) -> None:
        self._cdn = cdn
        self._limits = limits
        self._pace = pace
        self._quota = quota
        self._calls_per_second = calls_per_second
        self._patience = patience
        self._log = log
        self._refusals = Refusals()
        self._exhausted: dict[ObjectType, CallRefused] = {}
        self._waiting: deque[Batch] = deque()
        self._failed: set[Item] = set()  # sent, and failed transiently at least once
        self._task_ids: dict[str, None] = {}

    @property
    def task_ids(self) -> list[str]:
        """The CDN's ids of the calls accepted so far, distinct, in order."""
        return list(self._task_ids)

    def deliver(self, items: Mapping[Item, Trail], midnight: float) -> Iterator[Outcome]:
        """Exactly one outcome for each item, as soon as it is known; `midnight` is when the quotas' day began."""
        limit = self._limits.urls_per_minute_per_domain
        self._patience.rest(self._pace.until_room(items, limit))
        loads = self._pace.loads(items, limit, midnight)
        now = loads.pop(0, [])
        for wait, load in loads.items():
            full = "the limit of the domain's minute is used up"
            yield Outcome(tuple(load), Fate.DEFERRED, PACE, full, until=Until.NEXT_MINUTE, at_least=wait * MINUTE)
        fitting = {item: items[item] for item in now} if loads else items
        self._waiting.extend(batches(fitting, self._limits, midnight))
        while self._waiting:
            yield from self._submit(self._waiting.popleft())

    def _submit(self, batch: Batch) -> Iterator[Outcome]:
        """The outcomes of one batch; what has to go out in smaller ones is put at the head of those waiting."""
        sendable, refused = self._refusals.sorted_out(batch.items)
        for known, items in refused:
            yield from self._with_failures(outcome(items, known))
        affordable = self._affordable(batch.type, sendable)
        if len(affordable) < len(sendable):
            beyond = tuple(sendable[len(affordable) :])
            yield from self._with_failures(outcome(beyond, self._exhausted[batch.type]))
        if not affordable:
            return
        batch = batch._replace(items=tuple(affordable))
        if not self._patience.rest(self._pace.until_next_call(self._calls_per_second)):
            up = "the function's time was up before the call"
            yield from self._with_failures(Outcome(batch.items, Fate.DEFERRED, OUT_OF_TIME, up))
            return
        refusal = self._call(batch)
        if refusal is None:
            yield Outcome(batch.items, Fate.REFRESHED)
        elif not self._divided(batch, refusal):
            self._refusals.remember(refusal, batch)
            yield from self._with_failures(outcome(batch.items, refusal))

    def _with_failures(self, outcome: Outcome) -> Iterator[Outcome]:
        """The outcome, in two where only some of its items failed before."""
        for failed in (False, True):
            items = tuple(item for item in outcome.items if (item in self._failed) is failed)
            if items:
                yield outcome._replace(items=items, failed=failed)

    def _divided(self, batch: Batch, refusal: CallRefused) -> bool:
        """Put back what may be accepted in another cut; False where nothing can be cut any more."""
        parts: Iterable[Batch]
        if refusal.verdict is Verdict.BAD_ITEM:
            parts = batch.halves() if len(batch.items) > 1 else ()
        elif refusal.verdict in (Verdict.DOMAIN_LATER, Verdict.BAD_DOMAIN):
            parts = batch.by_domain() if len(batch.domains) > 1 else ()
        elif refusal.verdict is Verdict.DAY_QUOTA:
            self._note_quota(batch.type, refusal)
            parts = (batch,)
        else:
            parts = ()
        cut = tuple(parts)
        self._waiting.extendleft(reversed(cut))
        return bool(cut)

    def _note_quota(self, object_type: ObjectType, refusal: CallRefused) -> None:
        """Learn what is left of the day; where a call was refused that should have fitted, nothing is."""
        if not self._exhausted:
            self.ask_quota()
        elif object_type in self._exhausted:
            self._quota.used_up(object_type)
        self._exhausted[object_type] = refusal

    def ask_quota(self) -> None:
        """Ask the CDN what is left of the day's quotas; where it does not tell, that is not known."""
        self._patience.rest(self._pace.until_next_call(self._calls_per_second))
        self._pace.called()
        try:
            self._quota.told(self._cdn.quota(self._patience.left_for_calls()))
        except CallRefused as refusal:
            self._quota.told({})
            self._log.warning("quota_unknown", code=refusal.code, message=refusal.message)

    def _affordable(self, object_type: ObjectType, items: Sequence[Item]) -> Sequence[Item]:
        """The first items, as many as the day's quota has room for, as far as it is known to be short."""
        if object_type not in self._exhausted:
            return items
        return items[: self._quota.left(object_type) or 0]

    def _call(self, batch: Batch) -> CallRefused | None:
        """Submit a batch with as many tries as help; None when it was accepted, else the last refusal."""
        tries = 0
        renewed = False
        while True:
            tries += 1
            self._pace.called()
            try:
                task_ids = self._cdn.refresh(batch, self._patience.left_for_calls())
            except CallRefused as refusal:
                self._log_refusal(batch, refusal, tries)
                if transient(refusal):
                    self._failed.update(batch.items)
                if refusal.unanswered:
                    self._sent(batch)
                if refusal.verdict is Verdict.RENEW and not renewed:
                    renewed = True
                    self._cdn.renew(refusal)
                elif not refusal.retryable or not self._waited(refusal, tries):
                    return refusal
            else:
                self._accepted(batch, task_ids)
                return None

    def _waited(self, refusal: CallRefused, tries: int) -> bool:
        """Wait for another try, as long as the CDN asked for and the pace needs; False where patience is at its end."""
        at_least = max(refusal.retry_after, self._pace.until_next_call(self._calls_per_second))
        return self._patience.back_off(tries, self._patience.left_for_calls(), at_least)

    def _sent(self, batch: Batch) -> None:
        """What was, or may have been, accepted has used up the minute and the day."""
        self._pace.sent(batch.items)
        self._quota.sent(batch.type, len(batch.items))

    def _accepted(self, batch: Batch, task_ids: tuple[str, ...]) -> None:
        self._sent(batch)
        self._task_ids.update(dict.fromkeys(task_ids))
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
            cdn_request_id=refusal.request_id,
            tries=tries,
            object_type=batch.type,
            items=len(batch.items),
            domains=batch.domains,
            first_url=batch.items[0].url,
        )
