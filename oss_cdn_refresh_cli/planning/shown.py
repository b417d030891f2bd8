"""Shows a plan to people: the cost, a tree of the directories with their prices, and the deferred URLs."""

from collections.abc import Iterable, Sequence

from oss_cdn_refresh.model.item import OBJECT_TYPES
from oss_cdn_refresh.model.quota import DAY, midnight
from oss_cdn_refresh.planner.optimizer.tree import upwards
from oss_cdn_refresh_cli.clients.products import TYPE_NAMES
from oss_cdn_refresh_cli.operation.changes import say_ignored
from oss_cdn_refresh_cli.planning.planned import Left, Planned
from oss_cdn_refresh_cli.planning.waits import Wait
from oss_cdn_refresh_cli.shared import times
from oss_cdn_refresh_cli.shared.output import Column, Kind, Output, visible
from oss_cdn_refresh_cli.shared.output import counted as number_of
from oss_cdn_refresh_cli.shared.tables import middle

SHOWN = 10  # deferred URLs
BRANCH = "├──   "  # what stands beside a path in the tree
SHORTEST = 20  # characters of a path


def show(plan: Planned, left: Left, output: Output, now: float, waits: Iterable[Wait], *, counted: bool) -> None:
    """Show a plan; `waits`: why items are deferred; `counted`: whether an inventory gives the collateral."""
    output.say(f"{number_of(plan.changes, 'changed URL')}, {number_of(plan.calls, 'call')}.")
    say_ignored(plan.ignored, output)
    several = len(plan.sent) > 1
    rows = [
        (f"{target}: {TYPE_NAMES[kind]}" if several else TYPE_NAMES[kind], of_target[kind], left[target][kind])
        for target, of_target in plan.sent.items()
        for kind in OBJECT_TYPES
        if of_target[kind]
    ]
    output.table(["", Column("sent", figures=True), Column("left", figures=True)], rows)
    if plan.directories:
        output.say()
        output.say("Directories, with the changed URLs that each covers and the unchanged ones that it expires:")
        _draw(plan, output, counted=counted)
    if plan.chosen and not counted:
        output.say("The unchanged ones (~) are an estimate: give --inventory FILE, made by oss-cdn-refresh inventory.")
    if plan.dead_letters:
        output.say()
        be = "becomes a dead letter" if len(plan.dead_letters) == 1 else "become dead letters"
        output.say(f"{number_of(len(plan.dead_letters), 'URL')} {be}, and no visitor gets the new object there:")
        _list(list(plan.dead_letters.items())[:SHOWN], output)
        if len(plan.dead_letters) > SHOWN:
            output.say(f"  and {len(plan.dead_letters) - SHOWN:,} more")
    if plan.deferred:
        output.say()
        has = "has" if len(plan.deferred) == 1 else "have"
        output.say(f"{number_of(len(plan.deferred), 'URL')} {has} to wait for {times.reset(midnight(now) + DAY, now)}:")
        _list([(url,) for url in plan.deferred[:SHOWN]], output)
        if len(plan.deferred) > SHOWN:
            output.say(f"  and {len(plan.deferred) - SHOWN:,} more")
        output.say()
        items = Column("items", figures=True)
        output.table(
            [items, Column("type", kind=Kind.ID), "why they wait"],
            [] if output.json else [(wait.items, TYPE_NAMES[wait.type], wait.why) for wait in waits],
        )


def _list(rows: Sequence[Sequence[str]], output: Output) -> None:
    """Show URLs, each with a reason or alone, below a sentence."""
    columns = (Column("", kind=Kind.ID), Column("", kind=Kind.URL), Column(""))
    output.table(columns[: len(rows[0]) + 1], [("", *row) for row in rows])


def _draw(plan: Planned, output: Output, *, counted: bool) -> None:
    """Draw a tree for each domain, with the directories of the plan."""
    from rich.text import Text  # noqa: PLC0415 - rich is imported when something is shown
    from rich.tree import Tree  # noqa: PLC0415 - as above

    domains: dict[str, Tree] = {}
    for directory in plan.directories:
        root = list(upwards(directory))[-1]
        if root not in domains:
            domains[root] = Tree(Text(visible(root)))
        price = f"{plan.covers.get(directory, 0):,} changed"
        if directory in plan.chosen:
            price += f", {'' if counted else '~'}{round(plan.chosen[directory]):,} unchanged"
        else:
            price += ", asked for"
        path = visible(f"/{directory[len(root) :]}")
        if output.width:
            path = middle(path, max(SHORTEST, output.width - len(BRANCH) - len(price)))
        domains[root].add(Text(f"{path}  {price}"))
    for tree in domains.values():
        output.draw(tree)
