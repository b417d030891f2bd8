"""The inventory: its file, and the numbers of URLs that follow for each directory of a domain."""

import gzip
import json
from typing import Any

import pytest
import yaml

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.planner.inventory import Inventory, estimated, parse, unchanged, written
from oss_cdn_refresh.planner.optimizer.needs import Needs
from oss_cdn_refresh.planner.optimizer.tree import directory_of
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.config_file import parse as configured

WWW = "https://www.example.com"
SITE: dict[str, Any] = {"bucket": "my-site", "domains": ["www.example.com"]}
BUCKETS = {"my-site": {"": 1, "public/": 2, "public/img/": 3, "private/": 4}, "other": {"x/": 9}}


def config(*sites: dict[str, Any]) -> Config:
    return configured(yaml.safe_dump({"sites": list(sites)}), "config.yml")


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
def test_a_written_inventory_is_read_back(pack: Any) -> None:
    assert parse(pack(written(BUCKETS, "2026-11-24T00:00:00Z")), "i.json") == Inventory(BUCKETS, "2026-11-24T00:00:00Z")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", "the whole file"),
        (b"oss://my-site/a.jpg\n", "the whole file"),
        (b"\xff\xfe", "the whole file"),
        (gzip.compress(b"{}", mtime=0)[:-12], "the whole file"),
        (b"[" * 100_000, "the whole file"),
        (b"[]", "kind"),
        (b'{"kind": "oss-cdn-refresh/inventory", "version": 2, "buckets": {}}', "kind"),
        (b'{"kind": "oss-cdn-refresh/inventory", "version": 1}', "buckets"),
        (b'{"kind": "oss-cdn-refresh/inventory", "version": 1, "buckets": {"b": {"a/": -1}}}', "buckets"),
        (b'{"kind": "oss-cdn-refresh/inventory", "version": 1, "buckets": {"b": [1]}}', "buckets"),
        (
            b'{"kind": "oss-cdn-refresh/inventory", "version": 1, "buckets": {"b": {"a/": 1%s}}}' % (b"0" * 400),
            "buckets",
        ),
    ],
)
def test_an_invalid_inventory_is_refused_with_its_place(body: bytes, place: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^i\.json: {place}: .*: make it with oss-cdn-refresh inventory$"):
        parse(body, "i.json")


def test_an_inventory_of_a_million_objects_is_a_small_file() -> None:
    directories = {f"assets/{number // 100:03}/{number:05}/": 40 for number in range(25_000)}
    assert len(gzip.compress(written({"b": directories}, ""))) < 250_000


def test_objects_are_counted_in_their_directory_on_each_domain() -> None:
    both = {**SITE, "prefix": "public/", "path": "/p/", "domains": ["www.example.com", "b.com"]}
    assert Inventory(BUCKETS).live(config(both)) == {
        f"{WWW}/p/": 2,
        f"{WWW}/p/img/": 3,
        "https://b.com/p/": 2,
        "https://b.com/p/img/": 3,
    }


def test_an_object_on_two_equal_sites_counts_once() -> None:
    twice = config({**SITE, "query": "ignore"}, {**SITE, "variants": ["!thumb"]})
    assert Inventory({"my-site": {"a/": 3}}).live(twice) == {f"{WWW}/a/": 3}


def test_a_directory_is_counted_under_each_spelling() -> None:
    live = Inventory({"my-site": {"a(1)/": 3}}).live(config(SITE))
    assert live == {f"{WWW}/a(1)/": 3, f"{WWW}/a%281%29/": 3}


def needs(*urls: str) -> Needs:
    found: dict[tuple[str, int], list[str]] = {}
    for one in urls:
        found.setdefault((directory_of(one), 0), []).append(one)
    return Needs(found)


def test_a_changed_object_is_never_counted_as_unchanged() -> None:
    live = {f"{WWW}/a/": 5.0, f"{WWW}/b/": 1.0}
    changed = needs(*(f"{WWW}/{name}" for name in ("a/1", "a/2", "b/1", "b/2", "b/3", "c/1")))
    assert unchanged(live, changed) == {f"{WWW}/a/": 3, f"{WWW}/b/": 0}


def test_a_changed_object_counts_once_for_all_its_spellings() -> None:
    live = {f"{WWW}/a/": 200.0}
    spelled = needs(*(f"{WWW}/a/{spelling}{number}" for number in range(100) for spelling in ("x+", "x%2B")))
    assert unchanged(live, spelled) == {f"{WWW}/a/": 100}


def test_a_changed_index_page_counts_only_under_its_own_name() -> None:
    live = {f"{WWW}/": 3.0, f"{WWW}/p/": 3.0}
    assert unchanged(live, needs(f"{WWW}/p/index.html", f"{WWW}/p/", f"{WWW}/p")) == {f"{WWW}/": 3, f"{WWW}/p/": 2}


def test_a_guess_grows_with_the_changes_and_towards_the_root() -> None:
    guess = estimated(needs(*(f"{WWW}/a/b/{number}" for number in range(7))))
    assert guess == {f"{WWW}/a/b/": 7, f"{WWW}/a/": 2, f"{WWW}/": 2}


def test_the_file_is_readable_for_people() -> None:
    assert json.loads(written({"b": {"z/": 1, "a/": 2}}, "now")) == {
        "kind": "oss-cdn-refresh/inventory",
        "version": 1,
        "made_at": "now",
        "buckets": {"b": {"a/": 2, "z/": 1}},
    }
