"""`plan` shows what the function sends, for random changes, quotas and settings."""

import json
from pathlib import Path
from typing import Any

import pytest
from command import run
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from world import CDN, NOON, World, a_world, backlog_record, from_the_queue, record, url

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS
from oss_cdn_refresh.model.quota import DAY, Allowance, midnight
from oss_cdn_refresh.model.urls import spelled_by_browser
from oss_cdn_refresh.planner.inventory import written

LAST_HOUR = midnight(NOON) + DAY - 3_600.0  # in which a batch may use all directories, as `plan` does
TYPES = {FILE: "files", DIRECTORY: "directories", IGNORE_PARAMS: "ignore_params"}

folders = st.lists(st.sampled_from(["x/", "y/", "z w/"]), max_size=3).map("".join)
names = st.sampled_from(["a.jpg", "b (1).jpg", "index.html", "c.html", "\u4e2d.png", 300 * "\u4e2d", "..", "d", ""])
keys = st.builds(lambda folder, name: (folder + name) or "e", folders, names)
short_keys = keys.filter(lambda key: len(key) < 100 and ".." not in key)
sites = st.fixed_dictionaries(
    {
        "bucket": st.just("my-site"),
        "domains": st.sampled_from([["www.example.com"], ["www.example.com", "d0.example.com"]]),
    },
    optional={
        "prefix": st.just("x/"),
        "index": st.just([]),
        "variants": st.just(["!thumb"]),
        "query": st.just("ignore"),
        "exclude": st.just(["*y/*"]),
        "also": st.just([{"when": "*c.html", "directories": ["/x/"]}]),
    },
)
rules = st.fixed_dictionaries(
    {"reserve_urls": st.integers(0, 5), "reserve_directories": st.integers(0, 3)},
    optional={
        "root": st.booleans(),
        "mode": st.just("never"),
        "variants": st.booleans(),
        "max_collateral": st.integers(0, 5),
    },
)


def sent(world: World) -> dict[str, list[str]]:
    """The URLs of all refresh calls, by type, as `plan` names them."""
    found: dict[str, list[str]] = {name: [] for name in TYPES.values()}
    for call in world.refreshes:
        found[TYPES[call.object_type]] += call.urls
    return {name: sorted(urls) for name, urls in found.items()}


@pytest.mark.parametrize("counted", [False, True], ids=["an estimate", "an inventory"])
def test_the_function_sends_what_the_plan_for_the_same_event_shows(tmp_path: Path, *, counted: bool) -> None:
    payload, inventory = tmp_path / "event.json", tmp_path / "inventory.json"
    inventory.write_bytes(written({"my-site": {"": 3, "x/": 2, "x/y/": 7, "y/": 1, "z w/": 4}}, ""))

    @settings(max_examples=60, phases=[Phase.explicit, Phase.generate])  # each example is an invocation: no shrinking
    @given(
        st.lists(sites, min_size=1, max_size=2),
        rules,
        st.lists(keys, min_size=1, max_size=15, unique=True),
        st.lists(short_keys, max_size=6, unique=True),
        st.integers(0, 12),
        st.integers(0, 4),
    )
    def same(
        sites: list[Any], rules: dict[str, Any], changed: list[str], before: list[str], urls: int, directories: int
    ) -> None:
        world.clock.advance(DAY)
        world.configure(*sites, collapse={**rules, **({"inventory": str(inventory)} if counted else {})})
        world.cdn.calls.clear()
        event = from_the_queue(*map(record, changed))
        if before:
            waiting = backlog_record(
                *map(url, map(spelled_by_browser, before)), first_seen=timestamp(world.clock.now() - 60)
            )
            event += [{"messageId": "2", "messageBody": json.dumps(waiting)}]
        payload.write_text(json.dumps(event))
        world.instance.quota(CDN).begin(midnight(world.clock.now()))
        left = {FILE: urls, DIRECTORY: directories, IGNORE_PARAMS: 100}
        world.instance.quota(CDN).answered({kind: Allowance(count) for kind, count in left.items()})
        summary = world.invoke(event)
        budgets = ("--urls-left", str(urls), "--directories-left", str(directories))
        words = ("--json", "--config", world.environ["REFRESH_CONFIG"], "--events", str(payload))
        shown = json.loads(run("plan", *budgets, *words, environ={}, clock=world.clock).stdout)
        assert {name: sorted(shown[name]) for name in TYPES.values()} == sent(world)
        ended = len(shown["deferred"]), len(shown["dead_letters"])
        assert ended == (summary["deferred"], summary["dead_lettered"])

    with a_world(tmp_path) as world:
        world.clock.advance(LAST_HOUR - NOON)
        same()
