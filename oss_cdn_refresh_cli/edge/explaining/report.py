"""The report about a URL: a few lines for people, a document for scripts."""

from collections.abc import Sequence
from typing import Any

from oss_cdn_refresh.model.confirmation import Task
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh_cli.edge.explaining.causes import Found
from oss_cdn_refresh_cli.edge.explaining.facts import FRESH, STALE, Facts, Object
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared import times
from oss_cdn_refresh_cli.shared.errors import Exit
from oss_cdn_refresh_cli.shared.output import Column, Kind, counted

SHOWN = 5  # tasks, and further causes, for people
COLUMNS = (
    Column("task", kind=Kind.ID),
    Column("type", kind=Kind.ID),
    Column("status", kind=Kind.REASON),
    Column("created at", kind=Kind.TIME),
    Column("url", kind=Kind.URL),
)
NOT_FURTHER = frozenset({"fresh", "stale", "not_compared"})  # they say nothing beside another cause


def show(operation: Operation, facts: Facts, causes: Sequence[Found]) -> Exit:
    """Show the likely cause first and the next step last; returns the exit code."""
    output, (likely, *others) = operation.output, causes
    further = [each for each in others if each.name not in NOT_FURTHER][:SHOWN]
    output.say(likely.says)
    output.say()
    known = {"url": facts.url, "cause": likely.name, "edge": _edge(facts)}
    output.fields({**known, **_of_object(facts.shown, facts.now)})
    if facts.tasks:
        output.say()
    output.table(COLUMNS, [_task(task, facts.now) for task in facts.tasks[:SHOWN]])
    if len(facts.tasks) > SHOWN:
        output.say(f"… and {counted(len(facts.tasks) - SHOWN, 'task')} more: --json shows all.")
    for each in further:
        output.say(f"also: {each.says}")
    for what in facts.not_asked:
        output.say(f"not asked: {what}")
    if facts.unseen:
        output.say(f"not seen: {counted(facts.unseen, 'message')} of the backlog, delayed, in work or further behind.")
    output.say()
    output.next_step(likely.remedy)
    output.document(_document(facts, likely, further))
    return {FRESH: Exit.DONE, STALE: Exit.FOUND}.get(facts.edge.verdict, Exit.COULD_NOT)


def _edge(facts: Facts) -> str:
    return ": ".join(filter(None, (facts.edge.verdict, facts.edge.detail)))


def _task(task: Task, now: float) -> Sequence[object]:
    return task.id, task.type, task.status, times.told(task.created_at, now), task.url


def _of_object(shown: Object | None, now: float) -> dict[str, object]:
    if shown is None:
        return {}
    stored = shown.stored
    changed = (
        f"changed {times.moment(stored.modified, now)}" if stored else "does not exist" if shown.known else "not known"
    )
    return {"object": f"{shown.behind.name}  {changed}"}


def _document(facts: Facts, likely: Found, further: Sequence[Found]) -> dict[str, Any]:
    return {
        "url": facts.url,
        "objects": [_object(each) for each in facts.objects],
        "site": facts.shown.behind.site.number if facts.shown else None,
        "edge": {"verdict": facts.edge.verdict, "detail": facts.edge.detail},
        "tasks": [
            {name: task._asdict()[name] for name in ("id", "status", "type", "created_at")} for task in facts.tasks
        ],
        "waiting": list(facts.waiting),
        "dead_letters": [letter.reason for letter in facts.letters],
        "cause": likely.name,
        "says": likely.says,
        "also": [each.name for each in further],
        "not_asked": list(facts.not_asked),
        "next": likely.remedy,
    }


def _object(each: Object) -> dict[str, Any]:
    stored = each.stored
    return {
        "object": each.behind.name,
        "exists": stored is not None if each.known else None,
        "etag": stored.etag if stored else None,
        "last_modified": timestamp(stored.modified) if stored else None,
        "items": [item.url for item in each.behind.items],
    }
