"""Properties of every plan, counted independently from its input."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from command import run
from hypothesis import given
from hypothesis import strategies as st
from world import NOON, record

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.model.urls import spelled_by_browser
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.config_file import parse
from oss_cdn_refresh_box.clock import Clock

names = st.sampled_from(["a.jpg", "b (1).jpg", "index.html", "c.html", "\u4e2d.png"])
folders = st.lists(st.sampled_from(["x/", "y/", "z w/"]), max_size=3).map("".join)
keys = st.builds(lambda folder, name: folder + name, folders, names)
sites = st.fixed_dictionaries(
    {"bucket": st.just("my-site"), "domains": st.sampled_from([["a.com"], ["a.com", "b.com"]])},
    optional={
        "path": st.sampled_from(["/p/"]),
        "prefix": st.sampled_from(["x/"]),
        "index": st.just([]),
        "variants": st.just(["!thumb"]),
        "query": st.just("ignore"),
        "exclude": st.just(["*y/*"]),
        "spellings": st.just("browser"),
    },
)
collapse = st.fixed_dictionaries(
    {},
    optional={
        "root": st.sampled_from([True]),
        "mode": st.just("never"),
        "variants": st.sampled_from([True]),
        "max_collateral": st.integers(0, 5),
        "priority": st.just(["*.html"]),
    },
)


def planned(config: dict[str, Any], changed: set[str], live: set[str], urls: int, directories: int) -> Any:
    with TemporaryDirectory() as folder:
        files = {"config": yaml.safe_dump(config, allow_unicode=True), "keys": _list(changed), "inventory": _list(live)}
        words = []
        for name, text in files.items():
            path = Path(folder) / name
            path.write_text(text, encoding="utf-8")
            words += [f"--{name}", str(path)]
        budgets = ("--urls-left", str(urls), "--directories-left", str(directories))
        result = run("plan", "--json", *budgets, *words, environ={}, clock=Clock(NOON))
    assert result.exit_code == bool(json.loads(result.stdout)["deferred"])
    return json.loads(result.stdout)


def _list(objects: set[str]) -> str:
    return "".join(f"oss://my-site/{key}\n" for key in sorted(objects))


def live_urls(config: Config, objects: set[str]) -> set[str]:
    """The URL of each object on each domain, as a browser spells it."""
    return {
        root + spelled_by_browser(key[len(site.prefix) :])
        for site in config.sites
        for key in objects
        if key.startswith(site.prefix)
        for root in site.roots
    }


@given(
    st.lists(sites, min_size=1, max_size=2),
    collapse,
    st.sets(keys, min_size=1, max_size=12),
    st.sets(keys, max_size=12),
    st.integers(0, 8),
    st.integers(0, 3),
)
def test_a_plan_keeps_to_its_budgets_and_covers_or_defers_every_url(
    sites: list[dict[str, Any]], rules: dict[str, Any], changed: set[str], others: set[str], urls: int, directories: int
) -> None:
    raw = {"sites": sites, "collapse": rules}
    config = parse(yaml.safe_dump(raw, allow_unicode=True), "config.yml")
    found = planned(raw, changed, changed | others, urls, directories)
    items = {item for key in changed for item in items_of(Change("my-site", key, "ObjectCreated:PutObject"), config)[0]}
    sent = {*found["files"], *found["ignore_params"]}
    below = tuple(found["directories"])
    assert len(found["files"]) <= urls
    assert len(found["directories"]) <= directories
    for item in items:
        alone = item.url in (found["files"] if item.type == "File" else found["ignore_params"])
        assert [alone, item.url in found["deferred"], item.url.startswith(below)].count(True) >= 1, item
    assert sent | set(found["deferred"]) <= {item.url for item in items}
    assert found["changes"] == len({item.url for item in items})
    expired = {url for url in live_urls(config, others - changed) if url.startswith(below)}
    assert found["collateral"] == len(expired)
    assert all(directory.startswith(tuple(root for site in config.sites for root in site.roots)) for directory in below)
    if not rules.get("root"):
        assert not {"https://a.com/", "https://b.com/"} & set(below)


def both_ways(config: dict[str, Any], changed: list[str], live: set[str], urls: int, directories: int) -> list[Any]:
    """The plan for a list of objects, and the plan for the events of their uploads."""
    lines = "".join(f"oss://my-site/{key}\n" for key in changed)
    uploads = json.dumps({"events": [record(key) for key in changed]})
    with TemporaryDirectory() as folder:
        files = {"config": yaml.safe_dump(config, allow_unicode=True), "inventory": _list(live)}
        files |= {"keys": lines, "events": uploads}
        paths = {name: Path(folder) / name for name in files}
        for name, text in files.items():
            paths[name].write_text(text, encoding="utf-8")
        common = ["--urls-left", str(urls), "--directories-left", str(directories)]
        common += [word for name in ("config", "inventory") for word in (f"--{name}", str(paths[name]))]
        results = [
            run("plan", "--json", *common, f"--{name}", str(paths[name]), environ={}, clock=Clock(NOON))
            for name in ("keys", "events")
        ]
    return [{**json.loads(result.stdout), "exit": result.exit_code} for result in results]


long_names = st.sampled_from(["a.jpg", "b (1).jpg", "index.html", "c.html", "\u4e2d.png", 300 * "\u4e2d", "..", "d"])
reserves = st.fixed_dictionaries(
    {},
    optional={
        "root": st.sampled_from([True]),
        "mode": st.just("never"),
        "variants": st.sampled_from([True]),
        "max_collateral": st.integers(0, 5),
        "priority": st.sampled_from([["*.html"], ["x/*", "*.jpg"]]),
        "reserve_urls": st.integers(0, 5),
        "reserve_directories": st.integers(0, 3),
    },
)


@given(
    st.lists(sites, min_size=1, max_size=2),
    reserves,
    st.lists(st.builds(lambda folder, name: folder + name, folders, long_names), min_size=1, max_size=15, unique=True),
    st.sets(keys, max_size=8),
    st.integers(0, 12),
    st.integers(0, 4),
)
def test_keys_and_events_give_the_same_plan_for_the_same_changes(
    sites: list[dict[str, Any]], rules: dict[str, Any], changed: list[str], live: set[str], urls: int, directories: int
) -> None:
    by_keys, by_events = both_ways({"sites": sites, "collapse": rules}, changed, live, urls, directories)
    for name in ("files", "directories", "ignore_params", "deferred"):
        assert sorted(by_keys.pop(name)) == sorted(by_events.pop(name)), name
    letters = [sorted(found.pop("dead_letters"), key=str) for found in (by_keys, by_events)]
    assert letters[0] == letters[1]
    assert by_keys == by_events


def test_a_reserve_counts_for_keys_as_it_does_for_events() -> None:
    changed = [f"x/{number}.jpg" for number in range(6)] + ["y/0.jpg"] + [f"x/y/{number}" for number in range(4)]
    config = {
        "sites": [{"bucket": "my-site", "domains": ["a.com"]}],
        "collapse": {"reserve_urls": 6, "reserve_directories": 1},
    }
    plans = both_ways(config, changed, {"x/l", "y/m"}, 5, 3)
    assert [sorted(found["directories"]) for found in plans] == [["https://a.com/x/", "https://a.com/y/"]] * 2
