"""`tasks`: shows the tasks that the products made of refreshes in the last three days."""

from collections.abc import Callable, Iterator, Sequence

import click

from oss_cdn_refresh.mapping.from_url import domain_of
from oss_cdn_refresh.model.confirmation import Task
from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh_cli.clients import tasks as lists
from oss_cdn_refresh_cli.operation.handler import configuration, targets
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.operation.urls import as_sent
from oss_cdn_refresh_cli.shared import times
from oss_cdn_refresh_cli.shared.errors import Exit, Failed, Refused
from oss_cdn_refresh_cli.shared.output import Cell, Column, Kind, counted, shortened

SHOWN = 50  # tasks, for people
FIELDS = ("id", "url", "type", "status", "process", "description", "created_at")
COLUMNS = (
    Column("id", kind=Kind.ID),
    Column("type", kind=Kind.ID),
    Column("status", kind=Kind.REASON),
    Column("process", kind=Kind.ID),
    Column("created at", kind=Kind.TIME),
    Column("url", kind=Kind.URL),
)


@click.command(cls=Command)
@click.argument("ids", nargs=-1, metavar="[ID]…")
@click.option("--url", metavar="URL", help="Only the tasks of this URL, exactly as it was submitted.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=SHOWN, metavar="N", show_default=True,
    help="Show so many tasks, the failed ones first; --json shows all.",
)  # fmt: skip
@click.pass_obj
def tasks(operation: Operation, *, ids: tuple[str, ...], url: str | None, limit: int) -> Exit:
    """Show the tasks of the last 3 days, and which of them failed."""
    output = operation.output
    if not all(map(str.strip, ids)):
        raise Failed('"" is no id of a task: give an id, or none to see all tasks')
    asked, url = _asked(operation, url)
    found: list[Task] = []
    refusals: list[Refused] = []
    with output.progress("Listing tasks") as step:
        for target in asked:
            refused = _add(found, _listed(operation, target, ids, url), step)
            refusals += [refused] if refused else []
    if len(refusals) == len(asked):
        raise refusals[0]
    found = sorted(dict.fromkeys(found), key=lambda task: task.created_at, reverse=True)
    failed = [task for task in found if task.status in lists.FAILED]
    unknown = [each for each in ids if each not in {task.id for task in found}]
    _show(operation, found, failed, limit)
    for refusal in refusals:
        output.complain(str(refusal))
    if unknown:
        output.complain(
            f"no task of the last 3 days has the id {', '.join(unknown)}: a new task may not be listed yet: "
            "run it again in a minute"
        )
    output.document([_fields(task) for task in found])
    return Exit.of(found=bool(failed), failed=bool(refusals or unknown))


def _asked(operation: Operation, url: str | None) -> tuple[Sequence[Target], str]:
    """The target of a URL, and the URL as it was submitted; all targets and "" without one.

    :raises Failed: the URL is on no domain of the configuration.
    """
    if url is None:
        return targets(operation), ""
    config = configuration(operation)
    sent = as_sent(url, config)
    domain = domain_of(sent)
    if domain not in config.domains:
        raise Failed(f"--url: {domain} is no domain of the configuration: oss-cdn-refresh validate shows them")
    return (config.domains[domain],), sent


def _listed(operation: Operation, target: Target, ids: Sequence[str], url: str) -> Iterator[Task]:
    """The tasks of a target. Each id is asked alone, because a product refuses a call with an id that is not its own.

    A site of ESA has no filter for ids, so that its list is read once.
    """
    if target.site_id and ids:
        yield from (task for task in lists.tasks(operation, target, url) if task.id in ids)
        return
    for task_id in ids or ("",):
        yield from lists.tasks(operation, target, url, task_id)


def _add(found: list[Task], tasks: Iterator[Task], step: Callable[[int], None]) -> Refused | None:
    """Add the tasks of a target; returns the refusal if the product refuses to tell them or the rest of them."""
    try:
        for task in tasks:
            found.append(task)
            step(1)
    except Refused as refusal:
        return refusal
    return None


def _show(operation: Operation, found: Sequence[Task], failed: Sequence[Task], limit: int) -> None:
    output = operation.output
    shown = [*failed, *(task for task in found if task not in set(failed))][:limit]
    output.table(COLUMNS, [_row(task, operation.effects.now()) for task in shown])
    for task_id, why in dict.fromkeys((task.id, task.description) for task in failed[:limit] if task.description):
        output.say(f"{task_id} failed: {shortened(why)}")
    if len(found) > len(shown):
        output.say(f"… and {len(found) - len(shown):,} more: --limit N or --json shows them.")
    output.say(f"{counted(len(found), 'task')} of the last 3 days, {len(failed):,} failed.")
    if failed:
        output.next_step("see why a URL stays old: oss-cdn-refresh explain URL")


def _row(task: Task, now: float) -> Sequence[object]:
    status = Cell(task.status, "red" if task.status in lists.FAILED else "")
    return task.id, task.type, status, task.process, times.told(task.created_at, now), task.url


def _fields(task: Task) -> dict[str, str]:
    return {name: task._asdict()[name] for name in FIELDS}
