"""Looking up tasks: as few calls as the limits of the API allow, at a rate of their own, in the time that is left.

Source: DescribeRefreshTaskById, CDN API 2018-05-10.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import TYPE_CHECKING

from oss_cdn_refresh.delivery.rate_limit import RateLimit
from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.model.confirmation import Confirmation, Submission, Task, bare, key_of, row_key
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.time_budget import CallBudget, TimeBudget
from oss_cdn_refresh.model.verdict import Verdict

if TYPE_CHECKING:  # a description for people and for the type checker
    from oss_cdn_refresh.products.product import ProductClient

IDS_PER_CALL = 10  # DescribeRefreshTaskById, "TaskId"
DOMAINS_PER_CALL = 10  # RefreshObjectCaches: a call has at most so many tasks
URLS_PER_CALL = 2_000  # of ours, that the ids of one call may bring: whether longer answers are cut is not confirmed
LOOK_UPS_PER_SECOND = 20  # of one instance; the API takes 30 of an account
ABOUT_IDS = (Verdict.BAD_ITEM, Verdict.BAD_REQUEST, Verdict.UNKNOWN)  # an id of the call may be the reason
LOOK_UPS = 300  # of one invocation, in 15 seconds: fresh changes in the next batch wait for them


class LookUps:
    """The look-ups of one invocation. `asked`: the ids that were asked for, answered or not.

    `forbidden`: the refusal because of a missing right, after which nothing is asked.
    """

    def __init__(self, client: "ProductClient", rate_limit: RateLimit, time_budget: TimeBudget, log: Log) -> None:
        self._client = client
        self._rate_limit = rate_limit
        self._time = time_budget
        self._log = log
        self._budget = CallBudget(LOOK_UPS)
        self._rows: dict[tuple[str, str], list[Task]] = {}
        self.asked: set[str] = set()
        self.forbidden: CallRefused | None = None

    def look_up(self, confirmations: Iterable[Confirmation]) -> None:
        """Ask for the tasks of the confirmations, as far as time and calls suffice, and until a call is refused."""
        for submissions in _calls(confirmations):
            if not self._ask(submissions):
                return

    def newest(self, asked: Confirmation, url: str) -> Task | None:
        """The newest row of an item: in its own tasks, or in any task that was made after its submission.

        A row that does not name its task counts, too. Two spellings of a URL are tasks of their own: of rows of one
        second, the one spelled like the item counts.
        """
        found, submitted_at = self._rows.get(key_of(asked.type, url), ()), timestamp(asked.submitted_at)
        rows = [row for row in found if not row.id or row.id in asked.task_ids or row.created_at >= submitted_at]
        return max(rows, key=lambda row: (row.created_at, bare(row.url) == bare(url)), default=None)

    def _ask(self, submissions: Sequence[Submission]) -> bool:
        """Ask for some tasks; False where nothing more is asked in this invocation."""
        if not self._budget.take() or not self._time.rest(self._rate_limit.until_next_call(LOOK_UPS_PER_SECOND)):
            return False
        self._rate_limit.called()
        try:
            rows = self._client.look_up(submissions, self._time.left_for_calls())
        except CallRefused as refusal:
            return self._refused(submissions, refusal)
        self.asked.update(task_id for each in submissions for task_id in each.task_ids)
        for row in rows:
            kind, name = row_key(row.type, row.url)
            for key in ((kind, name), ("", name)):
                self._rows.setdefault(key, []).append(row)
        return True

    def _refused(self, submissions: Sequence[Submission], refusal: CallRefused) -> bool:
        """Ask for each id alone where one of them may be wrong; after any other refusal nothing more is asked."""
        if refusal.verdict in ABOUT_IDS and len(submissions) > 1:
            return all(self._ask((submission,)) for submission in submissions)
        task_ids = [task_id for submission in submissions for task_id in submission.task_ids]
        self._log.warning("look_up_refused", code=refusal.code, message=refusal.message, task_ids=task_ids)
        self.asked.update(task_ids)
        if refusal.verdict is Verdict.BAD_DOMAIN:
            self.forbidden = refusal
        return refusal.verdict in ABOUT_IDS


def _calls(confirmations: Iterable[Confirmation]) -> Iterator[list[Submission]]:
    """What is looked up in one call after the other: a submission for each distinct task id."""
    urls: dict[str, int] = {}
    submissions: dict[str, Submission] = {}
    for asked in confirmations:
        share = _most_of_a_task(asked)
        for task_id in asked.task_ids:
            urls[task_id] = urls.get(task_id, 0) + share
            if task_id not in submissions:
                submissions[task_id] = Submission(asked.type, asked.urls, (task_id,), asked.submitted_at)
    call: list[Submission] = []
    expected = 0
    for task_id, submission in submissions.items():
        if call and (len(call) == IDS_PER_CALL or expected + urls[task_id] > URLS_PER_CALL):
            yield call
            call, expected = [], 0
        call.append(submission)
        expected += urls[task_id]
    if call:
        yield call


def _most_of_a_task(asked: Confirmation) -> int:
    """How many URLs one of its tasks may have: a call has a task for each domain, a single upload a task of its own."""
    if len(asked.task_ids) <= DOMAINS_PER_CALL < len(asked.urls):
        return max(Counter(url.split("/", 3)[2] for url in asked.urls).values())
    return ceil(len(asked.urls) / max(1, len(asked.task_ids)))
