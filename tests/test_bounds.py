"""Bounds on a configuration: above a bound it is refused, and up to the bound every glob is matched fast.

`make bench` measures that 1,000 changes take at most a second at the bounds.
"""

import random
import time
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from world import an_item

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping import sites
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.model.item import FILE
from oss_cdn_refresh.model.urls import Spelled, spelled
from oss_cdn_refresh.planner.scope import Scope
from oss_cdn_refresh.settings import bounds
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.config_file import parse

CHANGES = 1_000
TIMED = 200  # changes that are measured; all changes cost the same
KEY = 1_023  # characters, the longest that OSS allows
SECONDS = 30.0  # enough for a busy machine; a too small cache of patterns took 22 s, backtracking takes hours
SITE: dict[str, Any] = {"bucket": "my-site", "domains": ["www.example.com"]}
ALIKE = ["a" * (KEY - 4) + f"{number:04}" for number in range(TIMED)]
MIXED = ["".join(random.Random(number).choices("abcdefgh/", k=KEY)) for number in range(TIMED)]  # noqa: S311
SHAPES: dict[str, Callable[[int], str]] = {
    "text": lambda number: f"dir{number}/a.jpg",
    "beginning": lambda number: f"dir{number}/*",
    "end": lambda number: f"*-{number}.jpg",
    "beginning and end": lambda number: f"{'a' * (number % 500)}*{number}x",
    "inside": lambda number: f"*x{number}*",
    "mark": lambda number: f"a?{number}*",
    "many stars": lambda number: f"*a*a*a*a*b{number}",
    "braces": lambda number: f"{{a,b}}{number}*",
    "directories": lambda number: f"**/{number}/*",
}


def parsed(*sites: dict[str, Any], **top: Any) -> Config:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return parse(yaml.dump({"sites": list(sites), **top}, Dumper=dumper), "config.yml")


def refusal(*sites: dict[str, Any], **top: Any) -> str:
    with pytest.raises(ConfigurationError) as refused:
        parsed(*sites, **top)
    return str(refused.value)


def seconds(config: Config, keys: list[str]) -> float:
    """How long it takes to make the items of 1,000 changes with such keys, and to find their importance."""
    scope = Scope(config)
    began = time.process_time()
    for key in keys:
        items_of(Change("my-site", key, "ObjectCreated:PutObject"), config)
        scope.importance(an_item(FILE, f"https://www.example.com/{key}"))
    return (time.process_time() - began) * CHANGES / len(keys)


