"""The evidence of the demo: the functions' own summaries, and the calls and messages that the stand-ins recorded."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from oss_cdn_refresh.events.message_format import BACKLOG
from oss_cdn_refresh_box.cdn import Call
from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.demo.stage import count
from oss_cdn_refresh_box.fc import Invocation


class Step(NamedTuple):
    """The invocations and calls since the last look, and the URLs that the functions deferred."""

    invocations: list[Invocation]
    calls: list[Call]
    deferred: list[str]

    @property
    def events(self) -> list[str]:
        """Cause and result of each invocation: `ObjectCreated:PutObject index.html → 2 URLs, task 7042`."""
        return sorted(_described(invocation) for invocation in self.invocations)

    @property
    def codes(self) -> list[str]:
        """The result of each call: an error code, task ids, or the action's name for a call that submits nothing."""
        return [
            call.code or (f"task {', '.join(call.task_ids)}" if call.accepted else call.action) for call in self.calls
        ]


class Evidence:
    """Looks at the cloud step by step; each look returns the new evidence."""

    def __init__(self, cloud: Cloud) -> None:
        self.deferred: dict[str, list[str]] = {}  # the URLs of the functions' backlog records, by message id
        self._cloud = cloud
        self._invocations: Counter[str] = Counter()  # seen so far, by the function's resource
        self._calls = 0

    def look(self) -> Step:
        """The evidence since the last look."""
        invocations: list[Invocation] = []
        for name, deployed in self._cloud.compute.functions.items():
            new = deployed.invocations[self._invocations[name] :]
            self._invocations[name] += len(new)
            invocations += new
        calls = self._cloud.calls[self._calls :]
        self._calls += len(calls)
        records = {name: urls for name, urls in self._backlog(invocations).items() if name not in self.deferred}
        self.deferred |= records
        return Step(invocations, calls, [url for urls in records.values() for url in urls])

    def _backlog(self, invocations: Iterable[Invocation]) -> dict[str, list[str]]:
        """The backlog records in the queue, and those that an invocation was brought since the last look."""
        bodies = {message.id: message.body for message in self._cloud.backlog.messages()}
        for invocation in invocations:
            event = json.loads(invocation.event)
            if isinstance(event, list):
                bodies |= {entry["data"]["messageId"]: entry["data"]["messageBody"] for entry in event}
        records = {name: json.loads(body) for name, body in bodies.items()}
        return {name: record["urls"] for name, record in records.items() if _is_deferred(record)}


def _is_deferred(record: dict[str, Any]) -> bool:
    """Whether a function wrote the record: one that a person writes has no reason."""
    return record.get("kind") == BACKLOG and "reason" in record


def totals(invocations: Iterable[Invocation]) -> Counter[str]:
    """The figures of the function's summaries, added up."""
    summed: Counter[str] = Counter()
    for invocation in invocations:
        summary = json.loads(invocation.answer.payload)
        figures = {**summary, **summary.get("confirmations", {})}
        summed.update({name: value for name, value in figures.items() if isinstance(value, int)})
    return summed


def _described(invocation: Invocation) -> str:
    event, answer = json.loads(invocation.event), json.loads(invocation.answer.payload)
    if isinstance(event, list):
        cause = f"queue trigger, {count(len(event), 'message')}"
    else:
        cause = f"{event['events'][0]['eventName']} {event['events'][0]['oss']['object']['key']}"
    if invocation.answer.error:
        return f"{cause} → {answer['errorMessage']}"
    tasks = f", task {', '.join(answer['task_ids'])}" if answer["task_ids"] else ""
    return f"{cause} → {count(answer['urls'], 'URL')}{tasks}"
