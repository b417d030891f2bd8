"""What a refresh costs, and how much of the day's quota is left for it, by target."""

from collections import Counter
from collections.abc import Iterable, Mapping

from oss_cdn_refresh.model.item import Item, ObjectType, Target
from oss_cdn_refresh.model.quota import DAY, Allowance, midnight
from oss_cdn_refresh_cli.clients import products
from oss_cdn_refresh_cli.clients.products import TYPE_NAMES, Quotas
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared import times
from oss_cdn_refresh_cli.shared.errors import CredentialsRefused, Refused
from oss_cdn_refresh_cli.shared.output import Cell, Column

UNKNOWN = Allowance(None)
Cost = Mapping[Target, Counter[ObjectType]]
"""How many items of each type a refresh has, by target."""


def cost(items: Iterable[Item]) -> dict[Target, Counter[ObjectType]]:
    """How many items of each type there are, by target."""
    found: dict[Target, Counter[ObjectType]] = {}
    for item in items:
        found.setdefault(item.target, Counter())[item.type] += 1
    return found


def quotas(operation: Operation, targets: Iterable[Target]) -> Mapping[Target, Quotas]:
    """The day's quotas; {} and a note for a product that does not tell them, because a refresh is possible without.

    :raises CredentialsRefused: a product does not accept the credentials, so a refresh would fail too.
    """
    found: dict[Target, Quotas] = {}
    for target in targets:
        found[target] = {}
        try:
            found[target] = products.quotas(operation, target)
        except CredentialsRefused:
            raise
        except Refused as refusal:
            operation.output.warn(f"the quota that is left is not known: {refusal}")
    return found


def show(operation: Operation, cost: Cost, left: Mapping[Target, Quotas]) -> None:
    """Show how many items a refresh costs, beside the quota that is left."""
    figures = [Column(name, figures=True) for name in ("cost", "left today", "of a day")]
    lines = [(target, kind, count) for target, of_target in cost.items() for kind, count in of_target.items()]
    several = len(cost) > 1
    names = [f"{target}: {TYPE_NAMES[kind]}" if several else TYPE_NAMES[kind] for target, kind, _ in lines]
    allowances = [left.get(target, {}).get(kind, UNKNOWN) for target, kind, _ in lines]
    rows = [(name, count, *each) for name, (_, _, count), each in zip(names, lines, allowances, strict=True)]
    operation.output.table(
        ["", *figures], [(name, _cost(count, rest), rest, of_a_day) for name, count, rest, of_a_day in rows]
    )
    now = operation.effects.now()
    back = times.reset(midnight(now) + DAY, now)
    for name, count, rest, _ in rows:
        if rest is not None and count > rest:
            operation.output.warn(
                f"{count - rest:,} {name} are more than is left today: directories replace them, or they wait "
                f"for {back}: see oss-cdn-refresh plan"
            )


def _cost(count: int, left: int | None) -> Cell:
    """A cost, in red if less than that is left."""
    return Cell(f"{count:,}", "red" if left is not None and count > left else "")
