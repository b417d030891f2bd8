"""From changes to the plan for them: the function's own rules and planner, for millions of keys at a time."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from oss_cdn_refresh.delivery.batches import batches
from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, URL_LENGTH, Item, ObjectType, domain_of, fault
from oss_cdn_refresh.model.urls import plain
from oss_cdn_refresh.planner.optimizer.needs import NOTHING, Needs, Where, covering
from oss_cdn_refresh.planner.optimizer.plan import Unchanged
from oss_cdn_refresh.planner.replacement import bought, replacement
from oss_cdn_refresh.planner.scope import Scope
from oss_cdn_refresh.planner.spending import Asked, Spent
from oss_cdn_refresh.products import DEFAULT
from oss_cdn_refresh.settings.config import Config, Site
from oss_cdn_refresh_cli.operation.changes import UPLOAD
from oss_cdn_refresh_cli.planning.object_lists import by_directory

NEW = History(first_seen=0.0)


class Planned(NamedTuple):
    """What is sent of each type, what has to wait, what becomes a dead letter and why, and what it costs.

    chosen: the directories that nobody has asked for, with the unchanged URLs that each expires; covers: how many
    changed URLs each directory replaces; changes: distinct changed URLs; ignored: the objects that no site
    refreshes, by reason.
    """

    files: list[str]
    directories: list[str]
    ignore_params: list[str]
    deferred: list[str]
    chosen: Mapping[str, float]
    covers: Mapping[str, int]
    calls: int
    changes: int
    ignored: Counter[str]
    dead_letters: Mapping[str, str]

    def document(self, *, counted: bool) -> dict[str, Any]:
        """The plan for scripts; the collateral is None where directories were chosen and nobody has counted it."""
        collateral = round(sum(self.chosen.values())) if counted or not self.chosen else None
        return {
            "files": self.files,
            "directories": self.directories,
            "ignore_params": self.ignore_params,
            "deferred": self.deferred,
            "dead_letters": [{"url": url, "reason": why} for url, why in self.dead_letters.items()],
            "collateral": collateral,
            "calls": self.calls,
            "changes": self.changes,
        }


def plan_items(
    items: Mapping[Item, History],
    left: Mapping[ObjectType, int],
    config: Config,
    unchanged: Unchanged,
    ignored: Counter[str],
    faults: Mapping[Item, str],
) -> Planned:
    """The plan for items, each with what it has been through; `faults` are those that the function does not send.

    Of fresh ones that are equally important it is the URL that decides which have to wait, as in `plan_keys`.
    """
    good = {item: history for item, history in items.items() if item not in faults}
    fresh = sorted((item for item, history in good.items() if not history.deferred_before), key=lambda item: item.url)
    good = {**{item: good[item] for item in fresh}, **good}
    found = replacement(good, left, config, unchanged)
    urls: dict[ObjectType, list[str]] = {FILE: [], DIRECTORY: [], IGNORE_PARAMS: []}
    for item in found.sent:
        urls[item.type].append(item.url)
    covers = {stands.url: sum(one != stands for one in others) for stands, others in found.others.items()}
    return Planned(
        urls[FILE],
        urls[DIRECTORY],
        urls[IGNORE_PARAMS],
        [item.url for item in found.waiting],
        found.collateral,
        covers,
        sum(1 for _ in batches(found.sent, config.limits)),
        len({item.url for item in items}),
        ignored,
        {item.url: why for item, why in faults.items()},
    )


def plan_keys(lines: Iterable[str], left: Mapping[ObjectType, int], config: Config, unchanged: Unchanged) -> Planned:
    """The plan for uploads of distinct objects, each as `oss://bucket/key`; made for millions of them."""
    scope = Scope(config)
    ignored: Counter[str] = Counter()
    asked, dead_letters = _asked(lines, config, scope, ignored)

    def waiting(spent: Spent) -> tuple[int, int]:
        late = sum(map(len, spent.waiting.values()))
        return late, late

    spent = bought(asked, lambda _behind: {}, left, scope, config, unchanged, waiting)
    alone = {kind: needs.all() for kind, needs in spent.alone.items()}
    directories = sorted(spent.directories)
    urls: dict[ObjectType, list[str]] = {FILE: alone[FILE], DIRECTORY: directories, IGNORE_PARAMS: alone[IGNORE_PARAMS]}
    sent = {Item(kind, url, domain_of(url), DEFAULT): NEW for kind, some in urls.items() for url in some}
    return Planned(
        alone[FILE],
        directories,
        alone[IGNORE_PARAMS],
        [url for needs in spent.waiting.values() for url in needs.all()],
        spent.chosen,
        _covers(spent),
        sum(1 for _ in batches(sent, config.limits)),
        _distinct(asked) + len(dead_letters),
        ignored,
        dead_letters,
    )


def _distinct(asked: Asked) -> int:
    """How many URLs there are; one may have to be refreshed in two ways."""
    kinds = [needs for needs in asked.values() if needs.urls]
    return len(kinds[0]) if len(kinds) == 1 else len({url for needs in kinds for url in needs.all()})


def _covers(spent: Spent) -> dict[str, int]:
    covers = dict.fromkeys(spent.directories, 0)
    for needs in spent.covered.values():
        for (directory, _), urls in needs.urls.items():
            covers[covering(directory, spent.directories)] += sum(url not in spent.directories for url in urls)
    return covers


def _asked(lines: Iterable[str], config: Config, scope: Scope, ignored: Counter[str]) -> tuple[Asked, dict[str, str]]:
    """What changed objects have to be refreshed as, and the URLs that the function does not send, with the reasons.

    A directory with nothing special in it is mapped as a whole. The objects that no site refreshes are counted into
    `ignored`.
    """
    files: dict[Where, list[str]] = {}
    others: list[Item] = []
    for place, names in by_directory(lines).items():
        bucket, _, above = place.removeprefix("oss://").partition("/")
        sites = config.by_bucket.get(bucket, ())
        if len(sites) == 1 and not config.collapse.priority and _simple(sites[0], above, names):
            index = frozenset(sites[0].index)
            ordinary = [name for name in names if name not in index]
            for root in sites[0].roots:
                url = root + above[len(sites[0].prefix) :]
                where = (url if scope.collapsible(url) else ""), 0
                files.setdefault(where, []).extend([url + name for name in ordinary])
            names = [name for name in names if name in index]  # noqa: PLW2901 - the others are done
        for name in names:
            items, why = items_of(Change(bucket, above + name, UPLOAD), config)
            others += items
            ignored[why] += not items
    long = [item for item in dict.fromkeys(others) if len(item.url) > URL_LENGTH]  # else an item of ours has no fault
    faults = {item: fault(item, config.domains) or "" for item in long}
    asked = {
        kind: Needs({where: [item.url for item in items] for where, items in needs.urls.items()})
        for kind, needs in scope.asked(item for item in dict.fromkeys(others) if item not in faults).items()
    }
    asked[FILE] = asked.get(FILE, NOTHING).joined(Needs(files))
    return (
        {kind: _in_order(needs.distinct()) for kind, needs in asked.items() if needs.urls},
        {item.url: why for item, why in faults.items()},
    )


def _in_order(needs: Needs) -> Needs:
    """By their URLs: which of equally important ones have to wait must not depend on the order of a list."""
    urls = {where: sorted(some) for where, some in needs.urls.items()}
    return Needs(dict(sorted(urls.items(), key=lambda found: found[1][0])))


def _simple(site: Site, above: str, names: list[str]) -> bool:
    """Whether the objects of a directory are shown under their own keys alone, and every client spells these alike."""
    longest = max(map(len, site.roots)) + len(above) + max(map(len, names), default=0)
    short = longest <= URL_LENGTH
    return short and site.straight and above.startswith(site.prefix) and plain(f"{above}{'/'.join(names)}")
