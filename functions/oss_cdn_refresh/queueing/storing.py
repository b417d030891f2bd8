"""Estimates how long storing all unsettled items takes, so that the calls to the CDN end early enough.

The estimate assumes that each item without an outcome is deferred: items with the same history share messages, and
16 messages share a request. An item with an outcome counts as that outcome.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping

from oss_cdn_refresh.events.message_format import MESSAGE_BYTES
from oss_cdn_refresh.events.parts import Unreadable
from oss_cdn_refresh.model.confirmation import Confirmation
from oss_cdn_refresh.model.history import History, distinct
from oss_cdn_refresh.model.item import Item
from oss_cdn_refresh.model.outcome import Outcome, Result
from oss_cdn_refresh.model.time_budget import TimeBudget
from oss_cdn_refresh.queueing.messages import BATCH_MESSAGES, Message

URL_BYTES = 20  # that a URL takes in a message in addition to its own characters
SAFETY = 1.25  # some requests are slower than their average
LETTER_SECONDS = 0.0003  # of the function's own work for a message, on a third of a core


class Unsettled:
    """What may have to be stored before an invocation ends: items, rejected records, and confirmations.

    confirmed: whether accepted items are stored as well, to be looked up later.
    """

    def __init__(
        self,
        items: Mapping[Item, History],
        records: Collection[Unreadable],
        time_budget: TimeBudget,
        confirmations: Collection[Confirmation] = (),
        *,
        confirmed: bool = False,
    ) -> None:
        self._confirmed = confirmed
        self._time = time_budget
        self._items = items
        self._alike: dict[int, Hashable] = {}
        self._open = self._kinds(items)
        self._decided: set[Hashable] = set()
        self._bytes = sum(len(item.url) + URL_BYTES for item in items)
        self._bytes += sum(len(record.payload) for record in records)
        self._bytes += sum(len(url) + URL_BYTES for each in confirmations for url in (*each.urls, *each.preload))
        self._records = len(records)

    def noted(self, outcome: Outcome) -> Outcome:
        """The outcome, of which the items are counted now; the time for storing is estimated anew."""
        kinds = self._kinds(outcome.items)
        self._open -= kinds
        if outcome.result is Result.REFRESHED and self._confirmed:
            self._decided.add(Result.REFRESHED)  # accepted items are stored too, as confirmations
        elif outcome.result is Result.REFRESHED:
            self._bytes -= sum(len(item.url) + URL_BYTES for item in outcome.items)
        else:
            decided = outcome._replace(items=(), request_id="")
            self._decided.update((kind, decided) for kind in kinds)
        self.reserve()
        return outcome

    def stored(self, letter: Message) -> None:
        """Stop counting an unreadable record, whose dead letter is stored."""
        self._records = max(0, self._records - 1)
        self._bytes = max(0, self._bytes - len(letter.body))

    def seconds(self, of_a_request: float) -> float:
        """The seconds that storing all of it may take, when a request to SMQ takes `of_a_request` seconds."""
        letters = len(self._open) + len(self._decided) + self._records
        requests = letters / BATCH_MESSAGES + self._bytes / MESSAGE_BYTES
        return SAFETY * requests * of_a_request + letters * LETTER_SECONDS

    def reserve(self) -> None:
        """Let the calls to the CDN end in time for storing all of it."""
        self._time.reserve(self.seconds(self._time.request_time.seconds))

    def _kinds(self, items: Iterable[Item]) -> Counter[Hashable]:
        """How many of the items are of which kind; items of a kind share messages."""
        kinds: Counter[Hashable] = Counter()
        histories = distinct(map(self._items.__getitem__, items))
        for number in histories.keys() - self._alike.keys():
            self._alike[number] = _alike(histories[number])
        for (number, object_type), count in Counter((id(self._items[item]), item.type) for item in items).items():
            kinds[self._alike[number], object_type] += count
        return kinds


def _alike(history: History) -> Hashable:
    """A key that is equal for items whose messages would differ in their URLs only."""
    times = history.first_seen, history.changed_at, history.attempts, history.force, history.resubmissions
    return (*times, id(history.kept), str(history.refusals)) if history.refusals or history.kept else times
