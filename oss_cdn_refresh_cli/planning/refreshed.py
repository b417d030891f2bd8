"""Shows the result of a refresh by hand: for people the numbers of items, for scripts a document."""

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


def show_submitted(operation: Operation, done: Submitted, cost: costs.Cost, *, now: bool) -> None:
    """Show people what was accepted, and what was not.

    now: whether the products were called from here.
    """
    output = operation.output
    if done.refreshed:
        names = dict.fromkeys(target.product for target in cost)
        output.say(f"{done.refreshed:,} accepted by {', '.join(product(name).TITLE for name in names)}.")
    show(operation, done, reasons=now)
    if done.deferred and not done.lost:
        output.next_step("see the backlog: oss-cdn-refresh backlog")


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
