"""Looking up the tasks of one target: at a rate of their own, within a number of calls, in the time that is left."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from oss_cdn_refresh.delivery.rate_limit import RateLimit
from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.model.confirmation import Confirmation, LookUp, Submission, Task, bare, key_of, row_key
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.time_budget import CallBudget, TimeBudget
from oss_cdn_refresh.model.verdict import Verdict

if TYPE_CHECKING:  # a description for people and for the type checker
    from oss_cdn_refresh.products.interface import ProductClient

ABOUT_IDS = (Verdict.BAD_ITEM, Verdict.BAD_REQUEST, Verdict.UNKNOWN)  # one submission of the call may be the reason
SECONDS = 15  # of look-ups in one invocation, at their rate: fresh changes in the next batch wait for them

Pages = dict[str, tuple[int, frozenset[str]]]
"""The page at which each list is read on, and the ids of the tasks for which the pages before were read."""


class LookUps:
    """The look-ups for one target in one invocation. `asked`: the task ids that were asked for, answered or not.

    per_second: the rate of the calls. pages: where an earlier invocation stopped reading a list.
    forbidden: the refusal because of a missing right, after which nothing is asked.
    """

    def __init__(
        self,
        client: "ProductClient",
        rate_limit: RateLimit,
        per_second: int,
        pages: Pages,
        time_budget: TimeBudget,
        log: Log,
    ) -> None:
        self._client = client
        self._rate_limit = rate_limit
        self._per_second = per_second
        self._pages = pages
        self._time = time_budget
        self._log = log
        self._budget = CallBudget(SECONDS * per_second)
        self._rows: dict[tuple[str, str], list[Task]] = {}
        self.asked: set[str] = set()
        self.forbidden: CallRefused | None = None

    def look_up(self, confirmations: Iterable[Confirmation]) -> None:
        """Ask for the tasks of the confirmations, as far as time and calls suffice, and until a call is refused."""
        for first in self._client.look_ups(asked.submission for asked in confirmations):
            if not self._read(first):
                return

    def newest(self, asked: Confirmation, url: str) -> Task | None:
        """The newest row of an item: in its own tasks, or in any task that was made after its submission.

        A row that does not name its task counts, too. Each spelling of a URL has its own task: of rows
        with the same time, the row with the item's spelling counts.
        """
        found, submitted_at = self._rows.get(key_of(asked.type, url), ()), timestamp(asked.submitted_at)
        rows = [row for row in found if not row.id or row.id in asked.task_ids or row.created_at >= submitted_at]
        return max(rows, key=lambda row: (row.created_at, bare(row.url) == bare(url)), default=None)

    def _read(self, first: LookUp) -> bool:
        """Read all pages of a look-up, from where an earlier invocation stopped; False where nothing more is asked."""
        number, read_before = self._pages.pop(first.list_id, (1, frozenset(first.task_ids)))
        page: LookUp | None = first._replace(page=number)
        while page:
            if not self._budget.take() or not self._time.rest(self._rate_limit.until_next_call(self._per_second)):
                if page.page > 1:
                    self._pages[first.list_id] = page.page, read_before.intersection(first.task_ids)
                return False
            self._rate_limit.called()
            try:
                rows, page = self._client.look_up(page, self._time.left_for_calls())
            except CallRefused as refusal:
                return self._refused(first.submissions, refusal)
            for row in rows:
                kind, name = row_key(row.type, row.url)
                for key in ((kind, name), ("", name)):
                    self._rows.setdefault(key, []).append(row)
        self.asked.update(read_before.intersection(first.task_ids))  # the others were not there for the first pages
        return True

    def _refused(self, submissions: tuple[Submission, ...], refusal: CallRefused) -> bool:
        """Ask for each submission alone where one may be wrong; after any other refusal nothing more is asked."""
        if refusal.verdict in ABOUT_IDS and len(submissions) > 1:
            return all(self._read(alone) for each in submissions for alone in self._client.look_ups((each,)))
        task_ids = [task_id for submission in submissions for task_id in submission.task_ids]
        self._log.warning("look_up_refused", code=refusal.code, message=refusal.message, task_ids=task_ids)
        self.asked.update(task_ids)
        if refusal.verdict is Verdict.BAD_DOMAIN:
            self.forbidden = refusal
        return refusal.verdict in ABOUT_IDS