@pytest.mark.load
@pytest.mark.parametrize("keys", [ALIKE, MIXED], ids=["keys alike", "mixed keys"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_thousand_globs_in_each_list_stay_within_the_time_bound(shape: str, keys: list[str]) -> None:
    globs = [SHAPES[shape](number) for number in range(bounds.MOST_GLOBS)]
    also = [{"when": glob, "urls": ["/x"]} for glob in globs]
    config = parsed({**SITE, "include": ["a*", *globs[1:]], "exclude": globs, "also": also}, priority=globs)
    assert seconds(config, keys) < SECONDS


def test_globs_at_the_bound_stay_within_the_time_bound() -> None:
    one_by_one = [f"*{'ab' * 8}{number:03}*" for number in range(bounds.MOST_STEPS // 21)]
    assert seconds(parsed({**SITE, "exclude": one_by_one}, priority=one_by_one), MIXED) < SECONDS


@pytest.mark.parametrize("count", [257, 1_000])
def test_more_globs_than_a_cache_of_patterns_holds_stay_fast(count: int) -> None:
    config = parsed({**SITE, "exclude": [f"*-{number}-*.jpg" for number in range(count)]})
    assert seconds(config, [f"img/2026/{number}.jpg" for number in range(TIMED)]) < SECONDS / 6


@pytest.mark.parametrize("key", ["a" * KEY, "a" * 20_000, "ab" * 500])
@pytest.mark.parametrize(
    "glob", ["*a" * 200 + "*b", "*" + "a" * 500 + "b*", "a?" * 200 + "*b", "**/a" * 4 + "b", "*a?*" * 99]
)
def test_a_key_that_almost_matches_is_compared_fast(glob: str, key: str) -> None:
    assert seconds(parsed({**SITE, "exclude": [glob]}), [key] * 20) < SECONDS * (1 + len(key) // KEY)


# The cost of any object at the bound, in URLs, because time depends on the machine.
NASTY_KEYS = [
    "a^!$/index.html",
    "^!$&'()*+,;=:@[]|/b/index.html",
    "!$^.jpg",
    "a.jpg",
    "index.html",
    "\u56fe^!$(/index.html",
    "a/b^/c$/index.html",
]
COSTLY: dict[str, list[dict[str, Any]]] = {
    "domains": [{"domains": [f"d{number}.example.com" for number in range(300)]}],
    "variants": [
        {
            "domains": ["d0.example.com", "d1.example.com", "d2.example.com"],
            "variants": [f"?v={number}" for number in range(297)],
        }
    ],
    "paths of also": [
        {
            "domains": ["d0.example.com", "d1.example.com", "d2.example.com"],
            "also": [{"when": "*", "urls": [f"{{dir}}{number}" for number in range(1_188)]}],
        }
    ],
    "entries of also": [
        {
            "also": [{"when": "*", "urls": [f"/{number}"], "directories": [f"/{number}/"]} for number in range(594)],
            "domains": ["d0.example.com", "d1.example.com"],
        }
    ],
    "one spelling": [
        {"domains": [f"d{number}.example.com" for number in range(1_200)], "spellings": ["component"]},
    ],
    "all five spellings": [
        {
            "domains": [f"d{number}.example.com" for number in range(240)],
            "spellings": ["browser", "component", "encoded", "lower"],
        }
    ],
    "no index": [
        {"domains": [f"d{number}.example.com" for number in range(180)], "index": [], "variants": ["!a", "?b"] * 2}
    ],
    "query ignored": [
        {"domains": [f"d{number}.example.com" for number in range(400)], "query": "ignore"},
    ],
    "directories": [
        {"domains": ["d0.example.com", "d1.example.com"], "bulk_delete": "directory", "variants": ["?a"] * 290}
    ],
    "sites": [{"domains": [f"d{number}.example.com"], "variants": ["?a", "?b", "!c"]} for number in range(50)],
}


@pytest.mark.parametrize("event", ["ObjectCreated:PutObject", "ObjectRemoved:DeleteObjects"])
@pytest.mark.parametrize("sites", COSTLY.values(), ids=COSTLY)
def test_no_object_has_more_urls_than_the_bound(sites: list[dict[str, Any]], event: str) -> None:
    config = parsed(*({**SITE, **site} for site in sites))
    found = [len(items_of(Change("my-site", key, event), config)[0]) for key in NASTY_KEYS]
    assert max(found) <= bounds.MOST_URLS


@pytest.mark.parametrize("name", ["domains", "variants", "paths of also", "one spelling"])
def test_the_bound_on_urls_counts_only_urls_that_a_key_can_have(name: str) -> None:
    config = parsed({**SITE, **COSTLY[name][0]})
    found = [len(items_of(Change("my-site", key, "ObjectCreated:PutObject"), config)[0]) for key in NASTY_KEYS]
    assert max(found) == bounds.MOST_URLS


@pytest.mark.parametrize("domains", [1, 300])
def test_a_key_is_spelled_once_for_all_domains(monkeypatch: pytest.MonkeyPatch, domains: int) -> None:
    asked: list[str] = []

    def counted(path: str, wanted: tuple[str, ...]) -> Spelled:
        asked.append(path)
        return spelled(path, wanted)

    monkeypatch.setattr(sites, "spelled", counted)
    names = [f"d{number}.example.com" for number in range(domains)]
    config = parsed({**SITE, "domains": names, "spellings": ["encoded"]})
    items_of(Change("my-site", "a!/index.html", "ObjectCreated:PutObject"), config)
    assert asked == ["a!/index.html"]


@pytest.mark.parametrize("name", ["include", "exclude"])
def test_a_list_has_at_most_a_thousand_globs(name: str) -> None:
    globs = [f"dir{number}/*" for number in range(1_000)]
    assert len(getattr(parsed({**SITE, name: globs}).sites[0], name)) == 1_000
    message = refusal({**SITE, name: [*globs, "x"]})
    assert message == f"config.yml: sites[0].{name}: has 1,001 entries: write at most 1,000"


def test_also_has_at_most_a_thousand_globs() -> None:
    also = [{"when": f"dir{number}/*", "urls": ["/"]} for number in range(1_000)]
    assert len(parsed({**SITE, "also": also}).sites[0].also) == 1_000
    assert refusal({**SITE, "also": also + also[:1]}).startswith("config.yml: sites[0].also: has 1,001 entries: ")


def test_priority_has_at_most_a_thousand_globs() -> None:
    globs = [f"dir{number}/*" for number in range(1_000)]
    assert len(parsed(SITE, priority=globs).collapse.priority) == 1_000
    assert refusal(SITE, priority=[*globs, "x"]) == "config.yml: priority: has 1,001 entries: write at most 1,000"


def test_the_sites_of_a_bucket_have_a_bounded_number_of_globs() -> None:
    many = [f"{{a,b,c,d}}{number}/*" for number in range(1_000)]
    sites = [{**SITE, "exclude": many}, {**SITE, "exclude": many}, {**SITE, "exclude": many}]
    assert parsed(*sites[:2])
    assert refusal(*sites) == (
        'config.yml: sites: bucket "my-site" has 12,000 globs when braces and **/ are written out: write at most 10,000'
    )


def test_a_priority_has_a_bounded_number_of_globs() -> None:
    globs = [f"{{{','.join('abcdefghijk')}}}{number}/*" for number in range(1_000)]
    assert "the list has 11,000 globs when braces and **/ are written out" in refusal(SITE, priority=globs)


@pytest.mark.parametrize("name", ["exclude", "priority"])
def test_globs_that_are_compared_character_by_character_are_bounded_together(name: str) -> None:
    globs = [f"*{number:020}*" for number in range(1_000)]
    message = refusal({**SITE, "exclude": globs}) if name == "exclude" else refusal(SITE, priority=globs)
    assert "has globs with a ? or several * that have 21,000 characters together: write at most 20,000" in message


def test_a_bucket_has_at_most_a_thousand_sites() -> None:
    sites = [{**SITE, "prefix": f"{number}/"} for number in range(1_001)]
    assert len(parsed(*sites[:-1]).sites) == 1_000
    assert refusal(*sites) == 'config.yml: sites: bucket "my-site" has 1,001 sites: write at most 1,000 for a bucket'


def test_other_buckets_do_not_count() -> None:
    assert len(parsed(*({**SITE, "bucket": f"bucket-{number}"} for number in range(1_500))).sites) == 1_500


@pytest.mark.parametrize("nested", [True, False], ids=["prefixes in each other", "the same prefix"])
def test_a_key_belongs_to_at_most_fifty_sites(*, nested: bool) -> None:
    sites = [{**SITE, "prefix": "a/" * (number if nested else 1)} for number in range(51)]
    assert parsed(*sites[1:])
    assert refusal(*sites) == (
        'config.yml: sites: a key of bucket "my-site" may belong to 51 sites: '
        "write at most 50 whose prefixes a key can begin with"
    )


@pytest.mark.parametrize(
    ("more", "urls"),
    [
        ({"domains": [f"d{number}.example.com" for number in range(301)]}, "3,612"),
        ({"domains": [f"d{number}.example.com" for number in range(241)], "index": ["x"] * 2, "also":
          [{"when": "*", "urls": ["/a", "/b"], "directories": ["/c/"]}]}, "3,615"),
        ({"domains": [f"d{number}.example.com" for number in range(601)], "spellings": "browser"}, "3,606"),
        ({"domains": [f"d{number}.example.com" for number in range(1_201)], "spellings": ["lower"]}, "3,603"),
        ({"domains": [f"d{number}.example.com" for number in range(901)], "index": []}, "3,604"),
        ({"variants": ["?v"] * 298, "domains": ["a.example.com", "b.example.com", "c.example.com"]}, "3,612"),
        ({"domains": [f"d{number}.example.com" for number in range(401)], "query": "ignore"}, "3,609"),
    ],
    ids=lambda value: value if isinstance(value, str) else ", ".join(value),
)  # fmt: skip
def test_the_urls_of_an_object_are_bounded_in_all_spellings(more: dict[str, Any], urls: str) -> None:
    assert refusal({**SITE, **more}) == (
        f'config.yml: sites: an object of bucket "my-site" may have {urls} URLs: write fewer domains, spellings, '
        "variants or also: 3,600 URLs at most, with index pages and each spelling"
    )


@pytest.mark.parametrize(
    "more",
    [
        {"variants": ["?v"] * 296},
        {"variants": ["?v"] * 295, "also": [{"when": "*", "urls": ["/"] * 5}]},
        {"also": [{"when": "a/*", "urls": ["/"], "directories": ["/"]}] * 594},
        {"also": [{"when": "a/*", "urls": ["/"] * 1_196}], "spellings": "browser", "index": []},
    ],
    ids=", ".join,
)
@pytest.mark.parametrize("prefix", ["a/", "a/b/"])
def test_the_paths_of_an_object_are_bounded_over_all_sites_of_a_key(prefix: str, more: dict[str, Any]) -> None:
    other = {**SITE, "prefix": prefix, "spellings": ["lower"], "index": [], "variants": ["!a"]}
    last = {**other, "also": [{"when": f"{prefix}*", "urls": ["/"] * 10}]}
    assert parsed({**SITE, **more})
    message = refusal({**SITE, **more}, other, last)
    assert message.startswith('config.yml: sites: an object of bucket "my-site" may have 1,2')
    assert message.endswith(
        " paths on a domain: write fewer variants, spellings or also: 1,200 paths at most, on all sites together"
    )


def test_sites_with_other_prefixes_add_no_urls() -> None:
    domains = [f"d{number}.example.com" for number in range(210)]
    assert parsed(*({**SITE, "prefix": prefix, "domains": domains} for prefix in ("a/", "b/")))
    assert "5,040 URLs" in refusal(*({**SITE, "prefix": prefix, "domains": domains} for prefix in ("a/", "a/b/")))
