"""What one invocation stores in its two queues: rejected records before the first call, items after the last one."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from oss_cdn_refresh.events.parts import Unreadable
from oss_cdn_refresh.logs import Log, portions
from oss_cdn_refresh.model.confirmation import Confirmation
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import Item
from oss_cdn_refresh.model.outcome import Outcome
from oss_cdn_refresh.model.time_budget import TimeBudget
from oss_cdn_refresh.queueing.rejected import RejectedRecords
from oss_cdn_refresh.queueing.settlement import Settled, settle
from oss_cdn_refresh.queueing.smq import Queue
from oss_cdn_refresh.queueing.storing import Unsettled

if TYPE_CHECKING:  # imported once there is something to confirm
    from oss_cdn_refresh.queueing.confirmations import Due


class Queues(NamedTuple):
    """The two queues of one invocation."""

    backlog: Queue
    dead_letters: Queue


class Store:
    """The items and the rejected records of one invocation on their way into the queues.

    The calls to the CDN end early enough to store everything that has no outcome yet.
    """

    def __init__(
        self,
        queues: Queues,
        items: Mapping[Item, History],
        records: Collection[Unreadable],
        confirmations: Collection[Confirmation],
        time_budget: TimeBudget,
        effects: Effects,
        log: Log,
        *,
        confirmed: bool,
    ) -> None:
        self._queues = queues
        self._items = items
        self._effects = effects
        self._log = log
        self._unsettled = Unsettled(items, records, time_budget, confirmations, confirmed=confirmed)
        self._rejected = RejectedRecords(records, queues.dead_letters, self._unsettled, time_budget, log, effects.now())

    def settle(self, outcomes: Iterable[Outcome]) -> Settled:
        """Store the items that are not refreshed; what no queue takes is logged.

        outcomes: made one after another, each by calls to the CDN. Before the first one, the rejected records are
        stored as far as the queue takes them at once; the rest of them comes last.
        """
        self._unsettled.reserve()
        self._rejected.send_early()
        self._unsettled.reserve()
        settled = settle(map(self._unsettled.noted, outcomes), self._items, *self._queues, self._effects)
        for item, reason in settled.unaccounted:
            self._log.error("unaccounted", reason=reason, object_type=item.type, url=item.url)
        self._rejected.send()
        return settled._replace(unstored_records=self._rejected.reasons)

    def keep(self, due: Iterable["Due"]) -> None:
        """Put confirmations into the backlog. One that is not stored is logged: its items are accepted all the same."""
        from oss_cdn_refresh.queueing.confirmations import messages  # noqa: PLC0415 - after the calls to the CDN

        for message, refusal in self._queues.backlog.send(messages(due)):
            if refusal:
                kind = message.items[0].type
                for urls in portions(name.url for name in message.items):
                    self._log.warning("unconfirmed", reason=str(refusal), object_type=kind, items=len(urls), urls=urls)
