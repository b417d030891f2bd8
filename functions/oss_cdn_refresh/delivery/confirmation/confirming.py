"""Looks up the tasks of earlier calls, and submits failed items again.

A failed item is submitted again at most `confirm.resubmit` times. An item without an answer is not submitted again.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from oss_cdn_refresh.delivery.confirmation.look_ups import LookUps
from oss_cdn_refresh.delivery.instance import Instance
from oss_cdn_refresh.logs import Log, portions
from oss_cdn_refresh.mapping.from_url import domain_of, items_of_urls
from oss_cdn_refresh.mapping.gather import Gathered
from oss_cdn_refresh.model.confirmation import Confirmation, Task
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import Item, ObjectType, Target
from oss_cdn_refresh.model.limits import MINUTE
from oss_cdn_refresh.model.outcome import Outcome, Result, Until
from oss_cdn_refresh.model.time_budget import TimeBudget
from oss_cdn_refresh.products import product
from oss_cdn_refresh.queueing.confirmations import Due
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.environment import Environment
from oss_cdn_refresh.summary import Summary

FAILED = "RefreshFailed"  # the reason of items whose task failed
SECOND_RESUBMISSION = 15 * MINUTE  # seconds; the first one is not held back
OLDEST = 259_200.0  # seconds: DescribeRefreshTaskById looks back three days
COMPLETE = "complete"
FAILURES = frozenset({"failed", "timeout", "canceled"})
URLS_SHOWN = 1_000  # of a log line


class _Seen(NamedTuple):
    """The URLs of one confirmation, by the status of their tasks.

    task_ids: the ids of the tasks that may still show the waiting URLs.
    """

    complete: list[str]
    failed: dict[Task, list[str]]
    waiting: list[str]
    task_ids: tuple[str, ...]


class Confirming:
    """The confirmations of one invocation; `due` are those that are looked at again later.

    `preload`: by target, the URLs whose refresh is complete, and which are to be preloaded.
    """

    def __init__(
        self,
        instance: Instance,
        environment: Environment,
        config: Config,
        time_budget: TimeBudget,
        log: Log,
        summary: Summary,
    ) -> None:
        self._instance = instance
        self._environment = environment
        self._time = time_budget
        self._rules = config.confirm
        self._config = config
        self._log = log
        self._summary = summary
        self._complete: dict[tuple[Target, ObjectType], list[str]] = {}
        self._look_ups: dict[Target, LookUps] = {}
        self.due: list[Due] = []
        self.preload: dict[Target, list[str]] = {}

    def outcomes(self, gathered: Gathered) -> Iterator[Outcome]:
        """One outcome for each item whose task failed; these items are added to the gathered ones."""
        by_target: dict[Target, list[Confirmation]] = {}
        for asked in gathered.confirmations:
            by_target.setdefault(asked.target, []).append(asked)
        for left, (target, some) in zip(range(len(by_target), 0, -1), by_target.items(), strict=True):
            self._time.share(left)
            self._look_ups[target] = look_ups = self._of(target)
            look_ups.look_up(some)
            if look_ups.forbidden:
                self._report_missing_right(target, look_ups.forbidden)
        # If two confirmations share a URL, the one with fewer resubmissions decides on a further resubmission.
        for asked in sorted(gathered.confirmations, key=lambda asked: asked.resubmissions):
            seen = self._seen(asked)
            self._confirmed(asked, seen.complete)
            for task, urls in seen.failed.items():
                yield from self._failed(asked, task, urls, gathered)
            self._later(asked, seen)
        for (target, object_type), urls in self._complete.items():
            log = self._log.about(target.fields())
            log.info("confirmed", object_type=object_type, items=len(urls), first_url=urls[0])

    def _of(self, target: Target) -> LookUps:
        """The look-ups of a target."""
        instance = self._instance
        return LookUps(
            instance.client(target, self._environment, self._config),
            instance.look_ups(target),
            product(target.product).LIMITS.own_look_ups_per_second,
            instance.look_up_pages(target),
            self._time,
            self._log.about(target.fields()),
        )

    def _seen(self, asked: Confirmation) -> _Seen:
        complete: list[str] = []
        failed: dict[Task, list[str]] = {}
        waiting: dict[str, str] = {}  # the URLs, with the ids of their rows
        own = frozenset(asked.task_ids)
        for url in asked.urls:
            task = self._look_ups[asked.target].newest(asked, url)
            status = task.status.lower() if task else ""
            if status == COMPLETE:
                complete.append(url)
            elif task and status in FAILURES:
                alike = task._replace(url="", created_at="", process="")
                failed.setdefault(alike, []).append(url)
            else:
                waiting[url] = task.id if task and task.id in own else ""
        shown = frozenset(waiting.values())
        narrowed = asked.task_ids if "" in shown else tuple(each for each in asked.task_ids if each in shown)
        return _Seen(complete, failed, list(waiting), narrowed)

    def _confirmed(self, asked: Confirmation, urls: Sequence[str]) -> None:
        if not urls:
            return
        self._summary.confirmations["complete"] += len(urls)
        self._summary.complete(asked.changed_at, asked.changed_last, self._instance.effects.now())
        for url in asked.covered_preload(urls):
            self.preload.setdefault(self._config.domains[domain_of(url)], []).append(url)
        self._complete.setdefault((asked.target, asked.type), []).extend(urls)

    def _failed(self, asked: Confirmation, task: Task, urls: Sequence[str], gathered: Gathered) -> Iterator[Outcome]:
        """The outcomes of items whose task failed: submitted again, or given up after too many times."""
        self._summary.confirmations["failed"] += len(urls)
        again = asked.resubmissions < self._rules.resubmit
        message = task.description or task.status
        history = History(
            asked.first_seen,
            asked.changed_at,
            asked.changed_last,
            force=asked.force,
            kept=asked.kept,
            resubmissions=asked.resubmissions + again,
            preload=bool(asked.covered_preload(urls)),
        )
        items = items_of_urls(asked.type, urls, self._config)
        new = [item for item in items if item not in gathered.items]
        # An item that this event asks for anyway has its outcome already.
        known = [item for item in items if item in gathered.items]
        gathered.items.update((item, gathered.items[item].merged(history)) for item in known)
        self._log.about(asked.target.fields()).warning(
            "refresh_failed",
            object_type=asked.type,
            items=len(urls),
            resubmissions=asked.resubmissions,
            status=task.status,
            message=task.description,
            task_ids=[task.id] if task.id else asked.task_ids[:10],
            urls=list(urls[:URLS_SHOWN]),
        )
        if new:
            gathered.items.update((item, history) for item in new)
            self._summary.urls += len(new)
            yield self._outcome(tuple(new), message, asked.resubmissions, again=again)

    def _outcome(self, items: tuple[Item, ...], message: str, before: int, *, again: bool) -> Outcome:
        if not again:
            return Outcome(items, Result.DEAD_LETTERED, FAILED, message)
        at_least = SECOND_RESUBMISSION if before else 0.0
        return Outcome(items, Result.DEFERRED, FAILED, message, until=Until.RESUBMISSION, at_least=at_least)

    def _later(self, asked: Confirmation, seen: _Seen) -> None:
        """Look again at URLs without an answer, or give them up. A time in the future counts as now."""
        urls = seen.waiting
        if not urls:
            return
        rules, now = self._rules, self._instance.effects.now()
        age = max(0.0, now - asked.submitted_at)
        look_ups = self._look_ups[asked.target]
        unchanged = not look_ups.asked.issuperset(asked.task_ids)
        if look_ups.forbidden or (age >= OLDEST if unchanged else age >= rules.give_up):
            self._given_up(asked, urls)
            return
        self._summary.waiting(age)
        part = asked.part(urls)._replace(submitted_at=now - age)
        if unchanged:
            self.due.append(Due(part, int(MINUTE)))
            return
        self._summary.confirmations["waiting"] += len(urls)
        seconds = min(rules.every * 2.0 ** min(asked.looks, 16), rules.give_up - age)
        self.due.append(Due(part._replace(looks=asked.looks + 1, task_ids=seen.task_ids), max(1, int(seconds))))

    def _given_up(self, asked: Confirmation, urls: Sequence[str]) -> None:
        self._summary.confirmations["given_up"] += len(urls)
        why = "Forbidden" if self._look_ups[asked.target].forbidden else "NoAnswer"
        log = self._log.about(asked.target.fields())
        for portion in portions(urls):
            log.warning("unconfirmed", reason=why, object_type=asked.type, items=len(portion), urls=portion)

    def _report_missing_right(self, target: Target, refusal: CallRefused) -> None:
        right = product(target.product).LOOK_UP_RIGHT
        if right not in self._instance.missing_rights_reported:
            self._instance.missing_rights_reported.add(right)
            self._log.about(target.fields()).error(
                "confirmation_unavailable",
                right=right,
                code=refusal.code,
                message=refusal.message,
                remedy=f"allow {right} in the function's role: deploy the stack again",
            )
