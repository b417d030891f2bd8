"""Shows the result of a refresh by hand: for people the accepted items and their tasks, for scripts a document."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from oss_cdn_refresh.mapping.gather import Gathered
from oss_cdn_refresh.model.item import OBJECT_TYPES, Target
from oss_cdn_refresh.products import product
from oss_cdn_refresh_cli.clients.products import Quotas
from oss_cdn_refresh_cli.operation.handler import Submitted, show
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.planning import costs
from oss_cdn_refresh_cli.shared import times

SHOWN = 10  # task ids, for people


def show_submitted(operation: Operation, done: Submitted, cost: costs.Cost, *, now: bool) -> None:
    """Show people what was accepted, with its tasks and the time of its effect, and what was not.

    now: whether the products were called from here.
    """
    output = operation.output
    if done.refreshed:
        names = dict.fromkeys(target.product for target in cost)
        output.say(f"{done.refreshed:,} accepted by {', '.join(product(name).TITLE for name in names)}.")
    if done.task_ids:
        more = f" and {len(done.task_ids) - SHOWN:,} more" if len(done.task_ids) > SHOWN else ""
        output.say(f"Tasks: {' '.join(done.task_ids[:SHOWN])}{more}.")
        at = operation.effects.now()
        soonest, latest = (times.local(at + seconds, at) for seconds in times.TAKES_EFFECT)
        output.say(f"Accepted is not fresh: it takes effect in 5 to 6 minutes, from {soonest} to {latest}.")
    show(operation, done, reasons=now)
    if done.deferred and not done.lost:
        output.next_step("see the backlog: oss-cdn-refresh backlog")
    elif done.task_ids:
        output.next_step(f"see whether they are complete: oss-cdn-refresh tasks {' '.join(done.task_ids[:SHOWN])}")


def document(
    gathered: Gathered,
    items: int,
    cost: costs.Cost,
    quotas: Mapping[Target, Quotas],
    done: Submitted | None,
    *,
    dry_run: bool,
) -> dict[str, Any]:
    """The result for scripts; `items` is the number of all."""
    return {
        "dry_run": dry_run,
        "items": items,
        "cost": dict(sum(cost.values(), Counter())),
        "left": [
            {**target.fields(), "object_type": kind, "cost": count, "left": found.get(kind, costs.UNKNOWN).left}
            for target, found in quotas.items()
            for kind in OBJECT_TYPES
            if (count := cost.get(target, Counter())[kind]) or kind in found
        ],
        "ignored": dict(gathered.ignored),
        "dead_letters": [{"url": item.url, "reason": why} for item, why in gathered.faults.items()],
        **({} if done is None else done.figures()),
    }
