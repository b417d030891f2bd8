"""Why items of a plan have to wait: which quota is short, and which rule of the configuration keeps them waiting.

A rule is the reason for an item if a plan without the rule sends the item. So each rule costs one more plan, and only
the text for people has the reasons.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from oss_cdn_refresh.mapping.gather import Gathered
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import DIRECTORY, FILE, Item, ObjectType, Target
from oss_cdn_refresh.planner.optimizer.plan import Unchanged
from oss_cdn_refresh.settings.config import Collapse, Config
from oss_cdn_refresh_cli.clients.products import TYPE_NAMES
from oss_cdn_refresh_cli.planning.planned import Left, Planned, by_target, of_target
from oss_cdn_refresh_cli.shared.output import counted

UNLIMITED = 2**62  # objects: more than any bucket has


class Wait(NamedTuple):
    """Items of one type that wait for the same reason."""

    target: Target
    type: ObjectType
    items: int
    why: str


def waits(gathered: Gathered, plan: Planned, left: Left, config: Config, unchanged: Unchanged) -> Iterator[Wait]:
    """The reasons for the waiting items of a plan, by target and type."""
    for target, items in by_target(gathered, config):
        waiting = set(plan.waiting.get(target, ()))
        for rules, why in _without_each_rule(config.collapse, items):
            if waiting:
                relaxed = of_target(items, left[target], config._replace(collapse=rules), unchanged)
                freed = waiting.difference(relaxed.waiting)
                waiting -= freed
                yield from _by_type(target, freed, why)
        wanted = Counter(item.type for item in items)
        for wait in _by_type(target, waiting, ""):
            yield wait._replace(why=_short(target, wait.type, left[target], wanted))


def _by_type(target: Target, items: set[Item], why: str) -> Iterator[Wait]:
    for kind, count in Counter(item.type for item in items).items():
        yield Wait(target, kind, count, why)


def _without_each_rule(rules: Collapse, items: Mapping[Item, History]) -> Iterator[tuple[Collapse, str]]:
    """The rules without one of them that can keep items waiting, each with what it says."""
    if (rules.reserve_urls or rules.reserve_directories) and any(each.deferred_before for each in items.values()):
        kept = f"{counted(rules.reserve_urls, 'URL')} and {counted(rules.reserve_directories, 'directory')}"
        yield (
            rules._replace(reserve_urls=0, reserve_directories=0),
            f"they waited before, and the reserve of {kept} is for new changes (reserve_urls, reserve_directories)",
        )
    if rules.mode == "never":
        yield rules._replace(mode="when_needed"), "no directory may replace them: collapse.mode is never"
        return
    yield (
        rules._replace(max_collateral=UNLIMITED),
        f"their directories would expire over {rules.max_collateral:,} unchanged ones each (collapse.max_collateral)",
    )
    if not rules.root:
        yield rules._replace(root=True), "only the root of the domain could replace them, and collapse.root is false"
    if not rules.variants:
        yield (
            rules._replace(variants=True),
            "no directory may replace URLs with a query or of a site with variants: collapse.variants is false",
        )


def _short(target: Target, kind: ObjectType, left: Mapping[ObjectType, int], wanted: Mapping[ObjectType, int]) -> str:
    """The quota that is short, such as `the quota of URLs of cdn: 5 left, 40 needed`."""
    why = f"the day's quota of {TYPE_NAMES[kind]} of {target}: {left[kind]:,} left, {wanted[kind]:,} needed"
    return f"{why}; directories that could replace them: {left[DIRECTORY]:,} left" if kind == FILE else why
