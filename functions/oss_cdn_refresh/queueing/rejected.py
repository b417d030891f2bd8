"""Records of an event that cannot be read: each becomes a dead letter, before the first call if the queue is quick."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from oss_cdn_refresh.events.parts import Unreadable
from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.model.time_budget import TimeBudget
from oss_cdn_refresh.queueing.messages import Message, unreadable
from oss_cdn_refresh.queueing.smq import Queue
from oss_cdn_refresh.queueing.storing import Unsettled

Dead = tuple[Unreadable, Message]


class RejectedRecords:
    """The rejected records of one invocation; `reasons` counts why some dead letters could not be sent."""

    def __init__(
        self,
        records: Iterable[Unreadable],
        queue: Queue,
        unsettled: Unsettled,
        time_budget: TimeBudget,
        log: Log,
        now: float,
    ) -> None:
        self._queue = queue
        self._unsettled = unsettled
        self._time = time_budget
        self._log = log
        self._waiting = self._letters(records, now)
        self.reasons: Counter[str] = Counter()

    def send_early(self) -> None:
        """Send them before the first call: no time is spent on a queue that fails, it gets the rest at the end."""
        later: list[Dead] = []
        self._send(lambda: self._time.early() and not later, later)
        self._waiting = chain(later, self._waiting)

    def send(self) -> None:
        """Send what is left, once all items have outcomes."""
        self._send(lambda: True, None)

    def _letters(self, records: Iterable[Unreadable], now: float) -> Iterator[Dead]:
        for record in records:
            self._log.error("unreadable", message=record.why, payload=record.payload)
            for letter in unreadable(record, now):
                yield record, letter

    def _send(self, in_time: Callable[[], bool], later: list[Dead] | None) -> None:
        records: dict[int, Unreadable] = {}

        def letters() -> Iterator[Message]:
            while in_time():
                record, letter = next(self._waiting, (None, None))
                if record is None or letter is None:
                    return
                records[id(letter)] = record
                yield letter

        for letter, refusal in self._queue.send(letters(), wait=later is None):
            record = records.pop(id(letter))
            if refusal is None:
                self._unsettled.stored(letter)
            elif later is not None and refusal.retryable and not self._queue.down:
                later.append((record, letter))
            else:
                self._log.error("unaccounted", reason=str(refusal), payload=record.payload)
                self.reasons[str(refusal)] += 1
