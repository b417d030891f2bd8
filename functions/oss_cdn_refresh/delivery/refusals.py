"""What the CDN refused in this invocation, so that nothing is asked twice."""

from collections.abc import Sequence

from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import Item, ObjectType
from oss_cdn_refresh.model.outcome import Outcome, Result, Until
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.queueing.delays import RETRY_AFTER_LONGEST

FINAL = (Verdict.BAD_ITEM, Verdict.TOO_LARGE, Verdict.BAD_DOMAIN, Verdict.BAD_REQUEST)
OF_DOMAIN = (Verdict.DOMAIN_LATER, Verdict.MINUTE_FULL, Verdict.BAD_DOMAIN)
ACCOUNT = (Verdict.ACCOUNT, Verdict.RENEW)  # the latter where reading credentials and time again did not help


class Refusals:
    """Refusals that hold for more than the call that met them: for all, for a domain, for a domain's minute."""

    def __init__(self) -> None:
        self._all: CallRefused | None = None
        self._of_account: CallRefused | None = None
        self._domains: dict[tuple[str, ObjectType | None], CallRefused] = {}

    def remember(self, refusal: CallRefused, batch: Batch) -> None:
        """Take note of a refusal; one about a domain counts only where the domain was alone in the call."""
        if refusal.verdict is Verdict.LATER:
            self._all = refusal
        elif refusal.verdict in OF_DOMAIN and len(batch.domains) == 1:
            of_type = batch.type if refusal.verdict is Verdict.MINUTE_FULL else None
            self._domains[batch.domains[0], of_type] = refusal

    def close(self, refusal: CallRefused) -> None:
        """Keep a refusal whose cause only a person can fix: no call may be made after it."""
        self._all = self._of_account = refusal

    def of_account(self) -> CallRefused | None:
        """The refusal whose cause only a person can fix, if there was one."""
        return self._of_account

    def sorted_out(self, items: Sequence[Item]) -> tuple[Sequence[Item], list[tuple[CallRefused, tuple[Item, ...]]]]:
        """The items that may be sent, and the others with the refusal that they would meet, as far as we know."""
        if self._all:
            return (), [(self._all, tuple(items))]
        if not self._domains:
            return items, []
        sendable: list[Item] = []
        refused: dict[CallRefused, list[Item]] = {}
        for item in items:
            known = self._domains.get((item.domain, None)) or self._domains.get((item.domain, item.type))
            (refused.setdefault(known, []) if known else sendable).append(item)
        return sendable, [(known, tuple(others)) for known, others in refused.items()]


def transient(refusal: CallRefused) -> bool:
    """Whether the refusal counts as an attempt. A used-up limit (a minute, a day) or a refused account does not."""
    return refusal.verdict in (Verdict.RETRY, Verdict.LATER, Verdict.DOMAIN_LATER)


def outcome(items: tuple[Item, ...], refusal: CallRefused) -> Outcome:
    """What a refusal means for items."""
    result, until = Result.DEFERRED, Until.RECOVERY
    if refusal.verdict in FINAL:
        result = Result.DEAD_LETTERED
    elif refusal.verdict in ACCOUNT:
        until = Until.PERSON
    elif refusal.verdict is Verdict.DAY_QUOTA:
        until = Until.RESET
    elif refusal.verdict is Verdict.MINUTE_FULL:
        until = Until.NEXT_MINUTE
    return Outcome(
        items,
        result,
        refusal.code,
        refusal.message,
        refusal.request_id,
        until=until,
        at_least=min(refusal.retry_after, RETRY_AFTER_LONGEST),
    )
