"""`quota`: shows the day's quotas and how much of each is left, as bars."""

import click

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.quota import DAY, Allowance, midnight
from oss_cdn_refresh_cli.clients import cdn_quota
from oss_cdn_refresh_cli.clients.cdn_quota import NAMES
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.shared.errors import Exit
from oss_cdn_refresh_cli.shared.output import Column

WIDTH = 30  # characters of a bar


@click.command(cls=Command)
@click.pass_obj
def quota(operation: Operation) -> Exit:
    """Show the day's quotas, and what is left of them."""
    output = operation.output
    quotas = cdn_quota.read(operation)
    back = timestamp(midnight(operation.effects.now()) + DAY)
    rows = [(NAMES[name], _bar(found), found.left, found.of_a_day) for name, found in quotas.items()]
    output.table(["quota", "", Column("left", figures=True), Column("of a day", figures=True)], rows)
    used_up = [NAMES[name] for name, found in quotas.items() if found.left == 0]
    output.say()
    output.say(f"All of it comes back at {back} (00:00 UTC+8).")
    if used_up:
        output.say(f"Used up: {', '.join(used_up)}. Changes until then wait in the backlog.")
    output.document(
        {
            "quotas": {name: {"left": found.left, "of_a_day": found.of_a_day} for name, found in quotas.items()},
            "back_at": back,
        }
    )
    return Exit.of(found=bool(used_up))


def _bar(found: Allowance) -> str:
    """A bar of the quota that is left; "" if it is not known."""
    if found.left is None or not found.of_a_day:
        return ""
    full = round(WIDTH * min(1.0, found.left / found.of_a_day))
    return "█" * max(full, min(found.left, 1)) + "░" * (WIDTH - max(full, min(found.left, 1)))
