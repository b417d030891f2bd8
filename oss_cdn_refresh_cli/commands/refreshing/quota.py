"""`quota`: shows the day's quotas of each product and how much of each is left, as bars."""

from collections.abc import Iterable, Mapping
from typing import Any

import click

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh.model.quota import DAY, Allowance, midnight
from oss_cdn_refresh_cli.clients.products import TYPE_NAMES, Quotas, quotas
from oss_cdn_refresh_cli.operation.handler import targets
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.operation.watching import watched, with_watch
from oss_cdn_refresh_cli.shared import times
from oss_cdn_refresh_cli.shared.errors import Exit, Refused
from oss_cdn_refresh_cli.shared.output import Cell, Column, Kind

WIDTH = 30  # characters of a bar …
NARROW = 20  # … in a terminal of less than …
WIDE = 100  # … columns
LITTLE = 0.1  # of a day's quota: less is shown in yellow


@click.command(cls=Command)
@with_watch
@click.pass_obj
def quota(operation: Operation, *, watch: float | None) -> Exit:
    """Show the day's quotas of each product in use, and what is left of them."""
    return watched(operation, watch, _look)


def _look(operation: Operation) -> Exit:
    output = operation.output
    asked = targets(operation)
    found, refusals = _answered(operation, asked)
    several = len(asked) > 1
    now = operation.effects.now()
    back = midnight(now) + DAY
    width = NARROW if output.width and output.width < WIDE else WIDTH
    rows = [
        (
            _name(target, TYPE_NAMES[kind], several=several),
            Cell(_bar(each, width), _style(each)),
            each.left,
            each.of_a_day,
        )
        for target, of_target in found.items()
        for kind, each in of_target.items()
    ]
    output.table(
        ["quota", Column("", kind=Kind.ID), Column("left", figures=True), Column("of a day", figures=True)], rows
    )
    for refusal in refusals:
        output.complain(str(refusal))
    used_up = [name for name, _, left, _ in rows if left == 0]
    output.say()
    output.say(f"A day's quota comes back at {times.reset(back, now)}.")
    if used_up:
        output.say(f"Used up: {', '.join(used_up)}. Changes wait in the backlog until it comes back.", "red")
    output.document({"quotas": _document(found), "back_at": timestamp(back)})
    return Exit.of(found=bool(used_up), failed=bool(refusals))


def _answered(operation: Operation, targets: Iterable[Target]) -> tuple[dict[Target, Quotas], list[Refused]]:
    """The quotas of the targets that tell them, and the refusals of the others.

    :raises Refused: no target tells its quotas.
    """
    answers = {target: _answer(operation, target) for target in targets}
    found = {target: answer for target, answer in answers.items() if not isinstance(answer, Refused)}
    refusals = [answer for answer in answers.values() if isinstance(answer, Refused)]
    if not found:
        raise refusals[0]
    return found, refusals


def _answer(operation: Operation, target: Target) -> Quotas | Refused:
    try:
        return quotas(operation, target)
    except Refused as refusal:
        return refusal


def _name(target: Target, kind: str, *, several: bool) -> str:
    return f"{target}: {kind}" if several else kind


def _document(found: Mapping[Target, Quotas]) -> dict[str, Any]:
    """The quotas by product and type; those of a product with sites by product, site and type."""
    document: dict[str, Any] = {}
    for target, of_target in found.items():
        figures = {kind: {"left": each.left, "of_a_day": each.of_a_day} for kind, each in of_target.items()}
        inner = {target.site_id: figures} if target.site_id else figures
        document.setdefault(target.product, {}).update(inner)
    return document


def _bar(found: Allowance, width: int) -> str:
    """A bar of the quota that is left; "" if it is not known."""
    if found.left is None or not found.of_a_day:
        return ""
    full = max(round(width * min(1.0, found.left / found.of_a_day)), min(found.left, 1))
    return "█" * full + "░" * (width - full)


def _style(found: Allowance) -> str:
    """The colour of a bar: red if nothing is left, yellow if little is left."""
    if found.left is None or not found.of_a_day:
        return ""
    if not found.left:
        return "red"
    return "yellow" if found.left < LITTLE * found.of_a_day else ""
